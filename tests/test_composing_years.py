"""A question that names a year is answered from what the text says of that year, and stages are counted by theirs."""

from __future__ import annotations

from functools import cache

import pytest

from service.answer import Answer
from service.assistant import Assistant
from tests.answer_corpus import TODAY
from tests.indexed import indexed

TEXTS = {
    "qianwu-plan": """千梧市窗口服务提质三年行动计划

一、目标安排

力争用三年时间，把窗口建成群众满意的窗口，分年度推进。

2023年——打基础。改造窗口60个，群众满意度达到百分之八十五，培训窗口人员400人次。

2024年——上台阶。改造窗口90个，群众满意度达到百分之九十，培训窗口人员700人次。

2025年——创品牌。改造窗口35个，群众满意度达到百分之九十六，培训窗口人员900人次。

二、主要工作

（一）推行“周末不打烊”。周六上午开放综合窗口。（牵头单位：市行政审批局）

（二）设置潮汐窗口。排队超过十五人的，当场增开窗口。（牵头单位：市政务服务中心）

（三）建立好差评档案。（牵头单位：市行政审批局）
""",
    "qianwu-rules": """千梧市窗口预约办法

第一条 预约名额每周更新。

第二条 迟到二十分钟的，预约作废。

第三条 本办法自2023年6月1日起施行。
""",
}


@cache
def _assistant() -> Assistant:
    return Assistant(indexed(TEXTS), threshold=0.0, today=TODAY)


def ask(question: str) -> Answer:
    return _assistant().ask(question)


@pytest.mark.parametrize(
    ("question", "right", "others"),
    [
        ("千梧2023年要改造多少个窗口？", "60个", ("90个", "35个")),
        ("千梧2024年要改造多少个窗口？", "90个", ("60个", "35个")),
        ("千梧2025年群众满意度要到多少？", "百分之九十六", ("百分之九十，", "百分之八十五")),
        ("2024年千梧培训窗口人员多少人次？", "700人次", ("400人次", "900人次")),
    ],
)
def test_the_year_named_decides(question: str, right: str, others: tuple[str, ...]) -> None:
    text = ask(question).text
    assert right in text
    assert not any(other in text for other in others)


def test_a_year_of_which_nothing_is_said_has_no_answer() -> None:
    answer = ask("千梧2029年要改造多少个窗口？")
    assert answer.refusal is not None
    assert "2029年" in answer.text


def test_years_are_counted_as_stages() -> None:
    text = ask("千梧窗口服务提质行动计划分几个年度阶段？").text
    assert "共3项" in text
    assert all(label in text for label in ("2023年——打基础", "2024年——上台阶", "2025年——创品牌"))


def test_how_many_pieces_of_work_are_listed_counts_the_tasks() -> None:
    answer = ask("千梧窗口服务提质行动计划的主要工作一共列了几项工作？")
    assert "共3项" in answer.text
