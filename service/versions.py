"""Know which documents are versions of one regulation, and which of them was in force on a day."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from indexer.catalogue import Entry

_YEAR = r"(?:19|20)\d{2}年?"
_MARKS = re.compile(
    rf"\((?:{_YEAR})?[^()]{{0,12}}(?:修订|修正|修改|试行|暂行|草案|征求意见稿|摘编|废止|失效)[^()]{{0,6}}\)"
    rf"|(?<!方案)(?<!计划)(?<!规划)(?<!要点)\({_YEAR}(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?版?\)"
)
"""Marks of an edition. A bare year behind a plan says which plan it is: 行动计划(2024年)."""
_EDITION = re.compile(rf"{_YEAR}(?:修订|修正|修改)?(?:版|本)$|(?:修订|修正)(?:版|本|稿)$|^中华人民共和国")
_SIGNS = re.compile(r"[\s《》〈〉“”‘’\"'·,、]")
_REPEALED = re.compile(r"废止|失效|repealed", re.IGNORECASE)
_RANGE = re.compile(r"((?:19|20)\d{2})年?[-—–~至到]+((?:19|20)\d{2})")

State = Literal["in_force", "older", "not_yet", "expired", "repealed", "unknown"]
"""What a version is on a day: the one in force, replaced by a later one, not yet in force, past its term, repealed;
unknown where nothing tells."""

Family = tuple[str, str]
"""Region and title, without year and edition marks."""


def family_of(entry: Entry) -> Family:
    """Return what versions of one regulation share: that of `edition_of`, or of the document that carries it on.

    A document that another one repeals and replaces under a new title is an older version of that one.
    """
    return entry.region or "", without_marks(entry.lineage or entry.title)


def edition_of(entry: Entry) -> Family:
    """Return what documents of one title share: region and title without year and edition marks.

    A year that says which plan it is (2022年工作方案, 行动方案(2.0版)) belongs to the title: a successor
    with another title is another document.
    """
    return entry.region or "", without_marks(entry.title)


@lru_cache(maxsize=200_000)
def without_marks(title: str) -> str:
    """Return a title without punctuation and without the marks of an edition."""
    title = _MARKS.sub("", unicodedata.normalize("NFKC", title))
    return _EDITION.sub("", _SIGNS.sub("", title))


def families(entries: Iterable[Entry]) -> dict[Family, list[Entry]]:
    """Group documents into families (see `family_of`), oldest version first; a digest stands before what it restates.

    Documents without any date come first in their family: nothing says that they are newer.
    """
    found: dict[Family, list[Entry]] = {}
    for entry in entries:
        found.setdefault(family_of(entry), []).append(entry)
    for members in found.values():
        if len(members) > 1:
            members.sort(key=lambda entry: (begins(entry) or date.min, entry.digest_of is None, entry.id))
    return found


def begins(entry: Entry) -> date | None:
    """Return the day from which this version applies: when it takes effect, or was issued if that is later.

    A revised regulation often keeps the day on which its first version took effect.
    """
    return max((day for day in (entry.effective_on, entry.issued_on) if day is not None), default=None)


def in_force(members: Sequence[Entry], day: date) -> Entry | None:
    """Return the version of one family (oldest first) in force on `day`: the last that applies by then.

    One that has expired by `day` is not in force; nor is one marked as repealed, unless its successor begins
    only after `day`. None where there is none.
    """
    applying = [entry for entry in members if (begins(entry) or date.min) <= day]
    if not applying:
        return None
    latest = applying[-1]
    has_successor = latest is not members[-1]
    if has_expired(latest, day) or (is_repealed(latest) and not has_successor):
        return None
    return latest


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a regulation, and what it is on a day."""

    entry: Entry
    state: State


def versions_of(members: Sequence[Entry], day: date) -> tuple[Version, ...]:
    """Return the versions of one family (oldest first), newest first, each with its state on `day`."""
    current = in_force(members, day)
    return tuple(Version(entry, _state(entry, current, day)) for entry in reversed(members))


def _state(entry: Entry, current: Entry | None, day: date) -> State:
    start = begins(entry)
    if start is not None and start > day:
        return "not_yet"
    if current is not None and start == begins(current):  # a digest is of the version that it restates
        return "in_force" if start is not None else "unknown"
    if current is not None and (start or date.min) < (begins(current) or date.min):
        return "older"
    if is_repealed(entry):
        return "repealed"
    return "expired" if has_expired(entry, day) else "unknown"


def is_repealed(entry: Entry) -> bool:
    """Whether the file says that the document is repealed; on which day it does not say."""
    return entry.status is not None and _REPEALED.search(entry.status) is not None


def has_expired(entry: Entry, day: date) -> bool:
    """Whether the document's term ended before `day`."""
    return entry.expires_on is not None and entry.expires_on < day


def is_of_year(entry: Entry, year: int) -> bool:
    """Whether people would call this the version of `year`: issued or in effect since then, or so entitled."""
    title = unicodedata.normalize("NFKC", entry.title)
    spans = [(int(match[1]), int(match[2])) for match in _RANGE.finditer(title)]
    stated = {day.year for day in (entry.issued_on, entry.effective_on) if day is not None}
    return year in stated or str(year) in title or any(first <= year <= last for first, last in spans)
