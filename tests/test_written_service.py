"""A service with a language model, whole: real index, real model server (scripted), real clients."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from indexer.build import build
from service.main import live_index, service
from service.settings import SettingsError, load_settings
from tests.answer_corpus import write_texts
from tests.llm_server import LLMServer, Reply, Request, fails, says
from tests.server import served

QUESTION = "清枫市给小微企业担保，费率最高多少？"
RIGHT = ("单户贷款600万元以下的小微企业，", "担保费率不超过0.8%[1]。", "\n600万元以上的，不超过1.2%[1]。")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    build(write_texts(folder / "corpus"), folder / "index", progress=False)
    return folder / "index"


@dataclass
class Service:
    """A running service and the model behind it."""

    url: str
    model: LLMServer

    def ask(self, question: str = QUESTION, **more: Any) -> dict[str, Any]:
        reply = httpx.post(f"{self.url}/api/v1/ask", json={"question": question, **more}, timeout=30)
        answer: dict[str, Any] = reply.raise_for_status().json()
        return answer

    def events(self, question: str = QUESTION) -> list[tuple[str, Any]]:
        body = {"question": question, "stream": True}
        text = httpx.post(f"{self.url}/api/v1/ask", json=body, timeout=30).text
        blocks = [block.split("\n") for block in text.split("\n\n") if block.startswith("event: ")]
        return [(lines[0][7:], json.loads(lines[1][6:])) for lines in blocks]

    def metrics(self) -> Sequence[str]:
        return httpx.get(f"{self.url}/metrics").text.splitlines()

    @property
    def prompts(self) -> list[str]:
        return [request.prompt for request in self.model.requests if request.path.endswith("completions")]


@contextmanager
def running(index: Path, folder: Path, *replies: Reply, **settings: Any) -> Iterator[Service]:
    def same_again(request: Request) -> Reply:
        return replies[-1]

    with LLMServer(replies[:-1], otherwise=same_again) as model:
        made = load_settings(
            {
                "index": index,
                "corpus": folder,
                "feedback_db": folder / "feedback.sqlite3",
                "rate_limit": 0,
                "llm_base_url": model.base_url,
                "llm_model": "tiny",
                "llm_retries": 0,
                **settings,
            },
            env_file=None,
        )
        live = live_index(made)
        live.check()
        assert live.serving is not None, live.reason
        with served(service(made, live)) as url:
            yield Service(url, model)


def test_the_model_writes_and_its_figures_are_held_to_the_source(index: Path, tmp_path: Path) -> None:
    wrong = "\n另可减免3%的手续费[1]。"
    with running(index, tmp_path, says(*RIGHT, wrong)) as wence:
        answer = wence.ask()
        lines = wence.metrics()
    assert "0.8%" in answer["answer"] and "3%" not in answer["answer"]
    assert answer["generator"] == "llm:tiny;prompt=answer@1"
    assert answer["checks"]["dropped"] >= 1 and any(
        word.startswith("figure 3%") for word in answer["dropped"]
    )
    assert all(one["text"][one["start"] : one["end"]] == one["quote"] for one in answer["citations"])
    assert 'wence_generations_total{outcome="written"} 1.0' in lines


def test_no_question_is_put_to_the_model_before_somebody_asks(index: Path, tmp_path: Path) -> None:
    with running(index, tmp_path, says(*RIGHT)) as wence:
        assert httpx.get(f"{wence.url}/readyz").status_code == 200
        assert wence.prompts == []


def test_checked_statements_leave_while_the_model_writes(index: Path, tmp_path: Path) -> None:
    with running(index, tmp_path, says(*RIGHT, delay=0.15)) as wence:
        told = wence.events()
    names = [name for name, _ in told]
    assert names[:2] == ["meta", "citations"] and names[-1] == "done"
    done = told[-1][1]
    assert done["generator"].startswith("llm:tiny")
    assert "".join(data["text"] for name, data in told if name == "delta") == done["answer"]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (fails(500), "down"),
        (says(*RIGHT, wait=3.0), "slow"),
        (Reply(body="<html>no</html>"), "broken"),
    ],
)
def test_where_the_model_fails_the_extract_leaves_and_says_so(
    index: Path, tmp_path: Path, reply: Reply, outcome: str
) -> None:
    with running(index, tmp_path, reply, llm_timeout=1.0) as wence:
        answer, again = wence.ask(), wence.ask()
        lines = wence.metrics()
    assert answer["answered"] and "0.8%" in answer["answer"]
    assert answer["generator"] == "extractive" and answer["notice"]
    assert "cache" not in again["timings_ms"]
    assert f'wence_generations_total{{outcome="{outcome}"}} 2.0' in lines


def test_a_second_asking_costs_the_model_nothing(index: Path, tmp_path: Path) -> None:
    with running(index, tmp_path, says(*RIGHT)) as wence:
        first, again = wence.ask(), wence.ask()
        assert len(wence.prompts) == 1
    assert again["answer"] == first["answer"] and "cache" in again["timings_ms"]


def test_what_is_refused_never_reaches_the_model(index: Path, tmp_path: Path) -> None:
    with running(index, tmp_path, says(*RIGHT)) as wence:
        assert not wence.ask("绍兴市的担保费率是多少？")["answered"]
        assert wence.prompts == []


def test_a_follow_up_is_rewritten_and_shown(index: Path, tmp_path: Path) -> None:
    rewriting = says("霁川市给小微企业担保，费率最高多少？")
    written = says("小微企业融资担保费率降到1%以下[1]。")
    with running(index, tmp_path, rewriting, written) as wence:
        answer = wence.ask("那霁川呢？", history=[{"role": "user", "content": QUESTION}])
    assert answer["standalone_question"] == "霁川市给小微企业担保,费率最高多少?"
    assert "1%" in answer["answer"]


def test_a_chat_client_gets_it_too(index: Path, tmp_path: Path) -> None:
    with (
        running(index, tmp_path, says(*RIGHT, delay=0.05)) as wence,
        openai.OpenAI(base_url=f"{wence.url}/v1", api_key="any", max_retries=0) as ai,
    ):
        chunks = list(
            ai.chat.completions.create(
                model="wence", messages=[{"role": "user", "content": QUESTION}], stream=True
            )
        )
        whole = ai.chat.completions.create(model="wence", messages=[{"role": "user", "content": QUESTION}])
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert said == whole.choices[0].message.content and "0.8%" in said
    assert whole.model_extra["wence"]["generator"] == "llm:tiny;prompt=answer@1"


def test_prompts_that_cannot_be_used_stop_the_start(index: Path, tmp_path: Path) -> None:
    (tmp_path / "answer.md").write_text("no front matter", encoding="utf-8")
    made = load_settings(
        {"index": index, "llm_base_url": "http://127.0.0.1:9/v1", "prompts": tmp_path}, env_file=None
    )
    with pytest.raises(SettingsError, match=r"answer\.md"):
        live_index(made)
