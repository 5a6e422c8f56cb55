"""The values the service makes: a passage found, a citation, an answer or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from indexer.chunking import Chunk
from indexer.document import Document, Paragraph

EXTRACTIVE = "extractive"
"""Names what makes an answer of the documents' own sentences, where no language model wrote it."""
RefusalReason = Literal["no_evidence", "out_of_scope", "unsafe"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What the asker restricts the search to; an empty field restricts nothing. Dates are inclusive."""

    regions: tuple[str, ...] = ()
    document_ids: tuple[str, ...] = ()
    issued_from: date | None = None
    issued_to: date | None = None
    as_of: date | None = None
    """Answer from the versions that were in force on this day; None: from those in force today."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk found for a question, with the score that ranked it and its best paragraph."""

    chunk: Chunk
    document: Document
    paragraph: Paragraph
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A source paragraph that a statement stands on; `text[start:end] == quote`, always."""

    index: int
    """The `[n]` of the answer's text, counting from 1."""
    document: Document
    paragraph: Paragraph
    start: int
    end: int
    score: float

    @property
    def quote(self) -> str:
        """The words of the paragraph that carry the answer."""
        return self.paragraph.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, in a class that programs read and a sentence that people read."""

    reason: RefusalReason
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What leaves the service for one question."""

    question: str
    standalone_question: str
    text: str
    citations: tuple[Citation, ...] = ()
    refusal: Refusal | None = None
    suggestions: tuple[Passage, ...] = ()
    kind: str = "fact"
    """The kind of question that was understood: figure, deadline, office, list, …"""
    confidence: float = 0.0
    """Calibrated probability that the passages answer the question."""
    notice: str | None = None
    """A warning for the reader: an older version answered, the language model was down, …"""
    generator: str = EXTRACTIVE
    index_version: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    checks: Mapping[str, int] = field(default_factory=dict)
    """What the evidence check did: how many statements were `kept`, `dropped`, `replaced`, `moved`."""
    dropped: tuple[str, ...] = ()
    """What was found in the statements that were taken out, in short: `figure 3%`, `evidence`."""
    generation: str | None = None
    """How a language model fared: `written`, `replaced`, `refused`, `unneeded`, or why it failed (`down`,
    `slow`, `busy`, `broken`); None where none was asked."""

    @property
    def answered(self) -> bool:
        """False for a refusal."""
        return self.refusal is None
