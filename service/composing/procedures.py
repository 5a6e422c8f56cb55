"""Answer how something is done: the steps of the clause that tells, all of them and in their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from indexer.document import Document
from service.composing.annexes import annex_named
from service.composing.brief import Brief
from service.composing.facts import compose_facts, in_order
from service.composing.lists import candidates, enumerates, items_around, list_at, list_items
from service.composing.offices import heading_span
from service.composing.rows import row_of
from service.composing.sections import section_as_a_whole, section_frame
from service.composing.wholes import all_text, around, length, opened_run, own_text, quoted
from service.composing.wording import sentence_of, statement_of, tidy, without_marker
from service.evidence import Draft, Span, Statement
from service.question import Question
from service.ranking import ScoredSentence
from service.sentences import sentences

_STEPS = re.compile(r"程序|步骤|流程|顺序|依次|手续(?!费)|环节")
_WHOLE = re.compile(
    r"整个|全套|全程|全流程|从头到尾|一步一?步|[哪几多少][几些]?(?:个?步|个?环节|道)|(?:什么|哪些|怎样的|怎么的?)(?:流程|程序|步骤)|(?:流程|程序|步骤)(?:是|有|都)*(?:什么|哪|怎|如何)"
)
_MOST_READ = 6
_OPENS = ("：", ":")
_HEADING = 12
_GENERIC = re.compile(r"(?:办理|申请|工作|操作|实施|审批|审核|受理|办事|基本|主要|[与和、及的])*")
_NEAR = 0.5
"""Of the sentences that score so much of the best one's, one that opens steps goes first."""
_BESIDE = 0.5
"""Clauses beside the best are quoted with it where a sentence of theirs scores so much of the best one's."""
_READABLE = 480
"""A clause of so many characters is quoted whole."""
_SECTION = 1000
"""So is a section, a line for each of its clauses."""


def compose_procedure(brief: Brief) -> Draft:
    """Compose from the section or the clause that tells the steps; from the best sentences where none does."""
    found = [one for one in candidates(brief) if row_of(one) is None]
    best = _under_steps(found, brief.question) or _opens_steps(found) or next(iter(found), None)
    if (draft := _whole_course(found, brief)).blocks:
        return draft
    named = section_as_a_whole(brief)
    if named is not None and length(steps := all_text(*named)) <= _SECTION and len(steps) > 1:
        return quoted(steps, brief)
    if best is None:
        return compose_facts(brief)
    document, clause = best.chunk.document, best.sentence.paragraph.clause
    row = items_around(best, brief)
    if row is not None and _tells_steps(document, row, best):
        draft = list_items(document, row, brief)
        if draft.blocks:
            return draft
    if annex_named(around(best.span, most=_READABLE)) is not None:
        return list_at(best, brief)
    run = opened_run(best.span)
    if len(run) > 1:
        return quoted(run, brief)
    if enumerates(best, brief.question, least=4):
        return Draft((statement_of(document, in_order([best]), brief),))
    whole = [span for row in _told_together(found, best) for span in own_text(document, row)]
    if len(whole) > 1 and whole[-1].text.rstrip().endswith(_OPENS):
        whole.pop()  # it opens items on another matter
    if clause and length(whole) <= _READABLE:
        return quoted(whole, brief)
    return Draft((statement_of(document, [around(best.span, most=_READABLE)], brief),))


def _whole_course(found: Sequence[ScoredSentence], brief: Brief) -> Draft:
    """List the clauses of the section 办理流程 that holds one of the best sentences, where all steps are asked for."""
    if not found or not _WHOLE.search(brief.question.topic):
        return Draft(())
    document = found[0].chunk.document
    for one in found[:_MOST_READ]:
        for row in (
            document.path(one.sentence.paragraph.clause) if one.chunk.document.id == document.id else ()
        ):
            children = [n for n, clause in enumerate(document.clauses) if clause.parent == row]
            headings = [heading_span(document, child) for child in children]
            named = _STEPS.search(document.clauses[row].title)
            if (
                len(children) < 2
                or None in headings
                or named is None
                or not _GENERIC.fullmatch(document.clauses[row].title.replace(named[0], ""))
            ):
                continue
            blocks = section_frame(document, row, headings, brief)
            for place, (child, heading) in enumerate(zip(children, headings, strict=True), 1):
                opening = [
                    _first_sentence(span) for span in own_text(document, child)[:1] if "|" not in span.text
                ]
                title = tidy(document.clauses[child].title)
                said = f"：{sentence_of(without_marker(opening[0]))}" if opening else ""
                spans = tuple(span for span in (heading, *opening) if span is not None)
                blocks.append(Statement(f"{place}. {title}{said}", spans))
            return Draft(tuple(blocks))
    return Draft(())


def _first_sentence(span: Span) -> Span:
    first = sentences(span.text, semicolons=False)[0]
    start = span.start + (1 if span.text.startswith("。") else 0)
    return replace(span, start=start, end=span.start + first.end)


def _under_steps(found: Sequence[ScoredSentence], question: Question) -> ScoredSentence | None:
    """Return the best sentence under a heading 办理程序, 招生流程, where that is what the question asks for by name."""
    if not found or not _STEPS.search(question.topic):
        return None
    for one in found:
        document = one.chunk.document
        title = document.clauses[one.sentence.paragraph.clause].title
        named = _STEPS.search(title)
        if named and document.id == found[0].chunk.document.id and len(title) <= _HEADING:
            about = title.replace(named[0], "")
            if _GENERIC.fullmatch(about) or any(
                about[n : n + 2] in question.topic for n in range(len(about) - 1)
            ):
                return one
    return None


def _told_together(found: Sequence[ScoredSentence], best: ScoredSentence) -> list[int]:
    """Return the clause of the best sentence with the untitled clauses beside it that were found to be near it."""
    clauses, own = best.chunk.document.clauses, best.sentence.paragraph.clause
    beside = {
        one.sentence.paragraph.clause
        for one in found
        if one.chunk.document.id == best.chunk.document.id and one.score >= _BESIDE * best.score
    }
    return [
        row
        for row, clause in enumerate(clauses)
        if row == own or (row in beside and clause.parent == clauses[own].parent and not clause.title)
    ]


def _opens_steps(found: list[ScoredSentence]) -> ScoredSentence | None:
    """Return a sentence among the best that opens the steps of a procedure."""
    return next(
        (
            one
            for one in found
            if one.score >= _NEAR * found[0].score
            and one.sentence.text.rstrip().endswith(_OPENS)
            and _STEPS.search(one.sentence.text)
        ),
        None,
    )


def _tells_steps(document: Document, row: int, best: ScoredSentence) -> bool:
    """True where the items of `row` are what the best sentence is about: it opens them, or a sentence opens them all."""
    own = document.paragraphs_by_clause.get(row, ())
    opened = bool(own) and own[0].text.rstrip().endswith(_OPENS)
    return opened or best.sentence.text.rstrip().endswith(_OPENS)
