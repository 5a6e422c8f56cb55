"""Fakes that keep the promises of the parts they stand for, and documents to try them on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from indexer.catalogue import Entry
from indexer.chunking import Chunk
from indexer.document import Clause, Deadline, Document, Paragraph, Trailer
from service.answer import Answer, Citation, Filters, Passage, Refusal, Turn
from service.library import Library
from service.live_index import Serving

LINES = (
    ("青石市推进便民办事二十条", 0),
    ("各区人民政府：", 0),
    ("一、总体要求", 1),
    ("让群众少跑腿，让企业少等待。", 1),
    ("二、重点任务", 2),
    ("1.压缩开办时限。新设企业当天领到执照，刻章费用由财政承担。", 3),
    (
        "2.减免小微企业费用。年缴纳水费不足3万元的，按九折收取。（牵头单位：市水务局；完成时限：2025年6月底前）",
        4,
    ),
    ("青石市人民政府办公室", 0),
)
TRAILER = "（牵头单位：市水务局；完成时限：2025年6月底前）"


def document(
    document_id: str = "青石/便民二十条",
    *,
    title: str = "青石市推进便民办事二十条",
    region: str | None = "青石市",
    issued_on: date | None = date(2024, 5, 6),
    number: str | None = "青政办发〔2024〕7号",
    issuer: str | None = "青石市人民政府办公室",
    lines: Sequence[tuple[str, int]] = LINES,
) -> Document:
    """Return a small document of two parts and two numbered tasks, the second with a trailer."""
    text = "\n".join(line for line, _ in lines)
    paragraphs: list[Paragraph] = []
    start = 0
    for number_, (line, clause) in enumerate(lines, start=1):
        paragraphs.append(
            Paragraph(f"{document_id}#p{number_}", number_, line, start, start + len(line), clause)
        )
        start += len(line) + 1
    return Document(
        id=document_id,
        title=title,
        text=text,
        source=f"{document_id}.md",
        clauses=_clauses(text, paragraphs),
        paragraphs=tuple(paragraphs),
        issuer=issuer,
        number=number,
        issued_on=issued_on,
        region=region,
    )


def _clauses(text: str, paragraphs: Sequence[Paragraph]) -> tuple[Clause, ...]:
    root = Clause("", "", "", None, 0, 0, len(text), 0)
    if len(paragraphs) != len(LINES):
        return (root,)
    p = [None, *paragraphs]
    one, two, first, second = p[3], p[5], p[6], p[7]
    assert one and two and first and second
    trailer_start = text.index(TRAILER)
    trailer = Trailer(
        lead_units=("市水务局",),
        deadline=Deadline("2025年6月底前", end=date(2025, 6, 30)),
        start=trailer_start,
        end=trailer_start + len(TRAILER),
    )
    return (
        root,
        Clause("一", "一、", "总体要求", 0, 1, one.start, two.start, one.end),
        Clause("二", "二、", "重点任务", 0, 1, two.start, second.end, two.end),
        Clause(
            "1", "1.", "压缩开办时限", 2, 2, first.start, second.start, first.start + len("1.压缩开办时限。")
        ),
        Clause(
            "2",
            "2.",
            "减免小微企业费用",
            2,
            2,
            second.start,
            second.end,
            second.start + len("2.减免小微企业费用。"),
            trailer,
        ),
    )


def passage(of: Document, number: int, score: float = 0.5) -> Passage:
    """Return the paragraph of that number as a passage found."""
    paragraph = of.paragraphs[number - 1]
    chunk = Chunk(
        f"{of.id}#c{number}",
        of.id,
        paragraph.text,
        paragraph.start,
        paragraph.end,
        paragraph.clause,
        of.heading_path(paragraph.clause),
    )
    return Passage(chunk, of, paragraph, score)


def entry(of: Document) -> Entry:
    """Return what a catalogue knows of a document."""
    return Entry(
        of.id,
        of.source,
        of.title,
        of.issuer,
        of.number,
        of.issued_on,
        of.effective_on,
        of.expires_on,
        of.region,
        of.status,
        of.digest_of,
        first_row=0,
        chunk_count=1,
        characters=len(of.text),
    )


EVERYTHING = Filters()


class FakeAssistant:
    """Answers with the paragraph that shares most character pairs with the question; refuses without two.

    `slowness` is how long each answer takes; `gate`, where given, must be set before one leaves.
    `growing`, where given, says what of an answer is released before it is whole.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        *,
        version: str = "v1",
        slowness: float = 0.0,
        gate: threading.Event | None = None,
        rewrite: Callable[[Answer], Answer] = lambda answer: answer,
        growing: Callable[[Answer], Sequence[Answer]] = lambda answer: (),
    ) -> None:
        self.documents = documents
        self.version = version
        self.slowness = slowness
        self.gate = gate
        self.rewrite = rewrite
        self.growing = growing
        self.given_up = threading.Event()
        """Set where an answer found, when it left, that nobody waits for it."""
        self.asked: list[tuple[str, tuple[Turn, ...], Filters, int]] = []
        self.entered = threading.Event()

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = EVERYTHING,
        k: int = 8,
        release: Callable[[Answer], None] = lambda answer: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Answer:
        self.asked.append((question, tuple(history), filters, k))
        self.entered.set()
        answer = self._answer(question, filters, k)
        for part in self.growing(answer):
            release(part)
        if self.gate is not None:
            assert self.gate.wait(10)
        time.sleep(self.slowness)
        if cancelled():
            self.given_up.set()
        return answer

    def _answer(self, question: str, filters: Filters, k: int) -> Answer:
        found = self.search(question, filters=filters, k=k)
        answer = Answer(question, question, "", index_version=self.version, timings_ms={"total": 1.0})
        if not found:
            return self.rewrite(
                replace(
                    answer,
                    text="现有文件没有依据。",
                    refusal=Refusal("no_evidence", "现有文件没有依据。"),
                    suggestions=(passage(self.documents[0], 4),),
                )
            )
        best = found[0]
        end = best.paragraph.text.index("。") + 1 if "。" in best.paragraph.text else len(best.paragraph.text)
        citation = Citation(1, best.document, best.paragraph, 0, end, best.score)
        return self.rewrite(
            replace(answer, text=f"{citation.quote[:-1]}[1]。", citations=(citation,), confidence=0.9)
        )

    def search(self, question: str, *, filters: Filters = EVERYTHING, k: int = 10) -> list[Passage]:
        pairs = {question[i : i + 2] for i in range(len(question) - 1)}
        found = []
        for one in self.documents:
            if filters.document_ids and one.id not in filters.document_ids:
                continue
            if filters.regions and one.region not in filters.regions:
                continue
            for paragraph in one.paragraphs:
                score = sum(pair in paragraph.text for pair in pairs)
                if score >= 2:
                    found.append(passage(one, paragraph.number, score / len(pairs)))
        return sorted(found, key=lambda one: -one.score)[:k]


def serving(
    *documents: Document,
    assistant: FakeAssistant | None = None,
    version: str = "v1",
    examples: tuple[str, ...] = (),
) -> Serving:
    """Return documents as a loaded index version."""
    documents = documents or (document(),)
    by_id = {one.id: one for one in documents}
    return Serving(
        version=version,
        assistant=assistant or FakeAssistant(documents, version=version),
        library=Library(map(entry, documents)),
        document=by_id.get,
        model="fake",
        examples=examples,
    )
