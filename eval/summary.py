"""Sum up a run: every measure with its interval, over all questions and by kind, language and document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from eval.bootstrap import Interval, interval
from eval.calibration import Calibration, calibration
from eval.metrics import METRICS, scores_of
from eval.records import Record, Run

Means = Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class Latency:
    """Percentiles of the wall time of one question, in milliseconds."""

    p50: float
    p90: float
    p99: float


@dataclass(frozen=True, slots=True)
class Summary:
    """A run's figures. Each group maps a value (`figure`, `en`, `huangshi-2024`) to its measures."""

    name: str
    questions: int
    index_version: str
    generators: tuple[str, ...]
    overall: Means
    groups: Mapping[str, Mapping[str, Means]]
    latency: Latency
    calibration: Calibration | None

    def as_plain(self) -> dict[str, Any]:
        """Return the figures as JSON-like values."""
        return asdict(self)


_GROUPS: Mapping[str, Callable[[Record], Iterable[str]]] = {
    "kind": lambda record: (record.question.kind,),
    "lang": lambda record: (record.question.lang,),
    "style": lambda record: (record.question.style,),
    "document": lambda record: {gold.document: None for gold in record.question.gold},
    "split": lambda record: (record.question.split,),
}


def summarise(run: Run) -> Summary:
    """Measure every record of a run and sum up."""
    scores = [scores_of(record) for record in run.records]
    groups: dict[str, dict[str, Means]] = {}
    for group, values_of in _GROUPS.items():
        members: dict[str, list[Mapping[str, float]]] = {}
        for record, measured in zip(run.records, scores, strict=True):
            for value in values_of(record):
                members.setdefault(value, []).append(measured)
        groups[group] = {
            value: means(measured)
            for value, measured in sorted(members.items(), key=lambda item: (-len(item[1]), item[0]))
        }
    return Summary(
        name=run.name,
        questions=len(run.records),
        index_version=run.header.index_version,
        generators=tuple(sorted({r.reply.generator for r in run.records if r.reply and r.reply.generator})),
        overall=means(scores),
        groups=groups,
        latency=_latency(run.records),
        calibration=calibration(run.records),
    )


def means(scores: Sequence[Mapping[str, float]]) -> dict[str, Interval]:
    """Return each measure's mean over the questions that it applies to, in the order of `METRICS`."""
    found: dict[str, Interval] = {}
    for metric in METRICS:
        mean = interval([measured[metric.name] for measured in scores if metric.name in measured])
        if mean is not None:
            found[metric.name] = mean
    return found


def _latency(records: Sequence[Record]) -> Latency:
    times = [record.latency_ms for record in records if record.reply is not None] or [0.0]
    p50, p90, p99 = (float(value) for value in np.percentile(times, (50, 90, 99)))
    return Latency(p50, p90, p99)
