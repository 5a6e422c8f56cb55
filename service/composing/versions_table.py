"""Answer what changed from one version of a regulation to the next: a table of version, value and clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from indexer.document import Document
from service.composing.brief import Brief
from service.composing.facts import choose, in_order
from service.composing.stated import commencement, issue, record
from service.composing.wording import bounded, lead_in, nearest_figure, sentence_of, tidy, without_marker
from service.evidence import Draft, Span, Table
from service.formal import chinese_date
from service.kinds import without_question_words
from service.question import Question
from service.ranking import Found

_ASKS = re.compile(
    r"变化|变动|变更了|改动|改了|改成|调整了|区别|差别|差异|不同|不一样|对比|相比|比较|新增|增加了|删[了除去]|取消了|多了|少了|[高低多少快慢严松]了"
    r"|what (?:has |have )?changed|changes?\b|differ|compare",
    re.IGNORECASE,
)
_EDITION = re.compile(
    r"(?:19|20)?\d{2}\s*年?(?:的|那|修[订正改]的?)?版?|[新旧老](?:版|条例|办法|规定|法规?)?|现行的?|修[订正改](?:之?[前后])|两个?(?:版本?|部)|版本?|之间|里|中|对|在|上|从|到|和|与|跟|比|的"
    r"|条例|办法|规定|细则|方案|方面|内容|规则|有$|^有|了|前后"
)
_SILENT = "该版本未见相应规定"
_ALSO = 0.6
"""Where one version surely speaks of the matter, another is believed to at this share of the threshold."""


def asks_what_changed(question: Question) -> bool:
    """Whether the question asks for the difference between versions, if there are several."""
    return question.kind == "compare" or _ASKS.search(question.text) is not None


def without_versions(question: Question) -> Question:
    """Return the question as one would put it to a single version: without years and words of change."""
    topic = _EDITION.sub(" ", _ASKS.sub(" ", without_question_words(question.topic)))
    return replace(question, topic=re.sub(r"\s+", " ", topic).strip(), years=(), document_ids=())


def compose_versions(brief: Brief) -> Draft:
    """Compose one row per version of `brief.by_version`, oldest first.

    Without a matter to compare, the rows tell when each version was made and takes effect. Empty where the
    matter is in none of them.
    """
    documents = {one.id: one for one in brief.documents}
    for editions in brief.editions.values():
        documents |= {one.id: one for one in editions}
    versions = [(documents[one], found) for one, found in brief.by_version.items() if one in documents]
    if len(versions) < 2:
        return Draft(())
    question = without_versions(brief.question)
    if not _has_topic(question, [document for document, _ in versions]):
        return _lives([document for document, _ in versions], brief)
    if not any(found.confidence >= brief.threshold for _, found in versions):
        return Draft(())
    rows: list[tuple[tuple[str, ...], tuple[Span, ...]]] = []
    for document, found in versions:
        name = _name(document, brief)
        value, words, spans = _said(question, found, brief)
        cells = (name, value, words) if question.quantity is not None else (name, words)
        rows.append((cells, spans))
    if not any(spans for _, spans in rows):
        return Draft(())
    english = brief.question.language == "en"
    header = ("Version", "Value", "Clause") if english else ("版本", "规定", "条文")
    return Draft((Table(header if question.quantity is not None else (header[0], header[2]), tuple(rows)),))


def _said(question: Question, found: Found, brief: Brief) -> tuple[str, str, tuple[Span, ...]]:
    """What one version says: the value, the words, where."""
    chosen = choose(question, found, most=2) if found.confidence >= _ALSO * brief.threshold else []
    if not chosen:
        return "—", _SILENT, ()
    spans = in_order(chosen)
    words: list[str] = []
    cited: list[Span] = []
    for span in spans:
        opening = lead_in(span.document, span.paragraph.clause)
        if opening is not None and opening not in cited:
            cited.append(opening)
            words.append(tidy(without_marker(opening)))
        cited.append(span)
        words.append(sentence_of(without_marker(span)))
    figure = nearest_figure(question, chosen[0].sentence.text)
    value = f"**{bounded(chosen[0].sentence.text, figure)}**" if figure is not None else "见条文"
    return value, "".join(words), tuple(cited)


def _lives(documents: Sequence[Document], brief: Brief) -> Draft:
    """When each version was adopted, published or amended, and from when it applies."""
    rows: list[tuple[tuple[str, ...], tuple[Span, ...]]] = []
    for document in documents:
        told = record(document, "adopted", "approved", "published", "amended")[-2:]
        spans = [one.span for one in told] or [span for span in [issue(document)] if span is not None]
        made = "；".join(tidy(one.span.text) for one in told)
        if not made and document.issued_on is not None:
            made = f"成文日期{chinese_date(document.issued_on)}"
        begins = f"自{chinese_date(document.effective_on)}起施行" if document.effective_on else "—"
        spans += commencement(document)
        if spans:
            rows.append(((_name(document, brief), begins, made or "—"), tuple(dict.fromkeys(spans))))
    if len(rows) < 2:
        return Draft(())
    notice = "问题没有指明比较什么事项，这里只列出各版本的时间；请补充事项（如罚款、期限、补贴标准）后再问。"
    return Draft((Table(("版本", "施行", "通过、公布或修改"), tuple(rows)),), notice)


def _has_topic(question: Question, documents: Sequence[Document]) -> bool:
    """Whether the question names a matter beside the regulation itself."""
    rest = question.topic
    for document in documents:
        for size in range(min(len(rest), len(document.title)), 1, -1):
            rest = next(
                (
                    rest.replace(document.title[at : at + size], " ")
                    for at in range(len(document.title) - size + 1)
                    if document.title[at : at + size] in rest
                ),
                rest,
            )
    return len(re.sub(r"\W", "", rest)) >= 2


def _name(document: Document, brief: Brief) -> str:
    """`2019年版（现行）`, by the year in which the version was made."""
    made = document.issued_on or document.effective_on
    members = brief.editions.get(document.id, ())
    begun = [
        one
        for one in members
        if (start := one.effective_on or one.issued_on) is None or brief.day is None or start <= brief.day
    ]
    current = "（现行）" if begun and begun[-1].id == document.id else ""
    return (f"{made.year}年版" if made is not None else document.title) + current
