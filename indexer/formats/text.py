"""Read plain text: every line is a paragraph."""

from __future__ import annotations

from indexer.encoding import decode
from indexer.front_matter import split_front_matter
from indexer.source_text import Extraction, SourceLine
from indexer.wrapping import unwrap

SUFFIXES = (".txt", ".text")


def read(data: bytes, name: str) -> Extraction:
    """Read a .txt file, with front matter if it has any."""
    metadata, text = split_front_matter(decode(data))
    lines = tuple(SourceLine(line) for line in unwrap(text.split("\n")))
    return Extraction(lines, metadata=metadata)
