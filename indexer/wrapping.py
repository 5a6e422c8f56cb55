"""Join lines that were broken at a margin back into paragraphs."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.source_text import BLANK

LABEL = re.compile(
    r"\s*(?:第[一二三四五六七八九十百零〇\d]+[编章节条款]|[一二三四五六七八九十百]+、"
    r"|[（(][一二三四五六七八九十百\d]+[）)]|\d{1,2}[.．、)）](?!\d)|[①-⑳]|附件|附录|注[:：]|备注)"
)
FINAL = "。！？；：!?;:.…"
CLOSING = "”’」』）)】》"

PAGE_WIDTH = 60.0
"""Ems; a longer line was never broken at a margin."""


@dataclass(frozen=True, slots=True)
class Row:
    """One printed line; `left` and `right` edges in ems (widths of a Han character)."""

    text: str
    left: float
    right: float
    breaks: bool = False
    """Whether something before it (a gap, another type size) parts it from the row above."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Where the lines of a text begin and end, in ems, and whether paragraphs begin indented."""

    left: float
    right: float
    indents: bool


def width(text: str) -> float:
    """Return the width of `text` in ems: 1 for a Han character or full-width form, 0.5 for others."""
    cells = 0
    for character in text:
        if unicodedata.east_asian_width(character) in "WFA":
            cells += 2
        elif not unicodedata.combining(character) and character not in "\u200b\ufeff":
            cells += 1
    return cells / 2


def rows(lines: Sequence[str]) -> list[Row]:
    """Measure lines of plain text, whose indentation is white space."""
    found = []
    for line in lines:
        text = line.strip(BLANK)
        left = width(line[: len(line) - len(line.lstrip(BLANK))].replace("\t", "    "))
        found.append(Row(line.rstrip() if text else "", left, left + width(text)))
    return found


def unwrap(lines: Sequence[str]) -> list[str]:
    """Join the lines of a text that was hard-wrapped at a fixed width; give any other back as it is."""
    if any(len(line) > 2 * PAGE_WIDTH for line in lines):
        return list(lines)
    printed = rows(lines)
    return join(printed, measure(printed)) if is_wrapped(printed) else list(lines)


def is_wrapped(printed: Sequence[Row]) -> bool:
    """Whether most full lines of a text end in the middle of a sentence, all at one width.

    Rows of a table and lists of names look alike but hold no sentences.
    """
    filled = [row for row in printed if row.text]
    margin = max((row.right for row in filled), default=0.0)
    if len(filled) < 6 or not 15 <= margin <= PAGE_WIDTH or any(" | " in row.text for row in filled):
        return False
    full = [row for row, below in pairwise(printed) if row.right >= margin - 2 and below.text]
    unfinished = sum(not is_finished(row.text) for row in full)
    finished = sum(is_finished(row.text) for row in filled)
    return (
        unfinished >= 3
        and len(full) >= 0.3 * len(filled)
        and unfinished >= 0.6 * len(full)
        and finished >= 0.1 * unfinished
    )


def measure(printed: Sequence[Row]) -> Margins:
    """Find the margins of a whole text; rows without text don't count."""
    filled = [row for row in printed if row.text]
    lefts = Counter(round(row.left * 2) / 2 for row in filled)
    often = [edge for edge, count in lefts.items() if count >= max(1, 0.1 * len(filled))]
    left = min(often, default=0.0)
    right = _right_margin([row.right for row in filled])
    body = [row for row in filled if row.left < left + 6]
    return Margins(left, right, sum(row.left > left + 1 for row in body) >= max(1, 0.05 * len(body)))


def _right_margin(edges: Sequence[float]) -> float:
    """The edge at which most lines end, in ems, within one em; of several such the outermost.

    A line may hang over it, as a long URL or a wide table does; the widths of figures are estimates.
    """
    if not edges:
        return 0.0
    counts = Counter(map(round, edges))
    around = {edge: counts[edge - 1] + counts[edge] + counts[edge + 1] for edge in counts}
    most = max(around.values())
    if most < 3:
        return max(edges)
    center = max(edge for edge, count in around.items() if count >= 0.5 * most)
    return sorted(edge for edge in edges if abs(edge - center) <= 1.5)[-1 - around[center] // 10]


def join(printed: Sequence[Row], margins: Margins) -> list[str]:
    """Join rows into paragraphs: a full line runs on in the next unless that one begins a paragraph.

    A row begins a paragraph when it is indented or bears a label after a finished sentence; where
    the text does not indent, a sentence that ends at the right margin ends its paragraph. A row
    without text ends a paragraph and stays, empty.
    """
    paragraphs: list[str] = []
    above: Row | None = None
    for row in printed:
        if above is not None and above.text and row.text and _runs_on(above, row, margins):
            paragraphs[-1] = _glue(paragraphs[-1], row.text)
        else:
            paragraphs.append(row.text)
        above = row
    return paragraphs


def is_finished(text: str) -> bool:
    """Whether `text` ends a sentence, brackets and quotes after it left aside."""
    return text.rstrip().rstrip(CLOSING).endswith(tuple(FINAL))


def _runs_on(above: Row, row: Row, margins: Margins) -> bool:
    if row.breaks or row.left > margins.left + 1:
        return False
    finished = is_finished(above.text)
    labelled = LABEL.match(row.text) is not None
    if finished and (labelled or not margins.indents):
        return False
    # A figure or a word that must not be broken leaves a line short.
    slack = (3.0 if margins.indents else 2.0) if finished else 4.0
    if labelled and not margins.indents:
        slack = 1.0
    if above.right < margins.right - slack:
        return False
    # A centred title is no first line of the paragraph below it.
    return above.left <= margins.left + 3 or above.right >= margins.right - 0.5


def _glue(above: str, text: str) -> str:
    above, text = above.rstrip(" \t"), text.lstrip(" \t　")
    if (
        above
        and text
        and above[-1].isascii()
        and text[0].isascii()
        and above[-1].isalpha()
        and text[0].isalnum()
    ):
        return f"{above} {text}"
    return above + text
