"""Answer a question from one version of the index: understand, retrieve, rank, compose, verify."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import Entry
from indexer.document import Document
from indexer.index import Index
from indexer.tokens import normalize
from service.answer import EXTRACTIVE, Answer, Filters, Passage, Turn
from service.composing.brief import Brief
from service.composing.parts import joined, other_parts
from service.composing.shape import compose
from service.composing.versions_table import asks_what_changed, without_versions
from service.composing.years import speaks_of_the_year
from service.conversation import standalone
from service.evidence import Draft
from service.generators import never
from service.homophones import Homophones
from service.question import Question
from service.ranking import BUNDLED_RERANKER, Found, Ranker
from service.refusals import refuse, refuse_unsafe
from service.rendering import render
from service.repeals import Named, repealed_in, with_repeals
from service.retriever import HybridRetriever
from service.safety import unsafe
from service.scope import Scope, scope_of
from service.understanding import Understanding
from service.verification import Finding, Verdict, verify
from service.versions import begins, families, family_of
from service.word_choice import WordChoice

if TYPE_CHECKING:
    from service.writer import Writer, Written

logger = logging.getLogger(__name__)

NO_FILTERS = Filters()
_NEAR = 0.3
_COVERED = 0.45
_CANDIDATES = 50
_MOST_REGIONS = 8
_MANY_ROWS = 20_000
_SOME_REGIONS = 4
"""In an index of more than `_MANY_ROWS` so many regions are searched one by one: each is a search of it all."""
_MOST_DOCUMENTS = 40
_MOST_VERSIONS = 6
_MOST_FINDINGS = 20
_FINDING_CHARS = 30
_SHOWN = frozenset({"figure", "bound", "number", "office", "name", "group", "rival", "comparison"})
"""Kinds of findings whose word is told; that of the others may be a whole sentence that nothing carries."""

Release = Callable[[Answer], None]


class Assistant:
    """Answers questions over one open index; safe to share between threads."""

    def __init__(
        self,
        index: Index,
        *,
        reranker: Path = BUNDLED_RERANKER,
        threshold: float | None = None,
        today: date | None = None,
        writer: Writer | None = None,
    ) -> None:
        """Open the models over `index`.

        `threshold`: confidence below which to refuse; None takes the one chosen on data (models/reranker).
        `writer`: has a language model write what was composed; None leaves it as composed.
        """
        self.index = index
        self.version = index.version
        units, self._entries = _read(index)
        self.entries = self._entries
        """What the catalogue knows of each document, with what other documents of the index repeal."""
        self._today = today
        self._writer = writer
        self._retriever = HybridRetriever(index)
        self._ranker = Ranker(index, reranker)
        self._threshold = self._ranker.threshold if threshold is None else threshold
        self._understanding = Understanding(self._entries, units=units, choose=WordChoice(index.lexical))
        self._homophones = Homophones(index.lexical)
        self._homophones.mend("简意注消")  # makes its table of sounds now, not at the first question
        self._regions = tuple(dict.fromkeys(entry.region for entry in self._entries if entry.region))
        self._families = families(self._entries)

    def written_by(self, writer: Writer | None) -> Assistant:
        """Return the same over the same models, its answers written by `writer`."""
        other = copy.copy(self)
        other._writer = writer
        return other

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        k: int = 8,
        release: Release = lambda answer: None,
        cancelled: Callable[[], bool] = never,
    ) -> Answer:
        """Answer `question`; refuse, rather than raise, when nothing supports an answer.

        While a language model writes, `release` is called with what is checked already, each time with
        more of it. Once `cancelled()` nobody waits for the answer and the model is stopped.
        """
        clock = _Clock()
        with clock("understand"):
            asked = normalize(question)
            alone = standalone(asked, history, self._understanding.places)
        if self._writer is not None and alone != asked and unsafe(alone) is None:
            with clock("rewrite"):
                rewritten = self._writer.rewrite(question, history, cancelled=cancelled)
            alone = normalize(rewritten) if rewritten else alone
        with clock("understand"):
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
            brief = self._with_versions(brief, scope, filters, k)
        with clock("generate"):
            draft = Draft(()) if _elsewhere(understood, scope) else compose(brief)
            for part in other_parts(brief.question, draft):
                draft = joined(draft, compose(self._search(part, scope, k)))
        with clock("verify"):
            verdict = verify(draft)
        if verdict.findings:
            logger.warning("removed from an answer: %s", [finding.word for finding in verdict.findings])
        draft, written = verdict.draft, None
        if self._writer is not None and draft.blocks:
            with clock("write"):
                written = self._writer.write(
                    brief,
                    draft,
                    release=lambda checked: release(self._growing(understood, checked)),
                    cancelled=cancelled,
                )
            draft = written.draft
        report = _report(verdict, written)
        if not draft.blocks:
            near = brief.found.passages[:3] if _on_topic(brief.found) else ()
            on_topic = bool(near or understood.regions or understood.document_ids)
            refusal = refuse(
                understood,
                on_topic=on_topic,
                missing=(*scope.missing_regions, *scope.wider_regions),
                near=bool(near),
                of_the_year=speaks_of_the_year(understood, brief.found),
            )
            return self._answer(
                understood,
                clock,
                text=refusal.message,
                refusal=refusal,
                suggestions=near,
                confidence=brief.found.confidence,
                **report,
            )
        text, citations = render(draft)
        cited = dict.fromkeys(one.document.id for one in citations)
        warnings = [scope.warnings[one] for one in cited if one in scope.warnings]
        fallback = written.notice if written else None
        notices = (fallback, verdict.draft.notice, draft.notice, scope.notice, *warnings)
        notice = " ".join(dict.fromkeys(text for text in notices if text)) or None
        return self._answer(
            understood,
            clock,
            text=text,
            citations=citations,
            confidence=brief.found.confidence,
            notice=notice,
            **report,
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
        return scope_of(
            question, filters, self._entries, today=self._today or date.today(), kin=self._families
        )

    def _answer(self, question: Question, clock: _Clock, *, text: str, **fields: object) -> Answer:
        answer = Answer(
            question.original, question.text, text, kind=question.kind, index_version=self.version
        )
        return replace(answer, timings_ms=clock.times(), **fields)  # type: ignore[arg-type]

    def _growing(self, question: Question, draft: Draft) -> Answer:
        """Return what of an answer may be shown already."""
        text, citations = render(draft)
        return Answer(
            question.original,
            question.text,
            text,
            citations,
            kind=question.kind,
            index_version=self.version,
        )

    def _search(self, question: Question, scope: Scope, k: int) -> Brief:
        found = self._find(question, scope.document_ids, k)
        by_region: dict[str, Found] = {}
        allowed = set(scope.document_ids)
        for region in self._regions_to_compare(question, scope, found):
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

    def _with_versions(self, brief: Brief, scope: Scope, filters: Filters, k: int) -> Brief:
        """Return `brief` with the versions of its documents, where the question is about documents or a change."""
        brief = replace(brief, day=filters.as_of or self._today or date.today())
        changed = asks_what_changed(brief.question)
        if not changed and brief.question.kind != "metadata":
            return brief
        catalogue = self.index.catalogue
        ids = set(scope.document_ids[:_MOST_DOCUMENTS])
        asked = [entry for entry in self._entries if entry.id in ids]
        kin = {family_of(entry): self._families[family_of(entry)] for entry in asked}
        several = [members[-_MOST_VERSIONS:] for members in kin.values() if len(members) > 1]
        editions = {
            entry.id: tuple(catalogue.document(member.id) for member in members)
            for members in several
            for entry in members
        }
        enders = {entry.title: entry.id for entry in self._entries if any(one.repealed_by for one in asked)}
        repealing = {
            entry.id: catalogue.document(enders[entry.repealed_by]) for entry in asked if entry.repealed_by
        }
        brief = replace(brief, editions=editions, repealing=repealing)
        compared = [
            [entry for entry in members if entry.id in scope.document_ids and begins(entry)]
            for members in several
        ]
        compared = [members for members in compared if len({begins(entry) for entry in members}) > 1]
        if len(compared) > 1 and brief.found.passages:  # of several regulations the one that was found first
            first = brief.found.passages[0].document.id
            compared = [members for members in compared if first in {entry.id for entry in members}]
        if not changed or len(compared) != 1:
            return brief
        question = without_versions(brief.question)
        searched = {entry.id: self._find(question, [entry.id], k) for entry in compared[0]}
        return replace(brief, by_version=searched)

    def _find(self, question: Question, document_ids: Sequence[str], k: int) -> Found:
        rows = self._rows(document_ids)
        candidates = self._retriever.retrieve(question, k=_CANDIDATES, rows=rows)
        return self._ranker.rank(question, candidates, k=k)

    def _rows(self, document_ids: Sequence[str]) -> NDArray[np.bool_] | None:
        if len(document_ids) == len(self._entries):
            return None
        return self.index.catalogue.rows_of(document_ids)

    def _regions_to_compare(self, question: Question, scope: Scope, found: Found) -> list[str]:
        """Return the regions to search one by one: those compared, or all where the question names none.

        Of more than `_MOST_REGIONS` those that the passages found speak for.
        """
        allowed = set(scope.document_ids)
        present = {entry.region for entry in self._entries if entry.id in allowed and entry.region}
        if question.document_ids:
            return []
        if question.kind == "compare" or len(question.regions) > 1:
            named = [region for region in self._regions if region in present]
            return named[:_MOST_REGIONS] if len(named) > 1 else []
        if (
            not question.regions
            and len(present) > 1
            and found.confidence >= self._threshold
            and question.kind
            in ("figure", "deadline", "fact", "yesno", "office", "definition", "list", "procedure")
        ):
            if len(present) > _MOST_REGIONS:
                near = dict.fromkeys(passage.document.region for passage in found.passages)
                most = _SOME_REGIONS if self.index.catalogue.rows > _MANY_ROWS else None
                return [region for region in near if region in present][:most]
            return sorted(present)
        return []

    def _documents(self, found: Found, scope: Scope) -> tuple[Document, ...]:
        ids = list(dict.fromkeys(passage.document.id for passage in found.passages))
        if len(scope.document_ids) <= _MOST_DOCUMENTS:
            ids += [one for one in scope.document_ids if one not in ids]
        return tuple(self.index.catalogue.document(one) for one in ids)


def _report(verdict: Verdict, written: Written | None) -> dict[str, object]:
    """Return the fields of an answer that say who wrote it and what the evidence check took out."""
    taken_out = len({finding.statement for finding in verdict.findings})
    checks = {"kept": max(verdict.checked - taken_out, 0), "dropped": taken_out}
    if written is None:
        return {"checks": checks, "dropped": _told(verdict.findings)}
    if written.generator != EXTRACTIVE:
        checks = {"kept": 0, **written.checks, "dropped": written.checks.get("dropped", 0) + taken_out}
    elif written.checks:  # the composed answer leaves: what was good of the model's gives way too
        good = written.checks.get("kept", 0) + written.checks.get("moved", 0)
        checks["dropped"] += written.checks.get("dropped", 0)
        checks["replaced"] = good
    return {
        "checks": checks,
        "dropped": _told((*verdict.findings, *written.dropped)),
        "generator": written.generator,
        "generation": written.outcome,
    }


def _told(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Say in short what was found: the kind, and the word where it is one and no model's sentence."""
    told = (
        f"{finding.kind} {finding.word[:_FINDING_CHARS]}" if finding.kind in _SHOWN else finding.kind
        for finding in findings
    )
    return tuple(dict.fromkeys(told))[:_MOST_FINDINGS]


