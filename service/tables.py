"""Tables as they stand in the text, a line a row: the header above a row, and what a cell measures."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.document import Document, Paragraph
from service.figures import Figure, figures

_CELL = re.compile(r"\s*[|｜\t]\s*")
_BARE = re.compile(r"[\d,.]+(?:[—~～-][\d,.]+)?")
_UNIT = re.compile(r"[（(]\s*(?:单位[:：]\s*)?([^（）()/／]{1,8}?)\s*(?:[/／][^（）()]*)?[)）]")


def cells_of(text: str) -> tuple[str, ...]:
    """Return the cells of a line; one where it is running text."""
    return tuple(cell.strip() for cell in _CELL.split(text.strip().strip("|")))


def header_of(document: Document, paragraph: Paragraph) -> Paragraph | None:
    """Return the first line of the table that `paragraph` is a row of; None for running text and for the first line."""
    columns = len(cells_of(paragraph.text))
    if columns < 2:
        return None
    found = None
    for line in reversed(document.paragraphs[: paragraph.number - 1]):
        if len(cells_of(line.text)) != columns:
            break
        found = line
    return found if found is not None and not re.search(r"\d", cells_of(found.text)[-1]) else None


def is_header(document: Document, paragraph: Paragraph) -> bool:
    """Whether `paragraph` is the first line of a table: it names columns and answers nothing."""
    columns = len(cells_of(paragraph.text))
    if columns < 2 or paragraph.number >= len(document.paragraphs):
        return False
    below = document.paragraphs[paragraph.number]
    return len(cells_of(below.text)) == columns and header_of(document, paragraph) is None


def figures_of_row(text: str, header: Sequence[str]) -> tuple[Figure, ...]:
    """Return the figures of a row; a bare number measures what its column's name says: 2000 under 补贴（元/月）."""
    found: list[Figure] = []
    place = 0
    for name, cell in zip(header, cells_of(text), strict=False):
        start = text.find(cell, place) if cell else place
        place = start + len(cell)
        unit = _UNIT.search(name)
        if unit is not None and _BARE.fullmatch(cell):
            measured = figures(f"{cell}{unit[1]}")
            if measured and all(one.quantity != "code" for one in measured):
                last = measured[-1]
                found.append(Figure(cell, start, place, last.quantity, last.value))
                continue
        found += [
            Figure(one.text, start + one.start, start + one.end, one.quantity, one.value)
            for one in figures(cell)
        ]
    return tuple(found)
