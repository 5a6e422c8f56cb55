"""List what a document without trailers lays on one body: 公安都管哪些事, 街道有哪些职责."""

from __future__ import annotations

import re

from indexer.document import Document
from service.composing.brief import Brief
from service.composing.english import all_listed
from service.composing.wording import name_before, sentence_of, without_marker
from service.evidence import Draft, Span, Statement
from service.sentences import sentences

_ASKS = re.compile(
    r"(?P<who>[\u4e00-\u9fff]{2,10}?)(?:们)?(?:都|各|一共|到底|主要|分别)*(?:揽|管|干|做|负责|承担|履行)(?:了|着|的|些)*"
    r"(?:[哪什啥几]么?[些几]?[^,，。?？]{0,4}(?:活|事|职责|任务|工作)|[哪什啥]么?些?$)"
    r"|(?P<other>[\u4e00-\u9fff]{2,10}?)(?:都|各|一共)*有(?:哪些|什么|哪几[项样摊])(?:活|职责|任务)"
)
_LEADING = re.compile(r"^.*(?:里|中|上|的|[,，])(?=.{2})")
_SUBJECT = re.compile(
    r"(?:^|[；;：:])[^，,。；;：:]{0,8}?(?P<subject>[\u4e00-\u9fff、（）]{2,30}?)(?:应当|负责|承担|履行|依法|按照|会同|组织)"
)
_MOST = 15


def compose_duties(brief: Brief) -> Draft:
    """List every sentence whose subject is the body that a question asks the duties of, each with its citation.

    Empty where the question asks for none, where more than one document may be meant, or where nothing or too
    much is found.
    """
    match = _ASKS.search(brief.question.topic.strip(" ?？。"))
    documents = {one.chunk.document.id: one.chunk.document for one in brief.found.sentences[:3]}
    if match is None or len(documents) != 1:
        return Draft(())
    who = _LEADING.sub("", match["who"] or match["other"])
    document = next(iter(documents.values()))
    found = _sentences_on(document, who)
    if not 2 <= len(found) <= _MOST or any(span.text.rstrip().endswith(("：", ":")) for span in found):
        return Draft(())
    blocks = [Statement(f"{name_before(document, brief)}{all_listed(len(found), english=False)}")]
    blocks += [
        Statement(f"{place}. {sentence_of(without_marker(span))}", (span,))
        for place, span in enumerate(found, 1)
    ]
    return Draft(tuple(blocks))


def _sentences_on(document: Document, who: str) -> list[Span]:
    found = []
    for paragraph in document.paragraphs:
        if who[:2] not in paragraph.text or not paragraph.clause:
            continue
        for sentence in sentences(paragraph.text):
            subject = _SUBJECT.search(sentence.text)
            if subject is not None and who[:2] in subject["subject"] and len(sentence.text) >= len(who) + 8:
                found.append(Span(document, paragraph, sentence.start, sentence.end))
    return found
