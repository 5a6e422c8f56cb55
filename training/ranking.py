"""Fit the rankers and the refusal score on questions about documents that the embedder never saw."""

from __future__ import annotations

import json
import logging
import re
import shutil
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray
from tqdm import tqdm

from indexer.build import build
from indexer.collection import CorpusPassage
from indexer.index import Index, open_index
from indexer.regions import find_mentions
from service.answer import Filters
from service.closeness import Closeness, CloseReader
from service.features import CHUNK_FEATURES, SENTENCE_FEATURES, Matrix, sentence_features
from service.forest import from_xgboost
from service.question import Question
from service.ranking import (
    CONFIDENCE_FEATURES,
    CROSS_ENCODER,
    Measured,
    confidence_features,
    measure,
    read_closely,
    to_read,
    views_of,
)
from service.retriever import Candidates, HybridRetriever
from service.scope import scope_of
from service.understanding import Understanding
from service.views import paragraphs_of
from service.word_choice import WordChoice
from training.data import (
    ASKED,
    HELD_OUT_PLANS,
    NEAR_MISSES,
    Labelled,
    held_out,
    is_plan,
    labelled_questions,
    plan_file,
    plan_rows,
    reading_questions,
    rows,
)
from training.searches import Ranking, measured
from training.statutes import statute_questions, statutes

logger = logging.getLogger(__name__)

Score = Callable[[Matrix], NDArray[np.float32]]
"""A forest: from features, shape (rows, features), to raw scores, shape (rows,)."""

