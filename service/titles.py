"""Find the documents that a question names by their titles, in full or as people shorten them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.catalogue import Entry
from indexer.regions import Mention, same_or_within
from indexer.tokens import normalize
from service.versions import edition_of, is_of_year

_LAW = re.compile(
    r"(?<![办方执司合违立依说看想无设手枉做疗用语])法(?![院律规定人治官庭警医务援制令学师学的场])"
)
_TYPES = "条例|办法|规定|细则|规程|规则|准则|章程|方案|计划|规划|意见|措施|要点|通知|通告|公告|决定|解释|纪要"
_TYPE = re.compile(rf"{_TYPES}|{_LAW.pattern}|[一二三四五六七八九十]{{1,3}}条(?!件|例|款)")
_STRONG = frozenset({"条例", "细则", "规程", "法", "准则", "章程", "纪要"})
"""Words that hardly mean anything but a document; the others are everyday words too."""
_VERBS = frozenset({"规定", "计划", "决定", "通知", "解释", "规划"})
"""Types that are verbs as well: 黄石规定单位… names no document."""
_GENERIC = re.compile(
    r"关于|若干|实施|管理|工作|行动|专项|暂行|试行|具体|进一步|全面|做好|印发|推进|推动|优化|加强|加快|深化|持续|支持|促进|改革"
    r"|有关|相关|各项|建设|提升|服务|保障|以及|[的和及与、年市省县区]"
)
_FILLER = re.compile(
    r"(?:那|这)(?:一)?[个份部项套]|(?:那|这)|该|此|的|里|[《》〈〉“”\"'\s]|(?:现行|现在|最新|新|旧|老)版?的?"
)
_DEMONSTRATIVE = re.compile(r"[那这该此]")
_SEVERAL = re.compile(r"[两几三四各多]\s*[个份部版套项]|新旧|哪")
_YEAR = re.compile(r"((?:19|20)\d{2}|(?<!\d)\d{2})\s*年?度?版?$")
_STARTS = re.compile(
    r"[\s,，。;；:：!！?？、(（)）]$|(?:按照?|照着?|依据?|根据|请?问|看看?|查查?|对|在|和|跟|与|从|把|给|说|讲|找|有|是|到|于|让)$"
)
_QUOTED = re.compile(r"《([^》]{2,80})》")
_CLOSING = re.compile(r"(?:\s*[(（〔\[【][^()（）〔〕\[\]【】]{1,20}[)）〕\]】])+$")
_ORGAN = re.compile(r"^.{2,60}?(?:局|府|会|厅|委|部|办公室|中心|院)关于")
_REACH = 40
"""How far before its type word the name of a document may begin."""


@dataclass(frozen=True, slots=True)
class Named:
    """The documents that a question names, and the words that name them in full."""

    document_ids: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Whole titles, and titles in 《》, as they stand in the question; a shortened title is not among them."""


@dataclass(frozen=True, slots=True)
class _Title:
    """A title, taken apart."""

    entry: Entry
    full: str
    spoken: tuple[str, ...]
    """Ways to say it in full: without 中华人民共和国, without its region."""
    core: str
    """What stands before the type, without region and punctuation."""
    kind: str
    """The type: 条例, 方案, …; empty where the title ends in none."""
    plain: tuple[bool, ...]
    """For each character of `core` whether it belongs to a word that any title may have (工作, 管理)."""


@dataclass(frozen=True, slots=True)
class _Match:
    """How a mention fits a title; the better one sorts higher."""

    own: bool
    """The document is of the region named, not of one around it."""
    said: int
    """How many telling characters of the title were said."""
    gaps: int
    """Telling characters left out between them, negative."""
    share: float
    """Share of the title's telling characters that was said."""

    @property
    def rank(self) -> tuple[bool, int, int, float]:
        return self.own, self.said, self.gaps, self.share


