"""Fit the rankers and the refusal score on questions about documents that the embedder never saw."""

from __future__ import annotations

import json
import logging
import re
import shutil
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
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
from service.closeness import CloseReader
from service.features import CHUNK_FEATURES, SENTENCE_FEATURES, Matrix, sentence_features
from service.forest import from_xgboost
from service.question import Question
from service.ranking import (
    CONFIDENCE_FEATURES,
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
from training.data import HELD_OUT_PLANS, NEAR_MISSES, half_of, held_out, reading_questions, rows
from training.searches import Ranking, measured
from training.statutes import statute_questions, statutes

logger = logging.getLogger(__name__)

_DAY = date(2026, 1, 1)
_FOLDS = 5
_CANDIDATES = 50
_FALSE_REFUSALS = 0.1
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
    quote: str = ""
    """Words of the document that answer it; empty where only the article is known."""
    article: str = ""
    answerable: bool = True
    only_here: bool = False
    """The question does not say which document it means: search that one alone."""
    masked: bool = False
    """What answers it is hidden: an unanswerable question on the right topic."""
    only_measured: bool = False
    """No confidence is fitted to it. Near misses by the hundred say what the features can't see."""


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

    @property
    def fold(self) -> int:
        """Questions about one document stay in one fold."""
        return sum(self.asked.document.encode()) % _FOLDS


def write_corpus(data: Path, folder: Path) -> None:
    """Write the held-out regulations and all fictional plans as files to index."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for plan in sorted((data / "plans").glob("plan*.txt")):
        shutil.copy(plan, folder / plan.name)
    asked = {row["doc"] for row in rows(data / "questions" / "questions.jsonl.gz") if held_out(row["doc"])}
    articles: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows(data / "raw_paragraphs.jsonl.gz"):
        if row.get("doc") in asked and row["kind"] != "news":
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
    """Yield the questions of the plans and the held-out regulations, near misses among them."""
    for row in rows(data / "plans" / "questions.jsonl"):
        yield Asked(
            row["q"],
            row["doc"],
            quote=row.get("quote") or "",
            answerable=row["answerable"],
            only_here=not row["names_city"],
        )
    for row in rows(NEAR_MISSES):
        yield Asked(
            row["question"],
            row["document"],
            quote=row.get("quote") or "",
            answerable=row["answerable"],
            only_here=True,
            only_measured=not row["answerable"],
        )
    for number, row in enumerate(rows(data / "questions" / "questions.jsonl.gz")):
        if held_out(row["doc"]):
            # Regulations of many cities say the same: a question that names none is fair to one alone.
            named = bool(find_mentions(row["question"])) or not find_mentions(row["doc"])
            yield Asked(
                row["question"],
                row["doc"].replace("/", "_"),
                article=row["art"],
                only_here=not named or number % 3 > 0,
            )


class Measurer:
    """Measures questions over one index exactly as the service does."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._entries = index.catalogue.entries
        self._understanding = Understanding(self._entries)
        self._retriever = HybridRetriever(index)
        self._views = views_of(index, size=100_000)
        self.reader = CloseReader(index.embedder, self._views, index.catalogue, size=50_000)

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
        if asked.document not in self.index.catalogue or not (asked.quote or asked.article):
            return found
        entry = self.index.catalogue.entry(asked.document)
        document = self.index.catalogue.document(asked.document)
        for number, chunk in enumerate(self.index.catalogue.chunks_of(asked.document)):
            labels = {
                document.clauses[row].label
                for paragraph in paragraphs_of(chunk, document)
                for row in document.path(paragraph.clause)
            }
            if (asked.quote and _plain(asked.quote) in _plain(chunk.text)) or (
                asked.article and asked.article in labels
            ):
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
    inputs, labels = [], []
    for sample in useful:
        if sample.asked.quote:
            features, right, _ = read_sentences(sample, chunks)
            inputs.append(features)
            labels.append(right)
    sentence_matrix = xgboost.DMatrix(
        np.concatenate(inputs),
        label=np.concatenate(labels).astype(np.float32),
        feature_names=list(SENTENCE_FEATURES),
    )
    return Models(chunks, xgboost.train(_SENTENCES, sentence_matrix, num_boost_round=160))


def read_sentences(sample: Sample, chunks: xgboost.Booster) -> tuple[Matrix, NDArray[np.bool_], list[int]]:
    """Return the features of the sentences of the best chunks, which of them answer, and the chunks' order."""
    scores = margins(chunks, sample.measured.matrix)
    everything = [int(place) for place in np.argsort(-scores, kind="stable")]
    order, read = everything[:8], to_read(sample.measured.views, everything)
    views = [sample.measured.views[place] for place in read]
    closeness = [read_closely(sample.measured, sample.candidates, place, sample.reader) for place in read]
    features = sentence_features(
        sample.measured.lens, views, closeness, [float(scores[place]) for place in read]
    )
    quote = _plain(sample.asked.quote)
    head = quote[:6]
    right = np.asarray(
        [
            bool(quote)
            and view.document.id == sample.asked.document
            and (quote in _plain(sentence.text) or (len(quote) > 24 and head in _plain(sentence.text)))
            for view in views
            for sentence in view.sentences
        ],
        np.bool_,
    )
    return features, right, order


def confidence_inputs(sample: Sample, models: Models) -> Matrix:
    """Return the refusal model's inputs for one question, float32, shape (1, len(CONFIDENCE_FEATURES))."""
    features, _, order = read_sentences(sample, models.chunks)
    scores = margins(models.chunks, sample.measured.matrix)
    everything = [int(place) for place in np.argsort(-scores, kind="stable")]
    views = [sample.measured.views[place] for place in to_read(sample.measured.views, everything)]
    sentences = [(view, sentence) for view in views for sentence in view.sentences]
    return confidence_features(
        sample.measured,
        order,
        scores[order],
        sentences,
        features,
        margins(models.sentences, features),
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

    Each of the `twins` is an embedding trained without one half of the questions on statutes and plans.
    """
    if not (work / "corpus").is_dir():
        write_corpus(data, work / "corpus")
    searches = list(_searches(data, model, twins))
    measurers = []
    for number, folder in enumerate((*twins, model)):
        build(work / "corpus", work / f"index-{number}", model=folder)
        measurers.append(Measurer(open_index(work / f"index-{number}", model=folder)))
    everything = list(questions(data))
    hidden = [
        Asked(
            a.text,
            a.document,
            a.quote,
            a.article,
            answerable=False,
            only_here=a.only_here or not a.quote,
            masked=True,
        )
        for number, a in enumerate(everything)
        if a.answerable and (a.quote or number % 2 == 0)
    ]
    samples = [
        sample
        for asked in tqdm([*everything, *hidden], desc="测量", unit="问")
        if (sample := measurers[_blind(asked)].measure(asked)) is not None
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
            inputs.append(confidence_inputs(sample, models))
            labels.append(sample.asked.answerable and not sample.asked.masked)
            weights.append(_weight(sample.asked))
            if sample.asked.answerable:
                scores = margins(models.chunks, sample.measured.matrix)
                features, right, _ = read_sentences(sample, models.chunks)
                best = (
                    float(right[int(np.argmax(margins(models.sentences, features)))])
                    if sample.asked.quote and len(right)
                    else np.nan
                )
                ranked.append((sample, scores, best))
    figures = ranking_figures(ranked)
    kept = [s for fold in range(_FOLDS) for s in samples if s.fold == fold]
    probabilities = _cross_fitted(kept, inputs, labels, weights)
    figures |= refusal_figures(kept, probabilities)
    final = fit_rankers(samples, searches)
    confidence = _fit_confidence(np.concatenate(inputs), labels, weights)
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
    fitted = np.asarray(weights) > 0
    np.savez_compressed(work / "confidence.npz", p=probabilities[fitted], y=np.asarray(labels)[fitted])
    return figures


def _weight(asked: Asked) -> float:
    """Return how much a question counts for the confidence: one whose answer is known to the word, or a near miss, most."""
    if asked.only_measured:
        return 0.0
    return 3.0 if asked.quote or (not asked.masked and not asked.answerable) else 1.0


def _searches(data: Path, model: Path, twins: Sequence[Path]) -> Iterator[Ranking]:
    """Yield the measured questions on statutes, and on encyclopaedia paragraphs, where the very words decide."""
    articles = statutes(data)
    for half, twin in enumerate(twins):
        yield from measured(
            articles, statute_questions(data, articles, half=half), twin, name="法条", weight=_STATUTES
        )
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
        [CorpusPassage(f"p{row}", "", text) for row, text in enumerate(texts)], asked, model, name="百科"
    )


def _blind(asked: Asked) -> int:
    """Return which embedding was shown no question about the document: a twin's number, or -1 for the one that ships."""
    shown = asked.document.startswith("plan") and asked.document not in HELD_OUT_PLANS
    return half_of(f"plans/{asked.document}") if shown else -1


def ranking_figures(ranked: Iterable[tuple[Sample, NDArray[np.float32], float]]) -> dict[str, float]:
    """Return Recall@1/5/10 of fused and reranked order, for plans and regulations, and the sentence hit rate."""
    found: dict[str, list[float]] = defaultdict(list)
    for sample, scores, best in ranked:
        group = "plans" if sample.asked.document.startswith("plan") else "regulations"
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
    plans = np.asarray([sample.asked.document.startswith("plan") for sample in samples])
    masked = np.asarray([sample.asked.masked for sample in samples])
    near = np.asarray([sample.asked.only_measured for sample in samples])
    figures: dict[str, float] = {}
    for name, group in (
        ("auc all but measured near misses", ~near),
        ("auc plans, written near misses", plans & ~masked & ~near),
        ("auc plans, clause hidden", plans & (masked | truth)),
        ("auc regulations, article hidden", ~plans & (masked | truth)),
        ("auc near misses only measured", truth | near),
    ):
        if len(set(truth[group])) == 2:
            figures[name] = round(float(roc_auc_score(truth[group], probabilities[group])), 4)
    best = float(np.quantile(probabilities[truth], _FALSE_REFUSALS))
    figures["threshold"] = round(best, 4)
    for name, group in (
        ("refused of answerable", truth),
        ("refused of unanswerable", ~truth & ~near),
        ("refused of near misses only measured", near),
    ):
        if group.any():
            figures[name] = round(float(np.mean(probabilities[group] < best)), 4)
    return figures


def _fit_confidence(inputs: Matrix, labels: Sequence[bool], weights: Sequence[float]) -> xgboost.Booster:
    matrix = xgboost.DMatrix(
        inputs,
        label=np.asarray(labels, np.float32),
        weight=np.asarray(weights, np.float32),
        feature_names=list(CONFIDENCE_FEATURES),
    )
    return xgboost.train(_CONFIDENCE, matrix, num_boost_round=400)


def _cross_fitted(
    samples: Sequence[Sample], inputs: Sequence[Matrix], labels: Sequence[bool], weights: Sequence[float]
) -> NDArray[np.float64]:
    """Return each question's probability from a model that saw no question about its document."""
    folds = np.asarray([sample.fold for sample in samples])
    found = np.zeros(len(samples))
    everything = np.concatenate(inputs)
    for fold in range(_FOLDS):
        train_rows = [int(n) for n in np.flatnonzero(folds != fold)]
        booster = _fit_confidence(
            everything[train_rows], [labels[n] for n in train_rows], [weights[n] for n in train_rows]
        )
        here = np.flatnonzero(folds == fold)
        found[here] = 1 / (1 + np.exp(-margins(booster, everything[here])))
    return found


def _plain(text: str) -> str:
    return re.sub(r"[\s，,。；;：:、]", "", unicodedata.normalize("NFKC", text))
