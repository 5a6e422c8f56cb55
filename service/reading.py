"""Lay a document out for reading: its paragraphs in pieces, with headings, trailers and quotes marked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.document import Clause, Document, Paragraph
from service.answer import Citation
from service.formal import chinese_date, place_of
from service.schemas import document_url, paragraph_url
from service.versions import State, Version, begins

_FIRST = 14
"""How many characters of an untitled article stand in the table of contents."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph of which everything below holds alike."""

    text: str
    heading: bool
    trailer: bool
    marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph as the page shows it; its pieces joined are its text."""

    number: int
    pieces: tuple[Piece, ...]
    level: int
    """Depth of its clause: 0 outside all clauses."""
    opens: bool
    """The paragraph is the first of its clause."""
    alone: bool
    """The paragraph is nothing but its clause's heading."""
    title: bool
    """The paragraph is the document's title."""
    place: str
    """Where it stands, as a formal citation says it; empty in the title block."""


def lines(document: Document, quotes: Sequence[tuple[int, int]] = ()) -> list[Line]:
    """Return every paragraph in order; `quotes` are half-open ranges of `document.text` to mark."""
    return [_line(document, paragraph, quotes) for paragraph in document.paragraphs]


def _line(document: Document, paragraph: Paragraph, quotes: Sequence[tuple[int, int]]) -> Line:
    clause = document.clauses[paragraph.clause]
    opens = clause.level > 0 and paragraph.start <= clause.start < paragraph.end
    heading = _within(paragraph, clause.start, clause.body_start) if opens else (0, 0)
    # 第三条 is a heading even where its body follows at once; blanks behind it are not the point.
    alone = opens and not paragraph.text[heading[1] :].strip()
    trailer = clause.trailer
    trailing = _within(paragraph, trailer.start, trailer.end) if trailer else (0, 0)
    marked = [_within(paragraph, start, end) for start, end in quotes]
    cuts = sorted({0, len(paragraph.text), *heading, *trailing, *(edge for one in marked for edge in one)})
    return Line(
        number=paragraph.number,
        pieces=tuple(
            Piece(
                paragraph.text[start:end],
                heading=heading[0] <= start < heading[1],
                trailer=trailing[0] <= start < trailing[1],
                marked=any(first <= start < last for first, last in marked),
            )
            for start, end in pairwise(cuts)
        ),
        level=clause.level,
        opens=opens,
        alone=alone,
        title=clause.level == 0 and _same(paragraph.text, document.title),
        place=place_of(document, paragraph),
    )


@dataclass(frozen=True, slots=True)
class Content:
    """One line of the table of contents, with the lines below it."""

    words: str
    number: int
    """The paragraph where it begins."""
    below: tuple[Content, ...]


def contents(document: Document) -> tuple[Content, ...]:
    """Return the table of contents: headings, and articles with their first words.

    Items of an article and untitled clauses further down are text, not contents.
    """
    starts = [paragraph.start for paragraph in document.paragraphs]
    children: dict[int, list[int]] = {}
    for row, clause in enumerate(document.clauses):
        if clause.parent is not None:
            children.setdefault(clause.parent, []).append(row)

    def below(parent: int) -> tuple[Content, ...]:
        found = []
        for row in children.get(parent, ()):
            clause = document.clauses[row]
            place = bisect_left(starts, clause.start)
            shown = clause.title or clause.label.startswith(("第", "附")) or clause.level == 1
            if shown and place < len(starts) and starts[place] < clause.end:
                found.append(Content(_words(document, clause), document.paragraphs[place].number, below(row)))
        return tuple(found)

    return below(0)


def _words(document: Document, clause: Clause) -> str:
    if clause.title:
        return clause.heading
    body = document.text[clause.body_start : clause.end].strip().partition("\n")[0]
    return f"{clause.marker} {body[:_FIRST]}{'…' if len(body) > _FIRST else ''}"


def without_heading(document: Document, paragraph: Paragraph) -> str:
    """Return a paragraph's text behind its clause's heading; all of it where nothing else would be left."""
    clause = document.clauses[paragraph.clause]
    _, body = _within(paragraph, clause.start, clause.body_start)
    return paragraph.text[body:].strip() or paragraph.text


def _within(paragraph: Paragraph, start: int, end: int) -> tuple[int, int]:
    """Return the part of a range of the document that lies in a paragraph, counted from its start."""
    size = len(paragraph.text)
    first = min(max(start - paragraph.start, 0), size)
    return first, max(first, min(end - paragraph.start, size))


def _same(one: str, other: str) -> bool:
    return "".join(one.split()).lstrip("#") == "".join(other.split())


