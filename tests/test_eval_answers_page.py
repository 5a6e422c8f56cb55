"""The page of answers: the same questions for a seed, the answers unedited, the citations under them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.__main__ import app
from eval.answers_page import Printed, answers_page, draw, print_answers
from eval.errors import EvaluationError
from eval.questions import Question, QuestionSet
from tests.eval_town import QUESTIONS, backend


def page(count: int = 7) -> str:
    return answers_page(print_answers(draw(QUESTIONS, count=count, seed=7), backend()), command="make it")


def test_a_seed_draws_the_same_questions_whatever_the_order_of_the_files() -> None:
    turned = QuestionSet(QUESTIONS.rows[::-1], QUESTIONS.digest)
    assert draw(QUESTIONS, count=5, seed=7) == draw(turned, count=5, seed=7)
    assert draw(QUESTIONS, count=5, seed=7) != draw(QUESTIONS, count=5, seed=8)
    assert len({row.id for row in draw(QUESTIONS, count=5, seed=7)}) == 5


def test_more_questions_than_there_are_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="1000"):
        draw(QUESTIONS, count=1000, seed=7)


def test_every_answer_is_on_the_page_with_its_quotes() -> None:
    printed = print_answers(draw(QUESTIONS, count=7, seed=7), backend())
    text = answers_page(printed, command="make it")
    assert len(re.findall(r"^## \d+\. ", text, re.MULTILINE)) == 7
    assert "`make it`" in text
    for one in printed:
        assert one.answer["answer"].splitlines()[0] in text
        for citation in one.answer["citations"]:
            assert f"- [{citation['index']}] {citation['formal']}：{citation['quote']}" in text


def test_the_page_says_how_many_were_refused() -> None:
    printed = print_answers(list(QUESTIONS.rows), backend())
    refused = sum(not one.answer["answered"] for one in printed)
    text = answers_page(printed, command="make it")
    assert f"拒答 {refused} 题" in text
    assert text.count("（拒答：") == refused


def test_a_table_stays_a_table_and_lines_stay_lines() -> None:
    answer = {
        "answer": "**甲市**：3天[1]。\n\n| 城市 | 规定 |\n| --- | --- |\n| 甲市 | 3天[1] |",
        "answered": True,
        "refusal": None,
        "citations": [],
    }
    lines = Printed(
        Question(id="x", question="哪个快", kind="compare", answerable=True, facts=(("3天",),)), answer
    )
    assert "> **甲市**：3天[1]。\n>\n> | 城市 | 规定 |\n> | --- | --- |\n> | 甲市 | 3天[1] |" in answers_page(
        [lines], command="make it"
    )
    two = Printed(lines.question, {**answer, "answer": "**3天**[1]。\n甲市：三天办完[1]。"})
    assert "> **3天**[1]。\\\n> 甲市：三天办完[1]。" in answers_page([two], command="make it")


def test_a_page_is_the_same_when_made_again() -> None:
    assert page() == page()


def test_the_command_explains_a_missing_index(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["answers", "--index", str(tmp_path / "none"), "--out", str(tmp_path / "answers.md")]
    )
    assert done.exit_code == 1
    assert not (tmp_path / "answers.md").exists()
