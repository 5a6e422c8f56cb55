"""Load a question set: one JSON object a line, checked before anything is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from eval.errors import EvaluationError

Split = Literal["dev", "held"]
Reason = Literal["no_evidence", "out_of_scope", "unsafe"]
_STRICT = ConfigDict(extra="forbid")
Text = Annotated[str, Field(min_length=1)]


class QuestionSetError(EvaluationError):
    """A question set can't be used; the message names the file, the line, what was found and expected."""


@checked(frozen=True, config=_STRICT)
class Gold:
    """A clause that answers the question: the document's id and the clause's address in it."""

    document: Text
    clause: str
    """Labels joined by `/` (`二/(三)/18`, `第三条`); empty for the title block."""


@checked(frozen=True, config=_STRICT)
class Message:
    """One turn of the conversation before the question."""

    role: Literal["user", "assistant"]
    content: Text


@checked(frozen=True, config=_STRICT)
class Question:
    """One row of a question set."""

    id: Text
    question: Text
    kind: Text
    answerable: bool
    lang: str = "zh"
    style: str = "colloquial"
    split: Split = "dev"
    gold: tuple[Gold, ...] = ()
    """Every clause that a complete answer needs."""
    facts: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] = ()
    """Groups of accepted spellings; a right answer holds one spelling of every group."""
    forbidden: tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...] = ()
    """Groups of spellings of which none may stand in the answer."""
    history: tuple[Message, ...] = ()
    refusal: tuple[Reason, ...] = ()
    """Acceptable reasons for refusing an unanswerable question; empty accepts any."""
    note: str | None = None
    """For people; `any:` at its start says that one gold clause is enough."""

    @property
    def any_gold(self) -> bool:
        """Whether the gold clauses say the same, so that one of them is enough."""
        return (self.note or "").startswith("any:")


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The rows of one or more files, in their order, with a digest of their content."""

    rows: tuple[Question, ...]
    digest: str

    def only(
        self, *, split: Split | None = None, kinds: Iterable[str] = (), limit: int | None = None
    ) -> QuestionSet:
        """Return the rows of one split and of some kinds; no `kinds` keeps all of them."""
        wanted = frozenset(kinds)
        rows = [
            row
            for row in self.rows
            if (split is None or row.split == split) and (not wanted or row.kind in wanted)
        ]
        return QuestionSet(tuple(rows[:limit]), self.digest)


_ROW: TypeAdapter[Question] = TypeAdapter(Question)


def load_questions(files: Iterable[Path]) -> QuestionSet:
    """Read question files; raises `QuestionSetError` for the first row that breaks the format.

    Ids must be unique over all files. An unanswerable row has neither gold nor facts; an answerable one
    has at least one of them.
    """
    rows: list[Question] = []
    seen: dict[str, str] = {}
    digest = hashlib.sha256()
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise QuestionSetError(f"问题集 {file} 读不出来：{error}") from error
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            place = f"{file} 第 {number} 行"
            row = _read(line, place)
            if row.id in seen:
                raise QuestionSetError(f"{place}：编号 {row.id} 已在 {seen[row.id]} 用过")
            seen[row.id] = place
            digest.update(line.strip().encode())
            rows.append(row)
    if not rows:
        raise QuestionSetError("问题集里一道题也没有")
    return QuestionSet(tuple(rows), digest.hexdigest()[:16])


def _read(line: str, place: str) -> Question:
    try:
        row = _ROW.validate_python(_lists_as_tuples(json.loads(line)))
    except json.JSONDecodeError as error:
        raise QuestionSetError(f"{place}：不是 JSON：{error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = "/".join(str(part) for part in first["loc"]) or "整行"
        raise QuestionSetError(f"{place}：{where}：{first['msg']}，实为 {first['input']!r}") from error
    if row.answerable and not (row.gold or row.facts):
        raise QuestionSetError(f"{place}：可答的题至少要有 gold 或 facts")
    if not row.answerable and (row.gold or row.facts):
        raise QuestionSetError(f"{place}：不可答的题不应有 gold 或 facts")
    if row.answerable and row.refusal:
        raise QuestionSetError(f"{place}：可答的题不应有 refusal")
    return row


def _lists_as_tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_lists_as_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: _lists_as_tuples(item) for key, item in value.items()}
    return value
