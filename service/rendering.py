"""Turn a checked draft into the answer's text and its numbered citations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from service.answer import Citation
from service.evidence import Draft, Span, Statement, Table

_NEAR = 30
"""Two spans of one paragraph with at most this many characters between them are cited as one quote."""
_STOPS = "。；;！？.!?"
_LOOKS_LIKE_A_MARK = re.compile(r"\[(\d+)\]")


def render(draft: Draft) -> tuple[str, tuple[Citation, ...]]:
    """Return the text with `[n]` after each statement, and the citations it uses, n counting from 1.

    Statements become lines; a table becomes a Markdown table whose last cell bears the marks.
    Spans of one paragraph that lie near each other share a citation. A `[3]` that a source itself
    writes becomes `［3］`, so that every `[n]` of the text is a mark.
    """
    merged = _merge(draft.spans)
    numbers: dict[int, int] = {}
    used: list[Span] = []

    def marks(spans: Iterable[Span]) -> str:
        found: set[int] = set()
        for span in map(_stripped, spans):
            if span.start == span.end:
                continue
            place = next(n for n, whole in enumerate(merged) if _covers(whole, span))
            if place not in numbers:
                numbers[place] = len(used) + 1
                used.append(merged[place])
            found.add(numbers[place])
        return "".join(f"[{n}]" for n in sorted(found))

    lines: list[str] = []
    for block in draft.blocks:
        if isinstance(block, Table):
            if lines and lines[-1]:
                lines.append("")
            lines.append(_row(block.header))
            lines.append("|" + " --- |" * len(block.header))
            for cells, spans in block.rows:
                lines.append(_row(cells, marks(spans)))
            lines.append("")
        else:
            lines.append(_placed(block, marks(block.spans)))
    text = "\n".join(lines).strip()
    citations = tuple(
        Citation(n, span.document, span.paragraph, span.start, span.end, round(span.score, 4))
        for n, span in enumerate(used, start=1)
    )
    return text, citations


def _row(cells: tuple[str, ...], marks: str = "") -> str:
    plain = [_plain(cell).replace("|", "｜") for cell in cells]
    if marks and plain:
        plain[-1] = _before_stop(plain[-1], marks)
    return f"| {' | '.join(plain)} |"


def _placed(statement: Statement, marks: str) -> str:
    return _before_stop(_plain(statement.text).rstrip(), marks)


def _before_stop(text: str, marks: str) -> str:
    """Put the marks before the closing stops: `……不超过1%[1]。`; after a closing quote: `“……。”[1]`."""
    bare = text.rstrip(_STOPS)
    if not marks or not bare:
        return f"{text}{marks}"
    return f"{bare}{marks}{text[len(bare) :]}"


def _plain(text: str) -> str:
    """Leave one line, without anything that reads as a citation mark."""
    return _LOOKS_LIKE_A_MARK.sub(r"［\1］", re.sub(r"\s*\n\s*", " ", text))


def _merge(spans: tuple[Span, ...]) -> list[Span]:
    groups: dict[tuple[str, int], list[Span]] = {}
    for span in map(_stripped, spans):
        if span.start < span.end:
            groups.setdefault((span.document.id, span.paragraph.number), []).append(span)
    merged: list[Span] = []
    for members in groups.values():
        members.sort(key=lambda span: (span.start, span.end))
        current = members[0]
        for span in members[1:]:
            if span.start - current.end <= _NEAR:
                end, score = max(current.end, span.end), max(current.score, span.score)
                current = replace(current, end=end, score=score)
            else:
                merged.append(current)
                current = span
        merged.append(current)
    return merged


def _stripped(span: Span) -> Span:
    """A quote begins and ends with a word, not with white space."""
    text = span.text
    start = span.start + len(text) - len(text.lstrip())
    return replace(span, start=start, end=max(start, span.start + len(text.rstrip())))


def _covers(whole: Span, span: Span) -> bool:
    return (
        whole.document.id == span.document.id
        and whole.paragraph.number == span.paragraph.number
        and whole.start <= span.start
        and span.end <= whole.end
    )
