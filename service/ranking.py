"""Rank what was found: chunks by fit, sentences by whether they carry the answer, and how sure that is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.document import Paragraph
from indexer.errors import ModelError
from indexer.index import Index
from indexer.tokens import normalize
from service.answer import Passage
from service.closeness import Closeness, CloseReader
from service.evidence import Span
from service.features import (
    CHUNK_FEATURES,
    LACKING_FEATURES,
    SENTENCE_FEATURES,
    Lens,
    Matrix,
    chunk_features,
    covered,
    lacking_features,
    lens_of,
    missing,
    sentence_features,
)
from service.forest import load_forest
from service.question import Question
from service.retriever import Candidates
from service.views import Cache, ChunkView, SentenceView, paragraphs_of, view_of

CONFIDENCE_FEATURES = (
    *(f"first_{name}" for name in CHUNK_FEATURES),
    *(f"sentence_{name}" for name in SENTENCE_FEATURES),
    "first_score",
    "second_score",
    "score_gap",
    "sentence_score",
    "sentence_gap",
    "missing_in_chunk",
    "missing_in_document",
    "unknown",
    "best_words_with_path",
    "best_least_word",
    "covered_by_best_sentence",
    "covered_by_first_three",
    "uncovered_rarest",
    "quantity_missing",
    "candidates",
    "best_answer",
    "second_answer",
    *LACKING_FEATURES,
)

CROSS_ENCODER = "cross_encoder.safetensors"
"""Name of the file of the cross-encoder in a reranker's folder."""
BUNDLED_RERANKER = Path(__file__).resolve().parent.parent / "models" / "reranker"
"""The models that ship with the project."""

_WITH_PATH = SENTENCE_FEATURES.index("words_with_path")
_LEAST = SENTENCE_FEATURES.index("least_word")
_ANSWER = SENTENCE_FEATURES.index("answer")

_READ_CLOSELY = 12
"""So many chunks have each sentence compared with the question by meaning; the others by words alone."""
_READ_BRIEFLY = 2
"""Of each chunk that is read closely, the cross-encoder reads so many sentences before the chunks are ranked."""
_READ_WELL = 5
"""And of each of the best chunks so many afterwards."""
_READ_SENTENCES = 6
"""So many of the best chunks may give the sentence that answers."""
_READ_ABOVE = 3
"""And the text of the sections that so many of the best stand in: targets stand at a section's head."""


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence that may carry the answer; a higher score is better, 0 is as good as not."""

    sentence: SentenceView
    chunk: ChunkView
    score: float

    @property
    def span(self) -> Span:
        """Its place in the source."""
        return Span(
            self.chunk.document, self.sentence.paragraph, self.sentence.start, self.sentence.end, self.score
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What a search of one scope came to."""

    passages: tuple[Passage, ...] = ()
    sentences: tuple[ScoredSentence, ...] = ()
    """Of the first passages, best first; headings and trailers are among them."""
    confidence: float = 0.0
    """Calibrated probability that the sentences answer the question."""
    coverage: float = 0.0
    """Share of the question's weight that occurs anywhere in the first three passages."""
    nearness: float = 0.0
    """How near the words of the nearest sentence, under its headings, come to the question's: 0 to 1."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Candidates with everything the models look at; training reads the same."""

    lens: Lens
    views: tuple[ChunkView, ...]
    closeness: tuple[Closeness | None, ...]
    """None for candidates that were not read closely."""
    matrix: Matrix


