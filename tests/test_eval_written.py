"""An evaluation with a language model: who wrote is recorded, and it compares with the extract."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.__main__ import app
from eval.backends import in_process
from eval.compare import compare
from eval.questions import load_questions
from eval.records import Run, RunError, load_run
from eval.run import run
from indexer.build import build
from service.settings import load_settings
from tests.answer_corpus import QINGFENG, write_texts
from tests.llm_server import LLMServer, says

QUESTIONS = f"""\
{{"id": "q1", "question": "清枫市给小微企业担保，费率最高多少？", "kind": "figure", "answerable": true, \
"gold": [{{"document": "{QINGFENG}", "clause": "二/(二)/4"}}], "facts": [["0.8%"]], "split": "dev"}}
{{"id": "q2", "question": "绍兴市的担保费率是多少？", "kind": "near_miss", "answerable": false, "split": "dev"}}
"""
WRITTEN = "单户贷款600万元以下的小微企业，担保费率不超过0.8%[1]。另可减免3%的手续费[1]。"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evaluated")
    build(write_texts(folder / "corpus"), folder / "index", progress=False)
    return folder / "index"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "questions.jsonl"
    file.write_text(QUESTIONS, encoding="utf-8")
    return file


def evaluate(index: Path, questions: Path, out: Path, *, base_url: str | None = None) -> Run:
    given = {"llm_base_url": base_url, "llm_model": "tiny" if base_url else None}
    with in_process(index, settings=load_settings(given, env_file=None)) as backend:
        return run(load_questions([questions]), backend, out)


def test_a_record_says_who_wrote_and_what_was_taken_out(index: Path, questions: Path, tmp_path: Path) -> None:
    with LLMServer(otherwise=lambda request: says(WRITTEN)) as model:
        finished = evaluate(index, questions, tmp_path / "llm.jsonl", base_url=model.base_url)
    reply = finished.records[0].reply
    assert reply is not None and "0.8%" in reply.text and "3%" not in reply.text
    assert finished.header.generator == "llm:tiny"
    assert reply.generator == "llm:tiny;prompt=answer@1"
    assert reply.checks["dropped"] >= 1 and reply.dropped


def test_written_and_extracted_answers_compare_question_by_question(
    index: Path, questions: Path, tmp_path: Path
) -> None:
    with LLMServer(otherwise=lambda request: says(WRITTEN)) as model:
        written = evaluate(index, questions, tmp_path / "llm.jsonl", base_url=model.base_url)
    extracted = evaluate(index, questions, tmp_path / "extractive.jsonl")
    comparison = compare(extracted, written)
    assert len(comparison.pairs) == 2 and comparison.left_out == 0
    assert extracted.header.generator == ""


def test_a_run_with_a_model_does_not_go_on_in_a_file_without(
    index: Path, questions: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run.jsonl"
    evaluate(index, questions, out)
    with LLMServer() as model, pytest.raises(RunError, match="llm:tiny"):
        evaluate(index, questions, out, base_url=model.base_url)


def test_the_command_takes_a_model_from_options_or_variables_unless_told_not_to(
    index: Path, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def generator_of(*options: str) -> str:
        out = tmp_path / "cli.jsonl"
        common = ["--index", str(index), "--questions", str(questions), "--quiet", "--fresh"]
        done = CliRunner().invoke(app, ["run", *common, "--out", str(out), *options])
        assert done.exit_code == 0, done.output
        return load_run(out).header.generator

    with LLMServer(otherwise=lambda request: says(WRITTEN)) as model:
        assert generator_of("--llm-base-url", model.base_url, "--llm-model", "tiny") == "llm:tiny"
        monkeypatch.setenv("WENCE_LLM_BASE_URL", model.base_url)
        monkeypatch.setenv("WENCE_LLM_MODEL", "small")
        assert generator_of() == "llm:small"
        assert generator_of("--extractive") == ""


@pytest.mark.parametrize("other", [["--extractive"], ["--url", "http://127.0.0.1:9"]])
def test_a_model_and_what_rules_it_out_are_told_apart(
    questions: Path, tmp_path: Path, other: list[str]
) -> None:
    options = ["--questions", str(questions), "--out", str(tmp_path / "x.jsonl"), "--llm-model", "tiny"]
    done = CliRunner().invoke(app, ["run", *options, *other])
    assert done.exit_code == 2 and other[0] in done.output
