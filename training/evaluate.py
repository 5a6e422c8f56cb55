"""Measure an embedding on what its training left out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.embedding import Embedder
from indexer.lexical import LexicalIndex
from indexer.tokens import lexical_tokens
from service.retriever import DENSE_WEIGHT
from training import data as sources

DEPTHS = (5, 10, 100)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Questions, texts, and for each question the rows of the texts that answer it."""

    name: str
    questions: Sequence[str]
    texts: Sequence[str]
    relevant: Sequence[frozenset[int]]


def benchmarks(data: Path) -> Iterator[Benchmark]:
    """The development sets, and the slices of the training data that were kept out."""
    yield beir("STARD-dev", data / "B1-dev")
    yield beir("CMRC/DRCD", data / "B2-dev")
    kept = list(sources.regulation_questions(data, kept_out=True))
    articles = _distinct(
        pair.passage.full
        for part in (True, False)
        for pair in sources.regulation_questions(data, kept_out=part)
    )
    yield _paired("regulations", [pair for pair in kept if pair.style != "en"], articles)
    yield _paired("regulations, English", [pair for pair in kept if pair.style == "en"], articles)
    kept = list(sources.plan_questions(data, kept_out=True))
    plans = sorted({row["doc"] for row in sources.plan_rows(data)})
    lines = _distinct(text.full for plan in plans for text in sources.plan_texts(data, plan))
    yield _paired("plans", [pair for pair in kept if pair.style != "en"], lines)
    kept = [pair for pair in sources.reading_questions(data, kept_out=True) if pair.style == "en"]
    paragraphs = _distinct(
        pair.passage.full for part in (True, False) for pair in sources.reading_questions(data, kept_out=part)
    )
    yield _paired("XQuAD, English", kept, paragraphs)


def beir(name: str, folder: Path) -> Benchmark:
    """A BEIR folder; title and headings go before the text."""
    texts: list[str] = []
    row_of: dict[str, int] = {}
    for row in sources.rows(folder / "corpus.jsonl.gz"):
        above = [row["title"], *row.get("metadata", {}).get("headings", [])]
        row_of[row["_id"]] = len(texts)
        texts.append("\n".join(filter(None, (" ".join(filter(None, above)), row["text"]))))
    relevant: dict[str, set[int]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        question, text, grade = line.split("\t")
        if int(grade) > 0:
            relevant.setdefault(question, set()).add(row_of[text])
    asked = [row for row in sources.rows(folder / "queries.jsonl.gz") if row["_id"] in relevant]
    return Benchmark(
        name, [row["text"] for row in asked], texts, [frozenset(relevant[row["_id"]]) for row in asked]
    )


def _distinct(texts: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _paired(name: str, pairs: Sequence[sources.Pair], texts: list[str]) -> Benchmark:
    row_of = {text: row for row, text in enumerate(texts)}
    relevant = [frozenset({row_of[pair.passage.full]}) for pair in pairs]
    return Benchmark(name, [pair.question for pair in pairs], texts, relevant)


def recall(rankings: NDArray[np.int64], relevant: Sequence[frozenset[int]], depth: int) -> float:
    """Mean share of a question's texts that are among its first `depth`."""
    shares = [
        len(wanted.intersection(ranking[:depth].tolist())) / len(wanted)
        for ranking, wanted in zip(rankings, relevant, strict=True)
    ]
    return float(np.mean(shares))


def rank(scores: NDArray[np.float32], depth: int) -> NDArray[np.int64]:
    """Rows of the `depth` highest scores, best first."""
    depth = min(depth, scores.shape[1])
    top = np.argpartition(-scores, depth - 1, axis=1)[:, :depth]
    order = np.argsort(-np.take_along_axis(scores, top, axis=1), axis=1, kind="stable")
    return np.take_along_axis(top, order, axis=1)


def lexical_scores(questions: Sequence[str], texts: Sequence[str]) -> NDArray[np.float32]:
    """BM25 over its greatest possible value for the question, shape (questions, texts)."""
    index = LexicalIndex.build(lexical_tokens(text) for text in texts)
    scores = np.zeros((len(questions), len(texts)), dtype=np.float32)
    for row, question in enumerate(questions):
        asked = lexical_tokens(question)
        most = index.maximum(asked)
        if most > 0:
            scores[row] = index.scores(asked) / most
    return scores


def report(embedder: Embedder, data: Path, *, lexical: bool = True) -> Iterator[str]:
    """Lines of a Markdown table: Recall at the depths for dense, lexical and hybrid."""
    yield "| set | questions | texts | system | " + " | ".join(f"R@{depth}" for depth in DEPTHS) + " |"
    yield "| --- | ---: | ---: | --- |" + " ---: |" * len(DEPTHS)
    for benchmark in benchmarks(data):
        dense = embedder.embed_questions(benchmark.questions) @ embedder.embed_documents(benchmark.texts).T
        systems = {"dense": dense}
        if lexical:
            words = lexical_scores(benchmark.questions, benchmark.texts)
            systems = {"BM25": words, "dense": dense, "hybrid": words + DENSE_WEIGHT * dense}
        for system, scores in systems.items():
            rankings = rank(scores, max(DEPTHS))
            figures = " | ".join(f"{recall(rankings, benchmark.relevant, depth):.3f}" for depth in DEPTHS)
            size = f"{len(benchmark.questions)} | {len(benchmark.texts)}"
            yield f"| {benchmark.name} | {size} | {system} | {figures} |"


def speed(embedder: Embedder, texts: Sequence[str], *, seconds: float = 3.0) -> tuple[float, float]:
    """Texts embedded in a second, and the median milliseconds of one question."""
    embedder.embed_documents(texts)
    started, done = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        embedder.embed_documents(texts)
        done += len(texts)
    rate = done / (time.perf_counter() - started)
    taken = []
    for number in range(300):
        begun = time.perf_counter()
        embedder.embed_questions([f"办理{number}号事项需要带哪些材料，几天能办完？"])
        taken.append((time.perf_counter() - begun) * 1000)
    return rate, float(np.median(taken))
