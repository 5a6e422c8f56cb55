"""Recognise the label that a line begins with: 第三条, 一、, （一）, 1．, (1), ①, 附件1."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import cn2an


class Kind(IntEnum):
    """Kinds of labels, in the order in which official documents usually nest them."""

    ANNEX = 0
    """附件1"""
    PART = 1
    """第一部分"""
    BOOK = 2
    """第一编"""
    SUBBOOK = 3
    """第一分编"""
    CHAPTER = 4
    """第一章"""
    SECTION = 5
    """第一节"""
    ARTICLE = 6
    """第一条"""
    HAN = 7
    """一、"""
    HAN_BRACKET = 8
    """(一)"""
    NUMBER = 9
    """1."""
    DECIMAL = 10
    """1.1"""
    SUBDECIMAL = 11
    """1.1.1"""
    NUMBER_BRACKET = 12
    """(1)"""
    NUMBER_CLOSE = 13
    """1)"""
    CIRCLED = 14
    """①"""


DIVISIONS = frozenset({Kind.PART, Kind.BOOK, Kind.SUBBOOK, Kind.CHAPTER, Kind.SECTION})
"""Kinds whose whole line is a heading."""

Value = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the start of a line."""

    kind: Kind
    value: Value
    """`(10,)` of 第十条, `(10, 1)` of 第十条之一, `(2, 3)` of 2.3."""
    text: str
    """The number without its punctuation, as in `Clause.label`."""
    marker: str
    """The number as it stands in the line."""
    end: int
    """Where the words after the label and its white space begin, counted in the line."""
    doubtful: bool = False
    """Whether the line may as well begin with a figure or a reference: only its place in a sequence tells."""
    figure: bool = False
    """Whether it reads like a decimal with a unit (`3.3个`): a label only between its two neighbours."""


_HAN = "〇零○一二三四五六七八九十百千两"
_SPACED = rf"(?:(?:[{_HAN}][ \u3000\xa0]*)+|\d{{1,4}}[ \u3000\xa0]*)"
_BLANK = r"[\s\u200b\ufeff]"

ORDINAL = re.compile(
    rf"第{_BLANK}*(?P<number>{_SPACED})(?P<unit>部{_BLANK}*分|分{_BLANK}*编|编|篇|章|节|条)"
    rf"(?:{_BLANK}*之{_BLANK}*(?P<sub>[{_HAN}]{{1,3}}|\d{{1,2}})(?=[\s　，、:：【（(]|$))?"
)
UNITS = {
    "部分": Kind.PART,
    "编": Kind.BOOK,
    "篇": Kind.BOOK,
    "分编": Kind.SUBBOOK,
    "章": Kind.CHAPTER,
    "节": Kind.SECTION,
    "条": Kind.ARTICLE,
}
HAN = re.compile(rf"(?P<number>[{_HAN}]{{1,4}})(?P<mark>[、．]|\.(?!\d))")
HAN_BRACKET = re.compile(rf"[(（﹙]\s*(?P<number>[{_HAN}]{{1,4}})\s*(?P<close>[)）﹚])[、.．]?")
NUMBER = re.compile(r"(?P<number>\d{1,3})\s?(?P<mark>[.．、])(?![.．])")
DECIMAL = re.compile(r"(?P<number>\d{1,2}(?:[.．]\d{1,2}){1,3})[.．]?(?=[\s　]|[一-鿿《“])")
BARE = re.compile(r"(?P<number>\d{1,2})[\s　]+(?=[一-鿿][^。；，,：:]{1,24}$)")
NUMBER_BRACKET = re.compile(r"[(（﹙]\s*(?P<number>\d{1,3})\s*(?P<close>[)）﹚])[、.．]?")
NUMBER_CLOSE = re.compile(r"(?P<number>\d{1,2})[)）][、.．]?")
CIRCLED = re.compile(r"[①-⑳㉑-㉟]")
ANNEX = re.compile(
    rf"[【\[]?(?P<word>附{_BLANK}*(?:件|表|录|图))[ \u3000\xa0]*"
    r"(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3}|[A-H](?![A-Za-z]))?"
    rf"[】\]]?{_BLANK}*(?:[:：.．、]{_BLANK}*|(?={_BLANK}|《|$)|(?<=\d)(?=[一-鿿]))"
)

