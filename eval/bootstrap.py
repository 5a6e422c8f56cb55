"""Say how sure a mean is, and whether two systems differ, by resampling questions."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Sample = NDArray[np.float64]

SEED = 20240402
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over `n` questions with its 95 % confidence interval."""

    mean: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of B minus A over the same `n` questions, with its 95 % interval and two-sided p value."""

    mean: float
    low: float
    high: float
    p: float
    n: int


def interval(values: Sequence[float]) -> Interval | None:
    """Return the mean with its bias-corrected and accelerated bootstrap interval; None of nothing.

    Resampling says nothing where all values are equal: yes-or-no measures then get Wilson's interval,
    others the value itself.
    """
    if not values:
        return None
    sample = np.asarray(values, float)
    mean = float(sample.mean())
    if np.ptp(sample) == 0:
        low, high = _wilson(sample) if sample[0] in (0.0, 1.0) else (mean, mean)
        return Interval(mean, low, high, len(sample))
    low, high = _bootstrap(sample)
    return Interval(mean, low, high, len(sample))


def difference(before: Sequence[float], after: Sequence[float]) -> Difference | None:
    """Compare paired values, question by question; None where there are none.

    The interval is the bootstrap's; p comes from the permutation test that swaps the two systems at random
    (for yes-or-no measures the exact McNemar test, of which that test is the approximation).
    """
    if len(before) != len(after):
        raise ValueError(f"paired values differ in number: {len(before)} and {len(after)}")
    if not before:
        return None
    change = np.asarray(after, float) - np.asarray(before, float)
    mean = float(change.mean())
    if not change.any():
        return Difference(0.0, 0.0, 0.0, 1.0, len(change))
    low, high = _bootstrap(change) if np.ptp(change) else (mean, mean)
    return Difference(mean, low, high, _p_value(change), len(change))


def _bootstrap(sample: Sample) -> tuple[float, float]:
    """Return the BCa interval, or the percentile interval of a sample too degenerate for it."""
    from scipy.stats import DegenerateDataWarning, bootstrap

    for method in ("BCa", "percentile"):
        with np.errstate(invalid="ignore", divide="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", DegenerateDataWarning)
            found = bootstrap(
                (sample,),
                np.mean,
                n_resamples=RESAMPLES,
                batch=256,
                method=method,
                rng=np.random.default_rng(SEED),
            ).confidence_interval
        if np.isfinite(found.low) and np.isfinite(found.high):
            break
    return float(found.low), float(found.high)


def _wilson(sample: Sample) -> tuple[float, float]:
    from scipy.stats import binomtest

    found = binomtest(int(sample.sum()), len(sample)).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def _p_value(change: Sample) -> float:
    from scipy.stats import binomtest, permutation_test

    if len(change) == 1:  # turning its sign round gives as large a difference
        return 1.0
    moved = change[change != 0]
    if set(np.unique(moved)) <= {-1.0, 1.0}:
        return float(binomtest(int((moved > 0).sum()), len(moved)).pvalue)
    found = permutation_test(
        (change,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=9999,
        rng=np.random.default_rng(SEED),
    )
    return float(found.pvalue)
