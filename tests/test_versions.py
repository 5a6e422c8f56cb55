"""Versions of one regulation are recognised, and the one in force on a day is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.versions import (
    begins,
    families,
    family_of,
    has_expired,
    in_force,
    is_of_year,
    is_repealed,
    versions_of,
)
from tests.entries import ARCHIVES, ARCHIVES_OLD, ENTRIES, PARKING, PARKING_OLD, PLAN_2022, PLAN_2024, entry


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中华人民共和国保管国家档案法", "保管国家档案法"),
        ("青石市停放条例", "青石市停放条例（2021年修订）"),
        ("青石市停放条例", "青石市停放条例(2021修正)"),
        ("青石市停放条例（2018年4月2日）", "青石市停放条例（2023）"),
        ("青石市停放条例（试行）", "青石市停放条例"),
        ("青石市停放条例（修订草案征求意见稿）", "青石市停放条例"),
        ("青石市停放条例2021年修订版", "青石市停放条例"),
        ("《青石市停放条例》", "青石市 停放条例"),
        ("青石市停放条例（要点摘编）", "青石市停放条例"),
        ("青石市停放条例（已废止）", "青石市停放条例"),
    ],
)
def test_marks_of_an_edition_make_no_other_document(one: str, other: str) -> None:
    assert family_of(entry("a", one)) == family_of(entry("b", other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("青石市2022年提升政务服务工作方案", "青石市2024年提升政务服务工作方案"),
        ("青石市政务服务提质行动方案（2.0版）", "青石市政务服务提质行动方案（3.0版）"),
        ("青石市三年行动计划（2019-2021年）", "青石市三年行动计划（2022-2024年）"),
        ("青石市攻坚行动方案（2023年）", "青石市攻坚行动方案（2024年）"),
        ("青石市停放条例", "青石市停放条例实施细则"),
        ("青石市2022年提升政务服务工作方案", "青石市政务服务提质行动方案（2.0版）"),
    ],
)
def test_another_plan_is_another_document(one: str, other: str) -> None:
    assert family_of(entry("a", one)) != family_of(entry("b", other))


def test_the_same_title_in_another_city_is_another_document() -> None:
    assert family_of(entry("a", "养犬管理条例")) != family_of(entry("b", "养犬管理条例", "白水市"))


def test_families_go_from_the_oldest_version_to_the_newest() -> None:
    grouped = families(reversed(ENTRIES))
    assert grouped[family_of(PARKING)] == [PARKING_OLD, PARKING]
    assert grouped[family_of(ARCHIVES)] == [ARCHIVES_OLD, ARCHIVES]
    assert grouped[family_of(PLAN_2022)] == [PLAN_2022]
    assert grouped[family_of(PLAN_2024)] == [PLAN_2024]


def test_a_version_without_date_is_not_taken_for_the_newest() -> None:
    undated = replace(PARKING, id="parking", issued_on=None, effective_on=None)
    assert families([PARKING_OLD, undated])[family_of(PARKING)] == [undated, PARKING_OLD]


def test_a_digest_stands_before_its_original() -> None:
    digest = replace(
        PARKING, id="a-digest", title="青石市非机动车停放条例（摘编）", digest_of="青石市非机动车停放条例"
    )
    assert families([PARKING, digest])[family_of(PARKING)] == [digest, PARKING]


def test_a_revision_begins_when_it_was_issued_though_it_tells_when_the_first_took_effect() -> None:
    assert begins(PARKING) == date(2023, 9, 8)
    assert begins(PARKING_OLD) == date(2018, 6, 1)
    assert begins(entry("a", "无日期")) is None


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2018, 5, 31), None),
        (date(2018, 6, 1), PARKING_OLD),
        (date(2023, 9, 7), PARKING_OLD),
        (date(2023, 9, 8), PARKING),
        (date(2030, 1, 1), PARKING),
    ],
)
def test_the_version_in_force_is_the_last_that_applies(day: date, version: object) -> None:
    assert in_force([PARKING_OLD, PARKING], day) == version


def test_what_has_expired_is_not_in_force_and_neither_is_what_it_replaced() -> None:
    ended = replace(PARKING, expires_on=date(2025, 9, 7))
    assert in_force([PARKING_OLD, ended], date(2025, 9, 7)) == ended
    assert in_force([PARKING_OLD, ended], date(2025, 9, 8)) is None
    assert has_expired(ended, date(2025, 9, 8)) and not has_expired(ended, date(2025, 9, 7))


def test_a_repealed_version_was_in_force_until_its_successor_began() -> None:
    repealed = replace(PARKING_OLD, status="已废止")
    assert is_repealed(repealed) and not is_repealed(PARKING)
    assert in_force([repealed, PARKING], date(2020, 1, 1)) == repealed
    assert in_force([repealed], date(2020, 1, 1)) is None


def test_the_year_of_a_version_is_that_of_its_title_issue_or_effect() -> None:
    assert [year for year in range(2015, 2025) if is_of_year(PARKING, year)] == [2018, 2023]
    assert is_of_year(PLAN_2022, 2022) and not is_of_year(PLAN_2022, 2024)
    span = entry("a", "青石市三年行动计划（2019—2021年）")
    assert [year for year in range(2015, 2025) if is_of_year(span, year)] == [2019, 2020, 2021]


@pytest.mark.parametrize(
    ("day", "states"),
    [
        (date(2018, 5, 1), ["not_yet", "not_yet"]),
        (date(2020, 1, 1), ["not_yet", "in_force"]),
        (date(2024, 1, 1), ["in_force", "older"]),
    ],
)
def test_versions_are_listed_newest_first_with_what_they_are_on_a_day(day: date, states: list[str]) -> None:
    assert [version.state for version in versions_of([PARKING_OLD, PARKING], day)] == states


def test_a_version_may_have_ended_without_a_successor() -> None:
    (repealed,) = versions_of([replace(PARKING, status="已废止")], date(2024, 1, 1))
    (expired,) = versions_of([replace(PARKING, expires_on=date(2023, 12, 31))], date(2024, 1, 1))
    (undated,) = versions_of([entry("a", "无日期")], date(2024, 1, 1))
    assert (repealed.state, expired.state, undated.state) == ("repealed", "expired", "unknown")


def test_a_digest_is_of_the_version_that_it_restates() -> None:
    digest = replace(PARKING, id="digest", digest_of="青石市非机动车停放条例")
    states = [one.state for one in versions_of([PARKING_OLD, digest, PARKING], date(2024, 1, 1))]
    assert states == ["in_force", "in_force", "older"]
