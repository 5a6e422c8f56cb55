"""Answer from a table with names on both sides: the cell where the row and the column meet that the question names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from indexer.document import Document, Paragraph
from indexer.tables import cells_of
from service.composing.brief import Brief
from service.composing.rows import row_at, row_statement
from service.composing.wording import name_before, tidy
from service.evidence import Draft, Span, Statement
from service.tables import name_place, tables_of, unit_above, unit_of

_BRACKETS = re.compile(r"[（(][^（）()]*[)）]")
_VALUE = re.compile(r"[\d.,，]+|[—\-－/]|不[\u4e00-\u9fff]{1,3}|无|免[\u4e00-\u9fff]?")
_KINDS = ("figure", "deadline", "fact")


def compose_cell(brief: Brief) -> Draft:
    """Answer with the one cell whose row and column the question names, by name or by what tells it from the others.

    Empty where it names none, or more than one of either, or where no such table was found.
    """
    question = brief.question
    if question.kind not in _KINDS:
        return Draft(())
    found = [
        (document, header, row, column)
        for document in {one.chunk.document.id: one.chunk.document for one in brief.found.sentences}.values()
        for header, rows in _cross_tables(document)
        for row, column in _meeting(header, rows, question.text)
    ]
    if len(found) != 1:
        return Draft(())
    document, header, row, column = found[0]
    names, cells = cells_of(header.text), cells_of(row.text)
    above = unit_above(document, header)
    own = unit_of(names[column]) or unit_of(cells[name_place(cells)])
    unit = (own or above or "") if cells[column][-1:].isdigit() else ""
    spans = [Span(document, line, 0, len(line.text)) for line in (header, row)]
    if unit and not own:
        caption = document.paragraphs[header.number - 2]
        spans.insert(0, Span(document, caption, 0, len(caption.text)))
    value = tidy(f"{cells[column]}{unit}")
    english = question.language == "en"
    record = row_at(document, row) if unit_of(names[column]) else None  # its columns measure different things
    said = f"{_label(cells)}、{_plain(names[column])}：{value}"
    return Draft(
        (
            Statement(f"**{value}**{'.' if english else '。'}", tuple(spans)),
            row_statement(record, brief)
            if record is not None
            else Statement(
                f"{name_before(document, brief)}{tidy(said)}{'.' if english else '。'}", tuple(spans)
            ),
        )
    )


def _cross_tables(document: Document) -> Iterator[tuple[Paragraph, list[Paragraph]]]:
    """Yield the header and the rows of each table with two columns or more of nothing but values."""
    for header, rows in tables_of(document):
        lines = [cells for row in rows if len(cells := cells_of(row.text)) == len(cells_of(header.text))]
        values = [all(_VALUE.fullmatch(cell) for cell in column) for column in zip(*lines, strict=True)]
        if len(lines) > 1 and sum(values[1:]) > 1:
            yield header, rows


def _meeting(header: Paragraph, rows: Sequence[Paragraph], topic: str) -> list[tuple[Paragraph, int]]:
    """Return the row and the column that `topic` names, where it names one of each."""
    names = [_plain(name) for name in cells_of(header.text)]
    labels = [_label(cells_of(row.text)) for row in rows]
    first = next((n for n, name in enumerate(names) if not name.endswith("序号")), 0)
    column = _named([*[""] * (first + 1), *names[first + 1 :]], topic)
    row = _named(labels, topic)
    return [(rows[row], column)] if row is not None and column is not None else []


def _named(labels: Sequence[str], topic: str) -> int | None:
    """Return the label that `topic` names: the longest in it, whole or but for what all labels share; None where unclear."""
    told = [label for label in labels if label]
    if len(told) < 2:
        return None
    head, tail = _shared(told), _shared([label[::-1] for label in told])
    scored = []
    for place, label in enumerate(labels):
        end = max(head + 2, len(label) - tail)
        forms = {label, label[head:], label[: max(2, len(label) - tail)], label[head:end]}
        length = max((len(form) for form in forms if len(form) > 1 and form.lower() in topic), default=0)
        if length:
            scored.append((length, place))
    scored.sort(reverse=True)
    if not scored or (len(scored) > 1 and scored[1][0] == scored[0][0]):
        return None
    return scored[0][1]


def _shared(labels: Sequence[str]) -> int:
    """How many characters all labels begin with."""
    return sum(1 for _ in takewhile(lambda same: len(set(same)) == 1, zip(*labels, strict=False)))


def _label(cells: Sequence[str]) -> str:
    """What a row is about: its first cell that is more than a number in sequence."""
    return _plain(cells[name_place(cells)])


def _plain(name: str) -> str:
    return _BRACKETS.sub("", name).strip()
