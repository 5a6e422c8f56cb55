"""Tables as they stand in the text, a line a row: the header above a row, and what a cell measures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexer.document import Document, Paragraph
from indexer.tables import cells_of
from service.figures import Figure, figures

_BARE = re.compile(r"[\d,.]+(?:[—~～-][\d,.]+)?")
_UNIT = re.compile(r"[（(]\s*(?:单位[:：]\s*)?([^（）()/／]{1,8}?(?:[/／][^（）()]{1,8})?)\s*[)）]")

_UNIT_OF_ALL = re.compile(r"单位\s*[:：]\s*([^（）()，,。；;\s]{1,12})")
_SEQUENCE = re.compile(r"[\d.、．]+")
_SERIAL = re.compile(r"序号|编号|年[份度]")


def header_of(document: Document, paragraph: Paragraph) -> Paragraph | None:
    """Return the first line of the table that `paragraph` is a row of; None for running text and for that line."""
    return document.table_headers.get(paragraph.number)


def is_header(document: Document, paragraph: Paragraph) -> bool:
    """Whether `paragraph` is the first line of a table: it names columns and answers nothing."""
    return document.table_headers.get(paragraph.number + 1) == paragraph


def tables_of(document: Document) -> Iterator[tuple[Paragraph, list[Paragraph]]]:
    """Yield the header of each table, and its rows."""
    rows: dict[int, list[Paragraph]] = {}
    for number, header in document.table_headers.items():
        rows.setdefault(header.number, []).append(document.paragraphs[number - 1])
    for number, own in rows.items():
        yield document.paragraphs[number - 1], own


def name_place(cells: Sequence[str]) -> int:
    """Return which cell says what a row is about: the first that is more than a number in sequence."""
    return next((n for n, cell in enumerate(cells) if cell and not _SEQUENCE.fullmatch(cell)), 0)


def unit_above(document: Document, header: Paragraph) -> str | None:
    """Return the unit that the line above a table gives all its numbers: 标准见下表（单位：元/人·月）; None where none does."""
    return unit_of_all(document.paragraphs[header.number - 2].text) if header.number > 1 else None


def unit_of_all(caption: str) -> str | None:
    """Return the unit that a table's caption gives all its numbers: 元/月 of （单位：元/月）."""
    match = _UNIT_OF_ALL.search(caption)
    return match[1].strip() if match else None


def unit_of(name: str) -> str | None:
    """Return the unit that a column's name gives its numbers: 元 of 补贴（元/月）."""
    match = _UNIT.search(name)
    return match[1] if match else None


def figures_of_row(text: str, header: Sequence[str], unit: str | None = None) -> tuple[Figure, ...]:
    """Return the figures of a row; a bare number measures what its column's name says: 2000 under 补贴（元/月）.

    `unit` is that of all columns that name none, the first left out.
    """
    found: list[Figure] = []
    place = 0
    for column, (name, cell) in enumerate(zip(header, cells_of(text), strict=False)):
        start = text.find(cell, place) if cell else place
        place = start + len(cell)
        own = unit_of(name) or (unit if column and not _SERIAL.search(name) else None)
        if own is not None and _BARE.fullmatch(cell):
            measured = figures(f"{cell}{own}")
            if measured and all(one.quantity != "code" for one in measured):
                last = measured[-1]
                found.append(Figure(cell, start, place, last.quantity, last.value))
                continue
        found += [
            Figure(one.text, start + one.start, start + one.end, one.quantity, one.value)
            for one in figures(cell)
        ]
    return tuple(found)
