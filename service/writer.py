"""Let a language model write the answer, and hold what it writes to the evidence before any of it leaves."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from indexer.embedding import Embedder
from indexer.regions import find_mentions
from indexer.tokens import normalize
from service.answer import EXTRACTIVE, Passage, Turn
from service.attribution import Attribution, word_vectors
from service.composing.brief import Brief
from service.composing.openings import is_verdict, settles_a_claim
from service.evidence import Draft, Statement, Table
from service.figures import figures
from service.generators import GenerationError, Generator, Message, never
from service.page import Page, text_of
from service.prompts import REFUSAL_MARK, Prompts, Source
from service.question import Question
from service.statements import statements
from service.verification import Finding, squeeze, unsupported

logger = logging.getLogger(__name__)

Outcome = Literal["written", "replaced", "refused", "down", "slow", "busy", "broken", "unneeded"]

SURE = 0.6
"""Confidence from which the composed answer leaves though the model found none."""
_MOST_SOURCES = 12
_EXACT = ("metadata", "count", "tasks")
"""Kinds that are answered from fields; a model could only add mistakes."""
_LISTS = ("list", "procedure")
_COVERED = 0.6
_LONGEST_QUESTION = 300
_NOTICES = {
    "down": (
        "语言模型暂时不可用，以下为直接摘自原文的回答。",
        "The language model is not available; this answer quotes the documents.",
    ),
    "slow": (
        "语言模型未能及时作答，以下为直接摘自原文的回答。",
        "The language model took too long; this answer quotes the documents.",
    ),
    "busy": (
        "语言模型正忙，以下为直接摘自原文的回答。",
        "The language model is busy; this answer quotes the documents.",
    ),
    "broken": (
        "语言模型的回答无法读取，以下为直接摘自原文的回答。",
        "The language model's reply could not be read; this answer quotes the documents.",
    ),
}
_CUT_SHORT = (
    "语言模型中途停止，以下是已核对的部分。",
    "The language model stopped half-way; this is the part that was checked.",
)


@dataclass(frozen=True, slots=True)
class Written:
    """What leaves for one question, and how it came about."""

    draft: Draft
    """Checked already; empty where the outcome is `refused`."""
    generator: str
    """`llm:<model>;prompt=<name>@<version>`, or `extractive` where the composed answer leaves."""
    outcome: Outcome
    """`written`; `replaced`: too little was left, the composed answer leaves; `refused`: the model found
    no answer in the passages; `unneeded`: an exact query over fields; else the reason of the failure."""
    notice: str | None = None
    """For the reader, where the model failed."""
    checks: Mapping[str, int] = field(default_factory=dict)
    """How many statements of the model were `kept`, `moved` (to another source) and `dropped`."""
    dropped: tuple[Finding, ...] = ()
    """What was found in the statements that were taken out."""


class Writer:
    """Writes answers with a model; safe to share between threads."""

    def __init__(
        self, generator: Generator, prompts: Prompts, embedder: Embedder, *, seconds: float = 30.0
    ) -> None:
        """`seconds`: longest time for one reply of the model."""
        self._generator = generator
        self._prompts = prompts
        self._embedder = embedder
        self._seconds = seconds
        self._words = word_vectors(embedder)

    def label(self, prompt: str) -> str:
        """Return what an answer written with the prompt of that label names as its generator."""
        return f"llm:{self._generator.model};prompt={prompt}"

    def rewrite(
        self, question: str, history: Sequence[Turn], *, cancelled: Callable[[], bool] = never
    ) -> str | None:
        """Return `question` made to stand alone; None where the model failed or there is nothing to change.

        A rewriting may only bring together what the conversation says: one that names a city, a
        figure or a name that neither the question nor the turns before it hold is rejected.
        """
        if not any(turn.role == "user" for turn in history):
            return None
        rendered = self._prompts.rewrite(question, history)
        try:
            reply = "".join(
                self._generator.generate(rendered.messages, seconds=self._seconds / 3, cancelled=cancelled)
            )
        except GenerationError as error:
            logger.warning("no rewritten question (%s): %s", error.reason, error)
            return None
        rewritten = _one_question(reply)
        if rewritten is None or squeeze(rewritten) == squeeze(question):
            return None
        if why := _invented(rewritten, question, history):
            logger.warning("a rewritten question was rejected for %r", why)
            return None
        return rewritten

    def write(
        self,
        brief: Brief,
        composed: Draft,
        *,
        release: Callable[[Draft], None] = lambda draft: None,
        cancelled: Callable[[], bool] = never,
    ) -> Written:
        """Return what leaves instead of `composed`, which is never empty.

        `release` is called with the growing draft, each a prefix of the next and of what leaves at
        last, once what is released answers the question on its own; lists and comparisons are whole
        or not at all, so they are never released early.
        """
        question = brief.question
        if question.kind in _EXACT or question.address is not None:
            return Written(composed, EXTRACTIVE, "unneeded")
        compares = any(isinstance(block, Table) for block in composed.blocks) or len(question.regions) > 1
        sources = _sources(brief, composed)
        rendered = self._prompts.answer(
            question.text,
            sources,
            english=question.language == "en",
            comparison=compares,
            fits=self._fits,
        )
        if not rendered.sources:
            return Written(composed, EXTRACTIVE, "replaced")
        label = self.label(rendered.label)
        floor = _Floor(question, composed, compares=compares)
        attribution = Attribution(
            rendered.sources,
            question,
            self._embedder,
            opening=_opening(composed),
            leaders=_leaders(composed, compares=compares),
            words=self._words,
        )
        page = Page(attribution, lead=floor.lead, homes=floor.homes, silent=floor.silent)
        released = False
        failure: GenerationError | None = None
        try:
            pieces = self._generator.generate(rendered.messages, seconds=self._seconds, cancelled=cancelled)
            for said in statements(pieces):
                if REFUSAL_MARK in squeeze(said.text) and not page.draft().spans:
                    return self._refused(brief, composed, label)
                page.add(said)
                if floor.streams and not page.counts and floor.meets(page.draft(settled=True)):
                    released = True
                    release(page.draft(settled=True))
        except GenerationError as error:
            logger.warning("no written answer (%s): %s", error.reason, error)
            failure = error
        checks, dropped = dict(page.checks), tuple(page.findings)
        english = question.language == "en"
        if failure is not None:
            if not released:
                notice = _NOTICES[failure.reason][english]
                return Written(composed, EXTRACTIVE, failure.reason, notice, checks, dropped)
            draft = page.draft(settled=True)
            return Written(draft, label, failure.reason, _CUT_SHORT[english], checks, dropped)
        draft = page.draft()
        if not floor.meets(draft):
            return Written(composed, EXTRACTIVE, "replaced", None, checks, dropped)
        return Written(draft, label, "written", None, checks, dropped)

    def _refused(self, brief: Brief, composed: Draft, label: str) -> Written:
        if brief.found.confidence >= SURE:
            return Written(composed, EXTRACTIVE, "replaced")
        return Written(Draft(()), label, "refused")

    def _fits(self, messages: Sequence[Message]) -> bool:
        room = self._generator.context - self._generator.max_tokens
        return self._generator.count(messages) <= room


def _sources(brief: Brief, composed: Draft) -> list[Source]:
    """Number the passages that `composed` stands on, then the others found, no chunk twice."""
    found = [
        *brief.found.passages,
        *(passage for one in brief.by_region.values() for passage in one.passages),
    ]
    first: list[Passage] = []
    for span in composed.spans:
        place = span.paragraph.start + span.start
        first += [
            passage
            for passage in found
            if passage.document.id == span.document.id and passage.chunk.start <= place < passage.chunk.end
        ]
    others = brief.found.passages
    if len(brief.by_region) > 1:
        others = tuple(passage for one in brief.by_region.values() for passage in one.passages[:2])
    chosen = {passage.chunk.id: passage for passage in (*first, *others)}
    return [Source(n, passage) for n, passage in enumerate(list(chosen.values())[:_MOST_SOURCES], start=1)]


def _opening(composed: Draft) -> Statement | None:
    """Return the short statement that the composed answer begins with: yes, no with its limit, or the figure."""
    first = composed.blocks[0] if len(composed.blocks) > 1 else None
    if isinstance(first, Statement) and first.spans:
        plain = first.text.replace("*", "")
        if is_verdict(plain) or (first.text.startswith("**") and first.text.endswith("**。")):
            return replace(first, text=plain)
    return None


def _leaders(composed: Draft, *, compares: bool) -> frozenset[str]:
    """Return the cities that the composed comparison puts first: `**霁川市**：3个工作日。`"""
    first = composed.blocks[0] if composed.blocks else None
    match = (
        re.match(r"(?:已写明的城市中，)?\*\*([^*]+)\*\*：", first.text)
        if isinstance(first, Statement)
        else None
    )
    return frozenset(match[1].split("、")) if compares and match else frozenset()


def _one_question(reply: str) -> str | None:
    """Return the first line of a reply without quotes and labels; None where it is no question's length."""
    reply = re.sub(r"(?s)<think>.*?</think>", "", reply)
    lines = [line.strip() for line in reply.splitlines() if line.strip()]
    if not lines:
        return None
    text = re.sub(r"^(?:改写后的?问题|问题|question|rewritten question)\s*[：:]\s*", "", lines[0], flags=re.I)
    text = text.strip("“”\"'`* ")
    return text if 2 <= len(text) <= _LONGEST_QUESTION and REFUSAL_MARK not in text else None


