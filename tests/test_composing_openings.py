"""What goes first in an answer: the figures asked for, in order and of the right kind; a yes or no; a correction; how sure it is."""

from __future__ import annotations

from functools import cache

import pytest

from service.answer import Answer
from service.assistant import Assistant
from service.composing.asked import unit_asked, unit_fit
from service.composing.brief import Brief
from service.composing.claims import claimed
from service.composing.facts import compose_facts
from service.composing.verdicts import verdict_of
from service.composing.wording import in_order_of, nearest_figure
from service.evidence import Span, Statement
from service.figures import Figure, figures
from service.kinds import quantity_of
from service.ranking import Found, ScoredSentence
from service.understanding import Understanding
from service.views import view_of
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


RULES = """瓯坪市摆摊办法

第一条 夜里可以在划定的地方摆摊。

第二条 桥上不得摆摊。
"""

TABLE = """瓯坪市“一件事”办理规定

第一条 高效办成一件事，按照下表执行。

| 事项名称 | 承诺时限 | 上线时间 | 补贴（元） |
| --- | --- | --- | --- |
| 企业注销 | 公告期满后三个工作日 | 6月15日 | 0 |
| 二手房过户 | 2个工作日 | 5月20日 | 2000 |

第二条 学生宿舍为可选项目。

第三条 申请人每年最多申请两次，材料6个以内的当场受理。
"""


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("瓯坪企业注销要几天办完？", "**承诺时限：公告期满后三个工作日**"),
        ("瓯坪企业注销是哪天上线的？", "**上线时间：6月15日**"),
        ("瓯坪二手房过户要几天？", "**承诺时限：2个工作日**"),
        ("瓯坪二手房过户补贴多少钱？", "**补贴（元）：2000**"),
    ],
)
def test_of_a_row_the_cell_with_a_figure_of_the_kind_asked_for_goes_first(question: str, first: str) -> None:
    assistant = Assistant(indexed({"oupin-table": TABLE}), today=TODAY)
    assert assistant.ask(question).text.startswith(first)


def test_what_may_be_chosen_is_not_what_is_allowed() -> None:
    index = indexed({"oupin-table": TABLE})
    document = index.catalogue.document("oupin-table")
    paragraph = next(one for one in document.paragraphs if "宿舍" in one.text)
    question = Understanding(()).read("学生宿舍能带家属吗？")
    assert verdict_of(question, [Span(document, paragraph, 0, len(paragraph.text))], sure=True) is None


def test_six_things_are_no_number_of_times() -> None:
    assert unit_asked("总共可提几回") == "次"
    assert unit_fit("次", "6") == 0 and unit_fit("次", "2次") == 2
    assert unit_fit("家", "2环节") == 0 and unit_fit("个", "2环节") == 2
    assert quantity_of("这种情况算第几批录") == "rank"


def test_a_school_year_is_no_period() -> None:
    assert not figures("六年级毕业班升入初中七年级")
    assert [figure.value for figure in figures("待遇有效期六年")] == ["6年"]


def test_what_the_asker_is_like_is_no_claim() -> None:
    def claims(text: str) -> set[str]:
        return claimed(Understanding(()).read(text))

    assert claims("我交了三年社保，滞纳金是不是按百分之五收？") == {"percent"}
    assert claims("滞纳金按百分之五收，对不对？") == {"percent"}
    assert claims("听说要等三天，滞纳金收百分之五吧？") == {"days", "percent"}


def test_an_amount_asked_for_is_no_share() -> None:
    question = Understanding(()).read("瓯坪的担保费率，适用的金额门槛是多少？")
    text = "单户担保金额300万元及以下的小微企业，平均担保费率保持在1%以下。"
    figure = nearest_figure(question, text)
    assert question.quantity == "money" and figure is not None and figure.value == "3000000元"


def test_an_exception_is_said_first() -> None:
    text = (
        "瓯坪市检查办法\n\n第一条 除重点行业外，检查事项全部列入抽查清单。\n\n第二条 检查每季度公示一次。\n"
    )
    assistant = Assistant(indexed({"oupin-checks": text}), today=TODAY)
    assert assistant.ask("瓯坪检查事项都要列入抽查清单吗，有没有例外？").text.startswith("有例外")
    assert not assistant.ask("瓯坪检查每季度公示，有没有例外？").text.startswith("有例外")


@pytest.mark.parametrize(("confidence", "likely"), [(0.9, True), (0.5, False)])
def test_an_unsure_answer_permits_nothing_and_says_that_it_is_the_nearest(
    confidence: float, likely: bool
) -> None:
    index = indexed({"oupin-rules": RULES})
    document = index.catalogue.document("oupin-rules")
    views = [view_of(piece, document) for piece in index.catalogue.chunks_of("oupin-rules")]

    def first(question: str, words: str) -> tuple[str, str | None]:
        view, sentence = next((view, one) for view in views for one in view.sentences if words in one.text)
        found = Found(sentences=(ScoredSentence(sentence, view, 0.9),), confidence=confidence)
        draft = compose_facts(Brief(Understanding(()).read(question), found, {}, (document,)))
        assert isinstance(draft.blocks[0], Statement)
        return draft.blocks[0].text, draft.notice

    allowed, notice = first("夜里能摆摊吗？", "可以")
    assert allowed.startswith("可以。") is likely and ("对照原文" in (notice or "")) is not likely
    allowed, notice = first("Can one set up a stall at night?", "可以")
    assert allowed.startswith("Yes") is likely and ("check that it answers" in (notice or "")) is not likely
    forbidden, _ = first("桥上能摆摊吗？", "不得")
    assert forbidden.startswith("不可以。")


def test_a_claim_with_a_decimal_is_corrected_too() -> None:
    text = "瓯坪市担保办法\n\n第一条 做好担保。\n\n第二条 小微企业的担保费率不超过1%。\n"
    answer = Assistant(indexed({"oupin-guarantees": text}), today=TODAY).ask("瓯坪担保费率最高1.5%，没错吧？")
    assert answer.text.startswith("文件的规定是**不超过1%**，并非1.5%")
    assert answer.checks["dropped"] == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("绿色工厂加快培育，建成样板绿色工厂2家，辖区绿色工厂总数增至11家。", None),
        ("建成样板2家，辖区绿色工厂总数增至11家。", "11家"),
        ("加快培育绿色工厂，A类工厂2家，B类工厂11家。", None),
    ],
)
def test_what_is_said_of_two_figures_makes_the_first_no_nearer(text: str, value: str | None) -> None:
    question = Understanding(()).read("全市要培育多少家绿色工厂？")
    figure = nearest_figure(question, text)
    assert (figure.text if figure else None) == value
