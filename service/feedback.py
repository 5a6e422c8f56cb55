"""Keep what readers think of the answers, in SQLite."""

from __future__ import annotations

import csv
import io
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from service.answer import Answer

Rating = Literal["up", "down"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    request_id    TEXT PRIMARY KEY,
    rating        TEXT NOT NULL CHECK (rating IN ('up', 'down')),
    comment       TEXT,
    created_at    TEXT NOT NULL,
    question      TEXT,
    answer        TEXT,
    index_version TEXT,
    generator     TEXT
);
CREATE INDEX IF NOT EXISTS feedback_by_time ON feedback (created_at DESC);
"""
_COLUMNS = "request_id, rating, comment, created_at, question, answer, index_version, generator"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one reader said about one answer; what the service no longer remembers of it is None."""

    request_id: str
    rating: Rating
    comment: str | None
    created_at: datetime
    question: str | None = None
    answer: str | None = None
    index_version: str | None = None
    generator: str | None = None


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept of an answer for the feedback on it; no document, so that old indexes can go."""

    question: str
    answer: str
    index_version: str
    generator: str


class RecentAnswers:
    """The last answers by request id, so that feedback can be stored with what it is about."""

    def __init__(self, size: int = 5000) -> None:
        self._size = size
        self._answers: OrderedDict[str, Remembered] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, request_id: str, answer: Answer) -> None:
        """Remember an answer, forgetting the oldest beyond the size."""
        text = answer.refusal.message if answer.refusal else answer.text
        remembered = Remembered(answer.question, text, answer.index_version, answer.generator)
        with self._lock:
            self._answers[request_id] = remembered
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)

    def get(self, request_id: str) -> Remembered | None:
        """Return the answer, or None where it is forgotten or was another process's."""
        with self._lock:
            return self._answers.get(request_id)


class FeedbackStore:
    """Feedback in one SQLite file; may be used from several threads and processes.

    The file is made when the first feedback arrives.
    """

    def __init__(self, file: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._file = file
        self._now = now

    def add(
        self, request_id: str, rating: Rating, comment: str | None = None, about: Remembered | None = None
    ) -> None:
        """Store what a reader said; a second word on the same answer replaces the first."""
        row = (
            request_id,
            rating,
            (comment or "").strip() or None,
            self._now().isoformat(timespec="milliseconds"),
            about.question if about else None,
            about.answer if about else None,
            about.index_version if about else None,
            about.generator if about else None,
        )
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._connection() as connection:
            connection.execute(
                f"INSERT INTO feedback ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (request_id) DO UPDATE SET rating = excluded.rating, "
                "comment = coalesce(excluded.comment, comment), created_at = excluded.created_at",
                row,
            )

    def count(self) -> int:
        """Return how many answers have feedback."""
        if not self._file.exists():
            return 0
        with self._connection() as connection:
            return int(connection.execute("SELECT count(*) FROM feedback").fetchone()[0])

    def page(self, *, offset: int = 0, limit: int = 50) -> list[Feedback]:
        """Return feedback, newest first."""
        if not self._file.exists():
            return []
        with self._connection() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM feedback ORDER BY created_at DESC, request_id DESC LIMIT ? OFFSET ?",
                (limit, offset),
            ).fetchall()
        return [
            Feedback(request_id, rating, comment, datetime.fromisoformat(created_at), *about)
            for request_id, rating, comment, created_at, *about in rows
        ]

    def csv(self) -> Iterator[str]:
        """Yield all feedback, newest first, as the lines of a CSV file that spreadsheets open as UTF-8."""
        yield "\ufeff" + _line(["时间", "评价", "意见", "问题", "回答", "请求编号", "索引版本", "生成方式"])
        offset = 0
        while page := self.page(offset=offset, limit=500):
            for item in page:
                yield _line(
                    [
                        item.created_at.isoformat(),
                        {"up": "有用", "down": "没用"}[item.rating],
                        item.comment or "",
                        item.question or "",
                        item.answer or "",
                        item.request_id,
                        item.index_version or "",
                        item.generator or "",
                    ]
                )
            offset += len(page)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=10)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
            with connection:
                yield connection


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([_harmless(cell) for cell in cells])
    return line.getvalue()


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from running what a stranger typed as a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
