"""Decide which documents may answer a question: filters, the region and document named, the version in force."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from indexer.catalogue import Entry
from indexer.regions import NATION, Region, same_or_within
from service.answer import Filters
from service.question import Question
from service.versions import (
    Family,
    begins,
    families,
    family_of,
    has_expired,
    in_force,
    is_of_year,
    is_repealed,
)

_PAPER = r"(?:版本?|规定|条例|办法|政策|法规?|标准|要求|文件|方案|细则|解释|规矩|那[版部])"
_OLD = re.compile(
    rf"旧{_PAPER}|老{_PAPER}|(?:以前|原来|原先|过去|从前|先前|之前|原)(?:的|那)?(?:那?[个部版份])?(?:暂行|试行|管理)?{_PAPER}|修[订改正]前|上一?版|最[早初]的?(?:那)?[个部]?{_PAPER}"
    r"|(?:以前|原来|原先|过去|从前|之前)的[^,，。的了在按照依据适用]{1,8}(?:条例|办法|规定|细则|法(?!院))|第一版|(?:已|被|已经)废止的|\bold(?:er)? (?:version|law|rule|regulation)|\bprevious (?:version|law|rule|regulation)|before the (?:amendment|revision)",
    re.IGNORECASE,
)
_REVISED = r"(?:修[订正改]|改)(?:过|了|完|好)?"
_DIFFERS = (
    r"(?:变[了化动成]|改[了成]|区别|差[别异在]|不同|不一样|两样|新增|增加了|[多少]了|删|取消|前后|相比)"
)
THEN_AND_NOW = rf"(?:旧{_PAPER}|老{_PAPER}|原来|以前|(?:19|20)?\d{{2}}年)[^。?？]{{0,16}}(?:多少|几)[^。?？]{{0,10}}(?:新{_PAPER}|新的|现[行在])[^。?？]{{0,12}}(?:多少|几|什么|怎么)"
"""What a value was, and what it is: 2019年是多少，新细则放宽到多少."""
_BOTH = re.compile(
    rf"{THEN_AND_NOW}|新旧|新老|[两几二三各]个?(?:版本?|部)|修[订改正]前后|前后(?:两|有)|(?:和|与|跟|比|较)(?:现行|现在|新|旧|老|原来|以前|之前|上一)的?{_PAPER}?"
    r"|现[行在].{0,12}(?:和|与|跟|比).{0,6}(?:旧|老|以前|原来|之前|上一)|(?:修[订改正]|新[版法规条]).{0,8}(?:改了|变了|变化|区别|不同|差别|增加了|新增|多了|删)"
    r"|(?:新旧|old and new|both versions|what (?:has )?changed)"
    rf"|{_REVISED}(?:以|之)?前(?:和|与|跟|同|、)?(?:{_REVISED})?(?:以|之)?后"
    # 改过以后比06年多了谁: after the change, or than in a year, and then what differs.
    rf"|(?:{_REVISED}(?:以|之)?后|(?:比|较|和|与|跟|同)(?:19|20)?\d{{2}}年)[^。;；?？]{{0,20}}?{_DIFFERS}",
    re.IGNORECASE,
)
_AFTER_YEAR = re.compile(
    rf"\s*年?度?(?:修[订正改](?:的|过的)?)?(?:{_PAPER}|(?:的|那|这|[个部份])*[^,，。;；?？的了在]{{0,12}}?(?:条例|办法|规定|细则|解释|法(?![院律定人])|版)|[,，\s]*(?:那时|当时|的时候|那会儿?))|\s*(?:version|edition|law|regulation)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents that may answer, and what an answer has to say about that choice."""

    document_ids: tuple[str, ...]
    notice: str | None = None
    """What holds whatever the answer cites."""
    missing_regions: tuple[Region, ...] = ()
    """Regions that the question names and no document speaks for, not even one of a wider region."""
    narrowed: bool = False
    """The question's own words (not the filters) led to fewer documents."""
    wider_regions: tuple[Region, ...] = ()
    """Regions that the question names and only documents of a wider region (province, nation) speak for."""
    warnings: Mapping[str, str] = field(default_factory=dict)
    """What an answer has to say if it cites a document, by its id: an older version, repealed, expired."""


