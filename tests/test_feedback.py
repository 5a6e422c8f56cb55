"""What readers think of the answers is kept, listed and exported."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.answer import Answer
from service.feedback import FeedbackStore, RecentAnswers
from tests.client import ADMIN, client
from tests.fakes import serving

KEY = {"x-api-key": ADMIN}


def store(folder: Path) -> FeedbackStore:
    """Return a store whose clock goes on by a minute each time."""
    minutes = iter(range(1000))
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    return FeedbackStore(folder / "deep" / "f.sqlite3", now=lambda: begin + timedelta(minutes=next(minutes)))


def test_feedback_comes_back_newest_first(tmp_path: Path) -> None:
    kept = store(tmp_path)
    for name in ("a", "b", "c"):
        kept.add(name, "up")
    assert [item.request_id for item in kept.page()] == ["c", "b", "a"]
    assert [item.request_id for item in kept.page(offset=1, limit=1)] == ["b"]
    assert kept.count() == 3


def test_a_second_word_replaces_the_first_but_keeps_its_comment(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.add("a", "down", "期限不对")
    kept.add("a", "up")
    (item,) = kept.page()
    assert (item.rating, item.comment) == ("up", "期限不对")


def test_without_feedback_there_is_no_file(tmp_path: Path) -> None:
    kept = store(tmp_path)
    assert kept.count() == 0 and kept.page() == []
    assert list(tmp_path.iterdir()) == []


def test_only_the_last_answers_are_remembered() -> None:
    recent = RecentAnswers(size=2)
    for name in ("a", "b", "c"):
        recent.add(name, Answer(name, name, "答"))
    assert recent.get("a") is None
    kept = recent.get("c")
    assert kept is not None and kept.question == "c"


def test_the_export_cannot_run_formulas(tmp_path: Path) -> None:
    kept = store(tmp_path)
    kept.add("a", "down", '=HYPERLINK("http://evil","点我"),\n第二行')
    text = "".join(kept.csv())
    assert text.startswith("\ufeff")
    header, line = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert header[2] == "意见"
    assert line[2] == '\'=HYPERLINK("http://evil","点我"),\n第二行'


def test_feedback_is_stored_with_its_question_and_answer(tmp_path: Path) -> None:
    with client(tmp_path, serving(), admin_key=ADMIN) as asking:
        answer = asking.post("/api/v1/ask", json={"question": "小微企业的水费怎么收取？"}).json()
        body = {"request_id": answer["request_id"], "rating": "down", "comment": "没说清折扣"}
        response = asking.post("/api/v1/feedback", json=body)
        assert response.status_code == 204 and response.content == b""
        page = asking.get("/api/v1/feedback", headers=KEY).json()
    assert page["total"] == 1
    (item,) = page["feedback"]
    assert item["question"] == "小微企业的水费怎么收取？"
    assert item["answer"] == answer["answer"]
    assert item["comment"] == "没说清折扣" and item["index_version"] == "v1"


def test_feedback_on_a_forgotten_answer_is_taken(tmp_path: Path) -> None:
    with client(tmp_path, serving(), admin_key=ADMIN) as asking:
        body = {"request_id": "of-another-process", "rating": "up"}
        assert asking.post("/api/v1/feedback", json=body).status_code == 204
        (item,) = asking.get("/api/v1/feedback", headers=KEY).json()["feedback"]
    assert item["question"] is None


@pytest.mark.parametrize("body", [{"rating": "up"}, {"request_id": "a", "rating": "great"}])
def test_bad_feedback_is_refused(tmp_path: Path, body: dict[str, str]) -> None:
    with client(tmp_path, serving()) as asking:
        assert asking.post("/api/v1/feedback", json=body).status_code == 422


def test_feedback_is_exported_for_a_spreadsheet(tmp_path: Path) -> None:
    with client(tmp_path, serving(), admin_key=ADMIN) as asking:
        for n in range(3):
            asking.post("/api/v1/feedback", json={"request_id": f"r{n}", "rating": "up"})
        response = asking.get("/api/v1/feedback?format=csv", headers=KEY)
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert "feedback.csv" in response.headers["content-disposition"]
    assert len(list(csv.reader(io.StringIO(response.text)))) == 4


def test_only_the_administrator_reads_feedback(tmp_path: Path) -> None:
    with client(tmp_path, serving(), admin_key=ADMIN) as asking:
        assert asking.get("/api/v1/feedback").status_code == 401
        assert asking.get("/api/v1/feedback", headers={"x-api-key": "guess"}).status_code == 403
