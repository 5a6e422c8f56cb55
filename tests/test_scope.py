"""Which documents may answer: filters, the document and the regions named, versions, and what has to be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from indexer.catalogue import Entry
from service.answer import Filters
from service.scope import Scope, scope_of
from service.understanding import Understanding
from tests.entries import ARCHIVES, ARCHIVES_OLD, ENTRIES, FUND, PARKING, PARKING_OLD, STEEL, WATER, entry

TODAY = date(2025, 6, 1)
NO_FILTERS = Filters()


def scope(
    question: str,
    filters: Filters = NO_FILTERS,
    *,
    entries: Sequence[Entry] = ENTRIES,
    today: date = TODAY,
) -> Scope:
    return scope_of(Understanding(entries).read(question), filters, entries, today=today)


def test_a_question_that_names_nothing_may_be_answered_by_any_version_in_force() -> None:
    found = scope("停车怎么收费")
    everything = {one.id for one in ENTRIES} - {PARKING_OLD.id, ARCHIVES_OLD.id}
    assert (set(found.document_ids), found.notice, found.narrowed) == (everything, None, False)


def test_a_region_named_leaves_its_documents_and_those_above_it() -> None:
    found = scope("黄石的遗产怎么保护")
    assert set(found.document_ids) == {STEEL.id, WATER.id, ARCHIVES.id}
    assert (found.missing_regions, found.notice, found.narrowed) == ((), None, True)


def test_a_province_named_leaves_the_documents_of_its_cities() -> None:
    assert set(scope("湖北的节水规定").document_ids) == {STEEL.id, WATER.id, ARCHIVES.id}


def test_several_regions_leave_the_documents_of_each() -> None:
    assert set(scope("云岭和白水养狗哪个严").document_ids) == {"dogs", "cats", ARCHIVES.id}


def test_where_only_a_wider_region_speaks_that_is_said() -> None:
    found = scope("武汉的用水规定")
    assert set(found.document_ids) == {WATER.id, ARCHIVES.id}
    assert [region.name for region in found.wider_regions] == ["武汉市"]
    assert found.missing_regions == ()
    assert found.notice == "已收录的文件中没有武汉市本级的文件，以下依据上级的规定。"


def test_a_region_for_which_nothing_speaks_is_reported_and_nothing_left_out() -> None:
    local = [one for one in ENTRIES if one.region != "全国"]
    found = scope("长沙停车怎么收费", entries=local)
    assert [region.name for region in found.missing_regions] == ["长沙市"]
    assert set(found.document_ids) == {one.id for one in local} - {PARKING_OLD.id}
    assert not found.narrowed


def test_one_of_two_regions_missing_is_said() -> None:
    local = [one for one in ENTRIES if one.region != "全国"]
    found = scope("长沙和云岭养犬的区别", entries=local)
    assert found.document_ids == ("dogs",)
    assert found.notice == "已收录的文件中没有长沙市的文件。"


def test_a_document_named_wins_over_the_other_documents_of_its_region() -> None:
    assert scope("青石公积金规定第五条").document_ids == (FUND.id,)


def test_a_document_of_another_city_than_the_one_named_answers_with_a_notice() -> None:
    found = scope("白水能不能按《云岭县养犬管理条例》办")
    assert found.document_ids == ("dogs",)
    fine = scope("云岭能不能按《云岭县养犬管理条例》办")
    assert (fine.document_ids, fine.notice) == (("dogs",), None)
    other = scope("白水按《养犬管理条例》罚多少")
    assert other.document_ids != ("dogs",)


def test_the_notice_names_both_places() -> None:
    plan = entry("harbour", "港口收费办法", "云岭县")
    found = scope("白水按《港口收费办法》收多少", entries=[plan, *ENTRIES])
    assert found.document_ids == ("harbour",)
    assert found.notice == "所引文件是云岭县的文件，不适用于白水市。"


def test_filters_hold_whatever_the_question_names() -> None:
    only = Filters(regions=("云岭县",))
    assert scope("青石停放条例罚多少", only).document_ids == ()
    assert scope("养狗要办证吗", only).document_ids == ("dogs",)
    assert scope("养狗", Filters(document_ids=("cats",))).document_ids == ("cats",)
    assert scope(
        "养狗", Filters(issued_from=date(2021, 5, 1), issued_to=date(2021, 12, 31))
    ).document_ids == ("cats",)
    assert FUND.id not in scope("公积金", Filters(issued_from=date(1990, 1, 1))).document_ids  # undated


def test_a_province_filters_its_cities_in() -> None:
    assert set(scope("怎么办", Filters(regions=("湖北省",))).document_ids) == {STEEL.id, WATER.id}


def test_no_document_may_be_left() -> None:
    assert scope("停车", Filters(document_ids=("none",))) == Scope((), narrowed=False)
    assert scope("停车", entries=[]).document_ids == ()


def test_a_version_asked_for_explicitly_is_not_replaced() -> None:
    found = scope("停车", Filters(document_ids=(PARKING_OLD.id,)))
    assert found.document_ids == (PARKING_OLD.id,)


@pytest.mark.parametrize(
    "question",
    [
        "2018年的青石停放条例怎么罚",
        "青石停放条例2018版怎么罚",
        "2018年青石怎么罚乱停自行车",
        "旧版青石停放条例怎么罚",
        "青石停放条例修订前罚多少",
        "青石最早那部停放条例怎么罚",
        "青石原来的停放条例怎么罚",
    ],
)
def test_an_older_version_answers_when_asked_for_with_a_warning(question: str) -> None:
    found = scope(question)
    assert PARKING_OLD.id in found.document_ids
    assert PARKING.id not in found.document_ids
    assert "2023年9月8日起" in found.warnings[PARKING_OLD.id]


def test_the_warning_is_the_notice_where_the_old_version_alone_may_answer() -> None:
    assert scope("青石停放条例2018版怎么罚").notice == (
        "以下出自《青石市非机动车停放条例》的旧版本，现行版本自2023年9月8日起施行，请以现行版本为准。"
    )
    assert scope("以前的规定怎么罚").notice is None  # other documents may answer too


@pytest.mark.parametrize(
    "question",
    [
        "青石停放条例怎么罚",
        "青石停放条例2023版怎么罚",
        "2018年建的小区适用青石停放条例吗",
        "以前欠的钱按青石停放条例怎么算",
        "现行青石停放条例几条",
    ],
)
def test_else_the_version_in_force_answers(question: str) -> None:
    found = scope(question)
    assert (found.document_ids, found.notice) == ((PARKING.id,), None)


@pytest.mark.parametrize(
    "question",
    [
        "青石停放条例新旧版有什么不同",
        "青石停放条例2018版和2023版的罚款有什么区别",
        "青石停放条例修订前后有哪些变化",
        "青石现行停放条例和以前的比多了什么",
        "青石停放条例改过以后比18年多了哪些车",
        "青石停放条例改了以后罚款变了没有",
        "青石停放条例修订后的罚款前后差多少",
        "青石停放条例修订前和修订后的期限",
        "18年和2023年的青石停放条例罚款各多少",
        "青石停放条例18版跟23版各怎么说",
    ],
)
def test_both_versions_answer_a_comparison_of_them(question: str) -> None:
    assert set(scope(question).document_ids) == {PARKING.id, PARKING_OLD.id}


def test_of_several_versions_those_of_the_years_named_answer() -> None:
    middle = replace(PARKING_OLD, id="parking-2020", issued_on=date(2020, 3, 2))
    found = scope("青石停放条例2018版和2023版差在哪", entries=[PARKING_OLD, middle, PARKING])
    assert found.document_ids == (PARKING_OLD.id, PARKING.id)


def test_a_change_that_is_not_asked_about_leaves_the_version_in_force() -> None:
    assert scope("青石停放条例改了以后罚多少").document_ids == (PARKING.id,)


def test_as_of_a_day_the_version_of_that_day_answers() -> None:
    on = Filters(as_of=date(2020, 1, 1))
    assert scope("青石停放条例怎么罚", on).document_ids == (PARKING_OLD.id,)
    assert scope("青石停放条例怎么罚", on).notice is None
    assert scope("青石停放条例怎么罚", Filters(as_of=date(2010, 1, 1))).document_ids == ()
    assert "plan-2024" not in scope("青石的任务", on).document_ids


def test_before_the_new_version_takes_effect_the_old_one_answers() -> None:
    assert scope("国家档案法罚多少", today=date(2022, 9, 30)).document_ids == (ARCHIVES_OLD.id,)
    assert scope("国家档案法罚多少", today=date(2022, 10, 1)).document_ids == (ARCHIVES.id,)


def test_what_has_expired_or_is_repealed_answers_with_a_warning() -> None:
    ended = entry(
        "ended", "白水市养鸽办法", "白水市", issued_on=date(2020, 1, 1), expires_on=date(2024, 12, 31)
    )
    assert scope("养鸽几只", entries=[ended]).notice == (
        "《白水市养鸽办法》的有效期至2024年12月31日，已经届满，内容仅供参考。"
    )
    assert scope("养鸽几只", entries=[ended], today=date(2024, 12, 31)).notice is None
    repealed = replace(ended, expires_on=None, status="已废止")
    assert scope("养鸽几只", entries=[repealed]).notice == "《白水市养鸽办法》已废止或失效，内容仅供参考。"
    coming = entry(
        "coming", "白水市养鸽办法", "白水市", issued_on=date(2025, 5, 1), effective_on=date(2025, 7, 1)
    )
    assert (
        scope("养鸽几只", entries=[coming]).notice == "《白水市养鸽办法》自2025年7月1日起施行，目前尚未施行。"
    )


def test_a_digest_beside_its_original_answers_nothing_twice() -> None:
    digest = replace(PARKING, id="digest", digest_of="青石市非机动车停放条例")
    assert scope("怎么罚", entries=[digest, PARKING]).document_ids == (PARKING.id,)
    assert scope("怎么罚", entries=[digest, PARKING_OLD]).document_ids == ("digest",)
    assert scope("怎么罚", entries=[digest]).document_ids == ("digest",)


def test_versions_without_dates_all_stay() -> None:
    undated = [replace(PARKING, id=name, issued_on=None, effective_on=None) for name in ("a", "b")]
    assert scope("怎么罚", entries=undated).document_ids == ("a", "b")


def test_a_plan_and_its_successor_of_another_name_both_answer() -> None:
    assert {"plan-2022", "plan-2024"} <= set(scope("青石政务服务的目标").document_ids)
