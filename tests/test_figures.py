"""Figures in Chinese text, and what is none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.figures import carried_values, figures, number, values


def said(text: str) -> list[tuple[str, str]]:
    return [(figure.quantity, figure.value) for figure in figures(text)]


@pytest.mark.parametrize(
    ("writings", "value"),
    [
        (("12个工作日", "十二个工作日", "12 工作日", "１２个工作日", "12 working days"), "12工作日"),
        (("300万元", "三百万元", "3000000元", "3,000,000元", "3百万元", "RMB 3 million"), "3000000元"),
        (("1万5千元", "一万五千元", "1.5万元", "15000块钱"), "15000元"),
        (("40%", "40 %", "百分之四十", "４０％", "40 percent", "四成"), "40%"),
        (("百分之一点五", "1.5%"), "1.5%"),
        (("千分之三", "3‰"), "3‰"),
        (("三分之二",), "2/3"),
        (("6个百分点", "六个百分点"), "6pp"),
        (("2023年4月9日", "2023-04-09", "2023.4.9", "二〇二三年四月九日", "2023 年 4 月 9 日"), "2023-4-9"),
        (("2023年12月底", "2023年12月末", "２０２３年十二月底"), "2023-12底"),
        (("2023年底", "2023年年底", "23年底"), "2023底"),
        (("2023年第三季度", "2023年三季度"), "2023-Q3"),
        (("半年",), "0.5年"),
        (("一年半",), "1.5年"),
        (("两个半月", "2.5个月"), "2.5月"),
        (("五小时", "5个小时", "5个钟头"), "5小时"),
        (("18周岁", "十八周岁", "18岁"), "18岁"),
        (("2倍", "两倍"), "2倍"),
        (("二点五米", "2.5米"), "2.5米"),
        (("前10名", "前十", "前十名"), "前10"),
        (("8人", "八名", "8位"), "8人"),
        (("4万户", "40000户"), "40000户"),
        (("16:30", "16时30分", "下午四点半"), "16:30"),
    ],
)
def test_one_value_however_it_is_written(writings: tuple[str, ...], value: str) -> None:
    for words in writings:
        assert values(f"为{words}，") == {value}, words


@pytest.mark.parametrize(
    "words",
    [
        "一件事一次办",
        "一网通办、一窗受理、一站式服务",
        "坚持三个一",
        "落实“两个带头”",
        "十分重要，千方百计，万一出错",
        "百姓满意，百家争鸣",
        "半导体产业与二次供水",
        "三轮车和绿地四周",
        "一把手负总责，一成不变",
        "数十家、几百人、上百家",
        "第三条、第十四届、第2项、第五批",
        "第二十条、第二十一条第一款",
        "前两款规定的情形",
        "（三）加快审批",
        "某政办发〔2023〕15号",
        "国务院令第700号",
        "A4纸、5G基站、T3航站楼",
        "上一年、同一天、每一年",
        "一月一调度",
        "统一规定，唯一标准",
        "三五家",
    ],
)
def test_words_that_state_no_figure(words: str) -> None:
    assert said(words) == []


@pytest.mark.parametrize("marker", ["18.", "18、", "3. ", "\n7．"])
def test_a_list_marker_is_no_figure(marker: str) -> None:
    assert said(f"{marker}加快放款，5日内到账。") == [("days", "5日")]


def test_a_decimal_at_the_start_is_no_marker() -> None:
    assert said("3.5%的费率") == [("percent", "3.5%")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("180至240美元", ["180美元", "240美元"]),
        ("每家1-2项", ["1", "2"]),
        ("3—5年", ["3年", "5年"]),
        ("三至五倍", ["3倍", "5倍"]),
        ("5至10万元", ["50000元", "100000元"]),
        ("500至1万元", ["500元", "10000元"]),
        ("分别为70、60、50个工作日", ["70工作日", "60工作日", "50工作日"]),
        ("百分之十至二十", ["10%", "20%"]),
        ("2023—2025年", ["2023", "2025"]),
        ("每年6—9月", ["-6", "-9"]),
        ("2月1日至20日", ["-2-1", "-2-20"]),
        ("二千元以上二万元以下", ["2000元", "20000元"]),
    ],
)
def test_the_parts_of_a_range_share_its_unit(words: str, expected: list[str]) -> None:
    assert [figure.value for figure in figures(words)] == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("每平方米200元", [("money", "200元")]),
        ("提前10日公告", [("days", "10日")]),
        ("办件量前20%", [("percent", "20%")]),
        ("排全省第三。", [("rank", "第3")]),
        ("保持第一方阵", [("rank", "第1")]),
        ("每月5日前报送", [("date", "每月5日")]),
        ("每年三月底前", [("date", "-3底")]),
        ("连续三个月", [("days", "3月")]),
        ("160千伏安，2万千瓦", [("count", "160千伏安"), ("count", "20000千瓦")]),
        ("热线12345", [("code", "12345")]),
        ("投诉电话0123-88", [("code", "0123"), ("code", "88")]),
        ("改到12345,2023年启用", [("code", "12345"), ("date", "2023")]),
        ("罚款五万以下", [("count", "50000")]),
        ("下调30个基点", [("percent", "30bp")]),
        ("fined $2,000 within 3 days", [("money", "2000美元"), ("days", "3日")]),
    ],
)
def test_quantity_and_value(words: str, expected: list[tuple[str, str]]) -> None:
    assert said(words) == expected


def test_units_are_kept_apart() -> None:
    assert len(values("5日，5个工作日，5个月，5元，5%，5倍，5户，5年")) == 8


def test_everyday_readings_are_carried_though_they_are_no_figures() -> None:
    assert not values("明确一名联络员，办一次")
    assert {"1人", "1次"} <= set(carried_values("明确一名联络员，办一次"))
    assert "5000000元" in carried_values("500万以下的贷款")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("1,500", 1500),
        ("三十五", 35),
        ("2.5万", 25000),
        ("半", 0.5),
        ("百", 100),
        ("两千零六", 2006),
        ("〇", 0),
    ],
)
def test_numbers(words: str, value: float) -> None:
    assert number(words) == value


def test_what_is_no_number_is_none() -> None:
    assert number("三五") is None
    assert number("元") is None


PIECES = st.lists(
    st.sampled_from(
        [*"第前至、—。，（）〔〕年月日个元%万十百半一二三0123456789.,- ", "工作日", "分之", "以上", "万元"]
    ),
    max_size=40,
)


@given(PIECES.map("".join))
def test_figures_stand_in_the_text_in_order_and_apart(text: str) -> None:
    found = figures(text)
    assert all(text[one.start : one.end] == one.text and one.text and one.value for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("text", "values_found"),
    [
        ("开放时间为六时至八时、十九时至二十一时", ["6:00", "8:00", "19:00", "21:00"]),
        ("每日20时至次日7时", ["20:00", "7:00"]),
        ("上午9点到11点半", ["9:00", "11:30"]),
        ("一时难以查清，同时报告", []),
        ("实施五大行动、10大工程", ["5", "10"]),
        ("6个以上县市区", ["6"]),
        ("4个县市区", ["4县市区"]),
    ],
)
def test_hours_and_great_tasks_are_figures(text: str, values_found: list[str]) -> None:
    assert [figure.value for figure in figures(text)] == values_found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("符合条件的，窗口当场办结", [("days", "当场")]),
        ("资料齐全的当日出证", [("days", "当日")]),
        ("发现险情的人员应当立即向应急管理部门报告", [("days", "立即")]),
        ("目录应当每年修订", [("days", "每年")]),
        ("每季度至少通报一次", [("days", "每季度")]),
        ("可以当场处罚", []),
        ("应当立即停止作业", []),
        ("每年500元", [("money", "500元")]),
        ("每两年复审", [("days", "2年")]),
    ],
)
def test_at_once_and_how_often_are_times(text: str, found: list[tuple[str, str]]) -> None:
    assert said(text) == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("吞吐量迈过亿吨", "100000000吨"),
        ("培育百亿元产业", "10000000000元"),
        ("形成千亿级集群", "100000000000级"),
    ],
)
def test_a_scale_alone_is_one_of_it(text: str, value: str) -> None:
    assert values(text) == {value}


def test_several_of_a_scale_are_no_figure() -> None:
    assert values("数亿元、十几万元") == set()