class Titles:
    """Knows the titles and numbers of an index."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._titles = [_read(entry) for entry in entries]
        self._regions = {entry.region for entry in entries}
        self._of_kind: dict[str, list[_Title]] = {}
        for title in self._titles:
            self._of_kind.setdefault(title.kind, []).append(title)
        self._numbers = [
            (entry.id, number)
            for entry in entries
            if entry.number
            and len(number := _letters(normalize(entry.number).removeprefix("中华人民共和国"))) >= 5
        ]

    def find(self, text: str, mentions: Sequence[Mention]) -> Named:
        """Return the documents that `text` (normalised) names; `mentions` are the regions in it.

        A number, a title in 《》 and a title said in full always count. A shortened title (停车条例, 云泽的方案)
        counts where it fits documents of one region only, and better than those of any other title; all
        versions of a document are named together. An everyday word (办法, 方案) by itself names nothing.
        """
        found, words = self._in_full(text, [mention.region.name for mention in mentions])
        if not found:
            found = self._shortened(text, mentions)
        return Named(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(words)))

    def _in_full(self, text: str, regions: Sequence[str]) -> tuple[list[str], list[str]]:
        letters = _letters(text)
        numbers = [(identity, number) for identity, number in self._numbers if _has_number(number, letters)]
        found = [
            identity
            for identity, number in numbers
            if not any(number != other and number in other for _, other in numbers)
        ]
        places: dict[tuple[int, int], list[Entry]] = {}
        for quoted in _QUOTED.finditer(text):
            name = quoted[1]
            same = [title for title in self._titles if name == title.full or name in title.spoken]
            same = same or _tightest(
                [title for title in self._titles if len(name) >= 6 and name in title.full]
            )
            places[quoted.span()] = [title.entry for title in same]
        for title in self._titles:
            for name in title.spoken:
                place = text.find(name)
                if place >= 0:
                    places.setdefault((place, place + len(name)), []).append(title.entry)
                    break
        words = []
        for span, entries in places.items():
            # 住房公积金管理条例 within 住房公积金管理条例实施细则 is not what was named.
            inner = any(start <= span[0] and span[1] <= end for start, end in places if (start, end) != span)
            fitting = [entry for entry in entries if not regions or _region_fits(entry.region, regions)]
            own = fitting or [entry for entry in entries if normalize(entry.title) in text]
            if not inner and (agreed := _agreed(own)):
                found += [entry.id for entry in agreed]
                words.append(text[slice(*span)])
        return found, words

    def _shortened(self, text: str, mentions: Sequence[Mention]) -> list[str]:
        names = [mention.region.name for mention in mentions]
        fits = {region: not names or _region_fits(region, names) for region in self._regions}
        found: list[Entry] = []
        for kind in _TYPE.finditer(text):
            matches = [
                (match.rank, title.entry)
                for title in self._of_kind.get(kind[0], ())
                if fits[title.entry.region]
                and (match := _fit(title, text, kind.start(), mentions)) is not None
            ]
            best = max((rank for rank, _ in matches), default=None)
            fitting = [entry for rank, entry in matches if rank == best]
            found += _agreed(fitting, one=best is not None and best[1] < 2)
        # A year chooses among documents; among versions of one the scope chooses, and says so.
        kin = {edition_of(entry) for entry in found}
        if not kin:
            return []
        return [title.entry.id for title in self._titles if edition_of(title.entry) in kin]


def _tightest(titles: Sequence[_Title]) -> list[_Title]:
    """Those of which the words said are the greatest part."""
    shortest = min((len(title.full) for title in titles), default=0)
    return [title for title in titles if len(title.full) == shortest]


def _region_fits(region: str | None, regions: Sequence[str]) -> bool:
    """Whether a document of `region` may speak for one of `regions`: it is of it, within it or around it."""
    return region is None or any(
        same_or_within(region, name) or same_or_within(name, region) for name in regions
    )


def _agreed(entries: Sequence[Entry], *, one: bool = False) -> list[Entry]:
    """The documents if they are of one region (`one`: versions of one document), else none."""
    kin = {edition_of(entry) if one else (entry.region or "",) for entry in entries}
    return list(entries) if len(kin) == 1 else []


def _fit(title: _Title, text: str, end: int, mentions: Sequence[Mention]) -> _Match | None:
    """How the words that end before `end` (where the type stands) name `title`; None if they don't."""
    regions = [mention.region.name for mention in mentions]
    region = title.entry.region
    own = bool(regions) and region is not None and any(same_or_within(region, name) for name in regions)
    starts = {mention.end: mention for mention in mentions}
    place, pointer, positions = end, len(title.core), list[int]()
    near_region = demonstrative = bounded = False
    year: int | None = None
    while place > max(0, end - _REACH):
        if place in starts:
            near_region = bounded = True
            place = starts[place].start
            continue
        stated = _YEAR.search(text[max(0, place - 7) : place])
        if stated and (place == end or not _continues(title.core, pointer, stated[0])):
            if _SEVERAL.search(stated[0]):
                return None
            year = int(stated[1]) if len(stated[1]) == 4 else 2000 + int(stated[1])
            place -= len(stated[0])
            bounded = True
            continue
        at = title.core.rfind(text[place - 1], 0, pointer)
        if at >= 0:
            positions.append(at)
            pointer = at
            place -= 1
            continue
        filler = next((m for m in _FILLER.finditer(text, max(0, place - 4), place) if m.end() == place), None)
        if filler is None:
            break
        demonstrative = demonstrative or _DEMONSTRATIVE.search(filler[0]) is not None
        place = filler.start()
        bounded = True
    before = text[:place]
    if _SEVERAL.search(before[-3:]):
        return None
    if year is None and near_region and (ahead := _YEAR.search(before.rstrip("的"))):
        year = int(ahead[1]) if len(ahead[1]) == 4 else 2000 + int(ahead[1])
    bounded = bounded or not before or _STARTS.search(before) is not None
    if year is not None and not is_of_year(title.entry, year):
        return None
    telling = [at for at in positions if not title.plain[at]]
    runs = _longest_run(telling)
    whole = sum(not plain for plain in title.plain)
    complete = len(telling) == whole > 0
    if not _enough(title.kind, len(telling), runs, complete=complete, bounded=bounded, own=own):
        # 云泽的办法, 嵩浦这份通知: any word of the title will do, or none, where region and type tell enough.
        bare_verb = title.kind in _VERBS and not positions
        if not (own and bounded and (demonstrative or (near_region and not bare_verb))):
            return None
    first = min(telling, default=len(title.core))
    skipped = sum(not title.plain[at] for at in range(first, len(title.core))) - len(telling)
    return _Match(own, len(telling), -skipped, len(telling) / whole if whole else 0.0)


