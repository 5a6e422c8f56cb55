"""Measure questions searched among all texts of a collection, for the chunk ranker alone.

Plans and regulations are searched one city at a time; here one search looks at up to sixty thousand
texts. A ranker that has not met such a search trusts headings and titles too much in it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from indexer.collection import CorpusPassage, index_corpus
from indexer.embedding import load_embedder
from service.closeness import CloseReader
from service.features import Matrix
from service.ranking import measure, views_of
from service.retriever import DENSE_WEIGHT, fuse, query_tokens
from service.understanding import Understanding

if TYPE_CHECKING:
    from indexer.index import Index

logger = logging.getLogger(__name__)

_CANDIDATES = 50
_POOL = 100


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates of one question: what the ranker sees of them, and which answer."""

    matrix: Matrix
    right: NDArray[np.bool_]
    weight: float = 1.0
    """How much it counts in the fit."""


def measured(
    corpus: Sequence[CorpusPassage],
    asked: Mapping[str, set[int]],
    model: Path,
    cross_encoder: Path,
    *,
    name: str,
    weight: float = 1.0,
) -> list[Ranking]:
    """Return the questions that have an answer among their candidates, measured as the service does.

    `asked` gives each question the rows of `corpus` that answer it. `model` must have been trained on
    none of them: a ranker fitted on what the embedding has learnt by heart loses all it gains.
    """
    embedder = load_embedder(model)
    index = cast("Index", index_corpus(corpus, embedder))
    understanding = Understanding(())
    views = views_of(index, size=20_000)
    reader = CloseReader(embedder, views, index.catalogue, cross_encoder=cross_encoder, size=8_000)
    found: list[Ranking] = []
    for text, answers in tqdm(asked.items(), desc=f"测量{name}", unit="问"):
        question = understanding.read(text)
        # A collection without regions is searched whole, so the region stays among the words.
        question = replace(question, topic=question.text, regions=())
        vector = embedder.embed_questions([question.text])[0]
        candidates = fuse(
            index,
            query_tokens(question),
            vector,
            k=_CANDIDATES,
            pool=_POOL,
            rows=None,
            dense_weight=DENSE_WEIGHT,
        )
        right = np.isin(candidates.rows, list(answers))
        if right.any():
            found.append(Ranking(measure(question, candidates, index, views, reader).matrix, right, weight))
    logger.info("%s: %d of %d questions have their text among the candidates", name, len(found), len(asked))
    return found
