"""Write out the short names in a question as official documents do: 社保费 is 社会保险费 there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from indexer.tokens import is_word
from service.glossary import Choose, Terms

_KEPT = re.compile(r"“[^”]*”|《[^》]*》")
"""Quoted words are meant as they stand."""


def written_out(text: str, choose: Choose) -> str:
    """Return `text`, normalised Chinese, with each short name as `choose` takes it from itself and its full names.

    Where the index uses the short name, that stays.
    """
    pieces = list(_pieces(text))
    if all(len(terms) == 1 for terms in pieces):
        return text
    found = ""
    for piece in choose(pieces):
        found = _met(found, piece)
    return found


def _met(before: str, after: str) -> str:
    """Join two pieces; what both say where they meet is said once: 工程|工程质量保证金."""
    size = next((n for n in range(min(len(before), len(after)), 1, -1) if before.endswith(after[:n])), 0)
    return before + after[size:]


def _pieces(text: str) -> Iterator[Terms]:
    """Yield what each part of `text` may be: itself alone, or a short name and its full names."""
    kept = [match.span() for match in _KEPT.finditer(text)]
    names = _full_names()
    longest = max(map(len, names), default=0)
    begun = place = 0
    while place < len(text):
        sizes = range(min(longest, len(text) - place), 1, -1)
        short = next(
            (
                text[place : place + size]
                for size in sizes
                if text[place : place + size] in names and _stands(text, place, size)
            ),
            None,
        )
        if short is None or any(start <= place < end for start, end in kept):
            place += 1
            continue
        if begun < place:
            yield (text[begun:place],)
        yield (short, *names[short])
        begun = place = place + len(short)
    if begun < len(text):
        yield (text[begun:],)


def _stands(text: str, place: int, size: int) -> bool:
    """Whether two characters are a name here, rather than the ends of two words: 提高|考核."""
    if size > 2:
        return True
    beside = (text[max(0, place - 1) : place + 1], text[place + 1 : place + 3])
    return not any(len(pair) == 2 and is_word(pair) for pair in beside)


@lru_cache(maxsize=1)
def _full_names() -> dict[str, Terms]:
    """Read the full names of each short one, the most usual first."""
    lines = (files("service") / "data" / "abbreviations.tsv").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {short: tuple(full.split(";")) for short, full in pairs}
