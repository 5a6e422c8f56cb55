"""Read what a question asks for, part by part: the kind of figure, and the unit that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.figures import figures
from service.kinds import quantity_of, standard_words
from service.question import Quantity, Question

_PARTS = re.compile(r"[，,、？?；;。]|以及|并且|\band\b", re.IGNORECASE)
_INTERROGATIVE = re.compile(
    r"多少|几|多[久长大高重远宽快]|哪|什么|啥|怎么|谁|吗|\b(?:how|what|when|which|who)\b", re.IGNORECASE
)
_HOW_MANY = re.compile(r"(?:多少|几)(?!份额)(?=个?[\u4e00-\u9fff]|[%％])")
_ENGLISH_PERIOD = re.compile(
    r"\b(?:working |business )?(?:days|hours|minutes|months|weeks|years)\b", re.IGNORECASE
)
_ENGLISH_UNITS = {
    "day": "日", "hour": "小时", "minute": "分钟", "month": "月", "week": "周", "year": "年",
}  # fmt: skip
_COUNTED_AS = {"人数": "人", "次数": "次", "户数": "户", "面积": "平方米", "学时数": "学时", "小时数": "小时"}
_QUOTED = re.compile(r"[“「\"]([^”」\"]{2,30})[”」\"]")
_UNIT = re.compile(r"[^\d.\-e+]*$")
_KIN: tuple[frozenset[str], ...] = (
    frozenset({"日", "工作日"}),
    frozenset({"小时", "分钟", "秒"}),
    frozenset({"月", "季度", "周"}),
    frozenset({"年", "岁"}),
    frozenset({"%", "pp", "bp", "‰"}),
    frozenset({"户", "家"}),
    frozenset({"人", "人次"}),
    frozenset({"米", "厘米", "毫米", "公里"}),
    frozenset({"公斤", "克", "吨"}),
    frozenset({"平方米", "亩", "公顷", "平方公里"}),
)
_MEASURES: tuple[frozenset[str], ...] = (
    frozenset({"米", "厘米", "毫米", "公里"}),
    frozenset({"公斤", "克", "吨"}),
    frozenset({"平方米", "亩", "公顷", "平方公里"}),
    frozenset({"升", "毫升", "立方米"}),
    frozenset({"千瓦", "千伏安", "兆瓦", "千伏", "伏"}),
    frozenset({"岁"}),
)
_RATES: dict[str, tuple[str, ...]] = {
    "小时": ("小时", "钟头"),
    "日": ("工作日", "天", "日"),
    "月": ("月",),
    "季": ("季度", "季"),
    "年": ("学年", "年度", "年"),
    "户": ("户",),
    "人": ("人", "位", "名"),
    "平方米": ("平方米", "平米", "平方", "㎡"),
    "立方米": ("立方米", "立方", "方"),
    "吨": ("吨",),
    "次": ("次", "趟", "回", "例", "起"),
    "辆": ("辆", "车"),
    "亩": ("亩",),
    "公里": ("公里", "千米"),
    "度": ("千瓦时", "度"),
}
"""What a rate may be by, with the words for it."""
_BARE = {"年": "年度|全年|当年|首年|第.年", "月": "月租|月薪|月缴|月收|当月", "日": "当日"}
_PER = re.compile(
    rf"每一?个?({'|'.join(sorted((word for words in _RATES.values() for word in words), key=len, reverse=True))})"
)
_PLACES = frozenset({"县市区", "县区", "县", "镇", "村", "城市", "乡镇", "街道", "区域", "区间", "环节"})
"""几个县市区 may be told as 6个以上县市区: what is counted stands apart from its number."""


_NO_PLACES = frozenset({"家", "户", "人", "人次", "次", "件"})
"""What 2个环节 is no number of."""


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
    found: dict[tuple[Quantity, str | None, bool], Asked] = {}
    for part in asking_parts(question):
        quantity = quantity_of(part)
        if quantity is None and question.language == "en" and found and _ENGLISH_PERIOD.search(part):
            quantity = "days"  # the number of payments and hours
        if quantity is None and any(word in part for word in _COUNTED_AS):
            quantity = "count"  # 人数哪个多
        if quantity is not None and quantity not in ("any", "rank"):
            unit = unit_asked(part)
            clock = quantity == "date" and "几点" in part
            found.setdefault((quantity, unit, clock), Asked(quantity, unit, part))
    return tuple(found.values())


def asking_parts(question: Question) -> list[str]:
    """Return the parts of a question that ask: of 申领补贴，硕士最大多少岁？ the second; all where none has such a word."""
    parts = [part for part in _PARTS.split(question.topic) if part.strip()]
    return [part for part in parts if _INTERROGATIVE.search(part)] or parts


def unit_asked(text: str) -> str | None:
    """Return the unit that 几 or 多少 counts in `text`, or a word names: 几个工作日 is `工作日`, 人数 is `人`.

    None where none is named.
    """
    english = _ENGLISH_PERIOD.search(text)
    if english is not None:
        words = english[0].lower()
        working = words.startswith(("work", "business"))
        return "工作日" if working else next(unit for name, unit in _ENGLISH_UNITS.items() if name in words)
    text = standard_words(text)
    for match in _HOW_MANY.finditer(text):
        stand_in = f"3{text[match.end() :]}"
        first = next(iter(figures(stand_in)), None)
        if first is not None and first.start == 0 and first.quantity not in ("code", "date"):
            return unit_of(first.value) or None
    return next((unit for words, unit in _COUNTED_AS.items() if words in text), None)


def quoted_names(text: str) -> list[str]:
    """Return what a question puts in quotation marks: the name of a scheme, a term, a heading."""
    return _QUOTED.findall(text)


def is_measure(unit: str | None) -> bool:
    """True for a unit of length, area, volume, weight, power or age: a figure in no such unit is no answer then."""
    return unit is not None and any(unit in kin for kin in _MEASURES)


def is_by_the_same(question: Question, text: str) -> bool:
    """False where the question asks for a rate by something (每小时多少钱) and `text` states none by it."""
    asked = _PER.search(question.topic)
    if asked is None or question.quantity not in ("money", "percent"):
        return True
    unit = next(unit for unit, words in _RATES.items() if asked[1] in words)
    words = "|".join(_RATES[unit])
    by = rf"(?:[每按逐/]|一个?|平均)[\u4e00-\u9fff\d.]{{0,4}}?(?:{words})|(?:{words})均|单(?:{words})"
    return re.search(f"{by}|{_BARE[unit]}" if unit in _BARE else by, text) is not None


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
    own = unit_of(value).removeprefix("每")
    if own == unit or (unit == "日" and own == "工作日") or unit in _PLACES:
        return 2
    if own in _PLACES and unit not in _NO_PLACES:
        return 2
    if unit == "次" and not own:
        return 0  # 6个 is no number of times
    # 26户 suits 几家 no worse than 16件 does: a classifier for anything tells nothing.
    return 1 if not own or any(unit in kin and own in kin for kin in _KIN) else 0
