"""Find documents by what is known about them, for readers and for the list of documents."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from indexer.catalogue import Entry
from service.versions import Version, families, family_of, versions_of

_BRACKETS = str.maketrans("〔【(〕】)", "[[[]]]")


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of the documents found, and how many there are in all."""

    total: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to filter by, and how many documents have it."""

    value: str
    count: int


class Library:
    """The documents of one index version, newest first; those without a date come last."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        by_title = sorted(entries, key=lambda entry: entry.title)
        self.entries: Sequence[Entry] = sorted(
            by_title, key=lambda entry: entry.issued_on or date.min, reverse=True
        )
        self.regions = _choices(entry.region for entry in self.entries)
        self.issuers = _choices(entry.issuer for entry in self.entries)
        years = Counter(str(entry.issued_on.year) for entry in self.entries if entry.issued_on)
        self.years = tuple(Choice(year, years[year]) for year in sorted(years, reverse=True))
        self._words = {entry.id: _words(entry) for entry in self.entries}
        self._by_id = {entry.id: entry for entry in self.entries}
        self._families = families(self.entries)

    def find(
        self,
        *,
        q: str = "",
        region: str = "",
        issuer: str = "",
        year: int | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> Shelf:
        """Return the documents that match all that is given; each word of `q` must occur somewhere."""
        words = _fold(q).split()
        found = [
            entry
            for entry in self.entries
            if (not region or entry.region == region)
            and (not issuer or entry.issuer == issuer)
            and (year is None or (entry.issued_on is not None and entry.issued_on.year == year))
            and all(word in self._words[entry.id] for word in words)
        ]
        return Shelf(len(found), tuple(found[offset : offset + limit]))

    def versions(self, document_id: str, day: date) -> tuple[Version, ...]:
        """Return the versions of the document's regulation on `day`, newest first, the document's own among them.

        Empty for an unknown id.
        """
        entry = self._by_id.get(document_id)
        return versions_of(self._families[family_of(entry)], day) if entry is not None else ()


def _choices(values: Iterable[str | None]) -> tuple[Choice, ...]:
    counts = Counter(value for value in values if value)
    return tuple(Choice(value, counts[value]) for value in sorted(counts, key=lambda v: (-counts[v], v)))


def _words(entry: Entry) -> str:
    return _fold(
        " ".join(word for word in (entry.title, entry.number, entry.issuer, entry.region, entry.id) if word)
    )


def _fold(text: str) -> str:
    """Fold width and case; the brackets of document numbers are written in many ways."""
    return unicodedata.normalize("NFKC", text).lower().translate(_BRACKETS)
