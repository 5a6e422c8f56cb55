"""Fold spellings, so that the same words compare equal however they are typed."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_SPACE = re.compile(r"(?<![a-z])\s+|\s+(?![a-z])|(?<=[a-z])\s+(?=[a-z])")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_HAN_NUMERAL = "〇零一二两三四五六七八九十百千万亿点"
_QUOTES = str.maketrans(dict.fromkeys("“”„‟「」『』＂\"‘’'`", '"'))
_BRACKETS = str.maketrans({"〔": "(", "〕": ")", "[": "(", "]": ")", "【": "(", "】": ")"})
_MARK = re.compile(r"(?<!\])\s?\[\d{1,3}\]|(?<=\])\[\d{1,3}\]")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Fold width, traditional characters, case, quotes, brackets, thousands commas and white space.

    A space stays only between two Latin letters, as one blank: `5 million yuan` is `5million yuan`.
    """
    text = unicodedata.normalize("NFKC", text).lower().translate(_QUOTES).translate(_BRACKETS)
    text = _THOUSANDS.sub("", _simplified()(text))
    return _SPACE.sub(lambda match: " " if _between_letters(match) else "", text)


def _between_letters(match: re.Match[str]) -> bool:
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    return before.isascii() and before.isalpha() and after.isascii() and after.isalpha()


@lru_cache(maxsize=1)
def _simplified() -> Callable[[str], str]:
    import opencc

    converter: Any = opencc.OpenCC("t2s")
    return lambda text: str(converter.convert(text))


def without_marks(text: str) -> str:
    """Return an answer's text without its citation marks `[1]`."""
    return _MARK.sub("", text)


def contains(text: str, spelling: str) -> bool:
    """Whether `spelling` stands in `text`, both folded; a figure must end where it ends.

    `1%` stands neither in `11%` nor in `0.1%` nor in `1%o`; `三个` not in `十三个`; `aeo` not in `aeon`.
    An empty spelling stands nowhere.
    """
    text, spelling = fold(text), fold(spelling)
    if not spelling:
        return False
    start = text.find(spelling)
    while start >= 0:
        end = start + len(spelling)
        if _free_before(text, start) and _free_after(text, end):
            return True
        start = text.find(spelling, start + 1)
    return False


def _free_before(text: str, start: int) -> bool:
    if start == 0:
        return True
    first, before = text[start], text[start - 1]
    if first.isdecimal():
        return not (before.isdecimal() or (before == "." and start > 1 and text[start - 2].isdecimal()))
    if first in _HAN_NUMERAL and first not in "点万亿":
        # 一 and 万 end everyday words too (统一三个…), the other numerals only numbers.
        return before not in _HAN_NUMERAL.replace("一", "").replace("万", "").replace("点", "")
    return not (_is_letter(first) and _is_letter(before))


def _free_after(text: str, end: int) -> bool:
    if end == len(text):
        return True
    last, after = text[end - 1], text[end]
    if last.isdecimal():
        return not (after.isdecimal() or (after == "." and text[end + 1 : end + 2].isdecimal()))
    if last in _HAN_NUMERAL and last not in "点万亿":
        return after not in _HAN_NUMERAL
    return not (_is_letter(last) and _is_letter(after))


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()
