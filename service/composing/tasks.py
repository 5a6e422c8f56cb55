"""Answer which tasks an office leads, or what is due by a date: a query over the fields, complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.document import Document, Trailer
from service.composing.brief import Brief
from service.composing.offices import same_unit, task_spans
from service.composing.wording import label, tidy
from service.evidence import Draft, Statement, Table

_LEADS = re.compile(r"牵头|领衔|lead", re.I)
_ROLES = {"牵头": "lead", "责任": "responsible"}
_SUPPORTS = re.compile(r"责任单位|配合|参与|support", re.I)


@dataclass(frozen=True, slots=True)
class Task:
    """A clause with a trailer."""

    document: Document
    row: int
    trailer: Trailer

    @property
    def title(self) -> str:
        """Its heading, tidied, without the number."""
        clause = self.document.clauses[self.row]
        return tidy(clause.title or self.document.text[clause.body_start : clause.end][:30])


def compose_tasks(brief: Brief) -> Draft:
    """Compose a table of every task in `brief.documents` that fits the office and the date asked for.

    Empty where the question names neither, or nothing fits.
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
    who = "、".join(question.units)
    if question.language == "en":
        return _in_english(brief, who, wanted, rows, fitting)
    if rows:
        said = (
            {None: "涉及的", "牵头": "牵头的", "责任": "作为责任单位的"}[wanted]
            if question.units
            else "按完成时限列出的"
        )
        return Draft((Statement(f"{who}{said}任务共{len(rows)}项，已全部列出："), _table(rows, brief)))
    if fitting:
        other = {"牵头": "作为责任单位的", "责任": "牵头的"}[wanted or "牵头"]
        said = f"文件没有列明由{who}牵头的任务" if wanted == "牵头" else f"文件没有把{who}列为责任单位"
        return Draft(
            (Statement(f"{said}；其{other}任务共{len(fitting)}项，已全部列出："), _table(fitting, brief))
        )
    return Draft(())


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
    leads, supports = bool(_LEADS.search(text)), bool(_SUPPORTS.search(text))
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
        tuple((_cells(task, role, brief), task_spans(task.document, task.row)) for task, role in rows),
    )


def tasks(brief: Brief) -> Iterator[Task]:
    """Yield every clause with a trailer, in the order of the documents and their texts."""
    for document in brief.documents:
        for row, clause in enumerate(document.clauses):
            if clause.trailer is not None:
                yield Task(document, row, clause.trailer)


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
    if re.search(r"前|之前|截至|为止|以内|by|before", brief.question.text):
        return deadline.end <= day
    return deadline.end.year == day.year and deadline.end.month == day.month


def _cells(task: Task, role: str | None, brief: Brief) -> tuple[str, ...]:
    clause = task.document.clauses[task.row]
    marker = f"{clause.label}." if clause.label.isdigit() else clause.marker
    english = brief.question.language == "en"
    cells = [f"{marker}{task.title}"]
    if brief.question.units:
        cells.append((_ROLES.get(role or "", "") if english else role) or "")
    unstated = "not stated" if english else "未写明"
    cells.append("、".join(task.trailer.lead_units) or unstated)
    cells.append(tidy(task.trailer.deadline.text) if task.trailer.deadline is not None else unstated)
    if brief.several_regions:
        cells.insert(0, label(task.document, brief))
    return tuple(cells)
