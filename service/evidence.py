"""The parts an answer is made of: spans of the source, statements that stand on them, a draft."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.document import Document, Paragraph


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a source paragraph: `paragraph.text[start:end]`."""

    document: Document
    paragraph: Paragraph
    start: int
    end: int
    score: float = 0.0

    @property
    def text(self) -> str:
        """The words themselves, character for character."""
        return self.paragraph.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence, list item or table row of an answer, and the spans that carry it.

    `text` bears no citation marks; rendering appends them. A statement without spans says nothing
    about a document (a heading, a count of what follows) and passes verification only if it
    holds no figure, office or name that the other statements do not carry.
    """

    text: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one header; a row's spans are cited in its last cell."""

    header: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], tuple[Span, ...]], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it is checked and numbered: blocks in reading order, one a line."""

    blocks: tuple[Statement | Table, ...]
    notice: str | None = None

    @property
    def spans(self) -> tuple[Span, ...]:
        """All spans in reading order."""
        found: list[Span] = []
        for block in self.blocks:
            if isinstance(block, Table):
                for _, spans in block.rows:
                    found.extend(spans)
            else:
                found.extend(block.spans)
        return tuple(found)
