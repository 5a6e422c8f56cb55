"""Search a collection the way the service does: each system adds one part to the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from eval.beir import DEPTH, Search
from indexer.collection import CollectionIndex, CorpusPassage

if TYPE_CHECKING:
    from indexer.index import Index

RERANKED = 50
"""So many candidates are reranked; the others keep their order behind them."""


def systems(
    corpus: Sequence[CorpusPassage],
    index: CollectionIndex,
    *,
    reranker: Path | None,
    dense_weight: float | None = None,
) -> dict[str, Search]:
    """Return the searches by name: lexical, dense, hybrid and, with a `reranker` folder, hybrid reranked."""
    from service.retriever import DENSE_WEIGHT, Candidates, fuse, query_tokens
    from service.understanding import Understanding

    ids = [passage.id for passage in corpus]
    opened = cast("Index", index)
    understanding = Understanding(())
    weight = DENSE_WEIGHT if dense_weight is None else dense_weight

    @lru_cache(maxsize=1)  # each system reads the question itself: the cache is for hybrid + reranked only
    def read(text: str) -> Any:
        # A corpus without regions is searched whole, so the region stays among the words searched for.
        question = understanding.read(text)
        return replace(question, topic=question.text, regions=())

    def lexical(text: str) -> Sequence[str]:
        rows, _ = index.lexical.search(query_tokens(read(text)), k=DEPTH)
        return [ids[row] for row in rows]

    def dense(text: str) -> Sequence[str]:
        rows, _ = index.vectors.search(index.embedder.embed_questions([read(text).text]), k=DEPTH)
        return [ids[row] for row in rows[0] if row >= 0]

    def fused(text: str) -> Candidates:
        question = read(text)
        vector = index.embedder.embed_questions([question.text])[0]
        return fuse(
            opened, query_tokens(question), vector, k=DEPTH, pool=DEPTH, rows=None, dense_weight=weight
        )

    def hybrid(text: str) -> Sequence[str]:
        return [ids[row] for row in fused(text).rows]

    found: dict[str, Search] = {"lexical": lexical, "dense": dense, "hybrid": hybrid}
    if reranker is not None:
        found["hybrid + reranked"] = _reranked(opened, reranker, read, fused, ids)
    return found


def _reranked(
    index: Index, folder: Path, read: Callable[[str], Any], fused: Callable[[str], Any], ids: Sequence[str]
) -> Search:
    from service.ranking import Ranker

    ranker = Ranker(index, folder)

    def reranked(text: str) -> Sequence[str]:
        candidates = fused(text)
        first = replace(
            candidates,
            rows=candidates.rows[:RERANKED],
            lexical=candidates.lexical[:RERANKED],
            dense=candidates.dense[:RERANKED],
            fused=candidates.fused[:RERANKED],
        )
        passages = ranker.rank(read(text), first, k=RERANKED).passages
        return [passage.document.id for passage in passages] + [
            ids[row] for row in candidates.rows[RERANKED:]
        ]

    return reranked
