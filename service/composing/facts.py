"""Answer with the sentences that carry the answer: facts, figures, deadlines, yes or no, definitions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.composing.brief import Brief
from service.composing.wording import answering_figure, bounds, lead_in, statement_of, states
from service.evidence import Draft, Span, Statement
from service.figures import figures
from service.kinds import quantity_of
from service.question import Quantity, Question
from service.ranking import Found, ScoredSentence
from service.sentences import sentences

_LENGTH = {"definition": 3, "procedure": 5, "list": 4, "fact": 2, "yesno": 2, "figure": 2, "deadline": 2}
_DEPENDS = re.compile(
    r"其中|但|除|超过|不足|不满|逾期|否则|另[有外]|此后|以后|第二|其余|反之|上述|前述|同时符合|有.{2,20}的，?减半|减半"
    # One step of a scale: 600万元以上的, 年满九十周岁不满一百周岁的.
    r"|[^，,；;]{0,8}[\d〇零一二三四五六七八九十百千万]+[^，,；;]{0,10}(?:以[上下内]|[满足])[^，,；;]{0,12}的[，,]"
)
_ARTICLE = re.compile(r"第.+条")
_READABLE = 200
_HOLDS = 0.05
"""A sentence that holds the figure asked for goes first if it scores this share of the best."""
_AT_ONCE = re.compile(
    r"当场|即时办|即来即办|即办件|当[日天](?![然])|随到随|立等可取|每[日天周月季年]|半年|长期|年底|月底"
)
_INSTEAD = {
    "days": _AT_ONCE,
    "date": _AT_ONCE,
    "percent": re.compile(r"全覆盖|全部|所有|一律|减半|零|分之"),
    "money": re.compile(r"免费|免收|免除|免征|免缴|不收|不得收|零费用|零成本|零投资|减半|全额"),
    "count": re.compile(r"[0-9一二两三四五六七八九十]+|全部|所有|唯一"),
}
_GIVEN = re.compile(r"补贴|补助|津贴|奖励|奖补|奖金|资助|贴息|subsid|\bgrant|\baward", re.I)
_FORBIDS = re.compile(r"不得|不能|不可以|不允许|不准|禁止|严禁|不予|不再|不适用|不受理|拒绝")
_SPARES = re.compile(
    r"无需|无须|不需要?|不再(?:收取|要求|提供|提交)|免(?:于|除|费|收|交|缴|予|提交|申)|不(?:收取|收费|另收)|零(?:费用|成本|收费|跑动|材料|投资)|取消"
)
_ALLOWS = re.compile(r"可以?(?!持续|靠|行性|能)|允许|支持|实现|推行|实行|全程网办")
_ENGLISH = {"可以": "Yes", "不可以": "No", "不需要": "No"}
_CLAIMS = re.compile(
    r"听说|据说|听讲|都说|网上说|新闻|说是|说的是|没错|没说错|对吧|对吗|对不对|是吧|是吗|是不是|属实|核实|真的|这样吗|[定写规]的是|right\?|true|correct|is it",
    re.I,
)
_ASKS_NEED = re.compile(
    r"要不要|需不需要|用不用|(?:要|需要?|得|用)[^能可]{0,20}(?:吗|么|嘛|不)[?？]?$|收费吗|要钱吗|花钱吗"
)
_ASKS_MAY = re.compile(
    r"能不能|能否|可不可以|可否|行不行|(?:能|可以|允许|准)[^,，。]{0,30}(?:吗|么|嘛|不)[?？]?$"
)


def compose_facts(brief: Brief) -> Draft:
    """Compose from the best sentences of the best document; empty where nothing was found."""
    chosen = choose(brief.question, brief.found)
    for quantity in _asked_besides(brief.question):
        more = choose(replace(brief.question, quantity=quantity), brief.found, most=1)
        chosen += [one for one in more if chosen and one not in chosen and _same_document(one, chosen[0])]
    if not chosen:
        return Draft(())
    document = chosen[0].chunk.document
    blocks: list[Statement] = []
    opening = _opening(brief.question, chosen)
    if opening is not None:
        blocks.append(opening)
    blocks.append(statement_of(document, in_order(chosen), brief))
    return Draft(tuple(blocks))


def _asked_besides(question: Question) -> list[Quantity]:
    """Return the other kinds of figure that the parts of a question ask for: 几天内去领，一天交多少？"""
    if not asks_figure(question):
        return []
    asked = [quantity_of(part) for part in re.split(r"[，,？?；;]", question.text)]
    return [one for one in dict.fromkeys(asked) if one not in (None, "any", "rank", question.quantity)]


def _same_document(one: ScoredSentence, other: ScoredSentence) -> bool:
    return one.chunk.document.id == other.chunk.document.id


def choose(question: Question, found: Found, *, most: int | None = None) -> list[ScoredSentence]:
    """Return the sentences to quote, best first: the best, and others of its clause that add to it.

    Where a figure of some kind is asked for, the first sentence holds one of that kind; empty where none
    of the good ones does: the matter is there, the figure is not.
    """
    usable = [one for one in found.sentences if not one.sentence.is_heading and not one.sentence.is_trailer]
    usable = usable or [one for one in found.sentences if not one.sentence.is_trailer]
    if not usable:
        return []
    best = usable[0]
    if asks_figure(question):
        holding = [one for one in usable if holds_figure(one, question)]
        holding = [one for one in holding if one.score >= _HOLDS * usable[0].score]
        asked = bounds(question.topic)
        alike = [one for one in holding if asked & bounds(one.sentence.text)]
        best = next(iter(alike or holding), usable[0])
        if not holds_figure(best, question):
            return []
    elif claimed := _claimed(question):  # 听说要罚一万元，是真的吗？
        near = [one for one in usable if one.score >= _HOLDS * usable[0].score]
        best = next(
            (one for one in near if any(figure.quantity in claimed for figure in one.sentence.figures)), best
        )
    most = most or _LENGTH.get(question.kind, 2)
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
        if asks_figure(question) and not holds_figure(one, question):
            continue
        if one is not best and same_clause and one.score >= share * best.score:
            chosen.append(one)
    return chosen


def asks_figure(question: Question) -> bool:
    """True where the question asks for a figure of a certain kind, and an answer without one is none."""
    return question.kind in ("figure", "deadline", "fact", "compare") and question.quantity not in (
        None,
        "any",
        "rank",
    )


def holds_figure(one: ScoredSentence, question: Question) -> bool:
    """True where the sentence holds a figure of the kind asked for, or words that stand for one (当场, 免费)."""
    if any(states(figure, one.sentence.text, question) for figure in one.sentence.figures):
        return True
    words = _INSTEAD.get(question.quantity or "any")
    if question.quantity == "money" and _GIVEN.search(question.topic):
        return False  # 免费 says what one pays, not how much one gets
    text = one.sentence.text
    for figure in reversed(one.sentence.figures):  # 4个小时 is no 几枚
        text = text[: figure.start] + text[figure.end :]
    return words is not None and bool(words.search(text))


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


def _with_condition(span: Span) -> Span:
    """Return the span with the neighbouring parts that depend on it: 其中…, 但…, 超过…的, 逾期….

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
    return replace(span, start=pieces[first].start, end=max(span.end, pieces[last].end))