def _invented(rewritten: str, question: str, history: Sequence[Turn]) -> str | None:
    """Return what a rewriting says that nobody has said: a city, a figure, a name, a new topic."""
    said = "\n".join((question, *(turn.content for turn in history)))
    users = "\n".join((question, *(turn.content for turn in history if turn.role == "user")))
    cities = {one.region.name for one in find_mentions(normalize(said))}
    for mention in find_mentions(normalize(rewritten)):
        if mention.region.name not in cities:
            return mention.region.name
    for finding in unsupported(normalize(rewritten), normalize(said)):
        if finding.kind != "negation":
            return finding.word
    if re.search(r"https?://|[<>{}]", rewritten):
        return rewritten
    plain, known = _letters(rewritten), _letters(said)
    pairs = [plain[n : n + 2] for n in range(len(plain) - 1)]
    fresh = [pair for pair in pairs if pair not in known]
    if pairs and len(fresh) > max(4, 0.34 * len(pairs)):
        return "".join(fresh)
    own = _letters(question)
    kept = [pair for pair in (own[n : n + 2] for n in range(len(own) - 1)) if pair in plain]
    if len(own) > 8 and len(kept) < 0.3 * (len(own) - 1):
        return rewritten
    return None if users else rewritten


def _letters(text: str) -> str:
    return re.sub(r"[^\w]", "", normalize(text))


