"""Answer what changed from one version of a regulation to the next: a table of version, value and clause."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from indexer.document import Document
from service.composing.brief import Brief
from service.composing.counterparts import Counterparts, article_of, articles, pairs_of
from service.composing.facts import choose, holds_figure, in_order, says_something
from service.composing.stated import commencement, issue, record
from service.composing.wholes import all_text, length
from service.composing.wording import (
    asks_penalty,
    bounded,
    is_penalty,
    lead_in,
    nearest_figure,
    sentence_of,
    tidy,
    without_marker,
)
from service.evidence import Draft, Span, Table
from service.formal import chinese_date
from service.kinds import without_question_words
from service.question import Question
from service.ranking import Found
from service.scope import THEN_AND_NOW, edition_years

_CHANGE = re.compile(
    r"新旧[^,，。]{0,14}比(?![例重率])|变化|变动|变更了|改动|改了|改成|调整了|区别|差别|差异|不同|不一样|两样|对比|相比|比较|新增|增加了|删[了除去]|取消了|多了|少了|[高低多少快慢严松重轻]了|怎么变的?|变(?:了|成|严|松)|改没改|差在(?:哪里?|什么)?"
    r"|(?:各|分别)(?:自|是)?怎么(?:说|写|规定|定)的?"
    r"|what (?:has |have )?changed|changes?\b|differ|compare",
    re.IGNORECASE,
)
_ASKS = re.compile(rf"{THEN_AND_NOW}|{_CHANGE.pattern}", re.IGNORECASE)
_EDITION = re.compile(
    r"(?:修[订正改]|改)(?:过|了|完|好)?(?:以|之)?[前后]|(?:19|20)?\d{2}\s*年?(?:的|那|修[订正改]的?)?版?|[新旧老](?:版|条例|办法|规定|法规?)?|现行的?|修[订正改](?:之?[前后])|两个?(?:版本?|部)|版本?|之间|里|中|对|在|上|从|到|和|与|跟|比|的"
    r"|条例|办法|规定|细则|方案|方面|内容|规则|有$|^有|了|前后"
)
_SILENT = "该版本未见相应规定"
_TRIED = 6
"""So many articles of each version are tried, best first."""
_FOUND_TOO = 0.4
"""What it counts for an article that its counterpart was found too."""
_FOUND_THERE = 0.2
"""What it adds to an article's likeness that the search found it in its own version."""
_OF_A_PENALTY = 0.4
"""What the penalty of a rule counts where the question is about the rule."""
_UNCHANGED = 0.6
"""What an article that stands in all versions alike counts: the question is about what changed."""
_ALIKE = 0.2
_ALIKE_AND_BEST = 0.13
"""Two articles with less in common than this are not the same rule; the best that was found may have less."""
_READABLE = 260
_COMMON = re.compile(
    r"规定|要求|应当|进行|有关|管理|部门|单位|标准|内容|时间|期限|处罚|罚款|未经|经[批许审同]|批准|许可|审批|同意|违反|擅自"
)
"""Pairs that any rule may use: what one version calls 未经批准 is 擅自 in another."""


def asks_what_changed(question: Question) -> bool:
    """Whether the question asks for the difference between versions, if there are several, or names two of them."""
    if question.kind == "compare" or _ASKS.search(question.text) is not None:
        return True
    return question.kind != "metadata" and len(edition_years(question)) > 1


def without_versions(question: Question) -> Question:
    """Return the question as one would put it to a single version: without years and words of change."""
    topic = _EDITION.sub(" ", _CHANGE.sub(" ", without_question_words(question.topic)))
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
    places = _places(question, versions)
    rows: list[tuple[tuple[str, ...], tuple[Span, ...]]] = []
    for document, found in versions:
        name = _name(document, brief)
        row = places.get(document.id)
        value, words, spans = _said(question, document, row, found) if row is not None else ("—", _SILENT, ())
        cells = (name, value, words) if question.quantity is not None else (name, words)
        rows.append((cells, spans))
    if not any(spans for _, spans in rows):
        return Draft(())
    english = brief.question.language == "en"
    header = ("Version", "Value", "Clause") if english else ("版本", "规定", "条文")
    return Draft((Table(header if question.quantity is not None else (header[0], header[2]), tuple(rows)),))


