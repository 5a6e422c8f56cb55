"""Send an answer as server-sent events."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent

from service.schemas import AnswerView

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}

# A piece ends behind the punctuation that ends a clause, and its citation marks stay with it.
_PIECE = re.compile(r"[^，。；：！？!?;\n]*(?:[，。；：！？!?;\n]+|$)(?:\[\d+\])*[，。；：！？!?;\n]*")


def pieces(text: str) -> Iterator[str]:
    """Cut an answer into readable pieces; joined, they are the answer."""
    for match in _PIECE.finditer(text):
        if match[0]:
            yield match[0]


def event(name: str, data: Any) -> ServerSentEvent:
    """Return one event; its data is JSON in a single line."""
    return ServerSentEvent(json.dumps(data, ensure_ascii=False), event=name, sep="\n")


def answer_events(answer: AnswerView) -> Iterator[ServerSentEvent]:
    """Yield what a finished answer is streamed as: meta, citations, the text, and the whole of it."""
    body = answer.model_dump(mode="json")
    yield event("meta", {name: body[name] for name in ("request_id", "standalone_question", "index_version")})
    yield event("citations", body["citations"])
    for piece in pieces(answer.answer):
        yield event("delta", {"text": piece})
    yield event("done", body)


def stream(
    answer: Callable[[], Awaitable[AnswerView]],
    *,
    problem: Callable[[Exception], dict[str, Any]],
    heartbeat: float,
) -> EventSourceResponse:
    """Return the response that waits for `answer()` and streams it.

    While it waits a comment goes out every `heartbeat` seconds, so that proxies keep the connection
    open. What `answer` raises goes out as an `error` event with the problem object. When the client
    goes away the waiting is cancelled.
    """

    async def events() -> AsyncIterator[ServerSentEvent]:
        try:
            finished = await answer()
        except Exception as error:
            yield event("error", problem(error))
            return
        for one in answer_events(finished):
            yield one

    return EventSourceResponse(
        events(),
        headers=HEADERS,
        ping=heartbeat,
        ping_message_factory=lambda: ServerSentEvent(comment="keep-alive", sep="\n"),
        sep="\n",
    )