_DAY = date(2026, 1, 1)
_FOLDS = 5
_CANDIDATES = 50
_RANKED = 8
_FALSE_REFUSALS = 0.12
"""So many of the questions that have an answer may be refused."""
_STATUTES = 3.0
"""A question on a statute counts for so many: there are 500, beside 3,600 on plans and regulations."""
_MARGIN = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 2, "seed": 7}
_CHUNKS = {
    "objective": "rank:ndcg", "lambdarank_num_pair_per_sample": 8, "lambdarank_pair_method": "topk",
    "tree_method": "hist", "nthread": 2, "seed": 7, "max_depth": 5, "eta": 0.06, "subsample": 0.8,
    "colsample_bytree": 0.7, "min_child_weight": 4, "lambda": 4,
}  # fmt: skip
_SENTENCES = {
    **_MARGIN,
    "max_depth": 4,
    "eta": 0.06,
    "subsample": 0.8,
    "colsample_bytree": 0.7,
    "min_child_weight": 4,
    "lambda": 4,
}
_CONFIDENCE = {
    **_MARGIN,
    "max_depth": 3,
    "eta": 0.04,
    "subsample": 0.7,
    "colsample_bytree": 0.3,
    "min_child_weight": 8,
    "lambda": 8,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what answers it."""

    text: str
    document: str
    """Id of the document that it is about."""
    quotes: tuple[str, ...] = ()
    """Words of the document that answer it, each within a sentence; empty where only the article is known."""
    article: str = ""
    answerable: bool = True
    only_here: bool = False
    """The question does not say which document it means: search that one alone."""
    masked: bool = False
    """What answers it is hidden: an unanswerable question on the right topic."""
    elsewhere: bool = False
    """It is asked of a document on another matter."""
    near_miss: bool = False
    """Written to be on the matter of a clause and to ask for what it does not say."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One question, measured."""

    asked: Asked
    question: Question
    candidates: Candidates
    measured: Measured
    right: NDArray[np.bool_]
    """For each candidate: it answers."""
    reader: CloseReader
    read: dict[int, Closeness] = field(default_factory=dict)
    """What was read closely so far, by the candidate's place: reading is what takes time."""

    @property
    def fold(self) -> int:
        """Questions about one document stay in one fold."""
        return sum(self.asked.document.encode()) % _FOLDS


def write_corpus(data: Path, folder: Path) -> None:
    """Write the held-out regulations, plans and policies as files to index."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for plan in sorted({row["doc"] for row in plan_rows(data)}):
        shutil.copy(plan_file(data, plan), folder / f"{plan}.txt")
    asked = {row["doc"] for row in rows(data / "questions" / "questions.jsonl.gz")}
    asked |= {row["document"] for row in rows(ASKED)}
    write_regulations(data, folder, {name for name in asked if held_out(name)})


def write_regulations(data: Path, folder: Path, names: Collection[str]) -> None:
    """Write the laws and regulations of these names as Markdown files."""
    articles: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows(data / "raw_paragraphs.jsonl.gz"):
        if row.get("doc") in names and row["kind"] != "news":
            articles[str(row["doc"])].append(row)
    for name, parts in articles.items():
        lines = [f"# {name}", ""]
        path: list[str] = []
        for part in parts:
            here = [str(heading) for heading in part.get("path") or []]
            lines += [line for heading in here if heading not in path for line in (f"## {heading}", "")]
            path = here
            lines += [f"{part.get('art') or ''} {part['text']}".strip().replace("\n", "\n\n"), ""]
        (folder / f"{name.replace('/', '_')}.md").write_text("\n".join(lines), "utf-8")


def questions(data: Path) -> Iterator[Asked]:
    """Yield the questions about what neither the embedding nor the cross-encoder has seen, near misses among them."""
    for number, one in enumerate(labelled_questions(data, kept_out=True)):
        yield as_asked(one, number)
    for row in rows(NEAR_MISSES):
        if not row["document"].startswith("plan") or row["document"] in HELD_OUT_PLANS:
            yield Asked(
                row["question"],
                row["document"],
                quotes=(row["quote"],) if row.get("quote") else (),
                answerable=row["answerable"],
                only_here=True,
                near_miss=not row["answerable"],
            )


def as_asked(one: Labelled, number: int) -> Asked:
    """Return a labelled question as it is measured; its `number` decides where nobody has noted what it names."""
    # Regulations of many cities say the same: a question that names none is fair to one alone.
    named = bool(find_mentions(one.question)) or not find_mentions(one.document)
    only_here = not named or number % 3 > 0
    return Asked(
        one.question,
        one.document.replace("/", "_"),
        quotes=one.quotes or (),
        article=one.article,
        answerable=one.answerable,
        only_here=only_here if one.names_place is None else not one.names_place,
        near_miss=not one.answerable,
    )


class Measurer:
    """Measures questions over one index exactly as the service does."""

    def __init__(self, index: Index, cross_encoder: Path) -> None:
        self.index = index
        self._entries = index.catalogue.entries
        self._understanding = Understanding(self._entries, choose=WordChoice(index.lexical))
        self._retriever = HybridRetriever(index)
        self._views = views_of(index, size=100_000)
        self.reader = CloseReader(
            index.embedder, self._views, index.catalogue, cross_encoder=cross_encoder, size=50_000
        )

    def measure(self, asked: Asked) -> Sample | None:
        """Return the measured question; None where the index can't tell anything about it."""
        question = self._understanding.read(asked.text)
        filters = Filters(document_ids=(asked.document,)) if asked.only_here else Filters()
        scope = scope_of(question, filters, self._entries, today=_DAY)
        if scope.missing_regions and not asked.only_here:
            return None
        mask = self.index.catalogue.rows_of(scope.document_ids)
        answers = self._answers(asked)
        if asked.masked:
            mask = mask & ~answers
        candidates = self._retriever.retrieve(question, k=_CANDIDATES, rows=mask)
        if not len(candidates.rows):
            return None
        measured = measure(question, candidates, self.index, self._views, self.reader)
        return Sample(asked, question, candidates, measured, answers[candidates.rows], self.reader)

    def _answers(self, asked: Asked) -> NDArray[np.bool_]:
        found = np.zeros(self.index.catalogue.rows, np.bool_)
        if asked.document not in self.index.catalogue or not (asked.quotes or asked.article):
            return found
        entry = self.index.catalogue.entry(asked.document)
        document = self.index.catalogue.document(asked.document)
        for number, chunk in enumerate(self.index.catalogue.chunks_of(asked.document)):
            labels = {
                document.clauses[row].label
                for paragraph in paragraphs_of(chunk, document)
                for row in document.path(paragraph.clause)
            }
            there = any(_plain(quote) in _plain(chunk.text) for quote in asked.quotes)
            if asked.article in labels if asked.article else there:
                found[entry.first_row + number] = True
        return found


@dataclass(frozen=True, slots=True)
class Models:
    """The three forests."""

    chunks: xgboost.Booster
    sentences: xgboost.Booster
    confidence: xgboost.Booster | None = None


def fit_rankers(samples: Sequence[Sample], searches: Sequence[Ranking] = ()) -> Models:
    """Fit the chunk ranker, on `searches` too, then the sentence ranker on chunks in the order that it gives."""
    useful = [
        sample
        for sample in samples
        if sample.asked.answerable and not sample.asked.masked and sample.right.any()
    ]
    matrix = xgboost.DMatrix(
        np.concatenate([*(sample.measured.matrix for sample in useful), *(one.matrix for one in searches)]),
        label=np.concatenate([*(sample.right for sample in useful), *(one.right for one in searches)]).astype(
            np.float32
        ),
        feature_names=list(CHUNK_FEATURES),
    )
    matrix.set_group([*(len(sample.right) for sample in useful), *(len(one.right) for one in searches)])
    matrix.set_weight([*(1.0 for _ in useful), *(one.weight for one in searches)])
    chunks = xgboost.train(_CHUNKS, matrix, num_boost_round=220)
    return Models(chunks, fit_sentences(samples, partial(margins, chunks)))


def fit_sentences(samples: Sequence[Sample], chunks: Score) -> xgboost.Booster:
    """Fit the sentence ranker on what answers are known to the word, over chunks in the order of their scores."""
    return fit_read([read_sentences(sample, chunks) for sample in samples if tells_words(sample)])


def tells_words(sample: Sample) -> bool:
    """True where it is known to the word what answers, and a candidate has it."""
    asked = sample.asked
    return asked.answerable and not asked.masked and bool(asked.quotes) and bool(sample.right.any())


def fit_read(read: Sequence[tuple[Matrix, NDArray[np.bool_]]]) -> xgboost.Booster:
    """Fit the sentence ranker on the features of each question's sentences, and on which of them answer."""
    inputs, labels = zip(*read, strict=True)
    matrix = xgboost.DMatrix(
        np.concatenate(inputs),
        label=np.concatenate(labels).astype(np.float32),
        feature_names=list(SENTENCE_FEATURES),
    )
    return xgboost.train(_SENTENCES, matrix, num_boost_round=160)


def read_sentences(sample: Sample, chunks: Score) -> tuple[Matrix, NDArray[np.bool_]]:
    """Return the features of the sentences of the best chunks, and which of them answer."""
    scores = chunks(sample.measured.matrix)
    everything = [int(place) for place in np.argsort(-scores, kind="stable")]
    read = to_read(sample.measured.views, everything)
    views = [sample.measured.views[place] for place in read]
    unread = [place for place in read if place not in sample.read]
    close = read_closely(sample.measured, sample.candidates, unread, sample.reader)
    sample.read.update(zip(unread, close, strict=True))
    closeness = [sample.read[place] for place in read]
    features = sentence_features(
        sample.measured.lens, views, closeness, [float(scores[place]) for place in read]
    )
    quotes = [_plain(quote) for quote in sample.asked.quotes]
    right = np.asarray(
        [
            view.document.id == sample.asked.document
            and any(_same_words(quote, _plain(sentence.text)) for quote in quotes)
            for view in views
            for sentence in view.sentences
        ],
        np.bool_,
    )
    return features, right


def confidence_inputs(
    sample: Sample, chunks: Score, sentence_scores: Score, *, features: Matrix | None = None
) -> Matrix:
    """Return the refusal model's inputs for one question, float32, shape (1, len(CONFIDENCE_FEATURES)).

    `features`: what `read_sentences` gives, where it was read before.
    """
    scores = chunks(sample.measured.matrix)
    everything = [int(place) for place in np.argsort(-scores, kind="stable")]
    order = everything[:_RANKED]
    features = read_sentences(sample, chunks)[0] if features is None else features
    views = [sample.measured.views[place] for place in to_read(sample.measured.views, everything)]
    sentences = [(view, sentence) for view in views for sentence in view.sentences]
    return confidence_features(
        sample.measured,
        order,
        scores[order],
        sentences,
        features,
        sentence_scores(features),
        sample.reader,
    )


def margins(booster: xgboost.Booster, matrix: Matrix) -> NDArray[np.float32]:
    """Return the raw scores, float32, shape (len(matrix),)."""
    if not len(matrix):
        return np.zeros(0, np.float32)
    return np.asarray(
        booster.inplace_predict(matrix, missing=np.nan, validate_features=False, predict_type="margin"),
        np.float32,
    )


def train(data: Path, out: Path, work: Path, *, model: Path, twins: Sequence[Path]) -> dict[str, float]:
    """Fit everything, cross-fitted by document, and write `out`; return what was measured on the folds.

    `out` holds the cross-encoder already. Each of the `twins` is an embedding trained without one half of the questions.
    """
    cross_encoder = out / CROSS_ENCODER
    write_corpus(data, work / "corpus")
    searches = list(_searches(data, model, twins, cross_encoder))
    build(work / "corpus", work / "index", model=model)
    measurer = Measurer(open_index(work / "index", model=model), cross_encoder)
    everything = list(questions(data))
    hidden = [
        replace(one, answerable=False, only_here=one.only_here or not one.quotes, masked=True)
        for one in everything
        if one.answerable
    ]
    samples = [
        sample
        for asked in tqdm([*everything, *hidden, *elsewhere(everything)], desc="测量", unit="问")
        if (sample := measurer.measure(asked)) is not None
    ]
    logger.info("%d questions measured", len(samples))
    inputs: list[Matrix] = []
    labels: list[bool] = []
    weights: list[float] = []
    ranked: list[tuple[Sample, NDArray[np.float32], float]] = []
    for fold in range(_FOLDS):
        models = fit_rankers([sample for sample in samples if sample.fold != fold], searches)
        for sample in samples:
            if sample.fold != fold:
                continue
            chunks, sentence_scores = partial(margins, models.chunks), partial(margins, models.sentences)
            inputs.append(confidence_inputs(sample, chunks, sentence_scores))
            labels.append(sample.asked.answerable and not sample.asked.masked)
            weights.append(weight_of(sample.asked))
            if sample.asked.answerable:
                scores = chunks(sample.measured.matrix)
                features, right = read_sentences(sample, chunks)
                best = (
                    float(right[int(np.argmax(sentence_scores(features)))])
                    if sample.asked.quotes and right.any()
                    else np.nan
                )
                ranked.append((sample, scores, best))
    figures = ranking_figures(ranked)
    kept = [s for fold in range(_FOLDS) for s in samples if s.fold == fold]
    probabilities = cross_fitted(kept, inputs, labels, weights)
    figures |= refusal_figures(kept, probabilities)
    final = fit_rankers(samples, searches)
    confidence = fit_confidence(np.concatenate(inputs), labels, weights)
    out.mkdir(parents=True, exist_ok=True)
    for name, booster, columns in (
        ("chunks", final.chunks, CHUNK_FEATURES),
        ("sentences", final.sentences, SENTENCE_FEATURES),
        ("confidence", confidence, CONFIDENCE_FEATURES),
    ):
        from_xgboost(booster.save_raw("json").decode(), columns).save(out / f"{name}.safetensors")
    (out / "calibration.json").write_text(
        json.dumps({"threshold": figures["threshold"]} | figures, indent=1, ensure_ascii=False) + "\n",
        "utf-8",
    )
    np.savez_compressed(work / "confidence.npz", p=probabilities, y=np.asarray(labels))
    return figures


def elsewhere(everything: Sequence[Asked], *, one_in: int = 4) -> Iterator[Asked]:
    """Ask some questions of another document: a city has rules on few matters, and people ask about all."""
    documents = sorted({one.document for one in everything})
    random = np.random.default_rng(7)
    for one in everything[::one_in]:
        same = [other for other in documents if is_plan(other) == is_plan(one.document)]
        other = same[int(random.integers(len(same)))]
        if one.answerable and other != one.document:
            yield replace(
                one, document=other, quotes=(), article="", answerable=False, only_here=True, elsewhere=True
            )


def weight_of(asked: Asked) -> float:
    """Return how much a question counts for the confidence.

    A hidden article is often said in other words elsewhere, so such a question counts half; policies are what the
    service is for, and count double.
    """
    return (0.5 if asked.masked else 1.0) * (2.0 if is_plan(asked.document) else 1.0)


def _searches(data: Path, model: Path, twins: Sequence[Path], cross_encoder: Path) -> Iterator[Ranking]:
    """Yield the measured questions on statutes, and on encyclopaedia paragraphs, where the very words decide."""
    articles = statutes(data)
    for half, twin in enumerate(twins):
        asked = statute_questions(data, articles, half=half)
        yield from measured(articles, asked, twin, cross_encoder, name="法条", weight=_STATUTES)
    texts = list(
        dict.fromkeys(
            pair.passage.text for kept in (True, False) for pair in reading_questions(data, kept_out=kept)
        )
    )
    row_of = {text: row for row, text in enumerate(texts)}
    asked = {
        pair.question: {row_of[pair.passage.text]}
        for pair in reading_questions(data, kept_out=True)
        if pair.style != "en"
    }
    yield from measured(
        [CorpusPassage(f"p{row}", "", text) for row, text in enumerate(texts)],
        asked,
        model,
        cross_encoder,
        name="百科",
    )


def ranking_figures(ranked: Iterable[tuple[Sample, NDArray[np.float32], float]]) -> dict[str, float]:
    """Return Recall@1/5/10 of fused and reranked order, for plans and regulations, and the sentence hit rate."""
    found: dict[str, list[float]] = defaultdict(list)
    for sample, scores, best in ranked:
        group = "plans" if is_plan(sample.asked.document) else "regulations"
        for name, order in (
            ("fused", np.arange(len(scores))),
            ("reranked", np.argsort(-scores, kind="stable")),
        ):
            for k in (1, 5, 10):
                found[f"{group} {name} recall@{k}"].append(float(sample.right[order[:k]].any()))
        if not np.isnan(best):
            found[f"{group} first sentence answers"].append(best)
    return {name: round(float(np.mean(values)), 4) for name, values in found.items()}


def refusal_figures(samples: Sequence[Sample], probabilities: NDArray[np.float64]) -> dict[str, float]:
    """Return AUC by group, and the threshold that refuses `_FALSE_REFUSALS` of what has an answer."""
    from sklearn.metrics import roc_auc_score

    truth = np.asarray([sample.asked.answerable and not sample.asked.masked for sample in samples])
    plans = np.asarray([is_plan(sample.asked.document) for sample in samples])
    masked = np.asarray([sample.asked.masked for sample in samples])
    near = np.asarray([sample.asked.near_miss for sample in samples])
    elsewhere = np.asarray([sample.asked.elsewhere for sample in samples])
    figures: dict[str, float] = {}
    for name, group in (
        ("auc", truth | ~truth),
        ("auc plans, another's questions", plans & (elsewhere | truth)),
        ("auc plans, near misses", plans & (near | truth)),
        ("auc plans, clause hidden", plans & (masked | truth)),
        ("auc regulations, another's questions", ~plans & (elsewhere | truth)),
        ("auc regulations, near misses", ~plans & (near | truth)),
        ("auc regulations, article hidden", ~plans & (masked | truth)),
    ):
        if len(set(truth[group])) == 2:
            figures[name] = round(float(roc_auc_score(truth[group], probabilities[group])), 4)
    best = float(np.quantile(probabilities[truth], _FALSE_REFUSALS))
    figures["threshold"] = round(best, 4)
    for name, group in (
        ("refused of answerable", truth),
        ("refused of answerable, plans", truth & plans),
        ("refused of hidden", masked),
        ("refused of near misses", near),
        ("refused of another's questions", elsewhere),
    ):
        if group.any():
            figures[name] = round(float(np.mean(probabilities[group] < best)), 4)
    return figures


def fit_confidence(inputs: Matrix, labels: Sequence[bool], weights: Sequence[float]) -> xgboost.Booster:
    """Fit how probable it is that the sentences answer."""
    matrix = xgboost.DMatrix(
        inputs,
        label=np.asarray(labels, np.float32),
        weight=np.asarray(weights, np.float32),
        feature_names=list(CONFIDENCE_FEATURES),
    )
    return xgboost.train(_CONFIDENCE, matrix, num_boost_round=400)


def cross_fitted(
    samples: Sequence[Sample], inputs: Sequence[Matrix], labels: Sequence[bool], weights: Sequence[float]
) -> NDArray[np.float64]:
    """Return each question's probability from a model that saw no question about its document."""
    folds = np.asarray([sample.fold for sample in samples])
    found = np.zeros(len(samples))
    everything = np.concatenate(inputs)
    for fold in range(_FOLDS):
        train_rows = [int(n) for n in np.flatnonzero(folds != fold)]
        booster = fit_confidence(
            everything[train_rows], [labels[n] for n in train_rows], [weights[n] for n in train_rows]
        )
        here = np.flatnonzero(folds == fold)
        found[here] = 1 / (1 + np.exp(-margins(booster, everything[here])))
    return found


def _same_words(quote: str, text: str) -> bool:
    """True where a sentence holds the quote, or is a part of it that tells something."""
    return quote in text or (len(text) >= 12 and text in quote) or (len(quote) > 24 and quote[:12] in text)


def _plain(text: str) -> str:
    return re.sub(r"[\s，,。；;：:、]", "", unicodedata.normalize("NFKC", text))
