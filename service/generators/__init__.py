"""What writes an answer from a prompt: one small protocol, and the ways in which it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Failure = Literal["down", "slow", "busy", "broken"]
"""Not reached or answering with an error; out of time; too many at once; an answer that can't be read."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


class GenerationError(Exception):
    """The model gave no (whole) answer. The message is for the operator's log, `reason` for metrics."""

    def __init__(self, reason: Failure, message: str) -> None:
        super().__init__(message)
        self.reason: Failure = reason


def never() -> bool:
    """Nobody gave up."""
    return False


class Generator(Protocol):
    """Writes text; may be called from several threads."""

    model: str
    """Name of the model, as an answer names it."""
    context: int
    """Tokens that prompt and reply may fill together."""
    max_tokens: int
    """Most tokens of a reply."""

    def count(self, messages: Sequence[Message]) -> int:
        """Return the tokens that `messages` fill; more rather than fewer where the tokenizer is unknown."""
        ...

    def generate(
        self, messages: Sequence[Message], *, seconds: float, cancelled: Callable[[], bool] = never
    ) -> Iterator[str]:
        """Yield the reply piece by piece.

        Raises GenerationError, before or between pieces: `slow` once `seconds` are over, `busy`
        where no place came free in that time. Ends early, without an error, when `cancelled()`.
        """
        ...
