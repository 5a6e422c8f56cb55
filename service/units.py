"""The sentences of sources, each with what stands above it, and which of them may carry one claim together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.document import Document, Paragraph
from service.composing.wording import without_marker
from service.evidence import Span


@dataclass(frozen=True)
class Unit:
    """A sentence of a source, with what its clause says above it."""

    source: int
    document: Document
    paragraph: Paragraph
    start: int
    end: int
    is_heading: bool
    is_trailer: bool

    @property
    def text(self) -> str:
        return self.paragraph.text[self.start : self.end]

    @property
    def span(self) -> Span:
        return Span(self.document, self.paragraph, self.start, self.end)

    @cached_property
    def words(self) -> str:
        """The text without the number that its clause begins with."""
        return without_marker(self.span)

    @cached_property
    def headings(self) -> tuple[str, ...]:
        return self.document.heading_path(self.paragraph.clause)

    @cached_property
    def above(self) -> str:
        return " ".join((*self.headings, self.document.title, self.document.region or ""))


@dataclass(frozen=True)
class Group:
    """The sentences that may carry one claim together: those of a clause, and those that lead in to it."""

    units: tuple[Unit, ...]
    rows: NDArray[np.int64] = field(repr=False)


def goes_along(unit: Unit) -> bool:
    """It says nothing alone: a heading, a trailer, or what leads in to items."""
    return unit.is_heading or unit.is_trailer or unit.text.rstrip().endswith(("：", ":"))