class Ranker:
    """Orders candidates and picks evidence with the models of one folder.

    The folder holds `cross_encoder`, `chunks`, `sentences` and `confidence` (`.safetensors`) and `calibration.json`,
    made by training/.
    """

    def __init__(self, index: Index, folder: Path = BUNDLED_RERANKER) -> None:
        self._index = index
        self._views = views_of(index)
        self._reader = CloseReader(
            index.embedder, self._views, index.catalogue, cross_encoder=folder / CROSS_ENCODER
        )
        self._chunks = load_forest(folder / "chunks.safetensors", CHUNK_FEATURES)
        self._sentences = load_forest(folder / "sentences.safetensors", SENTENCE_FEATURES)
        self._confidence = load_forest(folder / "confidence.safetensors", CONFIDENCE_FEATURES)
        self.threshold = read_calibration(folder)["threshold"]
        """Confidence below which to refuse, chosen on data."""

    def view(self, row: int) -> ChunkView:
        """Return the view of one row of the index."""
        return self._views[row]

    def rank(self, question: Question, candidates: Candidates, *, k: int) -> Found:
        """Return the best `k` passages, one a chunk, and the sentences that may answer."""
        if not len(candidates.rows):
            return Found()
        measured = measure(question, candidates, self._index, self._views, self._reader)
        scores = self._chunks.score(measured.matrix)
        everything = [int(place) for place in np.argsort(-scores, kind="stable")]
        order, read = everything[:k], to_read(measured.views, everything)
        close = dict(zip(read, read_closely(measured, candidates, read, self._reader), strict=True))
        sentences, sentence_matrix, sentence_scores = self._score_sentences(
            measured.lens, [measured.views[place] for place in read], list(close.values()), scores[read]
        )
        inputs = confidence_features(
            measured,
            order,
            scores[order],
            sentences,
            sentence_matrix,
            sentence_scores,
            self._reader,
        )
        confidence = float(1 / (1 + np.exp(-self._confidence.score(inputs)[0])))
        passages = tuple(
            Passage(
                view.chunk,
                view.document,
                _best_paragraph(view, measured.lens, close.get(place)),
                float(scores[place]),
            )
            for place in order
            for view in (measured.views[place],)
        )
        ranked = sorted(zip(sentences, sentence_scores, strict=True), key=lambda pair: -pair[1])
        near = set().union(
            *(
                view.tokens | view.path_tokens | view.title_tokens
                for view in (measured.views[place] for place in order[:3])
            )
        )
        return Found(
            passages,
            tuple(
                ScoredSentence(sentence, view, _squash(float(score))) for (view, sentence), score in ranked
            ),
            confidence,
            covered(measured.lens, near),
            float(sentence_matrix[:, _WITH_PATH].max()) if len(sentence_matrix) else 0.0,
        )

    def _score_sentences(
        self,
        lens: Lens,
        views: Sequence[ChunkView],
        closeness: Sequence[Closeness],
        scores: NDArray[np.float32],
    ) -> tuple[list[tuple[ChunkView, SentenceView]], Matrix, NDArray[np.float32]]:
        sentences = [(view, sentence) for view in views for sentence in view.sentences]
        matrix = sentence_features(lens, views, closeness, [float(score) for score in scores])
        return sentences, matrix, self._sentences.score(matrix)


