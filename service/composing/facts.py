"""Answer with the sentences that carry the answer: facts, figures, deadlines, yes or no, definitions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.composing.asked import (
    asked_of,
    asking_parts,
    is_by_the_same,
    is_measure,
    unit_asked,
    unit_fit,
    unit_of,
)
from service.composing.brief import Brief
from service.composing.claims import answer_to_claim, claimed
from service.composing.groups import excluded
from service.composing.limits import limits
from service.composing.premises import answer_to_premise
from service.composing.reductions import asks_reduction, reduces, reduction_in
from service.composing.rows import column_asked, figure_in, row_of, row_statement
from service.composing.verdicts import answers_itself, asks_by_figure, is_about, verdict_of
from service.composing.wholes import body
from service.composing.wording import (
    all_figures,
    answering_figure,
    asks_most,
    bounds,
    in_order_of,
    is_most,
    lead_in,
    nearest_figure,
    shown,
    statement_of,
    states,
)
from service.evidence import Draft, Span, Statement
from service.kinds import quantity_of, without_question_words
from service.question import Kind, Question
from service.ranking import Found, ScoredSentence
from service.sentences import sentences
from service.tables import is_header

_BASIS = re.compile(r"根据|依据|目的|为什么|背景|会议")
_LENGTH = {"definition": 3, "procedure": 5, "list": 4, "fact": 2, "yesno": 2, "figure": 2, "deadline": 2}
_DEPENDS = re.compile(
    r"其中|但|除|超过|不足|不满|逾期|否则|另[有外]|此后|以后|第二|其余|反之|上述|前述|同时符合|有.{2,20}的，?减半|减半"
    # One step of a scale: 600万元以上的, 年满九十周岁不满一百周岁的.
    r"|[^，,；;]{0,8}[\d〇零一二三四五六七八九十百千万]+[^，,；;]{0,10}(?:以[上下内]|[满足])[^，,；;]{0,12}的[，,]"
)
_EACH = re.compile(
    r"分别|各[要须应需得]?(?:达到?|占|[是有自为])?(?:多少|几|什么|怎么|如何|哪)|每[年个项类种步].{0,6}(?:什么|怎么|如何)"
)
"""Asks for more than one: 三年分别重在什么."""
_JOINED = re.compile(r"[和与跟及、]")
_ARTICLE = re.compile(r"第.+条")
_READABLE = 200
_WITH_NEIGHBOURS: tuple[Kind, ...] = ("yesno", "office", "fact", "definition")
"""What such questions ask is often told by two sentences: the rule, and when it does not hold."""
_TAKEN_IN = 130
"""A paragraph of so many characters is quoted whole for them."""
_SENTENCE = 12
_BESIDE = 0.2
_ASKS_DAY = re.compile(r"几[月号]|哪一?[天日年月]|几月")
_HAN = re.compile(r"[\u4e00-\u9fff]{2}")
_RIVALS = 0.15
"""Of a sentence that suits the unit better no less than this share of the best one's score is asked."""
_HOLDS = 0.05
"""A sentence that holds the figure asked for goes first if it scores this share of the best."""
AT_ONCE = re.compile(
    r"当场|即时办|即来即办|即办件|当[日天](?![然])|随到随|立等可取|每[日天周月季年]|半年|长期|年底|月底"
    r"|一[日天周旬月季年]一[\u4e00-\u9fff]|[按逐][月季年]|定期"
)
_INSTEAD = {
    "days": AT_ONCE,
    "date": re.compile(rf"{AT_ONCE.pattern}|次[日月年周]|之日起|起(?:重新)?计?算"),
    "percent": re.compile(r"全覆盖|全部|所有|一律|减半|零|分之|(?:平均|同期|上年)(?:水平|标准)"),
    "money": re.compile(
        r"免费|免收|免除|免征|免缴|不收|不得收|零费用|零成本|零投资|减半|全额|(?:平均|同期|上年)(?:水平|标准)"
    ),
    "count": re.compile(
        r"全部|所有|唯一|(?<![“\"、，一])[一二两三四五六七八九十]+[个名位只条家处枚套张份部人对](?!标准)|[一二两三四五六七八九十]次(?!性)"
    ),
}
_GIVEN = re.compile(r"补贴|补助|津贴|奖励|奖补|奖金|资助|贴息|subsid|\bgrant|\baward", re.I)
_SURE = 0.5
_LIKELY = 0.6
"""Below this confidence nothing is said to be allowed: on policies that no model had seen 可以 was right 8 times in 11 above it,
once in 8 below; 不可以 20 in 22 and 3 in 5."""
_NEAREST = (
    "引用的是与问题最接近的条文，是否正好回答了问题，请对照原文判断。",
    "This is the provision nearest to the question; please check that it answers it.",
)
"""Said under an answer that is less likely than that."""
_ABOUT_AS_GOOD = 0.4
_WHO_DOES = re.compile(r"谁(?:来|去|负责)?([\u4e00-\u9fff]{2})")
_BODY_COLUMN = re.compile(r"单位|部门|机构|机关|领导|负责|责任人|窗口")
_TELLING: dict[str, re.Pattern[str]] = {
    "definition": re.compile(r"是指|所称|[，,]指|的含义|指的是|[（(](?:即|指)"),
    "office": re.compile(
        r"(?:局|委员?会?|部门|机构|机关|政府|中心|单位|办公室|窗口|银行|法院)[^，,。；;]{0,12}(?:负责|牵头|应当|会同|统筹|受理|组织|主管|核发|审[批核查定]|责令|作出|拨付|发放|认定|办理|批准)"
        r"|由[^，,。；;]{2,24}(?:局|委|部门|机构|机关|政府|中心|单位|办|窗口)"
        r"|向[^，,。；;]{2,20}(?:局|委|部门|机构|机关|政府|中心|单位|办|窗口|法院)[^，,。；;]{0,4}(?:申请|提出|报告|投诉|举报|反映|备案|提交|申报)"
    ),
}
"""How a sentence says what such a question asks for; it goes before others that are about as good."""


