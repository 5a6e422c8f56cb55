"""Cut a document into chunks along clause boundaries."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from indexer.document import Clause, Document
from indexer.source_text import BLANK

LEAD_IN = "：:"
ARTICLE = re.compile(r"第.{1,12}条(?:之.{1,3})?")
SHORT = 60
"""A clause without title that is shorter says too little alone; it stays with the one before it."""

OPENING = "“‘「『《〈（(【〔["
CLOSING = "”’」』》〉）)】〕]"
SENTENCE_END = re.compile(rf"[。；！？;!?]+[{re.escape(CLOSING)}]*")
PAUSE = re.compile(r"[，、：,:]")
IN_FIGURE = re.compile(r"[0-9A-Za-z.,%‰％．０-９]")

# What a cut costs by where it falls, in shares of a chunk's length: a chunk may well be shorter so
# that its end is a better one.
CLAUSE_COST, PARAGRAPH_COST, SENTENCE_COST = 0.0, 0.4, 0.6
QUOTED_COST, PAUSE_COST, ANYWHERE_COST = 1.2, 2.0, 4.0
LEAD_IN_COST = 0.8
"""Added where the text before the cut leads in what comes after it."""
LEAST_FILL = 0.25
"""Share of `max_chars` below which no chunk ends unless it must."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole clauses, or a part of a long one, as embedded and stored.

    The chunks of a document tile it: `"".join(chunk.text for chunk in chunks) == document.text`.
    """

    id: str
    """`{document id}#c{number}`, number counting from 1."""
    document_id: str
    text: str
    start: int
    end: int
    clause: int
    """Row in `Document.clauses` of the innermost clause that holds the whole chunk."""
    heading_path: tuple[str, ...]
    """Headings of that clause, outermost first; repeated in every part of a split clause."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Text of one clause that is in none of its children."""

    start: int
    end: int
    bare: bool = False
    """A heading over other clauses, without body."""
    bound: bool = False
    """Makes no sense without the text before it: an item of a list, what follows the list in its article."""
    short: bool = False
    """Says too little to stand alone."""
    preamble: bool = False
    """In no clause: title block, addressees, signature."""


@dataclass(slots=True)
class _Block:
    """Stretches that stay together when they fit in one chunk."""

    start: int
    words: int
    """Where the text after headings without body begins; only that counts against `max_chars`."""
    end: int
    bare: bool = False
    preamble: bool = False
    seams: list[int] = field(default_factory=list)
    """Where stretches meet, so that a cut parts no clause."""


def chunk(document: Document, *, max_chars: int = 480) -> list[Chunk]:
    """Cut `document` into chunks of at most `max_chars`, white space around them not counted.

    A clause that fits is one chunk, an article with its paragraphs and items too; a clause that does
    not is cut between items, then paragraphs, then sentences. A heading without body goes with what
    follows and does not count against `max_chars`. What precedes the first clause is on its own. An
    empty document has no chunks.
    """
    if max_chars < 1:
        raise ValueError(f"max_chars must be at least 1, found {max_chars}")
    children = _children(document.clauses)
    stretches = list(_stretches(document, 0, children))
    spans = [
        span
        for block in _blocks(document.text, stretches, max_chars)
        for span in _cut(document.text, block, max_chars)
    ]
    return [
        _chunk(document, number, start, end, children) for number, (start, end) in enumerate(spans, start=1)
    ]


def _chunk(document: Document, number: int, start: int, end: int, children: Sequence[Sequence[int]]) -> Chunk:
    text = document.text[start:end]
    first = start + len(text) - len(text.lstrip(BLANK))
    clause = _innermost(document.clauses, children, first, max(first, start + len(text.rstrip(BLANK))))
    return Chunk(
        id=f"{document.id}#c{number}",
        document_id=document.id,
        text=text,
        start=start,
        end=end,
        clause=clause,
        heading_path=document.heading_path(clause),
    )


def _children(clauses: Sequence[Clause]) -> list[list[int]]:
    """Rows of each clause's children, in text order."""
    children: list[list[int]] = [[] for _ in clauses]
    for row, clause in enumerate(clauses):
        if clause.parent is not None:
            children[clause.parent].append(row)
    return children


def _innermost(clauses: Sequence[Clause], children: Sequence[Sequence[int]], start: int, end: int) -> int:
    row = 0
    while True:
        place = bisect_right(children[row], start, key=lambda child: clauses[child].start) - 1
        if place < 0 or clauses[children[row][place]].end < end:
            return row
        row = children[row][place]


def _stretches(
    document: Document, row: int, children: Sequence[Sequence[int]], *, dependent: bool = False
) -> Iterator[_Stretch]:
    """The stretches of a clause and its descendants, in text order, without gaps."""
    text, clause = document.text, document.clauses[row]
    start = 0 if row == 0 else clause.start
    own_end = document.clauses[children[row][0]].start if children[row] else clause.end
    is_article = ARTICLE.fullmatch(clause.label) is not None
    leads_in = row != 0 and _leads_in(text[start:own_end])
    is_list = is_article or dependent or leads_in
    has_body = bool(text[clause.body_start : own_end].strip(BLANK))
    is_bare = row != 0 and not has_body and bool(children[row])
    is_bullet = not clause.title and not is_article and clause.end - start < SHORT
    is_short = row != 0 and not children[row] and (is_bullet or not has_body)
    bound = dependent
    for child in children[row]:
        inner = document.clauses[child]
        yield _Stretch(start, inner.start, is_bare, bound, is_short, row == 0)
        says_all = not children[child] and not text[inner.body_start : inner.end].strip(BLANK)
        is_item = is_article or dependent or (is_list and (not inner.title or says_all))
        yield from _stretches(document, child, children, dependent=is_item)
        start, is_bare, bound = inner.end, False, is_list
    yield _Stretch(start, len(text) if row == 0 else clause.end, is_bare, bound, is_short, row == 0)


