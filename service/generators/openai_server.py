"""Have a server that speaks OpenAI's dialect write: vLLM, Ollama, Xinference, one-api, a cloud."""

from __future__ import annotations

import contextlib
import logging
import queue
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.generators import GenerationError, Message, never
from service.generators.reasoning import ReasoningFilter
from service.generators.token_counts import TokenCounter

if TYPE_CHECKING:
    import openai

logger = logging.getLogger(__name__)

_GLANCE = 0.1
"""Seconds between two looks at whether somebody gave up or time is over."""
_LONGEST_TOKEN = 16
"""Characters of a token, at most; a reply with more to each heeds no limit."""
_WORTH_ANOTHER_TRY = frozenset({408, 409, 429, 500, 502, 503, 504})
_LONGEST_PAUSE = 8.0


class OpenAIGenerator:
    """Writes with a model behind an OpenAI-compatible server; safe to share between threads."""

    def __init__(
        self,
        base_url: str,
        model: str | None = None,
        api_key: str | None = None,
        *,
        context: int = 8192,
        max_tokens: int = 800,
        temperature: float = 0.0,
        retries: int = 2,
        concurrency: int = 4,
        stream: bool = True,
        extra: Mapping[str, Any] | None = None,
        tokenizer: Path | None = None,
        connect: float = 5.0,
        first_token: float = 20.0,
        between_tokens: float = 10.0,
        pause: float = 0.5,
    ) -> None:
        """`model`: None takes the first that the server lists, once the first reply is wanted.

        `extra`: parameters that go into every request as they are. `connect`, `first_token` and
        `between_tokens`: longest waits in seconds, within the time for the whole reply; without
        `stream` only the whole counts. `pause`: seconds before the second try, about doubled for
        each further one; a server's Retry-After goes before. Key, organization and project of the
        OPENAI_* variables are not sent.
        """
        self.model = model or "unnamed"
        self.context = context
        self.max_tokens = max_tokens
        self._base_url = base_url
        self._api_key = api_key
        self._retries = retries
        self._stream = stream
        self._extra = dict(extra or {})
        self._connect = connect
        self._first_token = first_token
        self._between_tokens = between_tokens
        self._pause = pause
        self._counter = TokenCounter(tokenizer)
        self._places = threading.BoundedSemaphore(concurrency)
        self._named = model is not None
        self._found_by_itself = model is None
        self._options: dict[str, Any] = {"max_tokens": max_tokens, "temperature": temperature}
        self._thinks_unopened = False
        self._lock = threading.Lock()
        self._made: openai.OpenAI | None = None

    def count(self, messages: Sequence[Message]) -> int:
        """Return the tokens that `messages` fill: an estimate, unless a tokenizer was given."""
        return self._counter.count(messages)

    def generate(
        self, messages: Sequence[Message], *, seconds: float, cancelled: Callable[[], bool] = never
    ) -> Iterator[str]:
        """Yield the reply piece by piece, without the model's reasoning.

        Raises GenerationError; with `broken` also after the last piece of a reply that was cut at
        `max_tokens`, and for one that holds nothing but reasoning.
        """
        end = time.monotonic() + seconds
        if not self._take_place(end, cancelled):
            return
        reading = _Reading(self, messages, end)
        reading.start()
        try:
            yield from self._read(reading, end, cancelled)
        finally:
            reading.stop()

    def find_model(self, *, seconds: float) -> None:
        """Ask the server for its first model, unless one was named; raises GenerationError."""
        if self._named:
            return
        import openai

        try:
            self._find_model(self._client(), _timeout(connect=seconds, read=seconds))
        except openai.APIError as error:
            raise self._translated(error) from error
        except ValueError as error:
            raise self._error("broken", f"no list of models: {error}") from error

    def _take_place(self, end: float, cancelled: Callable[[], bool]) -> bool:
        """Wait for a place; return False where the asker gave up."""
        while not cancelled():
            left = end - time.monotonic()
            if self._places.acquire(timeout=max(0.0, min(_GLANCE, left))):
                return True
            if left <= 0:
                raise GenerationError("busy", f"{self.model}: no place came free in time")
        return False

    def _read(self, reading: _Reading, end: float, cancelled: Callable[[], bool]) -> Iterator[str]:
        reasoning = ReasoningFilter(thinking=self._thinks_unopened)
        wrote = False
        for piece in self._pieces(reading, end, cancelled):
            text = reasoning.feed(piece)
            if reasoning.closed_unopened:
                # Its next replies are read as beginning within the reasoning.
                self._thinks_unopened = True
                raise GenerationError(
                    "broken",
                    f"{self.model}: reasoning that no tag opens; turn on the server's reasoning parser",
                )
            if text:
                wrote = wrote or bool(text.strip())
                yield text
        if cancelled():
            return
        last = reasoning.end()
        if last:
            wrote = wrote or bool(last.strip())
            yield last
        if reading.cut_short:
            raise GenerationError("broken", f"{self.model}: the reply was cut at {self.max_tokens} tokens")
        if not wrote:
            self._thinks_unopened = False
            raise GenerationError("broken", f"{self.model}: an empty reply")

    def _pieces(self, reading: _Reading, end: float, cancelled: Callable[[], bool]) -> Iterator[str]:
        """Yield what the server sends as it comes."""
        while not cancelled():
            try:
                piece = reading.pieces.get(timeout=_GLANCE)
            except queue.Empty:
                piece = ""
            if piece is None:
                return
            if isinstance(piece, GenerationError):
                raise piece
            if piece:
                yield piece
            now = time.monotonic()
            if now >= end:
                raise GenerationError("slow", f"{self.model}: the whole reply did not come in time")
            if not piece and now >= reading.patience:
                raise GenerationError("slow", f"{self.model}: the next token did not come in time")

    def _client(self) -> openai.OpenAI:
        with self._lock:
            if self._made is None:
                import openai

                self._made = openai.OpenAI(
                    base_url=self._base_url,
                    # Never the key that another program's OPENAI_API_KEY holds.
                    api_key=self._api_key or "none",
                    max_retries=0,
                    # What is asked stays with the server that was named.
                    http_client=openai.DefaultHttpxClient(follow_redirects=False),
                )
                self._made.organization = self._made.project = None
            return self._made

    def _adapts(self, words: str, used: Mapping[str, Any]) -> bool:
        """Whether a request with the options `used`, refused with `words`, can be put in another way.

        If so, the next will be.
        """
        if used != self._options:
            return True  # another thread has found out already
        if "max_completion_tokens" in words and "max_tokens" in self._options:
            self._options = {
                **{name: value for name, value in self._options.items() if name != "max_tokens"},
                "max_completion_tokens": self.max_tokens,
            }
            return True
        if "temperature" in words and "support" in words and "temperature" in self._options:
            self._options = {name: value for name, value in self._options.items() if name != "temperature"}
            return True
        return False

    def _find_model(self, client: openai.OpenAI, timeout: Any) -> None:
        listed = client.models.list(timeout=timeout)
        name = next((getattr(model, "id", None) for model in getattr(listed, "data", None) or ()), None)
        if not isinstance(name, str):
            raise self._error("broken", "the server lists no model; WENCE_LLM_MODEL must name one")
        self.model, self._named = name, True

    def _translated(self, error: openai.APIError) -> GenerationError:
        import openai

        if isinstance(error, openai.APITimeoutError):
            if "Connect" in type(error.__cause__).__name__:
                return self._error("down", "no connection in time")
            return self._error("slow", "nothing came in time")
        if isinstance(error, openai.APIConnectionError):
            return self._error("down", f"connection: {error.__cause__ or error}")
        if isinstance(error, openai.RateLimitError):
            return self._error("busy", f"429: {error.message}")
        if isinstance(error, openai.NotFoundError):
            if self._found_by_itself:
                self._named = False
            return self._error(
                "down", f"404: {error.message} (does WENCE_LLM_BASE_URL end as it should, often in /v1?)"
            )
        if isinstance(error, openai.APIStatusError):
            return self._error("down", f"{error.status_code}: {error.message}")
        if isinstance(error, openai.APIResponseValidationError):
            return self._error("broken", error.message)
        return self._error("down", error.message)

    def _error(self, reason: Any, words: str) -> GenerationError:
        """Name the model; never repeat the key, which some servers send back."""
        key = self._api_key
        shown = words.replace(key, "***") if key else words
        return GenerationError(reason, f"{self.model}: {shown[:300]}")


