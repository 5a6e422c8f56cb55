"""Answer for a telephone number, an address for mail or a site, which stand at the end of a document or in a table.

What a text does not print is refused: a sentence about a hotline is no number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.document import Document, Paragraph
from service.composing.brief import Brief
from service.composing.rows import row_at, row_statement
from service.composing.wording import statement_of
from service.evidence import Draft, Span
from service.kinds import without_question_words
from service.question import Question
from service.sentences import sentences

_LINE = r"(?:电话|热线|专线|座机|联系方式|手机)"
_ASKS: dict[str, re.Pattern[str]] = {
    "phone": re.compile(
        rf"[打拨](?:通|一下|给)?(?:哪|什么|啥|几)[^,，。?？]{{0,3}}(?:{_LINE}|号码?)|(?:哪|什么|啥)[个子条]?(?:{_LINE}|号码)"
        rf"|{_LINE}的?(?:号码?)?(?:是|要|该)?(?:多少|什么|啥|哪|几号|几多)|{_LINE}[打拨]哪|号码(?:是?多少|给|是?啥|发|报)"
        rf"|往哪[个里]?{_LINE}|有(?:没有)?[^,，。?？]{{0,10}}(?:电话|号码|热线)(?:可以|能)[打拨]"
        r"|\b(?:(?:tele)?phone|hotline) number|\bwhat number\b|\bnumber (?:do|should|can|to) (?:i|we )?(?:call|dial)",
        re.IGNORECASE,
    ),
    "mail": re.compile(r"邮箱|电子邮件|邮件地址|\be-?mail\b", re.IGNORECASE),
    "site": re.compile(r"网址|网站(?:地址|是多少|是什么|是哪)|\b(?:web ?site|url)\b", re.IGNORECASE),
}
_NAMED_ALONE = re.compile(
    r"(?:电话|号码|联系方式)(?:都?是)?(?=[?？,，。]|$)|(?:热线|专线)(?:电话|号码)(?=[?？,，。]|$)"
)
_ASKS_MORE = re.compile(r"什么|啥|哪|谁|吗|么|怎|如何|几|多少|有没有|是不是|是否|能不能|要不要|不(?=[?？]?$)")
"""A question that ends in 电话 asks for it where nothing else in it asks: 加梯补助电话."""
_OTHERWISE = re.compile(
    r"多久|几天|几点|多长|几分钟|几小时|几个|多少[人个次家席]|什么时候|接[听通]?(?:多少|几)|多少电话|说明|谁(?:来)?[打接]"
    r"|how (?:long|fast|soon|many)|\bwhen\b"
)
_HELD: dict[str, re.Pattern[str]] = {
    "phone": re.compile(
        r"(?<![\d.])(?:(?:0\d{2,3}|\(0\d{2,3}\)|（0\d{2,3}）)\s*[-—－–]?\s*)?\d{3,4}[-—－–\s]?\d{3,4}(?:转\d+)?(?![\d.]|\s*(?:万|亿|元|户|平|人|家|年|件|个|公|亩|吨|米|%|号文))"
        r"|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)(?:12\d{3}|9[56]\d{3,4}|11[0-9])(?!\d|\s*(?:万|亿|元|户|平|人|家|年|件|个))"
    ),
    "mail": re.compile(r"[\w.-]+@[\w-]+\.\w+"),
    "site": re.compile(r"https?://|www\.|[\w-]+\.(?:gov|com|cn|org|net)\b"),
}
_NUMBERED = re.compile(r"电话|热线|专线|拨打|联系|咨询|投诉|举报|反映|服务|号码")
"""What stands beside a number that one can call; seven digits alone may be anything."""
_FILLER = re.compile(
    r"电话|号码|热线|专线|座机|联系方式|手机|邮箱|电子邮件|邮件|地址|网址|网站|[打拨找问想给发报要有事的个用]|一下|那边|这边|咨询|人工|客服|哪里|办事|phone|number|hotline|email"
)
_PURPOSES = (
    (
        re.compile(r"投诉|举报|告[状他她它]?|反映|刁难|监督|不服|违规|骗|complain|report"),
        re.compile(r"投诉|举报|监督|反映"),
    ),
    (re.compile(r"抢修|报修|漏|爆|坏了|停电|停水|停气|repair"), re.compile(r"抢修|报修|报险")),
    (re.compile(r"问|咨询|对接|联系|打听|enquir|inquir|ask"), re.compile(r"咨询|联系|解答|解释")),
)
"""Why one calls, and what the line says that is for that."""
_PART = re.compile(r"[\u4e00-\u9fff]{2,3}?(?:县|区|镇|乡|街道|村)")
_HAN = re.compile(r"[\u4e00-\u9fff]{2}")
_COVERED = 0.34
_SURE = 0.25


@dataclass(frozen=True, slots=True)
class _Contact:
    document: Document
    span: Span
    about: str
    """Its words, and what stands above it."""


def contact_asked(question: Question) -> str | None:
    """Return what way to reach somebody is asked for: `phone`, `mail` or `site`; None for anything else."""
    if _OTHERWISE.search(question.text):
        return None
    kind = next((kind for kind, pattern in _ASKS.items() if pattern.search(question.text)), None)
    if kind is None and _NAMED_ALONE.search(question.text) and not _ASKS_MORE.search(question.text):
        return "phone"
    return kind


def compose_contact(brief: Brief) -> Draft:
    """Compose the line that prints what is asked for and is about the same; empty where none is."""
    kind = contact_asked(brief.question)
    if kind is None:
        return Draft(())
    topic = _FILLER.sub(" ", without_question_words(brief.question.topic))
    pairs = {topic[n : n + 2] for n in range(len(topic) - 1)}
    pairs = {pair for pair in pairs if _HAN.fullmatch(pair)}
    parts = _PART.findall(topic)
    scores = {
        (one.chunk.document.id, one.sentence.paragraph.number): one.score for one in brief.found.sentences
    }
    found: list[tuple[float, _Contact]] = []
    every = [one for document in _documents(brief) for one in _contacts(document, kind)]
    only = _only_one_for(brief.question, every)
    for one in every:
        covered = sum(pair in one.about for pair in pairs) / len(pairs) if pairs else 0.0
        score = scores.get((one.document.id, one.span.paragraph.number), 0.0)
        meant = covered >= _COVERED or score >= _SURE or one is only
        if meant and all(part in one.about for part in parts):
            found.append((covered + score, one))
    if not found:
        return Draft(())
    best = max(found, key=lambda pair: pair[0])[1]
    row = row_at(best.document, best.span.paragraph)
    if row is not None:
        return Draft((row_statement(row, brief),))
    return Draft((statement_of(best.document, [best.span], brief),))


def _only_one_for(question: Question, every: Sequence[_Contact]) -> _Contact | None:
    """Return the only one of `every` that is for what the question calls for: to complain, to ask, to have repaired."""
    for asked, told in _PURPOSES:
        if asked.search(question.text):
            fitting = [one for one in every if told.search(one.span.text)]
            return fitting[0] if len(fitting) == 1 else None
    return None


def _documents(brief: Brief) -> list[Document]:
    """The documents named, by their place too; of many, those found first."""
    question = brief.question
    if question.regions or question.document_ids or len(brief.documents) == 1:
        return list(brief.documents)
    return list({passage.document.id: passage.document for passage in brief.found.passages[:3]}.values())


def _contacts(document: Document, kind: str) -> Iterator[_Contact]:
    held = _HELD[kind]
    for paragraph in document.paragraphs:
        if not held.search(paragraph.text):
            continue
        headings = " ".join(document.heading_path(paragraph.clause))
        row = row_at(document, paragraph)
        if row is not None or "|" in paragraph.text:
            header = " ".join(row.header) if row is not None else ""
            if kind != "phone" or _NUMBERED.search(f"{header}{headings}{_before(document, paragraph)}"):
                whole = Span(document, paragraph, 0, len(paragraph.text))
                yield _Contact(document, whole, f"{paragraph.text} {header} {headings}")
            continue
        for sentence in sentences(paragraph.text):
            if held.search(sentence.text) and (kind != "phone" or _NUMBERED.search(sentence.text)):
                yield _Contact(
                    document,
                    Span(document, paragraph, sentence.start, sentence.end),
                    f"{sentence.text} {headings} {_before(document, paragraph)}",
                )


def _before(document: Document, paragraph: Paragraph) -> str:
    """The line above, where it opens what follows it."""
    above = document.paragraphs[paragraph.number - 2] if paragraph.number > 1 else None
    return above.text if above is not None and above.text.rstrip().endswith(("：", ":", "。")) else ""
