"""The smaller tools: synthetic corpora, benchmark pages, drafts from feedback, judge, command line."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from eval.__main__ import app
from eval.bench import (
    BenchError,
    Load,
    Measured,
    bench_plot,
    bench_table,
    folder_corpus,
    read_questions,
    write_section,
)
from eval.from_feedback import Complaint, FeedbackError, drafts, read_feedback, write_drafts
from eval.judge import judged, opinion, opinion_table, render
from eval.questions import QuestionSetError, load_questions
from eval.records import Run
from eval.run import run
from eval.synthetic import plans, write_corpus
from tests.eval_town import QUESTIONS, Miscounting, backend, documents


def test_synthetic_plans_have_as_many_clauses_as_asked() -> None:
    made = list(plans(clauses=65, seed=3))
    numbered = [
        line for plan in made for line in plan.text.splitlines() if line[:1].isdigit() and "." in line[:4]
    ]
    assert len(made) == 3
    assert len(numbered) == 65 == sum(len(plan.questions) for plan in made)
    assert made == list(plans(clauses=65, seed=3))
    assert made != list(plans(clauses=65, seed=4))


def test_synthetic_plans_never_share_a_name() -> None:
    made = list(plans(clauses=6000))
    assert len({plan.name for plan in made}) == len(made) == 200
    assert len({plan.text.splitlines()[0][:3] for plan in made}) == 200


def test_a_synthetic_corpus_is_a_folder_of_files(tmp_path: Path) -> None:
    questions = write_corpus(tmp_path / "corpus", clauses=40, questions=10)
    assert len(list((tmp_path / "corpus").glob("*.txt"))) == 2
    assert len(questions) == 10


def measured(chunks: int) -> Measured:
    loads = (Load(1, 100, 5.0, 9.0, 190.0), Load(4, 100, 12.0, 30.0, 320.0))
    return Measured(f"{chunks} 条", 3, chunks, 2.0, 1.5, 0.8, 210.0, 260.0, loads)


def test_a_benchmark_is_a_table_and_a_plot() -> None:
    table = bench_table([measured(1000), measured(100_000)])
    assert table.rows[1][2] == "100,000" and table.rows[1][4] == "50,000"
    assert table.rows[0][-1] == "12.0 / 30.0 毫秒，320"
    plot = bench_plot([measured(1000), measured(100_000)])
    assert plot.startswith("<svg") and "1 个客户端 p99" in plot


def test_a_section_of_a_page_is_replaced_and_the_rest_kept(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("# 速度\n\n前言。\n", encoding="utf-8")
    write_section(page, "speed", "旧表")
    write_section(page, "retrieval", "另一张")
    write_section(page, "speed", "新表")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# 速度\n\n前言。")
    assert "旧表" not in text and text.index("新表") < text.index("另一张")


def test_a_folder_without_policies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="没有政策文件"):
        folder_corpus(tmp_path, ())
    (tmp_path / "青禾市计划.txt").write_text("……", encoding="utf-8")
    assert folder_corpus(tmp_path, ()).questions[0] == "青禾市计划里是怎么规定的？"
    assert folder_corpus(tmp_path, ["几天？"]).questions == ("几天？",)


def test_questions_of_a_set_are_read_for_the_benchmark(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text('{"question": "几天？"}\n{"question": "那里呢？", "history": [1]}\n', encoding="utf-8")
    assert read_questions(file) == ["几天？"]
    file.write_text('{"text": "几天？"}\n', encoding="utf-8")
    with pytest.raises(BenchError, match="question"):
        read_questions(file)


def down(question: str, *, comment: str = "", answer: str = "", rating: str = "down") -> Complaint:
    return Complaint("01JXABCDEF", rating, question, comment, answer)


def test_only_complaints_become_drafts_and_each_once() -> None:
    rows = [
        down("办证要几天", comment="期限不对", answer="5天"),
        down("辦證 要幾天"),
        down("已有的题"),
        down("好答案", rating="up"),
        down(""),
    ]
    (draft,) = drafts(rows, known=["已有的题"])
    assert draft["question"] == "办证要几天"
    assert draft["note"] == "读者说：期限不对；当时的回答：5天"
    assert draft["kind"] == "deadline"


def test_a_draft_does_not_load_until_it_is_completed(tmp_path: Path) -> None:
    file = tmp_path / "drafts.jsonl"
    (draft,) = drafts([down("办证要几天")])
    write_drafts(file, [draft])
    with pytest.raises(QuestionSetError, match="answerable"):
        load_questions([file])
    done = draft | {"answerable": True, "gold": [{"document": "d", "clause": "一"}], "facts": [["3天"]]}
    write_drafts(file, [done])
    assert load_questions([file]).rows[0].question == "办证要几天"


def test_feedback_is_read_from_the_database_and_from_its_export(tmp_path: Path) -> None:
    from service.answer import Answer
    from service.feedback import FeedbackStore, RecentAnswers

    recent = RecentAnswers()
    recent.add("r1", Answer("=办证要几天", "办证要几天", "5天"))
    store = FeedbackStore(tmp_path / "feedback.sqlite3", now=lambda: datetime(2024, 5, 6, tzinfo=UTC))
    store.add("r1", "down", comment="不对", about=recent.get("r1"))
    exported = tmp_path / "feedback.csv"
    exported.write_text("".join(store.csv()), encoding="utf-8")
    for file in (tmp_path / "feedback.sqlite3", exported):
        (draft,) = drafts(read_feedback(file))
        assert draft["question"] == "=办证要几天"


def test_a_table_that_is_no_feedback_is_named(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["a"], ["1"]])
    with pytest.raises(FeedbackError, match="评价"):
        read_feedback(file)
    with pytest.raises(FeedbackError, match="读不出来"):
        read_feedback(tmp_path / "none.csv")


@pytest.fixture(scope="module")
def altered(tmp_path_factory: pytest.TempPathFactory) -> Run:
    out = tmp_path_factory.mktemp("runs") / "altered.jsonl"
    return run(QUESTIONS, backend(Miscounting(documents())), out)


@pytest.mark.parametrize(
    ("reply", "correct", "supported"),
    [
        ('{"correct": false, "supported": true, "why": "数字不对"}', False, True),
        ('理由如下：\n```json\n{"correct": true, "supported": false}\n```', True, False),
        ("说不清", None, None),
        ('{"correct": "maybe"}', None, None),
        ("[1, 2]", None, None),
        ("{not json}", None, None),
    ],
)
def test_a_judges_reply_is_read_or_left_open(
    altered: Run, reply: str, correct: bool | None, supported: bool | None
) -> None:
    found = opinion(altered.records[0], lambda prompt: reply)
    assert (found.correct, found.supported) == (correct, supported)


def test_a_judge_sees_question_facts_answer_and_quotes(altered: Run) -> None:
    asked = judged(altered.records)
    assert len(asked) == 6
    prompt = render(asked[0])
    for words in (
        "清河市新开小店登记要几个工作日",
        "2个工作日 / 两个工作日",
        "3个工作日内办好",
        "[1] 新开小店",
    ):
        assert words in prompt


def test_the_judge_is_compared_with_the_measures(altered: Run) -> None:
    said = '{"correct": false, "supported": true}'
    opinions = [opinion(record, lambda prompt: said) for record in judged(altered.records)]
    rows = opinion_table(altered, opinions, model="tiny").rows
    assert rows == (("回答正确", "0.0%", "100.0%", "6", "0"), ("陈述有据", "100.0%", "0.0%", "6", "0"))


def call(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def test_the_command_line_shows_compares_reports_and_gates(tmp_path: Path) -> None:
    sound, altered = tmp_path / "sound.jsonl", tmp_path / "altered.jsonl"
    run(QUESTIONS, backend(), sound)
    run(QUESTIONS, backend(Miscounting(documents())), altered)
    config = tmp_path / "gate.toml"
    config.write_text("[limits]\nright = {at_least = 0.9}\n", encoding="utf-8")

    shown = call("show", str(sound), "--json", str(tmp_path / "sound.json"))
    assert shown.exit_code == 0 and "答对率" in shown.output
    assert json.loads((tmp_path / "sound.json").read_text())["overall"]["right"]["mean"] == 1

    assert "变差" in call("compare", str(sound), str(altered)).output
    assert call("report", str(altered), "--before", str(sound)).exit_code == 0
    assert "<!DOCTYPE html>" in altered.with_suffix(".html").read_text(encoding="utf-8")

    stored = tmp_path / "baseline.json"
    options = ("--config", str(config), "--baseline", str(stored))
    assert call("gate", "--run", str(sound), *options, "--update-baseline").exit_code == 0
    assert call("gate", "--run", str(sound), *options).exit_code == 0
    stopped = call("gate", "--run", str(altered), *options)
    assert stopped.exit_code == 1
    assert "25.0%，应不低于 90.0%" in stopped.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "nowhere.jsonl"), "nowhere.jsonl"),
        (("run", "--out", "x.jsonl", "--questions", "nowhere.jsonl"), "nowhere.jsonl"),
        (("bench",), "--corpus"),
        (("retrieval", "--beir", "nowhere"), "nowhere"),
        (("from-feedback", "nowhere.csv", "--out", "x.jsonl"), "nowhere.csv"),
    ],
)
def test_the_command_line_says_what_is_wrong(arguments: tuple[str, ...], says: str) -> None:
    result = call(*arguments)
    assert result.exit_code in (1, 2)
    assert says in result.output
    assert "Traceback" not in result.output


def test_what_was_measured_is_shown_although_a_later_corpus_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "计划.txt").write_text("……", encoding="utf-8")

    def first_only(corpus: Any, **options: Any) -> Measured:
        if corpus.name.startswith("自拟"):
            raise BenchError("服务没有启动")
        return measured(140)

    monkeypatch.setattr("eval.bench.bench", first_only)
    page = tmp_path / "benchmarks.md"
    result = call("bench", "--corpus", str(tmp_path), "--clauses", "30", "--page", str(page))
    assert result.exit_code == 1 and "服务没有启动" in result.output
    assert "140 条" in page.read_text(encoding="utf-8")
