"""Answer which tasks an office leads, or what is due by a date: a query over the fields, complete."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.document import Document, Trailer
from service.composing.assignments import due_by, laid_on, rows_of_tasks
from service.composing.brief import Brief
from service.composing.offices import heading_span, same_unit, task_spans
from service.composing.wording import label, sentence_of, tidy, without_marker
from service.evidence import Draft, Span, Statement, Table

_LEADS = re.compile(r"牵头|领衔|lead", re.I)
_ROLES = {"牵头": "lead", "责任": "responsible"}
_SUPPORTS = re.compile(r"责任单位|配合|参与|support", re.I)


_UNTIL = re.compile(r"前|之前|截至|为止|以内|by|before")
_MOST_READ = 3
"""Of so many documents the running text is read too."""
_MOST_SAID = 20
_SHORT = 40
_FIRST = re.compile(r"排头|[排列]在?(?:最前|第一|首位)|打头|第一家")


@dataclass(frozen=True, slots=True)
class Task:
    """What a trailer, or a row of a table, lays on offices."""

    document: Document
    title: str
    """Its heading with the number, tidied, or the cells that say it."""
    trailer: Trailer
    spans: tuple[Span, ...]
    """What a statement about it stands on."""
    row: int | None = None
    """Of the clause that the trailer closes; None for a row of a table."""


def compose_tasks(brief: Brief) -> Draft:
    """Compose a table of every task in `brief.documents` that fits the office and the date asked for.

    What the running text lays on the office, or makes due, follows sentence by sentence. Empty where the question names
    neither, or nothing fits.
    """
    question = brief.question
    if not question.units and question.day is None:
        return Draft(())
    wanted = _wanted_role(question.text) if question.units else None
    fitting = [
        (task, role)
        for task in tasks(brief)
        for role in [_role(task.trailer, question.units)]
        if (role is not None or not question.units) and (question.day is None or _due(task.trailer, brief))
    ]
    rows = [(task, role) for task, role in fitting if wanted in (None, role)]
    who = "、".join(dict.fromkeys(_full_name(unit, fitting) for unit in question.units))
    if question.language == "en":
        return _in_english(brief, who, wanted, rows, fitting)
    said = _said_in_text(brief, rows, leading=wanted == "牵头")
    if rows:
        named = (
            {None: "涉及的", "牵头": "牵头的", "责任": "作为责任单位的"}[wanted]
            if question.units
            else "按完成时限列出的"
        )
        frame = Statement(f"{who}{named}任务共{len(rows)}项，已全部列出：")
        return Draft((frame, _table(rows, brief), *_also(said, brief)))
    if len(said) > 1:
        what = f"由{who}承担" if who else "在此之前完成" if _UNTIL.search(question.text) else "在此时完成"
        return Draft((Statement(f"条文写明{what}的共{len(said)}项，已全部列出："), *_quoted(said, brief)))
    if fitting:
        other = {"牵头": "作为责任单位的", "责任": "牵头的"}[wanted or "牵头"]
        denied = f"文件没有列明由{who}牵头的任务" if wanted == "牵头" else f"文件没有把{who}列为责任单位"
        frame = Statement(f"{denied}；其{other}任务共{len(fitting)}项，已全部列出：")
        return Draft((frame, _table(fitting, brief)))
    return Draft(())


def _full_name(asked: str, fitting: Sequence[tuple[Task, str | None]]) -> str:
    """Return the office's name as the tasks have it: 市住房城乡建设局 for 住建局."""
    named = (
        unit for task, _ in fitting for unit in (*task.trailer.lead_units, *task.trailer.responsible_units)
    )
    return next((unit for unit in named if same_unit(asked, unit)), asked)


def _said_in_text(brief: Brief, rows: Sequence[tuple[Task, str | None]], *, leading: bool) -> list[Span]:
    """Return what the running text says beside `rows`: nothing of the clauses whose tasks these are, nor too much."""
    question = brief.question
    listed = {(task.document.id, task.row) for task, _ in rows}
    found = []
    for document in brief.documents if len(brief.documents) <= _MOST_READ else ():
        spans = laid_on(document, question.units, leading=leading) if question.units else None
        if question.day is not None:
            due = due_by(document, question.day, until=_UNTIL.search(question.text) is not None)
            spans = due if spans is None else [span for span in spans if span in due]
        found += [span for span in spans or () if (document.id, span.paragraph.clause) not in listed]
    return found if len(found) <= _MOST_SAID else []


def _also(said: Sequence[Span], brief: Brief) -> tuple[Statement, ...]:
    if not said:
        return ()
    what = "完成时限" if brief.question.day is not None else "职责"
    return (Statement(f"条文中另外写明的{what}："), *_quoted(said, brief))


