"""Answer a question from one version of the index: understand, retrieve, rank, compose, verify."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.document import Document
from indexer.index import Index
from indexer.tokens import normalize
from service.answer import Answer, Filters, Passage, Turn
from service.composing.brief import Brief
from service.composing.clauses import compose_clause
from service.composing.comparisons import compose_by_region, compose_comparison
from service.composing.facts import compose_facts
from service.composing.lists import compose_list
from service.composing.offices import compose_deadline, compose_offices
from service.composing.records import asks_unstated, compose_record
from service.composing.sections import compose_section_count, compose_section_list
from service.composing.tasks import compose_tasks, knows_tasks
from service.conversation import standalone
from service.evidence import Draft
from service.homophones import Homophones
from service.question import Question
from service.ranking import BUNDLED_RERANKER, Found, Ranker
from service.refusals import refuse, refuse_unsafe
from service.rendering import render
from service.retriever import HybridRetriever
from service.safety import unsafe
from service.scope import Scope, scope_of
from service.understanding import Understanding
from service.verification import verify

logger = logging.getLogger(__name__)

NO_FILTERS = Filters()
_NEAR = 0.4
_COVERED = 0.45
_LEADS = re.compile(r"牵头|lead", re.IGNORECASE)
_ROLE = re.compile(r"牵头|负责|责任|配合|主管|lead|responsible|in charge", re.IGNORECASE)
_CANDIDATES = 50
_MOST_REGIONS = 8
_MOST_DOCUMENTS = 40


class Assistant:
    """Answers questions over one open index; safe to share between threads."""

    def __init__(
        self,
        index: Index,
        *,
        reranker: Path = BUNDLED_RERANKER,
        threshold: float | None = None,
        today: date | None = None,
    ) -> None:
        """`threshold`: confidence below which to refuse; None takes the one chosen on data (models/reranker)."""
        self.index = index
        self.version = index.version
        self._entries = index.catalogue.entries
        self._today = today
        self._retriever = HybridRetriever(index)
        self._ranker = Ranker(index, reranker)
        self._threshold = self._ranker.threshold if threshold is None else threshold
        self._understanding = Understanding(self._entries, units=_units(index))
        self._homophones = Homophones(index.lexical)
        self._homophones.mend("简意注消")  # makes its table of sounds now, not at the first question
        self._regions = tuple(dict.fromkeys(entry.region for entry in self._entries if entry.region))

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        k: int = 8,
    ) -> Answer:
        """Answer `question`; refuse, rather than raise, when nothing supports an answer."""
        clock = _Clock()
        with clock("understand"):
            alone = standalone(normalize(question), history, self._understanding.places)
            alone = self._homophones.mend(alone, keep=self._understanding.places(alone))
            understood = self._understanding.read(question, alone)
            why = unsafe(understood.text)
            scope = self._scope(understood, filters)
        if why is not None:
            refusal = refuse_unsafe(why, understood)
            return self._answer(understood, clock, text=refusal.message, refusal=refusal)
        with clock("retrieve"):
            brief = self._search(understood, scope, k)
            if scope.missing_regions:
                texts = [passage.chunk.text for passage in brief.found.passages[:5]]
                names = self._understanding.within_names(understood, texts)
                if names & {region.name for region in scope.missing_regions}:
                    understood = self._understanding.read(question, alone, names=names)
                    scope = self._scope(understood, filters)
                    brief = self._search(understood, scope, k)
        with clock("generate"):
            draft = self._compose(brief, scope)
        with clock("verify"):
            verdict = verify(draft)
        dropped = len({finding.statement for finding in verdict.findings})
        checks = {"kept": max(verdict.checked - dropped, 0), "dropped": dropped}
        if verdict.findings:
            logger.warning("removed from an answer: %s", [finding.word for finding in verdict.findings])
        if not verdict.draft.blocks:
            near = brief.found.passages[:3] if _on_topic(brief.found) else ()
            on_topic = bool(near or understood.regions or understood.document_ids)
            refusal = refuse(
                understood,
                on_topic=on_topic,
                missing=(*scope.missing_regions, *scope.wider_regions),
                near=bool(near),
            )
            return self._answer(
                understood,
                clock,
                text=refusal.message,
                refusal=refusal,
                suggestions=near,
                checks=checks,
                confidence=brief.found.confidence,
            )
        text, citations = render(verdict.draft)
        cited = dict.fromkeys(one.document.id for one in citations)
        warnings = [scope.warnings[one] for one in cited if one in scope.warnings]
        notice = (
            " ".join(dict.fromkeys(text for text in (verdict.draft.notice, scope.notice, *warnings) if text))
            or None
        )
        return self._answer(
            understood,
            clock,
            text=text,
            citations=citations,
            confidence=brief.found.confidence,
            notice=notice,
            checks=checks,
        )

    def search(self, question: str, *, filters: Filters = NO_FILTERS, k: int = 10) -> list[Passage]:
        """Return the best `k` passages, one source paragraph each, best first, without composing an answer."""
        alone = self._homophones.mend(
            normalize(question), keep=self._understanding.places(normalize(question))
        )
        understood = self._understanding.read(question, alone)
        scope = self._scope(understood, filters)
        return list(self._find(understood, scope.document_ids, k).passages)

    def _scope(self, question: Question, filters: Filters) -> Scope:
        return scope_of(question, filters, self._entries, today=self._today or date.today())

    def _answer(self, question: Question, clock: _Clock, *, text: str, **fields: object) -> Answer:
        answer = Answer(
            question.original, question.text, text, kind=question.kind, index_version=self.version
        )
        return replace(answer, timings_ms=clock.times(), **fields)  # type: ignore[arg-type]

    def _search(self, question: Question, scope: Scope, k: int) -> Brief:
        found = self._find(question, scope.document_ids, k)
        by_region: dict[str, Found] = {}
        allowed = set(scope.document_ids)
        for region in self._regions_to_compare(question, scope):
            ids = [entry.id for entry in self._entries if entry.id in allowed and entry.region == region]
            by_region[region] = self._find(question, ids, k)
        return Brief(
            question,
            found,
            by_region,
            self._documents(found, scope),
            several_regions=len(self._regions) > 1 or len(self._entries) > 1,
            threshold=self._threshold,
        )

    def _find(self, question: Question, document_ids: Sequence[str], k: int) -> Found:
        rows = self._rows(document_ids)
        candidates = self._retriever.retrieve(question, k=_CANDIDATES, rows=rows)
        return self._ranker.rank(question, candidates, k=k)

    def _rows(self, document_ids: Sequence[str]) -> NDArray[np.bool_] | None:
        if len(document_ids) == len(self._entries):
            return None
        return self.index.catalogue.rows_of(document_ids)

    def _regions_to_compare(self, question: Question, scope: Scope) -> list[str]:
        """Return the regions to search one by one: those compared, or all where the question names none."""
        allowed = set(scope.document_ids)
        present = {entry.region for entry in self._entries if entry.id in allowed and entry.region}
        if question.document_ids:
            return []
        if question.kind == "compare" or len(question.regions) > 1:
            named = [region for region in self._regions if region in present]
            return named[:_MOST_REGIONS] if len(named) > 1 else []
        if (
            not question.regions
            and 1 < len(present) <= _MOST_REGIONS
            and question.kind in ("figure", "deadline", "fact")
        ):
            return sorted(present)
        return []

    def _documents(self, found: Found, scope: Scope) -> tuple[Document, ...]:
        ids = list(dict.fromkeys(passage.document.id for passage in found.passages))
        if len(scope.document_ids) <= _MOST_DOCUMENTS:
            ids += [one for one in scope.document_ids if one not in ids]
        return tuple(self.index.catalogue.document(one) for one in ids)

    def _compose(self, brief: Brief, scope: Scope) -> Draft:
        """Choose the shape of the answer; an empty draft is a refusal."""
        question = brief.question
        if (
            scope.missing_regions
            and not question.document_ids
            and len(scope.missing_regions) == len(question.regions)
        ):
            return Draft(())
        if question.address is not None and (question.document_ids or len(brief.documents) == 1):
            draft = compose_clause(brief)
            if draft.blocks:
                return draft
        if question.kind == "metadata":
            draft = compose_record(brief)
            if draft.blocks or asks_unstated(brief):
                return draft
        if question.kind == "count":
            draft = compose_section_count(brief)
            if draft.blocks:
                return draft
        if question.kind == "tasks" or (question.kind == "count" and question.units):
            draft = compose_tasks(brief)
            if draft.blocks or (question.units and _LEADS.search(question.text) and knows_tasks(brief)):
                return draft
        if question.kind == "compare" and len(brief.by_region) > 1:
            return compose_comparison(brief)
        if brief.found.confidence < brief.threshold:
            return Draft(())
        if question.kind != "yesno" and not _of_the_year(question, brief.found):
            return Draft(())
        if len(question.regions) > 1 and len(brief.by_region) > 1:
            return compose_comparison(brief)
        if brief.by_region and not question.regions:
            draft = compose_by_region(brief)
            if len(draft.blocks) > 1:
                return draft
        if question.kind == "deadline":
            draft = compose_deadline(brief)
            if draft.blocks:
                return draft
        if question.kind == "office" or (
            question.kind == "yesno" and question.units and _ROLE.search(question.text)
        ):
            return compose_offices(brief)
        if question.kind == "list":
            return compose_section_list(brief) or compose_list(brief)
        if question.kind == "procedure":
            return compose_list(brief)
        return compose_facts(brief)


def _on_topic(found: Found) -> bool:
    """True where the documents speak of the question's matter, though not of what it asks."""
    return found.nearness >= _NEAR or found.coverage >= _COVERED


def _of_the_year(question: Question, found: Found) -> bool:
    """False where the question names a year that neither the evidence nor its document speaks for."""
    if not question.years or not found.sentences:
        return True
    best = found.sentences[0]
    document = best.chunk.document
    about = " ".join(
        (best.chunk.chunk.text, *best.chunk.chunk.heading_path, document.title, document.number or "")
    )
    days = (document.issued_on, document.effective_on, document.expires_on)
    spoken = {day.year for day in days if day is not None}
    return any(str(year) in about or year in spoken for year in question.years)


def _units(index: Index) -> set[str]:
    """Return the offices that trailers name."""
    found: set[str] = set()
    for entry in index.catalogue.entries:
        for clause in index.catalogue.document(entry.id).clauses:
            if clause.trailer is not None:
                found.update(clause.trailer.lead_units, clause.trailer.responsible_units)
    return found


class _Clock:
    """Times the steps of one question."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._times: dict[str, float] = {}

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self._times[step] = round((time.perf_counter() - began) * 1000, 2)

    def times(self) -> dict[str, float]:
        """Return milliseconds by step, and in all."""
        return {**self._times, "total": round((time.perf_counter() - self._began) * 1000, 2)}
