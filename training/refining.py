"""Refine the cross-encoder and the forests that stand on it with questions that nothing before has seen.

Two copies of the cross-encoder are trained further, each on the questions about one half of the documents. The mean of
their weights and the first one's is the cross-encoder that ships: it keeps what the first knew and knows what the copies
learnt (WiSE-FT, Wortsman et al., CVPR 2022). The sentence ranker and the refusal score are fitted on all of them, each
question measured with the mean of the first and of the copy that has not seen its document, and averaged with the first ones.
The chunk ranker stays as it is.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tqdm import tqdm

from indexer.build import build
from indexer.embedding import StaticEmbedder
from indexer.index import open_index
from service.cross_encoder import FEATURES as TOKEN_FEATURES
from service.features import CHUNK_FEATURES, SENTENCE_FEATURES, Matrix
from service.forest import Forest, from_xgboost, load_forest
from service.ranking import CONFIDENCE_FEATURES, CROSS_ENCODER
from training.answers import Texts, hidden, labelled_lists
from training.corpus import TokenCorpus
from training.cross_encoder import Course, Draw, Listed, Model, Shape, save, table_of, train
from training.data import (
    MEASURED,
    Labelled,
    further_questions,
    half_of,
    labelled_questions,
    plan_file,
)
from training.ranking import (
    Asked,
    Measurer,
    Sample,
    as_asked,
    confidence_inputs,
    cross_fitted,
    elsewhere,
    fit_confidence,
    fit_read,
    margins,
    questions,
    read_sentences,
    refusal_figures,
    tells_words,
    weight_of,
    write_corpus,
    write_regulations,
)
from training.reading import any_of, measured, write_texts
from training.siblings import Siblings
from training.usage import usage_of

logger = logging.getLogger(__name__)

_COURSE = Course(steps=3000, rate=5e-4, most=10, warmup=100)
_SEEDS = (60, 61)
_SHARES = {
    "answered": 0.38, "near misses": 0.16, "hidden": 0.10, "siblings": 0.12, "earlier": 0.18, "earlier near misses": 0.06,
}  # fmt: skip
"""Of the lists of the course."""
_EARLIER_SIBLINGS = 0.3
_EARLIER = 9000
"""So many of the questions that the first cross-encoder was trained on keep what they taught."""
_FIRST, _FIRST_WHEN_MEASURED = 0.6, 0.3
"""The weight of the first cross-encoder in the mean that ships, and in those that the questions are measured with."""
_FIRST_SENTENCES, _FIRST_CONFIDENCE = 0.7, 0.6
"""The weights of the first forests in theirs."""
_HIDDEN = 0.3
"""Of the questions with an answer so many are measured once more with the answer hidden."""
_ELSEWHERE = 6
_FOLDS = 5

Weights = Mapping[str, torch.Tensor]


def refine(
    data: Path, out: Path, work: Path, *, model: Path, corpus: TokenCorpus, first: Path
) -> dict[str, float]:
    """Train, fit, and write `out`, which holds the chunk ranker; return what was measured.

    `first` is the cross-encoder to start from. The copies in `work` are taken as they are where they are there already.
    """
    work.mkdir(parents=True, exist_ok=True)
    shape = Shape(dimension=StaticEmbedder(model).dimension)
    start = _widened(_read(first), usage_of(corpus, StaticEmbedder(model).tokenizer.get_vocab_size()))
    copies = [_copy(half, data, work, model=model, corpus=corpus, start=start) for half in (0, 1)]
    mixtures = {
        "half-0": mean(start, copies[1], share=_FIRST_WHEN_MEASURED),  # what reads the questions of half 0
        "half-1": mean(start, copies[0], share=_FIRST_WHEN_MEASURED),
        "final": mean(start, *copies, share=_FIRST_WHEN_MEASURED),
    }
    for name, weights in mixtures.items():
        save(_model(shape, weights), work / f"{name}.{CROSS_ENCODER}")
    save(_model(shape, mean(start, *copies, share=_FIRST)), out / CROSS_ENCODER)
    return _fit(data, out, work, model=model)


def mean(first: Weights, *others: Weights, share: float) -> Weights:
    """Return the mean of weights in which the first has the share `share`, the others the rest in equal parts."""
    rest = (1 - share) / len(others)
    return {name: share * first[name] + rest * sum(other[name] for other in others) for name in first}


def mean_forest(first: Forest, other: Forest, *, share: float) -> Forest:
    """Return a forest whose score is the mean of two forests', the first with the share `share`."""
    joined = {
        name: np.concatenate([_padded(getattr(one, name), first, other) for one in (first, other)])
        for name in ("feature", "threshold", "left", "right", "missing_left", "value")
    }
    joined["value"][: len(first.value)] *= np.float32(share)
    joined["value"][len(first.value) :] *= np.float32(1 - share)
    base = share * first.base + (1 - share) * other.base
    return Forest(first.features, **joined, base=base, depth=max(first.depth, other.depth))


