"""Turn thumbs-down feedback into draft questions for a person to complete."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.errors import EvaluationError
from eval.spelling import fold

NEEDS = "待补"
"""Stands where a person must decide; a question set that still holds it does not load."""


class FeedbackError(EvaluationError):
    """The feedback can't be read; the message says what was found and what was expected."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What one reader said about one answer; `rating` is `up` or `down`."""

    request_id: str
    rating: str
    question: str
    comment: str = ""
    answer: str = ""


def read_feedback(file: Path) -> list[Complaint]:
    """Read the service's feedback: its SQLite file, or the CSV of `GET /api/v1/feedback?format=csv`."""
    try:
        with file.open("rb") as stream:
            is_database = stream.read(15) == b"SQLite format 3"
    except OSError as error:
        raise FeedbackError(f"反馈 {file} 读不出来：{error}") from error
    return list(_stored(file) if is_database else _exported(file))


def _stored(file: Path) -> Iterator[Complaint]:
    from service.feedback import FeedbackStore

    store = FeedbackStore(file)
    for said in store.page(limit=max(store.count(), 1)):
        yield Complaint(
            said.request_id, said.rating, said.question or "", said.comment or "", said.answer or ""
        )


def _exported(file: Path) -> Iterator[Complaint]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        found = rows.fieldnames or []
        if not {"评价", "问题"} <= set(found):
            raise FeedbackError(f"{file} 应有“评价”“问题”两列，实有 {'、'.join(found)}")
        for row in rows:
            yield Complaint(
                _plain(row.get("请求编号")),
                "down" if row["评价"] == "没用" else "up",
                _plain(row["问题"]),
                _plain(row.get("意见")),
                _plain(row.get("回答")),
            )


def drafts(rows: Iterable[Complaint], *, known: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return a draft for each question that got a thumbs-down, in the order of `rows`.

    Questions asked twice, and those in `known`, come once or not at all. What a person must complete says
    so, in fields that keep the draft from loading as a question set until they are filled.
    """
    from service.kinds import kind_of

    seen = {fold(question) for question in known}
    found: list[dict[str, Any]] = []
    for row in rows:
        question = row.question.strip()
        if row.rating != "down" or not question or fold(question) in seen:
            continue
        seen.add(fold(question))
        kind = kind_of(question)
        found.append(
            {
                "id": f"fb-{_identity(row, len(found) + 1)}",
                "question": question,
                "lang": "zh" if re.search(r"[\u3400-\u9fff]", question) else "en",
                "style": "colloquial",
                "kind": NEEDS if kind == "fact" else kind,
                "answerable": NEEDS,
                "gold": [{"document": NEEDS, "clause": NEEDS}],
                "facts": [[NEEDS]],
                "forbidden": [],
                "split": "dev",
                "note": _note(row),
            }
        )
    return found


def write_drafts(file: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write drafts as JSON lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _identity(row: Complaint, number: int) -> str:
    words = re.sub(r"[^a-z0-9]", "", row.request_id.lower())
    return words[-8:] or str(number)


def _note(row: Complaint) -> str:
    parts = [("读者说", row.comment), ("当时的回答", row.answer)]
    return "；".join(f"{name}：{words}" for name, words in parts if words) or "读者点了没用"


def _plain(cell: str | None) -> str:
    """Undo the apostrophe that keeps a spreadsheet from running a cell as a formula."""
    cell = cell or ""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r" else cell