def scope_of(
    question: Question,
    filters: Filters,
    entries: Sequence[Entry],
    *,
    today: date,
    kin: Mapping[Family, Sequence[Entry]] | None = None,
) -> Scope:
    """Choose among `entries`; `kin` are their families, for those who ask often.

    Filters always hold; a day to answer as of leaves out what did not apply then. A document that the question
    names wins, even where it names another region beside it; one that the filters leave out is not replaced.
    Else the regions named count, each with the documents of wider regions (its province, the nation); where
    no document is left for any of them, all stay, and the regions are reported.
    Of several versions the one in force on `filters.as_of` (or `today`) stands, unless the question asks for
    the version of a year, for an old one or for all; files that restate each other, or bear no date, all stay.
    """
    day = filters.as_of or today
    allowed = [entry for entry in entries if _allowed(entry, filters)]
    if filters.as_of is not None:
        allowed = _applying(allowed, filters.as_of)
    chosen, missing, wider, notices = allowed, list[Region](), list[Region](), list[str]()
    if question.document_ids:
        chosen = [entry for entry in allowed if entry.id in question.document_ids]
        notices += _of_another_region(question, chosen)
    elif question.regions:
        chosen, missing, wider = _of_regions(question.regions, allowed)
        if missing and chosen:
            notices.append(f"已收录的文件中没有{_listed(missing)}的文件。")
        if wider:
            notices.append(f"已收录的文件中没有{_listed(wider)}本级的文件，以下依据上级的规定。")
        chosen = chosen or allowed
    kin = families(entries) if kin is None else kin
    grouped = kin if len(chosen) == len(entries) else families(chosen)
    kept = chosen if filters.document_ids else _versions(chosen, grouped, question, day)
    warnings = {
        entry.id: words
        for entry in kept
        if (len(members := kin[family_of(entry)]) > 1 or _is_limited(entry))
        and (words := _warning(entry, members, day)) is not None
    }
    if kept and len(warnings) == len(kept):
        notices += dict.fromkeys(warnings.values())
    return Scope(
        tuple(dict.fromkeys(entry.id for entry in kept)),
        "".join(notices) or None,
        tuple(missing),
        narrowed=len(chosen) < len(allowed),
        wider_regions=tuple(wider),
        warnings=warnings,
    )


def _allowed(entry: Entry, filters: Filters) -> bool:
    if filters.document_ids and entry.id not in filters.document_ids:
        return False
    if filters.regions and not any(
        entry.region and same_or_within(entry.region, region) for region in filters.regions
    ):
        return False
    if filters.issued_from and (entry.issued_on is None or entry.issued_on < filters.issued_from):
        return False
    return not (filters.issued_to and (entry.issued_on is None or entry.issued_on > filters.issued_to))


def _applying(entries: Sequence[Entry], day: date) -> list[Entry]:
    """Leave out what had not begun by `day`, or had expired."""
    return [entry for entry in entries if (begins(entry) or day) <= day and not has_expired(entry, day)]


def _of_regions(
    regions: Sequence[Region], entries: Sequence[Entry]
) -> tuple[list[Entry], list[Region], list[Region]]:
    """Documents for `regions` (own ones, then wider ones), regions without any, regions with wider ones only."""
    present = {entry.region for entry in entries if entry.region}
    chosen: dict[str, Entry] = {}
    missing: list[Region] = []
    only_wider: list[Region] = []
    for region in regions:
        own = {name for name in present if same_or_within(name, region.name)}
        wider = {name for name in present - own if _reaches(name, region)}
        if not own:
            (only_wider if wider else missing).append(region)
        for names in (own, wider):
            chosen |= {entry.id: entry for entry in entries if entry.region in names}
    return list(chosen.values()), missing, only_wider


def _reaches(region: str, asked: Region) -> bool:
    """Whether a document of `region` applies in `asked`, which lies in it."""
    return region == NATION or same_or_within(asked.name, region)


def _of_another_region(question: Question, named: Sequence[Entry]) -> list[str]:
    """What to say where the documents named speak for none of the regions named."""
    regions = [entry.region for entry in named if entry.region]
    if not question.regions or len(regions) < len(named) or not named:
        return []
    fits = any(
        same_or_within(region, asked.name) or _reaches(region, asked)
        for region in regions
        for asked in question.regions
    )
    if fits:
        return []
    return [f"所引文件是{'、'.join(dict.fromkeys(regions))}的文件，不适用于{_listed(question.regions)}。"]


def _versions(
    entries: Sequence[Entry], grouped: Mapping[Family, Sequence[Entry]], question: Question, day: date
) -> list[Entry]:
    """Leave one version of each regulation, or those that the question asks for."""
    kept: list[Entry] = []
    years = edition_years(question)
    for members in grouped.values():
        of_year = [entry for year in years if (entry := _version_of(year, members)) is not None]
        if len(members) == 1 or all(begins(entry) is None for entry in members):
            kept += members
        elif len(years) > 1 and len(of_year) == len(years):
            kept += dict.fromkeys(one for entry in of_year for one in _same_day(entry, members))
        elif _BOTH.search(question.text):
            kept += _originals(members)
        elif of_year and len(years) == 1:
            kept += _same_day(of_year[0], members)
        else:
            current = in_force(members, day) or _latest(members, day)
            if _OLD.search(question.text):
                older = [
                    entry for entry in members if (begins(entry) or date.min) < (begins(current) or date.min)
                ]
                # 最早 is the first; any other word for old means the one before.
                place = 0 if re.search(r"最[早初]|第一版", question.text) else -1
                current = older[place] if older else current
            kept += _same_day(current, members)
    if not question.regions and not question.document_ids:
        kept = _of_the_edition(kept, grouped, question) or kept
    order = {entry.id: place for place, entry in enumerate(entries)}
    return sorted(kept, key=lambda entry: order[entry.id])


