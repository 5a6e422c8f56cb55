"""A run keeps every record, goes on after a break, and reads the same over HTTP."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from eval.backends import BackendError, InProcess, OverHttp
from eval.questions import Question, QuestionSet, QuestionSetError, load_questions
from eval.records import Run, RunError, load_run
from eval.run import run
from eval.summary import summarise
from service.schemas import DocumentDetail
from tests.eval_town import QUESTIONS, Clerk, backend, documents


class Tired(Clerk):
    """Stops the whole run after a few questions, as a break does."""

    patience: int = 3

    def ask(self, question: str, **rest: Any) -> Any:
        if self.asked >= self.patience:
            raise KeyboardInterrupt
        return super().ask(question, **rest)


def test_a_sound_service_is_right_throughout(tmp_path: Path) -> None:
    finished = run(QUESTIONS, backend(), tmp_path / "run.jsonl")
    summary = summarise(finished)
    assert [record.question for record in finished.records] == list(QUESTIONS.rows)
    assert summary.overall["right"].mean == 1
    assert summary.overall["verbatim"].mean == 1
    assert summary.groups["kind"]["near_miss"]["refused"].mean == 1
    assert summary.groups["document"]["qinghe-2023"]["hit@1"].n == 3


def test_gold_is_kept_beside_the_answer(tmp_path: Path) -> None:
    first = run(QUESTIONS, backend(), tmp_path / "run.jsonl").records[0]
    assert len(first.gold_texts) == 1 and "2个工作日" in first.gold_texts[0]


def test_a_broken_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(QUESTIONS, backend(Tired(documents())), out)
    assert len(load_run(out).records) == 3
    clerk = Clerk(documents())
    finished = run(QUESTIONS, backend(clerk), out)
    assert clerk.asked == len(QUESTIONS.rows) - 3
    assert len(finished.records) == len(QUESTIONS.rows)


@pytest.mark.parametrize("cut", [1, 40, 400])
def test_a_line_torn_by_the_break_is_asked_again(tmp_path: Path, cut: int) -> None:
    out = tmp_path / "run.jsonl"
    whole = run(QUESTIONS, backend(), out)
    out.write_bytes(out.read_bytes()[:-cut])
    clerk = Clerk(documents())
    finished = run(QUESTIONS, backend(clerk), out)
    assert clerk.asked >= 1
    assert [r.question.id for r in finished.records] == [r.question.id for r in whole.records]
    assert load_run(out).records


def test_a_torn_first_line_begins_anew(tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    out.write_text('{"run": {"quest', encoding="utf-8")
    assert len(run(QUESTIONS, backend(), out).records) == len(QUESTIONS.rows)


def test_a_run_does_not_go_on_in_another_ones_file(tmp_path: Path) -> None:
    out = tmp_path / "run.jsonl"
    run(QUESTIONS, backend(), out)
    newer = backend()
    newer.index_version = "v2"
    with pytest.raises(RunError, match="v2"):
        run(QUESTIONS, newer, out)
    assert run(QUESTIONS, newer, out, fresh=True).header.index_version == "v2"


def test_a_question_that_fails_is_a_record_and_is_asked_again(tmp_path: Path) -> None:
    class Flaky(Clerk):
        def ask(self, question: str, **rest: Any) -> Any:
            if "古桥" in question:
                raise TimeoutError("too slow")
            return super().ask(question, **rest)

    out = tmp_path / "run.jsonl"
    failed = run(QUESTIONS, backend(Flaky(documents())), out)
    assert [r.error for r in failed.records if r.error] == ["TimeoutError: too slow"]
    assert summarise(failed).overall["failed"].mean == 1 / 8
    assert not any(record.error for record in run(QUESTIONS, backend(), out).records)


def test_several_clients_ask_every_question_once(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    finished = run(
        QUESTIONS,
        backend(),
        tmp_path / "run.jsonl",
        concurrency=4,
        on_asked=lambda done, total: seen.append((done, total)),
    )
    assert [record.question for record in finished.records] == list(QUESTIONS.rows)
    assert seen[-1] == (8, 8)


def test_a_file_that_is_no_run_is_named(tmp_path: Path) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text("{}\n", encoding="utf-8")
    with pytest.raises(RunError, match=r"other\.jsonl"):
        load_run(file)


def over_http(replies: Sequence[int] = ()) -> tuple[OverHttp, list[str]]:
    """Return the town's service behind the HTTP contract; `replies` are statuses sent before it answers."""
    inside, waiting, asked = backend(), list(replies), []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if waiting:
            return httpx.Response(waiting.pop(0), headers={"Retry-After": "0"}, text="busy")
        if request.url.path == "/api/v1/ask":
            body = json.loads(request.content)
            question = Question(id="x", question=body["question"], kind="figure", answerable=False)
            return httpx.Response(200, json=dict(inside.ask(question)))
        if request.url.path == "/api/v1/search":
            found = inside.search(request.url.params["q"], k=int(request.url.params["top_k"]))
            return httpx.Response(200, json={"passages": list(found)})
        document = documents().get(request.url.path.rsplit("/", 1)[-1])
        if document is None:
            return httpx.Response(404, json={"status": 404})
        return httpx.Response(200, json=DocumentDetail.of(document).model_dump(mode="json"))

    return OverHttp("http://town.test/", transport=httpx.MockTransport(handle)), asked