def _blocks(text: str, stretches: Sequence[_Stretch], max_chars: int) -> list[_Block]:
    blocks: list[_Block] = []
    for stretch in stretches:
        if not text[stretch.start : stretch.end].strip(BLANK):
            if blocks:
                blocks[-1].end = stretch.end
            continue
        # White space before the first words belongs to them.
        start = blocks[-1].end if blocks else 0
        above = blocks[-1] if blocks else None
        if above is not None and (
            stretch.bound or (stretch.short and _takes(text, above, stretch, max_chars))
        ):
            above.seams.append(start)
            above.end, above.bare = stretch.end, False
        else:
            blocks.append(_Block(start, start, stretch.end, stretch.bare, stretch.preamble))
    if not blocks and text:
        return [_Block(0, 0, len(text))]
    return _with_headings(text, blocks, max_chars)


def _takes(text: str, block: _Block, stretch: _Stretch, max_chars: int) -> bool:
    """Whether a short stretch may join the block before it."""
    return not block.preamble and _size(text, block.start, stretch.end) <= max_chars


def _with_headings(text: str, blocks: Sequence[_Block], max_chars: int) -> list[_Block]:
    """Put headings without body before the block that follows; several in a row, as long as they fit."""
    joined: list[_Block] = []
    for block in blocks:
        above = joined[-1] if joined else None
        if above is None or not above.bare:
            joined.append(block)
        elif not block.bare:
            joined[-1] = replace(block, start=above.start)
        elif _size(text, above.start, block.end) <= max_chars:
            joined[-1] = replace(block, start=above.start, words=above.words)
        else:
            joined.append(block)
    return joined


def _size(text: str, start: int, end: int) -> int:
    return len(text[start:end].strip(BLANK))


def _cut(text: str, block: _Block, max_chars: int) -> Iterator[tuple[int, int]]:
    """Cut a block into spans of at most `max_chars`, of about equal length, at the best places."""
    start, first = block.start, block.words
    last = first + len(text[first : block.end].rstrip(BLANK))
    costs = _costs(text, block) if last - first > max_chars else {}
    while True:
        while first < last and text[first] in BLANK:
            first += 1
        if last - first <= max_chars:
            break
        ideal = (last - first) / ceil((last - first) / max_chars)
        end = min(
            (place for place in range(first + 1, first + max_chars + 1) if place in costs),
            key=lambda place: _price(place - first, costs[place], ideal, max_chars),
            default=first + max_chars,
        )
        # Blank lines stay with the text above them.
        while end < block.end and text[end] in "\r\n":
            end += 1
        yield start, end
        start = first = end
    yield start, block.end


def _price(length: int, cost: float, ideal: float, max_chars: int) -> float:
    short = 1.5 if length < LEAST_FILL * max_chars else 0.0
    return cost + short + abs(length - ideal) / max_chars


def _costs(text: str, block: _Block) -> dict[int, float]:
    """What a cut before each place of the block costs; places inside a figure or a word are left out."""
    costs = {
        place: ANYWHERE_COST
        for place in range(block.words + 1, block.end)
        if not (IN_FIGURE.match(text[place - 1]) and IN_FIGURE.match(text[place]))
    }
    line = block.words
    while line < block.end:
        end = text.find("\n", line, block.end)
        end = block.end if end < 0 else end + 1
        _mark_line(text, line, end, costs)
        line = end
    for seam in block.seams:
        if seam in costs:
            costs[seam] = CLAUSE_COST + (LEAD_IN_COST if _leads_in(text[max(0, seam - 20) : seam]) else 0.0)
    return costs


def _leads_in(text: str) -> bool:
    return text.rstrip(BLANK).endswith(tuple(LEAD_IN))


def _mark_line(text: str, start: int, end: int, costs: dict[int, float]) -> None:
    """Mark the ends of sentences and pauses in one line, and its own end."""
    depths, depth = [], 0
    for character in text[start:end]:
        if character in OPENING:
            depth += 1
        elif character in CLOSING:
            depth = max(0, depth - 1)
        depths.append(depth)
    for match in PAUSE.finditer(text, start, end):
        if match.end() in costs:
            costs[match.end()] = PAUSE_COST + (1.0 if depths[match.start() - start] else 0.0)
    for match in SENTENCE_END.finditer(text, start, end):
        if match.end() in costs:
            costs[match.end()] = QUOTED_COST if depths[match.end() - 1 - start] else SENTENCE_COST
    if end in costs and text[end - 1] == "\n":
        costs[end] = PARAGRAPH_COST + (LEAD_IN_COST if _leads_in(text[start:end]) else 0.0)
