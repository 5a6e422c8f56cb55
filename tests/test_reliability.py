"""The reliability diagram: bins, intervals, and a picture that any browser draws."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.reliability import bins_of, calibration_error, diagram, main, wilson


def test_bins_hold_the_mean_probability_and_the_share_answerable() -> None:
    low, high = bins_of(np.array([0.1, 0.3, 0.9, 1.0]), np.array([False, True, True, True]), bins=2)
    assert low.probability == pytest.approx(0.2)
    assert high.probability == pytest.approx(0.95)
    assert [(one.share, one.n) for one in (low, high)] == [(0.5, 2), (1.0, 2)]


def test_the_calibration_error_weighs_bins_by_their_questions() -> None:
    bins = bins_of(np.array([0.2, 0.2, 0.2, 0.6]), np.array([False, False, False, True]), bins=2)
    assert calibration_error(bins) == pytest.approx((3 * 0.2 + 1 * 0.4) / 4)


def test_no_questions_make_no_bins_and_no_error() -> None:
    assert bins_of(np.array([]), np.array([], dtype=np.bool_)) == ()
    assert calibration_error(()) == 0.0


def test_rows_of_different_length_are_refused_with_both_lengths() -> None:
    with pytest.raises(ValueError, match=r"\(2,\) and \(1,\)"):
        bins_of(np.array([0.1, 0.2]), np.array([True]))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_every_question_is_in_one_bin_whose_interval_holds_its_share(asked: list[tuple[float, bool]]) -> None:
    bins = bins_of(np.array([p for p, _ in asked]), np.array([y for _, y in asked]))
    assert sum(one.n for one in bins) == len(asked)
    assert all(one.low <= one.share + 1e-9 and one.share <= one.high + 1e-9 for one in bins)


def test_a_wilson_interval_narrows_with_more_questions() -> None:
    low, high = wilson(0.5, 100)
    assert low == pytest.approx(0.4038, abs=1e-4)
    assert high == pytest.approx(0.5962, abs=1e-4)
    assert wilson(0.5, 10)[0] < wilson(0.5, 1000)[0]


def test_the_picture_is_svg_with_a_dot_for_each_bin_and_the_threshold() -> None:
    bins = bins_of(np.array([0.1, 0.5, 0.9]), np.array([False, True, True]))
    picture = ElementTree.fromstring(diagram(bins, threshold=0.28))
    names = [element.tag.rpartition("}")[2] for element in picture.iter()]
    assert names.count("circle") == 3
    assert "refused below 0.28" in diagram(bins, threshold=0.28)
    assert "refused" not in diagram(bins)


def test_the_command_writes_the_picture_beside_the_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "confidence.npz", p=np.array([0.2, 0.8]), y=np.array([False, True]))
    (tmp_path / "calibration.json").write_text(json.dumps({"threshold": 0.3}), "utf-8")
    main(tmp_path / "confidence.npz", tmp_path)
    assert (tmp_path / "reliability.svg").read_text("utf-8").startswith("<svg")
    assert "校准误差 0.200，2 题" in capsys.readouterr().out
