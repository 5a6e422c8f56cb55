"""Find what no trailer says: rows of a table of tasks, sentences that lay something on an office or make it due by a date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from indexer.dates import parse_deadline
from indexer.document import Document, Paragraph, Trailer
from indexer.tables import cells_of
from indexer.trailers import split_units
from service.composing.offices import ACTING, same_unit
from service.composing.wholes import body
from service.evidence import Span
from service.sentences import Sentence, sentences

_LEAD = re.compile(r"牵头|主办|负责(?:单位|部门)|责任主体")
_OTHERS = re.compile(r"责任(?:单位|部门|处室)|配合|协办|参与")
_DUE = re.compile(r"时限|期限|时间|完成|节点")
_WHAT = re.compile(r"任务|成果|内容|事项|项目|措施|举措|工作|目标")
_UNTIL = re.compile(
    r"(?:(?:19|20)\d{2}年)?(?:\d{1,2}月(?:\d{1,2}日|[上中下]旬|份)?|[一二三四]季度|[上下]半年|年)?[底末]?(?:之前|以前|前)"
    r"|(?:(?:19|20)\d{2}年)?(?:\d{1,2}月|年)[底末]"
)
_LABELLED = re.compile(
    r"^(?:[（(][^）)]{1,3}[）)]|\d+[.．、])?\s*(?P<unit>[\u4e00-\u9fff、（）()]{2,20})[：:]"
)
"""A line that begins with who has to do what follows: （八）残联：提供名册."""
_BESIDE = re.compile(r"会同|联合|[和及与、]")


def rows_of_tasks(document: Document) -> Iterator[tuple[Paragraph, str, Trailer]]:
    """Yield the rows of tables that name offices in a column: the row, the task, and who does it by when."""
    for number, header in document.table_headers.items():
        names = cells_of(header.text)
        leads = [place for place, name in enumerate(names) if _LEAD.search(name)]
        others = [place for place, name in enumerate(names) if _OTHERS.search(name) and place not in leads]
        row = document.paragraphs[number - 1]
        cells = cells_of(row.text)
        if not (leads or others) or len(cells) != len(names):
            continue
        due = next(
            (n for n, name in enumerate(names) if _DUE.search(name) and n not in (*leads, *others)), None
        )
        what = [n for n, name in enumerate(names) if _WHAT.search(name) and n not in (*leads, *others, due)]
        year = document.issued_on.year if document.issued_on else None
        trailer = Trailer(
            tuple(unit for place in leads for unit in split_units(cells[place])),
            tuple(unit for place in others for unit in split_units(cells[place])),
            parse_deadline(cells[due], year=year) if due is not None and cells[due] else None,
        )
        yield row, "：".join(cells[place] for place in what if cells[place]) or cells[0], trailer


def laid_on(document: Document, units: Sequence[str], *, leading: bool) -> list[Span]:
    """Return the sentences of the text in which one of `units` acts; with `leading` those in which no other stands before it."""
    found = []
    for paragraph, piece in _running(document):
        labelled = _LABELLED.match(piece.text)
        if labelled and any(_is_named(unit, labelled["unit"]) for unit in units):
            found.append(Span(document, paragraph, piece.start, piece.end))
            continue
        for match in ACTING.finditer(piece.text):
            if leading and _BESIDE.fullmatch(match["before"]):
                continue
            if any(same_unit(unit, match["unit"]) for unit in units):
                found.append(Span(document, paragraph, piece.start, piece.end))
                break
    return found


def _is_named(unit: str, label: str) -> bool:
    """Whether a label, 公安部门 or 教育、公安, names the office."""
    stem = re.sub(r"^[省市县区]|(?:局|部门|机关|委员会|委|办)$", "", unit)
    return len(stem) > 1 and any(
        same_unit(unit, one)
        or re.fullmatch(rf"[省市县区]*{re.escape(stem)}(?:局|部门|机关|委员会|委|办|办公室)?", one)
        for one in split_units(label)
    )


def due_by(document: Document, day: date, *, until: bool) -> list[Span]:
    """Return the sentences that make something due in the month of `day`; with `until`, by then."""
    year = document.issued_on.year if document.issued_on else None
    found = []
    for paragraph, piece in _running(document):
        for match in _UNTIL.finditer(piece.text):
            end = parse_deadline(match[0], year=year).end
            if end is not None and (
                end <= day and end.year == day.year
                if until
                else (end.year, end.month) == (day.year, day.month)
            ):
                found.append(Span(document, paragraph, piece.start, piece.end))
                break
    return found


def _running(document: Document) -> Iterator[tuple[Paragraph, Sentence]]:
    """Yield the sentences of the clauses' running text: no headings, trailers, tables or title block."""
    rows = document.table_headers
    for paragraph in document.paragraphs:
        if not paragraph.clause or paragraph.number in rows or paragraph.number + 1 in rows:
            continue
        span = body(document, paragraph)
        if span is None:
            continue
        for piece in sentences(paragraph.text):
            if piece.start >= span.start and piece.end <= span.end + 1:
                yield paragraph, piece