def _enough(kind: str, said: int, run: int, *, complete: bool, bounded: bool, own: bool) -> bool:
    """Whether what was said of the title tells that a document is meant, and which."""
    if complete and bounded:
        return True
    if kind in _STRONG:
        return said >= 2
    return run >= 2 and ((said >= 4 and (bounded or run >= 4)) or (own and bounded and said >= 2))


def _continues(core: str, pointer: int, words: str) -> bool:
    """True where a year is part of the title: `2024年` of 三年计划(2022-2024年)."""
    return words in core[:pointer]


def _longest_run(positions: Sequence[int]) -> int:
    """Length of the longest run of neighbours among falling positions."""
    best = run = 0
    previous: int | None = None
    for at in positions:
        run = run + 1 if previous is not None and at == previous - 1 else 1
        best, previous = max(best, run), at
    return best


def _read(entry: Entry) -> _Title:
    full = normalize(entry.title)
    short = full.replace("中华人民共和国", "")
    bare = _without_region(short, entry.region)
    spoken = tuple(dict.fromkeys(name for name, least in ((short, 4), (bare, 5)) if len(name) >= least))
    stem = _CLOSING.sub("", bare)
    closing = bare[len(stem) :]
    kinds = list(_TYPE.finditer(stem))
    kind = kinds[-1] if kinds and kinds[-1].end() == len(stem) else None
    core = _letters(_ORGAN.sub("", stem[: kind.start()] if kind else stem))
    # What stands in brackets after the type is said before it: 行动方案(2.0版) is the 2.0版行动方案.
    core = _dotted(closing) + core if kind else core
    plain = [False] * len(core)
    for match in _GENERIC.finditer(core):
        plain[match.start() : match.end()] = [True] * len(match[0])
    return _Title(entry, full, spoken, core, kind[0] if kind else "", tuple(plain))


def _dotted(text: str) -> str:
    return re.sub(r"[^\w.]", "", text)


def _without_region(title: str, region: str | None) -> str:
    for name in (region, re.sub(r"(?:省|市|县|区)$", "", region or "")):
        if name and len(name) >= 2 and title.startswith(normalize(name)):
            return title[len(name) :].removeprefix("人民政府").removeprefix("关于")
    return title


def _has_number(number: str, letters: str) -> bool:
    bare = number.removesuffix("号")
    return re.search(rf"{re.escape(bare)}(?!\d)", letters) is not None


def _letters(text: str) -> str:
    return re.sub(r"[^\w]", "", text)
