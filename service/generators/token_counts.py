"""Count the tokens of a prompt: with the model's tokenizer where there is one, else by a cautious estimate."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

from service.generators import Message
from service.settings import SettingsError

_OF_A_MESSAGE = 8
"""Marks of a chat template around one message and what opens the reply."""

# What one character costs, the most that tokenizers with Chinese in their vocabulary need: rare characters
# are spelled in bytes, digits one by one, an English word in pieces of three letters or so.
_COSTS = (
    (re.compile(r"[A-Za-z]"), 0.4),
    (re.compile(r"[ \t]"), 0.3),
    (re.compile(r"[一-鿿]"), 1.2),
    (re.compile(r"[\x00-\x7f　-〿＀-￯]"), 1.0),
)
_RARE = 3.0


def estimated_tokens(text: str) -> int:
    """Return at most about twice the tokens that `text` fills, and hardly ever fewer."""
    total = 0.0
    for pattern, cost in _COSTS:
        text, found = pattern.subn("", text)
        total += cost * found
    return math.ceil(total + _RARE * len(text))


class TokenCounter:
    """Counts tokens of messages."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder`: where the `tokenizer.json` of the model is; None estimates."""
        self._tokenizer = None
        if folder is not None:
            from tokenizers import Tokenizer

            file = folder if folder.suffix == ".json" else folder / "tokenizer.json"
            try:
                self._tokenizer = Tokenizer.from_file(str(file))
            except Exception as error:  # the library raises plain Exception
                raise SettingsError(
                    f"WENCE_LLM_TOKENIZER：读不了 {file}（{error}），应为该模型的 tokenizer.json"
                ) from error

    def count(self, messages: Sequence[Message]) -> int:
        """Return the tokens of `messages`, with what a chat template puts around them."""
        if self._tokenizer is None:
            return sum(estimated_tokens(message.content) + _OF_A_MESSAGE for message in messages)
        return sum(
            len(self._tokenizer.encode(message.content, add_special_tokens=False).ids) + _OF_A_MESSAGE
            for message in messages
        )
