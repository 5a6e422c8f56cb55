"""Which office has to do what, and by when, where no trailer says it: tables of tasks and running text of our own."""

from __future__ import annotations

from functools import cache

import pytest

from service.answer import Answer
from service.assistant import Assistant
from service.composing.offices import same_unit
from tests.answer_corpus import TODAY
from tests.indexed import indexed

RULES = """梧汀市水源保护专项资金管理办法

第一条 为了规范资金使用，制定本办法。

第二条 市水利局受理申报，组织评审；区水务站协助核实。

第三条 市财政局每年安排预算八百万元，会同市水利局下达计划。

第四条 项目单位变更内容的，应当报市水利局批准。

第五条 市财政局每两年至少组织一次绩效评价。

第六条 资金使用情况由市审计局依法监督。有关部门按照下列分工配合：

（一）公安部门：查处倾倒垃圾的行为；

（二）市教育局：组织节水宣传。

第七条 本办法由市水利局会同市财政局负责解释，自2025年3月1日起施行。
"""

LIST = """梧汀市2025年园林工作任务清单

一、总体安排

各责任单位照单落实，按时完成。

二、任务清单

序号	任务	牵头单位	责任单位	完成时限
1	新建口袋公园9个	市园林局	各区政府	2025年6月底前
2	改造林荫路14公里	市住房城乡建设局	市园林局	2025年9月底前
3	认养古树60株	市园林局	市教育局	2025年9月底前
4	修订养护标准	市市场监督管理局	市园林局	2025年12月底前
"""

PLAN = """梧汀市老旧电梯更新方案

一、摸底建档

各区在2025年4月底前完成摸底，逐台建立档案。

二、筹措资金

维修资金不足的，由业主分摊。2025年7月底前出台补助办法。

三、组织施工

施工期间设置临时通道。首批120台在2025年7月底前完工，其余在2026年5月底前完工。
"""


@cache
def _assistant() -> Assistant:
    return Assistant(
        indexed({"wuting-water": RULES, "wuting-parks": LIST, "wuting-lifts": PLAN}),
        threshold=0.0,
        today=TODAY,
    )


def ask(question: str) -> Answer:
    return _assistant().ask(question)


@pytest.mark.parametrize(
    ("short", "full", "same"),
    [
        ("市住建局", "市住房城乡建设局", True),
        ("人社局", "市人力资源和社会保障局", True),
        ("发改委", "市发展和改革委员会", True),
        ("市场监管局", "市市场监督管理局", True),
        ("财政局", "市税务局", False),
        ("体育局", "市教育体育局", False),
        ("市教育局", "市教育委员会", False),
        ("水利局", "市水文水资源局", False),
    ],
)
def test_a_short_name_is_that_of_the_full_one(short: str, full: str, same: bool) -> None:
    assert same_unit(short, full) is same
    assert same_unit(full, short) is same


def test_every_sentence_in_which_an_office_acts_is_listed() -> None:
    text = ask("梧汀水源保护资金那个办法里，财政局都要干哪些事？").text
    assert "共3项" in text
    for words in ("每年安排预算八百万元", "每两年至少组织一次绩效评价", "负责解释"):
        assert words in text
    assert "审计局" not in text


def test_a_line_that_begins_with_an_office_is_of_it() -> None:
    assert "节水宣传" in ask("梧汀水源保护资金那个办法里，市教育局分到了哪些活儿？").text


def test_who_leads_does_not_stand_behind_another() -> None:
    text = ask("梧汀水源保护资金那个办法里，财政局牵头做哪些事？").text
    assert "每两年至少组织一次绩效评价" in text
    assert "负责解释" not in text


def test_what_others_report_to_an_office_is_no_duty_of_it() -> None:
    assert "项目单位变更内容" not in ask("梧汀水源保护资金那个办法里，水利局都要干哪些事？").text


def test_rows_of_a_table_of_tasks_are_tasks() -> None:
    text = ask("梧汀园林任务清单里，园林局牵头哪些任务？").text
    assert "牵头的任务共2项" in text
    assert "新建口袋公园9个" in text and "认养古树60株" in text
    assert "林荫路" not in text
    assert "2025年6月底前" in text


def test_rows_of_a_table_are_found_by_their_date() -> None:
    text = ask("梧汀园林任务清单里2025年9月底要完成的任务有哪些？").text
    assert "共2项" in text
    assert "林荫路" in text and "古树" in text


def test_sentences_are_found_by_their_date() -> None:
    text = ask("梧汀电梯更新方案里，2025年7月底要完成哪些工作？").text
    assert "共2项" in text
    assert "补助办法" in text and "120台" in text
    assert "摸底" not in text


def test_by_a_date_what_is_due_earlier_belongs_to_it() -> None:
    text = ask("梧汀电梯更新方案里，2025年7月底前要完成哪些工作？").text
    assert "在此之前完成的共3项" in text
    assert "完成摸底" in text
