"""Understand a policy file's text as a Document."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from indexer.document import Document
from indexer.frame import frame
from indexer.metadata import read_metadata
from indexer.source_text import SourceText
from indexer.structure import build


def parse(source: SourceText, *, document_id: str, source_name: str) -> Document:
    """Recover metadata, clauses and paragraphs; a text without any title goes by its file's name."""
    lines = frame(source.text, source.headings)
    metadata = read_metadata(source.text, lines, stated=source.metadata, hint=source.title)
    title = metadata.title or PurePosixPath(source_name).stem
    clauses, paragraphs = build(
        source.text,
        lines,
        document_id=document_id,
        year=metadata.issued_on.year if metadata.issued_on else _year(title),
    )
    return Document(
        id=document_id,
        title=title,
        text=source.text,
        source=source_name,
        clauses=clauses,
        paragraphs=paragraphs,
        issuer=metadata.issuer,
        number=metadata.number,
        issued_on=metadata.issued_on,
        effective_on=metadata.effective_on,
        expires_on=metadata.expires_on,
        region=metadata.region,
        status=metadata.status,
        digest_of=metadata.digest_of,
    )


def _year(title: str) -> int | None:
    """The one year that a title names."""
    years = set(re.findall(r"(?<!\d)(20\d{2})年", title))
    return int(years.pop()) if len(years) == 1 else None