REFERENCE = re.compile(
    r"(?:之?规定|所|的|中|第|、|，|,|。|；|;|和|或|至|到|与|及|以及|以外|之外|或者|项|款|关于|适用|内容|要求|明确|执行|办理)"
)
"""What follows a reference to an article, joined to it: 第十条规定的…, 第五条第二款…."""
ITEM_REFERENCE = re.compile(
    r"\s*(?:[、至和或及到与]{1,2}\s*(?:第?\s*)?[（(第]|[项款目](?=[规所的情中至、，,。；和或及与]|$)|类(?=[情的所]))"
)
FIGURE = re.compile(
    r"\d{1,2}(?:\s*[-—~～至]\s*\d+(?:\.\d+)?)?\s*(?:万|亿|千|百|%|％|‰|倍|折|元|吨|公里|千米|米|平方|亩|公顷|小时|分钟|天|日|度|级|个|"
    r"名|人|家|户|件|项|次|年|升|毫|克|兆|寸|版|左右|以[上下内]|以?及以[上下])"
)


def label_of(line: str, *, decimals: bool = False) -> Label | None:
    """Return the label that `line` (stripped) begins with; None for a line of plain words.

    A reference (`第十条规定的…`, `（一）至（三）项`), a figure (`1.5万元`), a date and a row of a table
    are none. `decimals` says that the document numbers its headings `1`, `1.1`, `1.1.1`.
    """
    if not line or " | " in line or "｜" in line:
        return None
    return (
        _ordinal(line)
        or _han(line)
        or _bracketed(line)
        or (_decimal(line) or _bare(line) if decimals else None)
        or _number(line)
        or _closed(line)
        or _circled(line)
        or _annex(line)
    )


def value_of(numeral: str) -> int:
    """Return the value of an integer, `12`, `十二` or `一百零三`; 0 where it is none."""
    plain = re.sub(r"[\s\u200b\ufeff]", "", numeral).replace("○", "零").replace("〇", "零")
    if plain.isdecimal():
        return int(plain)
    try:
        return int(cn2an.cn2an(plain, "smart"))
    except ValueError:
        return 0


def _ordinal(line: str) -> Label | None:
    match = ORDINAL.match(line)
    if match is None or not (number := value_of(match["number"])):
        return None
    kind = UNITS[re.sub(_BLANK, "", match["unit"])]
    rest = line[match.end() :]
    attached = bool(rest) and not re.match(rf"{_BLANK}", rest)
    if attached and REFERENCE.match(rest):
        return None
    value: Value = (number, value_of(match["sub"])) if match["sub"] else (number,)
    marker = line[: match.end()].rstrip()
    end = _skip(line, match.end(), ":：、")
    if kind is not Kind.ARTICLE and re.search(r"[。；;]", rest) and len(rest) > 40:
        return None
    return Label(
        kind, value, re.sub(_BLANK, "", marker), marker, end, doubtful=attached and rest[0] not in "【（(:：["
    )


def _han(line: str) -> Label | None:
    match = HAN.match(line)
    if match is None or not (number := value_of(match["number"])):
        return None
    # 三、四线城市: a numeral that goes on to the next one may be no label.
    following = re.match(rf"[{_HAN}]+", line[match.end() :])
    doubtful = following is not None and value_of(following[0]) == number + 1
    return Label(Kind.HAN, (number,), match["number"], match[0], _skip(line, match.end()), doubtful)


