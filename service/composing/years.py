"""Keep to the year that a question names: what a text says of another year is no answer."""

from __future__ import annotations

import re
from dataclasses import replace

from service.question import Question
from service.ranking import Found, ScoredSentence

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*(?:年|[—-]+(?:19|20)\d{2}年)")
_STATED = re.compile(r"(?<![比较以同\d])((?:19|20)\d{2})\s*年")
"""A year that what follows is of; 比2023年下降 only compares with one."""
_OPENS = re.compile(
    r"\s*(?:[（(]?[一二三四五六七八九十\d]+[)）、.．]\s*)?(?:到|至|在)?\s*((?:19|20)\d{2})年(?!.{0,3}第)"
)
_NEAR = 0.2
"""A sentence of the year named goes before one of another year if it scores this share of the best."""


def speaks_of_the_year(question: Question, found: Found) -> bool:
    """False where the question names a year that neither the evidence nor its document speaks for."""
    if not question.years or not found.sentences:
        return True
    best = found.sentences[0]
    document = best.chunk.document
    about = " ".join(
        (best.chunk.chunk.text, *best.chunk.chunk.heading_path, document.title, document.number or "")
    )
    days = (document.issued_on, document.effective_on, document.expires_on)
    spoken = {day.year for day in days if day is not None}
    return any(str(year) in about or year in spoken for year in question.years)


def tells_another_year(question: Question, found: Found) -> bool:
    """True where the best sentence goes from year to year, and the figure of the kind asked for is of another year.

    2024年授信总额达到120亿元，2025年放款时间压缩到两天 says nothing of the sum of 2025.
    """
    if len(question.years) != 1 or question.quantity in (None, "any", "date", "rank") or not found.sentences:
        return False
    best = found.sentences[0].sentence
    years = [(match.start(), int(match[1])) for match in _STATED.finditer(best.text)]
    if len({year for _, year in years}) < 2 or question.years[0] not in {year for _, year in years}:
        return False
    of_the_kind = [one for one in best.figures if one.quantity == question.quantity]
    governing = [
        max((at, year) for at, year in years if at < one.start)
        for one in of_the_kind
        if one.start > years[0][0]
    ]
    return (
        bool(governing)
        and len(governing) == len(of_the_kind)
        and all(year != question.years[0] for _, year in governing)
    )


def within_the_year(question: Question, found: Found) -> Found:
    """Leave out sentences of other years where a good one is of the year named: 2024年 of 2022年——…, 2023年——…, 2024年——…."""
    if len(question.years) != 1 or not found.sentences:
        return found
    year = question.years[0]
    years = [_years_of(one) for one in found.sentences]
    best = found.sentences[0].score
    if not any(
        year in own and one.score >= _NEAR * best for one, own in zip(found.sentences, years, strict=True)
    ):
        return found
    kept = tuple(one for one, own in zip(found.sentences, years, strict=True) if not own or year in own)
    return replace(found, sentences=kept)


def _years_of(one: ScoredSentence) -> set[int]:
    """The years that a sentence states, else the one that opens its paragraph."""
    stated = {int(year) for year in _YEAR.findall(one.sentence.text)}
    if stated:
        return stated
    opening = _OPENS.match(one.sentence.paragraph.text)
    return {int(opening[1])} if opening is not None else set()
