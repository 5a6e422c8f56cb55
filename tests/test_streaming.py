"""An answer leaves in pieces that join to what it was, some of them while it is being written."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sse_starlette import ServerSentEvent

from service.answer import Answer, Citation
from service.schemas import AnswerView
from service.streaming import AnswerEvents, Release, event, pieces, stream
from tests.fakes import document


@given(st.text(alphabet="甲乙1[]，。；\n|- *", max_size=60))
def test_pieces_join_to_the_answer(text: str) -> None:
    assert "".join(pieces(text)) == text


def test_a_piece_ends_behind_its_stop_and_keeps_its_mark() -> None:
    assert list(pieces("当天办结[1]。另行通知，[2]再说")) == ["当天办结[1]。", "另行通知，[2]", "再说"]


def test_an_event_is_one_line_of_data() -> None:
    assert (
        event("delta", {"text": "两\n行"}).encode() == 'event: delta\ndata: {"text": "两\\n行"}\n\n'.encode()
    )


# While a language model writes


def view(text: str, marks: str = "") -> AnswerView:
    """Return an answer with that text, citing the paragraphs whose numbers `marks` holds."""
    source = document()
    cited = [source.paragraphs[int(mark) - 1] for mark in marks]
    citations = tuple(Citation(n, source, one, 0, len(one.text), 0.5) for n, one in enumerate(cited, start=1))
    return AnswerView.of(Answer("问", "问", text, citations), request_id="r1")


def told(events: Iterable[ServerSentEvent]) -> list[tuple[str, Any]]:
    return [(str(one.event), json.loads(str(one.data))) for one in events]


def test_what_is_checked_leaves_with_its_citations_before_it() -> None:
    events = AnswerEvents(lambda error: {})
    first = told(events.grew(view("甲[1]。", "6")))
    second = told(events.grew(view("甲[1]。\n乙[2]。", "67")))
    last = told(events.ended(view("甲[1]。\n乙[2]。\n丙[1]。", "67")))
    assert [name for name, _ in first] == ["meta", "citations", "delta"]
    assert second[0][0] == "citations" and len(second[0][1]) == 2
    assert [name for name, _ in last] == ["delta", "delta", "done"]
    deltas = [data["text"] for name, data in (*first, *second, *last) if name == "delta"]
    assert "".join(deltas) == last[-1][1]["answer"]


def test_where_the_answer_became_another_done_alone_says_it() -> None:
    events = AnswerEvents(lambda error: {})
    list(events.grew(view("甲[1]。", "6")))
    last = told(events.ended(view("另答[1]。", "7")))
    assert [name for name, _ in last] == ["done"]
    assert last[0][1]["answer"] == "另答[1]。"


def test_what_is_released_in_a_thread_arrives_in_order_and_at_once() -> None:
    texts = [f"{'句。' * n}" for n in range(1, 30)]
    written = threading.Event()

    async def answer(release: Release) -> AnswerView:
        def write() -> AnswerView:
            for text in texts:
                release(view(text))
            assert written.wait(5)
            return view(texts[-1])

        return await asyncio.to_thread(write)

    async def run() -> list[str]:
        response = stream(answer, dialect=AnswerEvents(lambda error: {}), heartbeat=5)
        names: list[str] = []
        async for one in response.body_iterator:
            names.append(str(one.event))
            if names.count("delta") == len(texts):
                written.set()
        return names

    assert asyncio.run(run()) == ["meta", "citations", *["delta"] * len(texts), "done"]


def test_one_who_stops_listening_cancels_the_answer() -> None:
    cancelled = threading.Event()

    async def answer(release: Release) -> AnswerView:
        release(view("甲。"))
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        raise AssertionError

    async def run() -> None:
        response = stream(answer, dialect=AnswerEvents(lambda error: {}), heartbeat=5)
        events = response.body_iterator
        await anext(events)
        await events.aclose()
        await asyncio.sleep(0)

    asyncio.run(run())
    assert cancelled.is_set()
