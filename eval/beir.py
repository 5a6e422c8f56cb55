"""Measure retrieval on a BEIR-format folder: lexical, dense, hybrid, and hybrid with the reranker."""

from __future__ import annotations

import csv
import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from eval.bootstrap import Difference, Interval, difference, interval
from eval.errors import EvaluationError
from eval.tables import Table, shown_p
from indexer.collection import CorpusPassage

MEASURES = {
    "R@5": "Recall@5",
    "R@10": "Recall@10",
    "R@100": "Recall@100",
    "RR@10": "MRR@10",
    "nDCG@10": "nDCG@10",
}
DEPTH = 100
"""So many passages are asked for each question."""


class CollectionError(EvaluationError):
    """A folder is not in BEIR format; the message names the file and what was found and expected."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A corpus, questions about it, and which passages answer them."""

    name: str
    corpus: tuple[CorpusPassage, ...]
    questions: Mapping[str, str]
    """By query id; only those that `qrels` judge."""
    qrels: Mapping[str, Mapping[str, int]]

    def first(self, limit: int | None) -> Collection:
        """Return the same with the first `limit` questions only; None keeps all."""
        kept = dict(list(self.questions.items())[:limit])
        return replace(self, questions=kept, qrels={query: self.qrels[query] for query in kept})


@dataclass(frozen=True, slots=True)
class SystemResult:
    """What a system found, and how long a question took."""

    name: str
    scores: Mapping[str, Mapping[str, float]]
    """Measure to query id to value."""
    ms: Mapping[str, float]
    """Mean, p50 and p99 of the milliseconds a question takes, one at a time."""

    def mean(self, measure: str) -> Interval:
        """Return a measure's mean over all questions, with its interval."""
        found = interval(list(self.scores[measure].values()))
        assert found is not None
        return found

    def as_plain(self) -> dict[str, Any]:
        """Return means and milliseconds as JSON-like values."""
        means = {label: asdict(self.mean(name)) for name, label in MEASURES.items()}
        return {"measures": means, "ms": dict(self.ms)}


Search = Callable[[str], Sequence[str]]
"""From a question to the ids of at most `DEPTH` passages, best first."""


def load_collection(folder: Path) -> Collection:
    """Read `corpus.jsonl`, `queries.jsonl` (either may be gzipped) and `qrels.tsv` or `qrels/*.tsv`.

    Qrels need a header line; a judgement of 0 is no answer. Raises `CollectionError`.
    """
    corpus = tuple(
        CorpusPassage(str(row["_id"]), str(row.get("title") or ""), str(row["text"]), _headings(row))
        for row in _rows(folder, "corpus", ("_id", "text"))
    )
    qrels = _qrels(folder)
    known = {passage.id for passage in corpus}
    missing = next((p for judged in qrels.values() for p in judged if p not in known), None)
    if missing is not None:
        raise CollectionError(f"{folder}：qrels 提到的段落 {missing} 不在 corpus 里")
    queries = {str(row["_id"]): str(row["text"]) for row in _rows(folder, "queries", ("_id", "text"))}
    absent = next((query for query in qrels if query not in queries), None)
    if absent is not None:
        raise CollectionError(f"{folder}：qrels 提到的问题 {absent} 不在 queries 里")
    return Collection(folder.name, corpus, {query: queries[query] for query in qrels}, qrels)


def _headings(row: Mapping[str, Any]) -> tuple[str, ...]:
    metadata = row.get("metadata")
    found = metadata.get("headings") if isinstance(metadata, dict) else None
    return tuple(str(heading) for heading in found) if isinstance(found, list) else ()


