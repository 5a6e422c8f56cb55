"""Count what the service does, for Prometheus."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from service.answer import Answer

CONTENT_TYPE = CONTENT_TYPE_LATEST

# When a counter was made is of use to nobody here, and doubles the page.
disable_created_metrics()  # type: ignore[no-untyped-call]

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """One registry per application, so that two of them in a process don't mix."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self.requests = Counter(
            "wence_requests", "HTTP requests.", ["method", "route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "wence_request_seconds",
            "Seconds from a request to the end of its response.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.in_flight = Gauge("wence_requests_in_flight", "Requests being answered now.", registry=registry)
        self.pending = Gauge(
            "wence_questions_pending", "Questions queued or being answered.", registry=registry
        )
        self.answers = Counter(
            "wence_answers",
            "Answers by kind of question, generator and outcome (answered, or the reason of the refusal).",
            ["kind", "generator", "outcome"],
            registry=registry,
        )
        self.steps = Histogram(
            "wence_step_seconds",
            "Seconds that each step of answering took.",
            ["step"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.citations = Counter("wence_citations", "Citations given.", registry=registry)
        self.notices = Counter("wence_notices", "Answers that carried a warning.", registry=registry)
        self.checks = Counter(
            "wence_evidence_checks",
            "Statements by what the evidence check did with them.",
            ["outcome"],
            registry=registry,
        )
        self.generations = Counter(
            "wence_generations",
            "Answers that a language model was asked to write, by outcome: written, replaced, refused, "
            "unneeded, or why it failed (down, slow, busy, broken).",
            ["outcome"],
            registry=registry,
        )
        self.generation_seconds = Histogram(
            "wence_generation_seconds",
            "Seconds from handing an answer to the language model to its last checked statement.",
            ["outcome"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.cache = Counter(
            "wence_answer_cache",
            "Questions by what the answer cache did: hit, miss, or bypass (off, or personal data).",
            ["outcome"],
            registry=registry,
        )
        self.cached = Gauge("wence_answer_cache_entries", "Answers kept for reuse.", registry=registry)
        self.feedback = Counter("wence_feedback", "Feedback by rating.", ["rating"], registry=registry)
        self.index = Info("wence_index", "The index version that is served.", registry=registry)
        self.documents = Gauge("wence_index_documents", "Documents in the served index.", registry=registry)
        self.reloads = Counter(
            "wence_index_reloads",
            "Attempts to load a new index version.",
            ["outcome"],
            registry=registry,
        )
        self.jobs = Counter("wence_jobs", "Indexing jobs by how they ended.", ["state"], registry=registry)
        for outcome in ("ok", "failed"):
            self.reloads.labels(outcome)
        for outcome in ("hit", "miss", "bypass"):
            self.cache.labels(outcome)

    def answered(self, answer: Answer, *, again: bool = False) -> None:
        """Count one answer or refusal; `again`: it came from the cache, so nothing was checked or written."""
        outcome = answer.refusal.reason if answer.refusal else "answered"
        self.answers.labels(answer.kind, answer.generator, outcome).inc()
        self.citations.inc(len(answer.citations))
        if answer.notice:
            self.notices.inc()
        for step, milliseconds in answer.timings_ms.items():
            self.steps.labels(step).observe(milliseconds / 1000)
        if again:
            return
        for check, count in answer.checks.items():
            self.checks.labels(check).inc(count)
        if answer.generation is not None:
            self.generations.labels(answer.generation).inc()
            self.generation_seconds.labels(answer.generation).observe(
                answer.timings_ms.get("write", 0.0) / 1000
            )

    def text(self) -> bytes:
        """Return everything in the text format."""
        return generate_latest(self.registry)
