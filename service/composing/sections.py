"""Answer what a section of a document consists of: its clauses, listed from the clause tree; and tell which section is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.document import Document
from service.composing.asked import quoted_names
from service.composing.brief import Brief
from service.composing.english import all_listed, source
from service.composing.offices import heading_span
from service.composing.wording import in_quotes, label, tidy
from service.evidence import Draft, Span, Statement
from service.kinds import without_question_words
from service.question import Question

UNITS = re.compile(
    r"条文|条款|(?<=[多少几])条(?=[?？,，、。啊呀呢吧嘛]|$)|(?<=[多少几][项条件])(?:重点|主要|具体)?工作(?![日人])|(?<=几)大?块(?![钱地])|章|节|任务|措施|举措|部分|行动|重点|保障|附件|第几条|articles?|clauses?|chapters?|tasks?|measures?",
    re.I,
)
_GENERIC = re.compile(
    r"方案|文件|意见|通知|条例|办法|规定|计划|政策|这[个份部]|那[个份部]|里面?|中|一共|总共|共|都|列|有|分|成|了|出|编到|提出|安排|部署|规定|的|第|写|管|老|旧|新|现行|眼下|现在|数数|[那这]份?|个|呀|啊|呢"
)


_POINTS = re.compile(
    r"[”」]这?[一个]{0,2}(?:块|部分|章|节|方面|板块|行动)|[这那该本一]一?个?大?(?:部分|章|节|块|方面|板块)|(?:部分|章|节)(?:里|中|有|的|下)|第[一二三四五六七八九十\d]+(?:部分|章|节)|[”》](?:部分|章|节)"
)
_POINTED_AT = re.compile(
    r"(?P<words>[\u4e00-\u9fff“”]{2,16}?)的?(?:[这那]一?个?大?(?:部分|章|节|块|方面|板块)|(?:部分|板块)(?=里|中|下|底|一共|总共|共|列|有|写|安排))"
)
_NUMBERED = re.compile(r"第([一二三四五六七八九十]{1,3})(?:大?部分|大?块|大项)")
_FILLERS = re.compile(r"里头?|里面|当中|其中|底下|关于|有关|所谓")
_SAID_OF = re.compile(r"^.*(?:[讲说谈]|方案|意见|通知|办法|规定|计划|要点|措施|文件)")
_SPOKEN = 0.6
"""A part is pointed at where its title has this share of the characters that the question calls it by."""


def names_no_more(question: Question, document: Document, row: int) -> bool:
    """True where the question speaks of nothing but what the titles of section `row` and its document say."""
    return not foreign_words(question.topic, (document, row), document.title)


def section_as_a_whole(brief: Brief) -> tuple[Document, int] | None:
    """Return the section that the question names and says nothing else about; None where there is none."""
    place = section_named(brief)
    titles = "".join(document.title for document in brief.documents)
    return None if place is None or foreign_words(brief.question.topic, place, titles) else place


def compose_section_list(brief: Brief) -> Draft | None:
    """List the titled clauses of the section that the question names; None where it names none."""
    place = section_as_a_whole(brief)
    if place is None:
        return None
    document, row = place
    children = titled(document, row)
    if len(children) < 2:
        return None
    spans = [heading_span(document, child) for child in children]
    blocks = section_frame(document, row, spans, brief)
    for number, (child, span) in enumerate(zip(children, spans, strict=True), start=1):
        if span is None:
            return None
        clause = document.clauses[child]
        shown = (
            f"{clause.label}. {tidy(clause.title)}"
            if clause.label.isdigit()
            else f"{number}. {tidy(clause.title)}"
        )
        blocks.append(Statement(shown, (span,)))
    return Draft(tuple(blocks))


def section_frame(
    document: Document, row: int, items: Sequence[Span | None], brief: Brief
) -> list[Statement]:
    """Return what goes before the items of a section: its name and how many there are."""
    english = brief.question.language == "en"
    spans = cited(document, row)
    section = in_quotes(tidy(document.clauses[row].title)) if spans else ""
    if row and not spans:
        spans = tuple(span for span in items[:1] if span is not None)
    count = all_listed(len(items), english=english)
    if not english:
        return [Statement(f"{label(document, brief)}{section}{count}", spans)]
    name = [Statement(f"{source(document)}{section}:".replace(": :", ":"), spans)] if spans else []
    return [*name, Statement(count)]


def foreign_words(topic: str, named: tuple[Document, int] | None, titles: str) -> bool:
    """True where the question speaks of more than a document's parts."""
    rest = UNITS.sub("", _GENERIC.sub("", without_question_words(topic)))
    if named is not None:
        title = named[0].clauses[named[1]].title
        rest = "".join(character for character in rest if character not in title)
    rest = "".join(character for character in rest if character not in titles)
    rest = re.sub(r"主要|工作|重点|编|任务|大|具体|[^\u4e00-\u9fff]", "", rest)
    return len(rest) > 3


