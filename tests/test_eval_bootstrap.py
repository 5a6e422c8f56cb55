"""Intervals hold the mean and narrow with more questions; differences are told from noise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.bootstrap import difference, interval


@settings(max_examples=25, deadline=None)  # the first call imports scipy
@given(st.lists(st.floats(0, 1), min_size=2, max_size=40))
def test_an_interval_holds_its_mean(values: list[float]) -> None:
    found = interval(values)
    assert found is not None
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9


def test_more_questions_narrow_the_interval() -> None:
    few, many = interval([0.0, 1.0] * 10), interval([0.0, 1.0] * 200)
    assert few is not None and many is not None
    assert few.mean == many.mean == 0.5
    assert many.high - many.low < few.high - few.low


def test_all_right_is_not_certainty() -> None:
    found = interval([1.0] * 20)
    assert found is not None
    assert found.high == 1 and 0.8 < found.low < 0.9


def test_nothing_has_no_interval() -> None:
    assert interval([]) is None
    assert difference([], []) is None


def test_a_steady_difference_is_significant_and_a_single_flip_is_not() -> None:
    before = [0.0] * 20
    better = difference(before, [1.0] * 8 + [0.0] * 12)
    luck = difference(before, [1.0] + [0.0] * 19)
    assert better is not None and luck is not None
    assert better.mean == pytest.approx(0.4) and better.p == pytest.approx(2 / 2**8) and better.low > 0
    assert luck.p == 1


def test_equal_systems_do_not_differ() -> None:
    found = difference([0.2, 0.7], [0.2, 0.7])
    assert found is not None
    assert (found.mean, found.p) == (0, 1)


def test_a_single_question_tells_nothing_from_noise() -> None:
    found = difference([0.25], [0.75])
    assert found is not None
    assert (found.mean, found.p, found.n) == (0.5, 1.0, 1)


def test_pairs_must_match() -> None:
    with pytest.raises(ValueError, match="2 and 1"):
        difference([0.0, 1.0], [1.0])
