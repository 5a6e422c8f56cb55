"""Check that what a statement says stands in what it cites: figures, dates, offices, quoted names, places.

Written apart from the service's own check, on purpose: one must not bless the other's oversights.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import cn2an

from eval.records import Cited
from eval.spelling import fold
from indexer.tables import cells_of
from service.tables import unit_of, unit_of_all

_MARKS = re.compile(r"(?:\s?\[\d{1,3}\])+")
_ITEM = re.compile(r"^\s*(?:[-*•]\s*|\d{1,3}[.、)）](?!\d)\s*|[（(]\d{1,3}[)）]\s*|[①-⑳]\s*)")
_RULE = re.compile(r"^[\s|:\-]+$")
_STOPS = " \t。；;，,！？!?.、：:"

_HAN = "〇零一二两三四五六七八九十百千"
_UNITS = (
    r"%|‰|个?百分点|美元|欧元|港元|元|个?工作日|自然日|日历日|个?小时|分钟|季度|个?月|周岁|岁|周|星期|年|日|天"
    r"|平方米|平方公里|公里|米|亩|吨|倍|成|人次|人|名|位|户|家|个|项|件|条|次|所|处|辆|类|种|份|页|套|间|台|级|步|环节"
)
_NUMBER = re.compile(
    rf"(?<![a-z\d.])(?:(?P<digits>\d+(?:\.\d+)?)(?P<scale>[十百千万亿]*)|(?P<share>[百千]分之)?(?P<han>[{_HAN}][{_HAN}万亿]*))"
    rf"[多余]?(?P<unit>{_UNITS})?"
)
_SAME_UNIT = (
    {
        "个工作日": "工作日",
        "自然日": "日",
        "日历日": "日",
        "天": "日",
        "个小时": "小时",
        "个月": "月",
        "星期": "周",
        "周岁": "岁",
        "个百分点": "百分点",
    }
    | dict.fromkeys("名位人", "人")
    | dict.fromkeys(("家", "户", "个", "项", "件", "条", "类", "种", "环节"), "个")
)
_NO_FIGURE = frozenset({"一", "百", "千", "万", "十百", "千百", "百千", "千万", "零", "两"})

_QUOTED = re.compile(r'"([^"\n]{2,60})"|《([^》\n]{2,120})》')
_REGION = "省市州县区"
_OFFICE = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,16}?)"
    r"(?P<tail>委员会|办公室|政府|法院|检察院|海关|支行|银行|管理局|局|厅|委(?!员|托|派)|办(?=[、,。;)与和牵])|中心(?!化|城))"
)
_ALTOGETHER = re.compile(
    r"[共计有分为][\d一二三四五六七八九十百]+(?:项|条|个|章|节|部分|款)|in (?:all|total)"
)
_ECHO = re.compile(r"不是|并非|而非|不属|没有|未|不符|有误|并不|不对|不正确|错|\bnot?\b|rather than|instead")


@dataclass(frozen=True, slots=True)
class Statement:
    """A piece of an answer, and the citations whose marks stand behind it; a frame has none."""

    text: str
    cited: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a statement says and its citations do not."""

    what: Literal["figure", "office", "name", "place", "citation"]
    words: str
    statement: str


def statements(text: str, citations: Sequence[Cited]) -> list[Statement]:
    """Cut an answer into statements: what stands before each group of marks, line by line.

    A table's header and rule are no statements. Words behind the last marks of a line are a frame.
    """
    known = {citation.index: citation for citation in citations}
    found: list[Statement] = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if _RULE.match(line) or (number + 1 < len(lines) and _is_rule(lines[number + 1])):
            continue
        rest = _ITEM.sub("", line)
        begin = 0
        for marks in _MARKS.finditer(rest):
            numbers = [int(n) for n in re.findall(r"\d+", marks[0])]
            if not all(n in known for n in numbers):
                continue  # a bracketed number of the source, no mark
            words = rest[begin : marks.start()].strip(_STOPS + "|")
            cited = tuple(known[n] for n in numbers)
            if words:
                found.append(Statement(words, cited))
            begin = marks.end()
        words = rest[begin:].strip(_STOPS + "|")
        if words:
            found.append(Statement(words, ()))
    return found


def _is_rule(line: str) -> bool:
    return "---" in line and bool(_RULE.match(line))


def gaps(
    text: str, citations: Sequence[Cited], *, question: str = "", whole: bool = False
) -> list[list[Gap]]:
    """Return for each statement of an answer what its citations don't carry; an empty list is support.

    A citation carries its quote (with `whole`, its paragraph), its headings and what its document is called,
    by whom, when and where it was issued. A frame leans on all citations together, and may count the
    statements; a statement that says how many there are in all (共 5 项) leans on the number of the last
    clause or row that it cites. A figure of the question may be repeated to be denied. A bare number of a table's row is one
    of the unit that the cited header, or the cited line above the table, gives it.
    """
    parts = statements(text, citations)
    if not citations:
        return [[Gap("citation", "", part.text)] for part in parts]
    counts = _counts(text, parts, citations)
    regions = {citation.region for citation in citations if citation.region}
    found: list[list[Gap]] = []
    for part in parts:
        cited = part.cited or tuple(citations)
        evidence = "\n".join([*(_evidence(citation, whole=whole) for citation in cited), *_measured(cited)])
        counted = _numbered(part) if part.cited else counts
        missing = _missing(part.text, evidence, question=question, counts=counted)
        missing += _misplaced(part, regions)
        found.append(missing)
    return found


