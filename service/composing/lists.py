"""Answer what belongs to a list, completely: the items of an enumeration, else the paragraph that holds it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from indexer.document import Document
from service.composing.annexes import annex_named
from service.composing.brief import Brief
from service.composing.english import all_listed
from service.composing.enumerations import enumerations, size_named
from service.composing.facts import asks_basis, compose_facts, in_order, introduces, says_something
from service.composing.offices import heading_span
from service.composing.rows import row_at, row_statement
from service.composing.sections import names_no_more
from service.composing.wholes import all_text, around, length, opened_run, own_text, quoted
from service.composing.wording import lead_in, name_before, sentence_of, statement_of, tidy, without_marker
from service.evidence import Draft, Span, Statement
from service.figures import figures, number
from service.kinds import without_question_words
from service.question import Question
from service.ranking import ScoredSentence
from service.sentences import sentences

_ARTICLE = re.compile(r"第.+条")
_OPENS_ITEMS = ("：", ":")
_ABOUT_AS_GOOD = 0.3
"""An opening beside the best sentence counts at this share of its score."""
_READABLE = 260
"""A paragraph of so many characters is quoted whole."""
_COUNTS = re.compile(r"[下如以]列|如下|以下|包括|分为")
_SECTION = 800
"""A section of so many characters is listed whole, each of its clauses with its text."""
_NAMES = 2
"""So many pairs of characters tell one sentence's subject from another's."""
_ASPECT = re.compile(
    r"义务|职责|责任|权利|条件|材料|资料|证件|单据|情形|行为|要求|标准|措施|方式|渠道|内容|原则|事项|对象|范围|任务"
)
_ALIKE = (("材料", "资料", "证件", "单据", "文件"), ("职责", "责任"), ("情形", "情况"))
_REGISTER = re.compile(
    r"(清单|名单|目录|名录)[^,，。?？]{0,6}(?:有(?:哪|啥|什么)|[里上]|包括|列|内容|全文)|(?<![能可以])[在列](?:入|进)?[^,，。]{0,10}(清单|名单|目录|名录|单子)"
)
"""Asks what a list holds, rather than how one gets on it."""
_GOOD = 0.03
_SURE = 0.6
_AS_GOOD = 0.25
_SEVERAL = 3
"""So many sentences of one clause that score such a share of the best answer together; so many names are a list."""
_FAR = 0.1
"""A sentence so sure, with the others of its paragraph so far behind, is quoted alone."""
_MOST_ROWS = 20
_BESIDES = re.compile(r"还应当|还[须需要]|另[需须附外]|除外|但是?|不[受适]|以外")


def compose_list(brief: Brief) -> Draft:
    """Compose from the items that the best sentence opens or is one of, else from its paragraph."""
    found = candidates(brief)
    best = _of_the_aspect(found, brief.question) or next(iter(found), None)
    if best is None:
        return compose_facts(brief)
    draft = list_at(best, brief)
    return draft if draft.blocks else compose_facts(brief)


def tells_only_how_many(question: Question, draft: Draft) -> bool:
    """True where what is quoted says how many there are, or that there is a list, and names none: 首批87项.

    The items that the question asks for stand nowhere then.
    """
    if len(draft.blocks) != 1:
        return False
    counted = {figure.value for figure in figures(question.topic) if figure.quantity == "count"}
    sizes = (number(re.sub(r"\D+$", "", value)) for value in counted)
    least = min([_SEVERAL, *(int(size) for size in sizes if size is not None)])
    asked = _REGISTER.search(question.topic)
    named = next(filter(None, asked.groups()), None) if asked is not None else None
    speaking = [
        sentence.text
        for span in draft.spans
        for sentence in sentences(span.text)
        if counted & {figure.value for figure in figures(sentence.text)}
        or (named is not None and ("清单" if named == "单子" else named) in sentence.text)
    ]
    return bool(speaking) and all(
        text.count("、") + 1 < least
        and all(len(items) < least for _, items in enumerations(text))
        and "：" not in text
        for text in speaking
    )


def list_at(one: ScoredSentence, brief: Brief) -> Draft:
    """Compose the list that a sentence opens, belongs to or is, looking from the clearest form to the least."""
    document = one.chunk.document
    row = items_around(one, brief) or _section_around(one, brief.question)
    if row is not None:
        draft = list_items(document, row, brief)
        if draft.blocks:
            return draft
    annex = annex_named(one.span) or annex_named(around(one.span, most=_READABLE))
    if annex is not None:
        draft = _annexed(one, annex, brief)
        if draft.blocks:
            return draft
    if row_at(document, one.sentence.paragraph) is not None:
        return Draft(())
    run = opened_run(one.span)
    if len(run) > 1:
        return quoted(run, brief)
    enumerating = enumerates(one, brief.question)
    spans = [] if enumerating else _over_paragraphs(one, brief)
    if not spans:
        alone = enumerating or _stands_out(one, brief)
        spans = in_order([one]) if alone else [around(one.span, most=_READABLE)]
    return Draft((statement_of(document, [_whole_sentence(span) for span in spans], brief),))


def _section_around(one: ScoredSentence, question: Question) -> int | None:
    """Return the section whose heading the question names more than the heading of the clause that was found in it.

    丰富夜间业态有哪些 asks for all of 丰富消费业态, though its part 夜娱 fits best; 哪三类人 for a section of three.
    """
    document = one.chunk.document
    clause = document.clauses[one.sentence.paragraph.clause]
    if not clause.title or not clause.parent or clause.trailer is not None:
        return None
    children = [other for other in document.clauses if other.parent == clause.parent]
    above = _shared(document.clauses[clause.parent].title, question.topic)
    size = size_named(question)
    counted = size == len(children) and above > 0
    if len(children) < 2 or not all(child.title for child in children):
        return None
    whole = document.clauses[clause.parent].end - document.clauses[clause.parent].start <= _SECTION
    named = above >= _NAMES and above > _shared(clause.title, question.topic)
    named = named and names_no_more(question, document, clause.parent)
    return clause.parent if whole and (counted or named) else None


def _shared(title: str, topic: str) -> int:
    return sum(title[place : place + 2] in topic for place in range(len(title) - 1))


def _whole_sentence(span: Span) -> Span:
    """Return the sentence that a part between semicolons is of, where it can be taken in at once."""
    for sentence in sentences(span.paragraph.text, semicolons=False):
        if sentence.start <= span.start and span.end <= sentence.end <= sentence.start + _READABLE:
            return replace(span, start=sentence.start, end=sentence.end)
    return span


def enumerates(one: ScoredSentence, question: Question, *, least: int = 2) -> bool:
    """True where a sentence enumerates so many things, and it more than its paragraph names what the question is about.

    户籍儿童提供…。随迁子女提供…、…和…。 answers for 随迁子女 with its second sentence.
    """
    text, paragraph = one.sentence.text, one.sentence.paragraph.text
    if all(len(items) < least for _, items in enumerations(text)) and text.count("、") < least:
        return False
    rest = paragraph[: one.sentence.start] + " " + paragraph[one.sentence.end :]
    topic = without_question_words(question.topic)
    pairs = {topic[place : place + 2] for place in range(len(topic) - 1)}
    own = {pair for pair in pairs if pair in text and pair not in rest}
    return len(own) >= _NAMES and len(own) > sum(pair in rest for pair in pairs - own)


def _stands_out(one: ScoredSentence, brief: Brief) -> bool:
    """True where a sentence surely answers and no other of its paragraph comes near it."""
    others = (
        other.score
        for other in brief.found.sentences
        if other.sentence.paragraph == one.sentence.paragraph and other.sentence != one.sentence
    )
    return one.score >= _SURE and max(others, default=0.0) < _FAR * one.score


def _over_paragraphs(one: ScoredSentence, brief: Brief) -> list[Span]:
    """Return what sentences about as good say, where one clause tells it in several paragraphs; empty elsewhere."""
    beside = [
        other
        for other in brief.found.sentences
        if _same_clause(other, one) and other.score >= _AS_GOOD * one.score and says_something(other)
    ]
    if len({other.sentence.paragraph.number for other in beside}) < 2 or len(beside) < _SEVERAL:
        return []
    spans = in_order(beside)
    return spans if length(spans) <= _SECTION else []


def candidates(brief: Brief) -> list[ScoredSentence]:
    """Return the sentences that may hold what is asked for, best first.

    Where a heading fits best (a section's title, or a question that the text answers itself), those of its clause
    come first. What stands before a document's first clause comes last: it introduces.
    """
    everything = brief.found.sentences
    usable = [one for one in everything if says_something(one)]
    if not asks_basis(brief.question):
        usable.sort(key=introduces)
    first = next((one for one in everything if one.sentence.paragraph.clause), None)
    if first is not None and not says_something(first) and not first.sentence.is_trailer:
        usable.sort(key=lambda one: not _same_clause(one, first))
    return usable


def _of_the_aspect(found: Sequence[ScoredSentence], question: Question) -> ScoredSentence | None:
    """Return the first sentence that opens, or stands under, the very aspect that is asked for: …应当履行下列义务：

    None where the best sentence names it itself, or where none of the good ones does.
    """
    asked = _ASPECT.search(question.topic)
    if asked is None or not found:
        return None
    words = next((group for group in _ALIKE if asked[0] in group), (asked[0],))
    for one in found:
        if one.score < _GOOD * found[0].score or not _same_document(one, found[0]):
            continue
        opening = lead_in(one.chunk.document, one.sentence.paragraph.clause)
        text = opening.text if opening is not None else one.sentence.text
        if any(word in text for word in words):
            return one if text.rstrip().endswith(_OPENS_ITEMS) else None
    return None


def _same_document(one: ScoredSentence, other: ScoredSentence) -> bool:
    return one.chunk.document.id == other.chunk.document.id


def _same_clause(one: ScoredSentence, other: ScoredSentence) -> bool:
    return _same_document(one, other) and one.sentence.paragraph.clause == other.sentence.paragraph.clause


def items_around(one: ScoredSentence, brief: Brief) -> int | None:
    """Return the clause whose items the sentence opens or is one of; None where it only stands beside them.

    下列家庭优先配租： may follow a paragraph on another matter of the same clause: then its items answer only
    where the opening itself was found to be about as good.
    """
    document, paragraph = one.chunk.document, one.sentence.paragraph
    row = parent_of_items(document, paragraph.clause, brief.question.topic)
    if row is None or paragraph.clause != row:
        return row
    opening = _opening(document, row)
    if opening is None or paragraph == opening.paragraph:
        return row
    rival = next(
        (
            other
            for other in brief.found.sentences
            if other.chunk.document.id == document.id and other.sentence.paragraph == opening.paragraph
        ),
        None,
    )
    return row if rival is not None and rival.score >= _ABOUT_AS_GOOD * one.score else None


def list_items(document: Document, row: int, brief: Brief) -> Draft:
    """List every item of clause `row`, each with its citation, after the sentence that opens them.

    An item takes the items under it along. What the clause adds behind its items (…的，还应当提供…) follows.
    """
    children = [n for n, clause in enumerate(document.clauses) if clause.parent == row]
    opening = _opening(document, row)
    blocks: list[Statement] = []
    if opening is not None:
        blocks.append(Statement(f"{name_before(document, brief)}{tidy(without_marker(opening))}", (opening,)))
    for place, child in enumerate(children, start=1):
        item = _item(document, child)
        if item is None:
            return Draft(())
        blocks.append(Statement(f"{place}. {item.text}", item.spans))
    english = brief.question.language == "en"
    blocks.insert(1 if opening else 0, Statement(all_listed(len(children), english=english)))
    last = document.clauses[children[-1]]
    besides = [
        span
        for span in own_text(document, row)
        if span.paragraph.start >= last.end - 1 and _BESIDES.search(span.text)
    ]
    if besides:
        blocks.append(Statement("It also says:" if english else "另有规定："))
        blocks += [Statement(sentence_of(span.text), (span,)) for span in besides]
    return Draft(tuple(blocks))


def parent_of_items(document: Document, clause: int, topic: str = "") -> int | None:
    """Return the clause whose items (项) hold or surround `clause`.

    The articles of a chapter are no items, nor are titled clauses that no sentence opens. Untitled items that no
    sentence opens (`……如下：`) count where their heading shares a word with the question's `topic`.
    """
    for row in (clause, document.clauses[clause].parent):
        if row is None or row == 0:
            continue
        children = [one for one in document.clauses if one.parent == row]
        if len(children) < 2 or any(_ARTICLE.match(child.label) for child in children):
            continue
        own = [p for p in document.paragraphs_by_clause.get(row, ()) if p.end <= children[0].start]
        titled = any(child.title for child in children)
        if (
            own
            and own[-1].text.rstrip().endswith(_OPENS_ITEMS)
            and (not titled or _COUNTS.search(own[-1].text))
        ):
            return row
        if titled:
            continue
        title = document.clauses[row].title
        if not title or _shared(title, topic):
            return row
    return None


def _opening(document: Document, row: int) -> Span | None:
    """Return the paragraph that opens the items of `row`: the last of its own before them."""
    first = next(clause.start for clause in document.clauses if clause.parent == row)
    own = [p for p in document.paragraphs_by_clause.get(row, ()) if p.end <= first]
    return Span(document, own[-1], 0, len(own[-1].text)) if own else None


def _item(document: Document, row: int) -> Statement | None:
    """Return what an item says: all its paragraphs, and the items under it one behind the other."""
    spans = all_text(document, row)
    if not spans:
        heading = heading_span(document, row)
        return Statement(sentence_of(without_marker(heading)), (heading,)) if heading is not None else None
    below = [n for n, clause in enumerate(document.clauses) if clause.parent == row]
    words = without_marker(spans[0])
    heading = heading_span(document, row)
    if heading is not None and heading.paragraph != spans[0].paragraph:  # a line of its own
        words = f"{tidy(document.clauses[row].title)}：{words}"
        spans = [heading, *spans]
    if len(spans) == 1:
        return Statement(sentence_of(words), (spans[0],))
    joint = "；" if below else ""
    first = 2 if spans[0] is heading else 1
    rest = joint.join(tidy(without_marker(span)).rstrip("；;。") for span in spans[first:])
    words = tidy(words).rstrip("；;") if rest else tidy(words)
    return Statement(
        sentence_of(f"{words}{'' if not rest or words.endswith(_OPENS_ITEMS) else joint}{rest}"), tuple(spans)
    )


def _annexed(one: ScoredSentence, annex: int, brief: Brief) -> Draft:
    """Compose from the annex that a sentence refers to: its items, the rows of its table or its paragraphs."""
    document = one.chunk.document
    if any(clause.parent == annex for clause in document.clauses):
        return list_items(document, annex, brief)
    paragraphs = own_text(document, annex)
    rows = [row for span in paragraphs if (row := row_at(document, span.paragraph)) is not None]
    if rows:
        if len(rows) > _MOST_ROWS:
            return Draft(())
        frame = Statement(all_listed(len(rows), english=brief.question.language == "en"))
        return Draft(
            (statement_of(document, [one.span], brief), frame, *(row_statement(r, brief) for r in rows))
        )
    return quoted(paragraphs, brief) if length(paragraphs) <= 3 * _READABLE else Draft(())
