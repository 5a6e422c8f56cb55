"""The values the indexer makes: a document, its clauses and its paragraphs.

Offsets are half-open code points into `Document.text`; every `text` field equals
`document.text[start:end]` of its value, character for character.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from indexer.tables import headers


@dataclass(frozen=True, slots=True)
class Deadline:
    """完成时限 of a task, as written and, where the words name one, as dates (both ends inclusive)."""

    text: str
    start: date | None = None
    end: date | None = None
    ongoing: bool = False
    """长期推进: the work goes on after `end`."""


@dataclass(frozen=True, slots=True)
class Trailer:
    """Who does a task and by when, from the brackets or lines that close a clause."""

    lead_units: tuple[str, ...] = ()
    responsible_units: tuple[str, ...] = ()
    deadline: Deadline | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Clause:
    """One node of the clause tree: 编, 章, 节, 条, 一、, (一), 1., (1), ①, 附件 or a plain heading.

    Clauses stand in `Document.clauses` in text order; a clause covers its heading, its body and
    its descendants. Clause 0 is the root: the whole document, with an empty label.
    """

    label: str
    """The number without its punctuation: `一`, `(一)`, `18`, `(1)`, `①`, `第三条`, `附件1`; empty for a
    heading that bears no number."""
    marker: str
    """The number as it stands in the text: `一、`, `（一）`, `18．`, `第三条`."""
    title: str
    """The heading's words without the marker; empty where the clause has only a body."""
    parent: int | None
    """Row of the parent in `Document.clauses`; None for the root."""
    level: int
    """Depth in the tree: 0 for the root."""
    start: int
    end: int
    body_start: int
    """Where the words after the heading begin; `body_start == end` of a heading without body."""
    trailer: Trailer | None = None

    @property
    def heading(self) -> str:
        """Marker and title, as one would cite the heading: `二、主要任务`, `18.加强金融信贷支持`, `第三条`."""
        joint = " " if self.marker.startswith("第") and self.title else ""
        return f"{self.marker}{joint}{self.title}"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The smallest citable unit: one source line, stripped of surrounding white space."""

    id: str
    """`{document id}#p{number}`, number counting from 1."""
    number: int
    text: str
    start: int
    end: int
    clause: int
    """Row in `Document.clauses` of the innermost clause that holds it."""


@dataclass(frozen=True)
class Document:
    """One policy file, read and understood. What the text does not say is None, never guessed."""

    id: str
    """Path in the corpus, without suffix, `/` between folders."""
    title: str
    text: str
    source: str
    """Path in the corpus, with suffix."""
    clauses: tuple[Clause, ...]
    paragraphs: tuple[Paragraph, ...]
    issuer: str | None = None
    number: str | None = None
    issued_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    region: str | None = None
    status: str | None = None
    """时效 where stated: `现行有效`, `已废止`, `已修改`, `尚未施行`; None where the file says nothing."""
    digest_of: str | None = None
    """For a digest (要点摘编): the document that it restates."""

    def path(self, clause: int) -> tuple[int, ...]:
        """Rows from the outermost clause (the root left out) down to `clause` itself."""
        rows: list[int] = []
        row: int | None = clause
        while row is not None and row != 0:
            rows.append(row)
            row = self.clauses[row].parent
        return tuple(reversed(rows))

    def heading_path(self, clause: int) -> tuple[str, ...]:
        """Headings from the outermost clause down to `clause`: `("二、主要任务", "(三)…", "18.…")`."""
        return tuple(self.clauses[row].heading for row in self.path(clause))

    def address(self, clause: int) -> str:
        """Labels from the root, joined by `/`: `二/(三)/18`; empty for the root.

        An address names a clause in the originals, in a digest and in evaluation data alike.
        """
        return "/".join(self.clauses[row].label or self.clauses[row].title for row in self.path(clause))

    @cached_property
    def table_headers(self) -> dict[int, Paragraph]:
        """The header of every row of a table, by the number of the row's paragraph."""
        return headers(self.paragraphs)

    @cached_property
    def paragraphs_by_clause(self) -> dict[int, tuple[Paragraph, ...]]:
        """Paragraphs that stand directly in each clause, by the clause's row."""
        found: dict[int, list[Paragraph]] = {}
        for paragraph in self.paragraphs:
            found.setdefault(paragraph.clause, []).append(paragraph)
        return {row: tuple(paragraphs) for row, paragraphs in found.items()}
