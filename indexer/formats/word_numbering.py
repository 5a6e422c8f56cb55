"""Render the automatic numbers of a Word file: `一、`, `(二)`, `3.`, `第四条`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cn2an
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

LEVELS = 9
PLACEHOLDER = re.compile(r"%([1-9])")
ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_CHINESE = """
chineseCounting chineseCountingThousand japaneseCounting japaneseLegal taiwaneseCounting
taiwaneseCountingThousand koreanCounting
"""
CHINESE = frozenset(_CHINESE.split())
ENCLOSED = {
    "decimalEnclosedCircle": (0x2460, 20),
    "decimalEnclosedCircleChinese": (0x2460, 20),
    "decimalEnclosedParen": (0x2474, 20),
    "decimalEnclosedFullstop": (0x2488, 20),
    "ideographEnclosedCircle": (0x3280, 10),
}


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    """Level (0 the outermost) from which on a new number restarts this one; -1 for never."""
    legal: bool = False
    """Whether all numbers in the text are shown as 1, 2, 3, as in 1.2.3."""


@dataclass(slots=True)
class _Counter:
    """Numbers reached in one list; several `w:num` may count in the same one."""

    values: list[int | None] = field(default_factory=lambda: [None] * LEVELS)


class Numbering:
    """Counts the numbered paragraphs of one document; ask for markers in the document's order, once each."""

    def __init__(self, part: Any, styles: Mapping[str, Any]) -> None:
        self.styles = styles
        self.abstracts: dict[str, Any] = {}
        self.nums: dict[str, Any] = {}
        self.counters: dict[str, _Counter] = {}
        self.started: set[str] = set()
        try:
            root = part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element
        except (KeyError, AttributeError):
            return
        self.abstracts = {
            node.get(qn("w:abstractNumId")): node for node in root.iterchildren(qn("w:abstractNum"))
        }
        self.nums = {node.get(qn("w:numId")): node for node in root.iterchildren(qn("w:num"))}

    def marker(self, paragraph: Any, style: Any) -> str:
        """Return the number that Word shows before the paragraph, empty for none or a bullet."""
        reference = self._reference(paragraph, style)
        if reference is None:
            return ""
        num_id, depth = reference
        num = self.nums.get(num_id)
        abstract = self._abstract(num)
        if num is None or abstract is None:
            return ""
        levels = self._levels(num, abstract)
        values = self._count(num_id, num, abstract, levels, depth)
        level = levels[depth]
        if level.format == "bullet" or not level.text:
            return ""

        def number(match: re.Match[str]) -> str:
            row = int(match[1]) - 1
            value = values[row] if values[row] is not None else levels[row].start
            return render(value or 0, "decimal" if level.legal and row < depth else levels[row].format)

        shown = PLACEHOLDER.sub(number, level.text)
        return f"{shown} " if level.suffix != "nothing" and shown[-1:] not in "、）)．。：" else shown

    def _reference(self, paragraph: Any, style: Any) -> tuple[str, int] | None:
        """The list and level of a paragraph: its own, else those of its style."""
        num_id, depth = _numbers(paragraph.find(qn("w:pPr")))
        seen = 0
        while (num_id is None or depth is None) and style is not None and seen < 10:
            found_id, found_depth = _numbers(style.element.find(qn("w:pPr")))
            if num_id is None and found_id is not None:
                num_id = found_id
                if depth is None and found_depth is None:
                    found_depth = self._level_of_style(found_id, style.style_id)
            depth = found_depth if depth is None else depth
            style, seen = getattr(style, "base_style", None), seen + 1
        if num_id is None or num_id == "0":
            return None
        return num_id, min(depth or 0, LEVELS - 1)

    def _level_of_style(self, num_id: str, style_id: str) -> int | None:
        """The level of a list that names the style as its own."""
        abstract = self._abstract(self.nums.get(num_id))
        for node in abstract.iterchildren(qn("w:lvl")) if abstract is not None else ():
            if _value(node, "w:pStyle") == style_id:
                return int(node.get(qn("w:ilvl")))
        return None

    def _abstract(self, num: Any) -> Any:
        """The definition behind a list, through a list style where there is one."""
        for _ in range(5):
            abstract = self.abstracts.get(_value(num, "w:abstractNumId") or "") if num is not None else None
            link = _value(abstract, "w:numStyleLink") if abstract is not None else None
            if link is None or link not in self.styles:
                return abstract
            num = self.nums.get(_numbers(self.styles[link].element.find(qn("w:pPr")))[0] or "")
        return None

    def _levels(self, num: Any, abstract: Any) -> list[_Level]:
        levels = [_Level() for _ in range(LEVELS)]
        overrides = [node.find(qn("w:lvl")) for node in num.iterchildren(qn("w:lvlOverride"))]
        for node in [*abstract.iterchildren(qn("w:lvl")), *(node for node in overrides if node is not None)]:
            depth = int(node.get(qn("w:ilvl")))
            if depth < LEVELS:
                levels[depth] = _level(node)
        return levels

    def _count(
        self, num_id: str, num: Any, abstract: Any, levels: list[_Level], depth: int
    ) -> list[int | None]:
        counter = self.counters.setdefault(abstract.get(qn("w:abstractNumId")), _Counter())
        if num_id not in self.started:
            self.started.add(num_id)
            for node in num.iterchildren(qn("w:lvlOverride")):
                start = _value(node, "w:startOverride")
                if start is not None:
                    counter.values[int(node.get(qn("w:ilvl")))] = int(start) - 1
        value = counter.values[depth]
        counter.values[depth] = levels[depth].start if value is None else value + 1
        for inner in range(depth + 1, LEVELS):
            restart = levels[inner].restart
            if restart is None or depth <= restart:
                counter.values[inner] = None
        return counter.values