def compose_facts(brief: Brief) -> Draft:
    """Compose from the best sentences of the best document; empty where nothing was found."""
    chosen = choose(brief.question, brief.found)
    chosen += _besides(brief, chosen)
    if not chosen:
        return Draft(())
    document = chosen[0].chunk.document
    blocks: list[Statement] = []
    opening = _opening(brief.question, chosen, brief.found)
    if opening is not None:
        blocks.append(opening)
    likely = brief.found.confidence >= _LIKELY
    notice = None if likely else _NEAREST[brief.question.language == "en"]
    rows = [row for one in chosen if (row := row_of(one)) is not None]
    named = [row for row in rows if row.name in brief.question.topic]
    if named and row_of(chosen[0]) in named:
        return Draft((*blocks, *(row_statement(row, brief) for row in named)), notice)
    if rows and row_of(chosen[0]) is not None:
        blocks += [row_statement(row, brief) for row in rows]
    else:
        spans = in_order(chosen)
        if brief.question.kind in _WITH_NEIGHBOURS and len({span.paragraph.number for span in spans}) == 1:
            whole = body(document, spans[0].paragraph)
            if (
                whole is not None
                and whole.end - whole.start <= _TAKEN_IN
                and whole.start <= spans[0].start
                and spans[-1].end <= whole.end
            ):
                spans = [whole]
        blocks.append(statement_of(document, spans, brief))
    return Draft(tuple(blocks), notice)