@dataclass(frozen=True, slots=True)
class Edition:
    """Another version of the document, as the page lists it."""

    title: str
    date: str
    """`2023年7月28日`, the day on which it was made; empty where it bears none."""
    state: str
    """`现行有效`, `旧版本`, …; empty where nothing tells."""
    current: bool
    url: str


_STATES: dict[State, str] = {
    "in_force": "现行有效",
    "older": "旧版本",
    "not_yet": "尚未施行",
    "expired": "有效期已满",
    "repealed": "已废止",
    "unknown": "",
}


def editions(versions: Sequence[Version], document_id: str) -> tuple[Edition, ...]:
    """Return the other versions of a document, newest first."""
    return tuple(
        Edition(
            version.entry.title + ("（要点摘编）" if version.entry.digest_of else ""),
            chinese_date(day) if (day := version.entry.issued_on or version.entry.effective_on) else "",
            _STATES[version.state],
            version.state == "in_force",
            document_url(version.entry.id),
        )
        for version in versions
        if version.entry.id != document_id
    )


@dataclass(frozen=True, slots=True)
class Banner:
    """What a reader of a document that is not in force must know first."""

    text: str
    url: str | None = None
    """The version in force, where there is one."""


def banner(versions: Sequence[Version], document_id: str) -> Banner | None:
    """Return the banner of a document that was replaced, repealed or has expired, or is not yet in force."""
    own = next((version for version in versions if version.entry.id == document_id), None)
    if own is None:
        return None
    current = next((version.entry for version in versions if version.state == "in_force"), None)
    url = document_url(current.id) if current is not None and current.id != document_id else None
    if own.state == "older" and current is not None:
        since = begins(current)
        day = f"，现行版本自{chinese_date(since)}起施行" if since is not None else ""
        return Banner(f"这是旧版本{day}，请以现行版本为准。", url)
    if own.state == "repealed":
        return Banner("这份文件已废止或失效，内容仅供参考。", url)
    if own.state == "expired" and own.entry.repealed_by is not None:
        return Banner(f"这份文件已被《{own.entry.repealed_by}》废止，内容仅供参考。", url)
    if own.state == "expired" and own.entry.expires_on is not None:
        return Banner(
            f"这份文件的有效期至{chinese_date(own.entry.expires_on)}，已经届满，内容仅供参考。", url
        )
    if own.state == "not_yet" and (start := begins(own.entry)) is not None:
        return Banner(f"这份文件自{chinese_date(start)}起施行，目前尚未施行。", url)
    return None


@dataclass(frozen=True, slots=True)
class Cited:
    """A paragraph that an answer cites, once or more, with what stands around the quoted words."""

    citations: tuple[Citation, ...]
    pieces: tuple[tuple[str, bool], ...]
    """Stretches of the paragraph, each with whether it is quoted; `…` stands for what is left out."""
    url: str
    """The reader's page with all the quotes marked."""

    @property
    def document(self) -> Document:
        """Where the paragraph stands."""
        return self.citations[0].document

    @property
    def paragraph(self) -> Paragraph:
        """The paragraph that all the citations quote."""
        return self.citations[0].paragraph


def cited(citations: Sequence[Citation], *, around: int = 60) -> list[Cited]:
    """Put the citations of one paragraph together, with at most `around` characters beside each quote.

    Paragraphs keep the order of their first citation.
    """
    by_paragraph: dict[str, list[Citation]] = {}
    for citation in citations:
        by_paragraph.setdefault(citation.paragraph.id, []).append(citation)
    return [
        Cited(
            tuple(group),
            _pieces(group[0].paragraph.text, [(c.start, c.end) for c in group], around),
            _url(group),
        )
        for group in by_paragraph.values()
    ]


def _pieces(text: str, quotes: Sequence[tuple[int, int]], around: int) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    done = 0
    for start, end in sorted(quotes):
        between = text[done : max(done, start)]
        kept = around if not done else 2 * around
        if len(between) > kept:
            behind = between[:around] if done else ""
            between = f"{behind}…{between[-around:]}"
        pieces += [(between, False), (text[max(done, start) : end], True)]
        done = max(done, end)
    rest = text[done:]
    pieces.append((rest if len(rest) <= around else f"{rest[:around]}…", False))
    return tuple(piece for piece in pieces if piece[0])


def _url(citations: Sequence[Citation]) -> str:
    first = citations[0]
    page, _, paragraph = paragraph_url(first.document, first.paragraph).partition("#")
    offset = first.paragraph.start
    quotes = "&".join(f"quote={offset + c.start}-{offset + c.end}" for c in citations)
    return f"{page}?{quotes}#{paragraph}"