def _places(question: Question, versions: Sequence[tuple[Document, Found]]) -> dict[str, int]:
    """Return the article in which each version speaks of the matter, by document id; a silent version has none.

    The best article over all versions is taken with its counterparts in the others: an article whose counterpart
    was found too goes before one that only a single version has to offer.
    """
    scores = {document.id: _by_article(question, found) for document, found in versions}
    texts = {one.id: {article.row: _words(article.text) for article in articles(one)} for one, _ in versions}
    best: tuple[float, dict[str, int]] = (0.0, {})
    for document, _ in versions:
        others = [(other, Counterparts(document, other)) for other, _ in versions if other.id != document.id]
        for row, score in sorted(scores[document.id].items(), key=lambda item: -item[1])[:_TRIED]:
            places, total = {document.id: row}, score
            fines = is_penalty(texts[document.id][row])
            for other, compared in others:
                alike = {
                    one: likeness * (1 if is_penalty(texts[other.id][one]) is fines else _OF_A_PENALTY)
                    for one, likeness in compared.of(row).items()
                }
                there = _counterpart(alike, scores[other.id])
                if there is not None and not _is_new(question, document, row, other):
                    places[other.id] = there
                    total += _FOUND_TOO * min(scores[other.id].get(there, 0.0), score)
            if (
                len(places) == len(versions)
                and len({texts[one][there] for one, there in places.items()}) == 1
            ):
                total *= _UNCHANGED
            if total > best[0]:
                best = total, places
    return best[1]


def _words(text: str) -> str:
    """The words of an article without its number and the space between them."""
    return re.sub(r"^第[^条]{1,8}条|\s", "", text)


def _counterpart(likeness: Mapping[int, float], scores: Mapping[int, float]) -> int | None:
    """Return the article that is most like, one that was found going before another; None where none is like."""
    there = max(likeness, key=lambda row: likeness[row] + _FOUND_THERE * scores.get(row, 0.0), default=None)
    if there is None:
        return None
    is_best = scores.get(there, 0.0) == max(scores.values(), default=1.0)
    enough = _ALIKE_AND_BEST if is_best else _ALIKE
    return there if likeness[there] >= enough else None


def _by_article(question: Question, found: Found) -> dict[int, float]:
    """Return how well each article fits, 0 to the confidence of the search, by its row.

    Where sentences hold the figure asked for, the articles without it are left out.
    """
    usable = [one for one in found.sentences if says_something(one) and one.sentence.paragraph.clause]
    figure = question.quantity not in (None, "any", "rank")
    holding = [one for one in usable if figure and holds_figure(one, question)] or usable
    best = max((one.score for one in holding), default=0.0)
    by_article: dict[int, float] = {}
    for one in holding if best > 0 else ():
        row = article_of(one.chunk.document, one.sentence.paragraph.clause)
        fit = found.confidence * one.score / best
        if is_penalty(one.sentence.text) and not asks_penalty(question):
            fit *= _OF_A_PENALTY
        by_article[row] = max(by_article.get(row, 0.0), fit)
    return by_article


def _is_new(question: Question, document: Document, row: int, other: Document) -> bool:
    """True where all that the question's words name in an article stands nowhere in the other version."""
    text = "".join(span.text for span in all_text(document, row))
    named = {
        pair
        for pair in pairs_of(question.topic) - pairs_of(document.title)
        if pair in text and not _COMMON.search(pair)
    }
    return bool(named) and not any(pair in other.text for pair in named)


def _said(
    question: Question, document: Document, row: int, found: Found
) -> tuple[str, str, tuple[Span, ...]]:
    """What one version says in an article: the value, the words, where. A long one gives its best sentences."""
    spans = all_text(document, row)
    if length(spans) > _READABLE:
        inside = {span.paragraph.number for span in spans}
        own = [
            one for one in found.sentences if one.sentence.paragraph.number in inside and says_something(one)
        ]
        chosen = choose(question, replace(found, sentences=tuple(own)), most=2) or own[:1]
        spans = in_order(chosen) or spans[:1]
    words: list[str] = []
    cited: list[Span] = []
    for span in spans:
        opening = lead_in(document, span.paragraph.clause)
        if opening is not None and all(opening.paragraph != one.paragraph for one in cited):
            cited.append(opening)
            words.append(tidy(without_marker(opening)))
        cited.append(span)
        own_words = tidy(without_marker(span))
        words.append(own_words if own_words.endswith(("：", "；", ":", ";")) else sentence_of(own_words))
    if question.quantity is None:
        return "", "".join(words), tuple(cited)
    for span in spans:
        figure = nearest_figure(question, span.text)
        if figure is not None:
            return f"**{bounded(span.text, figure)}**", "".join(words), tuple(cited)
    return "见条文", "".join(words), tuple(cited)


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
