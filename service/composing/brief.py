"""What a composer works from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
