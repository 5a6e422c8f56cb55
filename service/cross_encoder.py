"""Read a question and a sentence together with a small transformer: does this sentence answer that question?

A cross-encoder over the vectors of the bundled static embedding. What is matched word by word (late interaction)
enters as features of the tokens and as a bias of the attention, so that few layers, trained on little, suffice.
Runs in numpy: nothing here imports torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from indexer.embedding import StaticEmbedder
from indexer.errors import ModelError
from indexer.passage_text import referred_text
from service.figures import Quantity as FigureQuantity
from service.question import Kind, Quantity, Question
from service.tables import header_of
from service.views import ChunkView, SentenceView

Matrix = NDArray[np.float32]
Ids = NDArray[np.int32]

KINDS: tuple[str, ...] = get_args(Kind)
QUANTITIES: tuple[str, ...] = ("", *get_args(Quantity))
TAGS: tuple[str, ...] = ("", *get_args(FigureQuantity))
PAD, CLS, QUESTION, CONTEXT, SENTENCE = range(5)
"""Segments of the input: one leading token, the question, what stands above and before the sentence, the sentence."""
POSITIONS = 48
"""Positions within a segment; later tokens share the last one."""
USAGE = 2
"""Numbers that say how often official texts, and how often others, use a word; the file has them for each token."""
FEATURES = 5 + USAGE
"""Numbers that each token brings beside its vector; see `token_features`."""

_MOST_QUESTION = 32
_MOST_SENTENCE = 80
_MOST_TITLE, _MOST_HEADINGS, _MOST_REFERRED, _MOST_LEAD, _MOST_BEFORE = 12, 14, 16, 20, 12
_SAME = 0.999


@dataclass(frozen=True, slots=True)
class EncodedQuestion:
    """A question as tokens."""

    ids: Ids
    kind: int
    quantity: int


@dataclass(frozen=True, slots=True)
class EncodedSentence:
    """A sentence and what stands above and before it, as tokens; all arrays are of one length."""

    ids: Ids
    segments: Ids
    positions: Ids
    tags: Ids
    """The kind of figure that a token belongs to; 0 for none."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One question beside several sentences, or several pairs: padded arrays of shape (pairs, tokens)."""

    ids: Ids
    segments: Ids
    positions: Ids
    tags: Ids
    kinds: Ids
    """Shape (pairs,)."""
    quantities: Ids
    """Shape (pairs,)."""


class Encoder:
    """Writes questions and sentences as tokens of a static embedding."""

    def __init__(self, embedder: StaticEmbedder) -> None:
        self._tokenizer = embedder.tokenizer

    def question(self, question: Question) -> EncodedQuestion:
        """Encode the topic of a question with the words that ask."""
        ids = self._ids(question.topic or question.text)[:_MOST_QUESTION]
        return EncodedQuestion(ids, KINDS.index(question.kind), QUANTITIES.index(question.quantity or ""))

    def sentences(self, view: ChunkView) -> list[EncodedSentence]:
        """Encode every sentence of a chunk under its title, headings and opening words, after its neighbour."""
        above = [
            self._ids(view.document.title)[:_MOST_TITLE],
            self._ids(" ".join(view.chunk.heading_path))[-_MOST_HEADINGS:],
            self._ids(referred_text(view.document, view.chunk))[:_MOST_REFERRED],
        ]
        found = []
        for place, sentence in enumerate(view.sentences):
            before = view.sentences[place - 1] if place else None
            near = before is not None and before.paragraph == sentence.paragraph
            context = np.concatenate(
                [
                    *above,
                    self._ids(_lead_in(view, sentence))[-_MOST_LEAD:],
                    self._ids(before.text if near and before is not None else "")[-_MOST_BEFORE:],
                ]
            )
            found.append(self._sentence(sentence, context))
        return found

    def _sentence(self, sentence: SentenceView, context: Ids) -> EncodedSentence:
        encoding = self._tokenizer.encode(sentence.text, add_special_tokens=False)
        own = np.asarray(encoding.ids[:_MOST_SENTENCE], np.int32)
        tags = np.zeros(len(own), np.int32)
        for figure in sentence.figures:
            for place, (start, end) in enumerate(encoding.offsets[: len(own)]):
                if start < figure.end and figure.start < end:
                    tags[place] = TAGS.index(figure.quantity)
        return joined(context, own, tags)

    def _ids(self, text: str) -> Ids:
        return np.asarray(
            self._tokenizer.encode(text, add_special_tokens=False).ids if text else [], np.int32
        )


def joined(context: Ids, own: Ids, tags: Ids) -> EncodedSentence:
    """Put a sentence's tokens, tagged with the kinds of their figures, behind those of its context."""
    return EncodedSentence(
        np.concatenate([context, own]),
        np.concatenate([np.full(len(context), CONTEXT, np.int32), np.full(len(own), SENTENCE, np.int32)]),
        np.concatenate([_places(len(context)), _places(len(own))]),
        np.concatenate([np.zeros(len(context), np.int32), tags]),
    )


