"""Answer what a clause says that the question names by its number: 第三十二条, 第18项."""

from __future__ import annotations

import re

from service.composing.brief import Brief
from service.composing.wording import statement_of
from service.evidence import Draft, Span

_WHAT = re.compile(r"说|讲|写|规定|内容|是什么|原文|全文|怎么|say|state|content", re.IGNORECASE)
_ABOUT = re.compile(r"第[〇零一二三四五六七八九十百千\d]+[条项章节款]|[的了是啥都有些?？!！。，, ]")
_SHORT = 12
_MOST = 12


def compose_clause(brief: Brief) -> Draft:
    """Quote the clause that the question asks for by number; empty where it asks about a matter in it.

    The clause is looked for in the documents named, in their order; its items belong to it.
    """
    question = brief.question
    if not _WHAT.search(question.text) or len(_ABOUT.sub("", _WHAT.sub("", question.topic))) > _SHORT:
        return Draft(())
    for document in brief.documents:
        if question.document_ids and document.id not in question.document_ids:
            continue
        row = next((n for n, clause in enumerate(document.clauses) if clause.label == question.address), None)
        if row is None:
            continue
        clause = document.clauses[row]
        spans = [
            Span(document, paragraph, 0, len(paragraph.text))
            for paragraph in document.paragraphs
            if clause.start <= paragraph.start < clause.end
        ]
        if 0 < len(spans) <= _MOST:
            return Draft((statement_of(document, spans, brief),))
    return Draft(())
