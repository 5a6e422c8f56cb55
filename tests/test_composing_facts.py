"""Figures, deadlines, yes or no, definitions and false premises: the answer first, then its whole sentence."""

from __future__ import annotations

import pytest

from tests.answer_corpus import ELDERS, JICHUAN, QINGFENG, SIGNS, ask, cited_addresses

GUARANTEE = "单户贷款600万元以下的小微企业，政府性担保机构收取的担保费率不超过0.8%；600万元以上的，不超过1.2%"


@pytest.mark.parametrize(
    ("question", "first", "clause"),
    [
        ("清枫市给小微企业担保，费率最高多少？", "**不超过0.8%**", (QINGFENG, "二/(二)/4")),
        ("清枫市的“枫易贷”最多能贷多少钱？", "**最高200万元**", (QINGFENG, "二/(二)/5")),
        ("清枫市入企检查一年最多几次？", "**不超过1次**", (QINGFENG, "二/(四)/8")),
        ("清枫市给新企业送几枚印章？", "**4枚**", (QINGFENG, "二/(一)/3")),
        ("霁川投标保证金不能超过多少？", "**1.5%**", (JICHUAN, "二/4")),
        ("清枫市2023年底网上可办事项占比要达到多少？", "**达到92%**", (QINGFENG, "一")),
        ("渌山市招牌破损后多长时间内修复？", "**四十八小时内**", (SIGNS, "第三章/第十一条")),
        ("霁川市新办企业全程几个小时办完？", "**4个小时**", (JICHUAN, "一/1")),
    ],
)
def test_the_figure_goes_first_and_cites_its_clause(
    question: str, first: str, clause: tuple[str, str]
) -> None:
    answer = ask(question)
    assert answer.text.startswith(first)
    assert cited_addresses(answer) == {clause}


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("清枫市给小微企业担保，费率最高多少？", GUARANTEE),
        (
            "清枫市用水报装几个工作日能通水？",
            "无外线工程的用水报装2个工作日内通水，不得要求用户自行办理占道审批",
        ),
        ("霁川投标保证金不能超过多少？", "投标保证金不得超过项目估算价的1.5%，鼓励以保函代替现金"),
    ],
)
def test_the_condition_of_a_figure_is_not_cut_off(question: str, whole: str) -> None:
    assert whole in ask(question).text


def test_the_figure_is_that_of_the_group_asked_about() -> None:
    assert ask("清枫市高压用户装电最长要多久？").text.startswith("**不超过18个工作日**")
    assert ask("清枫市低压用户装电最长要多久？").text.startswith("**不超过4个工作日**")


def test_the_figure_is_that_of_the_side_asked_about() -> None:
    assert ask("清枫市600万元以上的贷款担保费率最高多少？").text.startswith("**不超过1.2%**")
    assert ask("清枫市600万元以下的贷款担保费率最高多少？").text.startswith("**不超过0.8%**")


def test_what_only_says_for_whom_is_not_the_figure() -> None:
    answer = ask("What is the cap on guarantee fees for small firms in Qingfeng?")
    assert answer.text.startswith("**at most 0.8%**")
    assert "不超过0.8%" in answer.text


@pytest.mark.parametrize(
    ("question", "verdict", "clause"),
    [
        ("渌山市晚上可以设置发光的招牌吗？", "可以", (SIGNS, "第二章/第六条")),
        ("渌山市备案要收费吗？", "不需要", (SIGNS, "第二章/第四条")),
        (
            "在渌山个体户用自己的房子挂招牌，要不要结构安全证明？",
            "不需要",
            (SIGNS, "第二章/第八条"),
        ),
        ("特困老人能同时领清枫市高龄津贴吗？", "不可以", (ELDERS, "第六条")),
        ("渌山市屋顶上能挂招牌吗？", "不可以", (SIGNS, "第二章/第五条/(四)")),
    ],
)
def test_yes_or_no_goes_first_with_its_clause(question: str, verdict: str, clause: tuple[str, str]) -> None:
    answer = ask(question)
    assert answer.text.startswith(f"{verdict}[1]")
    assert clause in cited_addresses(answer)


def test_a_yes_takes_its_condition_along() -> None:
    assert "居住区内应当在二十二时以后关闭" in ask("渌山市晚上可以设置发光的招牌吗？").text
    assert "招牌面积超过十平方米的除外" in ask("在渌山个体户用自己的房子挂招牌，要不要结构安全证明？").text


def test_an_item_is_quoted_with_the_words_that_open_its_list() -> None:
    answer = ask("渌山市屋顶上能挂招牌吗？")
    assert "下列位置不得设置户外招牌：屋顶和楼顶" in answer.text
    assert "第五条" not in answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("什么是“枫易贷”？", "银行依据纳税信用等级向小微企业发放的无抵押信用贷款"),
        ("渌山市户外招牌指的是什么？", "经营者在经营场所的外墙、门楣或者檐口设置的"),
        ("清枫市的高龄津贴是什么意思？", "向本市户籍高龄老人按月发放的生活补助"),
    ],
)
def test_a_definition_is_what_the_document_says(question: str, said: str) -> None:
    answer = ask(question)
    assert answer.kind == "definition"
    assert said in answer.text


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("听说清枫市担保费率上限是2%，对吗？", "0.8%"),
        ("清枫市规定入企检查每年不超过3次，对不对？", "不超过1次"),
        ("听说霁川简易注销公告期是10天，属实吗？", "20天"),
    ],
)
def test_a_false_premise_is_corrected_with_the_right_value(question: str, right: str) -> None:
    answer = ask(question)
    opening = answer.text.splitlines()[0]
    assert opening.startswith("文件的规定是")
    assert "并非" in opening
    assert right in opening


def test_a_true_premise_is_not_called_false() -> None:
    answer = ask("听说霁川简易注销公告期是20天，属实吗？")
    assert "不一致" not in answer.text
    assert "20天" in answer.text
