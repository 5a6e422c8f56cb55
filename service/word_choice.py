"""Choose, of the Chinese terms for each word of a question, those that passages of the index use together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.lexical import LexicalIndex
from indexer.tokens import lexical_tokens

_ROWS = 12
"""So many rows tell which terms go together."""


class WordChoice:
    """Reads an index's words; safe to share between threads."""

    def __init__(self, lexical: LexicalIndex) -> None:
        self._lexical = lexical

    def __call__(self, words: Sequence[Sequence[str]]) -> list[str]:
        """Return one term for each word.

        The rows that hold most of the words, whichever term they use, decide: for each word the term that
        weighs most in them is taken, the first at a tie. A term that occurs nowhere is taken only where
        no other of its word does.
        """
        known = [[term for term in terms if self._occurs(term)] or list(terms[:1]) for terms in words]
        if all(len(terms) == 1 for terms in known) or not len(self._lexical):
            return [terms[0] for terms in known]
        weights = [np.stack([self._shares(term) for term in terms]) for terms in known]
        total = np.sum([weight.max(axis=0) for weight in weights], axis=0)
        best = np.argsort(-total, kind="stable")[:_ROWS]
        by_rank = total[best] / (1 + np.arange(len(best)))
        return [
            terms[int(np.argmax(weight[:, best] @ by_rank))]
            for terms, weight in zip(known, weights, strict=True)
        ]

    def _occurs(self, term: str) -> bool:
        """Whether every token of `term` occurs in the index, as those of a phrase in it do."""
        return all(self._lexical.frequency(token) for token in lexical_tokens(term))

    def _shares(self, term: str) -> NDArray[np.float32]:
        """How much of `term` each row holds, shape (rows,)."""
        tokens = lexical_tokens(term)
        return self._lexical.scores(tokens) / (float(self._lexical.idf(tokens).sum()) or 1.0)
