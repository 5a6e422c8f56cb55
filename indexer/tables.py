"""Tables as they stand in the text, a line a row: their cells, and the header that a row stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.document import Paragraph

_YEAR = re.compile(r"(?:19|20)\d{2}\s*年?(?:[\u4e00-\u9fff]{0,4})")
_CELL = re.compile(r"\s*[|｜\t]\s*")


def cells_of(text: str) -> tuple[str, ...]:
    """Return the cells of a line; one where it is running text."""
    return tuple(cell.strip() for cell in _CELL.split(text.strip().strip("|")))


def headers(paragraphs: Sequence[Paragraph]) -> dict[int, Paragraph]:
    """Return the header of each row, by the row's number: the first of the lines with as many cells that stand together.

    It names columns: its last cell has no digit, but for a year under which the rows have numbers.
    """
    return dict(_rows(paragraphs))


def _rows(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[int, Paragraph]]:
    for columns, lines in groupby(paragraphs, lambda paragraph: len(cells_of(paragraph.text))):
        if columns < 2:
            continue
        first, *rows = lines
        cells = cells_of(first.text)
        years = _YEAR.fullmatch(cells[-1]) and not re.search(r"\d", cells[0])
        if not re.search(r"\d", cells[-1]) or (
            years and rows and not any(_YEAR.fullmatch(cells_of(row.text)[-1]) for row in rows)
        ):
            yield from ((line.number, first) for line in rows)
