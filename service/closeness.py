"""Read a chunk closely: how near each of its sentences, and its words one by one, come to the question's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Catalogue
from indexer.embedding import BUNDLED_MODEL, Embedder, StaticEmbedder
from indexer.passage_text import referred_text
from indexer.tokens import lexical_tokens
from service.cross_encoder import USAGE, CrossEncoder, EncodedSentence, token_vectors
from service.question import Question
from service.views import Cache, ChunkView, sentence_vectors

Matrix = NDArray[np.float32]

_QUESTIONS = 16
"""Of so many questions what was read is remembered, for the next search of the same one."""


@dataclass(frozen=True, slots=True)
class Closeness:
    """How near one chunk comes to a question; cosines, so at most 1."""

    sentences: NDArray[np.float32]
    """Question and each sentence, shape (sentences,)."""
    words: Matrix
    """Each question word and the nearest word of each sentence, shape (sentences, question words)."""
    path: NDArray[np.float32]
    """Each question word and the nearest word of the title or headings, shape (question words,)."""
    answers: NDArray[np.float32]
    """What the cross-encoder makes of each sentence, log-odds, shape (sentences,); NaN where it did not read it."""

    def near(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return how near each sentence comes by its meaning and by its words, shape (sentences,)."""
        near: NDArray[np.float32] = self.sentences + self.words @ weights
        return near


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The words of a question as vectors."""

    vectors: Matrix
    """float32, shape (words, dimension), rows of length 1."""
    weights: NDArray[np.float32]
    """What each word adds to the meaning of a text, shape (words,); sums to 1."""
    texts: tuple[str, ...]
    """The words themselves."""
    usage: Matrix
    """How usual each is in official texts and elsewhere, shape (words, 2): see service.cross_encoder."""


class WordVectors:
    """Vectors of single words, from a static embedding: matching word by word finds 开公司 near 企业开办.

    The idea is late interaction (ColBERT, SIGIR 2020), with a fixed vector for each word.
    """

    def __init__(self, embedder: StaticEmbedder, usage: Matrix | None = None) -> None:
        """`usage`: that of every word of the embedding, shape (words, 2); without it all words are as unusual."""
        self._embedder = embedder
        self._usage = usage

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
            np.zeros((len(ids), USAGE), np.float32) if self._usage is None else self._usage[ids],
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
        return token_vectors(self._embedder, ids)


class CloseReader:
    """Compares questions with chunks sentence by sentence and word by word."""

    def __init__(
        self,
        embedder: Embedder,
        views: Cache[ChunkView],
        catalogue: Catalogue,
        *,
        cross_encoder: Path | None = None,
        size: int = 4096,
    ) -> None:
        """`cross_encoder`: the file of the model that reads sentences with `answered`; None leaves them unread."""
        self._catalogue = catalogue
        static = embedder if isinstance(embedder, StaticEmbedder) else StaticEmbedder(BUNDLED_MODEL)
        self._cross = CrossEncoder(cross_encoder, static) if cross_encoder is not None else None
        self.words = WordVectors(static, self._cross.usage if self._cross is not None else None)
        self._views = views
        self._vectors = Cache(lambda row: sentence_vectors(views[row], embedder), size=size)
        self._word_ids = Cache(self._ids, size=size)
        self._encoded = Cache(self._encode, size=size)
        self._read_for = lru_cache(maxsize=_QUESTIONS)(self._nothing_read)
        self.tokens_of = lru_cache(maxsize=256)(self._tokens_of)
        """All lexical tokens of a document, by its id."""

    def read(self, row: int, vector: NDArray[np.float32], question: QuestionWords) -> Closeness:
        """Compare the chunk of `row` with a question's vector and words."""
        *sentences, path = self.words.nearest(question, self._word_ids[row])
        words = np.asarray(sentences, np.float32).reshape(len(sentences), len(question.weights))
        unread = np.full(len(sentences), np.nan, np.float32)
        return Closeness(self._vectors[row] @ vector, words, path, unread)

    def answered(
        self,
        question: Question,
        words: QuestionWords,
        read: Sequence[tuple[int, Closeness]],
        *,
        most: int,
    ) -> list[Closeness]:
        """Return the same with what the cross-encoder makes of the `most` nearest sentences of each chunk.

        `read` has the row of each chunk; what was read before is not read again. Trailers are read as well where the
        question may ask for what they hold.
        """
        if self._cross is None or not read:
            return [close for _, close in read]
        asked = self._cross.encoder.question(question)
        asks_trailer = question.kind in ("office", "tasks", "deadline") or question.quantity == "date"
        wanted: list[tuple[int, int]] = []
        for number, (row, close) in enumerate(read):
            nearest = [int(n) for n in np.argsort(-close.near(words.weights), kind="stable")[:most]]
            if asks_trailer:  # who and by when may stand in no sentence of the text
                trailers = (n for n, one in enumerate(self._views[row].sentences) if one.is_trailer)
                nearest += [n for n in trailers if n not in nearest]
            wanted += [(number, place) for place in nearest if np.isnan(close.answers[place])]
        known = self._read_for(question.topic or question.text, question.kind, question.quantity)
        unread = [one for one in wanted if (read[one[0]][0], one[1]) not in known]
        scores = self._cross.score(asked, [self._encoded[read[number][0]][place] for number, place in unread])
        for (number, place), score in zip(unread, scores, strict=True):
            known[read[number][0], place] = float(score)
        found = [close.answers.copy() for _, close in read]
        for number, place in wanted:
            found[number][place] = known[read[number][0], place]
        return [replace(close, answers=answers) for (_, close), answers in zip(read, found, strict=True)]

    @staticmethod
    def _nothing_read(topic: str, kind: str, quantity: str | None) -> dict[tuple[int, int], float]:
        """What the cross-encoder says of sentences, by row and place: a question is searched once for each city."""
        return {}

    def _encode(self, row: int) -> list[EncodedSentence]:
        assert self._cross is not None
        return self._cross.encoder.sentences(self._views[row])

    def _tokens_of(self, document_id: str) -> frozenset[str]:
        document = self._catalogue.document(document_id)
        return frozenset(lexical_tokens(f"{document.title}\n{document.text}"))

    def _ids(self, row: int) -> list[NDArray[np.int32]]:
        view = self._views[row]
        referred = referred_text(view.document, view.chunk)
        path = " ".join((view.document.title, *view.chunk.heading_path, referred))
        return [*(self.words.ids(sentence.text) for sentence in view.sentences), self.words.ids(path)]
