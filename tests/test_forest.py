"""The forests score as XGBoost does, and refuse what they were not fitted on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.errors import ModelError
from service.forest import Forest, from_xgboost, load_forest

FEATURES = ("size", "colour")


def stump() -> Forest:
    """Return one tree: size below 2 gives -1, else colour below 5 gives 1, else 3; missing size goes left."""
    return Forest(
        FEATURES,
        feature=np.array([[0, 0, 1, 0, 0]], np.int16),
        threshold=np.array([[2, 0, 5, 0, 0]], np.float32),
        left=np.array([[1, 1, 3, 3, 4]], np.int16),
        right=np.array([[2, 1, 4, 3, 4]], np.int16),
        missing_left=np.array([[True, False, False, False, False]]),
        value=np.array([[0, -1, 0, 1, 3]], np.float32),
        base=0.5,
        depth=2,
    )


def test_a_row_scores_the_leaf_it_falls_into_plus_the_base() -> None:
    rows = np.array([[1, 9], [2, 4], [2, 5], [np.nan, 0], [3, np.nan]], np.float32)
    assert stump().score(rows).tolist() == [-0.5, 1.5, 3.5, -0.5, 3.5]


def test_no_rows_give_no_scores() -> None:
    assert stump().score(np.zeros((0, 2), np.float32)).shape == (0,)


def test_a_saved_forest_scores_the_same(tmp_path: Path) -> None:
    rows = np.random.default_rng(3).normal(3, 3, (40, 2)).astype(np.float32)
    stump().save(tmp_path / "forest.safetensors")
    loaded = load_forest(tmp_path / "forest.safetensors", FEATURES)
    assert loaded.score(rows).tolist() == stump().score(rows).tolist()


def test_other_features_are_refused_by_name(tmp_path: Path) -> None:
    stump().save(tmp_path / "forest.safetensors")
    with pytest.raises(ModelError, match="weight"):
        load_forest(tmp_path / "forest.safetensors", ("size", "weight"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        load_forest(tmp_path / "nowhere.safetensors", FEATURES)


@pytest.mark.parametrize("objective", ["binary:logistic", "rank:ndcg"])
def test_a_converted_model_scores_as_xgboost_does(objective: str) -> None:
    xgboost = pytest.importorskip("xgboost")
    random = np.random.default_rng(5)
    rows = random.normal(size=(300, 4)).astype(np.float32)
    rows[random.random(rows.shape) < 0.1] = np.nan
    labels = (np.nan_to_num(rows[:, 0]) + np.nan_to_num(rows[:, 1]) ** 2 > 0.6).astype(np.float32)
    matrix = xgboost.DMatrix(rows, label=labels)
    if objective.startswith("rank"):
        matrix.set_group([30] * 10)
    booster = xgboost.train({"objective": objective, "max_depth": 4, "seed": 1}, matrix, num_boost_round=25)
    expected = booster.predict(matrix, output_margin=True)
    forest = from_xgboost(booster.save_raw("json").decode(), ("a", "b", "c", "d"))
    assert np.allclose(forest.score(rows), expected, atol=1e-5)
