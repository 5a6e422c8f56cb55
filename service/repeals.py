"""Know which documents another document of the index repeals by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from indexer.catalogue import Entry
from indexer.document import Document
from service.versions import begins, edition_of, without_marks

_SAYS = re.compile(r"废止|停止执行|不再执行")
_NAME = re.compile(
    r"《(?P<title>[^《》]{4,90}(?:[《〈][^》〉]*[》〉][^《》]*)?)》(?:\s*[(（](?P<number>[^()（）]{4,40})[)）])?"
)
_ENDS = re.compile(
    r"[、，等\s]*(?:自[^。；《]{2,30}起)?(?:均|也|应)?(?:同时|即行|予以|一并|相应)*\s*(?:废止|停止执行|不再执行)"
)
"""What stands between the last name and the end; 《…》第三条同时废止 repeals no document."""
_JOINS = re.compile(r"\s*[、和及与以，]*(?:[^。；《]{0,40}(?:发布|公布|印发|通过|施行|实施|颁布|批准)的)?")
_GENRE = re.compile(
    r"^.*?关于(?:印发|发布)?|管理|实施|暂行|试行|若干|有关|(?:办法|细则|条例|规定|意见|措施|方案|规则|通知|标准|计划|要点)+$"
)
_SAME_MATTER = 0.5
_NOTICE = re.compile(r"^.*?关于(?:印发|发布|公布|转发)[《〈]?(?P<name>.+?)[》〉]?的(?:通知|公告|通告)$")


@dataclass(frozen=True, slots=True)
class Named:
    """A document that another one repeals: its title, and its number where it is told."""

    title: str
    number: str | None = None


def repealed_in(document: Document) -> tuple[Named, ...]:
    """Return the documents that `document` says it repeals."""
    if not _SAYS.search(document.text):
        return ()
    found: list[Named] = []
    for paragraph in document.paragraphs:
        if _SAYS.search(paragraph.text):
            found += [name for sentence in re.split(r"[。；]", paragraph.text) for name in _names(sentence)]
    return tuple(dict.fromkeys(found))


def _names(sentence: str) -> Iterator[Named]:
    """The run of names that ends before 废止: 《甲》（…号）、《乙》同时废止."""
    names = list(_NAME.finditer(sentence))
    for place in range(len(names) - 1, -1, -1):
        if not _ENDS.match(sentence, names[place].end()):
            continue
        yield Named(names[place]["title"], names[place]["number"])
        for before, after in zip(reversed(names[:place]), reversed(names[1 : place + 1]), strict=True):
            if not _JOINS.fullmatch(sentence, before.end(), after.start()):
                break
            yield Named(before["title"], before["number"])
        return


def with_repeals(entries: Sequence[Entry], repealed: Mapping[str, Sequence[Named]]) -> tuple[Entry, ...]:
    """Return `entries`, those repealed by another one ending on the day before that one begins.

    `repealed`: what each document repeals, by its id. A name counts for older documents of the same region,
    and for none of the repealing regulation's own versions: which of those holds, their dates tell.
    """
    by_name: dict[str, list[Entry]] = {}
    for entry in entries if repealed else ():
        for key in filter(None, (without_marks(entry.title), _letters(entry.number or ""))):
            by_name.setdefault(key, []).append(entry)
    ended: dict[str, Entry] = {}
    for entry in entries:
        start = entry.effective_on or entry.issued_on
        for name in repealed.get(entry.id, ()) if start is not None else ():
            for old in _meant(name, by_name):
                if start is None or not _may_repeal(entry, old) or old.status is not None:
                    continue
                last = start - timedelta(days=1)
                known = ended.get(old.id, old)
                if known.expires_on is None or last <= known.expires_on or known.repealed_by is None:
                    ended[old.id] = replace(
                        old, expires_on=min(last, old.expires_on or last), repealed_by=entry.title
                    )
    return tuple(_of_lineage(ended.get(entry.id, entry), ended.values()) for entry in entries)


def _of_lineage(entry: Entry, ended: Collection[Entry]) -> Entry:
    """Return `entry` with the title of the last document that carries on its matter under other titles."""
    last = entry
    seen = {entry.title}
    while (
        last.repealed_by is not None and last.repealed_by not in seen and _carries_on(last, last.repealed_by)
    ):
        seen.add(last.repealed_by)
        following = next((one for one in ended if one.title == last.repealed_by), None)
        last = following or replace(last, title=last.repealed_by, repealed_by=None)
    return replace(entry, lineage=last.title) if last.title != entry.title else entry


def _carries_on(entry: Entry, title: str) -> bool:
    """Whether a document of that title is on the same matter: they share half of what names the one that is named shorter."""
    region = re.escape(entry.region or "")
    old, new = (
        _pairs(_GENRE.sub("", re.sub(rf"^{region}", "", without_marks(one)))) for one in (entry.title, title)
    )
    return len(old & new) >= _SAME_MATTER * max(1, min(len(old), len(new)))


def _pairs(text: str) -> set[str]:
    return {text[n : n + 2] for n in range(len(text) - 1)}


def _meant(name: Named, by_name: Mapping[str, Sequence[Entry]]) -> Iterator[Entry]:
    issued = _NOTICE.match(name.title)
    keys = [_letters(name.number or ""), without_marks(name.title)]
    keys += [without_marks(issued["name"])] if issued else []
    for key in filter(None, keys):
        yield from by_name.get(key, ())


def _may_repeal(entry: Entry, old: Entry) -> bool:
    if old.id == entry.id or edition_of(old) == edition_of(entry):
        return False
    if old.region is not None and entry.region is not None and old.region != entry.region:
        return False
    first, second = begins(old), begins(entry)
    return first is None or (second is not None and first < second)


def _letters(text: str) -> str:
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text))
