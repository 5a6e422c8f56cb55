"""What ranking needs to know of a chunk, computed once: its tokens, sentences and figures."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.chunking import Chunk
from indexer.document import Document, Paragraph
from indexer.embedding import Embedder
from indexer.passage_text import referred_text
from indexer.tables import cells_of
from indexer.tokens import lexical_tokens
from service.figures import Figure, figures
from service.sentences import sentences
from service.tables import figures_of_row, header_of, is_header, unit_above

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence of a chunk, as ranking sees it; `paragraph.text[start:end] == text`."""

    paragraph: Paragraph
    start: int
    end: int
    text: str
    tokens: frozenset[str]
    figures: tuple[Figure, ...]
    is_heading: bool
    """The sentence is nothing but the clause's own heading, or the header of a table."""
    is_trailer: bool
    """The sentence is nothing but a trailer: who does the task and by when."""


@dataclass(frozen=True, slots=True)
class ChunkView:
    """A chunk, as ranking sees it."""

    chunk: Chunk
    document: Document
    tokens: frozenset[str]
    path_tokens: frozenset[str]
    """Of the headings, and of the articles that the chunk applies."""
    title_tokens: frozenset[str]
    sentences: tuple[SentenceView, ...]


def view_of(chunk: Chunk, document: Document) -> ChunkView:
    """Read `chunk` for ranking."""
    found: list[SentenceView] = []
    for paragraph in paragraphs_of(chunk, document):
        trailer = document.clauses[paragraph.clause].trailer
        clause = document.clauses[paragraph.clause]
        header = header_of(document, paragraph)
        names_columns = is_header(document, paragraph)
        for sentence in sentences(paragraph.text):
            start = paragraph.start + sentence.start
            if not chunk.start <= start < chunk.end:
                continue
            found.append(
                SentenceView(
                    paragraph,
                    sentence.start,
                    sentence.end,
                    sentence.text,
                    frozenset(lexical_tokens(sentence.text)),
                    figures_of_row(sentence.text, cells_of(header.text), unit_above(document, header))
                    if header is not None
                    else tuple(figures(sentence.text)),
                    is_heading=names_columns
                    or (
                        header is None
                        and paragraph.start + sentence.end <= clause.body_start
                        and clause.start <= start
                    ),
                    is_trailer=trailer is not None
                    and trailer.start <= start
                    and paragraph.start + sentence.end <= trailer.end + 2,
                )
            )
    return ChunkView(
        chunk,
        document,
        frozenset().union(*(sentence.tokens for sentence in found)),
        _tokens(referred_text(document, chunk)).union(*map(_tokens, chunk.heading_path)),
        _tokens(document.title),
        tuple(found),
    )


@lru_cache(maxsize=4096)
def _tokens(text: str) -> frozenset[str]:
    """The lexical tokens of a title or heading, which many chunks share."""
    return frozenset(lexical_tokens(text))


def sentence_vectors(view: ChunkView, embedder: Embedder) -> NDArray[np.float32]:
    """Return float32, shape (len(view.sentences), dimension): each sentence under its innermost heading.

    A row of a table stands under the names of its columns, too.
    """
    heading = view.chunk.heading_path[-1] if view.chunk.heading_path else ""
    texts = []
    for sentence in view.sentences:
        header = header_of(view.document, sentence.paragraph)
        above = f"{heading} {header.text}" if header is not None else heading
        texts.append(sentence.text if sentence.is_heading else f"{above} {sentence.text}")
    return embedder.embed_documents(texts) if texts else np.zeros((0, embedder.dimension), np.float32)


def paragraphs_of(chunk: Chunk, document: Document) -> Sequence[Paragraph]:
    """Return the paragraphs of `document` that begin or go on in `chunk`, in order."""
    first = bisect_right(document.paragraphs, chunk.start, key=lambda paragraph: paragraph.end)
    last = bisect_left(document.paragraphs, chunk.end, key=lambda paragraph: paragraph.start)
    return document.paragraphs[first:last]


class Cache(Generic[T]):
    """What was made for the rows last asked for; safe to share between threads."""

    def __init__(self, make: Callable[[int], T], *, size: int = 4096) -> None:
        self._make = make
        self._size = size
        self._made: OrderedDict[int, T] = OrderedDict()
        self._lock = Lock()

    def __getitem__(self, row: int) -> T:
        with self._lock:
            if row in self._made:
                self._made.move_to_end(row)
                return self._made[row]
        value = self._make(row)
        with self._lock:
            self._made[row] = value
            while len(self._made) > self._size:
                self._made.popitem(last=False)
        return value
