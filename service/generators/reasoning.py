"""Take a model's reasoning (`<think>…</think>`) out of what it writes, piece by piece."""

from __future__ import annotations

import re

_OPENING = re.compile(r"<think(?:ing)?>")
_CLOSING = re.compile(r"</think(?:ing)?>")
_TAGS = ("<think>", "<thinking>", "</think>", "</thinking>")


class ReasoningFilter:
    """Lets through what stands outside the reasoning, without the blanks before it.

    A tag may be cut anywhere between two pieces.
    """

    def __init__(self, *, thinking: bool = False) -> None:
        """`thinking`: the reply begins within the reasoning, because the prompt opened it."""
        self._thinking = thinking
        self._kept = ""
        self._begun = False
        self.closed_unopened = False
        """A closing tag came without an opening one: what was let through before it was reasoning."""

    def feed(self, piece: str) -> str:
        """Return what can be let through now."""
        text = self._kept + piece
        out = []
        while True:
            if self._thinking:
                closing = _CLOSING.search(text)
                if closing is None:
                    break
                self._thinking = False
                self._begun = False
                text = text[closing.end() :]
            else:
                tag = _OPENING.search(text)
                stray = _CLOSING.search(text)
                if stray is not None and (tag is None or stray.start() < tag.start()):
                    self.closed_unopened = True
                    return ""
                if tag is None:
                    break
                out.append(text[: tag.start()])
                self._thinking = True
                text = text[tag.end() :]
        kept = _unfinished_tag(text)
        self._kept = text[len(text) - kept :]
        if not self._thinking:
            out.append(text[: len(text) - kept])
        return self._without_first_blanks("".join(out))

    def end(self) -> str:
        """Return what was held back and is no tag after all."""
        kept, self._kept = self._kept, ""
        return "" if self._thinking else self._without_first_blanks(kept)

    def _without_first_blanks(self, text: str) -> str:
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        return text


def _unfinished_tag(text: str) -> int:
    """How many characters at the end of `text` may begin a tag."""
    start = text.rfind("<", max(0, len(text) - len("</thinking>")))
    if start < 0 or not any(tag.startswith(text[start:]) for tag in _TAGS):
        return 0
    return len(text) - start
