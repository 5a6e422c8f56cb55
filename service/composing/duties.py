"""List what a document without trailers lays on one body: 公安都管哪些事, 街道有哪些职责."""

from __future__ import annotations

import re

from indexer.document import Document
from service.composing.assignments import laid_on
from service.composing.brief import Brief
from service.composing.english import all_listed
from service.composing.premises import known_body
from service.composing.wholes import all_text, opened_run
from service.composing.wording import name_before, sentence_of, statement_of, without_marker
from service.evidence import Draft, Span, Statement
from service.sentences import sentences

_ASKS = re.compile(
    r"(?P<who>[\u4e00-\u9fff]{2,10}?)(?:们)?(?:都|各自?|一共|到底|主要|分别|要|得|需要?|应该?|能)*(?:揽|管|干|做|负责|承担|履行)(?:了|着|的|些)*"
    r"(?:[哪什啥几]么?[些几]?[^,，。?？]{0,4}(?:活|事|职责|任务|工作)|[哪什啥]么?些?$)"
    r"|(?P<other>[\u4e00-\u9fff]{2,10}?)(?:都|各|一共)*有(?:哪些|什么|哪几[项样摊])(?:活|职责|任务)"
    r"|给(?P<given>[\u4e00-\u9fff]{2,10}?)(?:都|各|一共)*(?:派|安排|布置|定|下|压|分|交)(?:了|的)?(?:[哪什啥几]么?[些几]?[^,，。?？]{0,3}(?:活|事|任务|工作|职责))"
)
_LEADING = re.compile(r"^.*(?:里|中|上|的|[,，]|要求|规定|(?:条例|办法|细则|方案)[让叫给对]?)(?=.{2})")
_TRAILING = re.compile(r"(?:要|该|应该?|得|必须|需要?|能|可以)$")
_SUBJECT = re.compile(
    r"(?:^|[；;：:])[^，,。；;：:]{0,8}?(?P<subject>[\u4e00-\u9fff、（）]{2,30}?)(?:应当|负责|承担|履行|依法|按照|会同|组织|主管|牵头|指导|加强|建立|制定)"
)
_MOST = 30
_LEAST = 12


def compose_duties(brief: Brief) -> Draft:
    """List every sentence whose subject is the body that a question asks the duties of, each with its citation.

    Empty where the question asks for none, where more than one document may be meant, or where nothing or too
    much is found.
    """
    match = _ASKS.search(brief.question.topic.strip(" ?？。"))
    documents = {one.chunk.document.id: one.chunk.document for one in brief.found.sentences[:3]}
    if match is None or len(documents) != 1:
        return Draft(())
    who = _TRAILING.sub("", _LEADING.sub("", match["who"] or match["other"] or match["given"]))
    if len(who) < 2:
        return Draft(())
    document = next(iter(documents.values()))
    body = known_body(who)
    # What stands before the name of a body not known belongs to the question: 垃圾分类社会监督员.
    names = [body] if body is not None else [re.compile(re.escape(who[n:])) for n in range(len(who) - 1)]
    found = next((found for name in names if (found := _sentences_on(document, name))), [])
    acting = laid_on(document, brief.question.units, leading=False) if brief.question.units else []
    found = acting if len(acting) > len(found) else found
    if len(found) == 1 and brief.question.units and len(acting) == 1:
        return Draft((statement_of(document, found, brief),))
    if not 2 <= len(found) <= _MOST:
        return Draft(())
    blocks = [Statement(f"{name_before(document, brief)}{all_listed(len(found), english=False)}")]
    for place, span in enumerate(found, 1):
        spans = (span, *_opened(span))
        text = "".join(without_marker(one) for one in spans)
        blocks.append(Statement(f"{place}. {sentence_of(text)}", spans))
    return Draft(tuple(blocks))


def _sentences_on(document: Document, body: re.Pattern[str]) -> list[Span]:
    """Return the sentences whose subject is the body, by whichever name."""
    found = []
    for paragraph in document.paragraphs:
        if not paragraph.clause or not body.search(paragraph.text):
            continue
        for sentence in sentences(paragraph.text):
            subject = _SUBJECT.search(sentence.text)
            if subject is None or len(sentence.text) < _LEAST:
                continue
            # A look-ahead of the pattern may need what follows the subject.
            named = body.search(sentence.text, subject.start("subject"))
            if named is not None and named.start() < subject.end("subject"):
                found.append(Span(document, paragraph, sentence.start, sentence.end))
    return found


def _opened(span: Span) -> list[Span]:
    """Return the items that a sentence opens (……履行下列职责：); none where it says all itself."""
    if not span.text.rstrip().endswith(("：", ":")):
        return []
    document, clause = span.document, span.paragraph.clause
    items = [row for row, one in enumerate(document.clauses) if one.parent == clause]
    below = [text for row in items for text in all_text(document, row)]
    return below or [one for one in opened_run(span) if one.paragraph != span.paragraph]