def batch_of(pairs: Sequence[tuple[EncodedQuestion, EncodedSentence]]) -> Batch:
    """Pad pairs to one length."""
    longest = max(1 + len(question.ids) + len(sentence.ids) for question, sentence in pairs)
    ids, segments, positions, tags = (np.zeros((len(pairs), longest), np.int32) for _ in range(4))
    for row, (question, sentence) in enumerate(pairs):
        asked, end = 1 + len(question.ids), 1 + len(question.ids) + len(sentence.ids)
        ids[row, 1:asked], ids[row, asked:end] = question.ids, sentence.ids
        segments[row, 0], segments[row, 1:asked], segments[row, asked:end] = CLS, QUESTION, sentence.segments
        positions[row, 1:asked], positions[row, asked:end] = _places(len(question.ids)), sentence.positions
        tags[row, asked:end] = sentence.tags
    return Batch(
        ids,
        segments,
        positions,
        tags,
        np.asarray([question.kind for question, _ in pairs], np.int32),
        np.asarray([question.quantity for question, _ in pairs], np.int32),
    )


class CrossEncoder:
    """Scores sentences for a question; safe to share between threads."""

    def __init__(self, file: Path, embedder: StaticEmbedder) -> None:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            stored = load_file(file)
        except (SafetensorError, OSError) as error:
            raise ModelError(f"{file} can't be read: {error}") from error
        self._weights = {name: array.astype(np.float32) for name, array in stored.items()}
        try:
            self._layers = 1 + max(int(name.split(".")[1]) for name in stored if name.startswith("layers."))
            self._heads = self._weights["layers.0.bias"].shape[0]
            fits = self._weights["project"].shape[1] == embedder.dimension
            words, known = embedder.tokenizer.get_vocab_size(), len(self._weights["usage"])
        except (KeyError, ValueError) as error:
            raise ModelError(f"{file} holds no cross-encoder: {error}") from error
        if not fits:
            raise ModelError(
                f"{file} expects vectors of {self._weights['project'].shape[1]} dimensions, "
                f"{embedder.name} has {embedder.dimension}"
            )
        if words != known:
            raise ModelError(f"{file} knows {known} words, {embedder.name} has {words}")
        self.usage: Matrix = self._weights["usage"]
        """How usual each word of the embedding is in official texts and elsewhere, shape (words, USAGE)."""
        self._embedder = embedder
        self._threads = ThreadpoolController()
        self.encoder = Encoder(embedder)

    def score(self, question: EncodedQuestion, sentences: Sequence[EncodedSentence]) -> Matrix:
        """Return float32, shape (len(sentences),): log-odds that each answers `question`."""
        scores = np.zeros(len(sentences), np.float32)
        order = np.argsort([len(one.ids) for one in sentences], kind="stable")
        # Products this small gain nothing from BLAS threads, and lose much where several questions run at once.
        with self._threads.limit(limits=1, user_api="blas"):
            for start in range(0, len(order), _BLOCK):
                places = order[start : start + _BLOCK]
                scores[places] = self._forward(batch_of([(question, sentences[place]) for place in places]))
        return scores

    def _forward(self, batch: Batch) -> Matrix:
        w = self._weights
        distinct, place = np.unique(batch.ids, return_inverse=True)
        vectors = token_vectors(self._embedder, distinct)
        lengths = np.linalg.norm(vectors, axis=1)
        units = vectors / np.maximum(lengths, 1e-9)[:, None]
        place = place.reshape(batch.ids.shape)
        near = (units @ units.T)[place[:, :, None], place[:, None, :]]
        real = batch.segments != PAD
        words = (batch.segments > CLS).astype(np.float32)
        asked, text = batch.segments == QUESTION, batch.segments > QUESTION
        near *= (asked[:, :, None] & text[:, None, :]) | (text[:, :, None] & asked[:, None, :])
        x: Matrix = (units @ w["project"].T)[place] * words[:, :, None]
        weights = np.log(np.maximum(lengths, 1e-3)).astype(np.float32)[place]
        x += token_features(near, weights, self.usage[batch.ids], batch) @ w["features"].T
        x += w["segments"][batch.segments] + w["positions"][batch.positions] + w["tags"][batch.tags]
        x[:, 0] += w["kinds"][batch.kinds] + w["quantities"][batch.quantities]
        hidden = np.where(real, 0.0, -1e4).astype(np.float32)[:, None, None, :]
        for number in range(self._layers):
            # Of the last layer only the leading token is read.
            asking = 1 if number == self._layers - 1 else x.shape[1]
            x = self._attended(x, near, hidden, f"layers.{number}", asking)
            x = self._fed_forward(x, f"layers.{number}")
        first = _normalised(x[:, 0], w["norm.weight"], w["norm.bias"])
        scores: Matrix = first @ w["head.weight"][0] + w["head.bias"][0]
        return scores

    def _attended(self, x: Matrix, near: Matrix, hidden: Matrix, name: str, asking: int) -> Matrix:
        w, size = self._weights, x.shape[2] // self._heads
        normal = _normalised(x, w[f"{name}.norm1.weight"], w[f"{name}.norm1.bias"])
        q = _heads(normal[:, :asking] @ w[f"{name}.query"].T, self._heads, size)
        k = _heads(normal @ w[f"{name}.key"].T, self._heads, size)
        v = _heads(normal @ w[f"{name}.value"].T, self._heads, size)
        logits: Matrix = q @ k.transpose(0, 1, 3, 2) / np.float32(np.sqrt(size)) + hidden
        logits += w[f"{name}.bias"][None, :, None, None] * near[:, None, :asking, :]
        logits -= logits.max(axis=-1, keepdims=True)
        np.exp(logits, out=logits)
        logits /= logits.sum(axis=-1, keepdims=True)
        mixed: Matrix = (logits @ v).transpose(0, 2, 1, 3).reshape(len(x), asking, -1)
        added: Matrix = np.add(x[:, :asking], mixed @ w[f"{name}.out"].T)
        return added

    def _fed_forward(self, x: Matrix, name: str) -> Matrix:
        w = self._weights
        normal = _normalised(x, w[f"{name}.norm2.weight"], w[f"{name}.norm2.bias"])
        inner = np.maximum(normal @ w[f"{name}.up.weight"].T + w[f"{name}.up.bias"], 0.0)
        added: Matrix = x + inner @ w[f"{name}.down.weight"].T + w[f"{name}.down.bias"]
        return added