def _of_the_edition(
    kept: Sequence[Entry], grouped: Mapping[Family, Sequence[Entry]], question: Question
) -> list[Entry]:
    """Where the question says of which edition it is, and one regulation alone has such editions: its versions in `kept`.

    旧办法里押金多少 can only be about the regulation that has an old version.
    """
    years = edition_years(question)
    if not (years or _OLD.search(question.text) or _BOTH.search(question.text)):
        return []
    several = [
        members
        for members in grouped.values()
        if len({begins(entry) for entry in members}) > 1
        and (not years or any(is_of_year(entry, year) for entry in members for year in years))
    ]
    ids = {entry.id for entry in several[0]} if len(several) == 1 else set()
    return [entry for entry in kept if entry.id in ids]


def _version_of(year: int, members: Sequence[Entry]) -> Entry | None:
    """The version that people would call that of `year`: begun then, else issued then, else so entitled."""
    begun = [entry for entry in members if (day := begins(entry)) is not None and day.year == year]
    issued = [entry for entry in members if entry.issued_on is not None and entry.issued_on.year == year]
    called = [entry for entry in members if is_of_year(entry, year)]
    return begun[-1] if begun else issued[-1] if issued else called[0] if called else None


def _latest(members: Sequence[Entry], day: date) -> Entry:
    """The last version that has begun by `day`, though none is in force; the first where none has begun."""
    begun = [entry for entry in members if (begins(entry) or date.min) <= day]
    return begun[-1] if begun else members[0]


def _same_day(entry: Entry, members: Sequence[Entry]) -> list[Entry]:
    """The files of one version: originals, or digests where there is no original."""
    return _originals([member for member in members if begins(member) == begins(entry)])


def _originals(members: Sequence[Entry]) -> list[Entry]:
    """Leave out digests of a version whose original stands beside them."""
    whole = {begins(entry) for entry in members if entry.digest_of is None}
    return [entry for entry in members if entry.digest_of is None or begins(entry) not in whole]


def edition_years(question: Question) -> tuple[int, ...]:
    """Return the years by which the question names a version: 2021版, 2010年的保密法; not 2019年建的小区.

    Of two years side by side (2010年和2024年的保密法) both do if one does.
    """
    if question.document_ids and len(question.years) > 1:
        return question.years
    found: list[int] = []
    for year in reversed(question.years):
        later = "|".join(f"{one}|{one % 100:02d}" for one in found) or r"\b\B"
        for match in re.finditer(rf"(?<!\d)(?:{year}|{year % 100:02d}(?=年|版))", question.text):
            rest = question.text[match.end() :]
            beside = re.match(rf"\s*年?版?\s*(?:和|与|跟|同|比|较|、|以及|到|至|-)\s*(?:{later})(?!\d)", rest)
            if beside or _AFTER_YEAR.match(rest) or _before_region(rest, question):
                found.append(year)
                break
    return tuple(reversed(found))


def _before_region(rest: str, question: Question) -> bool:
    """Whether a region's name follows the year at once: 2016年珞川电动车….."""
    rest = re.sub(r"^年?的?", "", rest)
    return any(
        rest.startswith(name.lower())
        for region in question.regions
        for name in (region.name, region.bare)
        if name
    )


def _is_limited(entry: Entry) -> bool:
    """Whether anything about the document itself may call for a warning."""
    return bool(entry.status or entry.expires_on or entry.effective_on)


def _warning(entry: Entry, members: Sequence[Entry], day: date) -> str | None:
    """What a reader of an answer from `entry`, one of the versions `members`, must know of it on `day`."""
    current = in_force(members, day)
    start = begins(current) if current is not None else None
    if current is not None and start is not None and (begins(entry) or date.min) < start:
        since = f"自{start.year}年{start.month}月{start.day}日起"
        if entry.repealed_by is not None:
            return f"《{entry.title}》已被《{current.title}》取代（{since}施行），请以后者为准。"
        return f"以下出自《{entry.title}》的旧版本，现行版本{since}施行，请以现行版本为准。"
    if is_repealed(entry) and current is not entry:
        return f"《{entry.title}》已废止或失效，内容仅供参考。"
    if has_expired(entry, day) and entry.repealed_by is not None:
        return f"《{entry.title}》已被《{entry.repealed_by}》废止，内容仅供参考。"
    if has_expired(entry, day) and entry.expires_on is not None:
        ended = f"{entry.expires_on.year}年{entry.expires_on.month}月{entry.expires_on.day}日"
        return f"《{entry.title}》的有效期至{ended}，已经届满，内容仅供参考。"
    later = begins(entry)
    if later is not None and later > day and entry.effective_on is not None and entry.effective_on > day:
        return f"《{entry.title}》自{later.year}年{later.month}月{later.day}日起施行，目前尚未施行。"
    return None


def _listed(regions: Sequence[Region]) -> str:
    return "、".join(region.name for region in regions)
