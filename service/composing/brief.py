"""What a composer works from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from indexer.document import Document
from service.question import Question
from service.ranking import Found


@dataclass(frozen=True, slots=True)
class Brief:
    """A question with everything that was found for it."""

    question: Question
    found: Found
    """Over all documents that may answer."""
    by_region: Mapping[str, Found] = field(default_factory=dict)
    """For a comparison, or a question that names no city where several answer: one search per region."""
    documents: tuple[Document, ...] = ()
    """The documents that may answer, those found first; at most a few dozen."""
    several_regions: bool = False
    """The index holds documents of more than one region, so that an answer has to name its own."""
    threshold: float = 0.5
    """Confidence below which a search counts as silent."""
    editions: Mapping[str, tuple[Document, ...]] = field(default_factory=dict)
    """For questions about documents themselves: the versions of each document's regulation, oldest first, where
    there are several; by the id of each of them."""
    by_version: Mapping[str, Found] = field(default_factory=dict)
    """For a question about what changed: one search per version of the regulation, by document id, oldest first."""
    repealing: Mapping[str, Document] = field(default_factory=dict)
    """For questions about documents themselves: the document that repeals one by name, by the id of that one."""
    day: date | None = None
    """The day as of which to answer."""
