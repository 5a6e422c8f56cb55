import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import BrokenIndex
from indexer.lexical import K1, B, LexicalIndex

ROWS = [["犬", "只", "登记"], ["公园", "开放"], ["犬", "犬", "绳"], ["水费"]]


def bm25(query: list[str], row: list[str], rows: list[list[str]]) -> float:
    mean = sum(map(len, rows)) / len(rows)
    total = 0.0
    for token in query:
        df = sum(token in other for other in rows)
        if df:
            idf = math.log(1 + (len(rows) - df + 0.5) / (df + 0.5))
            tf = row.count(token)
            total += idf * (K1 + 1) * tf / (tf + K1 * (1 - B + B * len(row) / mean))
    return total


@pytest.fixture
def index() -> LexicalIndex:
    return LexicalIndex.build(ROWS)


def test_scores_are_those_of_the_formula(index: LexicalIndex) -> None:
    expected = [bm25(["犬", "绳", "犬"], row, ROWS) for row in ROWS]
    assert index.scores(["犬", "绳", "犬"]) == pytest.approx(expected, rel=1e-5)


tokens = st.lists(st.sampled_from(["市", "县", "税", "费", "30日"]), max_size=6)


@given(st.lists(tokens, min_size=1, max_size=8), tokens, st.integers(1, 9))
def test_search_returns_the_best_rows_in_order(rows: list[list[str]], query: list[str], k: int) -> None:
    expected = [bm25(query, row, rows) if any(rows) else 0.0 for row in rows]
    found, scores = LexicalIndex.build(rows).search(query, k=k)
    assert scores == pytest.approx(sorted((s for s in expected if s > 0), reverse=True)[:k], rel=1e-4)
    assert [expected[row] for row in found] == pytest.approx(list(scores), rel=1e-4)
    assert len(set(found.tolist())) == len(found)


@given(st.lists(tokens, min_size=1, max_size=8), tokens)
def test_no_score_exceeds_the_maximum(rows: list[list[str]], query: list[str]) -> None:
    index = LexicalIndex.build(rows)
    assert index.scores(query).max() <= index.maximum(query) + 1e-4


def test_a_row_that_shares_no_word_is_never_found(index: LexicalIndex) -> None:
    assert index.search(["犬"], k=4)[0].tolist() == [2, 0]


def test_search_stays_within_the_rows_asked_for(index: LexicalIndex) -> None:
    mask = np.array([True, True, False, False])
    assert index.search(["犬", "绳"], k=4, rows=mask)[0].tolist() == [0]


def test_ties_keep_row_order() -> None:
    assert LexicalIndex.build([["税"]] * 5 + [["费"]]).search(["税"], k=3)[0].tolist() == [0, 1, 2]


def test_unknown_words_find_nothing_but_weigh_as_much_as_the_rarest(index: LexicalIndex) -> None:
    assert index.search(["护照"], k=3)[0].tolist() == []
    rarest = math.log(1 + 3.5 / 1.5)
    assert index.idf(["护照", "水费", "犬"]) == pytest.approx([rarest, rarest, math.log(1 + 2.5 / 2.5)])
    assert index.maximum(["护照", "水费"]) == pytest.approx(2 * rarest * (K1 + 1))


@pytest.mark.parametrize("rows", [[[]], [[], []], [["税"], []]])
def test_rows_without_words_can_be_indexed(rows: list[list[str]]) -> None:
    index = LexicalIndex.build(rows)
    assert len(index) == len(rows)
    assert index.search(["税"], k=5)[0].tolist() == [row for row, words in enumerate(rows) if words]


def test_an_empty_question_finds_nothing(index: LexicalIndex) -> None:
    assert index.search([], k=3)[0].tolist() == []
    assert index.maximum([]) == 0


def test_a_mask_of_another_length_is_refused(index: LexicalIndex) -> None:
    with pytest.raises(ValueError, match=r"expected bool \(4,\), got bool \(3,\)"):
        index.search(["犬"], k=1, rows=np.ones(3, dtype=bool))


def test_what_is_saved_comes_back(index: LexicalIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "lexical")
    loaded = LexicalIndex.load(tmp_path / "lexical")
    assert len(loaded) == 4
    assert loaded.scores(["犬", "公园"]) == pytest.approx(index.scores(["犬", "公园"]))
    assert loaded.maximum(["犬", "税"]) == pytest.approx(index.maximum(["犬", "税"]))


@pytest.mark.parametrize("broken", ["vocab.index.json", "data.csc.index.npy", "params.index.json"])
def test_a_damaged_index_is_named(index: LexicalIndex, tmp_path: Path, broken: str) -> None:
    index.save(tmp_path)
    (tmp_path / broken).write_bytes(b"{")
    with pytest.raises(BrokenIndex, match="词语索引"):
        LexicalIndex.load(tmp_path)
