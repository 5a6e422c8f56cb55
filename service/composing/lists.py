"""Answer what belongs to a list, completely: the items of an enumeration, or a section's clauses."""

from __future__ import annotations

import re

from indexer.document import Document
from service.composing.brief import Brief
from service.composing.facts import compose_facts
from service.composing.offices import heading_span
from service.composing.wording import label, sentence_of, tidy, without_marker
from service.evidence import Draft, Span, Statement
from service.ranking import ScoredSentence

_ARTICLE = re.compile(r"第.+条")
_OPENS_ITEMS = ("：", ":")
_STEPS = re.compile(r"程序|步骤|流程|顺序|依次")
_NEAR = 0.5
"""Of the sentences that score so much of the best one's, one that opens steps goes first for a procedure."""


def compose_list(brief: Brief) -> Draft:
    """Compose from the items under the best clause where it has them, else from its sentences."""
    best = _opens_steps(brief) or next(iter(brief.found.sentences), None)
    if best is None:
        return Draft(())
    document = best.chunk.document
    row = parent_of_items(document, best.sentence.paragraph.clause, brief.question.topic)
    if row is not None:
        draft = list_items(document, row, brief)
        if draft.blocks:
            return draft
    return compose_facts(brief)


def _opens_steps(brief: Brief) -> ScoredSentence | None:
    """Return a sentence among the best that opens the steps of a procedure, where one is asked for."""
    found = brief.found.sentences
    if brief.question.kind != "procedure":
        return None
    return next(
        (
            one
            for one in found
            if one.score >= _NEAR * found[0].score
            and one.sentence.text.rstrip().endswith(_OPENS_ITEMS)
            and _STEPS.search(one.sentence.text)
        ),
        None,
    )


def list_items(document: Document, row: int, brief: Brief) -> Draft:
    """List every item of clause `row`, each with its citation, after the sentence that opens them."""
    children = [n for n, clause in enumerate(document.clauses) if clause.parent == row]
    opening = [
        p for p in document.paragraphs_by_clause.get(row, ()) if p.end <= document.clauses[children[0]].start
    ]
    blocks: list[Statement] = []
    name = f"{label(document, brief)}：" if brief.several_regions else ""
    if opening:
        paragraph = opening[-1]
        span = Span(document, paragraph, 0, len(paragraph.text))
        blocks.append(Statement(f"{name}{tidy(without_marker(span))}", (span,)))
    for number, child in enumerate(children, start=1):
        item = _item_span(document, child)
        if item is None:
            return Draft(())
        blocks.append(Statement(f"{number}. {sentence_of(without_marker(item))}", (item,)))
    blocks.insert(1 if opening else 0, Statement(f"共{len(children)}项，已全部列出："))
    return Draft(tuple(blocks))


def parent_of_items(document: Document, clause: int, topic: str = "") -> int | None:
    """Return the clause whose untitled items (项) hold or surround `clause`.

    The articles of a chapter are no items. Items that no sentence opens (`……如下：`) count where their heading
    shares a word with the question's `topic`.
    """
    for row in (clause, document.clauses[clause].parent):
        if row is None or row == 0:
            continue
        children = [one for one in document.clauses if one.parent == row]
        if len(children) < 2 or any(child.title or _ARTICLE.match(child.label) for child in children):
            continue
        own = [p for p in document.paragraphs_by_clause.get(row, ()) if p.end <= children[0].start]
        title = document.clauses[row].title
        if (own and own[-1].text.rstrip().endswith(_OPENS_ITEMS)) or not title or _shares(title, topic):
            return row
    return None


def _shares(title: str, topic: str) -> bool:
    return any(title[place : place + 2] in topic for place in range(len(title) - 1))


def _item_span(document: Document, row: int) -> Span | None:
    paragraphs = document.paragraphs_by_clause.get(row, ())
    if not paragraphs:
        return heading_span(document, row)
    return Span(document, paragraphs[0], 0, len(paragraphs[0].text))
