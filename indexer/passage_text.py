"""Write a chunk the way it is searched: under its document's title and its headings."""

from __future__ import annotations

from indexer.chunking import Chunk
from indexer.document import Document


def passage_text(document: Document, chunk: Chunk) -> str:
    """Return what is embedded, and tokenised for the lexical index, in place of the bare chunk.

    A clause often makes sense only under its headings, and only with its city's name. A heading that the
    chunk itself begins with, or holds, is not said twice.
    """
    headings = (heading for heading in chunk.heading_path if heading not in chunk.text)
    return "\n".join(part for part in (document.title, *headings, chunk.text.strip()) if part)