def _quoted(said: Sequence[Span], brief: Brief) -> Iterator[Statement]:
    """Quote sentences a line each, with the heading of the clause that each stands in where it has one."""
    for place, span in enumerate(said, 1):
        name = f"{label(span.document, brief)}：" if brief.several_regions else ""
        title = tidy(span.document.clauses[span.paragraph.clause].title)
        heading = heading_span(span.document, span.paragraph.clause)
        text = without_marker(span)
        if (
            title
            and heading is not None
            and (span.paragraph != heading.paragraph or span.start >= heading.end)
            and len(title) <= _SHORT
        ):
            yield Statement(f"{place}. {name}{title}：{sentence_of(text)}", (heading, span))
        else:
            yield Statement(f"{place}. {name}{sentence_of(text)}", (span,))


def _in_english(
    brief: Brief,
    who: str,
    wanted: str | None,
    rows: list[tuple[Task, str | None]],
    fitting: list[tuple[Task, str | None]],
) -> Draft:
    """Frame the table in English; names and headings stay as they stand."""
    said = {
        None: f"Tasks of {who}",
        "牵头": f"Tasks that {who} leads",
        "责任": f"Tasks that {who} is responsible for",
    }
    if rows:
        what = said[wanted] if brief.question.units else "Tasks by their due date"
        return Draft((Statement(f"{what}: {len(rows)}, all listed:"), _table(rows, brief)))
    if fitting:
        other = "责任" if wanted == "牵头" else "牵头"
        denied = "names no task that" if wanted == "牵头" else "does not name as responsible"
        text = f"The text {denied} {who}{' leads' if wanted == '牵头' else ''}. {said[other]}: {len(fitting)}, all listed:"
        return Draft((Statement(text), _table(fitting, brief)))
    return Draft(())


def knows_tasks(brief: Brief) -> bool:
    """True where the documents name offices in trailers, so that a search of them settles who does what."""
    return next(tasks(brief), None) is not None


def _wanted_role(text: str) -> str | None:
    leads = bool(_LEADS.search(text) or _FIRST.search(text))
    supports = bool(_SUPPORTS.search(text))
    return None if leads == supports else "牵头" if leads else "责任"


def _table(rows: list[tuple[Task, str | None]], brief: Brief) -> Table:
    english = brief.question.language == "en"
    header: tuple[str, ...] = (
        ("Task", "Role", "Lead", "Due") if english else ("任务", "分工", "牵头单位", "完成时限")
    )
    if not brief.question.units:
        header = (header[0], *header[2:])
    if brief.several_regions:
        header = ("Document" if english else "文件", *header)
    return Table(
        header,
        tuple((_cells(task, role, brief), task.spans) for task, role in rows),
    )


def tasks(brief: Brief) -> Iterator[Task]:
    """Yield what trailers lay on offices, in the order of the documents; for a document without any, rows of its tables."""
    for document in brief.documents:
        rows = [row for row, clause in enumerate(document.clauses) if clause.trailer is not None]
        for row in rows:
            clause = document.clauses[row]
            marker = f"{clause.label}." if clause.label.isdigit() else clause.marker
            title = tidy(clause.title or document.text[clause.body_start : clause.end][:30])
            if clause.trailer is not None:
                yield Task(document, f"{marker}{title}", clause.trailer, task_spans(document, row), row)
        for paragraph, title, trailer in rows_of_tasks(document) if not rows else ():
            yield Task(document, tidy(title), trailer, (Span(document, paragraph, 0, len(paragraph.text)),))


def _role(trailer: Trailer, units: tuple[str, ...]) -> str | None:
    if any(same_unit(unit, lead) for unit in units for lead in trailer.lead_units):
        return "牵头"
    if any(same_unit(unit, other) for unit in units for other in trailer.responsible_units):
        return "责任"
    return None


def _due(trailer: Trailer, brief: Brief) -> bool:
    deadline, day = trailer.deadline, brief.question.day
    if deadline is None or day is None or deadline.end is None:
        return False
    if _UNTIL.search(brief.question.text):
        return deadline.end <= day
    return deadline.end.year == day.year and deadline.end.month == day.month


def _cells(task: Task, role: str | None, brief: Brief) -> tuple[str, ...]:
    english = brief.question.language == "en"
    cells = [task.title]
    if brief.question.units:
        cells.append((_ROLES.get(role or "", "") if english else role) or "")
    unstated = "not stated" if english else "未写明"
    cells.append("、".join(task.trailer.lead_units) or unstated)
    cells.append(tidy(task.trailer.deadline.text) if task.trailer.deadline is not None else unstated)
    if brief.several_regions:
        cells.insert(0, label(task.document, brief))
    return tuple(cells)
