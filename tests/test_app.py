"""The HTTP interface, driven from outside."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from service.answer import Answer
from tests.client import ADMIN, client
from tests.fakes import FakeAssistant, document, serving

QUESTION = "小微企业的水费怎么收取？"


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[TestClient]:
    with client(tmp_path, serving()) as made:
        yield made


def events(text: str) -> list[tuple[str, Any]]:
    """Read a stream of server-sent events, comments left out."""
    found = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line and not line.startswith(":")]
        if lines:
            assert lines[0].startswith("event: ") and lines[1].startswith("data: ")
            found.append((lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))))
    return found


def test_an_answer_has_the_fields_of_the_contract(asking: TestClient) -> None:
    answer = asking.post("/api/v1/ask", json={"question": QUESTION}).json()
    assert list(answer)[:8] == [
        "request_id",
        "question",
        "standalone_question",
        "answered",
        "answer",
        "refusal",
        "citations",
        "suggestions",
    ]
    assert answer["answered"] is True and answer["refusal"] is None
    assert answer["index_version"] == "v1" and answer["generator"] == "extractive"
    assert answer["timings_ms"]["total"] == 1.0


def test_a_citation_reproduces_its_source(asking: TestClient) -> None:
    (citation,) = asking.post("/api/v1/ask", json={"question": QUESTION}).json()["citations"]
    assert citation["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert citation["text"] in document().text
    assert citation["heading_path"] == ["二、重点任务", "2.减免小微企业费用"]
    assert citation["clause"] == "2"
    assert citation["paragraph_id"] == "青石/便民二十条#p7"
    assert citation["issued_on"] == "2024-05-06"
    assert citation["formal"].endswith("第二部分第2项")


def test_the_address_of_a_citation_leads_to_its_paragraph(asking: TestClient) -> None:
    (citation,) = asking.post("/api/v1/ask", json={"question": QUESTION}).json()["citations"]
    page, _, fragment = citation["quote_url"].partition("#")
    assert fragment == "p7"
    assert citation["url"].isascii()
    html = asking.get(page).text
    assert 'id="p7"' in html
    assert f'<mark class="heading">{citation["quote"]}</mark>' in html


def test_a_refusal_says_why_and_what_lies_near(asking: TestClient) -> None:
    answer = asking.post("/api/v1/ask", json={"question": "月球上几点日出"}).json()
    assert answer["answered"] is False and answer["citations"] == []
    assert answer["refusal"] == {"reason": "no_evidence", "message": answer["answer"]}
    assert answer["suggestions"][0]["paragraph_id"] == "青石/便民二十条#p4"


def test_history_filters_and_depth_reach_the_assistant(tmp_path: Path) -> None:
    assistant = FakeAssistant([document()])
    with client(tmp_path, serving(assistant=assistant)) as asking:
        asking.post(
            "/api/v1/ask",
            json={
                "question": f"  {QUESTION} ",
                "history": [{"role": "user", "content": "此前"}],
                "filters": {"regions": ["青石市"], "issued_from": "2022-01-01", "as_of": "2024-07-01"},
                "top_k": 3,
            },
        )
    ((question, history, filters, k),) = assistant.asked
    assert (question, history[0].content, k) == (QUESTION, "此前", 3)
    assert filters.regions == ("青石市",)
    assert str(filters.issued_from) == "2022-01-01" and str(filters.as_of) == "2024-07-01"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "question"),
        ({"question": "  "}, "question"),
        ({"question": "长" * 2001}, "question"),
        ({"question": 7}, "question"),
        ({"question": "问", "topk": 3}, "topk"),
        ({"question": "问", "top_k": 0}, "top_k"),
        ({"question": "问", "filters": {"city": "青石市"}}, "filters.city"),
        ({"question": "问", "filters": {"issued_to": "去年"}}, "filters.issued_to"),
        ({"question": "问", "history": [{"role": "system", "content": "x"}]}, "history.0.role"),
        ({"question": "问", "history": [{"role": "user", "content": "x"}] * 21}, "history"),
        (["问"], ""),
    ],
)
def test_a_bad_field_is_named_by_its_path(asking: TestClient, body: Any, path: str) -> None:
    response = asking.post("/api/v1/ask", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [error["path"] for error in response.json()["errors"]] == [path]


def test_the_longest_question_is_taken(asking: TestClient) -> None:
    assert asking.post("/api/v1/ask", json={"question": " " + "长" * 2000}).status_code == 200


def test_broken_json_is_no_field_error(asking: TestClient) -> None:
    response = asking.post("/api/v1/ask", content="{", headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["type"] == "json_invalid"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "kind"),
    [
        ("GET", "/api/v1/nothing", {}, 404, "not-found"),
        ("GET", "/api/v1/documents/none", {}, 404, "no-such-document"),
        ("DELETE", "/api/v1/ask", {}, 405, "method-not-allowed"),
        ("POST", "/api/v1/ask", {"content-type": "text/plain"}, 415, "unsupported-media-type"),
        ("POST", "/api/v1/ask", {"content-length": "9999999"}, 413, "too-large"),
        ("GET", "/api/v1/search", {}, 422, "invalid-request"),
        ("GET", "/static/none.css", {}, 404, "not-found"),
        ("GET", "/documents/none", {}, 404, "no-such-document"),
        ("POST", "/", {}, 405, "method-not-allowed"),
    ],
)
def test_every_error_is_a_problem_object(
    asking: TestClient, method: str, path: str, headers: dict[str, str], status: int, kind: str
) -> None:
    response = asking.request(method, path, headers=headers, content=b"x" if method == "POST" else None)
    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"urn:wence:problem:{kind}"
    assert problem["instance"] == path
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["title"] and problem["detail"]


def test_a_body_without_a_length_is_cut_at_the_limit(asking: TestClient) -> None:
    def body() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    response = asking.post("/api/v1/ask", content=body(), headers={"content-type": "application/json"})
    assert response.status_code == 413
    assert response.json()["type"] == "urn:wence:problem:too-large"


def test_what_nobody_foresaw_shows_no_trace(tmp_path: Path) -> None:
    def broken(answer: Answer) -> Answer:
        raise ZeroDivisionError("secret words")

    loaded = serving(assistant=FakeAssistant([document()], rewrite=broken))
    with client(tmp_path, loaded, raising=False) as asking:
        response = asking.post("/api/v1/ask", json={"question": QUESTION})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text and "Traceback" not in response.text
    assert response.json()["request_id"] == response.headers["x-request-id"]


def test_without_an_index_the_service_says_to_come_back(tmp_path: Path) -> None:
    with client(tmp_path, None) as asking:
        for response in (
            asking.post("/api/v1/ask", json={"question": QUESTION}),
            asking.get("/api/v1/documents"),
            asking.get("/readyz"),
        ):
            assert response.status_code == 503
            assert int(response.headers["retry-after"]) > 0
            assert "indexer build" in response.json()["detail"]
        assert asking.get("/healthz").json()["status"] == "ok"


def test_a_request_id_is_kept_if_sane_and_made_if_not(asking: TestClient) -> None:
    def id_for(given: str) -> str:
        return asking.get("/healthz", headers={"x-request-id": given}).headers["x-request-id"]

    assert id_for("portal-42") == "portal-42"
    assert len(id_for("a b")) == 26
    assert len(id_for("x" * 200)) == 26


# Streaming


def test_a_stream_ends_with_the_whole_answer(asking: TestClient) -> None:
    response = asking.post("/api/v1/ask", json={"question": QUESTION, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-accel-buffering"] == "no"
    told = events(response.text)
    names = [name for name, _ in told]
    assert names[:2] == ["meta", "citations"] and names[-1] == "done"
    assert set(names[2:-1]) == {"delta"}
    done = told[-1][1]
    assert "".join(data["text"] for name, data in told if name == "delta") == done["answer"]
    assert told[0][1] == {name: done[name] for name in ("request_id", "standalone_question", "index_version")}
    assert told[1][1] == done["citations"]
    assert done["request_id"] == response.headers["x-request-id"]


def test_accepting_events_is_asking_for_a_stream(asking: TestClient) -> None:
    response = asking.post(
        "/api/v1/ask", json={"question": QUESTION}, headers={"accept": "text/event-stream"}
    )
    assert events(response.text)[-1][0] == "done"


def test_a_refusal_streams_too(asking: TestClient) -> None:
    told = events(asking.post("/api/v1/ask", json={"question": "月球上几点日出", "stream": True}).text)
    assert told[1] == ("citations", [])
    assert told[-1][1]["answered"] is False


def test_a_stream_that_fails_ends_with_a_problem(tmp_path: Path) -> None:
    def broken(answer: Answer) -> Answer:
        raise ZeroDivisionError("secret words")

    loaded = serving(assistant=FakeAssistant([document()], rewrite=broken))
    with client(tmp_path, loaded) as asking:
        response = asking.post("/api/v1/ask", json={"question": QUESTION, "stream": True})
    ((name, problem),) = events(response.text)
    assert name == "error" and problem["status"] == 500
    assert problem["request_id"] == response.headers["x-request-id"]
    assert "secret" not in response.text


def test_a_slow_stream_beats(tmp_path: Path) -> None:
    loaded = serving(assistant=FakeAssistant([document()], slowness=0.35))
    with client(tmp_path, loaded, heartbeat=0.1) as asking:
        text = asking.post("/api/v1/ask", json={"question": QUESTION, "stream": True}).text
    assert text.startswith(": keep-alive")
    assert events(text)[-1][0] == "done"


def test_a_bad_request_for_a_stream_is_refused_before_it_starts(asking: TestClient) -> None:
    response = asking.post("/api/v1/ask", json={"question": ""}, headers={"accept": "text/event-stream"})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_a_client_that_leaves_ends_its_stream(tmp_path: Path) -> None:
    gate = threading.Event()
    assistant = FakeAssistant([document()], gate=gate)
    sent: list[dict[str, Any]] = []

    async def leave(app: Any) -> None:
        body = json.dumps({"question": QUESTION, "stream": True}).encode()
        gone = anyio.Event()
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if messages:
                return messages.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            if message["type"] == "http.response.start":
                gone.set()

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/v1/ask",
            "raw_path": b"/api/v1/ask",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json"), (b"host", b"h")],
            "http_version": "1.1",
            "scheme": "http",
            "client": ("c", 1),
            "server": ("h", 80),
            "asgi": {"version": "3.0"},
        }
        with anyio.fail_after(5):
            await app(scope, receive, send)

    with client(tmp_path, serving(assistant=assistant)) as asking:
        try:
            anyio.run(leave, asking.app)
        finally:
            gate.set()
    assert not any(b"event: done" in message.get("body", b"") for message in sent)


# Limits


def test_a_full_house_turns_the_next_away(tmp_path: Path) -> None:
    gate = threading.Event()
    assistant = FakeAssistant([document()], gate=gate)
    with client(tmp_path, serving(assistant=assistant), concurrency=1, queue=0) as asking:
        with ThreadPoolExecutor(1) as others:
            first = others.submit(asking.post, "/api/v1/ask", json={"question": QUESTION})
            assert assistant.entered.wait(5)
            second = asking.post("/api/v1/ask", json={"question": QUESTION})
            gate.set()
            assert first.result().status_code == 200
        assert second.status_code == 503
        assert second.json()["type"] == "urn:wence:problem:saturated"
        assert second.headers["retry-after"]
        assert asking.post("/api/v1/ask", json={"question": QUESTION}).status_code == 200


def test_an_answer_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    gate = threading.Event()
    loaded = serving(assistant=FakeAssistant([document()], gate=gate))
    with client(tmp_path, loaded, request_timeout=0.1) as asking:
        response = asking.post("/api/v1/ask", json={"question": QUESTION})
        gate.set()
    assert response.status_code == 503
    assert response.json()["type"] == "urn:wence:problem:timeout"


def test_too_many_questions_a_minute_are_refused(tmp_path: Path) -> None:
    with client(tmp_path, serving(), rate_limit=2) as asking:
        statuses = [asking.get("/api/v1/search", params={"q": QUESTION}).status_code for _ in range(3)]
        refused = asking.post("/api/v1/ask", json={"question": QUESTION})
        assert asking.get("/healthz").status_code == 200
    assert statuses == [200, 200, 429]
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60


# Search and read


def test_search_gives_each_paragraph_once_best_first(asking: TestClient) -> None:
    found = asking.get("/api/v1/search", params={"q": "企业开办时限和水费", "top_k": 5}).json()["passages"]
    ids = [passage["paragraph_id"] for passage in found]
    assert len(set(ids)) == len(ids) > 1
    assert [p["score"] for p in found] == sorted((p["score"] for p in found), reverse=True)
    assert set(found[0]) == {
        "document_id",
        "document_title",
        "issuer",
        "region",
        "heading_path",
        "clause",
        "paragraph_id",
        "text",
        "score",
        "url",
    }


def test_search_can_be_kept_to_a_region(tmp_path: Path) -> None:
    both = serving(document(), document("白山", region="白山市"))
    with client(tmp_path, both) as asking:
        found = asking.get("/api/v1/search", params={"q": QUESTION, "region": "白山市"}).json()["passages"]
    assert {passage["document_id"] for passage in found} == {"白山"}


def test_documents_are_listed_newest_first_and_paged(tmp_path: Path) -> None:
    from datetime import date

    many = serving(
        *(document(f"d{n}", title=f"文件{n}", issued_on=date(2020 + n, 1, 1)) for n in range(5)),
        document("undated", title="无日期", issued_on=None),
    )
    with client(tmp_path, many) as asking:
        page = asking.get("/api/v1/documents", params={"offset": 1, "limit": 2}).json()
        assert page["total"] == 6
        assert [one["id"] for one in page["documents"]] == ["d3", "d2"]
        assert [one["id"] for one in asking.get("/api/v1/documents?offset=5").json()["documents"]] == [
            "undated"
        ]
        assert asking.get("/api/v1/documents?q=文件3").json()["total"] == 1
        assert asking.get("/api/v1/documents?year=2021").json()["total"] == 1
        assert asking.get("/api/v1/documents?region=白山市").json()["total"] == 0


def test_a_document_number_is_found_however_its_brackets_are_written(asking: TestClient) -> None:
    assert asking.get("/api/v1/documents", params={"q": "青政办发[2024]7号"}).json()["total"] == 1


def test_a_document_comes_with_its_outline(asking: TestClient) -> None:
    found = asking.get("/api/v1/documents/青石/便民二十条").json()
    assert found["title"] == "青石市推进便民办事二十条"
    assert [node["heading"] for node in found["outline"]] == ["一、总体要求", "二、重点任务"]
    task = found["outline"][1]["clauses"][1]
    assert task["address"] == "二/2" and task["paragraph_id"] == "青石/便民二十条#p7"
    assert task["trailer"]["lead_units"] == ["市水务局"]
    assert task["trailer"]["deadline_to"] == "2025-06-30"
    assert "".join(p["text"] for p in found["paragraphs"]) == document().text.replace("\n", "")


def test_a_document_comes_with_its_versions(tmp_path: Path) -> None:
    old = document("old", title="青石市夜市条例", issued_on=date(2009, 3, 4))
    new = document("new", title="青石市夜市条例（2019年修订）", issued_on=date(2019, 5, 6))
    with client(tmp_path, serving(old, new)) as asking:
        versions = asking.get("/api/v1/documents/old").json()["versions"]
    assert [(one["id"], one["state"], one["url"]) for one in versions] == [
        ("new", "in_force", "/documents/new"),
        ("old", "older", "/documents/old"),
    ]


# Keys and origins


def test_with_keys_set_a_call_needs_one(tmp_path: Path) -> None:
    with client(tmp_path, serving(), api_keys="one,two") as asking:

        def ask(**headers: str) -> Any:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            return asking.post("/api/v1/ask", json={"question": QUESTION}, headers=names)

        missing = ask()
        assert missing.status_code == 401 and "Bearer" in missing.headers["www-authenticate"]
        assert ask(x_api_key="three").status_code == 403
        assert ask(x_api_key="two").status_code == 200
        assert ask(authorization="Bearer one").status_code == 200
        assert asking.get("/api/v1/documents").status_code == 401
        assert asking.get("/healthz").status_code == 200
        assert asking.get("/documents").status_code == 200


def test_a_page_asks_with_a_token_instead_of_a_key(tmp_path: Path) -> None:
    with client(tmp_path, serving(), api_keys="one", session_minutes=5) as asking:
        session = asking.post("/api/v1/session").json()
        assert session["expires_in"] == 300
        headers = {"authorization": f"Bearer {session['token']}"}
        assert asking.post("/api/v1/ask", json={"question": QUESTION}, headers=headers).status_code == 200
        headers = {"authorization": f"Bearer {session['token']}x"}
        assert asking.post("/api/v1/ask", json={"question": QUESTION}, headers=headers).status_code == 403


def test_tokens_are_given_out_only_where_the_operator_turned_them_on(asking: TestClient) -> None:
    assert asking.post("/api/v1/session").status_code in (404, 405)


def test_only_listed_origins_may_ask(tmp_path: Path) -> None:
    with client(tmp_path, serving(), cors_origins="https://portal.example") as asking:

        def status(**headers: str) -> int:
            return asking.post("/api/v1/ask", json={"question": QUESTION}, headers=headers).status_code

        assert status() == 200
        assert status(origin="http://testserver") == 200
        assert status(origin="https://portal.example") == 200
        assert status(origin="https://elsewhere.example") == 403
        assert status(origin="null") == 403
        preflight = asking.options(
            "/api/v1/ask",
            headers={
                "origin": "https://portal.example",
                "access-control-request-method": "POST",
                "access-control-request-headers": "content-type",
            },
        )
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == "https://portal.example"


def test_a_problem_can_be_read_by_an_allowed_origin(tmp_path: Path) -> None:
    with client(tmp_path, serving(), cors_origins="https://portal.example") as asking:
        response = asking.post("/api/v1/ask", json={}, headers={"origin": "https://portal.example"})
    assert response.status_code == 422
    assert response.headers["access-control-allow-origin"] == "https://portal.example"


def test_a_refused_preflight_is_a_problem_too(asking: TestClient) -> None:
    headers = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    response = asking.options("/api/v1/ask", headers=headers)
    assert response.headers["content-type"] == "application/problem+json"
    assert "access-control-allow-origin" not in response.headers


# Operations


def test_metrics_count_requests_answers_and_the_index(tmp_path: Path) -> None:
    def checked(answer: Answer) -> Answer:
        return replace(answer, checks={"kept": 2, "dropped": 1}, kind="figure")

    with client(tmp_path, serving(assistant=FakeAssistant([document()], rewrite=checked))) as asking:
        asking.post("/api/v1/ask", json={"question": QUESTION})
        asking.post("/api/v1/ask", json={"question": "月球上几点日出"})
        asking.get("/api/v1/documents/青石/便民二十条")
        asking.get("/api/v1/documents/some-id")
        response = asking.get("/metrics")
    lines = response.text.splitlines()
    assert response.headers["content-type"].startswith("text/plain")
    for line in (
        'wence_requests_total{method="POST",route="/api/v1/ask",status="200"} 2.0',
        'wence_requests_total{method="GET",route="/api/v1/documents/{document_id:path}",status="404"} 1.0',
        'wence_answers_total{generator="extractive",kind="figure",outcome="answered"} 1.0',
        'wence_answers_total{generator="extractive",kind="figure",outcome="no_evidence"} 1.0',
        'wence_evidence_checks_total{outcome="dropped"} 2.0',
        'wence_index_info{model="fake",version="v1"} 1.0',
        "wence_index_documents 1.0",
        'wence_index_reloads_total{outcome="failed"} 0.0',
    ):
        assert line in lines
    assert not any("some-id" in line for line in lines)


def test_an_unknown_address_makes_no_new_label(asking: TestClient) -> None:
    for n in range(3):
        asking.get(f"/nowhere/{n}")
    assert 'route="unmatched",status="404"} 3.0' in asking.get("/metrics").text


def test_responses_are_compressed_but_streams_are_not(asking: TestClient) -> None:
    headers = {"accept-encoding": "gzip"}
    assert (
        asking.get("/api/v1/documents/青石/便民二十条", headers=headers).headers["content-encoding"] == "gzip"
    )
    streamed = asking.post("/api/v1/ask", json={"question": QUESTION, "stream": True}, headers=headers)
    assert "content-encoding" not in streamed.headers


# Description


def test_the_description_covers_every_call_with_words_and_problems(asking: TestClient) -> None:
    described = asking.get("/openapi.json").json()
    schemas = described["components"]["schemas"]
    assert "HTTPValidationError" not in schemas and "ProblemBody" in schemas
    for path, calls in described["paths"].items():
        for call in calls.values():
            assert call["summary"] and call["description"], path
            for status, response in call["responses"].items():
                if int(status) >= 400:
                    problem = "json" if path.startswith("/v1/") else "problem+json"
                    assert list(response["content"]) == [f"application/{problem}"], path
    for name, schema in schemas.items():
        for field, about in schema.get("properties", {}).items():
            assert about.get("description") or name.startswith("Body_"), (name, field)


def test_answers_agree_with_their_own_description(asking: TestClient) -> None:
    described = asking.get("/openapi.json").json()

    def check(name: str, value: Any) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
        Draft202012Validator(schema).validate(value)

    check("AnswerView", asking.post("/api/v1/ask", json={"question": QUESTION}).json())
    check("AnswerView", asking.post("/api/v1/ask", json={"question": "月球上几点日出"}).json())
    check("AnswerView", described["components"]["schemas"]["AnswerView"]["example"])
    check("PassagesView", asking.get("/api/v1/search", params={"q": QUESTION}).json())
    check("DocumentsView", asking.get("/api/v1/documents").json())
    check("DocumentDetail", asking.get("/api/v1/documents/青石/便民二十条").json())
    check("ProblemBody", asking.post("/api/v1/ask", json={}).json())
    for example in described["components"]["schemas"]["AskBody"]["examples"]:
        assert asking.post("/api/v1/ask", json={**example, "stream": False}).status_code == 200


def test_the_description_can_be_turned_off(tmp_path: Path) -> None:
    with client(tmp_path, serving(), docs=False, admin_key=ADMIN) as asking:
        assert asking.get("/docs").status_code == 404
        assert asking.get("/openapi.json").status_code == 404
        assert "/docs" not in asking.get("/").text
