"""Measure the confidence that the service gives: does it tell answerable questions, and is it calibrated?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.records import Record


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like confidence: how sure the service was, and how many could be answered."""

    confidence: float
    answerable: float
    n: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well confidence tells answerable questions from the others."""

    auc: float | None
    """Probability that an answerable question gets more confidence than an unanswerable one.

    None unless there are both."""
    error: float
    """Expected calibration error: mean distance of confidence from the share answerable, weighted by n."""
    bins: tuple[Bin, ...]
    n: int


def calibration(records: Sequence[Record], *, bins: int = 10) -> Calibration | None:
    """Return the calibration over replies that give a confidence; None where none does.

    Bins have equal width from 0 to 1 and empty ones are left out.
    """
    pairs = [
        (record.reply.confidence, record.question.answerable)
        for record in records
        if record.reply is not None and record.reply.confidence is not None
    ]
    if not pairs:
        return None
    confidence = np.asarray([pair[0] for pair in pairs], float)
    answerable = np.asarray([pair[1] for pair in pairs], float)
    place = np.clip((confidence * bins).astype(int), 0, bins - 1)
    found = tuple(
        Bin(
            float(confidence[place == b].mean()),
            float(answerable[place == b].mean()),
            int((place == b).sum()),
        )
        for b in range(bins)
        if (place == b).any()
    )
    error = sum(abs(b.confidence - b.answerable) * b.n for b in found) / len(pairs)
    return Calibration(_auc(confidence, answerable), error, found, len(pairs))


def _auc(confidence: NDArray[np.float64], answerable: NDArray[np.float64]) -> float | None:
    from scipy.stats import mannwhitneyu

    yes, no = confidence[answerable == 1], confidence[answerable == 0]
    if not len(yes) or not len(no):
        return None
    return float(mannwhitneyu(yes, no).statistic / (len(yes) * len(no)))