def _counts(text: str, parts: Sequence[Statement], citations: Sequence[Cited]) -> frozenset[float]:
    rows = sum(1 for line in text.splitlines() if line.strip().startswith("|") and not _RULE.match(line))
    items = sum(1 for line in text.splitlines() if _ITEM.match(line))
    cited = sum(1 for part in parts if part.cited)
    return frozenset(float(n) for n in (max(rows - 1, 0), items, cited, len(citations)) if n)


def _numbered(part: Statement) -> frozenset[float]:
    """Return the numbers of the cited clauses, where the statement says how many there are in all."""
    if not _ALTOGETHER.search(fold(part.text)):
        return frozenset()
    serials = (
        cells_of(citation.quote)[0]
        for citation in part.cited
        if "\t" in citation.quote or "|" in citation.quote
    )
    labels = (
        *(fold(citation.address.rsplit("/", 1)[-1]) for citation in part.cited),
        *(serial for serial in serials if serial.isdecimal()),
    )
    numbers = (re.sub(r"[第条章节款项()]", "", label) for label in labels)
    read = [float(number) if number.isdecimal() else _han(number) for number in numbers if number]
    return frozenset(value for value in read if value is not None)


def _evidence(citation: Cited, *, whole: bool) -> str:
    parts = [
        citation.text if whole else citation.quote,
        citation.document_title,
        f"《{citation.document_title}》",
        citation.document_number or "",
        citation.issuer or "",
        citation.region or "",
        *citation.heading_path,
    ]
    if citation.issued_on:
        year, month, day = (int(n) for n in citation.issued_on[:10].split("-"))
        parts.append(f"{year}年{month}月{day}日 {citation.issued_on[:10]}")
    return "\n".join(parts)


def _measured(cited: Sequence[Cited]) -> list[str]:
    """The numbers of the cited rows with their units, which a cited header or the line above the table tells: 650元/人."""
    lines = [cells_of(citation.quote) for citation in cited]
    above = next((unit for citation in cited if (unit := unit_of_all(citation.quote))), None)
    found = []
    for row in lines:
        header = next((one for one in lines if one is not row and len(one) == len(row) > 1), row)
        own = next((unit for cell in row if (unit := unit_of(cell))), None)
        for name, cell in zip(header, row, strict=True):
            unit = unit_of(name) or own or above
            if len(row) > 1 and unit and cell[-1:].isdecimal():
                found.append(f"；{cell}{unit}；")
    return found


def _missing(statement: str, evidence: str, *, question: str, counts: frozenset[float]) -> list[Gap]:
    said, there = fold(statement), fold(evidence)
    denied = _figures(fold(question)) if _ECHO.search(said) else frozenset()
    found: list[Gap] = []
    carried = _figures(there)
    values = {value for value, _ in carried}
    for value, unit in sorted(_figures(said) - carried - denied):
        if (not unit and value in values) or value in counts:
            continue
        found.append(Gap("figure", f"{value:.12g}{unit}", statement))
    bare = there.replace('"', "")
    for match in _QUOTED.finditer(said):
        name = (match[1] or match[2]).strip().strip("。,;")
        if name.replace('"', "") not in bare and not (_ECHO.search(said) and name in fold(question)):
            found.append(Gap("name", name, statement))
    for match in _OFFICE.finditer(said.replace('"', "")):
        office = _office(match["name"], match["tail"])
        if office not in bare:
            found.append(Gap("office", office, statement))
    return found


def _office(name: str, tail: str) -> str:
    """Return the office from its region's or last two characters on: the words before may be a verb."""
    anchor = max(name.rfind(character) for character in _REGION)
    if 0 <= anchor < len(name) - 1:
        return name[anchor:] + tail
    return name[-2:] + tail


def _misplaced(part: Statement, regions: Iterable[str]) -> list[Gap]:
    """Return the places that a cited statement names although none of its own citations is of them."""
    if not part.cited or _ECHO.search(part.text):
        return []
    own = "\n".join(_evidence(citation, whole=True) for citation in part.cited)
    return [
        Gap("place", region, part.text) for region in regions if region in part.text and region not in own
    ]


@lru_cache(maxsize=8192)
def _figures(folded: str) -> frozenset[tuple[float, str]]:
    """Return the figures of a folded text as (value, unit); a bare Chinese numeral is no figure."""
    found: set[tuple[float, str]] = set()
    for match in _NUMBER.finditer(folded):
        unit = _SAME_UNIT.get(match["unit"] or "", match["unit"] or "")
        if match["digits"]:
            value = float(match["digits"])
            for character in match["scale"]:
                value *= {"十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "亿": 1e8}[character]
        else:
            read = _han(match["han"])
            if read is None or (match["han"] in _NO_FIGURE and not match["share"]):
                continue
            if not (unit or match["share"]):
                continue
            value = read
            if match["share"]:
                unit = {"百": "%", "千": "‰"}[match["share"][0]]
        if unit == "成":
            value, unit = value * 10, "%"
        found.add((round(value, 6), unit))
    return frozenset(found)


def _han(numeral: str) -> float | None:
    try:
        return float(cn2an.cn2an(numeral.replace("〇", "零"), "smart"))
    except (ValueError, KeyError, TypeError):
        return None
