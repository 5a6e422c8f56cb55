"""Find where a text says itself what a term means: 本条例所称人才，是指…; “2050”标准（2个环节、…）."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.document import Document
from service.composing.asked import quoted_names
from service.composing.brief import Brief
from service.composing.wording import statement_of
from service.evidence import Draft, Span
from service.question import Question
from service.sentences import sentences

_ASKS = (
    re.compile(
        r"(?:什么|啥|何)(?:是|叫做?)(?P<term>[^,，。?？是]{2,16})|何谓(?P<other>[^,，。?？]{2,16})|所谓的?(?P<third>[^,，。?？是]{2,16})"
    ),
    re.compile(
        r"(?P<term>[^,，。?？]{2,20}?)(?:一词|这个词|这个说法)?(?:到底|究竟|具体|一般)?(?:是指|指的?是?|是个?|代表|算)(?:什么|啥|谁|哪些|何)"
    ),
    re.compile(r"(?P<term>[^,，。?？]{2,20}?)(?:到底|究竟|具体)?(?:是)?(?:什么|啥|何)意思"),
    re.compile(r"(?P<term>[^,，。?？]{2,20}?)(?:怎么|如何|怎样)(?:界定|理解|解释|定义)"),
)
_BEFORE = re.compile(
    r"^.*(?:里头?|中|上|说的|讲的|提到的|所称的?|规定的|文件的|条例的|办法的|方案的)的?(?=.{2})|^[的里中说]"
)
_MOST = 200
"""So many characters of a definition are quoted; a longer sentence is none that answers."""


def compose_definition(brief: Brief) -> Draft:
    """Quote the sentence that defines the term asked for; empty where no document or more than one has such a sentence.

    Where the question names a city or a document, its first definition stands.
    """
    question = brief.question
    for term in _terms(question):
        found = [span for document in brief.documents for span in _definitions(document, term)]
        documents = {span.document.id for span in found}
        if len(documents) == 1 or (found and (question.regions or question.document_ids)):
            return Draft((statement_of(found[0].document, found[:1], brief),))
    return Draft(())


def _terms(question: Question) -> list[str]:
    if quoted := quoted_names(question.topic):
        return quoted
    for pattern in _ASKS:
        match = pattern.search(question.topic.strip())
        if match is not None:
            term = next(group for group in match.groups() if group)
            bare = _BEFORE.sub("", term.strip())
            return [one for one in dict.fromkeys((term.strip(), bare)) if len(one) >= 2]
    return []


def _definitions(document: Document, term: str) -> Iterator[Span]:
    name = re.escape(term)
    says = re.compile(
        rf"(?:所称|所说|所指)的?[“\"]?{name}[”\"]?[,，]?\s*(?:是指|系指|指|包括)"
        rf"|(?:^|[,，。；;：:、.．）)（(\s])[“\"]?{name}[”\"]?(?:[（(][^）)]{{0,20}}[）)])?[,，：:]?\s*(?:是指|系指|指的是)"
        rf"|(?:^|[）)、\s])[“\"]?{name}[”\"]?[,，：:]\s*指"
        rf"|[“\"]{name}[”\"](?:标准|模式|机制|改革|服务|工程|行动)?[（(](?!以下)",
        re.IGNORECASE,
    )
    for paragraph in document.paragraphs:
        if term not in paragraph.text:
            continue
        for sentence in sentences(paragraph.text):
            text = sentence.text
            if len(text) <= _MOST and says.search(text) and not text.rstrip().endswith(("：", ":")):
                yield Span(document, paragraph, sentence.start, sentence.end)
