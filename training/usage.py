"""Count how usual each word is in official texts and elsewhere: official texts call a thing by one name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.corpus import TokenCorpus

_SCALE = 10.0
"""Brings the logarithm of a count to about 1."""


def usage_of(corpus: TokenCorpus, tokens: int) -> NDArray[np.float32]:
    """Return, for each token, the logarithms of the articles and of the news that have it, shape (tokens, 2).

    A word that many articles use and a passage does not have names something that the passage is silent on; one that
    only the news use is how people speak of what the passage calls by another name.
    """
    counts = np.stack([texts_with(corpus, tokens, news=news) for news in (False, True)], axis=1)
    return np.asarray(np.log1p(counts) / _SCALE, np.float32)


def texts_with(corpus: TokenCorpus, tokens: int, *, news: bool) -> NDArray[np.int64]:
    """Return in how many articles of laws and regulations, or in how many news, each token occurs, shape (tokens,)."""
    counts = np.zeros(tokens, np.int64)
    for row in np.flatnonzero(corpus.news == news):
        counts[np.unique(corpus.text(int(row)))] += 1
    return counts
