"""Quote a paragraph or a clause whole, in its order, as far as it can be taken in at once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.document import Document, Paragraph
from service.composing.brief import Brief
from service.composing.wording import label, sentence_of, statement_of, tidy, without_marker
from service.evidence import Draft, Span, Statement
from service.sentences import Sentence, sentences

_OPENS = ("：", ":")
_STEP = re.compile(r"(?:第[一二三四五六七八九十\d]+[步，,、]|[一二三四五六七八九十]是|[①-⑳]|[-•●·]\s)")
_TOGETHER = 160
"""Two paragraphs with so many characters in all are quoted as one statement."""


def body(document: Document, paragraph: Paragraph) -> Span | None:
    """Return the paragraph's words without the clause's trailer; None for a heading, or a question that heads a text."""
    if paragraph.text.rstrip().endswith(("？", "?")):
        return None
    clause = document.clauses[paragraph.clause]
    start, end = 0, len(paragraph.text)
    if clause.trailer is not None and paragraph.start <= clause.trailer.start < paragraph.end:
        end = len(paragraph.text[: clause.trailer.start - paragraph.start].rstrip())
        if clause.trailer.end < paragraph.end:
            end = len(paragraph.text)  # the text goes on after its trailer
    if clause.title and paragraph.start + end <= clause.body_start:
        return None
    return Span(document, paragraph, start, end) if end > start else None


def own_text(document: Document, row: int) -> list[Span]:
    """Return the paragraphs that stand directly in clause `row`, in order, as `body` leaves them."""
    spans = (body(document, paragraph) for paragraph in document.paragraphs_by_clause.get(row, ()))
    return [span for span in spans if span is not None]


def all_text(document: Document, row: int) -> list[Span]:
    """Return the paragraphs of clause `row` and of everything under it, in order."""
    clause = document.clauses[row]
    spans = (
        body(document, paragraph)
        for paragraph in document.paragraphs
        if clause.start <= paragraph.start < clause.end
    )
    return [span for span in spans if span is not None]


def length(spans: Sequence[Span]) -> int:
    """Return how many characters the spans have."""
    return sum(span.end - span.start for span in spans)


def around(span: Span, *, most: int) -> Span:
    """Return the paragraph around a sentence where it has at most `most` characters, else the sentences next to it.

    Sentences behind it are taken before those in front: a text says what it is about first.
    """
    whole = body(span.document, span.paragraph) or span
    if whole.end - whole.start <= most or not whole.start <= span.start < whole.end:
        return whole
    pieces: tuple[Sentence, ...] = tuple(
        piece for piece in sentences(span.paragraph.text, semicolons=False) if piece.start < whole.end
    )
    first = last = next((n for n, piece in enumerate(pieces) if span.start < piece.end), 0)
    while last + 1 < len(pieces) and pieces[last + 1].end - pieces[first].start <= most:
        last += 1
    while first > 0 and pieces[last].end - pieces[first - 1].start <= most:
        first -= 1
    end = min(pieces[last].end, whole.end)
    return Span(span.document, span.paragraph, pieces[first].start, end, span.score)


def opened_run(span: Span) -> list[Span]:
    """Return the paragraphs of a clause that belong together with the span's: an opening (……：) and what it opens.

    Paragraphs that number themselves (第一步, 一是) belong together too. Only the span's own otherwise.
    """
    document = span.document
    own = own_text(document, span.paragraph.clause)
    place = next((n for n, other in enumerate(own) if other.paragraph == span.paragraph), None)
    if place is None:
        return []
    opening = next((n for n in range(place, -1, -1) if own[n].text.rstrip().endswith(_OPENS)), None)
    if opening is not None and opening + 1 < len(own):
        return own[opening:]
    if _STEP.match(own[place].text):
        first = last = place
        while first > 0 and _STEP.match(own[first - 1].text):
            first -= 1
        while last + 1 < len(own) and _STEP.match(own[last + 1].text):
            last += 1
        return own[first : last + 1]
    return [own[place]]


def quoted(spans: Sequence[Span], brief: Brief) -> Draft:
    """Quote spans of one document: as one statement where they are short, else a line each."""
    if not spans:
        return Draft(())
    document = spans[0].document
    if len(spans) == 1 or (len(spans) == 2 and length(spans) <= _TOGETHER):
        return Draft((statement_of(document, list(spans), brief),))
    opens = spans[0].text.rstrip().endswith(_OPENS)
    name = f"{label(document, brief)}：" if brief.several_regions else ""
    blocks: list[Statement] = []
    if opens:
        blocks.append(Statement(f"{name}{tidy(without_marker(spans[0]))}", (spans[0],)))
    elif name:
        blocks.append(Statement(name))
    blocks += [
        Statement(f"- {sentence_of(without_marker(span))}", (span,)) for span in spans[1 if opens else 0 :]
    ]
    return Draft(tuple(blocks))
