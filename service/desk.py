"""Put a question to the index that serves now: admitted, counted, in a thread, within its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from starlette.requests import Request

from service.answer import Answer, Filters, Passage, Turn
from service.answer_cache import AnswerCache, Asking
from service.feedback import RecentAnswers
from service.live_index import LiveIndex, Serving
from service.metrics import Metrics
from service.problems import Problem
from service.security import Gate
from service.workers import Saturated, TookTooLong, Workers

EVERYTHING = Filters()
"""No restriction."""


class Desk:
    """Where every question arrives, whichever page or dialect it came by."""

    def __init__(
        self,
        *,
        live: LiveIndex,
        gate: Gate,
        workers: Workers,
        metrics: Metrics,
        recent: RecentAnswers,
        cache: AnswerCache,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.live = live
        self.gate = gate
        self.metrics = metrics
        self.recent = recent
        self._workers = workers
        self._cache = cache
        self._today = today

    def serving(self) -> Serving:
        """Return the index that serves now, to be kept until the request ends; 503 without one."""
        serving = self.live.serving
        if serving is None:
            raise Problem(503, "no-index", self.live.reason, headers={"Retry-After": "5"})
        return serving

    def open(self, request: Request) -> Serving:
        """Admit a question and return the index to put it to; raise the Problem that it ends with.

        Everything that can be refused before work begins is refused here, so that a stream starts
        only when there is somebody to answer.
        """
        self.gate.admit(request)
        self.gate.count(request)
        serving = self.serving()
        if self._workers.full:
            raise _saturated()
        return serving

    async def ask(
        self,
        serving: Serving,
        question: str,
        *,
        request_id: str,
        history: Sequence[Turn] = (),
        filters: Filters = EVERYTHING,
        k: int = 8,
        release: Callable[[Answer], None] = lambda answer: None,
    ) -> Answer:
        """Return the answer, counted and remembered under its request id.

        `release` hears, in the worker's thread, of what is checked while a language model writes. When
        the caller gives up waiting, the model is stopped.
        """
        began = time.perf_counter()
        asking = Asking(
            question, tuple(history), filters, k, serving.version, serving.generator, self._today()
        )
        keeps = self._cache.keeps(asking)
        answer = self._cache.get(asking) if keeps else None
        self.metrics.cache.labels("bypass" if not keeps else "hit" if answer else "miss").inc()
        if answer is not None:
            spent = round((time.perf_counter() - began) * 1000, 2)
            answer = replace(answer, timings_ms={"cache": spent, "total": spent})
            self.metrics.answered(answer, again=True)
            self.recent.add(request_id, answer)
            return answer
        given_up = threading.Event()
        try:
            answer = await self._workers.run(
                lambda: serving.assistant.ask(
                    question,
                    history=history,
                    filters=filters,
                    k=k,
                    release=release,
                    cancelled=given_up.is_set,
                )
            )
        except Saturated as error:
            raise _saturated() from error
        except TookTooLong as error:
            raise _too_long(self._workers.timeout) from error
        finally:
            given_up.set()  # reached early where nobody waits any longer
        if "total" not in answer.timings_ms:
            total = (time.perf_counter() - began) * 1000
            answer = replace(answer, timings_ms={**answer.timings_ms, "total": total})
        if not answer.index_version:
            answer = replace(answer, index_version=serving.version)
        self._cache.put(asking, answer)
        self.metrics.answered(answer)
        self.recent.add(request_id, answer)
        return answer

    async def search(
        self, serving: Serving, question: str, *, filters: Filters = EVERYTHING, k: int = 10
    ) -> list[Passage]:
        """Return at most `k` passages, best first."""
        try:
            return await self._workers.run(lambda: serving.assistant.search(question, filters=filters, k=k))
        except Saturated as error:
            raise _saturated() from error
        except TookTooLong as error:
            raise _too_long(self._workers.timeout) from error


def _saturated() -> Problem:
    return Problem(503, "saturated", "正在处理的提问太多，请稍后再试。", headers={"Retry-After": "2"})


def _too_long(seconds: float) -> Problem:
    return Problem(
        503, "timeout", f"这次提问在 {seconds:g} 秒内没有处理完，请稍后再试。", headers={"Retry-After": "10"}
    )
