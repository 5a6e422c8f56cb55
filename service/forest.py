"""Score rows with gradient-boosted trees, in numpy alone: what XGBoost fitted, without XGBoost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from indexer.errors import ModelError

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees over named features; the score of a row is the sum of the leaves it falls into.

    All arrays have shape (trees, nodes), smaller trees padded. In a leaf both children are the node
    itself, so that every row may take `depth` steps.
    """

    features: tuple[str, ...]
    feature: NDArray[np.int16]
    threshold: Matrix
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    missing_left: NDArray[np.bool_]
    """Where a missing value (NaN) goes."""
    value: Matrix
    """A leaf's share of the score; 0 elsewhere."""
    base: float
    """Score of a row before any tree."""
    depth: int

    def score(self, matrix: Matrix) -> NDArray[np.float32]:
        """Return float32, shape (len(matrix),); a higher score is better. NaN marks a missing value.

        `matrix` has shape (rows, len(features)).
        """
        if not len(matrix):
            return np.zeros(0, np.float32)
        rows = np.arange(len(matrix))[:, None]
        trees = np.arange(len(self.value))[None, :]
        node = np.zeros((len(matrix), len(self.value)), np.int16)
        for _ in range(self.depth):
            values = matrix[rows, self.feature[trees, node]]
            goes_left = np.where(
                np.isnan(values), self.missing_left[trees, node], values < self.threshold[trees, node]
            )
            node = np.where(goes_left, self.left[trees, node], self.right[trees, node])
        total: NDArray[np.float32] = self.value[trees, node].sum(axis=1, dtype=np.float32) + np.float32(
            self.base
        )
        return total

    def save(self, file: Path) -> None:
        """Write the forest to `file`, in safetensors format."""
        arrays = {name: np.ascontiguousarray(getattr(self, name)) for name in _ARRAYS}
        about = {"features": json.dumps(self.features), "base": repr(self.base), "depth": str(self.depth)}
        save_file(arrays, file, metadata=about)


_ARRAYS = ("feature", "threshold", "left", "right", "missing_left", "value")


def load_forest(file: Path, features: Sequence[str]) -> Forest:
    """Read what `Forest.save` wrote; raises ModelError where it is missing or was fitted on other features."""
    try:
        with safe_open(file, framework="numpy") as opened:
            about = opened.metadata() or {}
            arrays = {name: opened.get_tensor(name) for name in _ARRAYS}
        fitted = tuple(json.loads(about["features"]))
        base, depth = float(about["base"]), int(about["depth"])
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise ModelError(f"{file} can't be read as a forest: {error!r}") from error
    if fitted != tuple(features):
        odd = sorted(set(fitted) ^ set(features))
        raise ModelError(
            f"{file} was fitted on other features than this version computes: {odd or 'another order'}"
        )
    return Forest(fitted, **arrays, base=base, depth=depth)


def from_xgboost(model: str, features: Sequence[str]) -> Forest:
    """Return the forest of an XGBoost model saved as JSON (`booster.save_raw("json")`).

    Raises ModelError for anything but one score from numeric features.
    """
    learner = json.loads(model)["learner"]
    trees = learner["gradient_booster"]["model"]["trees"]
    if any(any(tree["split_type"]) for tree in trees):
        raise ModelError("a forest with categorical splits can't be converted")
    base = (
        float(json.loads(learner["learner_model_param"]["base_score"].strip() or "0.5")[0])
        if learner["learner_model_param"]["base_score"].startswith("[")
        else float(learner["learner_model_param"]["base_score"])
    )
    if learner["objective"]["name"] == "binary:logistic":
        base = float(np.log(base / (1 - base)))
    size = max(len(tree["left_children"]) for tree in trees)
    shape = (len(trees), size)
    own = np.broadcast_to(np.arange(size, dtype=np.int16), shape)
    left, right = own.copy(), own.copy()
    feature = np.zeros(shape, np.int16)
    threshold, value = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    missing_left = np.zeros(shape, np.bool_)
    depth = 0
    for number, tree in enumerate(trees):
        levels = [0] * len(tree["left_children"])
        for node, (low, high) in enumerate(zip(tree["left_children"], tree["right_children"], strict=True)):
            if low < 0:
                value[number, node] = tree["split_conditions"][node]
                continue
            left[number, node], right[number, node] = low, high
            feature[number, node] = tree["split_indices"][node]
            threshold[number, node] = tree["split_conditions"][node]
            missing_left[number, node] = bool(tree["default_left"][node])
            levels[low] = levels[high] = levels[node] + 1
        depth = max(depth, *levels)
    return Forest(tuple(features), feature, threshold, left, right, missing_left, value, base, depth)
