"""Read a table's row under its header: which cell answers, and what its column says it measures."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.document import Document, Paragraph
from indexer.tables import cells_of
from service.composing.brief import Brief
from service.composing.wording import label, tidy
from service.evidence import Span, Statement
from service.figures import figures
from service.kinds import without_question_words
from service.question import Question
from service.ranking import ScoredSentence
from service.tables import header_of, name_place

_BARE = re.compile(r"[\d.,，]+")
_MEASURES = {
    "money": re.compile(r"元|金额|费|补贴|标准|奖"),
    "percent": re.compile(r"[%％‰]|比例|率"),
    "days": re.compile(r"时限|期限|[（(](?:个?工作日|天|日|小时|个?月|年)[)）]|时间"),
    "date": re.compile(r"时间|日期|截止"),
    "count": re.compile(
        r"[（(](?:个|项|家|户|人|次|件|米|平方米|公里|吨)[)）]|数量|数$|人数|次数|面积|长度|高度"
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table in a document, with its header."""

    header: tuple[str, ...]
    cells: tuple[str, ...]
    spans: tuple[Span, Span]
    """The header's line and the row's own."""

    @property
    def name(self) -> str:
        """What the row is about: its first cell that is more than a number in sequence."""
        return self.cells[self._place]

    @property
    def text(self) -> str:
        """The row put into words: each cell after the name of its column."""
        first = self._place + 1
        named = [
            f"{name}{'' if re.match(r'[0-9]', cell) else '为'}{cell}"
            for name, cell in zip(self.header[first:], self.cells[first:], strict=True)
            if cell
        ]
        return f"{self.name}：{'，'.join(named)}" if named else self.name

    @property
    def _place(self) -> int:
        return name_place(self.cells)


def row_of(one: ScoredSentence) -> Row | None:
    """Return the table row that a sentence is; None for running text, and for the header itself."""
    return row_at(one.chunk.document, one.sentence.paragraph)


def row_at(document: Document, paragraph: Paragraph) -> Row | None:
    """Return the table row that a paragraph is; None for running text, and for the header itself."""
    cells = cells_of(paragraph.text)
    if len(cells) < 2 or not any(re.search(r"\d|[一二三四五六七八九十百千万]", cell) for cell in cells[1:]):
        return None
    header = header_of(document, paragraph)
    if header is None:
        return None
    spans = tuple(Span(document, line, 0, len(line.text)) for line in (header, paragraph))
    return Row(cells_of(header.text), cells, (spans[0], spans[1]))


def column_asked(row: Row, question: Question) -> int | None:
    """Return the column that measures what is asked for and shares most with the question; None where none does."""
    measures = _MEASURES.get(question.quantity or "any")
    topic = without_question_words(question.topic)
    best: tuple[float, int] | None = None
    for place, name in enumerate(row.header[1:], start=1):
        if measures is None or not measures.search(name) or not _may_tell(row.cells[place], question):
            continue
        pairs = [name[i : i + 2] for i in range(len(name) - 1)]
        shared = sum(pair in topic for pair in pairs)
        if best is None or shared > best[0]:
            best = (shared, place)
    return best[1] if best is not None else None


def _may_tell(cell: str, question: Question) -> bool:
    """True for a cell with a figure of the kind asked for, or a bare one, whose unit its column names.

    6月15日 does not say how long it takes, though its column speaks of time.
    """
    if _BARE.fullmatch(cell):  # 2000 is no year under 补贴（元/月）
        return True
    kinds = {figure.quantity for figure in figures(cell)} - {"count"}
    return question.quantity in kinds or (not kinds and re.search(r"\d", cell) is not None)


def figure_in(row: Row, column: int) -> str:
    """Return a cell with the name of its column, which holds the unit: 租房补贴（元/月）：2000."""
    return tidy(f"{row.header[column]}：{row.cells[column]}")


def row_statement(row: Row, brief: Brief) -> Statement:
    """Say what a row says, after the name of its document where several could speak."""
    document = row.spans[0].document
    name = f"{label(document, brief)}：" if brief.several_regions else ""
    return Statement(f"{name}{tidy(row.text)}。", row.spans)
