"""Answers are kept while all that they depend on stays the same, and never with personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.answer import Answer, Filters, Turn
from service.answer_cache import SECONDS, AnswerCache, Asking
from tests.client import client
from tests.fakes import FakeAssistant, document, serving

ASKING = Asking("问", (), Filters(), 8, "v1", "extractive", date(2024, 6, 3))
ANSWER = Answer("问", "问", "答")
QUESTION = "小微企业的水费怎么收取？"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def asking(question: str, **other: Any) -> Asking:
    return replace(ASKING, question=question, **other)


def test_an_answer_comes_back() -> None:
    cache = AnswerCache(2)
    assert cache.get(ASKING) is None
    cache.put(ASKING, ANSWER)
    assert cache.get(asking("问")) is ANSWER


@pytest.mark.parametrize(
    "other",
    [
        {"question": "另问"},
        {"history": (Turn("user", "此前"),)},
        {"filters": Filters(regions=("青石市",))},
        {"filters": Filters(as_of=date(2024, 1, 1))},
        {"k": 5},
        {"index_version": "v2"},
        {"generator": "llm:other"},
        {"day": date(2024, 6, 4)},
    ],
)
def test_whatever_an_answer_depends_on_tells_two_apart(other: dict[str, Any]) -> None:
    cache = AnswerCache(2)
    cache.put(ASKING, ANSWER)
    assert cache.get(replace(ASKING, **other)) is None


def test_the_one_used_longest_ago_goes_first() -> None:
    cache = AnswerCache(2)
    for question in ("甲", "乙"):
        cache.put(asking(question), ANSWER)
    cache.get(asking("甲"))
    cache.put(asking("丙"), ANSWER)
    assert [question for question in "甲乙丙" if cache.get(asking(question))] == ["甲", "丙"]


def test_an_answer_is_forgotten_in_time() -> None:
    clock = Clock()
    cache = AnswerCache(2, clock=clock)
    cache.put(ASKING, ANSWER)
    clock.now = SECONDS - 1
    assert cache.get(ASKING)
    clock.now = SECONDS + 1
    assert cache.get(ASKING) is None and len(cache) == 0


def test_a_new_index_version_empties_it() -> None:
    cache = AnswerCache(9)
    cache.put(ASKING, ANSWER)
    cache.put(asking("另问", index_version="v2"), ANSWER)
    assert len(cache) == 1 and cache.get(ASKING) is None


def test_without_entries_nothing_is_kept() -> None:
    cache = AnswerCache(0)
    cache.put(ASKING, ANSWER)
    assert not cache.keeps(ASKING) and len(cache) == 0


@pytest.mark.parametrize(
    "other", [{"question": "13812345678"}, {"history": (Turn("user", "我叫张伟，男"), Turn("user", "呢"))}]
)
def test_personal_data_is_not_kept(other: dict[str, Any]) -> None:
    cache = AnswerCache(9)
    one = replace(ASKING, **other)
    cache.put(one, ANSWER)
    assert not cache.keeps(one) and len(cache) == 0


@pytest.mark.parametrize("generation", ["down", "slow", "busy", "broken"])
def test_what_was_answered_without_the_model_is_not_kept(generation: str) -> None:
    cache = AnswerCache(9)
    cache.put(ASKING, replace(ANSWER, generation=generation))
    assert len(cache) == 0


@pytest.mark.parametrize("generation", [None, "written", "replaced", "refused", "unneeded"])
def test_what_the_model_had_its_part_in_is_kept(generation: str | None) -> None:
    cache = AnswerCache(9)
    cache.put(ASKING, replace(ANSWER, generation=generation))
    assert len(cache) == 1


# Over HTTP


def ask(asking: TestClient, question: str = QUESTION, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = asking.post("/api/v1/ask", json={"question": question, **more}).json()
    return answer


def lines_of(asking: TestClient) -> Sequence[str]:
    return asking.get("/metrics").text.splitlines()


def test_a_question_asked_again_is_answered_from_the_cache_under_a_new_id(tmp_path: Path) -> None:
    assistant = FakeAssistant(
        [document()], rewrite=lambda answer: replace(answer, checks={"kept": 1}, generation="written")
    )
    with client(tmp_path, serving(assistant=assistant)) as asking:
        first, again = ask(asking), ask(asking)
        feedback = {"request_id": again["request_id"], "rating": "up"}
        assert asking.post("/api/v1/feedback", json=feedback).status_code == 204
        lines = lines_of(asking)
    assert len(assistant.asked) == 1
    assert first["request_id"] != again["request_id"]
    assert set(again["timings_ms"]) == {"cache", "total"} and "cache" not in first["timings_ms"]
    own = {"request_id", "timings_ms"}
    assert {k: v for k, v in again.items() if k not in own} == {
        k: v for k, v in first.items() if k not in own
    }
    for line in (
        'wence_answer_cache_total{outcome="hit"} 1.0',
        'wence_answer_cache_total{outcome="miss"} 1.0',
        "wence_answer_cache_entries 1.0",
        'wence_answers_total{generator="extractive",kind="fact",outcome="answered"} 2.0',
        'wence_generations_total{outcome="written"} 1.0',
        'wence_evidence_checks_total{outcome="kept"} 1.0',
    ):
        assert line in lines


def test_all_dialects_share_one_cache(tmp_path: Path) -> None:
    assistant = FakeAssistant([document()])
    with client(tmp_path, serving(assistant=assistant)) as asking:
        ask(asking)
        ask(asking, stream=False, top_k=8, history=[])
        asking.post("/api/v1/ask", json={"question": QUESTION, "stream": True})
        chat = {"model": "wence", "messages": [{"role": "user", "content": QUESTION}]}
        asking.post("/v1/chat/completions", json=chat)
    assert len(assistant.asked) == 1


def test_personal_data_goes_past_it(tmp_path: Path) -> None:
    assistant = FakeAssistant([document()])
    with client(tmp_path, serving(assistant=assistant)) as asking:
        for _ in range(2):
            ask(asking, f"{QUESTION}我的手机是13812345678")
        assert 'wence_answer_cache_total{outcome="bypass"} 2.0' in lines_of(asking)
        assert "wence_answer_cache_entries 0.0" in lines_of(asking)
    assert len(assistant.asked) == 2


def test_it_can_be_turned_off(tmp_path: Path) -> None:
    assistant = FakeAssistant([document()])
    with client(tmp_path, serving(assistant=assistant), answer_cache=0) as asking:
        ask(asking)
        ask(asking)
    assert len(assistant.asked) == 2