def _besides(brief: Brief, chosen: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return a sentence for each other figure that the parts of a question ask for: 几天内去领，一天交多少？

    It is of the same document, and names what its part asks about or was found to be near the best.
    """
    question = brief.question
    if not chosen or question.kind not in ("figure", "deadline", "fact", "office"):
        return []
    added: list[ScoredSentence] = []
    for part in asked_of(question):
        asked = replace(question, kind="figure", quantity=part.quantity, topic=part.words)
        if any(_holds_part(one, asked) for one in (*chosen, *added)):
            continue
        for one in brief.found.sentences:
            near = (
                one.score >= _BESIDE * chosen[0].score
                or one.sentence.paragraph == chosen[0].sentence.paragraph
                or (one.score >= _HOLDS * chosen[0].score and _names(part.words, one))
            )
            if near and one not in chosen and _may_add(one, asked) and _same_document(one, chosen[0]):
                added.append(one)
                break
    return added


def _may_add(one: ScoredSentence, asked: Question) -> bool:
    return says_something(one) and _holds_part(one, asked) and not is_for_others(one, asked)


def _holds_part(one: ScoredSentence, asked: Question) -> bool:
    """True where a sentence states the figure that one part of a question asks for: its kind, its unit, its clock."""
    if asked.quantity == "date" and _ASKS_DAY.search(asked.topic):
        return any(figure.quantity == "date" and ":" not in figure.value for figure in one.sentence.figures)
    unit = unit_asked(asked.topic)
    return any(
        states(figure, one.sentence.text, asked) and unit_fit(unit, figure.value) == 2
        for figure in one.sentence.figures
    )


def _names(words: str, one: ScoredSentence) -> bool:
    """True where a sentence shares a pair of characters with what a part of the question is about."""
    topic = without_question_words(words)
    pairs = (topic[place : place + 2] for place in range(len(topic) - 1))
    return any(pair in one.sentence.text for pair in pairs if _HAN.fullmatch(pair))


def _same_document(one: ScoredSentence, other: ScoredSentence) -> bool:
    return one.chunk.document.id == other.chunk.document.id


def choose(question: Question, found: Found, *, most: int | None = None) -> list[ScoredSentence]:
    """Return the sentences to quote, best first: the best, and others of its clause that add to it.

    Where a figure of some kind is asked for, the first sentence holds one of that kind; empty where none
    of the good ones does: the matter is there, the figure is not.
    """
    usable = [one for one in found.sentences if says_something(one)]
    usable = usable or [one for one in found.sentences if not one.sentence.is_trailer]
    usable = _without_other_rows(question, usable)
    if not usable:
        return []
    best = usable[0]
    if introduces(best) and not asks_basis(question):  # 为满足群众需求，制定本方案
        later = (one for one in usable if not introduces(one) and one.score >= _ABOUT_AS_GOOD * best.score)
        best = next(later, best)
    reducing = [one for one in usable if reduces(one.sentence.text)] if asks_reduction(question) else []
    if reducing and reducing[0].score >= _HOLDS * best.score:
        best = reducing[0]
    elif asks_figure(question):
        first = _first_holding(question, usable)
        if first is None:
            return []
        best = first
    elif question.kind in _TELLING:
        tells = _TELLING[question.kind]
        good = (one for one in usable if one.score >= _ABOUT_AS_GOOD * best.score)
        telling = next(
            (one for one in good if tells.search(one.sentence.text) or _names_bodies(one, question)), None
        )
        act = _WHO_DOES.search(question.topic)
        if telling is None and act is not None:  # 谁审核: whoever is said to 审核 it
            same = (one for one in usable if act[1] in one.sentence.text and _same_document(one, best))
            telling = next((one for one in same if tells.search(one.sentence.text)), None)
        best = telling or best
    elif kinds := claimed(question):  # 听说要罚一万元，是真的吗？
        near = [one for one in usable if one.score >= _HOLDS * usable[0].score]
        best = next(
            (one for one in near if any(figure.quantity in kinds for figure in one.sentence.figures)), best
        )
    elif question.kind == "yesno":
        settled = answer_to_premise(question, usable)
        best = settled[0] if settled is not None else _settling(question, found, usable)
    elif question.quantity == "any":
        near = [one for one in usable if one.score >= _HOLDS * usable[0].score]
        best = next((one for one in near if _holds_the_very_unit(one, question)), best)
    if question.kind in ("figure", "deadline", "fact") and is_for_others(best, question):
        own = (one for one in usable if one.score >= _ABOUT_AS_GOOD * best.score)
        right = next((one for one in own if not is_for_others(one, question)), None)
        if right is None:
            return []
        best = right
    most = most or (4 if _EACH.search(question.topic) else _LENGTH.get(question.kind, 2))
    share = 0.35 if question.kind in ("procedure", "list", "definition") else 0.6
    if asks_figure(question):
        share = 0.25
    chosen = [best]
    for one in usable:
        if len(chosen) >= most:
            break
        same_clause = (
            one.chunk.chunk.clause == best.chunk.chunk.clause
            and one.chunk.document.id == best.chunk.document.id
        )
        if asks_figure(question) and (not holds_figure(one, question) or is_for_others(one, question)):
            continue
        if one is not best and same_clause and one.score >= share * best.score:
            chosen.append(one)
    return chosen


def _names_bodies(one: ScoredSentence, question: Question) -> bool:
    """True for a row of a table with a column for who does it, where an office is asked for."""
    row = row_of(one) if question.kind == "office" else None
    return row is not None and any(_BODY_COLUMN.search(name) for name in row.header)


def _without_other_rows(question: Question, usable: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Leave out rows of a table that the question does not name where it names one: 技师 where it says 高级技师."""
    names = {row.name for one in usable if (row := row_of(one)) is not None}
    named = {name for name in names if name and name in question.topic}
    named = {name for name in named if not any(name != other and name in other for other in named)}
    return [one for one in usable if not named or (row := row_of(one)) is None or row.name in named]


def _settling(question: Question, found: Found, usable: Sequence[ScoredSentence]) -> ScoredSentence:
    """Return the sentence to put first for a yes or no.

    It answers the text's own question where that fits best (证丢了能补吗？可以。), or holds a limit for the figure
    that the question puts forward (我17岁); else it is the best.
    """
    first = found.sentences[0]
    if first.sentence.text.rstrip().endswith(("？", "?")):
        own = [
            one
            for one in usable
            if _same_document(one, first) and one.sentence.paragraph.clause == first.sentence.paragraph.clause
        ]
        said = (one for one in own if answers_itself(one.span) is not None)
        return next(said, own[0] if own else usable[0])
    near = [one for one in usable if one.score >= _HOLDS * usable[0].score and is_about(question, one.span)]
    return next((one for one in near if limits(question, one.sentence.text)), usable[0])


def introduces(one: ScoredSentence) -> bool:
    """True for what stands before the first clause of a document that has clauses."""
    clauses = one.chunk.document.clauses
    return len(clauses) > 1 and one.sentence.paragraph.end <= clauses[1].start


def asks_basis(question: Question) -> bool:
    """True where the question asks what a document says before its first clause: on what it rests, why it was made."""
    return _BASIS.search(question.topic) is not None


def says_something(one: ScoredSentence) -> bool:
    """True for a sentence of the text; a heading counts where it is a sentence too: 1.街道在五日内上门评估。

    A line of the title says nothing, nor does a question that the text itself answers (证丢了怎么补？).
    """
    if (
        one.sentence.is_trailer
        or is_header(one.chunk.document, one.sentence.paragraph)
        or _is_of_the_title(one)
    ):
        return False
    if one.sentence.text.rstrip().endswith(("？", "?")):
        return False
    if not one.sentence.is_heading:
        return True
    text = one.sentence.text.rstrip()
    whole = len(text) >= _SENTENCE and text.endswith(("。", "；", ";"))
    return whole and (bool(one.sentence.figures) or re.search(r"[，,]", text) is not None)


def _is_of_the_title(one: ScoredSentence) -> bool:
    """True for a line before the first clause that bears the document's title, or a part of it."""
    if one.sentence.paragraph.clause != 0:
        return False
    title, line = (re.sub(r"\W", "", text) for text in (one.chunk.document.title, one.sentence.text))
    return bool(line) and (line in title or (title in line and len(line) < len(title) + 12))


def _first_holding(question: Question, usable: Sequence[ScoredSentence]) -> ScoredSentence | None:
    """Return the sentence to put first where a figure is asked for; None where no good one has it.

    Figures go before the words that may stand for them (免收), the unit asked for before its kin, and what
    holds all that is asked for before what holds a part.
    """
    # Where the best is for another group, something far behind it is no better for that.
    share = _ABOUT_AS_GOOD if is_for_others(usable[0], question) else _HOLDS
    good = [
        one
        for one in usable
        if one.score >= share * usable[0].score
        and not is_for_others(one, question)
        and is_by_the_same(question, _with_header(one))
    ]
    # 用两米以内的绳子 reads as if it said for whom, as 单户两百万元以下的企业 does; it comes second.
    holding = [one for one in good if holds_figure(one, question)] or [
        one for one in good if _holds_the_very_unit(one, question)
    ]
    if not holding:
        return None
    holding = [one for one in holding if _is_row_of(question.topic, one)] or holding
    bounded = bounds(question.topic)
    alike = [one for one in holding if bounded & bounds(one.sentence.text)] or holding
    asked = asked_of(question)

    def suits(one: ScoredSentence) -> tuple[int, int, float]:
        fits = [
            max(
                (
                    unit_fit(part.unit, figure.value)
                    for figure in one.sentence.figures
                    if states(figure, one.sentence.text, replace(question, quantity=part.quantity))
                ),
                default=-1,
            )
            for part in asked
        ]
        first = next(
            (fit for fit, part in zip(fits, asked, strict=True) if part.quantity == question.quantity), 0
        )
        return sum(fit >= 0 for fit in fits), first, one.score

    best = alike[0]
    if asks_most(question) and not _bounds_from_above(best, question):  # 每台二十万元；最高不超过三十万元
        best = next((one for one in usable if _tells_the_most_of(one, best, question)), best)
    rivals = [one for one in alike if one.score >= _RIVALS * best.score and suits(one)[:2] > suits(best)[:2]]
    return max((best, *rivals), key=suits)


def _tells_the_most_of(one: ScoredSentence, other: ScoredSentence, question: Question) -> bool:
    """True for the part of the same sentence that says how much it is at most."""
    if one.sentence.paragraph != other.sentence.paragraph or is_for_others(one, question):
        return False
    whole = (s for s in sentences(one.sentence.paragraph.text, semicolons=False))
    same = any(
        s.start <= min(one.sentence.start, other.sentence.start)
        and max(one.sentence.end, other.sentence.end) <= s.end
        for s in whole
    )
    return same and _bounds_from_above(one, question)


def _bounds_from_above(one: ScoredSentence, question: Question) -> bool:
    return any(
        states(figure, one.sentence.text, question) and is_most(figure, one.sentence.text)
        for figure in one.sentence.figures
    )


def is_for_others(one: ScoredSentence, question: Question) -> bool:
    """True where the sentence is for another group than the question asks about: B级 for A级, 单位 for 个人."""
    opening = lead_in(one.chunk.document, one.sentence.paragraph.clause)
    clause = one.chunk.document.clauses[one.sentence.paragraph.clause]
    above = (
        f"{opening.text if opening is not None else ''} {clause.title if not one.sentence.is_heading else ''}"
    )
    return excluded(question.topic, one.sentence.text, above=above)


def asks_figure(question: Question) -> bool:
    """True where the question asks for a figure of a certain kind, and an answer without one is none."""
    return question.kind in ("figure", "deadline", "fact", "compare") and question.quantity not in (
        None,
        "any",
        "rank",
    )


def holds_figure(one: ScoredSentence, question: Question) -> bool:
    """True where the sentence holds a figure of the kind asked for, or words that stand for one (当场, 免费)."""
    unit = unit_asked(question.topic)
    measured = unit if is_measure(unit) else None  # 十米 is no answer to 多少平方米
    if any(
        states(figure, one.sentence.text, question) and unit_fit(measured, figure.value)
        for figure in one.sentence.figures
    ):
        return True
    row = row_of(one)
    if row is not None:
        return column_asked(row, question) is not None
    if measured is not None:
        return False  # 一宅, 全部 are no square metres
    words = _INSTEAD.get(question.quantity or "any")
    if question.quantity == "money" and _GIVEN.search(question.topic):
        return False  # 免费 says what one pays, not how much one gets
    text = one.sentence.text
    for figure in reversed(one.sentence.figures):  # 4个小时 is no 几枚
        text = text[: figure.start] + text[figure.end :]
    return words is not None and bool(words.search(text))


def _with_header(one: ScoredSentence) -> str:
    """Return the sentence's paragraph, and the header of its table where it is a row."""
    row = row_of(one)
    return "\n".join((one.sentence.paragraph.text, *(row.header if row is not None else ())))


def _is_row_of(topic: str, one: ScoredSentence) -> bool:
    """True for the row of a table that is headed by what the question is about."""
    row = row_of(one)
    return row is not None and bool(row.name) and row.name in topic


def _holds_the_very_unit(one: ScoredSentence, question: Question) -> bool:
    unit = unit_asked(question.topic)
    return unit is not None and any(unit_of(figure.value) == unit for figure in one.sentence.figures)


def in_order(chosen: Sequence[ScoredSentence]) -> list[Span]:
    """Return the chosen sentences' spans in the order of the text.

    A part between semicolons takes its exceptions and conditions along.
    """
    found: list[Span] = []
    for span in sorted((one.span for one in chosen), key=lambda span: (span.paragraph.number, span.start)):
        whole = _with_condition(span)
        if not any(whole.paragraph == other.paragraph and whole.start < other.end for other in found):
            found.append(whole)
    return found


_EXCEPTS = re.compile(
    r"[^。；;]{2,48}(?:除外|不受(?:此|上述|前款)[^。；;]{0,6}限制?|不在此[限列]|不适用(?:前款|本条|本款|上述)?(?:规定|要求)?|不[纳列计]入[^。；;]{0,10})[。；;]?"
)
"""A short sentence that says for whom the one before it does not hold."""


def _with_condition(span: Span) -> Span:
    """Return the span with the neighbouring parts that depend on it: 其中…, 但…, 超过…的, 逾期…, and …的除外 behind it.

    Parts are what semicolons separate within one sentence; in a plan most state things of their own. In an
    article of a regulation they make one rule, and are quoted whole while that stays readable.
    """
    if _in_article(span):
        for sentence in sentences(span.paragraph.text, semicolons=False):
            if sentence.start <= span.start and span.end <= sentence.end:
                if sentence.end - sentence.start <= _READABLE:
                    return replace(span, start=sentence.start, end=sentence.end)
                break
    pieces = sentences(span.paragraph.text)
    place = next((n for n, piece in enumerate(pieces) if piece.start <= span.start < piece.end), None)
    if place is None:
        return span
    first = last = place
    while first > 0 and pieces[first - 1].text.endswith(("；", ";")) and _DEPENDS.match(pieces[first].text):
        first -= 1
    while (
        last + 1 < len(pieces)
        and pieces[last].text.endswith(("；", ";"))
        and _DEPENDS.match(pieces[last + 1].text)
    ):
        last += 1
    while last + 1 < len(pieces) and _EXCEPTS.fullmatch(pieces[last + 1].text):
        last += 1
    return replace(span, start=pieces[first].start, end=max(span.end, pieces[last].end))


def _in_article(span: Span) -> bool:
    clauses = span.document.clauses
    return any(_ARTICLE.match(clauses[row].label) for row in span.document.path(span.paragraph.clause))


def _opening(question: Question, chosen: Sequence[ScoredSentence], found: Found) -> Statement | None:
    """The figure, or the yes or no, that goes first."""
    best = chosen[0]
    answered = answer_to_claim(question, chosen)
    if answered is not None:
        return answered
    if question.kind == "yesno" and claimed(question):
        return None  # what is quoted holds nothing like the figure that was put forward
    if question.kind == "yesno" or asks_by_figure(question):
        led = lead_in(best.chunk.document, best.sentence.paragraph.clause)
        spans = (led, best.span) if led is not None else (best.span,)
        settled = answer_to_premise(question, found.sentences)
        if settled is not None and settled[0] == best:
            return settled[1]
        likely = found.confidence >= _LIKELY
        said = verdict_of(question, spans, sure=best.score >= _SURE, likely=likely)
        if said or question.kind == "yesno":
            return Statement(said, spans) if said else None
    if asks_reduction(question):
        less = reduction_in(question, best.sentence.text)
        return Statement(f"**{less}**。", (best.span,)) if less is not None else None
    if asks_figure(question) or (question.kind in ("figure", "deadline") and question.quantity is not None):
        row = row_of(best)
        column = column_asked(row, question) if row is not None else None
        if row is not None and column is not None:
            return Statement(f"**{figure_in(row, column)}**。", row.spans)
        if _asks_several(question):
            return _several(question, chosen)
        figure = answering_figure(question, best)
        if figure is not None:
            return Statement(f"**{figure}**{'.' if question.language == 'en' else '。'}", (best.span,))
    return None


def _asks_several(question: Question) -> bool:
    """True where more than one part of the question asks for a figure: 几天有回音，多久有答复？"""
    parts = [part for part in asking_parts(question) if quantity_of(part) is not None]
    return len(parts) > 1 or _EACH.search(question.topic) is not None


def _several(question: Question, chosen: Sequence[ScoredSentence]) -> Statement | None:
    """Say the figure of each part of a question; None where one of them is not clear."""
    found: list[tuple[str, Span]] = []
    values: set[str] = set()
    parts = asked_of(question)
    for part in parts:
        asked = replace(question, kind="figure", quantity=part.quantity, topic=part.words)
        for one in chosen:
            figure = (
                nearest_figure(asked, one.sentence.text, unit=part.unit) if _holds_part(one, asked) else None
            )
            if figure is not None:
                found.append((shown(question, one.sentence.text, figure), one.span))
                values.add(figure.value)
                break
    if len(parts) < 2:
        return _as_many_as_asked(question, chosen[0])
    if len(values) < len(parts):
        return None
    stop = "." if question.language == "en" else "。"
    spans = tuple(dict.fromkeys(span for _, span in found))
    return Statement(f"{'；'.join(f'**{words}**' for words, _ in found)}{stop}", spans)


def _as_many_as_asked(question: Question, best: ScoredSentence) -> Statement | None:
    """Say all figures of one kind in the order in which a question asks for them: 甲率和乙率各要多少.

    None where the sentence has more or fewer, or leaves open which is which: then it speaks for itself.
    """
    parts = [part for part in asking_parts(question) if quantity_of(part) == question.quantity]
    if len(parts) == 1 and (each := _EACH.search(parts[0])) is not None:
        parts = _JOINED.split(parts[0][: each.start()])
    text = best.sentence.text
    found = in_order_of(parts, all_figures(question, text), text) if len(parts) > 1 else None
    if found is None:
        return None
    said = "；".join(f"**{shown(question, text, figure)}**" for figure in found)
    return Statement(f"{said}{'.' if question.language == 'en' else '。'}", (best.span,))
