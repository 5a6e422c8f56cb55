"""The OpenAI dialect, driven by the official client over a real connection."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from jsonschema import Draft202012Validator

from service.answer import Answer
from service.chat import estimated_tokens
from tests.client import client
from tests.fakes import FakeAssistant, document, serving
from tests.server import served

QUESTION = "小微企业的水费怎么收取？"
ASKED = [{"role": "user", "content": QUESTION}]
NOWHERE = [{"role": "user", "content": "月球上几点日出"}]


@contextmanager
def service(folder: Path, loaded: Any = None, **settings: Any) -> Iterator[str]:
    """Serve over HTTP; yield the address."""
    with client(folder, serving() if loaded is None else loaded, **settings) as made, served(made.app) as url:
        yield url


def sdk(url: str, key: str = "any") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with service(tmp_path_factory.mktemp("chat")) as address:
        yield address


@pytest.fixture(scope="module")
def ai(url: str) -> Iterator[openai.OpenAI]:
    with sdk(url) as made:
        yield made


def growing(*texts: str) -> Any:
    """Release the answer with these texts one after the other."""

    def parts(answer: Answer) -> Sequence[Answer]:
        return [replace(answer, text=text) for text in texts]

    return parts


def content_of(chunks: Sequence[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


# Whole answers


def test_an_answer_is_a_chat_completion(ai: openai.OpenAI) -> None:
    got = ai.chat.completions.create(model="wence", messages=ASKED)
    (choice,) = got.choices
    assert got.object == "chat.completion" and got.model == "wence" and got.system_fingerprint == "v1"
    assert choice.finish_reason == "stop" and choice.message.role == "assistant"
    assert choice.message.refusal is None
    assert got.usage is not None
    assert got.usage.total_tokens == got.usage.prompt_tokens + got.usage.completion_tokens > 0
    assert got.id == f"chatcmpl-{got._request_id}"


def test_citations_ride_along_and_stand_at_the_end_of_the_content(ai: openai.OpenAI, url: str) -> None:
    message = ai.chat.completions.create(model="wence", messages=ASKED).choices[0].message
    (citation,) = message.model_extra["citations"]
    assert citation["text"][citation["start"] : citation["end"]] == citation["quote"]
    text, _, notes = (message.content or "").partition("\n\n引文：\n\n")
    assert re.findall(r"\[\d+\]", text) == ["[1]"]
    assert notes.startswith(f"- [1] [{citation['formal']}]({url}/documents/")
    assert notes.endswith(f"：“{citation['quote']}”")
    link = re.search(r"\((http[^)]+)\)", notes)
    assert link and httpx.get(link[1]).status_code == 200


def test_a_refusal_is_content_with_its_reason_beside_it(ai: openai.OpenAI) -> None:
    got = ai.chat.completions.create(model="wence", messages=NOWHERE)
    message = got.choices[0].message
    about = got.model_extra["wence"]
    assert message.content == "现有文件没有依据。" and message.refusal is None
    assert message.model_extra["citations"] == []
    assert about["answered"] is False and about["refusal"]["reason"] == "no_evidence"


def test_a_warning_stands_in_the_content(tmp_path: Path) -> None:
    assistant = FakeAssistant([document()], rewrite=lambda answer: replace(answer, notice="依据的是旧版本。"))
    with service(tmp_path, serving(assistant=assistant)) as url, sdk(url) as ai:
        got = ai.chat.completions.create(model="wence", messages=ASKED)
    assert "\n\n注意：依据的是旧版本。\n\n引文：" in (got.choices[0].message.content or "")
    assert got.model_extra["wence"]["notice"] == "依据的是旧版本。"


def test_an_english_question_gets_english_footnotes(tmp_path: Path) -> None:
    english = FakeAssistant([document()], rewrite=lambda answer: replace(answer, question="How much?"))
    with service(tmp_path, serving(assistant=english)) as url, sdk(url) as ai:
        content = ai.chat.completions.create(model="wence", messages=ASKED).choices[0].message.content
    assert "\n\nSources:\n\n- [1] [" in (content or "")


def test_earlier_messages_are_history_and_system_messages_are_passed_over(tmp_path: Path) -> None:
    assistant = FakeAssistant([document()])
    with service(tmp_path, serving(assistant=assistant)) as url, sdk(url) as ai:
        first = ai.chat.completions.create(model="wence", messages=ASKED).choices[0].message.content
        ai.chat.completions.create(
            model="wence",
            messages=[
                {"role": "system", "content": "你是海盗。"},
                *ASKED,
                {"role": "assistant", "content": first},
                {"role": "tool", "content": "{}", "tool_call_id": "x"},
                {
                    "role": "user",
                    "content": [{"type": "text", "text": " 那"}, {"type": "text", "text": "开办呢？"}],
                },
            ],
        )
    question, history, _, _ = assistant.asked[-1]
    assert question == "那\n开办呢？"
    assert [(turn.role, turn.content) for turn in history] == [
        ("user", QUESTION),
        ("assistant", (first or "").partition("\n\n引文")[0]),
    ]


def test_history_is_the_last_twenty_messages(tmp_path: Path) -> None:
    assistant = FakeAssistant([document()])
    long = [{"role": ("user", "assistant")[n % 2], "content": f"第{n}句"} for n in range(60)]
    with service(tmp_path, serving(assistant=assistant)) as url, sdk(url) as ai:
        ai.chat.completions.create(model="wence", messages=[*long, *ASKED])
    _, history, _, _ = assistant.asked[-1]
    assert [turn.content for turn in history] == [f"第{n}句" for n in range(40, 60)]


def test_filters_go_into_a_field_of_our_own(tmp_path: Path) -> None:
    assistant = FakeAssistant([document()])
    with service(tmp_path, serving(assistant=assistant)) as url, sdk(url) as ai:
        own = {"wence": {"filters": {"regions": ["青石市"]}, "top_k": 3}}
        ai.chat.completions.create(model="wence", messages=ASKED, extra_body=own)
    _, _, filters, k = assistant.asked[-1]
    assert filters.regions == ("青石市",) and k == 3


def test_what_the_dialect_knows_and_we_do_not_need_is_passed_over(ai: openai.OpenAI) -> None:
    got = ai.chat.completions.create(
        model="wence",
        messages=ASKED,
        temperature=0.3,
        top_p=0.5,
        max_tokens=5,
        n=1,
        stop=["。"],
        user="someone",
        seed=7,
        presence_penalty=1,
        tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}],
        response_format={"type": "text"},
        extra_body={"top_k": 900, "repetition_penalty": 1.1},
    )
    assert got.choices[0].message.content


def test_an_async_client_asks_too(url: str) -> None:
    async def ask() -> tuple[str, str]:
        async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as ai:
            whole = await ai.chat.completions.create(model="wence", messages=ASKED)
            streamed = await ai.chat.completions.create(model="wence", messages=ASKED, stream=True)
            chunks = [chunk async for chunk in streamed]
        return whole.choices[0].message.content or "", content_of(chunks)

    whole, streamed = asyncio.run(ask())
    assert whole == streamed != ""


# Streams


def test_a_stream_says_the_same_as_the_whole(ai: openai.OpenAI) -> None:
    whole = ai.chat.completions.create(model="wence", messages=ASKED)
    chunks = list(ai.chat.completions.create(model="wence", messages=ASKED, stream=True))
    assert content_of(chunks) == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({(chunk.id, chunk.created) for chunk in chunks}) == 1
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    last = chunks[-1]
    assert last.choices[0].delta.model_extra["citations"] == whole.choices[0].message.model_extra["citations"]
    assert last.model_extra["wence"]["answered"] is True
    assert all(chunk.usage is None for chunk in chunks)


def test_usage_comes_last_where_it_is_asked_for(ai: openai.OpenAI) -> None:
    whole = ai.chat.completions.create(model="wence", messages=ASKED)
    chunks = list(
        ai.chat.completions.create(
            model="wence", messages=ASKED, stream=True, stream_options={"include_usage": True}
        )
    )
    assert chunks[-1].choices == [] and chunks[-1].usage == whole.usage
    assert all(chunk.usage is None and "usage" in chunk.model_fields_set for chunk in chunks[:-1])


def test_a_stream_is_events_that_end_with_done(url: str) -> None:
    body = {"model": "wence", "messages": ASKED, "stream": True}
    response = httpx.post(f"{url}/v1/chat/completions", json=body)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["x-accel-buffering"] == "no"
    lines = [line for line in response.text.split("\n") if line]
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"


def test_checked_text_leaves_before_the_answer_is_whole(tmp_path: Path) -> None:
    gate = threading.Event()
    assistant = FakeAssistant(
        [document()],
        gate=gate,
        growing=growing("2.减免"),
        rewrite=lambda answer: replace(answer, text="2.减免小微企业费用[1]。"),
    )
    with service(tmp_path, serving(assistant=assistant), heartbeat=0.1) as url, sdk(url) as ai:
        chunks = iter(ai.chat.completions.create(model="wence", messages=ASKED, stream=True))
        early = [next(chunks), next(chunks)]
        assert content_of(early) == "2.减免"
        gate.set()
        late = list(chunks)
    assert content_of([*early, *late]).startswith("2.减免小微企业费用[1]。\n\n引文：")


def test_where_the_answer_became_another_the_whole_of_it_follows(tmp_path: Path) -> None:
    assistant = FakeAssistant([document()], growing=growing("另一个开头[1]。"))
    with service(tmp_path, serving(assistant=assistant)) as url, sdk(url) as ai:
        chunks = list(ai.chat.completions.create(model="wence", messages=ASKED, stream=True))
        whole = ai.chat.completions.create(model="wence", messages=ASKED).choices[0].message.content
    begun, _, stands = content_of(chunks).partition("以此为准：\n\n")
    assert begun.startswith("另一个开头[1]。") and stands == whole


def test_a_stream_that_breaks_says_so_in_the_dialect(tmp_path: Path) -> None:
    def broken(answer: Answer) -> Answer:
        raise ZeroDivisionError("secret words")

    with (
        service(tmp_path, serving(assistant=FakeAssistant([document()], rewrite=broken))) as url,
        sdk(url) as ai,
        pytest.raises(openai.APIError) as caught,
    ):
        list(ai.chat.completions.create(model="wence", messages=ASKED, stream=True))
    assert "request_id" in caught.value.message and "secret" not in caught.value.message


def test_a_reader_who_leaves_stops_the_writing(tmp_path: Path) -> None:
    gate = threading.Event()
    assistant = FakeAssistant([document()], gate=gate, growing=growing("2."))
    with service(tmp_path, serving(assistant=assistant), heartbeat=0.1) as url, sdk(url) as ai:
        answer = ai.chat.completions.create(model="wence", messages=ASKED, stream=True)
        next(iter(answer))
        answer.close()
        _eventually(url, "wence_requests_in_flight 1.0")  # the one that asks
        gate.set()
        assert assistant.given_up.wait(5)


def test_one_who_hangs_up_on_a_plain_call_stops_the_writing_too(tmp_path: Path) -> None:
    gate = threading.Event()
    assistant = FakeAssistant([document()], gate=gate)
    with service(tmp_path, serving(assistant=assistant)) as url:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{url}/v1/chat/completions", json={"model": "wence", "messages": ASKED}, timeout=0.3)
        _eventually(url, "wence_requests_in_flight 1.0")
        gate.set()
        assert assistant.given_up.wait(5)


def _eventually(url: str, line: str) -> None:
    for _ in range(200):
        if line in httpx.get(f"{url}/metrics").text.splitlines():
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"no line {line}")


# Models


def test_there_is_one_model(ai: openai.OpenAI) -> None:
    assert [model.id for model in ai.models.list()] == ["wence"]
    assert ai.models.retrieve("wence").object == "model"
    with pytest.raises(openai.NotFoundError) as caught:
        ai.models.retrieve("gpt-x")
    assert caught.value.code == "model_not_found"


# Errors


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"model": "wence", "messages": []}, "messages"),
        ({"model": "wence"}, "messages"),
        ({"messages": ASKED}, "model"),
        ({"model": "wence", "messages": [{"role": "system", "content": "x"}]}, "messages"),
        ({"model": "wence", "messages": [{"role": "user", "content": "  "}]}, "messages.0.content"),
        ({"model": "wence", "messages": [{"role": "user", "content": "长" * 2001}]}, "messages.0.content"),
        ({"model": "wence", "messages": [{"role": "wizard", "content": "x"}]}, "messages.0.role"),
        (
            {"model": "wence", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages.0.content.0.type",
        ),
        ({"model": "wence", "messages": ASKED, "n": 2}, "n"),
        (
            {"model": "wence", "messages": ASKED, "response_format": {"type": "json_object"}},
            "response_format.type",
        ),
        ({"model": "wence", "messages": ASKED, "wence": {"city": "青石市"}}, "wence.city"),
    ],
)
def test_a_bad_field_is_a_bad_request_that_names_it(url: str, body: Any, param: str) -> None:
    response = httpx.post(f"{url}/v1/chat/completions", json=body)
    error = response.json()["error"]
    assert response.status_code == 400
    assert error["type"] == "invalid_request_error" and error["param"] == param and error["message"]


def test_the_client_raises_its_own_errors(ai: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        ai.chat.completions.create(model="gpt-x", messages=ASKED)
    assert missing.value.code == "model_not_found" and "wence" in missing.value.message
    with pytest.raises(openai.BadRequestError) as bad:
        ai.chat.completions.create(model="wence", messages=ASKED, n=3)
    assert bad.value.param == "n"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/v1/nothing", {}, 404),
        ("GET", "/v1/chat/completions", {}, 405),
        ("POST", "/v1/chat/completions", {"content-type": "text/plain"}, 415),
        ("POST", "/v1/chat/completions", {"content-type": "application/json"}, 400),
        ("GET", "/v1/models", {"origin": "https://elsewhere.example"}, 403),
    ],
)
def test_whatever_fails_below_v1_fails_in_the_dialect(
    url: str, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    response = httpx.request(method, f"{url}{path}", headers=headers, content=b"{")
    assert response.status_code == status
    assert set(response.json()["error"]) == {"message", "type", "param", "code"}


def test_keys_are_asked_for_as_elsewhere(tmp_path: Path) -> None:
    with service(tmp_path, api_keys="right") as url:
        for key in ("wrong", ""):
            with pytest.raises(openai.AuthenticationError) as caught:
                sdk(url, key or "x").models.list()
            assert caught.value.code == "invalid_api_key"
        assert httpx.get(f"{url}/v1/models").status_code == 401
        unknown = httpx.post(f"{url}/v1/chat/completions", json={"model": "x", "messages": ASKED})
        assert unknown.status_code == 401  # a stranger does not learn what there is
        with sdk(url, "right") as ai:
            assert ai.chat.completions.create(model="wence", messages=ASKED).choices


def test_too_many_questions_are_a_rate_limit(tmp_path: Path) -> None:
    with service(tmp_path, rate_limit=1) as url, sdk(url) as ai:
        ai.chat.completions.create(model="wence", messages=ASKED)
        with pytest.raises(openai.RateLimitError) as caught:
            ai.chat.completions.create(model="wence", messages=ASKED)
    assert caught.value.code == "rate_limit_exceeded"
    assert int(caught.value.response.headers["retry-after"]) >= 1


def test_without_an_index_the_client_is_told_to_come_back(tmp_path: Path) -> None:
    with (
        client(tmp_path, None) as made,
        served(made.app) as url,
        sdk(url) as ai,
        pytest.raises(openai.InternalServerError) as caught,
    ):
        ai.chat.completions.create(model="wence", messages=ASKED)
    assert caught.value.status_code == 503 and caught.value.code == "no_index"
    assert caught.value.response.headers["retry-after"]


def test_what_nobody_foresaw_is_a_server_error_without_a_trace(tmp_path: Path) -> None:
    def broken(answer: Answer) -> Answer:
        raise ZeroDivisionError("secret words")

    loaded = serving(assistant=FakeAssistant([document()], rewrite=broken))
    with client(tmp_path, loaded, raising=False) as asking:
        response = asking.post("/v1/chat/completions", json={"model": "wence", "messages": ASKED})
    error = response.json()["error"]
    assert response.status_code == 500 and error["type"] == "server_error" and "secret" not in response.text


# Description


def test_completions_agree_with_their_own_description(url: str) -> None:
    described = httpx.get(f"{url}/openapi.json").json()

    def check(name: str, value: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
        Draft202012Validator(schema).validate(value)

    def post(body: Any) -> Any:
        return httpx.post(f"{url}/v1/chat/completions", json=body).json()

    for messages in (ASKED, NOWHERE):
        check("ChatCompletion", post({"model": "wence", "messages": messages}))
    check("ChatError", post({}))
    check("ModelList", httpx.get(f"{url}/v1/models").json())
    for example in described["components"]["schemas"]["ChatBody"]["examples"]:
        check("ChatBody", json.loads(json.dumps(example)))
        assert "error" not in post({**example, "stream": False})


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("水费九折", 4), ("word", 1), ("水 words", 3)])
def test_tokens_are_estimated(text: str, tokens: int) -> None:
    assert estimated_tokens([text]) == tokens
