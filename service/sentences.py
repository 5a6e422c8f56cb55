"""Split a paragraph into sentences, with their places in it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_PAIRS = {
    "(": ")",
    "（": "）",
    "“": "”",
    "‘": "’",
    "《": "》",
    "「": "」",
    "『": "』",
    "【": "】",
    "[": "]",
    "［": "］",
}
_PAIRS |= {"〔": "〕", "〈": "〉"}
_CLOSING = frozenset(_PAIRS.values())
_STOP = "。！？!?"
_TRAILING = _CLOSING | set("。！？!?…\"'")
_FAR = 400
"""What closes later than this many characters after its opening is taken for a slip of the pen."""
_ABBREVIATION = re.compile(r"(?:\b(?:No|Nos|Art|art|e\.g|i\.e|cf|vs|etc|Mr|Ms|Dr|approx|RMB)|\b[A-Z])\.$")


class Sentence(NamedTuple):
    """A piece of a paragraph; `paragraph[start:end] == text`, nothing but white space between two."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=32768)
def sentences(paragraph: str, *, semicolons: bool = True) -> tuple[Sentence, ...]:
    """Cut after 。！？ and, with `semicolons`, after ；;; never inside brackets, book titles or quotes.

    What closes after a stop (`。”`, `！）`) stays with it. A bracket that does not close within the
    paragraph, or only far away, holds nothing together. A whole bracket after a
    stop (`……。（牵头单位：市财政局）`) is a sentence of its own. An English full stop ends a sentence
    before white space and a capital, a digit or a Chinese character.
    """
    closes = _closings(paragraph)
    stops = _STOP + ("；;" if semicolons else "")
    ends: list[int] = []
    inside = 0
    place = 0
    while place < len(paragraph):
        if place in closes:
            inside = max(inside, closes[place])
        character = paragraph[place]
        place += 1
        if place <= inside:
            # “……。” is over where its quote is; so is a whole sentence in brackets.
            if place == inside and paragraph[place - 2] in _STOP and _whole(paragraph, place, ends, closes):
                ends.append(_after_trailing(paragraph, place, closes))
                place = ends[-1]
            continue
        if character in stops or (character == "." and _english_stop(paragraph, place)):
            ends.append(_after_trailing(paragraph, place, closes))
            place = ends[-1]
    ends.append(len(paragraph))
    found: list[Sentence] = []
    begin = 0
    for end in ends:
        piece = paragraph[begin:end]
        text = piece.strip()
        if text:
            start = begin + len(piece) - len(piece.lstrip())
            found.append(Sentence(text, start, start + len(text)))
        begin = max(begin, end)
    return tuple(found)


def _closings(paragraph: str) -> dict[int, int]:
    """Map the place of each opening bracket that closes to the place after its closing one."""
    waiting: list[tuple[str, int]] = []
    closes: dict[int, int] = {}
    for place, character in enumerate(paragraph):
        if character in _PAIRS:
            waiting.append((_PAIRS[character], place))
        elif character in _CLOSING and any(wanted == character for wanted, _ in waiting):
            # Brackets opened in between were never closed.
            while waiting[-1][0] != character:
                waiting.pop()
            start = waiting.pop()[1]
            if place - start <= _FAR:
                closes[start] = place + 1
    return closes


def _whole(paragraph: str, end: int, ends: list[int], closes: dict[int, int]) -> bool:
    """True where the words up to the closing quote or bracket at `end` are a sentence, not a part of one.

    (“好。”他说) goes on after the quote; 《……。》 names a document.
    """
    if paragraph[end - 1] in "》〉":
        return False
    following = paragraph[end : end + 1]
    if paragraph[end - 1] in "”’」』":
        return following not in ("的", "等", "、", "，", ",", "；", ";", "和", "与", "为", "作", "）", ")")
    begin = ends[-1] if ends else 0
    opened = next(start for start, stop in closes.items() if stop == end)
    return not paragraph[begin:opened].strip()


def _after_trailing(paragraph: str, end: int, closes: dict[int, int]) -> int:
    """Return the place after the stops and closing marks that follow `end`; an opening one is no closing."""
    while end < len(paragraph) and paragraph[end] in _TRAILING and end not in closes:
        end += 1
    return end


def _english_stop(paragraph: str, end: int) -> bool:
    following = paragraph[end : end + 2]
    if (
        len(following) < 2
        or not following[0].isspace()
        or not (following[1].isupper() or following[1] > "⺀")
    ):
        return False
    before = paragraph[max(0, end - 12) : end]
    return bool(re.search(r"[A-Za-z%)\d”\"]\.$", before)) and not (
        _ABBREVIATION.search(before) or re.search(r"(?:^|\s)\d{1,3}\.$", before)
    )