def _elsewhere(question: Question, scope: Scope) -> bool:
    """True where the question is about places alone that no document speaks for."""
    return (
        bool(scope.missing_regions)
        and not question.document_ids
        and len(scope.missing_regions) == len(question.regions)
    )


def _on_topic(found: Found) -> bool:
    """True where the documents speak of the question's matter, though not of what it asks."""
    return found.nearness >= _NEAR or found.coverage >= _COVERED


def _read(index: Index) -> tuple[set[str], tuple[Entry, ...]]:
    """Return the offices that trailers name, and the entries with what documents repeal one another."""
    units: set[str] = set()
    repealed: dict[str, tuple[Named, ...]] = {}
    for entry in index.catalogue.entries:
        document = index.catalogue.document(entry.id)
        for clause in document.clauses:
            if clause.trailer is not None:
                units.update(clause.trailer.lead_units, clause.trailer.responsible_units)
        if names := repealed_in(document):
            repealed[entry.id] = names
    return units, with_repeals(index.catalogue.entries, repealed)


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
            spent = (time.perf_counter() - began) * 1000
            self._times[step] = round(self._times.get(step, 0.0) + spent, 2)

    def times(self) -> dict[str, float]:
        """Return milliseconds by step, and in all."""
        return {**self._times, "total": round((time.perf_counter() - self._began) * 1000, 2)}
