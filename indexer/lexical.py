"""Find chunks by the words they contain: BM25 over lexical tokens."""

from __future__ import annotations

import logging
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import BrokenIndex

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]

K1 = 1.6
B = 0.75


class LexicalIndex:
    """BM25 (k1 1.6, b .75) with every posting's score worked out beforehand; safe to share between threads.

    A score is the sum over the question's tokens, repeated ones counted again, of
    idf * (k1 + 1) * tf / (tf + k1 * (1 - b + b * length / mean length)), where
    idf = ln(1 + (N - df + .5) / (df + .5)).
    """

    def __init__(self, bm25: Any) -> None:
        self._bm25 = bm25
        self._rows = int(bm25.scores["num_docs"])
        self._frequency = np.diff(bm25.scores["indptr"])
        frequency = self._frequency
        self._idf = np.log1p((self._rows - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        self._largest_idf = float(self._idf.max(initial=0.0))

    @classmethod
    def build(cls, tokenised: Iterable[Sequence[str]]) -> LexicalIndex:
        """Index the tokens of each row, in row order."""
        bm25s = _bm25s()
        vocabulary: dict[str, int] = {}
        rows = [
            array("i", (vocabulary.setdefault(token, len(vocabulary)) for token in tokens))
            for tokens in tokenised
        ]
        if not vocabulary:
            # bm25s divides by the mean length: an index without a word needs one that never occurs.
            vocabulary[""] = 0
            rows = [array("i", [0]) for _ in rows]
        bm25 = bm25s.BM25(k1=K1, b=B, method="atire", idf_method="lucene")
        bm25.index((rows, vocabulary), create_empty_token=False, show_progress=False)
        return cls(bm25)

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, which is made."""
        self._bm25.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Open what `save` wrote; postings stay on disk, mapped into memory. Raises BrokenIndex."""
        try:
            bm25 = _bm25s().BM25.load(folder, mmap=True)
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            raise BrokenIndex(f"词语索引 {folder} 无法读取：{error!r}") from error
        return cls(bm25)

    def __len__(self) -> int:
        return self._rows

    def scores(self, tokens: Sequence[str]) -> Scores:
        """Return the score of every row, float32, shape (rows,); 0 where no token occurs."""
        vocabulary = self._bm25.vocab_dict
        ids = [vocabulary[token] for token in tokens if token in vocabulary]
        if not ids:
            return np.zeros(self._rows, dtype=np.float32)
        found: Scores = self._bm25.get_scores_from_ids(ids)
        return found

    def search(
        self, tokens: Sequence[str], *, k: int, rows: NDArray[np.bool_] | None = None
    ) -> tuple[Rows, Scores]:
        """Return at most `k` rows and their scores, best first; ties in row order.

        `rows` is a mask of the rows to search in; None: all. A row that shares no token with the
        question is never returned.
        """
        scores = self.scores(tokens)
        if rows is not None:
            if rows.dtype != np.bool_ or rows.shape != scores.shape:
                raise ValueError(f"rows: expected bool {scores.shape}, got {rows.dtype} {rows.shape}")
            scores *= rows
        found = np.flatnonzero(scores > 0)
        if 0 < k < len(found):
            # Cut at the k-th best score before sorting; its ties stay in, so that row order decides.
            above = scores[found]
            found = found[above >= np.partition(above, len(above) - k)[len(above) - k]]
        best = found[np.argsort(-scores[found], kind="stable")][: max(k, 0)].astype(np.int64)
        return best, scores[best]

    def idf(self, tokens: Sequence[str]) -> Scores:
        """Return the inverse document frequency of each token; one never seen counts as the rarest seen."""
        vocabulary = self._bm25.vocab_dict
        ids = [vocabulary.get(token) for token in tokens]
        return np.array(
            [self._largest_idf if row is None else self._idf[row] for row in ids], dtype=np.float32
        )

    def frequency(self, token: str) -> int:
        """Return in how many rows the token occurs."""
        row = self._bm25.vocab_dict.get(token)
        return 0 if row is None else int(self._frequency[row])

    def vocabulary(self) -> Iterable[str]:
        """Return every token that occurs in some row."""
        found: Iterable[str] = self._bm25.vocab_dict.keys()
        return found

    def maximum(self, tokens: Sequence[str]) -> float:
        """Return what no row can exceed for these tokens: the sum of idf * (k1 + 1).

        Scores divided by it compare between questions: a question that matches nothing stays low.
        """
        return float(self.idf(tokens).sum()) * (K1 + 1)


def _bm25s() -> Any:
    import bm25s

    # It sets its own level to DEBUG, and would report every index made.
    logging.getLogger("bm25s").setLevel(logging.WARNING)
    return bm25s
