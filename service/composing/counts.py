"""Count what a text enumerates: the number it states, else its items, each cited; what is no list is not counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from indexer.document import Document
from service.composing.brief import Brief
from service.composing.english import all_listed
from service.composing.enumerations import CLASSIFIER, NUMERAL, enumerations, size_named
from service.composing.facts import choose, compose_facts, says_something
from service.composing.lists import list_items, parent_of_items
from service.composing.offices import heading_span
from service.composing.sections import section_frame
from service.composing.wording import name_before, tidy, without_marker
from service.evidence import Draft, Span, Statement
from service.question import Question
from service.ranking import ScoredSentence

_COUNTED = re.compile(
    rf"(?:多少|(?<!第)几){CLASSIFIER}?(?P<noun>[\u4e00-\u9fff]{{2,8}}?)(?=[,，、?？。;；]|分别|各是|都是|是|$)"
)
_LABELLED = re.compile(
    r"(?P<label>\d{4}年度?|第[一二三四五六七八九十]+(?:阶段|步|批|类|档|级|期)|[一二三四五六七八九十]是|第[一二三四五六七八九十]+(?=[，,、]))"
    r"\s*(?:——|—|－|-|：|:|，|,|、)?"
)
_QUOTED_MARK = re.compile(rf"(?:{NUMERAL}){CLASSIFIER}[“\"]([\u4e00-\u9fff]{{1,2}})[”\"]")
_CLASSES = re.compile(r"分(?:成|为|作|了)?(?:多少|[哪那]?几)个?(?:大)?[类种级档等](?![别似个家])")
_DIVIDES = re.compile(
    r"(?:分(?:为|成)[^，。；]{0,14}|划分(?:为|成)?[^，。；]{0,8}|分[类级档等](?:标准)?(?:如下)?|(?:类别|等级)(?:如下|包括|有)?)[：:]\s*$"
)
_DIVIDED = re.compile(r"(?:分为|分成|划分为|划为|分作)$")
"""What opens the classes within a sentence: 划分为轻度、中度、重度三个等级."""
_MOST_READ = 12
_STAGES = ("阶段", "步骤", "年度")
"""Parts that bear their number or year as a label, and need not be called by name."""
_GOOD = 0.05
_OPENING = 24
"""So many characters before the first labelled part say what the parts are: 提出三点要求：一是…"""
_BY_SCORE = 0.3


def compose_count(brief: Brief) -> Draft:
    """Say how many: the number that the text states, else the items it enumerates; empty where it does neither."""
    question = brief.question
    figure = replace(question, kind="figure", quantity="count")
    noun = _noun(question)
    usable = [one for one in brief.found.sentences if says_something(one)]
    chosen = choose(figure, brief.found, most=1)
    if chosen and (noun is None or _states_number_of(chosen[0], noun)):
        return compose_facts(replace(brief, question=figure))
    stages = noun is not None and noun.endswith(_STAGES)
    for one in usable if stages else usable[:6]:
        if one.score < _GOOD * usable[0].score and not stages:
            break
        items = _items_of(one, noun, None)
        if items:
            return _listed(brief, one, items)
        row = parent_of_items(one.chunk.document, one.sentence.paragraph.clause, question.topic)
        if row is not None and noun is not None and noun in _opening_text(one.chunk.document, row):
            return list_items(one.chunk.document, row, brief)
    return compose_facts(replace(brief, question=figure)) if chosen else Draft(())


def compose_classes(brief: Brief) -> Draft:
    """List the items of the clause that divides what a question asks the classes of: 垃圾分几类, 等级分哪几档.

    Empty where the question asks for none, or where no good sentence opens such items.
    """
    if not _CLASSES.search(brief.question.topic):
        return Draft(())
    usable = [one for one in brief.found.sentences if not one.sentence.is_trailer]
    for one in usable[:_MOST_READ]:
        document, clause = one.chunk.document, one.sentence.paragraph.clause
        if one.score < _GOOD * usable[0].score:
            continue
        row = parent_of_items(document, clause, brief.question.topic)
        if row is not None and _divides(document, row):
            return list_items(document, row, brief)
        for start, ends in enumerations(one.sentence.text):
            if _DIVIDED.search(one.sentence.text[:start]):
                begin = one.sentence.start
                return _listed(
                    brief,
                    one,
                    [Span(document, one.sentence.paragraph, begin + a, begin + b) for a, b in ends],
                )
    return Draft(())


def _divides(document: Document, row: int) -> bool:
    """True where the paragraph that opens the items of `row` says that they are classes of something."""
    first = next(clause.start for clause in document.clauses if clause.parent == row)
    own = [p.text for p in document.paragraphs_by_clause.get(row, ()) if p.end <= first]
    return bool(own) and _DIVIDES.search(own[-1]) is not None


def compose_named_parts(brief: Brief) -> Draft:
    """List the clauses that a question counts by a word which all their headings bear: 打造几种环境.

    They are the only such group in the documents; empty where there is none, or more than one.
    """
    noun = _noun(brief.question)
    if noun is None or not brief.documents:
        return Draft(())
    groups = [
        (document, row, children)
        for document in brief.documents[: 1 if brief.question.regions or brief.question.document_ids else 5]
        for row, children in _families(document)
        if all(noun in document.clauses[child].title for child in children)
    ]
    if len(groups) != 1:
        return Draft(())
    document, row, children = groups[0]
    spans = [heading_span(document, child) for child in children]
    if any(span is None for span in spans):
        return Draft(())
    blocks = section_frame(document, row, spans, brief)
    blocks += [
        Statement(f"{place}. {tidy(document.clauses[child].title)}", (span,))
        for place, (child, span) in enumerate(zip(children, spans, strict=True), 1)
        if span is not None
    ]
    return Draft(tuple(blocks))


def compose_stated_number_of_items(brief: Brief) -> Draft:
    """List the items of the sentence that enumerates as many as the question says: 六个“一”是哪六个？

    Empty where the question gives no number, or no good sentence has just so many items.
    """
    size = size_named(brief.question)
    if size is None:
        return Draft(())
    quoted = _QUOTED_MARK.search(brief.question.topic)
    noun = _named_with_number(brief.question)
    for one in brief.found.sentences[:12]:
        items = _items_of(one, noun, size) if says_something(one) else []
        if not items or (quoted and not all(quoted[1] in item.text for item in items)):
            continue
        if noun or quoted or one.score >= _BY_SCORE:
            return _listed(brief, one, items)
    return Draft(())


def _listed(brief: Brief, one: ScoredSentence, items: Sequence[Span]) -> Draft:
    document = one.chunk.document
    blocks = [Statement(f"{name_before(document, brief)}{tidy(without_marker(one.span))}", (one.span,))]
    blocks.append(Statement(all_listed(len(items), english=brief.question.language == "en")))
    blocks += [Statement(f"{place}. {tidy(item.text)}", (item,)) for place, item in enumerate(items, 1)]
    return Draft(tuple(blocks))


def _items_of(one: ScoredSentence, noun: str | None, size: int | None) -> list[Span]:
    """Return the items that a sentence enumerates, or the labelled parts of its clause; empty where it has none.

    With `noun`, the enumeration stands close to it; with `size`, it has just so many items.
    """
    document, paragraph = one.chunk.document, one.sentence.paragraph
    text = one.sentence.text
    for start, ends in enumerations(text):
        items = [
            Span(document, paragraph, one.sentence.start + begin, one.sentence.start + end)
            for begin, end in ends
        ]
        if size is not None and len(items) != size:
            continue
        around = text[max(0, start - 16) : ends[-1][1] + 12]
        if noun is None or noun[-2:] in around or any(noun in item.text for item in items):
            return items
    if noun is not None or size is not None:
        parts = _labelled_parts(document, paragraph.clause)
        if len(parts) >= 2 and (size is None or len(parts) == size):
            opening = parts[0].paragraph.text[max(0, parts[0].start - _OPENING) : parts[0].start]
            known = (
                noun is None
                or noun[-2:] in opening
                or any(noun[-2:] in part.text for part in parts)
                or noun.endswith(_STAGES)
            )
            return parts if known else []
    return []


def _labelled_parts(document: Document, clause: int) -> list[Span]:
    """Return the sentences of a clause that bear labels of one form: 2022年——…, 2023年——…; 一是…, 二是…."""
    found: dict[str, list[Span]] = {}
    for paragraph in document.paragraphs_by_clause.get(clause, ()):
        for match in _LABELLED.finditer(paragraph.text):
            before = paragraph.text[: match.start()].rstrip()
            if before and before[-1] not in "。；;：:":
                continue
            form = re.sub(r"[一二三四五六七八九十]+|\d+", "一", match["label"])
            stop = re.compile(r"[。；;]|$").search(paragraph.text, match.end())
            end = stop.end() if stop else len(paragraph.text)
            found.setdefault(form, []).append(Span(document, paragraph, match.start(), end))
    return max(found.values(), key=len, default=[])


def _families(document: Document) -> Iterator[tuple[int, list[int]]]:
    """Yield each clause with titled children, and those."""
    for row in sorted({clause.parent for clause in document.clauses if clause.parent is not None}):
        children = [n for n, clause in enumerate(document.clauses) if clause.parent == row and clause.label]
        if row and len(children) >= 2 and all(document.clauses[child].title for child in children):
            yield row, children


def _opening_text(document: Document, row: int) -> str:
    """The words that open a clause's items, with its heading."""
    own = "".join(p.text for p in document.paragraphs_by_clause.get(row, ()))
    return document.clauses[row].title + own


def _states_number_of(one: ScoredSentence, noun: str) -> bool:
    """True where a number stands before the noun that is counted: 5大行动, 四张清单."""
    text = one.sentence.text
    return any(
        noun[-2:] in text[figure.end : figure.end + 12]
        or noun[-2:] in text[max(0, figure.start - 12) : figure.start]
        for figure in one.sentence.figures
        if figure.quantity == "count"
    )


def _noun(question: Question) -> str | None:
    match = _COUNTED.search(question.topic)
    return match["noun"] if match else None


def _named_with_number(question: Question) -> str | None:
    """The noun that the question's number counts: 三个产业集群是哪三个."""
    match = re.search(
        rf"(?:{NUMERAL}){CLASSIFIER}([\u4e00-\u9fff]{{2,8}}?)(?=[,，、?？是]|分别|都|哪|各|具体|$)",
        question.topic,
    )
    return match[1] if match else None
