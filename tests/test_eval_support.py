"""Every statement is held to the words it cites."""

from __future__ import annotations

import pytest

from eval.records import Cited
from eval.support import gaps, statements
from tests.test_eval_metrics import cited

SOURCE = (
    "由市农业农村局牵头，对500亩以下的茶园每亩补助1200元，“一园一码”覆盖率达到百分之八十，2025年8月底前完成。"
)


def missing(answer: str, *citations: Cited, question: str = "") -> list[str]:
    found = gaps(answer, citations or (cited(SOURCE),), question=question)
    return [gap.words for statement in found for gap in statement]


@pytest.mark.parametrize(
    "answer",
    [
        "500亩以下的茶园，每亩补助1200元[1]。",
        "每亩补助一千二百元[1]。",
        "覆盖率达到80%[1]。",
        "牵头单位是市农业农村局[1]。",
        "“一园一码”要在2025年8月底前推开[1]。",
        "根据《青禾市晾晒场改造计划》（2023年5月6日），每亩补助1200元[1]。",
        "共 2 项：\n- 每亩补助1200元[1]\n- 覆盖率达到80%[1]",
        "| 城市 | 数值 |\n| --- | --- |\n| 青禾市 | 1200元[1] |",
        "文件规定的是1200元，不是1500元[1]。",
    ],
)
def test_a_supported_answer_has_no_gaps(answer: str) -> None:
    assert missing(answer, question="每亩补助1500元吗") == []


@pytest.mark.parametrize(
    ("answer", "gap"),
    [
        ("每亩补助1300元[1]。", "1300元"),
        ("每亩补助120元[1]。", "120元"),
        ("每亩补助一千三百元[1]。", "1300元"),
        ("覆盖率达到80个[1]。", "80个"),
        ("牵头单位是市财政局[1]。", "市财政局"),
        ("“一茶一码”要推开[1]。", "一茶一码"),
        ("2026年8月底前完成[1]。", "2026年"),
        ("共 5 项：\n- 每亩补助1200元[1]", "5个"),
        ("文件规定的是1300元，不是1200元[1]。", "1300元"),
    ],
)
def test_what_the_citation_does_not_say_is_a_gap(answer: str, gap: str) -> None:
    assert missing(answer) == [gap]


@pytest.mark.parametrize(("answer", "gap"), [("主要任务共5项[1]。", []), ("主要任务共6项[1]。", ["6个"])])
def test_a_total_leans_on_the_number_of_the_last_clause(answer: str, gap: list[str]) -> None:
    assert missing(answer, cited("（五）办好夜市", address="二/(五)")) == gap


def test_each_statement_is_held_to_its_own_citation() -> None:
    first, second = cited("补助80元"), cited("补助90元", index=2)
    assert missing("补助80元[1]；补助90元[2]。", first, second) == []
    assert missing("补助90元[1]；补助80元[2]。", first, second) == ["90元", "80元"]


def test_another_towns_name_is_a_gap() -> None:
    other = Cited(
        2, "b", "一", "b#p1", "补助70元", "补助70元", 0, 5, True, document_title="云岭市计划", region="云岭市"
    )
    assert missing("云岭市：补助80元[1]；云岭市：补助70元[2]。", cited("补助80元"), other) == ["云岭市"]


def test_an_answer_without_citations_supports_nothing() -> None:
    assert [[gap.what for gap in found] for found in gaps("补助80元。", ())] == [["citation"]]


def test_a_quote_is_read_before_its_paragraph() -> None:
    citation = cited("补助80元", text="补助80元，奖励30元")
    assert gaps("奖励30元[1]。", [citation])[0] != []
    assert gaps("奖励30元[1]。", [citation], whole=True) == [[]]


def test_an_answer_is_cut_at_its_marks() -> None:
    first, second = cited("甲"), cited("乙", index=2)
    parts = statements("共 2 项：\n1. 甲。再说甲[1]；乙[1][2]。\n完。", [first, second])
    assert [(part.text, len(part.cited)) for part in parts] == [
        ("共 2 项", 0),
        ("甲。再说甲", 1),
        ("乙", 2),
        ("完", 0),
    ]


def test_a_bracketed_number_of_the_source_is_no_mark() -> None:
    assert [part.text for part in statements("见表[7]中的补助[1]。", [cited("补助")])] == ["见表[7]中的补助"]


@pytest.mark.parametrize(
    ("answer", "gap"),
    [
        ("重度、低保家庭：410元/月[1][2][3]。", []),
        ("重度、低保家庭：410元/月[2][3]。", ["410元"]),
        ("重度、低保家庭：420元/月[1][2][3]。", ["420元"]),
        ("等级表共2项[2][4]。", []),
        ("等级表共3项[2][4]。", ["3个"]),
    ],
)
def test_a_number_of_a_row_is_of_the_unit_that_a_cited_line_gives_it(answer: str, gap: list[str]) -> None:
    lines = (
        cited("护理补贴按月发放（单位：元/月）："),
        cited("等级 | 低保家庭 | 其他家庭", index=2),
        cited("重度 | 410 | 120", index=3),
        cited("2 | 330 | 90", index=4),
    )
    assert missing(answer, *lines) == gap
