"""Key facts are found however they are spelled, and never inside another figure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.spelling import contains, fold, without_marks


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("费率不超过1%。", "1%"),
        ("费率不超过１％", "1%"),
        ("共1,500项", "1500项"),
        ("每亩补助 1 200 元", "1200元"),
        ("由市財政局負責", "市财政局"),
        ("统一三个窗口", "三个窗口"),
        ("发文号为云办发〔2023〕7号", "云办发[2023]7号"),
        ("不超过5 million yuan", "5 million"),
        ("即「一窗通」平台", "“一窗通”"),
        ("2024年4月2日印发", "4月2日"),
        ("版本1.5.", "1.5"),
    ],
)
def test_a_fact_is_found(text: str, spelling: str) -> None:
    assert contains(text, spelling)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("费率11%", "1%"),
        ("费率0.1%", "1%"),
        ("费率1.5%", "1"),
        ("二十三个窗口", "三个窗口"),
        ("百分之十五", "百分之十"),
        ("12.5亩", "12"),
        ("12022年", "2022年"),
        ("AEON商场", "AEO"),
        ("没有数字", "7"),
        ("任何文字", ""),
    ],
)
def test_a_fact_is_not_found_in_another(text: str, spelling: str) -> None:
    assert not contains(text, spelling)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_number_is_found_only_as_itself(there: int, asked: int) -> None:
    assert contains(f"共{there}项", str(asked)) == (there == asked)


@given(st.text(st.characters(codec="gb18030", categories=("L", "N", "P")), max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_marks_are_no_figures() -> None:
    assert without_marks("办结时限为 2 天[1][12]。") == "办结时限为 2 天。"
    assert not contains(without_marks("见附表[3]"), "3")