_BLOCK = 16
"""Pairs in one pass: of about one length, so that little is padded."""


def token_vectors(embedder: StaticEmbedder, ids: NDArray[np.integer]) -> Matrix:
    """Return float32, shape (len(ids), dimension): the vectors of tokens as the embedding adds them up."""
    rows = ids if embedder.mapping is None else embedder.mapping[ids]
    vectors: Matrix = embedder.table[rows].astype(np.float32)
    if embedder.factors is not None:
        vectors *= embedder.factors[ids][:, None]
    return vectors


def token_features(near: Matrix, weights: Matrix, usage: Matrix, batch: Batch) -> Matrix:
    """Return float32, shape (pairs, tokens, FEATURES), from the cosines of all tokens of a pair.

    For a word of the question: the nearest word of the sentence, and of its context. For a word of these: the
    nearest word of the question. Then whether the very word is there, whether it is in the context, how much the word weighs,
    and how usual it is in official texts and elsewhere: a text that means a thing calls it by the usual name.
    """
    asked = (batch.segments == QUESTION)[:, :, None]
    in_question, in_context, in_sentence = (
        np.where((batch.segments == segment)[:, None, :], near, 0.0).max(axis=2)
        for segment in (QUESTION, CONTEXT, SENTENCE)
    )
    is_asked = asked[:, :, 0]
    nearest = np.where(is_asked, in_sentence, in_question)
    above = np.where(is_asked, in_context, 0.0)
    real = batch.segments > CLS
    columns = (nearest, above, nearest > _SAME, above > _SAME, weights, *np.moveaxis(usage, 2, 0))
    return np.stack([column * real for column in columns], axis=2).astype(np.float32)


def _heads(x: Matrix, heads: int, size: int) -> Matrix:
    return x.reshape(*x.shape[:2], heads, size).transpose(0, 2, 1, 3)


def _normalised(x: Matrix, weight: Matrix, bias: Matrix) -> Matrix:
    centred = x - x.mean(axis=-1, keepdims=True)
    spread: Matrix = np.sqrt(np.mean(centred * centred, axis=-1, keepdims=True) + np.float32(1e-5))
    normal: Matrix = centred / spread * weight + bias
    return normal


def _places(count: int) -> Ids:
    return np.minimum(np.arange(count, dtype=np.int32), POSITIONS - 1)


def _lead_in(view: ChunkView, sentence: SentenceView) -> str:
    """The words that open the enumeration which the sentence is an item of, or the header of its table; else empty."""
    document = view.document
    header = header_of(document, sentence.paragraph)
    if header is not None:
        return header.text
    clause = document.clauses[sentence.paragraph.clause]
    if clause.title or not clause.parent:
        return ""
    opening = [p for p in document.paragraphs_by_clause.get(clause.parent, ()) if p.end <= clause.start]
    words = opening[-1].text.rstrip() if opening else ""
    return words if words.endswith(("：", ":")) else ""