def _in_article(span: Span) -> bool:
    clauses = span.document.clauses
    return any(_ARTICLE.match(clauses[row].label) for row in span.document.path(span.paragraph.clause))


def _opening(question: Question, chosen: Sequence[ScoredSentence]) -> Statement | None:
    """The figure, or the yes or no, that goes first."""
    best = chosen[0]
    claimed = _claimed(question)
    if claimed:
        stated = [figure for figure in best.sentence.figures if figure.quantity in claimed]
        said = {figure.value for figure in figures(question.topic)}
        if stated and not said & {figure.value for one in chosen for figure in one.sentence.figures}:
            return Statement("文件的规定与问题中的说法不一致，以文件为准：", (best.span,))
    if question.kind == "yesno":
        led = lead_in(best.chunk.document, best.sentence.paragraph.clause)
        spans = (led, best.span) if led is not None else (best.span,)
        word = _verdict(question.text, "".join(span.text for span in spans))
        if word is not None and question.language == "en":
            return Statement(f"{_ENGLISH[word]}.", spans)
        return Statement(f"{word}。", spans) if word else None
    if asks_figure(question) or (question.kind in ("figure", "deadline") and question.quantity is not None):
        figure = answering_figure(question, best) if not _asked_besides(question) else None
        if figure is not None:
            return Statement(f"**{figure}**。", (best.span,))
    return None


def _claimed(question: Question) -> set[str]:
    """Return the kinds of figures that the question puts forward to be confirmed; empty where it claims none."""
    if not _CLAIMS.search(question.text):
        return set()
    return {figure.quantity for figure in figures(question.topic)}


def _verdict(question: str, evidence: str) -> str | None:
    """Say yes or no where a modal word of the evidence settles the very act asked about; None leaves it open."""
    if _ASKS_NEED.search(question) and not _ASKS_MAY.search(question):
        return "不需要" if _governs(_SPARES, evidence, question) else None
    if not _ASKS_MAY.search(question):
        return None
    if _FORBIDS.search(evidence):
        settled = _governs(_FORBIDS, evidence, question) and not re.search(r"除外|但是?|可以", evidence)
        return "不可以" if settled else None
    return "可以" if _governs(_ALLOWS, evidence, question) else None


def _governs(modal: re.Pattern[str], evidence: str, question: str) -> bool:
    """True where the words around a modal share two characters with the question."""
    for match in modal.finditer(evidence):
        around = evidence[max(0, match.start() - 10) : match.end() + 16].replace(match[0], " ")
        pairs = {around[place : place + 2] for place in range(len(around) - 1)}
        if any(pair in question for pair in pairs if re.fullmatch(r"[\u4e00-\u9fff]{2}", pair)):
            return True
    return False
