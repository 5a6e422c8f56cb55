"""Make the cross-encoder: index the texts, pair questions with sentences, train, and measure on what was kept out."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import torch

from indexer.build import build
from indexer.embedding import StaticEmbedder
from indexer.index import open_index
from service.ranking import CROSS_ENCODER
from training.answers import MadeUp, Texts, hidden, labelled_lists
from training.corpus import TokenCorpus
from training.cross_encoder import Course, Draw, Listed, Model, Shape, save, scores_of, table_of, train
from training.data import (
    HELD_OUT_PLANS,
    Labelled,
    half_of,
    held_out,
    is_plan,
    labelled_questions,
    plan_file,
)
from training.ranking import write_regulations
from training.usage import usage_of

logger = logging.getLogger(__name__)

MADE_UP = Course(steps=1300, rate=1e-3)
ASKED = Course(steps=4000, rate=7e-4, most=10, seed=2)
_SHARES = {"answered": 0.54, "policies": 0.12, "near misses": 0.10, "hidden": 0.14, "made up": 0.10}
"""Of the lists of the second course."""


def write_texts(questions: Sequence[Labelled], data: Path, folder: Path) -> None:
    """Write what the questions are about as files to index."""
    folder.mkdir(parents=True, exist_ok=True)
    plans = {one.document for one in questions if not one.article}
    for plan in plans:
        (folder / f"{plan}.txt").write_text(plan_file(data, plan).read_text("utf-8"), "utf-8")
    write_regulations(data, folder, {one.document for one in questions if one.article})


def train_cross_encoder(
    data: Path,
    out: Path,
    work: Path,
    *,
    model: Path,
    corpus: TokenCorpus,
    twins: Sequence[Path],
    start: Path | None = None,
) -> dict[str, float]:
    """Train on the questions of all documents but those kept out; write `out`, return what was measured on these.

    A question is read with the embedding, of the `twins`, that has not seen it. `start`: weights after the first course.
    """
    seen = list(labelled_questions(data, kept_out=False))
    unseen = list(labelled_questions(data, kept_out=True))
    write_texts([*seen, *unseen], data, work / "texts")
    build(work / "texts", work / "index", model=model)
    index = open_index(work / "index", model=model)
    embedder = StaticEmbedder(model)
    texts = Texts(index, embedder)
    tables = [table_of(StaticEmbedder(twin)) for twin in twins]
    usage = usage_of(corpus, embedder.tokenizer.get_vocab_size())
    network = Model(Shape(dimension=embedder.dimension), usage)
    rows = np.concatenate(
        [
            np.arange(entry.first_row, entry.first_row + len(index.catalogue.chunks_of(entry.id)))
            for entry in index.catalogue.entries
            if not held_out(entry.id) and entry.id not in HELD_OUT_PLANS
        ]
    )
    made_up = MadeUp(texts, rows=rows)
    if start is None:
        train(network, tables[:1], [(1.0, made_up.draw)], MADE_UP, name="造出的问题")
        torch.save(network.state_dict(), work / "made-up.pt")
    else:
        network.load_state_dict(torch.load(start))
    lists = list(labelled_lists(texts, seen, table=lambda one: half_of(_name(one))))
    answered = [listed for one, listed in lists if one.answerable]
    groups: dict[str, Draw] = {
        "answered": any_of(answered),
        "policies": any_of([listed for one, listed in lists if one.answerable and not one.article]),
        "near misses": any_of([listed for one, listed in lists if not one.answerable]),
        "hidden": any_of([one for one in map(hidden, answered) if one is not None]),
        "made up": made_up.draw,
    }
    train(network, tables, [(_SHARES[name], draw) for name, draw in groups.items()], ASKED, name="问题")
    out.mkdir(parents=True, exist_ok=True)
    for folder in (out, work):  # `refine` starts from the one in `work`
        save(network, folder / CROSS_ENCODER)
    kept = list(labelled_lists(texts, unseen, table=lambda one: 0))
    return measured(network, table_of(embedder), kept)


def measured(
    network: Model, table: torch.Tensor, lists: Sequence[tuple[Labelled, Listed]]
) -> dict[str, float]:
    """Return how often the best sentence answers, and how well its score tells answered questions from others."""
    from sklearn.metrics import roc_auc_score

    network.eval()
    found: dict[str, list[float]] = {}
    best: dict[str, list[float]] = {}
    with torch.no_grad():
        for one, listed in lists:
            scores = scores_of(network, table, [(listed.question, each) for each in listed.sentences]).numpy()
            group = "plans" if is_plan(one.document) else "regulations"
            if not one.answerable:
                best.setdefault(f"{group} near misses", []).append(float(scores.max()))
                continue
            best.setdefault(group, []).append(float(scores.max()))
            rest = [n for n in range(len(scores)) if n not in listed.stays]
            if rest:
                best.setdefault(f"{group} hidden", []).append(float(scores[rest].max()))
            if one.quotes is not None:
                found.setdefault(group, []).append(float(listed.right[int(scores.argmax())] > 0))
    figures = {f"{group} first sentence answers": float(np.mean(hits)) for group, hits in found.items()}
    for group in found:
        for other in ("near misses", "hidden"):
            against = best.get(f"{group} {other}", [])
            if against:
                truth = [1] * len(best[group]) + [0] * len(against)
                figures[f"{group} auc, {other}"] = float(
                    roc_auc_score(truth, list(chain(best[group], against)))
                )
    return {name: round(value, 4) for name, value in figures.items()}


def _name(one: Labelled) -> str:
    """The name whose half decides which embedding has seen the question; see training.data.half_of_pair."""
    return one.document if one.article else f"plans/{one.document}"


def any_of(lists: Sequence[Listed]) -> Draw:
    """Return what draws one of `lists`."""
    return lambda random: lists[int(random.integers(len(lists)))]
