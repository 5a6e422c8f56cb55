"""Answer with the sentences that carry the answer: facts, figures, deadlines, yes or no, definitions."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from service.composing.asked import asked_of, is_by_the_same, is_measure, unit_asked, unit_fit, unit_of
from service.composing.brief import Brief
from service.composing.groups import excluded
from service.composing.rows import column_asked, figure_in, is_header, row_of, row_statement
from service.composing.wording import (
    answering_figure,
    bounds,
    is_condition,
    lead_in,
    nearest_figure,
    shown,
    statement_of,
    states,
)
from service.evidence import Draft, Span, Statement
from service.figures import Figure, figures
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
_SENTENCE = 12
_HOLDS = 0.05
"""A sentence that holds the figure asked for goes first if it scores this share of the best."""
AT_ONCE = re.compile(
    r"当场|即时办|即来即办|即办件|当[日天](?![然])|随到随|立等可取|每[日天周月季年]|半年|长期|年底|月底"
)
_INSTEAD = {
    "days": AT_ONCE,
    "date": AT_ONCE,
    "percent": re.compile(r"全覆盖|全部|所有|一律|减半|零|分之"),
    "money": re.compile(r"免费|免收|免除|免征|免缴|不收|不得收|零费用|零成本|零投资|减半|全额"),
    "count": re.compile(
        r"全部|所有|唯一|(?<![“\"、，一])[一二两三四五六七八九十]+[个名位只条家处枚套张份部人对](?!标准)"
    ),
}
_GIVEN = re.compile(r"补贴|补助|津贴|奖励|奖补|奖金|资助|贴息|subsid|\bgrant|\baward", re.I)
_FORBIDS = re.compile(r"不得|不能|不可以|不允许|不准|禁止|严禁|不予|不再|不适用|不受理|拒绝")
_SPARES = re.compile(
    r"无需|无须|不需要?|不再(?:收取|要求|提供|提交)|免(?:于|除|费|收|交|缴|予|提交|申)|不(?:收取|收费|另收)|零(?:费用|成本|收费|跑动|材料|投资)|取消"
)
_ALLOWS = re.compile(r"可以?(?!持续|靠|行性|能)|允许|支持|实现|推行|实行|全程网办")
_MUST = re.compile(r"应当|必须|须(?!知)|需要?(?!求)")
_SETS_UP = re.compile(r"建立|设立|开设|设置|开通|推出|推行|实行|组建|成立|提供|配备|开辟|打造|完善|畅通")
_PERMITS = re.compile(r"可以?(?!持续|靠|行性|能|再生|视|追溯|控)|允许|准许")
_ENGLISH = {"可以": "Yes", "不可以": "No", "不需要": "No", "需要": "Yes", "有": "Yes"}
_SURE = 0.5
_ABOUT_AS_GOOD = 0.4
_WHO_DOES = re.compile(r"谁(?:来|去|负责)?([\u4e00-\u9fff]{2})")
_TELLING: dict[str, re.Pattern[str]] = {
    "definition": re.compile(r"是指|所称|[，,]指|的含义|指的是|[（(](?:即|指)"),
    "office": re.compile(
        r"(?:局|委员?会?|部门|机构|机关|政府|中心|单位|办公室|窗口|银行|法院)[^，,。；;]{0,12}(?:负责|牵头|应当|会同|统筹|受理|组织|主管|核发|审[批核查定]|责令|作出|拨付|发放|认定|办理|批准)"
        r"|由[^，,。；;]{2,24}(?:局|委|部门|机构|机关|政府|中心|单位|办|窗口)"
    ),
}
"""How a sentence says what such a question asks for; it goes before others that are about as good."""
_CLAIMS = re.compile(
    r"听说|据说|听讲|都说|网上说|有人[说讲]|听人[说讲]|传言|新闻|说是|说的是|没错|没说错|没记错|记得是|好像是|对吧|对吗|对不|是吧|是吗|是不是|属实|核实|真的|这样吗|有这回事"
    r"|对得上|对不上|准不准|[定写规]的是|right\?|true|correct|is it",
    re.I,
)
_PRESUMES = re.compile(
    r"为什么|为何|为啥|凭什么|怎么(?=[^,，。]{0,12}(?:才|就|只|要|是|会)[^,，。]{0,6}[\d一二三四五六七八九十百千万])|\bwhy\b|how come",
    re.I,
)
_ASKS_NEED = re.compile(
    r"要不要|需不需要|用不用|(?:要|需要?|得|用)[^能可]{0,20}(?:吗|么|嘛|不)[?？]?$|收费吗|要钱吗|花钱吗"
    r"|^\s*(?:do|does|must|is|are|should)\b.{0,60}\b(?:need|have to|required|must|necessary)\b|^\s*must\b",
    re.I,
)
_ASKS_EXISTS = re.compile(
    r"有没有|有无|有[^,，。]{1,16}(?:吗|么|没|没有)[?？]?$|^\s*(?:is|are) there\b", re.I
)
_ASKS_MAY = re.compile(
    r"^\s*(?:can|may|could)\b|\ballowed\b|\bpermitted\b|能不能|能否|可不可以|可否|行不行|(?:能|可以|允许|准)[^,，。]{0,30}(?:吗|么|嘛|不)[?？]?$",
    re.I,
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
    rows = [row for one in chosen if (row := row_of(one)) is not None]
    named = [row for row in rows if row.cells[0] in brief.question.topic]
    if named and row_of(chosen[0]) in named:
        return Draft((*blocks, *(row_statement(row, brief) for row in named)))
    if rows and len(rows) == len(chosen):
        blocks += [row_statement(row, brief) for row in rows]
    else:
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
    usable = [one for one in found.sentences if says_something(one)]
    usable = usable or [one for one in found.sentences if not one.sentence.is_trailer]
    if not usable:
        return []
    best = usable[0]
    if asks_figure(question):
        first = _first_holding(question, usable)
        if first is None:
            return []
        best = first
    elif question.kind in _TELLING:
        tells = _TELLING[question.kind]
        good = (one for one in usable if one.score >= _ABOUT_AS_GOOD * best.score)
        telling = next((one for one in good if tells.search(one.sentence.text)), None)
        act = _WHO_DOES.search(question.topic)
        if telling is None and act is not None:  # 谁审核: whoever is said to 审核 it
            same = (one for one in usable if act[1] in one.sentence.text and _same_document(one, best))
            telling = next((one for one in same if tells.search(one.sentence.text)), None)
        best = telling or best
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
        if asks_figure(question) and (not holds_figure(one, question) or is_for_others(one, question)):
            continue
        if one is not best and same_clause and one.score >= share * best.score:
            chosen.append(one)
    return chosen


def says_something(one: ScoredSentence) -> bool:
    """True for a sentence of the text; a heading counts where it is a sentence too: 1.街道在五日内上门评估。"""
    if one.sentence.is_trailer or is_header(one):
        return False
    if not one.sentence.is_heading:
        return True
    text = one.sentence.text.rstrip()
    return len(text) >= _SENTENCE and text.endswith(("。", "；", ";")) and bool(re.search(r"[，,]", text))


def _first_holding(question: Question, usable: Sequence[ScoredSentence]) -> ScoredSentence | None:
    """Return the sentence to put first where a figure is asked for; None where no good one has it.

    Figures go before the words that may stand for them (免收), the unit asked for before its kin, and what
    holds all that is asked for before what holds a part.
    """
    good = [
        one
        for one in usable
        if one.score >= _HOLDS * usable[0].score
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
    return max((one for one in alike if one is best or suits(one)[:2] > suits(best)[:2]), key=suits)


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
    return row is not None and bool(row.cells[0]) and row.cells[0] in topic


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
    answered = _answer_to_claim(question, chosen)
    if answered is not None:
        return answered
    if question.kind == "yesno":
        led = lead_in(best.chunk.document, best.sentence.paragraph.clause)
        spans = (led, best.span) if led is not None else (best.span,)
        word = _verdict(question, "".join(span.text for span in spans), sure=best.score >= _SURE)
        if word is not None and question.language == "en":
            return Statement(f"{_ENGLISH[word]}.", spans)
        return Statement(f"{word}。", spans) if word else None
    if asks_figure(question) or (question.kind in ("figure", "deadline") and question.quantity is not None):
        row = row_of(best)
        column = column_asked(row, question) if row is not None else None
        if row is not None and column is not None:
            return Statement(f"**{figure_in(row, column)}**。", row.spans)
        figure = answering_figure(question, best) if not _asked_besides(question) else None
        if figure is not None:
            return Statement(f"**{figure}**{'.' if question.language == 'en' else '。'}", (best.span,))
    return None


def _answer_to_claim(question: Question, chosen: Sequence[ScoredSentence]) -> Statement | None:
    """Confirm or correct a figure that the question puts forward; None where it puts none forward.

    The right value is named only where the best sentence has one of that kind that stands out, and what was
    claimed stands nowhere in what is quoted.
    """
    best, english = chosen[0], question.language == "en"
    there = {figure.value for one in chosen for figure in one.sentence.figures}
    stated = {figure.quantity for figure in best.sentence.figures}
    claims = [one for one in _claims(question, stated) if one.quantity in stated]
    confirmed: list[str] = []
    corrected: list[str] = []
    for claim in claims:
        topic = question.topic.replace(claim.text, " ", 1)
        if claim.quantity == "code":
            continue
        asked = replace(question, quantity=claim.quantity, topic=topic)
        right = nearest_figure(asked, best.sentence.text, exact=True)
        if right is None or not _comparable(claim, right):
            continue
        own = shown(question, best.sentence.text, right)
        if same_amount(claim.value, right.value):
            confirmed.append(f"**{own}**")
        elif claim.value not in there:
            corrected.append(f"**{own}**, not {claim.text}" if english else f"**{own}**，并非{claim.text}")
    if corrected:
        said = (
            f"The document says {'; '.join(corrected)}."
            if english
            else f"文件的规定是{'；'.join(corrected)}。"
        )
        return Statement(said, (best.span,))
    if confirmed and not presumes(question.text):
        said = f"Yes: {'; '.join(confirmed)}." if english else f"是，文件的规定是{'；'.join(confirmed)}。"
        return Statement(said, (best.span,))
    if confirmed:
        return None
    if claims and not {claim.value for claim in claims} & there:
        said = "This differs from what the document says:" if english else ""
        return Statement(said or "文件的规定与问题中的说法不一致，以文件为准：", (best.span,))
    return None


def _comparable(claim: Figure, right: Figure) -> bool:
    if claim.quantity in ("days", "money", "percent", "date"):
        return claim.quantity == right.quantity
    return claim.quantity == right.quantity and unit_fit(unit_of(claim.value), right.value) > 0


def same_amount(claim: str, right: str) -> bool:
    """True where both values come to the same: 3天 is close enough to 3个工作日 not to be called false."""
    if claim == right or claim in right.split("~"):
        return True
    days = ("日", "工作日")
    if unit_of(claim) in days and unit_of(right) in days:
        return claim.removesuffix(unit_of(claim)) == right.removesuffix(unit_of(right))
    return right.startswith(claim) and "-" in right  # 2024-12 of 2024-12底


def presumes(text: str) -> bool:
    """True for a question that takes something for granted and asks why: 为什么只有3天？"""
    return _PRESUMES.search(text) is not None


def _claims(question: Question, stated: Collection[str] = ()) -> list[Figure]:
    """Return the figures that the question puts forward to be confirmed or takes for granted.

    What says for whom (600万元以下的贷款), how often (一年最多10次) and the year of the plan are not among
    them; 80万 is money where the kinds of figures `stated` say so.
    """
    if not (_CLAIMS.search(question.text) or presumes(question.text)):
        return []
    found = [
        figure
        for figure in figures(question.topic)
        if figure.quantity not in ("code", "rank")
        and not is_condition(question.topic, figure)
        and not (figure.quantity == "date" and re.fullmatch(r"\d{4}", figure.value))
    ]
    found = [
        replace(figure, quantity="money", value=f"{figure.value}元")
        if figure.quantity == "count" and figure.text.endswith(("万", "亿")) and "money" in stated
        else figure
        for figure in found
    ]
    spans = [figure for figure in found if figure.quantity == "days" and re.match(r"1(?!\d)", figure.value)]
    return [figure for figure in found if figure not in spans] or found


def _claimed(question: Question) -> set[str]:
    """Return the kinds of figures that the question puts forward; empty where it claims none."""
    return {figure.quantity for figure in _claims(question)}


def _verdict(question: Question, evidence: str, *, sure: bool) -> str | None:
    """Say yes or no where a modal word of the evidence settles the very act asked about; None leaves it open.

    In other words than the question's (English, 老外 for 外籍人员) it settles only where the sentence is `sure`
    to be the answer and has one modal word.
    """
    asks = question.text
    if _ASKS_NEED.search(asks) and not _ASKS_MAY.search(asks):
        if _governs(_SPARES, evidence, question, sure=sure):
            return "不需要"
        needed = not _SPARES.search(evidence) and not _FORBIDS.search(evidence)
        return "需要" if needed and _governs(_MUST, evidence, question, sure=sure) else None
    if _ASKS_EXISTS.search(asks) and not _ASKS_MAY.search(asks):
        there = not _FORBIDS.search(evidence) and _governs(_SETS_UP, evidence, question, sure=False)
        return "有" if there else None
    if not _ASKS_MAY.search(asks):
        return None
    if _FORBIDS.search(evidence):
        settled = _governs(_FORBIDS, evidence, question, sure=sure) and not re.search(
            r"除外|但是?|可以", evidence
        )
        return "不可以" if settled else None
    if sure and _PERMITS.search(evidence):
        return "可以"
    return "可以" if _governs(_ALLOWS, evidence, question, sure=False) else None


def _governs(modal: re.Pattern[str], evidence: str, question: Question, *, sure: bool) -> bool:
    """True where the words around a modal share two characters with the question, or its only one is `sure`."""
    matches = list(modal.finditer(evidence))
    if sure and len(matches) == 1:
        return True
    for match in matches:
        around = evidence[max(0, match.start() - 10) : match.end() + 16].replace(match[0], " ")
        pairs = {around[place : place + 2] for place in range(len(around) - 1)}
        if any(pair in question.text for pair in pairs if re.fullmatch(r"[\u4e00-\u9fff]{2}", pair)):
            return True
    return False
