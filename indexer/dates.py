"""Read Chinese dates and periods: 2022年2月22, 二〇二二年三月一日, 2022年3月底前, 第三季度, 长期推进."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from indexer.document import Deadline

DIGITS = {character: str(value) for value, character in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
    "Ｏ": "0",
    "O": "0",
    "两": "2",
}
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－～／", "0123456789.,-~/")

_YEAR = r"(?:\d{4}|[〇○零OＯ一二三四五六七八九]{4})"
_SMALL = r"(?:\d{1,2}|[一二三四五六七八九十廿卅]{1,3})"
FULL_DATE = re.compile(
    rf"(?P<year>{_YEAR})\s*年\s*(?P<month>{_SMALL})\s*月\s*(?P<day>{_SMALL})\s*(?:日|号|(?![\d年月时分个项]))"
    r"|(?<![\d.-])(?P<y>\d{4})\s*(?P<joint>[-/.])\s*(?P<m>\d{1,2})\s*(?P=joint)\s*(?P<d>\d{1,2})(?![\d.-])"
)
DURATION = re.compile(rf"(?P<count>{_SMALL}|[半两])\s*(?:个)?\s*(?P<unit>年|月)")

ONGOING = re.compile(r"长期|持续|常年|常态|按[月季年周]|每[月季年周]|定期|逐[月季年]|全年有序|不间断|滚动")
PERIOD = re.compile(
    r"(?P<year>(?:19|20)\d{2})?年?(?:"
    r"(?P<month>(?<=年)\d{1,2}|\d{1,2})月份?(?:(?P<day>\d{1,2})[日号]?(?!\d)|(?P<tenth>[上中下]旬)|(?P<month_end>底|末))?"
    r"|(?P<half>[上下])半年(?P<half_end>底|末)?"
    r"|第?(?P<quarter>[1-4])季度(?P<quarter_end>底|末)?"
    r"|(?P<year_end>(?<=年)(?:年?[底末内])|年[底末内])"
    r"|(?P<whole>(?<=\d{4}年)|(?<=年)(?:全年|度))"
    r")(?P<before>之前|以前|前)?"
)
RANGE = re.compile(r"\s*(?:至|到|—+|-+|~|–)\s*")
BARE_YEARS = re.compile(r"(?P<first>(?:19|20)\d{2})年?(?:至|到|—+|-|~|–)(?P<last>(?:19|20)\d{2})年")


@dataclass(frozen=True, slots=True)
class DateFound:
    """A complete date in a text, with its place."""

    value: date
    start: int
    end: int


def find_dates(text: str) -> Iterator[DateFound]:
    """Yield the complete dates of `text` in order; those that no calendar has are passed over."""
    for match in FULL_DATE.finditer(text):
        year, month, day = (
            (match["year"], match["month"], match["day"]) if match["year"] else match.group("y", "m", "d")
        )
        value = _date(number(year), number(month), number(day))
        if value is not None:
            yield DateFound(value, match.start(), match.end())


def parse_date(text: str) -> date | None:
    """Return the first complete date of `text`."""
    return next((found.value for found in find_dates(text)), None)


def number(text: str) -> int:
    """Return the value of a numeral below 100 or of a year: `22`, `二十二`, `二〇二二`.

    Raises ValueError where `text` is none.
    """
    if text.isdecimal():
        return int(text)
    if "十" not in text and "廿" not in text and "卅" not in text:
        return int("".join(DIGITS.get(character, "?") for character in text))
    tens, _, ones = text.replace("廿", "二十").replace("卅", "三十").partition("十")
    return 10 * (number(tens) if tens else 1) + (number(ones) if ones else 0)


def add_duration(start: date, text: str) -> date | None:
    """Return the last day of a term of `text` (`5年`, `二年`, `6个月`, `半年`) that begins on `start`."""
    match = DURATION.search(text)
    if match is None:
        return None
    months = 6 if match["count"] == "半" else number(match["count"]) * (12 if match["unit"] == "年" else 1)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])) - timedelta(days=1)


def parse_deadline(text: str, *, year: int | None = None) -> Deadline:
    """Read a 完成时限. `year` stands in where the words name none (年底前); without it no dates come.

    `3月底前` and `6月30日前` include that last day; `8月前` ends before August begins.
    """
    plain = _plain(text)
    start: date | None = None
    end: date | None = None
    years = BARE_YEARS.search(plain)
    if years is not None and int(years["first"]) <= int(years["last"]):
        start, end = date(int(years["first"]), 1, 1), date(int(years["last"]), 12, 31)
    else:
        start, end = _span(plain, year)
    return Deadline(text.strip(), start, end, ONGOING.search(plain) is not None)


def _span(plain: str, year: int | None) -> tuple[date | None, date | None]:
    """The dates of the first period, or of the range that it opens."""
    found: tuple[date | None, date | None] | None = None
    for match in PERIOD.finditer(plain):
        named = int(match["year"]) if match["year"] else year
        if named is None:
            continue
        period = _period(match, named)
        if period is None:
            continue
        year = named
        following = RANGE.match(plain, match.end())
        second = PERIOD.match(plain, following.end()) if following else None
        if second is not None:
            last = _period(second, int(second["year"]) if second["year"] else named)
            if last is not None and last[1] is not None and (period[0] is None or period[0] <= last[1]):
                return period[0] or period[1], last[1]
        found = period
        break
    return found or (None, None)


def _period(match: re.Match[str], year: int) -> tuple[date | None, date | None] | None:
    """First and last day that a period names; the first is None where only an end is named."""
    until = False
    if match["month"]:
        month = int(match["month"])
        if not 1 <= month <= 12:
            return None
        last = monthrange(year, month)[1]
        if match["day"]:
            day = _date(year, month, int(match["day"]))
            return (None, day) if day else None
        first_day, last_day = 1, last
        if match["tenth"]:
            first_day, last_day = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, last)}[match["tenth"]]
        start, end = date(year, month, first_day), date(year, month, last_day)
        until = bool(match["month_end"]) or (bool(match["before"]) and bool(match["tenth"]))
    elif match["half"]:
        start, end = (
            (date(year, 1, 1), date(year, 6, 30))
            if match["half"] == "上"
            else (date(year, 7, 1), date(year, 12, 31))
        )
        until = bool(match["half_end"]) or bool(match["before"])
    elif match["quarter"]:
        month = 3 * int(match["quarter"])
        start, end = date(year, month - 2, 1), date(year, month, monthrange(year, month)[1])
        until = bool(match["quarter_end"]) or bool(match["before"])
    elif match["year_end"] is not None:
        start, end, until = date(year, 1, 1), date(year, 12, 31), True
    elif match["year"]:
        start, end = date(year, 1, 1), date(year, 12, 31)
    else:
        return None
    if until:
        return None, end
    if match["before"]:
        return None, start - timedelta(days=1)
    return start, end


def _plain(text: str) -> str:
    """Digits half-width and Arabic, no white space: `2022年 十二月 底` is `2022年12月底`."""
    plain = re.sub(r"[\s\u200b\ufeff]", "", text).translate(FULL_WIDTH)
    plain = re.sub(r"[〇○零OＯ一二三四五六七八九]{4}(?=年)", lambda match: str(number(match[0])), plain)
    return re.sub(r"[一二三四五六七八九十]{1,3}(?=[月日号]|季度)", lambda match: str(number(match[0])), plain)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
