"""Keep answers for a while, so that a question asked again costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic

from cachetools import TTLCache

from service.answer import Answer, Filters, Turn
from service.personal import holds_personal_data

SECONDS = 3600.0
"""An answer is kept at most so long."""
_FAILED = frozenset({"down", "slow", "busy", "broken"})


@dataclass(frozen=True, slots=True)
class Asking:
    """Everything that an answer depends on: two that are equal have the same answer."""

    question: str
    history: tuple[Turn, ...]
    filters: Filters
    k: int
    index_version: str
    generator: str
    day: date
    """Which versions are in force, and what 今年 means, changes at midnight."""

    def texts(self) -> Sequence[str]:
        """Return what people wrote in it."""
        return (self.question, *(turn.content for turn in self.history))


class AnswerCache:
    """The answers asked for last, of one index version; used from one thread, the event loop's.

    Questions that hold personal data are neither kept nor looked up, and what was answered while the
    language model failed is not kept. The first answer of a new index version empties the cache, so
    that the documents of the old one can go.
    """

    def __init__(self, entries: int, *, clock: Callable[[], float] = monotonic) -> None:
        """`entries`: how many answers at most, those used last; 0 keeps none."""
        self._answers: TTLCache[Asking, Answer] = TTLCache(max(entries, 1), ttl=SECONDS, timer=clock)
        self._entries = entries
        self._version = ""

    def __len__(self) -> int:
        return len(self._answers)

    def keeps(self, asking: Asking) -> bool:
        """Tell whether an answer to `asking` may be kept at all."""
        return self._entries > 0 and not any(map(holds_personal_data, asking.texts()))

    def get(self, asking: Asking) -> Answer | None:
        """Return the answer that was kept, or None."""
        found: Answer | None = self._answers.get(asking)
        return found

    def put(self, asking: Asking, answer: Answer) -> None:
        """Keep `answer`, unless the language model failed on it or another index gave it."""
        if not self.keeps(asking) or answer.generation in _FAILED:
            return
        if asking.index_version != self._version:
            self._answers.clear()
            self._version = asking.index_version
        self._answers[asking] = answer
