"""The values that reading a file makes: its lines as a format finds them, then its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

BLANK = " \t\r\n\f\v　\xa0\u200b\u200c\u200d\u2060\ufeff\u2002\u2003\u2009\u200a\u202f"
"""Characters that a line may hold and still be blank."""


HAN = re.compile(r"[一-鿿]{2}")
NO_TITLE = re.compile(
    r"\.\w{2,5}$|^Microsoft |^(?:文档|文稿|演示文稿|工作簿|无标题|未命名|新建)\s*\d*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One paragraph of a file, without line breaks."""

    text: str
    level: int | None = None
    """Heading level where the format marks one: 1 for `#`, `<h1>`, Heading 1; 0 for a title style."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one format finds in one file, before furniture is dropped."""

    lines: tuple[SourceLine, ...]
    title: str | None = None
    metadata: Mapping[str, str | None] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file as text: one paragraph a line, lines parted by `\\n`, furniture dropped.

    A paragraph stands here character for character as in the source.
    """

    text: str
    title: str | None = None
    """A hint from outside the text: `<title>` of a page, title property of a Word or PDF file."""
    headings: tuple[tuple[int, int], ...] = ()
    """Hints from the format's own headings: offset in `text` of the line, and `SourceLine.level`."""
    metadata: Mapping[str, str | None] = field(default_factory=dict)
    """What front matter, a side file or the page around the text states; it wins over the text.

    Dates are `YYYY-MM-DD`. None: stated to be unknown (`number: null`), so not to be looked for in the text.
    """
    warnings: tuple[str, ...] = ()
    """What could not be read of a file that could, in Chinese: a scanned page without text layer."""


def line_starts(lines: Iterable[SourceLine]) -> list[int]:
    """Return the offset of each line in the text that joins them by `\\n`."""
    starts, offset = [], 0
    for line in lines:
        starts.append(offset)
        offset += len(line.text) + 1
    return starts


def title_hint(title: str | None) -> str | None:
    """Return the title property of a file where it may be a title: some Chinese words, no file's name."""
    title = (title or "").strip(BLANK)
    return title if HAN.search(title) and not NO_TITLE.search(title) else None
