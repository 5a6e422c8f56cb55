"""Say in English what frames a quoted Chinese clause: the figure with its bound, the source, the count, the roles."""

from __future__ import annotations

import re

from indexer.document import Document, Trailer
from service.composing.asked import unit_of
from service.figures import Figure

_UNITS = {
    "工作日": "working day", "日": "day", "小时": "hour", "分钟": "minute", "月": "month", "年": "year",
    "周": "week", "季度": "quarter", "岁": "year of age", "次": "time", "人": "person", "家": "firm",
    "户": "household", "米": "metre", "厘米": "centimetre", "公里": "kilometre", "平方米": "square metre",
    "亩": "mu", "千瓦": "kilowatt", "千伏安": "kVA", "倍": "time", "环节": "step", "pp": "percentage point",
    "": "",
}  # fmt: skip
_PLURALS = {"person": "people", "year of age": "years of age", "kVA": "kVA", "mu": "mu"}
_MOST = re.compile(
    r"不(?:得|应|能)?(?:超过|高于|多于|大于|突破)|最[高多长大]|以[内下]|之内|至多|控制在|[压缩降][缩减]?[至到]|内$"
)
_LEAST = re.compile(r"不(?:得|应|能)?(?:低于|少于|小于)|最[低少短]|以上|至少|(?<!不)超过|起$")


def in_english(figure: Figure, shown: str) -> str | None:
    """Return a figure and its bound (`shown`, in Chinese) in English; None for what has no plain rendering."""
    ends = [_value(value, figure.quantity) for value in figure.value.split("~")]
    if not all(ends):
        return None
    if len(ends) == 2:
        return f"{ends[0]} to {ends[1]}"
    most, least = _MOST.search(shown), _LEAST.search(shown)
    if bool(most) == bool(least):
        return ends[0]
    if least:
        return f"at least {ends[0]}"
    return f"{'within' if figure.quantity == 'days' else 'at most'} {ends[0]}"


def _value(value: str, quantity: str) -> str | None:
    unit = unit_of(value)
    amount = value[: len(value) - len(unit)]
    if quantity == "date" or not re.fullmatch(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", amount):
        return None
    number = float(amount)
    plain = f"{number:,.0f}" if number == int(number) else f"{number:g}"
    if unit in ("%", "‰"):
        return f"{plain}{unit}"
    if unit in ("元", "美元", "欧元", "港元"):
        return f"{ {'元': 'RMB', '美元': 'USD', '欧元': 'EUR', '港元': 'HKD'}[unit] } {plain}"
    if unit not in _UNITS:
        return None
    name = _UNITS[unit]
    if not name:
        return plain
    return f"{plain} {name if number == 1 else _PLURALS.get(name, f'{name}s')}"


def source(document: Document) -> str:
    """Name a document as the opening of an English sentence."""
    place = f" ({document.region})" if document.region and document.region not in document.title else ""
    return f"According to 《{document.title}》{place}: "


def all_listed(count: int, *, english: bool) -> str:
    """Return the frame of a complete list: how many items follow."""
    if english:
        return f"{count} {'item' if count == 1 else 'items'}, all listed:"
    return f"共{count}项，已全部列出："


def roles_in_english(trailer: Trailer, due: str) -> str:
    """Write a trailer's fields, lead units apart from responsible units; names stay as they stand."""
    parts: list[str] = []
    if trailer.lead_units:
        parts.append(f"lead: {'、'.join(trailer.lead_units)}")
    if trailer.responsible_units:
        parts.append(f"responsible: {'、'.join(trailer.responsible_units)}")
    if due:
        parts.append(f"due: {due}")
    return "; ".join(parts)