def figures(finished: Run) -> dict[str, float]:
    means = summarise(finished).overall
    return {name: mean.mean for name, mean in means.items() if name != "latency_ms"}


def test_http_and_in_process_measure_the_same(tmp_path: Path) -> None:
    remote, _ = over_http()
    inside: InProcess = backend()
    assert figures(run(QUESTIONS, remote, tmp_path / "http.jsonl")) == figures(
        run(QUESTIONS, inside, tmp_path / "inside.jsonl")
    )
    assert remote.index_version == "v1"


def test_a_saturated_service_is_asked_again() -> None:
    remote, asked = over_http([503, 429])
    assert remote.index_version == "v1"
    assert asked == ["/api/v1/ask"] * 3


def test_a_service_that_breaks_says_how() -> None:
    with pytest.raises(BackendError, match="500"):
        over_http([500])


def test_the_question_sets_load_and_split() -> None:
    files = sorted((Path(__file__).parent.parent / "eval" / "questions").glob("*.jsonl"))
    questions = load_questions(files)
    dev, held = questions.only(split="dev"), questions.only(split="held")
    assert len(dev.rows) + len(held.rows) == len(questions.rows) >= 240
    assert (
        questions.only(kinds=["figure"], limit=3).rows
        == tuple(row for row in questions.rows if row.kind == "figure")[:3]
    )


GOOD: dict[str, Any] = {
    "id": "a-1",
    "question": "几天",
    "kind": "deadline",
    "answerable": True,
    "gold": [{"document": "d", "clause": "一"}],
    "facts": [["3天"]],
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"answerable": "待补"}, "answerable"),
        ({"facts": [[]]}, "facts"),
        ({"surprise": 1}, "surprise"),
        ({"gold": [], "facts": []}, "gold"),
        ({"answerable": False}, "不可答"),
        ({"refusal": ["no_evidence"]}, "refusal"),
        ({"question": ""}, "question"),
    ],
)
def test_a_row_that_breaks_the_format_is_named(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(
        json.dumps(GOOD | {"id": "a-0"}) + "\n" + json.dumps(GOOD | change) + "\n", encoding="utf-8"
    )
    with pytest.raises(QuestionSetError, match="第 2 行") as caught:
        load_questions([file])
    assert says in str(caught.value)


def test_an_id_is_used_once(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text((json.dumps(GOOD) + "\n") * 2, encoding="utf-8")
    with pytest.raises(QuestionSetError, match="a-1"):
        load_questions([file])


def test_an_empty_set_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text("\n", encoding="utf-8")
    with pytest.raises(QuestionSetError):
        load_questions([file])
    assert QuestionSet((), "").only(split="dev").rows == ()
