"""Write a chunk the way it is searched: under its document's title and its headings."""

from __future__ import annotations

import re

from indexer.chunking import Chunk
from indexer.document import Document

_REFERENCE = re.compile(
    r"(?:违反|依照|按照|根据|适用)(?:了)?本(?:条例|法|办法|规定|细则|实施细则|规则|章程|规程)(?:的)?"
    r"(?P<first>第[〇零一二三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十])?)"
)
_QUOTED = 90
_MOST_REFERENCES = 2


def passage_text(document: Document, chunk: Chunk) -> str:
    """Return what is embedded, and tokenised for the lexical index, in place of the bare chunk.

    A clause often makes sense only under its headings, and only with its city's name. A heading that the
    chunk itself begins with, or holds, is not said twice. A clause that punishes what another article
    forbids (违反本条例第十六条规定) is found by that article's words too.
    """
    headings = (heading for heading in chunk.heading_path if heading not in chunk.text)
    return "\n".join(
        part
        for part in (document.title, *headings, chunk.text.strip(), referred_text(document, chunk))
        if part
    )


def referred_text(document: Document, chunk: Chunk) -> str:
    """Return the opening words of the articles that a chunk applies, at most two; empty where it names none."""
    labels = list(dict.fromkeys(match["first"] for match in _REFERENCE.finditer(chunk.text)))[
        :_MOST_REFERENCES
    ]
    found: list[str] = []
    for label in labels:
        clause = next((clause for clause in document.clauses if clause.label == label), None)
        if clause is not None and not chunk.start <= clause.start < chunk.end:
            found.append(document.text[clause.start : clause.end].strip()[:_QUOTED].replace("\n", " "))
    return "\n".join(found)
