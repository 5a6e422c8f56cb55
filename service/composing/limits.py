"""Hold a figure of the question against a limit of the text: 17岁 against 应当年满十八周岁."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.composing.asked import unit_of
from service.composing.wording import is_condition
from service.figures import Figure, figures, number
from service.question import Question

_NOT = r"不(?:得|应|能|可|予|应当)?"
_UPPER = re.compile(
    rf"(?:{_NOT}(?:超过|超出|高于|多于|大于|超|突破|迟于|晚于)|未超过|至多|上限为?|封顶|最[高多长大晚迟]为?|控制在)[^，,。；;、\d]{{0,12}}$"
)
_UNDER = re.compile(
    r"(?:(?<!不)(?<!不得)(?<!不应)(?<!不能)(?:低于|少于|小于|短于)|不[足满到]|未满)[^，,。；;、\d]{0,3}$"
)
_LOWER = re.compile(
    rf"(?:{_NOT}(?:低于|少于|小于|短于)|至少|最[低少短小]为?|起码|年满|(?<![不未])满|(?<!不)达到?)[^，,。；;、\d]{{0,12}}$"
)
_OVER = re.compile(
    r"(?:(?<!不)(?<!不得)(?<!不应)(?<!不能)(?<!未)(?<!不可)(?:超过|超出|高于|大于|多于))[^，,。；;、\d]{0,3}$"
)
_AFTER = r"\s*(?:元|个)?(?:[(（][^)）]{1,8}[)）])?"
_UPPER_AFTER = re.compile(rf"{_AFTER}(?:[及或]?以[下内]|之?内|封顶)")
_LOWER_AFTER = re.compile(rf"{_AFTER}(?:[及或]?以上|起)")
_CASE = re.compile(
    rf"{_AFTER}(?:[及或]?以[上下内])?(?:(?:或者?|[、，])[^，,。；;]{{1,16}}?)?的"
    r"|[以之]?内[^，,。；;]{0,6}(?:不得|不能|不予|不再|禁止)"
)
"""Behind a figure: it says in which case something holds (超过五天或者去往境外的，…)."""
_EACH = re.compile(r"(?:至少)?每隔?$")
_ONCE = re.compile(r"[^，,。；;]{0,6}[一1][次回趟]|[^，,。；;]{0,8}一次")
_LISTED = re.compile(r"之一|(?:下列|有)[^：:，,。；;]{0,8}(?:情形|行为)")
_MONEY = re.compile(r"收|花|交|钱|费|价|元|块")
_MONTHS = {"月": 1.0, "年": 12.0, "季度": 3.0}


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure that a text bounds, and what a figure of the question is to it."""

    figure: Figure
    words: str
    """As it stands in the text: 年满十八周岁, 至少每十五日."""
    is_upper: bool
    holds: bool
    """The question's figure keeps to it."""
    is_case: bool
    """It says in which case something holds (五万元以上的机具…), not what must be."""


def limits(question: Question, text: str) -> list[Limit]:
    """Return the limits of `text` that the one figure of the question can be held against, in order.

    Empty where the question puts forward no figure or several, where units differ, or where a limit is one of
    several cases (有下列情形之一的).
    """
    own = _own_figure(question)
    if own is None or _LISTED.search(text) or _EACH.search(question.topic[: own.start]):
        return []
    found = []
    for figure in figures(text):
        pair = _amounts(own, figure, question)
        every = _EACH.search(text[: figure.start])
        if pair is None or (every is None) != (_ONCE.match(question.topic[own.end :]) is None):
            continue
        mine, its = pair
        if every:  # 至少每十五日: not less often
            words = text[every.start() : figure.end]
            found.append(Limit(figure, words, True, mine <= its, False))
            continue
        side = _side(text, figure)
        if side is not None:
            words, upper, inclusive = side
            holds = (mine < its if upper else mine > its) or (inclusive and mine == its)
            case = _CASE.match(text[figure.end :]) is not None or is_condition(text, figure)
            found.append(Limit(figure, words, upper, holds, case))
    return found


def is_comparable(question: Question, text: str) -> bool:
    """True where `text` holds a figure of the unit of the one that the question puts forward, bound or not."""
    own = _own_figure(question)
    return own is not None and any(_amounts(own, figure, question) for figure in figures(text))


def _own_figure(question: Question) -> Figure | None:
    """Return the only figure that the question puts forward; what says for whom is none."""
    found = [
        figure
        for figure in figures(question.topic)
        if figure.quantity not in ("rank", "date")
        and not is_condition(question.topic, figure)
        and (figure.quantity != "code" or re.fullmatch(r"\d+(?:\.\d+)?", figure.value))
    ]
    if len(found) > 1:  # 2000元一个月: the second says by what
        found = [figure for figure in found if not re.match(r"1(?!\d)", figure.value)]
    return found[0] if len(found) == 1 else None


def _side(text: str, figure: Figure) -> tuple[str, bool, bool] | None:
    """Return a bound's words, whether it is an upper one, and whether it is itself allowed; None where it is none."""
    before, after = text[: figure.start], text[figure.end :]
    for pattern, upper in ((_UPPER_AFTER, True), (_LOWER_AFTER, False)):
        match = pattern.match(after)
        if match:
            return text[figure.start : figure.end + match.end()], upper, True
    for pattern, upper, inclusive in (
        (_UPPER, True, True),
        (_UNDER, True, False),
        (_LOWER, False, True),
        (_OVER, False, False),
    ):
        match = pattern.search(before)
        if match:
            return text[match.start() : figure.end], upper, inclusive
    return None


def _amounts(own: Figure, other: Figure, question: Question) -> tuple[float, float] | None:
    """Return both figures as numbers of one unit; None where their units can't be compared."""
    units = unit_of(own.value), unit_of(other.value)
    numbers = tuple(
        number(figure.value[: len(figure.value) - len(unit)])
        for figure, unit in zip((own, other), units, strict=True)
    )
    mine, its = numbers
    if mine is None or its is None:
        return None
    if units[0] == units[1] and own.quantity == other.quantity:
        return mine, its
    if units[0] in _MONTHS and units[1] in _MONTHS:
        return mine * _MONTHS[units[0]], its * _MONTHS[units[1]]
    if own.quantity == "code" and other.quantity == "money" and _MONEY.search(question.topic):
        return mine, its  # 收我80
    if own.text.endswith("个") and units == ("", "人"):
        return mine, its  # 招25个孩子 against 20人
    return None
