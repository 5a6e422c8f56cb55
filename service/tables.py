"""Tables as they stand in the text, a line a row: the header above a row, and what a cell measures."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.document import Document, Paragraph
from indexer.tables import cells_of
from service.figures import Figure, figures

_BARE = re.compile(r"[\d,.]+(?:[—~～-][\d,.]+)?")
_UNIT = re.compile(r"[（(]\s*(?:单位[:：]\s*)?([^（）()/／]{1,8}?)\s*(?:[/／][^（）()]*)?[)）]")


def header_of(document: Document, paragraph: Paragraph) -> Paragraph | None:
    """Return the first line of the table that `paragraph` is a row of; None for running text and for that line."""
    return document.table_headers.get(paragraph.number)


def is_header(document: Document, paragraph: Paragraph) -> bool:
    """Whether `paragraph` is the first line of a table: it names columns and answers nothing."""
    return document.table_headers.get(paragraph.number + 1) == paragraph


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
