"""Mend words typed with a homophone: 简意注消 for 简易注销."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache

from indexer.lexical import LexicalIndex
from indexer.tokens import is_word

_FUNCTION = frozenset(
    "几个哪是有不多少的了在要能会我你他她它这那得过给和与及或把被对向从为以可也都就才又再很最更吗呢吧啊呀么什怎啥谁何时里上下中大小人家年月日天次一二三四五六七八九十百千万两半每各没请问想说去来到让还该"
)
"""Characters that stand alone so often that a pair with them is no misspelt word."""
_HAN_PAIR = re.compile(r"[\u4e00-\u9fff]{2}")
_FUNCTION = frozenset(
    "的了吗呢吧啊嘛么呀是在向从到和与跟被把就都也还再又要会能可不没几多谁哪什怎我你您他她它这那个一归去来说问叫让找买卖看给很啥咋且或若如因所得其之而将已才只"
)
"""A pair with one of these is two words that meet (狗|买, 法|归), not one mistyped."""
_RARE = 500
"""In a large index any pair occurs by chance: one this many times rarer than the word meant is mistyped too."""


class Homophones:
    """Knows the two-character words of an index by their sound; safe to share between threads.

    A pair of characters is mended only if the index (almost) never has it, it is no word of the language and
    no part of one beside it (上门|看), and a word of the same sound (tones left out) that shares one of its
    characters occurs in the index. Made from the index when first asked.
    """

    def __init__(self, lexical: LexicalIndex, *, least: int = 2, most_tokens: int = 400_000) -> None:
        self._lexical = lexical
        self._least = least
        self._most_tokens = most_tokens
        self._by_sound: dict[tuple[str, str], list[str]] | None = None

    def mend(self, text: str, *, keep: Iterable[tuple[int, int]] = ()) -> str:
        """Return `text` with mistyped pairs mended; places in `keep` (start, end) are left alone."""
        kept = list(keep)
        place = 0
        while place < len(text) - 1:
            pair = text[place : place + 2]
            free = all(place + 2 <= start or place >= end for start, end in kept)
            word = self._meant(text, place) if free and _HAN_PAIR.fullmatch(pair) else None
            if word is not None:
                text = text[:place] + word + text[place + 2 :]
            place += 2 if word is not None else 1
        return text

    def _meant(self, text: str, place: int) -> str | None:
        """The word meant by the pair at `place`, None where the pair stands as it is."""
        pair = text[place : place + 2]
        if pair[0] in _FUNCTION or pair[1] in _FUNCTION or is_word(pair):
            return None
        if any(is_word(beside) for beside in (_pair(text, place - 1), _pair(text, place + 1)) if beside):
            return None
        seen = self._lexical.frequency(pair)
        if seen * _RARE > len(self._lexical):
            return None
        candidates = [word for word in self._sounds().get(_sound(pair), ()) if _shares(word, pair)]
        word = max(candidates, key=self._lexical.frequency, default=None)
        if word is None or seen * _RARE > self._lexical.frequency(word) or self._belongs(text, place, word):
            return None
        return word

    def _belongs(self, text: str, place: int, word: str) -> bool:
        """Whether the character that `word` would replace goes with its other neighbour: 提|公积金."""
        beside = _pair(text, place - 1 if text[place] != word[0] else place + 1)
        return bool(beside) and self._lexical.frequency(beside) * 10 * _RARE > len(self._lexical)

    def _sounds(self) -> dict[tuple[str, str], list[str]]:
        if self._by_sound is None:
            found: dict[tuple[str, str], list[str]] = defaultdict(list)
            for number, token in enumerate(self._lexical.vocabulary()):
                if number > self._most_tokens:
                    break
                if (
                    _HAN_PAIR.fullmatch(token)
                    and self._lexical.frequency(token) >= self._least
                    and is_word(token)
                ):
                    found[_sound(token)].append(token)
            self._by_sound = found
        return self._by_sound


def _pair(text: str, place: int) -> str:
    """The two characters at `place`; empty where the text has no two there."""
    return text[place : place + 2] if 0 <= place < len(text) - 1 else ""


def _shares(word: str, pair: str) -> bool:
    """One character is right: with both wrong, the sound alone is too weak a reason."""
    return word[0] == pair[0] or word[1] == pair[1]


def _sound(pair: str) -> tuple[str, str]:
    return _syllable(pair[0]), _syllable(pair[1])


@lru_cache(maxsize=8192)
def _syllable(character: str) -> str:
    return _reader()(character)


@lru_cache(maxsize=1)
def _reader() -> Callable[[str], str]:
    from pypinyin import lazy_pinyin

    return lambda character: str(lazy_pinyin(character)[0])
