"""Keep the newest good index serving: load a new version beside the old one, then swap."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from indexer.document import Document
from indexer.errors import IndexerError
from service.answer import EXTRACTIVE, Answer, Filters, Passage, Turn
from service.library import Library

logger = logging.getLogger(__name__)


class Asked(Protocol):
    """Answers questions from one version of the index; may be called from several threads."""

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = ...,
        k: int = 8,
        release: Callable[[Answer], None] = ...,
        cancelled: Callable[[], bool] = ...,
    ) -> Answer:
        """Return an answer, or a refusal; nothing is raised for want of evidence.

        While a language model writes, `release` is called, in the same thread, with what of the answer is
        checked already, each time more of it; where the answer in the end is another, that one stands.
        Once `cancelled()` nobody waits any longer, and what is returned does not matter.
        """
        ...

    def search(self, question: str, *, filters: Filters = ..., k: int = 10) -> list[Passage]:
        """Return at most `k` passages, best first."""
        ...


@dataclass(frozen=True, slots=True)
class Serving:
    """One loaded version of the index: what answers from it, and what can be read in it."""

    version: str
    assistant: Asked
    library: Library
    document: Callable[[str], Document | None]
    """Finds a document by its id."""
    model: str = ""
    """Name of the embedding model."""
    examples: tuple[str, ...] = ()
    """Questions drawn from the index, each of which it answers."""
    generator: str = EXTRACTIVE
    """What writes the answers; the name of a language model where there is one."""


class LiveIndex:
    """Holds the last good version; whoever took `serving` keeps it until done with it.

    `current_version` says which version is published (None: none yet) and is called often;
    `load` opens it. `changed` hears of every attempt: the version served then, and whether the
    attempt went well.
    """

    def __init__(
        self,
        *,
        current_version: Callable[[], str | None],
        load: Callable[[], Serving],
        interval: float = 2.0,
        retry: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
        changed: Callable[[Serving | None, bool], None] = lambda serving, ok: None,
    ) -> None:
        self.serving: Serving | None = None
        self.reason = "索引尚在加载。"
        """Why nothing is served; of no meaning while something is."""
        self.changed = changed
        self._current_version = current_version
        self._load = load
        self._interval = interval
        self._retry = retry
        self._clock = clock
        self._failed: tuple[str, float] | None = None
        """The version that could not be loaded, and when to try it again."""
        self._checking = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def check(self) -> None:
        """Load the published version unless it is served already; never raises.

        A version that failed is tried again after `retry` seconds, or at once when another one is
        published.
        """
        with self._checking:
            try:
                version = self._current_version()
            except (IndexerError, OSError) as error:
                self._unavailable(str(error))
                return
            if version is None:
                self._unavailable("还没有索引。请先运行：python -m indexer build")
                return
            if self.serving is not None and self.serving.version == version:
                return
            if self._failed and self._failed[0] == version and self._clock() < self._failed[1]:
                return
            self._swap(version)

    def _swap(self, version: str) -> None:
        began = self._clock()
        try:
            serving = self._load()
        except Exception as error:  # whatever is broken in the new version, the old one goes on
            self._failed = (version, self._clock() + self._retry)
            expected = isinstance(error, (IndexerError, OSError))
            kept = f"still serving {self.serving.version}" if self.serving else "nothing to serve"
            logger.error("can't load index version %s: %s; %s", version, error, kept, exc_info=not expected)
            self._unavailable(f"索引 {version} 无法加载：{error}")
            self.changed(self.serving, False)
            return
        self._failed = None
        self.serving = serving  # one assignment: a request sees the old version or the new one
        logger.info("serving index version %s, loaded in %.2f s", serving.version, self._clock() - began)
        self.changed(serving, True)

    def _unavailable(self, reason: str) -> None:
        if self.serving is None:
            self.reason = reason

    def start(self) -> None:
        """Check now and then every `interval` seconds, in a background thread."""
        if self._thread is None:
            self._stop.clear()
            self._thread = threading.Thread(target=self._watch, name="live-index", daemon=True)
            self._thread.start()

    def _watch(self) -> None:
        while True:
            self.check()
            if self._stop.wait(self._interval):
                return

    def stop(self) -> None:
        """End the background thread; what is served stays."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None
