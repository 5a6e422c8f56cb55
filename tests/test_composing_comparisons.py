"""Cities side by side: a table, silence said as such, and a winner only where the values compare."""

from __future__ import annotations

import pytest

from tests.answer_corpus import JICHUAN, QINGFENG, ask, cited_addresses


def cells(text: str) -> dict[str, list[str]]:
    """Return the other cells of each row of an answer's table, by city."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return {row[0]: row[1:] for row in found}


def test_each_city_has_its_own_value_and_clause() -> None:
    answer = ask("清枫和霁川的低压用户接电各要几个工作日？")
    table = cells(answer.text)
    assert "不超过4个工作日" in table["清枫市"][0]
    assert "不超过3个工作日" in table["霁川市"][0]
    assert cited_addresses(answer) == {(QINGFENG, "二/(三)/6"), (JICHUAN, "三/5")}


def test_a_city_whose_document_is_silent_is_said_to_be() -> None:
    table = cells(ask("清枫和霁川比，投标保证金各是多少？").text)
    assert "1.5%" in table["霁川市"][0]
    assert table["清枫市"] == ["—", "该市文件未提及"]


@pytest.mark.parametrize(
    ("question", "winner"),
    [
        ("清枫和霁川，小微企业担保费率哪个低？", "清枫市"),
        ("清枫和霁川的低压用户接电，谁更快？", "霁川市"),
        ("清枫和霁川简易注销公告期哪个短？", "清枫市"),
    ],
)
def test_the_winner_goes_first_where_values_compare(question: str, winner: str) -> None:
    assert ask(question).text.startswith(f"**{winner}**：")


def test_hours_and_working_days_have_no_winner() -> None:
    answer = ask("清枫和霁川企业开办各要多久，谁更快？")
    table = cells(answer.text)
    assert "1个工作日" in table["清枫市"][0]
    assert "4个小时" in table["霁川市"][0]
    assert not answer.text.startswith("**")


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("担保费率最高多少？", ["0.8%", "1%"]),
        ("低压用户接电要几个工作日？", ["4个工作日", "3个工作日"]),
        ("公司注销公告期多少天？", ["15天", "20天"]),
    ],
)
def test_a_question_that_names_no_city_is_answered_for_each(question: str, values: list[str]) -> None:
    answer = ask(question)
    lines = answer.text.splitlines()
    assert lines[0] == "问题没有指明城市，各地规定如下："
    by_city = {line[2:5]: line for line in lines[1:]}
    assert values[0] in by_city["清枫市"]
    assert values[1] in by_city["霁川市"]
