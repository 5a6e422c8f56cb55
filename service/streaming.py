"""Send an answer as server-sent events, its checked parts while the rest is being written."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any, Protocol

from sse_starlette import EventSourceResponse, ServerSentEvent

from service.schemas import AnswerView

HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}

Release = Callable[[AnswerView], None]
"""Takes what of an answer may be shown already, each time more of it; may be called from any thread."""

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


class Dialect(Protocol):
    """Says an answer in events; made anew for each answer, told in order: grew, …, then ended or failed."""

    def grew(self, answer: AnswerView) -> Iterator[ServerSentEvent]:
        """Yield what is to be sent now that so much of the answer is checked."""
        ...

    def ended(self, answer: AnswerView) -> Iterator[ServerSentEvent]:
        """Yield the rest, now that the answer is whole."""
        ...

    def failed(self, error: Exception) -> Iterator[ServerSentEvent]:
        """Yield what says that there will be no answer."""
        ...


class Growth:
    """The text that was sent so far."""

    def __init__(self) -> None:
        self.sent = ""

    def rest(self, text: str) -> str | None:
        """Return what of `text` is new, as sent from now on; None where it does not begin as what was sent."""
        if not text.startswith(self.sent):
            return None
        new = text[len(self.sent) :]
        self.sent = text
        return new


class AnswerEvents:
    """The dialect of `/api/v1/ask`: meta, citations, deltas, and the whole answer at the end.

    Citations are sent again, more of them, before the first delta that uses a new one. Where the answer
    in the end is not the one that was begun, the deltas stop and `done` says what stands.
    """

    def __init__(self, problem: Callable[[Exception], dict[str, Any]]) -> None:
        self._problem = problem
        self._growth = Growth()
        self._citations: list[Any] | None = None
        self._begun = False

    def grew(self, answer: AnswerView) -> Iterator[ServerSentEvent]:
        """Yield the citations that are new and the text that is."""
        body = answer.model_dump(
            mode="json", include={"request_id", "standalone_question", "index_version", "citations"}
        )
        citations = body.pop("citations")
        if not self._begun:
            self._begun = True
            yield event("meta", body)
        new = self._growth.rest(answer.answer)
        if new is None:
            return
        if citations != self._citations:
            self._citations = citations
            yield event("citations", citations)
        for piece in pieces(new):
            yield event("delta", {"text": piece})

    def ended(self, answer: AnswerView) -> Iterator[ServerSentEvent]:
        """Yield what is left to say, and the whole."""
        yield from self.grew(answer)
        yield event("done", answer.model_dump(mode="json"))

    def failed(self, error: Exception) -> Iterator[ServerSentEvent]:
        """Yield the problem."""
        yield event("error", self._problem(error))


def stream(
    answer: Callable[[Release], Awaitable[AnswerView]], *, dialect: Dialect, heartbeat: float
) -> EventSourceResponse:
    """Return the response that waits for `answer(release)` and streams it, and before that what it releases.

    While nothing comes, a comment goes out every `heartbeat` seconds, so that proxies keep the
    connection open. What `answer` raises goes out as the dialect says. When the client goes away
    the waiting is cancelled.
    """

    async def events() -> AsyncIterator[ServerSentEvent]:
        loop = asyncio.get_running_loop()
        grown: asyncio.Queue[AnswerView | None] = asyncio.Queue()

        def release(part: AnswerView) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody listens any longer
                loop.call_soon_threadsafe(grown.put_nowait, part)

        asked = asyncio.ensure_future(answer(release))
        asked.add_done_callback(lambda _: grown.put_nowait(None))
        try:
            while (part := await grown.get()) is not None:
                for one in dialect.grew(part):
                    yield one
            try:
                finished = await asked
            except Exception as error:
                told = dialect.failed(error)
            else:
                told = dialect.ended(finished)
            for one in told:
                yield one
        finally:
            asked.cancel()

    return EventSourceResponse(
        events(),
        headers=HEADERS,
        ping=heartbeat,
        ping_message_factory=lambda: ServerSentEvent(comment="keep-alive", sep="\n"),
        sep="\n",
    )