def _padded(array: NDArray[Any], *forests: Forest) -> NDArray[Any]:
    nodes = max(forest.value.shape[1] for forest in forests)
    return np.pad(array, ((0, 0), (0, nodes - array.shape[1])))


def _read(file: Path) -> Weights:
    return {name: torch.from_numpy(array.astype(np.float32)) for name, array in load_file(file).items()}


def _widened(weights: Weights, usage: NDArray[np.float32]) -> Weights:
    """Return the weights with a place for every number that a token brings today: one made earlier gives the new ones nothing."""
    features = weights["features"]
    missing = TOKEN_FEATURES - features.shape[1]
    return {
        **weights,
        "features": torch.cat([features, torch.zeros(len(features), missing)], dim=1),
        "usage": torch.from_numpy(usage),
    }


def _model(shape: Shape, weights: Weights) -> Model:
    network = Model(shape, weights["usage"].numpy())
    network.load_state_dict(dict(weights))
    return network


def _copy(half: int, data: Path, work: Path, *, model: Path, corpus: TokenCorpus, start: Weights) -> Weights:
    """Return a copy of the cross-encoder trained further on the questions about one half of the documents."""
    file = work / f"copy-{half}.{CROSS_ENCODER}"
    if file.is_file():
        return _read(file)
    own = [one for one in further_questions(data) if one.document not in MEASURED]
    own = [one for one in own if half_of(one.document) == half]
    earlier = list(labelled_questions(data, kept_out=False))
    random = np.random.default_rng(5)
    earlier = [earlier[int(n)] for n in random.permutation(len(earlier))[:_EARLIER]]
    unseen = [one for one in further_questions(data) if one.document in MEASURED]
    write_texts([*own, *earlier, *unseen], data, work / f"texts-{half}")
    build(work / f"texts-{half}", work / f"index-{half}", model=model)
    embedder = StaticEmbedder(model)
    texts = Texts(open_index(work / f"index-{half}", model=model), embedder)
    new, old = ([*labelled_lists(texts, group, table=lambda one: 0)] for group in (own, earlier))
    network = _model(Shape(dimension=embedder.dimension), start)
    sources = _sources(new, old, Siblings(embedder, corpus))
    tables = [table_of(embedder)]
    train(network, tables, sources, replace(_COURSE, seed=_SEEDS[half]), name=f"半数文件 {half}")
    kept = [*labelled_lists(texts, unseen, table=lambda one: 0)]
    logger.info("copy %d: %s", half, json.dumps(measured(network, tables[0], kept)))
    save(network, file)
    return _read(file)


def _sources(
    new: Sequence[tuple[Labelled, Listed]], old: Sequence[tuple[Labelled, Listed]], siblings: Siblings
) -> list[tuple[float, Draw]]:
    def of(lists: Sequence[tuple[Labelled, Listed]], *, answerable: bool) -> list[Listed]:
        return [listed for one, listed in lists if one.answerable is answerable]

    answered, earlier = of(new, answerable=True), of(old, answerable=True)

    def sibling(random: np.random.Generator) -> Listed:
        while True:
            lists = earlier if random.random() < _EARLIER_SIBLINGS else answered
            found = siblings.of(lists[int(random.integers(len(lists)))], random)
            if found is not None:
                return found

    groups: dict[str, Draw] = {
        "answered": any_of(answered),
        "near misses": any_of(of(new, answerable=False)),
        "hidden": any_of([one for one in map(hidden, answered) if one is not None]),
        "siblings": sibling,
        "earlier": any_of(earlier),
        "earlier near misses": any_of(of(old, answerable=False)),
    }
    return [(_SHARES[name], draw) for name, draw in groups.items()]