def _bracketed(line: str) -> Label | None:
    for kind, pattern in ((Kind.HAN_BRACKET, HAN_BRACKET), (Kind.NUMBER_BRACKET, NUMBER_BRACKET)):
        match = pattern.match(line)
        if (
            match
            and (number := value_of(match["number"]))
            and not ITEM_REFERENCE.match(line, match.end("close"))
        ):
            text = f"({re.sub(_BLANK, '', match['number'])})"
            return Label(kind, (number,), text, match[0], _skip(line, match.end()))
    return None


def _decimal(line: str) -> Label | None:
    match = DECIMAL.match(line)
    if match is None:
        return None
    parts = [int(part) for part in re.split(r"[.．]", match["number"])]
    if 0 in parts or FIGURE.match(re.split(r"[.．]", match["number"])[-1] + line[match.end() :]):
        return None
    kind = Kind.DECIMAL if len(parts) == 2 else Kind.SUBDECIMAL
    text = match["number"].replace("．", ".")
    return Label(kind, tuple(parts), text, match[0], _skip(line, match.end()), doubtful=True)


def _bare(line: str) -> Label | None:
    """`1 总则`, as emergency plans number their chapters."""
    match = BARE.match(line)
    if match is None or not int(match["number"]):
        return None
    return Label(
        Kind.NUMBER, (int(match["number"]),), match["number"], match["number"], match.end(), doubtful=True
    )


def uses_decimals(lines: Iterable[str]) -> bool:
    """Whether a document numbers its headings `1.1`, `1.2`, …: such labels follow one another."""
    labels = [label for line in lines if (label := _decimal(line))]
    steps = sum(
        later.value[:-1] == label.value[:-1] and later.value[-1] == label.value[-1] + 1
        for label, later in itertools.pairwise(labels)
        if len(label.value) == len(later.value)
    )
    firsts = sum(label.value[-1] == 1 for label in labels)
    return steps >= 2 and firsts >= 1


def _number(line: str) -> Label | None:
    match = NUMBER.match(line)
    if match is None or not int(match["number"]):
        return None
    rest = line[match.end() :]
    digits = re.match(r"\d+", rest)
    figure = (
        digits is not None
        and match["mark"] != "、"
        and len(digits[0]) <= 2
        and FIGURE.match(rest) is not None
    )
    if re.match(r"\d{1,2}[.．]\d", rest) and match["mark"] != "、":  # 2022 written 22.3.1, or 1.1.1.
        return None
    return Label(
        Kind.NUMBER,
        (int(match["number"]),),
        match["number"],
        match[0].rstrip(),
        _skip(line, match.end()),
        doubtful=digits is not None,
        figure=figure,
    )


def _closed(line: str) -> Label | None:
    match = NUMBER_CLOSE.match(line)
    if match is None or not int(match["number"]):
        return None
    return Label(
        Kind.NUMBER_CLOSE, (int(match["number"]),), f"{match['number']})", match[0], _skip(line, match.end())
    )


def _circled(line: str) -> Label | None:
    if CIRCLED.match(line) is None:
        return None
    first = line[0]
    value = ord(first) - ord("①") + 1 if first <= "⑳" else ord(first) - ord("㉑") + 21
    return Label(Kind.CIRCLED, (value,), first, first, _skip(line, 1, "、.．"))


def _annex(line: str) -> Label | None:
    match = ANNEX.match(line)
    if match is None:
        return None
    word = re.sub(_BLANK, "", match["word"])
    numeral = match["number"] or ""
    if not numeral.isalpha() or numeral in "一二三四五六七八九十":
        value = value_of(numeral) if numeral else 0
    else:
        value = ord(numeral) - ord("A") + 1
    marker = line[: match.end()].rstrip().rstrip(":：.．、").rstrip()
    return Label(Kind.ANNEX, (value,), f"{word}{numeral}", marker, _skip(line, match.end()))


def _skip(line: str, end: int, marks: str = "") -> int:
    """The place after white space and, once, one of `marks`."""
    match = re.compile(rf"{_BLANK}*(?:[{re.escape(marks)}]{_BLANK}*)?" if marks else rf"{_BLANK}*").match(
        line, end
    )
    return match.end() if match else end