def section_named(brief: Brief, *, counted: bool = False) -> tuple[Document, int] | None:
    """Return the section whose title the question mostly spells out.

    Where clauses are `counted`, words that the document's own title has name no section of it, unless the question
    says that it means a part.
    """
    quoted = " ".join(quoted_names(brief.question.topic))
    topic = _GENERIC.sub("", without_question_words(brief.question.topic)) + f" {quoted}"
    points = _POINTS.search(brief.question.topic) is not None
    best: tuple[float, Document, int] | None = None
    for document in brief.documents[:6]:
        parents = {clause.parent for clause in document.clauses if clause.parent}
        for row in parents:
            title = re.sub(r"[^\u4e00-\u9fffA-Za-z0-9]|[与和及]", "", document.clauses[row].title)
            if len(title) < 4:
                continue
            own = {title[i : i + 2] for i in range(len(title) - 1)}
            named = {pair for pair in own if pair in topic}
            share = len(named) / len(own)
            if counted and not points and named <= pairs(document.title):
                continue
            if share >= 0.6 and (best is None or share > best[0]):
                best = (share, document, row)
    return None if best is None else (best[1], best[2])


def section_pointed_at(brief: Brief) -> tuple[Document, int] | None:
    """Return the section that the question calls by some of its words and says is a part: 法治环境那一块.

    None where no title has most of those words, or two titles have as many.
    """
    numbered = _NUMBERED.search(brief.question.topic)
    if numbered and brief.documents:
        document = brief.documents[0]
        return next(
            (
                (document, row)
                for row, clause in enumerate(document.clauses)
                if clause.level == 1 and clause.label == numbered[1]
            ),
            None,
        )
    pointed = _POINTED_AT.search(_FILLERS.sub("", brief.question.topic))
    if pointed is None:
        return None
    words = _SAID_OF.sub("", pointed["words"])
    fits = sorted(
        (
            (_shared(words, document.clauses[row].title), document, row)
            for document in brief.documents[:6]
            for row in {clause.parent for clause in document.clauses if clause.parent}
        ),
        key=lambda fit: fit[0],
        reverse=True,
    )
    if not fits or fits[0][0][0] < 1 or fits[0][0][1] < _SPOKEN * len(words):
        return None
    return None if len(fits) > 1 and fits[1][0] == fits[0][0] else (fits[0][1], fits[0][2])


def _shared(words: str, title: str) -> tuple[int, int]:
    """How many pairs of characters, and how many characters, of `words` stand in `title`."""
    return len(pairs(words) & pairs(title)), sum(character in title for character in words)


def pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1) if not re.search(r"\W", text[n : n + 2])}


def titled(document: Document, row: int) -> list[int]:
    """Rows of the clauses under `row`, or under its only kind of subsection."""
    return [
        n
        for n, clause in enumerate(document.clauses)
        if clause.parent == row and (clause.title or clause.label)
    ]


def cited(document: Document, row: int) -> tuple[Span, ...]:
    span = heading_span(document, row) if row else None
    return (span,) if span is not None else ()
