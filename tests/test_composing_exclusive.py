"""One of a closed set is not another of it; classes within a sentence; who acts by a sentence's own words. Texts of our own."""

from __future__ import annotations

from functools import cache

import pytest

from service.answer import Answer
from service.assistant import Assistant
from service.kinds import kind_of
from tests.answer_corpus import TODAY
from tests.indexed import indexed

TEXT = """泉阜市供电服务提升方案

一、压减时限

1.加快接电。高压单电源用户办电不超过12个工作日，低压用户不超过4个工作日。

2.分级服务。对用电企业按信用状况划分为优良、一般、关注三个等级，分别提供服务。

二、建设设施

（一）更新老旧设施

1. 更换充电桩。破损的充电桩在2025年底前更换完毕，由市城市管理局牵头实施。

2. 改造线路。架空线路入地14公里。

3. 更新表箱。更新表箱3200只。
（牵头单位：市发展改革委；责任单位：市住房城乡建设局）


三、奖励机制

对新认定的国家级孵化器奖励60万元，省级孵化器奖励25万元。

本方案所称即办事项，是指窗口可以当场办结、申请人书面承诺即可受理的事项。

四、安全检测

重点场所应当每年检测一次供电线路；临时搭建的摊棚除外。检测结果报街道留存，街道按季度汇总后交市供电公司编制薄弱线路名录。市供电公司按照名录安排停电检修，并提前三天在小区门口张贴告示，遇到高温、寒潮等恶劣天气时顺延。检修人员进小区应当着工装、佩戴证件，检修完毕后清理现场，并由物业签字确认。
"""


@cache
def _assistant() -> Assistant:
    return Assistant(indexed({"quanfu-power": TEXT}), threshold=0.0, today=TODAY)


def ask(question: str) -> Answer:
    return _assistant().ask(question)


@pytest.mark.parametrize(
    "question",
    [
        "泉阜高压双电源用户办电要几个工作日？",
        "泉阜新认定的众创空间奖励多少万？",
        "泉阜市级孵化器奖励多少钱？",
    ],
)
def test_what_the_text_has_for_another_of_the_set_is_no_answer(question: str) -> None:
    assert ask(question).refusal is not None


@pytest.mark.parametrize(
    ("question", "figure"),
    [("泉阜高压单电源用户办电要几个工作日？", "12个工作日"), ("泉阜省级孵化器奖励多少万？", "25万元")],
)
def test_what_it_has_for_the_very_one_is(question: str, figure: str) -> None:
    assert figure in ask(question).text


def test_the_exception_behind_a_rule_is_quoted_with_it() -> None:
    text = ask("泉阜重点场所的供电线路要每年检测吗？").text
    assert "应当每年检测一次供电线路；临时搭建的摊棚除外" in text
    assert "报街道留存" not in text


def test_what_a_term_means_permits_nothing() -> None:
    text = ask("泉阜的即办事项，书面承诺就可以当场办结吗？").text
    assert "是指窗口可以当场办结" in text
    assert not text.startswith("可以")


def test_classes_within_a_sentence_are_listed() -> None:
    text = ask("泉阜用电企业的信用分哪几档？").text
    assert "共3项，已全部列出" in text
    assert all(words in text for words in ("1. 优良", "2. 一般", "3. 关注"))


def test_the_office_that_a_sentence_names_goes_before_the_trailer_around_it() -> None:
    text = ask("泉阜破损的充电桩更换由哪个部门牵头？").text
    assert "由市城市管理局牵头实施" in text
    assert "市发展改革委" not in text


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("各区自己的实施方案什么时候印发？", "deadline"),
        ("这个实施方案什么时候印发的？", "metadata"),
        ("想走应急转贷，从头到尾怎么弄，先找谁后找谁", "procedure"),
        ("“紧张学区”是按什么标准认定的", "definition"),
        ("跨境贸易这项工作，打头的和配合的都有谁", "office"),
        ("这个资金办法只管三年，对吧", "metadata"),
        ("以前那个办法还管用的时候，押金交几个月", "deadline"),
    ],
)
def test_kinds_told_by_the_whole_wording(question: str, kind: str) -> None:
    assert kind_of(question) == kind
