"""Several figures of one kind: what a thing was and what it becomes, and which figure belongs to which part of a question."""

from __future__ import annotations

from functools import cache

import pytest

from service.answer import Answer
from service.assistant import Assistant
from service.composing.wording import in_order_of
from service.figures import Figure, figures
from tests.answer_corpus import TODAY
from tests.indexed import indexed

TEXT = """瓯坪市窗口服务提升方案

一、重点任务

1.压减时限。一般事项的办理时限由9个工作日压缩至4个工作日。

2.听取意见。投诉件的首次回访率达到98%以上，办结后的满意率不低于90%。

3.布设驿站。全市新建便民驿站26个，其中由社区代管的7个。

4.信守承诺。对企业作出的政策承诺，必须严格兑现。

5.推广“一码通办”。老年人凭身份证办理。

二、其他

本方案由市政务服务局解释。
"""


@cache
def town() -> Assistant:
    return Assistant(indexed({"oupin-windows": TEXT}), today=TODAY)


def ask(question: str) -> Answer:
    return town().ask(question)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("瓯坪一般事项的办理时限要压到几个工作日？", "**压缩至4个工作日**。"),
        ("瓯坪一般事项现在几天办完？", "**压缩至4个工作日**。"),
        ("瓯坪的一般事项还是8个工作日办完，对吧？", "文件的规定是**压缩至4个工作日**，并非8个工作日。"),
        ("瓯坪投诉件满意率和首次回访率各要达到多少？", "**不低于90%**；**达到98%以上**。"),
        ("瓯坪投诉件首次回访率多少，满意率多少？", "**达到98%以上**；**不低于90%**。"),
        ("瓯坪要建多少个便民驿站，社区代管的有几个？", "**26个**；**7个**。"),
        ("瓯坪对企业的政策承诺能不兑现吗？", "不可以。"),
        ("瓯坪对企业的政策承诺可以不兑现吗？", "不可以。"),
    ],
)
def test_it_begins_with_the_figures_in_the_order_of_the_question(question: str, first: str) -> None:
    assert ask(question).text.replace("[1]", "").startswith(first)


def test_what_a_thing_was_is_told_where_that_is_asked() -> None:
    assert not ask("瓯坪一般事项的办理时限原来是几个工作日？").text.startswith("**压缩至4")


def test_more_figures_than_are_asked_for_are_not_led_with() -> None:
    text = "首次回访率达到98%，二次回访率达到60%，满意率不低于90%。"
    answer = Assistant(
        indexed({"three": f"瓯坪市回访办法\n\n第一条 做好投诉回访。\n\n第二条 投诉件{text}\n"}), today=TODAY
    ).ask("瓯坪投诉件回访率和满意率各要多少？")
    assert not answer.text.startswith("**") and "60%" in answer.text


def test_which_figure_is_whose_must_be_clear() -> None:
    text = "水电各一项，分别为30%、40%。"
    found = figures(text)
    assert [figure.value for figure in found] == ["30%", "40%"]
    assert in_order_of(["甲率", "乙率"], found, text) is None
    text = "甲类企业率为30%，乙类企业率为40%。"
    found = figures(text)

    def order(*asked: str) -> list[str]:
        ordered: list[Figure] | None = in_order_of(asked, found, text)
        return [figure.value for figure in ordered or []]

    assert order("乙类企业", "甲类企业") == ["40%", "30%"]
    assert order("甲类企业", "乙类企业") == ["30%", "40%"]
    assert order("甲类企业") == []


def test_marks_within_a_quoted_name_are_single_ones() -> None:
    answer = ask("瓯坪方案的重点任务有几项？")
    assert "自“1.压减时限”至“5.推广‘一码通办’”" in answer.text