def read_calibration(folder: Path) -> dict[str, float]:
    """Return the figures measured when the models of `folder` were fitted, the refusal threshold among them."""
    file = folder / "calibration.json"
    try:
        figures = json.loads(file.read_text("utf-8"))
        return {name: float(value) for name, value in figures.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ModelError(f"{file} can't be read: {error}") from error


def views_of(index: Index, *, size: int = 8192) -> Cache[ChunkView]:
    """Return the views of an index's chunks, by row, made when first asked for."""

    def make(row: int) -> ChunkView:
        chunk = index.catalogue.chunk(row)
        return view_of(chunk, index.catalogue.document(chunk.document_id))

    return Cache(make, size=size)


def measure(
    question: Question, candidates: Candidates, index: Index, views: Cache[ChunkView], reader: CloseReader
) -> Measured:
    """Compute the chunk features of all candidates."""
    lens = lens_of(question, candidates, index, reader.words)
    found = tuple(views[int(row)] for row in candidates.rows)
    closest = [
        (int(row), reader.read(int(row), candidates.vector, lens.words))
        for row in candidates.rows[:_READ_CLOSELY]
    ]
    read = reader.answered(question, lens.words, closest, most=_READ_BRIEFLY)
    closeness = (*read, *(None for _ in candidates.rows[_READ_CLOSELY:]))
    return Measured(lens, found, closeness, chunk_features(lens, candidates, found, closeness))


def to_read(views: Sequence[ChunkView], order: Sequence[int]) -> list[int]:
    """Return the places of the chunks whose sentences may answer, in the order of `order` (best first).

    The best chunks, and those of the candidates that stand at the head of a section around one of the best.
    """
    read = set(order[:_READ_SENTENCES])
    above = {
        (views[place].document.id, row)
        for place in order[:_READ_ABOVE]
        for paragraph in paragraphs_of(views[place].chunk, views[place].document)[:1]
        for row in views[place].document.path(paragraph.clause)[:-1]
    }
    for place in order[_READ_SENTENCES:]:
        view = views[place]
        if view.chunk.clause and (view.document.id, view.chunk.clause) in above:
            read.add(place)
    return [place for place in order if place in read]


def read_closely(
    measured: Measured, candidates: Candidates, places: Sequence[int], reader: CloseReader
) -> list[Closeness]:
    """Return how near the candidates at `places` come to the question, reading now what was not read yet."""
    lens = measured.lens
    read = []
    for place in places:
        row = int(candidates.rows[place])
        close = measured.closeness[place]
        read.append((row, close or reader.read(row, candidates.vector, lens.words)))
    return reader.answered(lens.question, lens.words, read, most=_READ_WELL)


def confidence_features(
    measured: Measured,
    order: Sequence[int],
    scores: NDArray[np.float32],
    sentences: Sequence[tuple[ChunkView, SentenceView]],
    sentence_matrix: Matrix,
    sentence_scores: NDArray[np.float32],
    reader: CloseReader,
) -> Matrix:
    """Return float32, shape (1, len(CONFIDENCE_FEATURES)): the best chunk, the best sentence, the gaps.

    `order` and `scores` are the reranker's, best first.
    """
    lens = measured.lens
    best = int(np.argmax(sentence_scores)) if len(sentence_scores) else -1
    by_score = np.sort(sentence_scores)[::-1] if len(sentence_scores) else np.zeros(1, np.float32)
    near: set[str] = set()
    for place in order[:3]:
        view = measured.views[place]
        near |= view.tokens | view.path_tokens | view.title_tokens
    text_of_best = sentences[best][1] if best >= 0 else None
    first = sentences[best][0] if best >= 0 else measured.views[order[0]]
    asks_quantity = lens.question.quantity is not None
    row = [
        *measured.matrix[order[0]],
        *(sentence_matrix[best] if best >= 0 else np.full(len(SENTENCE_FEATURES), np.nan, np.float32)),
        float(scores[0]),
        float(scores[1]) if len(scores) > 1 else np.nan,
        float(scores[0] - scores[1]) if len(scores) > 1 else np.nan,
        float(by_score[0]),
        float(by_score[0] - by_score[1]) if len(by_score) > 1 else np.nan,
        missing(lens, first.tokens | first.path_tokens | first.title_tokens),
        missing(lens, reader.tokens_of(first.document.id)),
        1.0 - float(sum(w for w, known in zip(lens.words.weights, lens.known, strict=True) if known)),
        float(sentence_matrix[:, _WITH_PATH].max()) if len(sentence_matrix) else np.nan,
        float(sentence_matrix[:, _LEAST].max()) if len(sentence_matrix) else np.nan,
        covered(lens, text_of_best.tokens | sentences[best][0].path_tokens) if text_of_best else np.nan,
        covered(lens, near),
        sum(1.0 for token in lens.rarest if token not in near),
        float(asks_quantity and (text_of_best is None or not text_of_best.figures)),
        float(len(measured.views)),
        *_two_best(sentence_matrix[:, _ANSWER] if len(sentence_matrix) else np.zeros(0, np.float32)),
        *_lacking(lens, first, reader),
    ]
    return np.asarray([row], np.float32)


def _lacking(lens: Lens, view: ChunkView, reader: CloseReader) -> tuple[float, ...]:
    text = normalize("\n".join((view.document.title, *view.chunk.heading_path, view.chunk.text)))
    nearest = reader.words.nearest(lens.words, [reader.words.ids(text)])[0]
    return lacking_features(lens, text, nearest, reader.tokens_of(view.document.id))


def _two_best(answers: NDArray[np.float32]) -> tuple[float, float]:
    known = np.sort(answers[~np.isnan(answers)])[::-1]
    first, second = (float(known[n]) if len(known) > n else np.nan for n in range(2))
    return first, second


def _best_paragraph(view: ChunkView, lens: Lens, close: Closeness | None) -> Paragraph:
    best, found = -1.0, view.sentences[0].paragraph if view.sentences else view.document.paragraphs[0]
    for place, sentence in enumerate(view.sentences):
        score = covered(lens, sentence.tokens) + (
            0.0 if close is None else float(close.sentences[place] + close.words[place] @ lens.words.weights)
        )
        score -= 0.3 if sentence.is_heading else 0.0
        if score > best:
            best, found = score, sentence.paragraph
    return found


def _squash(margin: float) -> float:
    return float(1 / (1 + np.exp(-margin)))
