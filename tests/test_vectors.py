from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.errors import BrokenIndex
from indexer.vectors import FaissIndex

ROWS = 200


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    drawn = np.random.default_rng(3).standard_normal((ROWS, 32)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.fixture(scope="module", params=["single precision", "half precision"])
def index(request: pytest.FixtureRequest, vectors: NDArray[np.float32]) -> FaissIndex:
    return FaissIndex.build(vectors, exact_rows=ROWS if request.param == "single precision" else 0)


def test_search_finds_the_best_rows_in_order(index: FaissIndex, vectors: NDArray[np.float32]) -> None:
    rows, scores = index.search(vectors[:5], k=7)
    expected = np.argsort(-(vectors[:5] @ vectors.T), axis=1)[:, :7]
    assert rows.tolist() == expected.tolist()
    assert scores[0] == pytest.approx(vectors[expected[0]] @ vectors[0], abs=2e-3)


def test_search_stays_within_the_rows_asked_for(index: FaissIndex, vectors: NDArray[np.float32]) -> None:
    mask = np.zeros(ROWS, dtype=bool)
    mask[[3, 64, 199]] = True
    rows, scores = index.search(vectors[:1], k=3, rows=mask)
    assert sorted(rows[0].tolist()) == [3, 64, 199]
    assert scores[0].tolist() == sorted(scores[0].tolist(), reverse=True)


def test_a_line_with_fewer_rows_ends_in_minus_one(index: FaissIndex, vectors: NDArray[np.float32]) -> None:
    mask = np.zeros(ROWS, dtype=bool)
    mask[9] = True
    rows, scores = index.search(vectors[:1], k=3, rows=mask)
    assert rows.tolist() == [[9, -1, -1]]
    assert scores[0, 1:].tolist() == [-np.inf, -np.inf]


def test_nothing_is_found_in_an_empty_scope(index: FaissIndex, vectors: NDArray[np.float32]) -> None:
    assert index.search(vectors[:1], k=2, rows=np.zeros(ROWS, dtype=bool))[0].tolist() == [[-1, -1]]


def test_k_is_cut_to_the_number_of_rows(index: FaissIndex, vectors: NDArray[np.float32]) -> None:
    assert index.search(vectors[:2], k=10_000)[0].shape == (2, ROWS)
    assert index.search(vectors[:2], k=0)[0].shape == (2, 0)


def test_scores_are_inner_products_in_the_order_of_the_rows(
    index: FaissIndex, vectors: NDArray[np.float32]
) -> None:
    rows = np.array([7, 3, 7, 199])
    assert index.scores(vectors[0], rows) == pytest.approx(vectors[rows] @ vectors[0], abs=2e-3)
    assert index.scores(vectors[0], np.zeros(0, dtype=np.int64)).shape == (0,)


def test_stored_vectors_come_back(index: FaissIndex, vectors: NDArray[np.float32]) -> None:
    assert index.vectors(np.arange(ROWS)) == pytest.approx(vectors, abs=1e-3)


def test_half_precision_is_lost_once_and_not_from_version_to_version(vectors: NDArray[np.float32]) -> None:
    rows = np.arange(ROWS)
    stored = FaissIndex.build(vectors, exact_rows=0).vectors(rows)
    assert (FaissIndex.build(stored, exact_rows=0).vectors(rows) == stored).all()
    assert (FaissIndex.build(stored).vectors(rows) == stored).all()


@pytest.mark.parametrize("row", [-1, ROWS])
def test_a_row_that_is_not_there_is_refused(index: FaissIndex, row: int) -> None:
    with pytest.raises(IndexError, match="expected 0 to 199"):
        index.vectors(np.array([row]))


def test_questions_of_another_dimension_are_refused(index: FaissIndex) -> None:
    with pytest.raises(ValueError, match=r"expected shape \(n, 32\), got \(1, 16\)"):
        index.search(np.zeros((1, 16), dtype=np.float32), k=1)


def test_a_mask_of_another_length_is_refused(index: FaissIndex, vectors: NDArray[np.float32]) -> None:
    with pytest.raises(ValueError, match=r"expected bool \(200,\)"):
        index.search(vectors[:1], k=1, rows=np.ones(3, dtype=bool))


def test_what_is_saved_comes_back(index: FaissIndex, vectors: NDArray[np.float32], tmp_path: Path) -> None:
    index.save(tmp_path / "vectors.faiss")
    loaded = FaissIndex.load(tmp_path / "vectors.faiss")
    assert (len(loaded), loaded.dimension) == (ROWS, 32)
    assert loaded.search(vectors[:3], k=5)[0].tolist() == index.search(vectors[:3], k=5)[0].tolist()


@pytest.mark.parametrize("content", [b"", b"not an index", None])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "vectors.faiss"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BrokenIndex, match=r"向量索引 .*vectors\.faiss 无法读取"):
        FaissIndex.load(file)
