"""Dense and lexical search are fused by a weighted sum that a reader can check by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.build import build
from indexer.index import Index, open_index
from service.retriever import DENSE_WEIGHT, HybridRetriever, fuse, query_tokens
from service.understanding import Understanding
from tests.small_corpus import BagOfCharacters, write_corpus


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("built")
    build(write_corpus(folder / "政策"), folder / "index", embedder=BagOfCharacters(), progress=False)
    return open_index(folder / "index", embedder=BagOfCharacters())


def text(index: Index, row: int) -> str:
    return index.catalogue.chunk(row).text


def read(index: Index, question: str):  # type: ignore[no-untyped-def]
    return Understanding(index.catalogue.entries).read(question)


class Words:
    """Stands for a lexical index of four rows whose scores are given."""

    def __init__(self, scores: Sequence[float], most: float) -> None:
        self._scores = np.array(scores, np.float32)
        self._most = most

    def scores(self, tokens: Sequence[str]) -> NDArray[np.float32]:
        return self._scores

    def search(self, tokens, *, k, rows=None):  # type: ignore[no-untyped-def]
        scores = self._scores if rows is None else self._scores * rows
        order = [row for row in np.argsort(-scores, kind="stable") if scores[row] > 0][:k]
        return np.array(order, np.int64), scores[order]

    def maximum(self, tokens: Sequence[str]) -> float:
        return self._most


class Meanings:
    """Stands for a vector index of four rows whose cosines are given."""

    def __init__(self, cosines: Sequence[float]) -> None:
        self._cosines = np.array(cosines, np.float32)

    def search(self, vectors, *, k, rows=None):  # type: ignore[no-untyped-def]
        allowed = range(4) if rows is None else np.flatnonzero(rows)
        order = sorted(allowed, key=lambda row: -self._cosines[row])[:k]
        padded = np.array([[*order, *[-1] * (k - len(order))]], np.int64)
        return padded, self._cosines[padded]

    def scores(self, vector, rows):  # type: ignore[no-untyped-def]
        return self._cosines[rows]


class FourRows:
    def __init__(self, words: Words, meanings: Meanings) -> None:
        self.lexical = words
        self.vectors = meanings


def fused(
    scores: Sequence[float],
    cosines: Sequence[float],
    *,
    most: float = 10,
    k: int = 4,
    pool: int = 4,
    rows: Sequence[bool] | None = None,
    weight: float = 0.5,
):  # type: ignore[no-untyped-def]
    return fuse(
        FourRows(Words(scores, most), Meanings(cosines)),  # type: ignore[arg-type]
        ("词",),
        np.ones(2, np.float32),
        k=k,
        pool=pool,
        rows=None if rows is None else np.array(rows),
        dense_weight=weight,
    )


def test_the_fused_score_is_the_share_of_bm25_plus_the_weighted_cosine() -> None:
    found = fused([5, 0, 2, 0], [0.2, 0.8, 0.4, 0.0])
    # 5/10 + .5*.2 = .6; 0 + .5*.8 = .4; 2/10 + .5*.4 = .4; 0
    assert found.rows.tolist() == [0, 1, 2, 3]
    assert found.fused == pytest.approx([0.6, 0.4, 0.4, 0.0])
    assert found.lexical == pytest.approx([0.5, 0.0, 0.2, 0.0])
    assert found.dense == pytest.approx([0.2, 0.8, 0.4, 0.0])


def test_only_the_best_of_either_way_are_scored_and_k_returned() -> None:
    found = fused([5, 4, 0, 0], [0.1, 0.2, 0.3, 0.9], pool=1, k=4)
    assert found.rows.tolist() == [0, 3]
    assert fused([5, 4, 0, 0], [0.1, 0.2, 0.3, 0.9], k=1).rows.tolist() == [0]


def test_rows_left_out_are_never_found() -> None:
    assert fused([5, 4, 3, 2], [0.9] * 4, rows=[False, True, False, True]).rows.tolist() == [1, 3]


def test_nothing_is_found_in_an_empty_scope() -> None:
    found = fused([5, 4, 3, 2], [0.9] * 4, rows=[False] * 4)
    assert (found.rows.tolist(), found.fused.shape) == ([], (0,))


def test_a_question_without_known_words_is_searched_by_meaning_alone() -> None:
    found = fused([0, 0, 0, 0], [0.1, 0.4, 0.2, 0.3], most=0, weight=1)
    assert found.rows.tolist() == [1, 3, 2, 0]
    assert found.lexical.tolist() == [0, 0, 0, 0]


def test_a_real_index_is_searched_both_ways(index: Index) -> None:
    found = HybridRetriever(index).retrieve(read(index, "养犬不束绳罚多少"), k=3)
    assert "束犬绳" in text(index, int(found.rows[0]))
    assert len(found.rows) == 3
    assert found.fused.tolist() == sorted(found.fused.tolist(), reverse=True)
    assert found.fused == pytest.approx(found.lexical + DENSE_WEIGHT * found.dense)
    assert float(found.lexical.max()) <= 1


def test_a_mask_holds_in_a_real_index(index: Index) -> None:
    only = index.catalogue.rows_of(["云岭县/公园开放"])
    found = HybridRetriever(index).retrieve(read(index, "养犬不束绳罚多少"), k=10, rows=only)
    assert len(found.rows) == int(only.sum())
    assert all(only[row] for row in found.rows)


def test_an_empty_mask_finds_nothing_in_a_real_index(index: Index) -> None:
    nothing = np.zeros(index.catalogue.rows, np.bool_)
    found = HybridRetriever(index).retrieve(read(index, "养犬"), k=10, rows=nothing)
    assert len(found.rows) == len(found.fused) == 0


def test_words_that_ask_are_not_searched(index: Index) -> None:
    assert "多少" not in query_tokens(read(index, "不束犬绳罚多少"))
    assert query_tokens(read(index, "多少")) != ()


def test_the_same_question_finds_the_same(index: Index, tmp_path: Path) -> None:
    retriever = HybridRetriever(index)
    first, second = (retriever.retrieve(read(index, "水费打几折"), k=5) for _ in range(2))
    assert first.rows.tolist() == second.rows.tolist()
