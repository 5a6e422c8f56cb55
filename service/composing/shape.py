"""Choose the shape of an answer by the kind of question and by what was found."""

from __future__ import annotations

import re
from dataclasses import replace

from service.composing.brief import Brief
from service.composing.claims import presumes
from service.composing.clauses import compose_clause
from service.composing.comparisons import compose_by_region, compose_comparison, compose_each_region
from service.composing.contacts import compose_contact, contact_asked
from service.composing.counts import (
    compose_classes,
    compose_count,
    compose_named_parts,
    compose_stated_number_of_items,
)
from service.composing.cross_tables import compose_cell
from service.composing.definitions import compose_definition
from service.composing.duties import compose_duties
from service.composing.exclusive import is_of_another
from service.composing.facts import choose, compose_facts
from service.composing.lists import compose_list, tells_only_how_many
from service.composing.materials import compose_materials
from service.composing.matter import compared
from service.composing.offices import compose_deadline, compose_offices, names_task
from service.composing.procedures import compose_procedure
from service.composing.prohibitions import forbidden_first
from service.composing.records import asks_unstated, compose_record
from service.composing.sections import compose_section_list
from service.composing.structure_counts import compose_row_count, compose_structure_count
from service.composing.tasks import compose_tasks, knows_tasks
from service.composing.versions_table import compose_versions
from service.composing.years import speaks_of_the_year, tells_another_year, within_the_year
from service.evidence import Draft

_SURE = 0.6
_GOOD = 0.15
_LEAST = 0.1
"""Confidence below which not even a cell answers whose row and column the question names."""
_ASKS_BODY = re.compile(
    r"谁|哪[几一两三]?[个家]|哪些(?:单位|部门|局)|配合|协同|一起干|参[加与]|牵头|[\u4e00-\u9fff]局",
    re.IGNORECASE,
)
_LEADS = re.compile(r"牵头|lead", re.IGNORECASE)
_ROLE = re.compile(r"牵头|负责|责任|配合|主管|lead|responsible|in charge", re.IGNORECASE)


def compose(brief: Brief) -> Draft:
    """Choose the shape of the answer; an empty draft is a refusal, also where it would be about another thing than asked."""
    draft = _shaped(brief)
    return Draft(()) if is_of_another(brief.question, draft) else draft


def _shaped(brief: Brief) -> Draft:
    question = brief.question
    brief = replace(brief, found=forbidden_first(question, brief.found))
    if question.address is not None and (question.document_ids or len(brief.documents) == 1):
        draft = compose_clause(brief)
        if draft.blocks:
            return draft
    if brief.by_version and len(question.regions) < 2:
        draft = compose_versions(brief)
        if draft.blocks:
            return draft
    if contact_asked(question) is not None:
        return compose_contact(brief)
    if question.kind == "metadata":
        draft = compose_record(brief)
        if draft.blocks or (asks_unstated(brief) and not _is_sure_of_the_text(brief)):
            return draft
    if question.kind in ("count", "figure", "list"):
        draft = compose_row_count(brief)
        if draft.blocks:
            return draft
    if question.kind == "count":
        draft = compose_structure_count(brief)
        if draft.blocks:
            return draft
    if question.quantity == "count" and question.kind in ("count", "list", "figure"):
        draft = compose_named_parts(brief)
        if draft.blocks:
            return draft
    if question.kind == "tasks" or (question.kind == "count" and question.units):
        draft = compose_tasks(brief)
        if draft.blocks or (question.units and _LEADS.search(question.text) and knows_tasks(brief)):
            return draft
    if question.kind in ("list", "tasks", "office", "fact") and not knows_tasks(_of_the_first(brief)):
        draft = compose_duties(brief)
        if draft.blocks:
            return draft
    if question.kind == "definition":
        draft = compose_definition(brief)
        if draft.blocks:
            return draft
    if question.kind == "compare" and len(question.regions) < 2 and len(brief.by_region) > 1:
        brief = compared(brief)
    if question.kind == "compare" and len(brief.by_region) > 1:
        return compose_comparison(brief)
    if brief.found.confidence >= _LEAST and (cell := compose_cell(brief)).blocks:
        return cell
    if brief.found.confidence < brief.threshold:
        return compose_deadline(brief) if question.kind == "deadline" and names_task(brief) else Draft(())
    if question.kind != "yesno":
        brief = replace(brief, found=within_the_year(question, brief.found))
        if not speaks_of_the_year(question, brief.found) or tells_another_year(question, brief.found):
            return Draft(())
    if len(question.regions) > 1 and len(brief.by_region) > 1:
        return compose_comparison(brief)
    if question.kind in ("list", "fact", "procedure") and (papers := compose_materials(brief)).blocks:
        return papers
    if brief.by_region and not question.regions:
        if question.kind in ("figure", "deadline", "fact"):
            draft = compose_by_region(brief)
        else:
            draft = compose_each_region(brief, compose)
        if len(draft.blocks) > 1:
            return draft
    if question.kind in ("figure", "count", "list", "definition"):
        draft = compose_classes(brief)
        if draft.blocks:
            return draft
    if question.kind == "deadline":
        draft = compose_deadline(brief)
        if draft.blocks:
            return draft
    if question.kind == "office" or (
        question.units
        and _ROLE.search(question.text)
        and (question.kind == "yesno" or presumes(question.text))
    ):
        return compose_offices(brief)
    if question.kind in ("list", "fact") and _ASKS_BODY.search(question.topic) and _trailer_first(brief):
        return compose_offices(brief)
    if question.kind == "list":
        draft = compose_stated_number_of_items(brief)
        draft = draft if draft.blocks else compose_section_list(brief) or compose_list(brief)
        return Draft(()) if tells_only_how_many(question, draft) else draft
    if question.kind == "count":
        return compose_count(brief)
    if question.kind == "procedure":
        return compose_procedure(brief)
    if question.kind in ("fact", "tasks", "definition") and _opens_items(brief):
        return compose_list(brief)
    return compose_facts(brief)


def _of_the_first(brief: Brief) -> Brief:
    """Return `brief` over the document alone that the best sentence is of."""
    return replace(brief, documents=tuple(one.chunk.document for one in brief.found.sentences[:1]))


def _trailer_first(brief: Brief) -> bool:
    """True where what was found best is who does a task: 除牵头局外还有哪几家配合."""
    first = next(iter(brief.found.sentences), None)
    return first is not None and first.sentence.is_trailer and first.score >= _GOOD


def _is_sure_of_the_text(brief: Brief) -> bool:
    """True where a sentence of the body answers what looked like a question for the record: who issues 封路公告."""
    first = next(iter(brief.found.sentences), None)
    return (
        first is not None
        and first.score >= _SURE
        and brief.found.confidence >= _SURE
        and first.sentence.paragraph.clause != 0
    )


def _opens_items(brief: Brief) -> bool:
    """True where the sentence to quote says no more than that items follow: 监督员承担下列职责："""
    chosen = choose(brief.question, brief.found, most=1)
    return bool(chosen) and chosen[0].sentence.text.rstrip().endswith(("：", ":"))