def _rows(folder: Path, name: str, needed: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    for file in (folder / f"{name}.jsonl", folder / f"{name}.jsonl.gz"):
        if file.is_file():
            break
    else:
        raise CollectionError(f"{folder} 里没有 {name}.jsonl 或 {name}.jsonl.gz")
    with (
        gzip.open(file, "rt", encoding="utf-8")
        if file.suffix == ".gz"
        else file.open(encoding="utf-8") as lines
    ):
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise CollectionError(f"{file} 第 {number} 行不是 JSON：{error}") from error
            if not isinstance(row, dict) or not all(key in row for key in needed):
                raise CollectionError(
                    f"{file} 第 {number} 行应有 {'、'.join(needed)}，实为 {line.strip()[:80]}"
                )
            yield row


def _qrels(folder: Path) -> dict[str, dict[str, int]]:
    files = [
        file for file in [folder / "qrels.tsv", *sorted((folder / "qrels").glob("*.tsv"))] if file.is_file()
    ]
    if not files:
        raise CollectionError(f"{folder} 里没有 qrels.tsv 或 qrels/*.tsv")
    qrels: dict[str, dict[str, int]] = {}
    for file in files:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = csv.reader(lines, delimiter="\t")
            header = next(rows, [])
            if [cell.strip() for cell in header[:3]] != ["query-id", "corpus-id", "score"]:
                raise CollectionError(f"{file} 首行应是 query-id、corpus-id、score，实为 {header}")
            for number, row in enumerate(rows, 2):
                if len(row) < 3 or not row[2].strip().lstrip("-").isdigit():
                    raise CollectionError(f"{file} 第 {number} 行应有三列，末列是整数，实为 {row}")
                if int(row[2]) > 0:
                    qrels.setdefault(row[0], {})[row[1]] = int(row[2])
    if not qrels:
        raise CollectionError(f"{folder} 的 qrels 里没有一条得分大于 0")
    return qrels


def measure(collection: Collection, name: str, search: Search) -> SystemResult:
    """Ask every question once, one after another, and measure with ir-measures."""
    import ir_measures

    queries = list(collection.questions.items())
    search(queries[0][1])  # what loads lazily is loaded before the clock runs
    run: dict[str, dict[str, float]] = {}
    times: list[float] = []
    for query, text in queries:
        started = time.perf_counter()
        found = search(text)
        times.append((time.perf_counter() - started) * 1000)
        run[query] = {passage: float(-rank) for rank, passage in enumerate(found[:DEPTH])}
    parsed = {name: ir_measures.parse_measure(name) for name in MEASURES}
    scores: dict[str, dict[str, float]] = {
        name: dict.fromkeys(collection.questions, 0.0) for name in MEASURES
    }
    labels = {measure: name for name, measure in parsed.items()}
    for metric in ir_measures.iter_calc(list(parsed.values()), collection.qrels, run):
        scores[labels[metric.measure]][metric.query_id] = float(metric.value)
    p50, p99 = (float(value) for value in np.percentile(times, (50, 99)))
    return SystemResult(name, scores, {"mean": float(np.mean(times)), "p50": p50, "p99": p99})


def compare(before: SystemResult, after: SystemResult) -> dict[str, Difference]:
    """Return each measure's paired difference of `after` to `before`."""
    found: dict[str, Difference] = {}
    for name in MEASURES:
        queries = list(before.scores[name])
        change = difference(
            [before.scores[name][query] for query in queries],
            [after.scores[name][query] for query in queries],
        )
        assert change is not None
        found[name] = change
    return found


def result_tables(collection: Collection, results: Sequence[SystemResult]) -> list[Table]:
    """Return the measures of all systems, and the paired differences of each to the one before it."""
    title = f"{collection.name}：{len(collection.corpus)} 段，{len(collection.questions)} 问"
    rows = []
    for result in results:
        means = [result.mean(name) for name in MEASURES]
        cells = [f"{_short(mean.mean)} [{_short(mean.low)}–{_short(mean.high)}]" for mean in means]
        rows.append((result.name, *cells, f"{result.ms['p50']:.1f}", f"{result.ms['p99']:.1f}"))
    tables = [Table(title, ("", *MEASURES.values(), "毫秒 p50", "毫秒 p99"), tuple(rows))]
    changes = []
    for before, after in pairwise(results):
        cells = [_shown(change) for change in compare(before, after).values()]
        changes.append((f"{after.name} − {before.name}", *cells))
    if changes:
        tables.append(Table("逐题之差（95% 区间，置换检验 p）", ("", *MEASURES.values()), tuple(changes)))
    return tables


def _shown(change: Difference) -> str:
    low, high = _short(change.low, "+"), _short(change.high, "+")
    return f"{_short(change.mean, '+')} [{low}, {high}] {shown_p(change.p)}"


def _short(value: float, sign: str = "") -> str:
    """Return a share without its leading zero: `.431`, `+.020`, `1.000`."""
    return f"{value:{sign}.3f}".replace("0.", ".", 1) if abs(value) < 0.9995 else f"{value:{sign}.3f}"
