"""Run slow, CPU-bound work in threads, so much at a time and no more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Saturated(Exception):
    """Every thread is busy and the queue is full."""


class TookTooLong(Exception):
    """The work did not end within the time allowed."""


class Workers:
    """A pool of threads with a bounded queue.

    Work that its caller gave up on (a timeout, a client gone) keeps its thread until it ends, and
    counts as long: what is really running is what is limited.
    """

    def __init__(self, *, threads: int, queue: int, timeout: float) -> None:
        self.capacity = threads + queue
        self.timeout = timeout
        self.pending = 0
        """Pieces of work queued or running."""
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ask")

    @property
    def full(self) -> bool:
        """Whether `run` would raise Saturated now."""
        return self.pending >= self.capacity

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work()` returns; raise Saturated or TookTooLong, or what it raises."""
        if self.full:
            raise Saturated(f"{self.pending} pieces of work pending, at most {self.capacity} allowed")
        with self._lock:
            self.pending += 1
        future: Future[T] = self._pool.submit(work)
        future.add_done_callback(self._ended)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self.timeout)
        except TimeoutError as error:
            if future.done() and not future.cancelled():
                raise  # `work` itself raised it
            raise TookTooLong(f"no result within {self.timeout} s") from error

    def _ended(self, _: Future[T]) -> None:
        with self._lock:
            self.pending -= 1

    def close(self) -> None:
        """Let what runs end; drop what waits."""
        self._pool.shutdown(wait=False, cancel_futures=True)
