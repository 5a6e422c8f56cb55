"""Confirm or correct what a question puts forward: 听说要罚一万元，是真的吗？"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from service.composing.asked import unit_fit, unit_of
from service.composing.english import in_english
from service.composing.openings import CONFIRMED, CORRECTED, DIFFERS
from service.composing.wording import is_condition, nearest_figure, shown
from service.evidence import Statement
from service.figures import Figure, figures
from service.question import Question
from service.ranking import ScoredSentence

_CLAIMS = re.compile(
    r"听说|据说|听讲|都说|网上说|有人[说讲]|听人[说讲]|传言|新闻|说是|说的是|没错|没说错|没记错|记得是|好像是|对吧|对吗|对不|是吧|是吗|是不是|属实|核实|真的|这样吗|有这回事"
    r"|对得上|对不上|准不准|[定写规]的是|[吧罢](?=[?？。!！]?\s*$)|right\?|true|correct|is it",
    re.I,
)
_PRESUMES = re.compile(
    r"为什么|为何|为啥|凭什么|怎么(?=[^,，。]{0,12}(?:才|就|只|要|是|会)[^,，。]{0,6}[\d一二三四五六七八九十百千万])|\bwhy\b|how come",
    re.I,
)


_PART = re.compile(r"[^，,。；;]+(?:[，,。；;]|$)|[，,。；;]")
_DAYS = {
    "分钟": 1 / 1440,
    "小时": 1 / 24,
    "工作日": 1.4,
    "日": 1.0,
    "周": 7.0,
    "月": 30.0,
    "季度": 90.0,
    "年": 365.0,
}
_SURE = 0.3
"""Nothing is called wrong by a sentence that fits the question less well."""
_TIMES = 60
"""A period so many times as long as another is another matter."""


def answer_to_claim(question: Question, chosen: Sequence[ScoredSentence]) -> Statement | None:
    """Confirm or correct a figure that the question puts forward; None where it puts none forward.

    The right value is named only where the best sentence has one of that kind that stands out, and what was
    claimed stands nowhere in what is quoted.
    """
    best, english = chosen[0], question.language == "en"
    stop = "; " if english else "；"
    there = {figure.value for one in chosen for figure in one.sentence.figures}
    stated = {figure.quantity for figure in best.sentence.figures}
    claims = [one for one in _claims(question, stated) if one.quantity in stated]
    claims = [one for one in claims if any(_comparable(one, other) for other in best.sentence.figures)]
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
            said = in_english(claim, claim.text) if english else None
            corrected.append(
                f"**{own}**, not {said or claim.text}" if english else f"**{own}**，并非{claim.text}"
            )
    sure = best.score >= _SURE
    if corrected and sure:
        return Statement(CORRECTED[english].format(stop.join(corrected)), (best.span,))
    if confirmed and not presumes(question.text):
        return Statement(CONFIRMED[english].format(stop.join(confirmed)), (best.span,))
    if confirmed:
        return None
    if claims and sure and not {claim.value for claim in claims} & there:
        return Statement(DIFFERS[english], (best.span,))
    return None


def _comparable(claim: Figure, right: Figure) -> bool:
    """False for what nobody would take for each other: 家 and 项, or 二十年 and 30个工作日."""
    if claim.quantity != right.quantity:
        return False
    if claim.quantity == "days":
        lengths = sorted(length for one in (claim, right) if (length := _in_days(one)) is not None)
        return len(lengths) < 2 or lengths[1] <= _TIMES * lengths[0]
    return claim.quantity in ("money", "percent", "date") or unit_fit(unit_of(claim.value), right.value) > 0


def _in_days(period: Figure) -> float | None:
    match = re.fullmatch(r"([\d.]+)(.+)", period.value)
    unit = _DAYS.get(match[2]) if match else None
    return float(match[1]) * unit if match and unit else None


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
    found = [figure for figure in found if _is_put_forward(question.topic, figure)] or found
    found = [
        replace(figure, quantity="money", value=f"{figure.value}元")
        if figure.quantity == "count" and figure.text.endswith(("万", "亿")) and "money" in stated
        else figure
        for figure in found
    ]
    spans = [figure for figure in found if figure.quantity == "days" and re.match(r"1(?!\d)", figure.value)]
    return [figure for figure in found if figure not in spans] or found


def _is_put_forward(topic: str, figure: Figure) -> bool:
    """True for a figure in a part that asks to have it confirmed: of 我有三种慢病，是不是得交三份 the second."""
    part = next(part for part in _PART.finditer(topic) if part.start() <= figure.start < part.end())
    return _CLAIMS.search(part[0]) is not None


def claimed(question: Question) -> set[str]:
    """Return the kinds of figures that the question puts forward; empty where it claims none."""
    return {figure.quantity for figure in _claims(question)}
