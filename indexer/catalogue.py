"""Keep documents and their chunks in one SQLite file, written once and then only read."""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from indexer.chunking import Chunk
from indexer.document import Document
from indexer.errors import BrokenIndex

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_SCHEMA = """
CREATE TABLE document (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    title TEXT NOT NULL,
    issuer TEXT,
    number TEXT,
    issued_on TEXT,
    effective_on TEXT,
    expires_on TEXT,
    region TEXT,
    status TEXT,
    digest_of TEXT,
    first_row INTEGER NOT NULL,
    chunk_count INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    text TEXT NOT NULL,
    structure TEXT NOT NULL,  -- the whole Document as JSON, but for what `text` holds
    chunks TEXT NOT NULL,     -- [[start, end, clause], ...]
    keys BLOB NOT NULL        -- KEY_BYTES a chunk, what its vector was made from
)
"""
_ENTRY = (
    "id, source, title, issuer, number, issued_on, effective_on, expires_on, region, status, digest_of, "
    "first_row, chunk_count, characters"
)
_DATES = ("issued_on", "effective_on", "expires_on")

KEY_BYTES = 16

Span = tuple[int, int, int]
"""Start, end and clause of a chunk."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the catalogue knows of a document without reading its text; see `Document` for the fields."""

    id: str
    source: str
    title: str
    issuer: str | None
    number: str | None
    issued_on: date | None
    effective_on: date | None
    expires_on: date | None
    region: str | None
    status: str | None
    digest_of: str | None
    first_row: int
    """Row of its first chunk; its chunks stand together, in text order."""
    chunk_count: int
    characters: int
    repealed_by: str | None = None
    """Title of the document of the same index that repeals this one; the index itself doesn't store it."""
    lineage: str | None = None
    """Title of the last document that carries on this one under another title, told by who repeals whom; not stored either."""


