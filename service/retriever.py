"""Find candidate chunks for a question: dense and lexical search, fused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.index import Index
from indexer.tokens import lexical_tokens
from service.kinds import without_question_words
from service.question import Question

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]

DENSE_WEIGHT = 0.6
"""Weight of the cosine beside the normalised BM25 score; chosen on data, see docs/decisions.md."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows of the index found for a question, best fused score first, with the scores side by side."""

    rows: Rows
    lexical: Scores
    """BM25 divided by the most that the question's tokens could score: 0 to about 1."""
    dense: Scores
    """Cosine of question and chunk."""
    fused: Scores
    tokens: tuple[str, ...]
    """The question's lexical tokens."""
    vector: Scores
    """The question's vector, float32, shape (dimension,)."""


class HybridRetriever:
    """Searches an index with vectors and BM25 and fuses both by a weighted sum.

    BM25 is divided by its theoretical maximum for the question rather than by the best score found, so
    that a question that matches nothing stays low (../docs/decisions.md has the comparison).
    """

    def __init__(self, index: Index, *, dense_weight: float = DENSE_WEIGHT, pool: int = 100) -> None:
        self._index = index
        self._dense_weight = dense_weight
        self._pool = pool

    def retrieve(self, question: Question, *, k: int, rows: NDArray[np.bool_] | None = None) -> Candidates:
        """Return at most `k` candidates among `rows` (a mask over the index; None: all).

        Ties keep index order. Nothing is found in an empty scope.
        """
        tokens = query_tokens(question)
        vector = self._index.embedder.embed_questions([query_text(question)])[0]
        return fuse(
            self._index, tokens, vector, k=k, pool=self._pool, rows=rows, dense_weight=self._dense_weight
        )


def query_text(question: Question) -> str:
    """Return what is embedded of a question: its topic, beside the English words that it was put from."""
    topic = question.topic or question.text
    return f"{topic} {question.text}" if question.language == "en" and topic != question.text else topic


def query_tokens(question: Question) -> tuple[str, ...]:
    """Return the lexical tokens of the question's topic; those of its whole text when nothing is left."""
    topic = without_question_words(question.topic)
    return tuple(lexical_tokens(topic) or lexical_tokens(question.text))


def fuse(
    index: Index,
    tokens: tuple[str, ...],
    vector: Scores,
    *,
    k: int,
    pool: int,
    rows: NDArray[np.bool_] | None,
    dense_weight: float,
) -> Candidates:
    """Search both ways, score the union of the best `pool` of each both ways, and return the best `k`."""
    by_words, _ = index.lexical.search(tokens, k=pool, rows=rows)
    by_meaning, _ = index.vectors.search(vector[None, :], k=pool, rows=rows)
    union = np.union1d(by_words, by_meaning[0])
    union = union[union >= 0].astype(np.int64)
    most = index.lexical.maximum(tokens)
    lexical = (index.lexical.scores(tokens)[union] / most if most > 0 else np.zeros(len(union))).astype(
        np.float32
    )
    dense = index.vectors.scores(vector, union) if len(union) else np.zeros(0, np.float32)
    fused = (lexical + dense_weight * dense).astype(np.float32)
    order = np.argsort(-fused, kind="stable")[:k]
    return Candidates(union[order], lexical[order], dense[order], fused[order], tokens, vector)
