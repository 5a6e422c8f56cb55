"""A small service over a small corpus of our own, sound or broken on purpose, for the evaluation's tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from eval.backends import InProcess
from eval.questions import Gold, Question, QuestionSet
from indexer.chunking import Chunk
from indexer.document import Clause, Document, Paragraph
from service.answer import Answer, Citation, Passage, Refusal

_TOWNS = {
    "qinghe-2023": (
        "清河市",
        "清河市便民办事若干措施",
        (
            ("一", "开店手续", "新开小店的登记材料齐全的，2个工作日内办好。"),
            ("二", "贷款贴息", "对吸纳残疾人就业的作坊，贷款贴息比例为3.5%，由市财政局负责审核。"),
            ("三", "夜市摊位", "夜市摊位每季度抽签一次，摊位费每月80元。"),
            ("四", "停车优惠", "新能源车在公共停车场前2小时免收停车费。"),
            ("五", "投诉处理", "收到噪声投诉后，城管队应当在30分钟内到场。"),
        ),
    ),
    "yunling-2024": (
        "云岭市",
        "云岭市便民办事工作方案",
        (
            ("一", "开店手续", "新开小店的登记材料齐全的，5个工作日内办好。"),
            ("二", "茶园补助", "茶农改种良种茶，每亩补助1200元，由市农业农村局发放。"),
            ("三", "古桥修缮", "2025年底前修好12座古桥。"),
            ("四", "图书借阅", "市图书馆每人一次可借15册书，借期40天。"),
        ),
    ),
}


def documents() -> dict[str, Document]:
    """Return the corpus by document id; each clause is one paragraph under its heading."""
    return {
        identity: _document(identity, region, title, clauses)
        for identity, (region, title, clauses) in _TOWNS.items()
    }


def _document(identity: str, region: str, title: str, items: Sequence[tuple[str, str, str]]) -> Document:
    text, clauses, paragraphs = f"{title}\n", [], []
    paragraphs.append(Paragraph(f"{identity}#p1", 1, title, 0, len(title), 0))
    for row, (label, heading, body) in enumerate(items, 1):
        start = len(text)
        line = f"{label}、{heading}。{body}"
        text += f"{line}\n"
        body_start = start + len(label) + len(heading) + 2
        clauses.append(Clause(label, f"{label}、", heading, 0, 1, start, len(text), body_start))
        paragraphs.append(Paragraph(f"{identity}#p{row + 1}", row + 1, line, start, start + len(line), row))
    root = Clause("", "", "", None, 0, 0, len(text), 0)
    return Document(
        identity, title, text, f"{identity}.txt", (root, *clauses), tuple(paragraphs), region=region
    )


QUESTIONS = QuestionSet(
    (
        Question(
            id="t-1",
            question="清河市新开小店登记要几个工作日",
            kind="deadline",
            answerable=True,
            gold=(Gold("qinghe-2023", "一"),),
            facts=(("2个工作日", "两个工作日"),),
            forbidden=(("5个工作日",),),
        ),
        Question(
            id="t-2",
            question="清河市残疾人作坊贷款贴息比例",
            kind="figure",
            answerable=True,
            gold=(Gold("qinghe-2023", "二"),),
            facts=(("3.5%",),),
        ),
        Question(
            id="t-3",
            question="清河市夜市摊位费每月多少元",
            kind="figure",
            answerable=True,
            gold=(Gold("qinghe-2023", "三"),),
            facts=(("80元",),),
            split="held",
        ),
        Question(
            id="t-4",
            question="云岭市新开小店登记要几个工作日",
            kind="deadline",
            answerable=True,
            gold=(Gold("yunling-2024", "一"),),
            facts=(("5个工作日",),),
            forbidden=(("2个工作日",),),
        ),
        Question(
            id="t-5",
            question="云岭市良种茶每亩补助",
            kind="figure",
            answerable=True,
            gold=(Gold("yunling-2024", "二"),),
            facts=(("1200元",), ("农业农村局",)),
        ),
        Question(
            id="t-6",
            question="云岭市修好几座古桥",
            kind="figure",
            answerable=True,
            gold=(Gold("yunling-2024", "三"),),
            facts=(("12座",),),
            split="held",
        ),
        Question(
            id="t-7",
            question="云岭市夜市摊位费每月多少元",
            kind="near_miss",
            answerable=False,
            forbidden=(("80元",),),
            refusal=("no_evidence",),
        ),
        Question(
            id="t-8",
            question="今晚的球赛谁赢",
            kind="out_of_domain",
            answerable=False,
            refusal=("no_evidence", "out_of_scope"),
        ),
    ),
    "town",
)


@dataclass
class Clerk:
    """Answers with the paragraph that shares most character pairs with the question, of the town it names."""

    corpus: dict[str, Document]
    refuses: bool = True
    retrieves: bool = True
    least: float = 0.45
    asked: int = 0

    def search(self, question: str, *, k: int = 10) -> list[Passage]:
        """Return the best `k` paragraphs; with retrieval off, always the same ones, unread."""
        wanted = _pairs(question)
        found = [
            Passage(_chunk(document, paragraph), document, paragraph, _share(wanted, _pairs(paragraph.text)))
            for document in self.corpus.values()
            for paragraph in document.paragraphs[1:]
            if not self._named(question) or document.region in question
        ]
        if self.retrieves:
            found.sort(key=lambda passage: -passage.score)
        else:
            found = [replace(passage, score=0.5) for passage in reversed(found)]
        return found[:k]

    def ask(self, question: str, **_: Any) -> Answer:
        """Answer or refuse."""
        self.asked += 1
        best = self.search(question, k=1)[0]
        if self.refuses and best.score < self.least:
            refusal = Refusal("no_evidence", "现有文件没有说到这一点。")
            return Answer(
                question,
                question,
                refusal.message,
                refusal=refusal,
                confidence=best.score,
                index_version="v1",
            )
        text = best.paragraph.text
        start = text.index("。") + 1
        citation = Citation(1, best.document, best.paragraph, start, len(text), best.score)
        answer = f"{best.document.region}：{text[start:-1]}[1]。"
        return Answer(question, question, answer, (citation,), confidence=best.score, index_version="v1")

    def _named(self, question: str) -> bool:
        return any(document.region in question for document in self.corpus.values() if document.region)


@dataclass
class Misquoting(Clerk):
    """A clerk who cites the clause after the one that the answer stands on."""

    def ask(self, question: str, **rest: Any) -> Answer:
        answer = super().ask(question, **rest)
        moved = []
        for citation in answer.citations:
            paragraphs = citation.document.paragraphs
            other = paragraphs[citation.paragraph.number % len(paragraphs)]
            moved.append(replace(citation, paragraph=other, start=0, end=len(other.text)))
        return replace(answer, citations=tuple(moved))


@dataclass
class Miscounting(Clerk):
    """A clerk who changes every figure of the answer and leaves the citation as it is."""

    def ask(self, question: str, **rest: Any) -> Answer:
        answer = super().ask(question, **rest)
        changed = re.sub(r"\d(?!\])(?!\d*\])", lambda digit: str((int(digit[0]) + 1) % 10), answer.text)
        return replace(answer, text=changed)


def backend(clerk: Clerk | None = None) -> InProcess:
    """Return `clerk`, a sound one by default, as the evaluation asks it."""
    corpus = documents()
    return InProcess(clerk or Clerk(corpus), corpus.get, index_version="v1", name="town")


def _chunk(document: Document, paragraph: Paragraph) -> Chunk:
    return Chunk(
        f"{document.id}#c{paragraph.number}",
        document.id,
        paragraph.text,
        paragraph.start,
        paragraph.end,
        paragraph.clause,
        document.heading_path(paragraph.clause),
    )


def _pairs(text: str) -> set[str]:
    words = re.sub(r"[^\u4e00-\u9fff]", "", text)
    return {words[place : place + 2] for place in range(len(words) - 1)}


def _share(wanted: set[str], there: set[str]) -> float:
    asked = {pair for pair in wanted if pair not in ("几个", "多少", "要几", "清河", "河市", "云岭", "岭市")}
    return len(asked & there) / len(asked) if asked else 0.0