class CatalogueWriter:
    """Writes a new catalogue, document by document; rows are counted as they come."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file)
        # The file is written in a folder that nobody sees until all is done, and synced then.
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.execute(_SCHEMA)
        self.rows = 0
        self.documents = 0

    def __enter__(self) -> CatalogueWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._connection.commit()
        self._connection.close()

    def add(self, document: Document, chunks: Sequence[Chunk], *, keys: Sequence[bytes]) -> None:
        """Store a document and its chunks; `keys` says for each chunk what its vector was made from.

        Raises ValueError where the chunks are not numbered in order, under their clause's headings.
        """
        for number, chunk in enumerate(chunks, start=1):
            if chunk != _chunk(document, number, (chunk.start, chunk.end, chunk.clause)):
                raise ValueError(f"chunk {number} of {document.id} is not what its place says: {chunk.id}")
        if any(len(key) != KEY_BYTES for key in keys) or len(keys) != len(chunks):
            raise ValueError(f"{document.id}: expected {len(chunks)} keys of {KEY_BYTES} bytes")
        structure = _documents().dump_json(
            document, exclude={"text": True, "paragraphs": {"__all__": {"text"}}}
        )
        dates = [None if (day := getattr(document, name)) is None else day.isoformat() for name in _DATES]
        self._connection.execute(
            f"INSERT INTO document VALUES ({', '.join('?' * 19)})",
            (
                self.documents,
                document.id,
                document.source,
                document.title,
                document.issuer,
                document.number,
                *dates,
                document.region,
                document.status,
                document.digest_of,
                self.rows,
                len(chunks),
                len(document.text),
                document.text,
                structure.decode(),
                json.dumps([(chunk.start, chunk.end, chunk.clause) for chunk in chunks]),
                b"".join(keys),
            ),
        )
        self.documents += 1
        self.rows += len(chunks)


class Catalogue:
    """The documents of one index version and their chunks by row; safe to share between threads.

    Entries are kept in memory. Documents are read when asked for, and those last asked for are kept, up
    to `cached_characters` of text in all.
    """

    def __init__(self, file: Path, *, cached_characters: int = 8_000_000) -> None:
        self._file = file
        # Nobody writes to a published file, so no reader needs to lock it.
        uri = f"file:{quote(str(file.resolve()))}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise BrokenIndex(f"目录库 {file} 无法打开：{error}") from error
        self.close = weakref.finalize(self, self._connection.close)
        """Close the file; happens by itself when the catalogue is no longer in use."""
        self._reading = Lock()
        lines = self._query(f"SELECT {_ENTRY} FROM document ORDER BY position")
        self.entries: tuple[Entry, ...] = tuple(map(_entry, lines))
        """One a document, in the order of their rows."""
        self.rows = sum(entry.chunk_count for entry in self.entries)
        self._positions = {entry.id: position for position, entry in enumerate(self.entries)}
        self._first_rows = np.array([entry.first_row for entry in self.entries], dtype=np.int64)
        self._cached_characters = cached_characters
        self._cache: OrderedDict[str, tuple[Document, Sequence[Span]]] = OrderedDict()
        self._held = 0
        self._caching = Lock()

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, document_id: object) -> bool:
        return document_id in self._positions

    def entry(self, document_id: str) -> Entry:
        """Return what is known of a document; raises KeyError where there is none of that id."""
        return self.entries[self._positions[document_id]]

    def document(self, document_id: str) -> Document:
        """Return a document; raises KeyError where there is none of that id."""
        return self._get(document_id)[0]

    def chunk(self, row: int) -> Chunk:
        """Return the chunk of one row."""
        entry = self.entries[self.position(row)]
        document, spans = self._get(entry.id)
        number = int(row) - entry.first_row
        return _chunk(document, number + 1, spans[number])

    def chunks(self, rows: Iterable[int]) -> list[Chunk]:
        """Return the chunks of `rows`, in their order."""
        return [self.chunk(row) for row in rows]

    def chunks_of(self, document_id: str) -> list[Chunk]:
        """Return the chunks of one document, in text order; raises KeyError like `document`."""
        document, spans = self._get(document_id)
        return [_chunk(document, number, span) for number, span in enumerate(spans, start=1)]

    def position(self, row: int) -> int:
        """Return the place in `entries` of the document that `row` belongs to."""
        if not 0 <= row < self.rows:
            raise IndexError(f"row: expected 0 to {self.rows - 1}, got {row}")
        return int(np.searchsorted(self._first_rows, row, side="right")) - 1

    def rows_of(self, document_ids: Iterable[str]) -> NDArray[np.bool_]:
        """Return a mask over the rows, true for those of the documents named; an unknown id has none."""
        mask = np.zeros(self.rows, dtype=np.bool_)
        for document_id in document_ids:
            if document_id in self._positions:
                entry = self.entries[self._positions[document_id]]
                mask[entry.first_row : entry.first_row + entry.chunk_count] = True
        return mask

    def keys(self) -> list[bytes]:
        """Return for each row what its vector was made from, as `CatalogueWriter.add` was told."""
        joined = b"".join(blob for (blob,) in self._query("SELECT keys FROM document ORDER BY position"))
        return [joined[start : start + KEY_BYTES] for start in range(0, len(joined), KEY_BYTES)]

    def _get(self, document_id: str) -> tuple[Document, Sequence[Span]]:
        if document_id not in self._positions:
            raise KeyError(document_id)
        with self._caching:
            if document_id in self._cache:
                self._cache.move_to_end(document_id)
                return self._cache[document_id]
        found = self._read(document_id)
        with self._caching:
            if document_id not in self._cache:
                self._held += len(found[0].text)
            self._cache[document_id] = found
            while self._held > self._cached_characters and len(self._cache) > 1:
                _, (dropped, _) = self._cache.popitem(last=False)
                self._held -= len(dropped.text)
        return found

    def _read(self, document_id: str) -> tuple[Document, Sequence[Span]]:
        lines = self._query("SELECT text, structure, chunks FROM document WHERE id = ?", (document_id,))
        try:
            ((text, structure, chunks),) = lines
            values = json.loads(structure)
            values["text"] = text
            for paragraph in values["paragraphs"]:
                paragraph["text"] = text[paragraph["start"] : paragraph["end"]]
            # JSON has neither tuples nor dates: lax validation makes them from lists and strings.
            return _documents().validate_python(values), [tuple(span) for span in json.loads(chunks)]
        except (ValueError, KeyError, TypeError) as error:  # pydantic's error is a ValueError
            raise BrokenIndex(f"目录库 {self._file} 里的文件“{document_id}”已损坏：{error}") from error

    def _query(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._reading:
                return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise BrokenIndex(f"目录库 {self._file} 无法读取：{error}") from error


def _entry(line: Sequence[Any]) -> Entry:
    values = dict(zip(_ENTRY.split(", "), line, strict=True))
    for name in _DATES:
        if values[name] is not None:
            values[name] = date.fromisoformat(values[name])
    return Entry(**values)


def _chunk(document: Document, number: int, span: Span) -> Chunk:
    start, end, clause = span
    return Chunk(
        f"{document.id}#c{number}",
        document.id,
        document.text[start:end],
        start,
        end,
        clause,
        document.heading_path(clause),
    )


@cache
def _documents() -> TypeAdapter[Document]:
    from pydantic import TypeAdapter

    return TypeAdapter(Document)
