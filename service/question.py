"""A question as the service understands it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from indexer.regions import Region

Kind = Literal[
    "figure",
    "deadline",
    "office",
    "list",
    "tasks",
    "procedure",
    "yesno",
    "definition",
    "compare",
    "metadata",
    "count",
    "fact",
]
Language = Literal["zh", "en"]
Quantity = Literal["money", "percent", "days", "date", "rank", "count", "any"]


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, made searchable: simplified characters, history resolved, names recognised."""

    original: str
    """As asked."""
    text: str
    """Self-contained, normalised to half-width and simplified characters."""
    topic: str
    """`text` without the regions and documents that were resolved into fields; in Chinese words where it is English."""
    language: Language
    kind: Kind
    quantity: Quantity | None = None
    """What kind of figure is asked for; None where none is."""
    regions: tuple[Region, ...] = ()
    """Regions that the question names, in its order."""
    years: tuple[int, ...] = ()
    document_ids: tuple[str, ...] = ()
    """Documents that the question names by title or number."""
    address: str | None = None
    """A clause that the question names by its number: `第十条`, `18`."""
    units: tuple[str, ...] = ()
    """Offices that the question names, as they stand in the corpus' trailers."""
    day: date | None = None
    """Last day of the date that the question names (`2022年8月底前` is 2022-08-31)."""
