"""Read what a question asks for, part by part: the kind of figure, and the unit that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.figures import figures
from service.kinds import quantity_of
from service.question import Quantity, Question

_PARTS = re.compile(r"[，,、？?；;。]|以及|并且|\band\b", re.IGNORECASE)
_HOW_MANY = re.compile(r"(?:多少|几)(?=个?[\u4e00-\u9fff]|[%％])")
_ENGLISH_PERIOD = re.compile(
    r"\b(?:working |business )?(?:days|hours|minutes|months|weeks|years)\b", re.IGNORECASE
)
_ENGLISH_UNITS = {
    "day": "日", "hour": "小时", "minute": "分钟", "month": "月", "week": "周", "year": "年",
}  # fmt: skip
_UNIT = re.compile(r"[^\d.\-e+]*$")
_KIN: tuple[frozenset[str], ...] = (
    frozenset({"日", "工作日"}),
    frozenset({"小时", "分钟", "秒"}),
    frozenset({"月", "季度", "周"}),
    frozenset({"年", "岁"}),
    frozenset({"%", "pp", "bp", "‰"}),
    frozenset({"户", "家"}),
    frozenset({"米", "厘米", "毫米", "公里"}),
    frozenset({"公斤", "克", "吨"}),
    frozenset({"平方米", "亩", "公顷", "平方公里"}),
)
_PLACES = frozenset({"县市区", "县区", "县", "镇", "村", "城市", "乡镇", "街道", "区域", "区间", "环节"})
"""几个县市区 may be told as 6个以上县市区: what is counted stands apart from its number."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure that a question asks for."""

    quantity: Quantity
    unit: str | None
    """As in a figure's canonical value (`工作日`, `年`, `家`); None where the question names none."""
    words: str
    """The part of the question that asks for it."""


def asked_of(question: Question) -> tuple[Asked, ...]:
    """Return the figures that the parts of a question ask for, in their order, each kind and unit once.

    几天内去领，一天交多少？ asks for days and for money; what only says `any` figure is left out.
    """
    found: dict[tuple[Quantity, str | None], Asked] = {}
    for part in _PARTS.split(question.topic):
        quantity = quantity_of(part)
        if quantity is None and question.language == "en" and found and _ENGLISH_PERIOD.search(part):
            quantity = "days"  # the number of payments and hours
        if quantity is not None and quantity not in ("any", "rank"):
            unit = unit_asked(part)
            found.setdefault((quantity, unit), Asked(quantity, unit, part))
    return tuple(found.values())


def unit_asked(text: str) -> str | None:
    """Return the unit that 几 or 多少 counts in `text`: 几个工作日 is `工作日`; None where none is named."""
    english = _ENGLISH_PERIOD.search(text)
    if english is not None:
        words = english[0].lower()
        working = words.startswith(("work", "business"))
        return "工作日" if working else next(unit for name, unit in _ENGLISH_UNITS.items() if name in words)
    for match in _HOW_MANY.finditer(text):
        stand_in = f"3{text[match.end() :]}"
        first = next(iter(figures(stand_in)), None)
        if first is not None and first.start == 0 and first.quantity not in ("code", "date"):
            return unit_of(first.value) or None
    return None


def unit_of(value: str) -> str:
    """Return the unit of a figure's canonical value: `工作日` of `3工作日`."""
    match = _UNIT.search(value)
    return match[0] if match else ""


def unit_fit(unit: str | None, value: str) -> int:
    """Tell how well a figure's value suits the unit asked for: 2 the very unit, 1 one of its kin, 0 another.

    Any value suits a question that names no unit.
    """
    if unit is None:
        return 2
    own = unit_of(value)
    if own == unit or (unit == "日" and own == "工作日") or not own or unit in _PLACES or own in _PLACES:
        return 2
    return 1 if any(unit in kin and own in kin for kin in _KIN) else 0
