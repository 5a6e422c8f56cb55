"""Tokenise text for the lexical index."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from indexer.embedding import BUNDLED_MODEL
from indexer.errors import ModelError

if TYPE_CHECKING:
    from opencc import OpenCC
    from tokenizers import Tokenizer

_TOKENIZER_FILE = BUNDLED_MODEL / "tokenizer.json"
_RULES = "1"
"""Changes whenever the functions below come to give other tokens."""

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_OTHER_WORD = re.compile(rf"(?:[^\W\d_{_HAN}])(?:[^\W_{_HAN}])*")
_UNITS = (
    "个工作日|工作日|个百分点|百分点|个自然日|自然日|周岁|小时|分钟|平方米|平方公里|立方米|公里|公斤|千克|公顷"
    "|万元|亿元|万户|万人|万吨|个月|个日|年度|季度"
    "|元|天|日|月|年|周|岁|倍|人|名|户|家|项|件|次|条|款|个|类|级|吨|亩|米|所|座|台|辆|张|份|批|期|岗|亿|万|成"
)
_AMOUNT = re.compile(rf"(?<![a-z\d.])(\d{{1,3}}(?:,\d{{3}})+|\d+)(\.\d+)?(%|‰|(?:{_UNITS}))?")
_NUMERALS = "〇零一二两三四五六七八九十百千万亿"
_CHINESE_PERCENT = re.compile(rf"(百|千)分之([{_NUMERALS}点]+)")
_CHINESE_AMOUNT = re.compile(rf"(?<!第)([{_NUMERALS}]+)({_UNITS})")
_SPACED_FIGURE = re.compile(r"(?<=\d)[ \t\u00a0]+(?=[%‰年月日])|(?<=[年月])[ \t\u00a0]+(?=\d)")
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}


def normalize(text: str) -> str:
    """Return `text` as it is compared: NFKC, lower case, traditional characters simplified.

    The length may change: what needs places in the source must not count them here.
    """
    simplified: str = _simplified().convert(unicodedata.normalize("NFKC", text))
    return simplified.lower()


def lexical_tokens(text: str) -> list[str]:
    """Return the terms of `text`, in no order that matters, a term as often as it is found.

    Han text gives its words, as the bundled tokenizer cuts them, and its character bigrams; a word of
    two characters therefore counts twice, which ranks better than once. Other scripts give their words.
    A figure gives its digits and, if a unit follows, the figure with it (`500`, `500万元`; `1%`);
    Chinese numerals before a unit give what digits would (三十日: `30`, `30日`; 百分之五: `5`, `5%`).
    """
    normal = _SPACED_FIGURE.sub("", normalize(text))
    tokens = _OTHER_WORD.findall(normal)
    tokens += _figures(normal)
    runs = _HAN_RUN.findall(normal)
    for run in runs:
        tokens += [run[place : place + 2] for place in range(len(run) - 1)]
    if runs:
        unknown = _tokenizer().token_to_id("<unk>")
        encoded = _tokenizer().encode(" ".join(runs), add_special_tokens=False)
        # A character without a token of its own still finds itself.
        tokens += [run for run in runs if len(run) == 1 and _tokenizer().token_to_id(run) is None]
        tokens += [token for token, row in zip(encoded.tokens, encoded.ids, strict=True) if row != unknown]
    return tokens


def is_word(text: str) -> bool:
    """Return whether the bundled tokenizer knows `text` as one word."""
    return _tokenizer().token_to_id(text) is not None


def lexical_fingerprint() -> str:
    """A hash of all that decides which terms a text gives: an index is bound to it."""
    digest = hashlib.sha256(_RULES.encode())
    digest.update(_TOKENIZER_FILE.read_bytes())
    return f"sha256:{digest.hexdigest()}"


@cache
def _simplified() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_file(str(_TOKENIZER_FILE))
    except Exception as error:  # tokenizers raises bare Exception
        raise ModelError(f"the bundled tokenizer {_TOKENIZER_FILE} can't be read: {error}") from error


def _figures(normal: str) -> Iterator[str]:
    """The terms of each figure in normalised text."""
    for match in _AMOUNT.finditer(normal):
        number = match[1].replace(",", "") + (match[2] or "")
        yield from (number, number + match[3]) if match[3] else (number,)
    for match in _CHINESE_PERCENT.finditer(normal):
        number = _digits(match[2])
        if number is not None:
            yield from (number, number + ("%" if match[1] == "百" else "‰"))
    for match in _CHINESE_AMOUNT.finditer(normal):
        number = _digits(match[1])
        # 一个, 一次 are hardly ever figures that somebody looks for.
        if number is not None and match[1] != "一":
            yield from (number.rstrip("万亿"), number + match[2])


def _digits(numeral: str) -> str | None:
    """A Chinese numeral below 10,000, or such a one times 万 or 亿, in digits; None if it is no numeral.

    >>> _digits("一百二十"), _digits("二〇二二"), _digits("五百万"), _digits("三点五"), _digits("十百")
    ('120', '2022', '500万', '3.5', None)
    """
    whole, point, fraction = numeral.partition("点")
    scale = whole[-1:] if whole[-1:] in ("万", "亿") else ""
    whole = whole.removesuffix(scale) if scale else whole
    if not whole or any(sign not in _DIGITS for sign in fraction) or (point and not fraction):
        return None
    if all(sign in _DIGITS for sign in whole):
        value = "".join(str(_DIGITS[sign]) for sign in whole)
    else:
        total, digit, smallest = 0, None, 10_000
        for place, sign in enumerate(whole):
            if sign in _DIGITS:
                if digit:
                    return None
                digit = _DIGITS[sign]
            elif sign in _SCALES and _SCALES[sign] < smallest and (digit or (place == 0 and sign == "十")):
                smallest = _SCALES[sign]
                total += (digit or 1) * smallest
                digit = None
            else:
                return None
        value = str(total + (digit or 0))
    if point:
        value += "." + "".join(str(_DIGITS[sign]) for sign in fraction)
    return value + scale