def render(value: int, number_format: str) -> str:
    """Return a number as Word's `number_format` shows it; in figures where the format is none known here."""
    if number_format == "none":
        return ""
    if number_format in CHINESE:
        return str(cn2an.an2cn(value)) if value else "〇"
    if number_format == "chineseLegalSimplified" or number_format == "ideographLegalTraditional":
        return str(cn2an.an2cn(value, "up"))
    if number_format == "ideographDigital":
        return str(value).translate(str.maketrans("0123456789", "〇一二三四五六七八九"))
    if number_format == "decimalZero":
        return f"{value:02d}"
    if number_format in {"decimalFullWidth", "decimalFullWidth2"}:
        return str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    if number_format in {"upperLetter", "lowerLetter"} and value > 0:
        letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter.upper() if number_format == "upperLetter" else letter
    if number_format in {"upperRoman", "lowerRoman"} and 0 < value < 4000:
        roman = _roman(value)
        return roman.upper() if number_format == "upperRoman" else roman
    if number_format == "ideographTraditional" and 1 <= value <= 10:
        return "甲乙丙丁戊己庚辛壬癸"[value - 1]
    if number_format in ENCLOSED and 1 <= value <= ENCLOSED[number_format][1]:
        return chr(ENCLOSED[number_format][0] + value - 1)
    return str(value)


def _roman(value: int) -> str:
    letters = []
    for worth, letter in ROMAN:
        times, value = divmod(value, worth)
        letters.append(letter * times)
    return "".join(letters)


def _level(node: Any) -> _Level:
    restart = _value(node, "w:lvlRestart")
    number_format = _value(node, "w:numFmt")
    legal = node.find(qn("w:isLgl"))
    return _Level(
        start=int(_value(node, "w:start") or 1),
        format=number_format or "decimal",
        text=_value(node, "w:lvlText") or "",
        suffix=_value(node, "w:suff") or "tab",
        restart=None if restart is None else int(restart) - 1,
        legal=legal is not None and legal.get(qn("w:val")) not in {"0", "false"},
    )


def _numbers(properties: Any) -> tuple[str | None, int | None]:
    """`w:numId` and `w:ilvl` of paragraph properties."""
    node = properties.find(qn("w:numPr")) if properties is not None else None
    if node is None:
        return None, None
    depth = _value(node, "w:ilvl")
    return _value(node, "w:numId"), int(depth) if depth is not None else None


def _value(node: Any, name: str) -> str | None:
    child = node.find(qn(name))
    value = child.get(qn("w:val")) if child is not None else None
    return value if isinstance(value, str) else None