class _Reading(threading.Thread):
    """One reply, read in a thread of its own, so that the time limit holds whatever the server does.

    It keeps its generator's place until it really ends.
    """

    def __init__(self, generator: OpenAIGenerator, messages: Sequence[Message], end: float) -> None:
        super().__init__(name="llm", daemon=True)
        self.pieces: queue.SimpleQueue[str | GenerationError | None] = queue.SimpleQueue()
        """Pieces of the reply; None or an error is the last."""
        self.patience = end
        """When the next sign of life must have come."""
        self.cut_short = False
        self._generator = generator
        self._messages = messages
        self._end = end
        self._characters = 0
        self._stopped = threading.Event()
        self._response: Any = None
        self._ended = False
        self._options: Mapping[str, Any] = generator._options

    def stop(self) -> None:
        """End the reading soon, wherever it is."""
        self._stopped.set()
        response = self._response
        if response is None or self._ended:
            return
        # Wakes the thread, which may be waiting for bytes that do not come.
        with contextlib.suppress(OSError, AttributeError, KeyError):
            response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        try:
            self._try_until_it_works()
            self.pieces.put(None)
        except GenerationError as error:
            self.pieces.put(error)
        except Exception as error:
            # Nothing that a server sends may leave the asker without an answer.
            logger.debug("unreadable reply", exc_info=True)
            self.pieces.put(self._generator._error("broken", f"{type(error).__name__}: {error}"))
        finally:
            self._ended = True
            self._generator._places.release()

    def _try_until_it_works(self) -> None:
        import openai

        tries = 0
        while not self._stopped.is_set():
            try:
                self._once()
                return
            except openai.APIError as error:
                failure = self._generator._translated(error)
                if isinstance(error, openai.BadRequestError) and self._generator._adapts(
                    str(error), self._options
                ):
                    continue
                again = (
                    tries < self._generator._retries and not self._characters and _worth_another_try(error)
                )
                pause = self._pause(error, tries)
                if not again or time.monotonic() + pause >= self._end:
                    raise failure from error
                logger.info("%s; trying again in %.1f s", failure, pause)
                tries += 1
                self.patience = self._end
                self._stopped.wait(pause)

    def _once(self) -> None:
        generator = self._generator
        client = generator._client()
        left = self._end - time.monotonic()
        wait = left if not generator._stream else min(left, generator._first_token)
        self.patience = time.monotonic() + wait
        timeout = _timeout(connect=min(generator._connect, max(left, 0.1)), read=max(wait, 0.1))
        if not generator._named:
            generator._find_model(client, timeout)
        self._options = generator._options
        create: Any = client.chat.completions.create
        reply = create(
            model=generator.model,
            messages=[{"role": message.role, "content": message.content} for message in self._messages],
            stream=generator._stream,
            extra_body=generator._extra,
            timeout=timeout,
            **self._options,
        )
        if not generator._stream:
            self._take(reply, "message")
            return
        with reply:
            self._response = reply.response
            finished = False
            for chunk in reply:
                if self._stopped.is_set():
                    return
                self.patience = time.monotonic() + generator._between_tokens
                finished = self._take(chunk, "delta") or finished
        if not finished and not self._stopped.is_set():
            words = "the connection ended within the reply" if self._characters else "not a chat completion"
            raise self._generator._error("down" if self._characters else "broken", words)

    def _take(self, reply: Any, part: str) -> bool:
        """Hand on the text of a chunk or a whole reply; return whether it is the last of it."""
        choices = getattr(reply, "choices", None)
        if not choices:
            if part == "message":
                raise self._generator._error("broken", f"not a chat completion: {str(reply)[:200]}")
            return False
        choice = choices[0]
        text = getattr(getattr(choice, part, None), "content", None)
        if text is not None and not isinstance(text, str):
            raise self._generator._error("broken", f"content is {type(text).__name__}, expected a string")
        if text:
            self._characters += len(text)
            if self._characters > self._generator.max_tokens * _LONGEST_TOKEN:
                raise self._generator._error("broken", f"more than {self._generator.max_tokens} tokens")
            self.pieces.put(text)
        reason = getattr(choice, "finish_reason", None)
        if reason == "content_filter":
            raise self._generator._error("broken", "the server's content filter kept the reply back")
        self.cut_short = self.cut_short or reason == "length"
        return reason is not None

    def _pause(self, error: Exception, tries: int) -> float:
        asked = _retry_after(error)
        if asked is not None:
            return asked
        return min(_LONGEST_PAUSE, self._generator._pause * (1 << tries) * random.uniform(0.8, 1.2))


def _timeout(*, connect: float, read: float) -> Any:
    import openai

    return openai.Timeout(read, connect=connect, write=read, pool=connect)


def _worth_another_try(error: openai.APIError) -> bool:
    import openai

    if isinstance(error, openai.APIStatusError):
        return error.status_code in _WORTH_ANOTHER_TRY
    if isinstance(error, openai.APITimeoutError):
        return "Connect" in type(error.__cause__).__name__
    return isinstance(error, openai.APIConnectionError)


def _retry_after(error: Exception) -> float | None:
    """Seconds that the server asks to wait, as a number or as a date."""
    value = getattr(getattr(error, "response", None), "headers", {}).get("retry-after")
    if not value:
        return None
    with contextlib.suppress(ValueError):
        return max(0.0, float(value))
    with contextlib.suppress(ValueError):
        when = parsedate_to_datetime(value)
        return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
    return None
