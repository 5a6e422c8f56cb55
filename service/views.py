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
from indexer.tokens import lexical_tokens
from service.figures import Figure, figures
from service.sentences import sentences

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
    """The sentence is nothing but the clause's own heading."""
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
                    tuple(figures(sentence.text)),
                    is_heading=paragraph.start + sentence.end <= clause.body_start and clause.start <= start,
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
    """Return float32, shape (len(view.sentences), dimension): each sentence under its innermost heading."""
    heading = view.chunk.heading_path[-1] if view.chunk.heading_path else ""
    texts = [
        sentence.text if sentence.is_heading else f"{heading} {sentence.text}" for sentence in view.sentences
    ]
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
