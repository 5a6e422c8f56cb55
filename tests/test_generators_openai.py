"""A server in OpenAI's dialect writes; whatever it does, the asker gets text or a GenerationError, in time."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.generators import GenerationError, Message
from service.generators.openai_server import OpenAIGenerator
from service.generators.reasoning import ReasoningFilter
from tests.llm_server import LLMServer, Reply, Request, fails, says

ASKED = [Message("system", "照资料回答。"), Message("user", "刻章要多少钱？")]
KEY = "sk-a-secret-of-the-tests"


@contextmanager
def talking(
    *replies: Reply, models: tuple[str, ...] = ("scripted",), **options: Any
) -> Iterator[tuple[LLMServer, OpenAIGenerator]]:
    with LLMServer(replies, models=models) as server:
        given_ = {"model": "scripted", "api_key": KEY, "pause": 0.01, **options}
        yield server, OpenAIGenerator(server.base_url, **given_)


def written(generator: OpenAIGenerator, seconds: float = 5.0) -> str:
    return "".join(generator.generate(ASKED, seconds=seconds))


def failure(generator: OpenAIGenerator, seconds: float = 5.0) -> GenerationError:
    with pytest.raises(GenerationError) as caught:
        written(generator, seconds)
    return caught.value


@pytest.mark.parametrize("stream", [True, False])
def test_the_reply_comes_with_what_the_request_asked_for(stream: bool) -> None:
    with talking(says("刻章", "免费", "[1]。"), stream=stream, max_tokens=50, extra={"seed": 7}) as (
        server,
        generator,
    ):
        assert written(generator) == "刻章免费[1]。"
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["messages"] == [
        {"role": "system", "content": "照资料回答。"},
        {"role": "user", "content": "刻章要多少钱？"},
    ]
    assert request.body["max_tokens"] == 50
    assert request.body["temperature"] == 0
    assert request.body["seed"] == 7
    assert bool(request.body["stream"]) is stream


def test_pieces_leave_as_they_come() -> None:
    with talking(says("刻章", "免费", delay=0.2)) as (_, generator):
        reply = generator.generate(ASKED, seconds=5)
        assert next(reply) == "刻章"
        assert list(reply) == ["免费"]


def test_without_a_name_the_first_model_of_the_server_is_taken_and_kept() -> None:
    with talking(says("甲"), says("乙"), models=("qwen", "other"), model=None) as (server, generator):
        assert generator.model == "unnamed"
        assert written(generator) + written(generator) == "甲乙"
        assert generator.model == "qwen"
    assert [request.path for request in server.requests].count("/v1/models") == 1
    assert server.requests[1].body["model"] == "qwen"


def test_the_model_can_be_looked_for_before_it_is_needed() -> None:
    with talking(says("甲"), models=("qwen",), model=None) as (server, generator):
        generator.find_model(seconds=2)
        assert generator.model == "qwen"
    with pytest.raises(GenerationError) as caught:
        OpenAIGenerator(server.base_url).find_model(seconds=2)
    assert caught.value.reason == "down"


def test_a_model_that_was_found_and_is_gone_is_looked_for_again() -> None:
    with talking(fails(404, "no model qwen"), says("甲"), models=("qwen",), model=None) as (
        server,
        generator,
    ):
        assert failure(generator).reason == "down"
        server.models[:] = ["glm"]
        assert written(generator) == "甲"
        assert generator.model == "glm"


def test_a_server_without_models_is_said() -> None:
    with talking(models=(), model=None) as (_, generator):
        assert "WENCE_LLM_MODEL" in str(failure(generator))


@pytest.mark.parametrize(
    ("reply", "reason", "words"),
    [
        (fails(400, "prompt too long"), "down", "prompt too long"),
        (fails(401, "bad key"), "down", "401"),
        (fails(403), "down", "403"),
        (fails(404, "Not Found"), "down", "/v1"),
        (fails(422), "down", "422"),
        (Reply(status=500, body="<html>" + "x" * 5000), "down", "500"),
        (Reply(status=302, body="", headers={"location": "http://127.0.0.1:1/"}), "down", "302"),
        (Reply(body="<html>hello</html>", headers={"content-type": "text/html"}), "broken", "completion"),
        (Reply(body='{"foo": 1}'), "broken", "completion"),
        (Reply(lines=("data: {not json",)), "broken", ""),
        (Reply(lines=("data: 17", "data: [DONE]")), "broken", ""),
        (Reply(lines=('data: {"choices": {"a": 1}}', "data: [DONE]")), "broken", ""),
        (Reply(lines=('data: {"choices": "abc"}', "data: [DONE]")), "broken", ""),
        (Reply(lines=('data: {"choices": []}', "data: [DONE]")), "broken", ""),
        (
            Reply(lines=('data: {"choices": [{"delta": {"content": {"a": 1}}}]}', "data: [DONE]")),
            "broken",
            "dict",
        ),
        (Reply(lines=("data: [DONE]",)), "broken", "completion"),
        (Reply(lines=()), "broken", "completion"),
        (Reply(lines=('data: {"error": {"message": "out of memory"}}',)), "down", "out of memory"),
        (says(), "broken", "empty"),
        (says(" \n "), "broken", "empty"),
        (says("刻章免费", finish=None), "down", "within the reply"),
        (says("刻章免", finish="length"), "broken", "cut at"),
        (says("刻章", finish="content_filter"), "broken", "filter"),
        (says("刻章免费", drops=True), "down", "connection"),
        (says(*["字" * 500] * 500), "broken", "more than"),
    ],
)
def test_what_is_no_answer_is_an_error_with_a_reason(reply: Reply, reason: str, words: str) -> None:
    with talking(reply, retries=0) as (_, generator):
        error = failure(generator)
    assert error.reason == reason
    assert words in str(error)
    assert len(str(error)) < 400


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(body='{"foo": 1}'), "broken"),
        (Reply(body="[]"), "broken"),
        (Reply(body="hello", headers={"content-type": "text/html"}), "broken"),
        (Reply(body="{not json"), "broken"),
        (Reply(body='{"choices": []}'), "broken"),
        (says("刻章免", finish="length"), "broken"),
        (says(), "broken"),
    ],
)
def test_the_same_holds_without_a_stream(reply: Reply, reason: str) -> None:
    with talking(reply, retries=0, stream=False) as (_, generator):
        assert failure(generator).reason == reason


def test_a_server_that_is_not_there_is_down() -> None:
    with LLMServer() as server:
        nowhere = server.base_url
    generator = OpenAIGenerator(nowhere, "m", retries=1, pause=0.01)
    assert failure(generator).reason == "down"


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(status: int) -> None:
    with talking(fails(status), fails(status, Retry_After="0"), says("甲")) as (server, generator):
        assert written(generator) == "甲"
        assert len(server.requests) == 3


def test_a_connection_lost_before_the_first_word_is_tried_again() -> None:
    with talking(says(drops=True), says("甲")) as (_, generator):
        assert written(generator) == "甲"


def test_nothing_is_tried_again_once_words_have_left() -> None:
    with talking(says("刻章", drops=True), says("甲")) as (server, generator):
        pieces = []
        with pytest.raises(GenerationError):
            pieces += generator.generate(ASKED, seconds=5)
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_lasting_failure_is_not_tried_again(status: int) -> None:
    with talking(fails(status), says("甲")) as (server, generator):
        failure(generator)
        assert len(server.requests) == 1


def test_tries_are_counted() -> None:
    with talking(*[fails(429)] * 5, retries=2) as (server, generator):
        assert failure(generator).reason == "busy"
        assert len(server.requests) == 3


@pytest.mark.parametrize("after", ["60", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_a_wait_that_does_not_fit_is_not_begun(after: str) -> None:
    with talking(fails(429, Retry_After=after), says("甲")) as (_, generator):
        began = time.monotonic()
        assert failure(generator, seconds=5).reason == "busy"
        assert time.monotonic() - began < 4


def test_the_server_says_how_long_to_wait() -> None:
    with talking(fails(503, Retry_After="0.4"), says("甲")) as (_, generator):
        began = time.monotonic()
        assert written(generator) == "甲"
        assert time.monotonic() - began >= 0.4


@pytest.mark.parametrize(
    ("reply", "options"),
    [
        (says("甲", wait=4), {"first_token": 0.3}),
        (says("甲", wait=4), {}),
        (says("甲", wait=4), {"stream": False}),
        (says(*"刻章免费", delay=1.0), {}),
        (says(*"刻章免费", delay=1.0), {"between_tokens": 0.3}),
        (says("甲", comments=4), {}),
        (says("甲", comments=4), {"first_token": 0.3}),
    ],
)
def test_a_slow_server_costs_no_more_than_its_time(reply: Reply, options: dict[str, Any]) -> None:
    with talking(reply, retries=0, **options) as (_, generator):
        began = time.monotonic()
        assert failure(generator, seconds=0.7).reason == "slow"
        assert time.monotonic() - began < 2.5


def eventually(condition: Callable[[], bool], seconds: float = 3.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


@pytest.mark.parametrize("reply", [says(*"刻章免费" * 4, delay=0.3), says("甲", comments=4)])
def test_whoever_gives_up_gets_no_error_and_frees_the_server(reply: Reply) -> None:
    given_up = threading.Event()
    with talking(reply, says("乙"), concurrency=1) as (server, generator):
        threading.Timer(0.4, given_up.set).start()
        began = time.monotonic()
        list(generator.generate(ASKED, seconds=5, cancelled=given_up.is_set))
        assert time.monotonic() - began < 2.5
        assert eventually(lambda: server.busy == 0, 1.5)
        assert written(generator) == "乙"


def test_an_answer_that_nobody_reads_to_the_end_frees_its_place() -> None:
    with talking(says(*"刻章免费" * 20, delay=0.1), says("乙"), concurrency=1) as (server, generator):
        reply = generator.generate(ASKED, seconds=5)
        next(reply)
        reply.close()  # type: ignore[attr-defined]
        assert written(generator, seconds=2) == "乙"
        assert eventually(lambda: server.busy == 0)


def test_so_many_at_once_and_no_more() -> None:
    with talking(*[says("甲", delay=0.15)] * 6, concurrency=2) as (server, generator):
        threads = [threading.Thread(target=written, args=(generator,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.busiest == 2
        assert len(server.requests) == 6


def test_who_finds_no_place_in_time_is_told_busy() -> None:
    with talking(says("甲", delay=0.9), concurrency=1) as (_, generator):
        first = threading.Thread(target=written, args=(generator,))
        first.start()
        time.sleep(0.1)
        assert failure(generator, seconds=0.3).reason == "busy"
        first.join()


def test_who_gives_up_while_waiting_for_a_place_gets_nothing() -> None:
    with talking(says("甲", delay=0.6), concurrency=1) as (_, generator):
        first = threading.Thread(target=written, args=(generator,))
        first.start()
        time.sleep(0.1)
        assert list(generator.generate(ASKED, seconds=5, cancelled=lambda: True)) == []
        first.join()


@pytest.mark.parametrize(
    "reply",
    [
        says("<think>先找刻章", "费用。</think>", "\n\n免费[1]。"),
        says("<th", "ink>先找", "刻章</thi", "nk>免费", "[1]。"),
        says("免费[1]。", reasoning=("先找", "刻章费用。")),
        says("<thinking>先找</thinking>免费[1]。"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_reasoning_stays_behind(reply: Reply, stream: bool) -> None:
    with talking(reply, stream=stream) as (_, generator):
        assert written(generator) == "免费[1]。"


def test_reasoning_without_an_end_is_no_answer() -> None:
    with talking(says("<think>先找", "刻章费用", finish="stop")) as (_, generator):
        assert failure(generator).reason == "broken"


def test_a_model_that_leaves_out_the_opening_tag_is_understood_from_the_second_reply_on() -> None:
    reply = says("先找刻章。", "</think>", "免费[1]。")
    with talking(reply, reply, says("没有思考的一句。"), says("免费[1]。")) as (_, generator):
        assert "reasoning parser" in str(failure(generator))
        assert written(generator) == "免费[1]。"
        assert failure(generator).reason == "broken"
        assert written(generator) == "免费[1]。"


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "<", "甲", "乙<3", "</", "<thin", "\n"]), max_size=8),
    st.lists(st.integers(0, 60), max_size=6),
)
def test_where_the_pieces_are_cut_makes_no_difference(parts: list[str], cuts: list[int]) -> None:
    text = "".join(parts)
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]

    def through(pieces: list[str]) -> tuple[str, bool]:
        one = ReasoningFilter()
        out = ""
        for piece in pieces:
            out += one.feed(piece)
            if one.closed_unopened:
                return "", True
        return out + one.end(), False

    whole, opened = through([text])
    cut, cut_opened = through([text[a:b] for a, b in pairwise(places)])
    assert opened == cut_opened
    assert opened or "".join(whole.split()) == "".join(cut.split())


def test_other_names_of_the_parameters_are_found_out() -> None:
    refused = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    with talking(
        fails(400, refused),
        fails(400, "Unsupported value: 'temperature' does not support 0"),
        says("甲"),
        says("乙"),
        retries=0,
    ) as (server, generator):
        assert written(generator) + written(generator) == "甲乙"
    for request in server.requests[2:]:
        assert "max_tokens" not in request.body and "temperature" not in request.body
        assert request.body["max_completion_tokens"] == 800


def test_threads_that_meet_the_same_refusal_all_get_their_reply() -> None:
    def strict(request: Request) -> Reply:
        if "max_tokens" in request.body:
            return fails(400, "use 'max_completion_tokens'")
        return says("甲")

    with LLMServer(otherwise=strict) as server:
        generator = OpenAIGenerator(server.base_url, "m", retries=0)
        replies: list[str] = []
        threads = [threading.Thread(target=lambda: replies.append(written(generator))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert replies == ["甲"] * 6


def test_the_key_is_in_no_message_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="service")
    with talking(fails(500, f"key {KEY} failed"), fails(401, f"Incorrect API key: {KEY}")) as (_, generator):
        error = failure(generator)
    assert "Incorrect API key" in str(error)
    assert KEY not in str(error) and KEY not in caplog.text and KEY not in repr(vars(generator)["_options"])


def test_settings_of_other_programs_are_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "ORG_ID", "PROJECT_ID", "ADMIN_KEY"):
        monkeypatch.setenv(f"OPENAI_{name}", "of-another-program")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    with talking(says("甲"), api_key=None) as (server, generator):
        assert written(generator) == "甲"
    assert "of-another-program" not in json.dumps(dict(server.requests[0].headers))


def test_a_server_that_never_begins_is_not_tried_again() -> None:
    def silent(request: Request) -> Reply:
        return says("甲", wait=5)

    with LLMServer(otherwise=silent) as server:
        generator = OpenAIGenerator(server.base_url, "m", retries=3, first_token=0.2)
        began = time.monotonic()
        assert failure(generator, seconds=4).reason == "slow"
        assert time.monotonic() - began < 2.5
