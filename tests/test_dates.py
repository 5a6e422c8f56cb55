"""Dates and deadlines as Chinese documents write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.dates import add_duration, find_dates, parse_date, parse_deadline


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2022年2月22日", date(2022, 2, 22)),
        ("2022年2月22", date(2022, 2, 22)),
        ("2022 年 2 月 22 日", date(2022, 2, 22)),
        ("二〇二二年三月一日", date(2022, 3, 1)),
        ("二○一一年十一月廿一日", date(2011, 11, 21)),
        ("2022-02-25", date(2022, 2, 25)),
        ("自2024年5月1日起施行", date(2024, 5, 1)),
        ("2024年 12月底", None),
        ("2022年3月15个项目", None),
        ("2022年2月30日", None),
    ],
)
def test_complete_dates_are_read(text: str, value: date | None) -> None:
    assert parse_date(text) == value


def test_dates_come_with_their_places() -> None:
    text = "2020年1月2日通过，2021年3月4日修正"
    assert [text[found.start : found.end] for found in find_dates(text)] == ["2020年1月2日", "2021年3月4日"]


@pytest.mark.parametrize(
    ("text", "start", "end", "ongoing"),
    [
        ("2022年3月底", None, date(2022, 3, 31), False),
        ("2022年3月底前", None, date(2022, 3, 31), False),
        ("2024年 2月底前完成", None, date(2024, 2, 29), False),
        ("二〇二二年十二月底前", None, date(2022, 12, 31), False),
        ("2022年6月30日前", None, date(2022, 6, 30), False),
        ("2022年8月", date(2022, 8, 1), date(2022, 8, 31), False),
        ("2022年8月前", None, date(2022, 7, 31), False),
        ("2022年8月,长期推进", date(2022, 8, 1), date(2022, 8, 31), True),
        ("2022年上半年", date(2022, 1, 1), date(2022, 6, 30), False),
        ("2022年第三季度", date(2022, 7, 1), date(2022, 9, 30), False),
        ("2023年底前", None, date(2023, 12, 31), False),
        ("2023年", date(2023, 1, 1), date(2023, 12, 31), False),
        ("2022年5月上旬", date(2022, 5, 1), date(2022, 5, 10), False),
        ("2022年3月至10月", date(2022, 3, 1), date(2022, 10, 31), False),
        ("2022—2024年", date(2022, 1, 1), date(2024, 12, 31), False),
        ("按月有序推进", None, None, True),
        ("立行立改", None, None, False),
        ("年底前", None, None, False),
    ],
)
def test_deadlines_become_dates(text: str, start: date | None, end: date | None, ongoing: bool) -> None:
    deadline = parse_deadline(text)
    assert (deadline.start, deadline.end, deadline.ongoing) == (start, end, ongoing)
    assert deadline.text == text


@pytest.mark.parametrize(
    ("text", "end"),
    [("年底前", date(2023, 12, 31)), ("6月底前", date(2023, 6, 30)), ("三季度末", date(2023, 9, 30))],
)
def test_a_deadline_without_year_takes_the_one_given(text: str, end: date) -> None:
    assert parse_deadline(text, year=2023).end == end


@pytest.mark.parametrize(
    ("term", "last"), [("5年", date(2027, 2, 28)), ("二年", date(2024, 2, 29)), ("6个月", date(2022, 8, 31))]
)
def test_a_term_ends_on_the_day_before(term: str, last: date) -> None:
    assert add_duration(date(2022, 3, 1), term) == last


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2099, 12, 31)))
def test_every_date_survives_being_written(day: date) -> None:
    assert parse_date(f"{day.year}年{day.month}月{day.day}日") == day
    assert parse_deadline(f"{day.year}年{day.month}月{day.day}日前").end == day


@given(st.text(alphabet="0123456789年月日底前至到—上下半季度第一二三十廿长期 ", max_size=30))
def test_no_wording_of_a_deadline_raises(text: str) -> None:
    deadline = parse_deadline(text, year=2022)
    assert deadline.start is None or deadline.end is None or deadline.start <= deadline.end
