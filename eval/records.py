"""What one question brought back: a record, one JSON line of a run's file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from eval.errors import EvaluationError
from eval.questions import Question


class RunError(EvaluationError):
    """A run's file can't be read or continued; the message says what was found and what was expected."""


@checked(frozen=True)
class Found:
    """A passage that the search returned: one source paragraph."""

    document_id: str
    address: str
    paragraph_id: str
    text: str
    score: float


@checked(frozen=True)
class Cited:
    """A citation as the service gave it, with the clause's address."""

    index: int
    document_id: str
    address: str
    paragraph_id: str
    text: str
    quote: str
    start: int
    end: int
    in_source: bool
    """Whether `text` stands character for character in the source document."""
    document_title: str = ""
    document_number: str | None = None
    issuer: str | None = None
    region: str | None = None
    issued_on: str | None = None
    heading_path: tuple[str, ...] = ()
    score: float = 0.0


@checked(frozen=True)
class Reply:
    """An answer or a refusal."""

    text: str
    answered: bool
    reason: str | None = None
    """Why it was refused; None of an answer."""
    citations: tuple[Cited, ...] = ()
    standalone_question: str = ""
    kind: str = ""
    """The kind of question that the service understood."""
    confidence: float | None = None
    notice: str | None = None
    generator: str = ""
    """What wrote it: `extractive`, or the language model with its prompt."""
    index_version: str = ""
    checks: dict[str, int] = default(default_factory=dict)
    """What the evidence check did, by outcome: so many statements."""
    dropped: tuple[str, ...] = ()
    """What was found in the statements that were taken out."""


@checked(frozen=True)
class Record:
    """A question with all that its evaluation needs later."""

    question: Question
    reply: Reply | None
    """None where the service failed; `error` says how."""
    passages: tuple[Found, ...]
    latency_ms: float
    """Wall time of the call that asked; the search that follows is not part of it."""
    error: str | None = None
    gold_texts: tuple[str, ...] = ()
    """The words of each gold clause, in the order of `question.gold`, for people to read."""


@checked(frozen=True)
class Header:
    """First line of a run's file: what was asked of what. A run continues only under the same header."""

    questions: str
    """Digest of the question set."""
    backend: str
    index_version: str
    split: str | None = None
    system: str = ""
    """Digest of the code and models that answered, in process; empty of a service elsewhere."""
    generator: str = ""
    """The language model that was to write, in process; empty without one and of a service elsewhere."""
    started: str = default(default="", compare=False)
    machine: str = default(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Run:
    """A run's file, read."""

    name: str
    header: Header
    records: tuple[Record, ...]


_RECORD: TypeAdapter[Record] = TypeAdapter(Record)
_HEADER: TypeAdapter[Header] = TypeAdapter(Header)


def dump(value: Header | Record) -> str:
    """Return `value` as one line of JSON, without the line end."""
    plain = (_HEADER if isinstance(value, Header) else _RECORD).dump_python(value, mode="json")  # type: ignore[arg-type]
    return json.dumps({"run": plain} if isinstance(value, Header) else plain, ensure_ascii=False)


def load_run(file: Path) -> Run:
    """Read a run's file. A last line cut short by a break is left out; raises `RunError` otherwise."""
    lines = list(_lines(file))
    if not lines:
        raise RunError(f"{file} 是空的，应先有一行运行信息")
    header = _header(lines[0], file)
    records: dict[str, Record] = {}
    for number, line in enumerate(lines[1:], 2):
        try:
            record = _RECORD.validate_json(line)
        except ValidationError as error:
            raise RunError(f"{file} 第 {number} 行不是一条评测记录：{error.errors()[0]['msg']}") from error
        records[record.question.id] = record  # a question asked again after a failure: the later stands
    return Run(file.stem, header, tuple(records.values()))


def _header(line: str, file: Path) -> Header:
    try:
        return _HEADER.validate_python(json.loads(line)["run"])
    except (json.JSONDecodeError, KeyError, TypeError, ValidationError) as error:
        raise RunError(f'{file} 第 1 行不是运行信息，应形如 {{"run": {{…}}}}') from error


def _lines(file: Path) -> Iterator[str]:
    """Yield complete lines: each ends with a line end, so a torn last one is not among them."""
    try:
        content = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise RunError(f"运行记录 {file} 读不出来：{error}") from error
    yield from (line for line in content.split("\n")[:-1] if line.strip())


def by_id(records: Iterable[Record]) -> dict[str, Record]:
    """Return the records by their question's id."""
    return {record.question.id: record for record in records}


def as_plain(record: Record) -> dict[str, Any]:
    """Return `record` as JSON-like values."""
    plain: dict[str, Any] = _RECORD.dump_python(record, mode="json")
    return plain
