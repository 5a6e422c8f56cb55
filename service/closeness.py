"""Read a chunk closely: how near each of its sentences, and its words one by one, come to the question's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Catalogue
from indexer.embedding import BUNDLED_MODEL, Embedder, StaticEmbedder
from indexer.passage_text import referred_text
from indexer.tokens import lexical_tokens
from service.views import Cache, ChunkView, sentence_vectors

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Closeness:
    """How near one chunk comes to a question; cosines, so at most 1."""

    sentences: NDArray[np.float32]
    """Question and each sentence, shape (sentences,)."""
    words: Matrix
    """Each question word and the nearest word of each sentence, shape (sentences, question words)."""
    path: NDArray[np.float32]
    """Each question word and the nearest word of the title or headings, shape (question words,)."""


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The words of a question as vectors."""

    vectors: Matrix
    """float32, shape (words, dimension), rows of length 1."""
    weights: NDArray[np.float32]
    """What each word adds to the meaning of a text, shape (words,); sums to 1."""
    texts: tuple[str, ...]
    """The words themselves."""


class WordVectors:
    """Vectors of single words, from a static embedding: matching word by word finds 开公司 near 企业开办.

    The idea is late interaction (ColBERT, SIGIR 2020), with a fixed vector for each word.
    """

    def __init__(self, embedder: StaticEmbedder) -> None:
        self._embedder = embedder

    def ids(self, text: str) -> NDArray[np.int32]:
        """Return the distinct words of `text`, int32, in ascending order."""
        return np.unique(
            np.asarray(self._embedder.tokenizer.encode(text, add_special_tokens=False).ids, np.int32)
        )

    def question(self, text: str) -> QuestionWords:
        """Return the words of a question with their weights: the lengths that training gave their vectors."""
        ids = self.ids(text)
        vectors = self._rows(ids)
        lengths = np.linalg.norm(vectors, axis=1)
        total = float(lengths.sum()) or 1.0
        return QuestionWords(
            vectors / np.maximum(lengths, 1e-9)[:, None],
            (lengths / total).astype(np.float32),
            tuple(self._embedder.tokenizer.id_to_token(int(token)) or "" for token in ids),
        )

    def nearest(self, question: QuestionWords, texts: list[NDArray[np.int32]]) -> Matrix:
        """Return float32, shape (len(texts), question words): cosine with the nearest word, 0 for no word."""
        found = np.zeros((len(texts), len(question.weights)), np.float32)
        sizes = [len(ids) for ids in texts]
        if not sum(sizes) or not len(question.weights):
            return found
        distinct, place = np.unique(np.concatenate(texts), return_inverse=True)
        vectors = self._rows(distinct)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1), 1e-9)[:, None]
        near = vectors @ question.vectors.T
        begin = 0
        for number, size in enumerate(sizes):
            if size:
                found[number] = near[place[begin : begin + size]].max(axis=0)
            begin += size
        return np.maximum(found, 0.0)

    def _rows(self, ids: NDArray[np.int32]) -> Matrix:
        rows = ids if self._embedder.mapping is None else self._embedder.mapping[ids]
        vectors: Matrix = self._embedder.table[rows].astype(np.float32)
        if self._embedder.factors is not None:
            vectors *= self._embedder.factors[ids][:, None]
        return vectors


class CloseReader:
    """Compares questions with chunks sentence by sentence and word by word."""

    def __init__(
        self, embedder: Embedder, views: Cache[ChunkView], catalogue: Catalogue, *, size: int = 4096
    ) -> None:
        self._catalogue = catalogue
        static = embedder if isinstance(embedder, StaticEmbedder) else StaticEmbedder(BUNDLED_MODEL)
        self.words = WordVectors(static)
        self._views = views
        self._vectors = Cache(lambda row: sentence_vectors(views[row], embedder), size=size)
        self._word_ids = Cache(self._ids, size=size)
        self.tokens_of = lru_cache(maxsize=256)(self._tokens_of)
        """All lexical tokens of a document, by its id."""

    def read(self, row: int, vector: NDArray[np.float32], question: QuestionWords) -> Closeness:
        """Compare the chunk of `row` with a question's vector and words."""
        *sentences, path = self.words.nearest(question, self._word_ids[row])
        words = np.asarray(sentences, np.float32).reshape(len(sentences), len(question.weights))
        return Closeness(self._vectors[row] @ vector, words, path)

    def _tokens_of(self, document_id: str) -> frozenset[str]:
        document = self._catalogue.document(document_id)
        return frozenset(lexical_tokens(f"{document.title}\n{document.text}"))

    def _ids(self, row: int) -> list[NDArray[np.int32]]:
        view = self._views[row]
        referred = referred_text(view.document, view.chunk)
        path = " ".join((view.document.title, *view.chunk.heading_path, referred))
        return [*(self.words.ids(sentence.text) for sentence in view.sentences), self.words.ids(path)]