class _Floor:
    """What a written answer must not fall below: what the composed answer says."""

    def __init__(self, question: Question, composed: Draft, *, compares: bool) -> None:
        self._question = question
        self._compares = compares
        self._composed = composed
        self._listed = [
            block
            for block in composed.blocks
            if isinstance(block, Statement) and block.spans and re.match(r"\d+\. |- ", block.text)
        ]
        self._regions = {span.document.region for span in composed.spans if compares and span.document.region}
        self.silent = tuple(
            cells[0]
            for block in composed.blocks
            if isinstance(block, Table)
            for cells, spans in block.rows
            if not spans and cells
        )
        self.streams = not (compares or self._listed or question.kind in _LISTS)
        """What is written may leave before it is whole."""

    @property
    def lead(self) -> tuple[Statement, ...]:
        """What the composed answer begins with and a model can't be trusted with: yes, no, who comes first."""
        first = self._composed.blocks[0]
        if not isinstance(first, Statement) or not first.spans or len(self._composed.blocks) < 2:
            return ()
        plain = first.text.replace("*", "")
        says = is_verdict(plain) or settles_a_claim(plain)
        return (first,) if says or _leaders(self._composed, compares=self._compares) else ()

    @property
    def homes(self) -> frozenset[tuple[str, int]]:
        """The clauses that the composed answer stands in, and those that hold them."""
        return frozenset(
            (span.document.id, row)
            for span in self._composed.spans
            for row in span.document.path(span.paragraph.clause)[-2:]
        )

    def meets(self, draft: Draft) -> bool:
        """True where the draft says no less than it must."""
        spans = draft.spans
        if not spans:
            return False
        if self._regions and not self._regions <= {span.document.region for span in spans}:
            return False
        if self._listed:
            return all(_covers(draft, item) for item in self._listed)
        return self._has_what_is_asked(draft)

    def _has_what_is_asked(self, draft: Draft) -> bool:
        """A figure of the composed answer where one is asked for, an office where one is."""
        question = self._question
        said = squeeze(text_of(draft))
        if question.kind == "office":
            offices = _offices(self._composed)
            return not offices or any(office in said for office in offices)
        if question.kind in ("figure", "deadline"):
            wanted = {figure.value for figure in figures(_main_words(self._composed))}
            return not wanted or bool(wanted & {figure.value for figure in figures(text_of(draft))})
        cited = {span.document.id for span in self._composed.spans}
        return any(span.document.id in cited for span in draft.spans)


def _main_words(composed: Draft) -> str:
    """The words that answer: the opening where it holds a figure, else all."""
    opening = _opening(composed)
    return opening.text if opening is not None and figures(opening.text) else text_of(composed)


def _offices(composed: Draft) -> list[str]:
    found: dict[str, None] = {}
    for span in composed.spans:
        trailer = span.document.clauses[span.paragraph.clause].trailer
        for office in (*trailer.lead_units, *trailer.responsible_units) if trailer is not None else ():
            if office in text_of(composed):
                found[squeeze(office)] = None
    return list(found)


def _covers(draft: Draft, item: Statement) -> bool:
    """An item of the composed list stands in the draft, by its span or by its words."""
    for span in item.spans:
        for other in draft.spans:
            if (
                other.document.id == span.document.id
                and other.paragraph.number == span.paragraph.number
                and other.start < span.end
                and span.start < other.end
            ):
                return True
    words = re.sub(r"^(?:\d+\. |- )|[\W_]", "", item.text)
    pairs = [words[n : n + 2] for n in range(len(words) - 1)]
    said = re.sub(r"[\W_]", "", text_of(draft))
    return bool(pairs) and sum(pair in said for pair in pairs) >= _COVERED * len(pairs)
