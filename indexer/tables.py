"""Tables as they stand in the text, a line a row: their cells, and the header that a row stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.document import Paragraph

_CELL = re.compile(r"\s*[|｜\t]\s*")


def cells_of(text: str) -> tuple[str, ...]:
    """Return the cells of a line; one where it is running text."""
    return tuple(cell.strip() for cell in _CELL.split(text.strip().strip("|")))


def headers(paragraphs: Sequence[Paragraph]) -> dict[int, Paragraph]:
    """Return the header of each row, by the row's number: the first of the lines with as many cells that stand together.

    It names columns: its last cell has no digit.
    """
    return dict(_rows(paragraphs))


def _rows(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[int, Paragraph]]:
    for columns, lines in groupby(paragraphs, lambda paragraph: len(cells_of(paragraph.text))):
        if columns < 2:
            continue
        first = next(lines)
        if not re.search(r"\d", cells_of(first.text)[-1]):
            yield from ((line.number, first) for line in lines)
