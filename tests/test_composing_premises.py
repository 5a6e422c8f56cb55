"""Offices that a question takes for granted, parts that are named like their document, cities on other matters."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from service.answer import Answer
from service.composing.openings import (
    ANOTHER,
    CONFIRMED,
    CORRECTED,
    DIFFERS,
    is_verdict,
    settles_a_claim,
    verdict,
)
from tests.answer_corpus import ask as ask_plans
from tests.matters_corpus import ask as ask_matters
from tests.premises_corpus import RINKS, STALLS, WELLS, ask
from tests.shapes_corpus import ask as ask_shapes

EACH = "问题没有指明城市"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("云渠滑冰场是教育局主管的吧？", "不是，文件写明的是**市体育主管部门**[1]。"),
        ("云渠滑冰场是体育局主管的吗？", "是[1]。"),
        ("全国水井保护是发改委在管着指导吧？", "不是，文件写明的是**国务院水行政主管部门**[1]。"),
        ("丹枫夜市摊位是市场监管局审批的吧？", "不是，文件写明的是**城市管理部门**[1]。"),
        ("水质标准是卫健委定的吧？", "是[1]。"),
    ],
)
def test_the_office_put_forward_is_confirmed_or_corrected(question: str, said: str) -> None:
    answer = ask(question)
    assert answer.text.splitlines()[0] == said
    assert answer.dropped == ()


@pytest.mark.parametrize(
    "question",
    [
        "云渠滑冰场安全是公安主管的吧？",  # the police have a part of it
        "丹枫占用盲道摆摊是街道劝导的吧？",  # 可以由…，也可以由…
        "水质标准是水利局定的吧？",  # it takes part
        "丹枫夜市摊位是市场监管局巡查的吧？",  # nobody is named for that act
        "云渠滑冰场能办体育局的比赛吗？",  # puts no office forward
    ],
)
def test_an_office_that_the_texts_do_not_settle_is_left_open(question: str) -> None:
    assert not ask(question).text.startswith(("不是", "是[", "是。"))


def test_a_chapter_named_like_its_document_is_no_part_that_is_counted() -> None:
    text = ask("云渠滑冰场安全管理条例有多少条、分几章？").text
    assert "共3章" in text and "共6条" in text


def test_a_chapter_that_is_pointed_at_is() -> None:
    assert "“滑冰场安全管理”部分共3条" in ask("云渠滑冰场安全管理这一章有几条？").text


def test_articles_are_not_counted_for_the_word_regulation() -> None:
    assert "条，自" not in ask("云渠滑冰场安全管理条例分几章？").text


def test_a_count_is_framed_in_english() -> None:
    answer = ask("How many articles does the Yunqu rink regulation have?")
    assert answer.text.startswith(
        "According to 《云渠市滑冰场安全管理条例》: from “第一条” to “第六条” (共6条)"
    )


@pytest.mark.parametrize(
    ("ask_in", "question", "said"),
    [
        (ask, "How much per hour does the Yunqu rink charge each person?", "**RMB 20**"),
        (ask_shapes, "Is it true that Heting answers complaints about shared bikes in ten working days?",
         "The document says **within 5 working days**, not 10 working days"),
        (ask_matters, "Can live poultry be slaughtered in the Ruoshui market?", "No"),
    ],
)  # fmt: skip
def test_english_is_held_against_the_text_by_its_chinese_words(
    ask_in: Callable[[str], Answer], question: str, said: str
) -> None:
    assert ask_in(question).text.startswith(f"{said}[1].")


def test_tasks_are_framed_in_english() -> None:
    answer = ask_plans("Which tasks in Qingfeng (清枫市) are due by the end of September 2023?")
    assert "all listed:" in answer.text
    assert "| Task | Lead | Due |" in answer.text.replace("| Document ", "")


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("滑冰场一小时收多少钱？", RINKS),
        ("夜市摊位每月交多少钱？", STALLS),
        ("取用井水每立方米交多少钱？", WELLS),
        ("占用盲道摆摊罚多少？", STALLS),
        ("污染水井罚多少？", WELLS),
        ("哪个城市滑冰场收费最高？", RINKS),
    ],
)
def test_places_with_rules_on_other_matters_stay_out(question: str, document: str) -> None:
    answer = ask(question)
    assert EACH not in answer.text and "该市文件未提及" not in answer.text and "|" not in answer.text
    assert {one.document.id for one in answer.citations} == {document}


@pytest.mark.parametrize(
    "word",
    ["可以", "没有", "超过了", "没有超过", "够", "不够", "不符合规定", "不予处罚", "罚", "不罚", "不给"],
)
def test_every_verdict_is_known_again(word: str) -> None:
    assert is_verdict(verdict(word))
    assert is_verdict(verdict(word, english=True))
    assert is_verdict(verdict(word, limit="年满十八周岁").replace("*", ""))


def test_words_of_a_document_are_no_verdict() -> None:
    assert not is_verdict("可以由监护人代办。") and not settles_a_claim("是否受理应当书面告知。")


@pytest.mark.parametrize("forms", [CONFIRMED, CORRECTED, DIFFERS, ANOTHER])
def test_what_settles_a_claim_is_known_again(forms: tuple[str, str]) -> None:
    assert all(settles_a_claim(form.format("5天")) for form in forms)
