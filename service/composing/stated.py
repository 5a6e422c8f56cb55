"""Find the words in which a document states its own number, issuer, dates, record, commencement and term."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from indexer.dates import DURATION, add_duration, parse_date, parse_deadline
from indexer.document import Document, Paragraph
from indexer.history import Event, Step, find_events, find_record
from indexer.metadata import ON_ISSUE, TAKES_EFFECT
from service.evidence import Span
from service.sentences import sentences

_RECORD = re.compile(
    r"[(（]|(?:根据|自|经)?\s*(?:19|20)\d{2}\s*年|(?:根据|自|经)?\s*[二一][〇○零OＯ一二三四五六七八九]{3}年"
    r"|《[^》]{4,60}》[^，。]{0,4}(?:已|业|于|由|经)"
)
"""How a line of the title block begins that tells when the document was adopted or published."""
_LIMITS = re.compile(r"有效|试行|(?:施行|执行|实施)(?:期|至|到)|失效|废止|止|到期|届满")
_UNTIL = re.compile(r"(?:19|20)\d{2}\s*年[^，,。；;、）)]{0,12}")
_MOST = 400


@dataclass(frozen=True, slots=True)
class Told:
    """A step in a document's life, and where its record tells it."""

    event: Event
    span: Span


def record(document: Document, *steps: Step) -> tuple[Told, ...]:
    """Return what the title block tells of `steps` (all where none is named), in its order."""
    lines = [
        paragraph
        for paragraph in _title_block(document)
        if len(paragraph.text) <= _MOST and _RECORD.match(paragraph.text.lstrip("# "))
    ]
    counted = [len(list(find_events(paragraph.text))) for paragraph in lines]
    owners = [paragraph for paragraph, count in zip(lines, counted, strict=True) for _ in range(count)]
    events = find_record(paragraph.text for paragraph in lines)
    return tuple(
        Told(event, Span(document, paragraph, event.start, event.end))
        for event, paragraph in zip(events, owners, strict=True)
        if not steps or event.step in steps
    )


def _title_block(document: Document) -> list[Paragraph]:
    """The paragraphs before the first numbered part."""
    first = document.clauses[1].start if len(document.clauses) > 1 else len(document.text)
    return [
        paragraph for paragraph in document.paragraphs if paragraph.clause == 0 and paragraph.start < first
    ]


def commencement(document: Document) -> tuple[Span, ...]:
    """Return the words that put the document into effect on `effective_on`; empty where none do.

    Where they name the day of issue (自印发之日起施行), the words that state that day come with them.
    """
    if document.effective_on is None:
        return ()
    told = [one.span for one in record(document, "effective") if one.event.day == document.effective_on]
    if told:
        return (told[-1],)
    for paragraph in reversed(document.paragraphs):
        for match in TAKES_EFFECT.finditer(paragraph.text):
            span = _sentence_at(document, paragraph, match.start("verb"))
            if parse_date(match["when"]) == document.effective_on:
                return (span,)
            if ON_ISSUE.search(match["when"]):
                day = issue(document)
                return (span, day) if day is not None and day.paragraph != paragraph else (span,)
    return ()


def term(document: Document) -> tuple[Span, str | None] | None:
    """Return where the document's term is set, and its length (`五年`) where no last day is stated.

    None where no words set it: `expires_on` came from beside the text then.
    """
    ends = document.expires_on
    if ends is None:
        return None
    begins = [day for day in (document.effective_on, document.issued_on) if day is not None]
    for paragraph in reversed(document.paragraphs):
        for sentence in sentences(paragraph.text):
            if not _LIMITS.search(sentence.text):
                continue
            span = Span(document, paragraph, sentence.start, sentence.end)
            for stated in _UNTIL.finditer(sentence.text):
                if parse_deadline(stated[0]).end in (ends, ends + timedelta(days=1)):
                    return span, None
            for length in DURATION.finditer(sentence.text):
                if any(add_duration(day, length[0]) == ends for day in begins):
                    return span, length[0]
    return None


def issue(document: Document) -> Span | None:
    """Return where the day of issue stands: in the record, the signature or the title block."""
    if document.issued_on is None:
        return None
    told = [one.span for one in record(document) if one.event.day == document.issued_on]
    return told[-1] if told else words(document, *written(document.issued_on))


def words(document: Document, *wanted: str) -> Span | None:
    """Return the paragraph, one of the title block or the signature first, that holds one of `wanted`."""
    own = sorted(document.paragraphs, key=lambda paragraph: (paragraph.clause != 0, paragraph.number))
    for one in map(_plain, wanted):
        for paragraph in own:
            if one in _plain(paragraph.text):
                return Span(document, paragraph, 0, len(paragraph.text))
    return None


_ENDS_ANOTHER = re.compile(r"》[^。；;]{0,40}(?:废止|停止执行)")


def sentence_with(document: Document, name: str, *verbs: str) -> Span | None:
    """Return the sentence that holds `name` and one of `verbs`, the last one."""
    for paragraph in reversed(document.paragraphs):
        for sentence in sentences(paragraph.text):
            if _plain(name) in _plain(sentence.text) and any(verb in sentence.text for verb in verbs):
                return Span(document, paragraph, sentence.start, sentence.end)
    return None


def ends_another(document: Document) -> Span | None:
    """Return the sentence by which a document ends another that it names; None where it ends none."""
    for paragraph in reversed(document.paragraphs):
        for sentence in sentences(paragraph.text):
            if _ENDS_ANOTHER.search(sentence.text):
                return Span(document, paragraph, sentence.start, sentence.end)
    return None


def title_line(document: Document) -> Span | None:
    """Return the line that bears the title, or its first part where lines break it."""
    title = _plain(document.title)
    for paragraph in document.paragraphs[:40]:
        plain = _plain(paragraph.text).lstrip("#")
        if plain and (title in plain or (len(plain) >= 6 and title.startswith(plain))):
            return Span(document, paragraph, 0, len(paragraph.text))
    return None


def written(day: date) -> tuple[str, ...]:
    """Return the ways to write `day` in a document."""
    digits = "〇一二三四五六七八九"
    year = "".join(digits[int(c)] for c in str(day.year))

    def numeral(value: int) -> str:
        tens, ones = divmod(value, 10)
        return ("" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十") + (
            digits[ones] if ones else ""
        )

    return (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}年{day.month:02}月{day.day:02}日",
        f"{day.year}年{day.month}月{day.day}",
        day.isoformat(),
        f"{day.year}.{day.month}.{day.day}",
        f"{year}年{numeral(day.month)}月{numeral(day.day)}日",
    )


def _sentence_at(document: Document, paragraph: Paragraph, place: int) -> Span:
    for sentence in sentences(paragraph.text):
        if sentence.start <= place < sentence.end:
            return Span(document, paragraph, sentence.start, sentence.end)
    return Span(document, paragraph, 0, len(paragraph.text))


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text).replace("○", "〇"))
