"""What the parts of a question ask for, whom a clause is for, and a figure in English."""

from __future__ import annotations

import pytest

from service.composing.asked import is_by_the_same, is_measure, unit_asked, unit_fit
from service.composing.claims import same_amount
from service.composing.english import in_english
from service.composing.enumerations import enumerations
from service.composing.groups import excluded, marks
from service.composing.wording import states
from service.figures import figures
from service.question import Question


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("几个工作日办完", "工作日"),
        ("有效期几年", "年"),
        ("要跑几趟", "次"),
        ("要扶持多少家", "家"),
        ("高几个百分点", "pp"),
        ("多少钱", None),
        ("几点关门", None),
        ("how many working days does it take", "工作日"),
    ],
)
def test_the_unit_is_what_is_counted(question: str, unit: str | None) -> None:
    assert unit_asked(question) == unit


def test_a_value_suits_its_own_unit_best_and_its_kin_better_than_another() -> None:
    assert [unit_fit("年", value) for value in ("2年", "70岁", "5日")] == [2, 1, 0]
    assert unit_fit(None, "5日") == 2


@pytest.mark.parametrize(
    ("asked", "stated"),
    [
        ("B级企业查几次", "信用为A级的企业每年检查一次"),
        ("大型企业的费率", "小微企业的费率不超过1%"),
        ("个人乱倒垃圾罚多少", "对单位处五千元罚款"),
        ("第一次违反罚多少", "一年内再次违反的，处五百元罚款"),
        ("二套房首付多少", "首套住房的首付款比例不低于20%"),
        ("农村户口发多少", "城镇居民每人每月发放六百元"),
    ],
)
def test_a_clause_for_another_group_is_left_out(asked: str, stated: str) -> None:
    assert excluded(asked, stated)


@pytest.mark.parametrize(
    ("asked", "stated"),
    [
        ("小企业的费率", "小微企业的费率不超过1%"),
        ("中小企业预留多少", "面向中小微企业预留四成"),
        ("个人乱倒垃圾罚多少", "对个人处五十元罚款，对单位处五千元罚款"),
        ("企业的费率", "小微企业的费率不超过1%"),
        ("大型企业的费率", "费率不超过1%"),
        ("高级人民法院多久审结", "初级案件三个月内审结"),
    ],
)
def test_a_clause_for_the_group_or_for_all_stays(asked: str, stated: str) -> None:
    assert not excluded(asked, stated)


def test_what_heads_a_clause_tells_whom_it_is_for() -> None:
    assert excluded("大型企业补多少", "每户补助三万元", above="支持小微企业")
    assert marks("高压用户几天", "高压用户十八天") == 1
    assert marks("高压用户几天", "低压用户四天") == -1


@pytest.mark.parametrize(
    ("text", "shown", "english"),
    [
        ("3个工作日", "3个工作日内", "within 3 working days"),
        ("一个工作日", "一个工作日", "1 working day"),
        ("1.5%", "不超过1.5%", "at most 1.5%"),
        ("30%", "不低于30%", "at least 30%"),
        ("五百万元", "最高五百万元", "at most RMB 5,000,000"),
        ("六个月", "不超过六个月", "within 6 months"),
        ("二千三百只", "二千三百只", None),
    ],
)
def test_a_figure_with_its_bound_is_put_into_english(text: str, shown: str, english: str | None) -> None:
    found = figures(text)
    assert (in_english(found[0], shown) if found else None) == english


def test_three_days_are_not_called_false_of_three_working_days() -> None:
    assert same_amount("3日", "3工作日")
    assert not same_amount("3日", "2工作日")
    assert same_amount("2024-12", "2024-12底")


@pytest.mark.parametrize("unit", ["平方米", "公里", "吨", "岁"])
def test_a_measure_wants_a_figure_of_its_kind(unit: str) -> None:
    assert is_measure(unit)


@pytest.mark.parametrize("unit", [None, "家", "项", "元"])
def test_what_is_counted_or_paid_is_no_measure(unit: str | None) -> None:
    assert not is_measure(unit)


def rate(text: str) -> Question:
    return Question(text, text, text, "zh", "figure", "money")


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("摊位每天多少钱", "摊位费按日收取，首日二十元。"),
        ("垃圾费每户每月交多少", "每户每月八元。"),
        ("充电每度多少钱", "电费零点六元/千瓦时。"),
        ("每年最多补多少", "年度补助不超过两万元。"),
        ("最高罚多少", "处二百元罚款。"),
    ],
)
def test_a_rate_is_by_what_was_asked(question: str, text: str) -> None:
    assert is_by_the_same(rate(question), text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("停车每小时收多少钱", "逾期不缴的，处一百元罚款。"),
        ("水费每吨多少", "每户每月收取服务费三元。"),
    ],
)
def test_an_amount_is_no_rate(question: str, text: str) -> None:
    assert not is_by_the_same(rate(question), text)


def test_a_fine_answers_no_question_about_a_price() -> None:
    text = "占道停放的，处一百元罚款。"
    (fine,) = figures(text)
    assert not states(fine, text, rate("停一次车要多少钱"))
    assert states(fine, text, rate("乱停车罚多少钱"))


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("叫响“渡口早市”“灯下书屋”“银杏大道”三块招牌。", ["“渡口早市”", "“灯下书屋”", "“银杏大道”"]),
        ("落实晨检、午检、夜巡“三项制度”责任到人。", ["晨检", "午检", "夜巡"]),
        ("配备铁锹、手套、警示灯等。", []),
    ],
)
def test_what_a_sentence_enumerates_is_told_item_by_item(text: str, items: list[str]) -> None:
    found = [[text[begin:end] for begin, end in pieces] for _, pieces in enumerations(text)]
    assert (found[0] if found else []) == items