def _fit(data: Path, out: Path, work: Path, *, model: Path) -> dict[str, float]:
    """Fit the sentence ranker and the refusal score over the chunk ranker in `out`, and average them with those there."""
    groups = {f"half-{half}": [*_further(data, half)] for half in (0, 1)}
    groups["final"] = list(questions(data))
    _write_corpus(data, work / "corpus")
    build(work / "corpus", work / "index", model=model)
    index = open_index(work / "index", model=model)
    random = np.random.default_rng(4)
    samples: list[Sample] = []
    for name, asked in groups.items():
        measurer = Measurer(index, work / f"{name}.{CROSS_ENCODER}")
        without = [
            replace(one, answerable=False, only_here=one.only_here or not one.quotes, masked=True)
            for one in asked
            if one.answerable and random.random() < _HIDDEN
        ]
        every = [*asked, *without, *elsewhere(asked, one_in=_ELSEWHERE)]
        samples += [
            sample
            for one in tqdm(every, desc=f"测量 {name}", unit="问")
            if (sample := measurer.measure(one)) is not None
        ]
    chunks = load_forest(out / "chunks.safetensors", CHUNK_FEATURES).score
    read = [read_sentences(sample, chunks) for sample in tqdm(samples, desc="读句子", unit="问")]
    inputs: list[Matrix] = [np.zeros((0, 0), np.float32)] * len(samples)
    hits: list[float] = []
    for fold in (*range(_FOLDS), None):
        forest = fit_read(
            [each for one, each in zip(samples, read, strict=True) if one.fold != fold and tells_words(one)]
        )
        scores = partial(margins, forest)
        for place, sample in enumerate(samples):
            if sample.fold == fold:
                features, right = read[place]
                inputs[place] = confidence_inputs(sample, chunks, scores, features=features)
                if tells_words(sample) and right.any():
                    hits.append(float(right[int(np.argmax(scores(features)))]))
    labels = [sample.asked.answerable and not sample.asked.masked for sample in samples]
    weights = [weight_of(sample.asked) for sample in samples]
    earlier_sentences = load_forest(out / "sentences.safetensors", SENTENCE_FEATURES)
    earlier_confidence = load_forest(out / "confidence.safetensors", CONFIDENCE_FEATURES)
    own = cross_fitted(samples, inputs, labels, weights)
    log_odds = (1 - _FIRST_CONFIDENCE) * np.log(own / (1 - own))
    log_odds += _FIRST_CONFIDENCE * earlier_confidence.score(np.concatenate(inputs))
    probabilities: NDArray[np.float64] = 1 / (1 + np.exp(-log_odds))
    figures = {"first sentence answers": round(float(np.mean(hits)), 4)}
    figures |= refusal_figures(samples, probabilities)
    confidence = fit_confidence(np.concatenate(inputs), labels, weights)
    for name, booster, first, share in (
        ("sentences", forest, earlier_sentences, _FIRST_SENTENCES),
        ("confidence", confidence, earlier_confidence, _FIRST_CONFIDENCE),
    ):
        fitted = from_xgboost(booster.save_raw("json").decode(), first.features)
        mean_forest(first, fitted, share=share).save(out / f"{name}.safetensors")
    earlier = json.loads((out / "calibration.json").read_text("utf-8"))
    kept = {name: value for name, value in earlier.items() if "recall" in name}
    (out / "calibration.json").write_text(
        json.dumps({"threshold": figures["threshold"]} | kept | figures, indent=1, ensure_ascii=False) + "\n",
        "utf-8",
    )
    np.savez_compressed(work / "confidence.npz", p=probabilities, y=np.asarray(labels))
    return figures


def _further(data: Path, half: int) -> Iterator[Asked]:
    for number, one in enumerate(further_questions(data)):
        if one.document not in MEASURED and half_of(one.document) == half:
            yield as_asked(one, number)


def _write_corpus(data: Path, folder: Path) -> None:
    write_corpus(data, folder)
    asked = [one for one in further_questions(data) if one.document not in MEASURED]
    for plan in {one.document for one in asked if not one.article}:
        (folder / f"{plan}.txt").write_text(plan_file(data, plan).read_text("utf-8"), "utf-8")
    write_regulations(data, folder, {one.document for one in asked if one.article})
