"""Read the training data and say which part of it the embedder never sees."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WRITTEN = Path(__file__).resolve().parent / "questions"
"""Questions of our own that point at an article of the raw texts; the articles are not part of the project."""
NEAR_MISSES = WRITTEN / "near_misses.jsonl"
"""Questions about plans and held-out regulations that these do not answer, beside some that they do."""
HELD_OUT_PLANS = frozenset(f"plan{number:02d}" for number in range(7, 13))
"""Plans kept for the reranker, the refusal score and the measurements."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph or article, with what stands above it."""

    document: str
    headings: tuple[str, ...]
    text: str
    kind: str = ""

    @property
    def title(self) -> str:
        """Document and headings, joined as they stand before an indexed clause."""
        return " ".join(part for part in (self.document, *self.headings) if part)

    @property
    def full(self) -> str:
        """Title and text, as a clause is embedded."""
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a text that answers it."""

    question: str
    passage: Text
    source: str
    style: str = ""


def held_out(name: str, *, one_in: int = 5) -> bool:
    """Whether the document or paragraph of this name belongs to the slice kept out of training.

    A fixed hash decides, so that every stage, and every later model, agrees about the slice.
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % one_in == 0


def half_of(name: str) -> int:
    """Return 0 or 1: the half that the question or article of this name belongs to, by a fixed hash."""
    return hashlib.sha256(f"half {name}".encode()).digest()[0] % 2


def half_of_pair(pair: Pair) -> int:
    """Return the half of a question on a statute or a plan: a plan, or an article, is in one half only."""
    if pair.source == "written":
        return half_of(f"{pair.passage.document} {pair.passage.headings[-1]}")
    return half_of(pair.source if pair.source.startswith("plans/") else pair.question)


def rows(file: Path) -> Iterator[dict[str, Any]]:
    """The JSON object of every line of a .jsonl or .jsonl.gz file."""
    with (
        gzip.open(file, "rt", encoding="utf-8")
        if file.suffix == ".gz"
        else file.open(encoding="utf-8") as lines
    ):
        for line in lines:
            yield json.loads(line)


def raw_texts(data: Path) -> Iterator[Text]:
    """Statutes, local regulations and news, for weak supervision."""
    for number, row in enumerate(rows(data / "raw_paragraphs.jsonl.gz")):
        if row["kind"] == "news":
            yield Text(f"news-{number}", (), row["text"], "news")
        else:
            headings = tuple(filter(None, (*row.get("path", ()), row.get("art", ""))))
            yield Text(row["doc"], headings, row["text"], row["kind"])


def regulation_questions(data: Path, *, kept_out: bool) -> Iterator[Pair]:
    """Questions on articles of real regulations: the training part, or the part kept out of it."""
    for row in rows(data / "questions" / "questions.jsonl.gz"):
        if held_out(row["doc"]) == kept_out:
            passage = Text(row["doc"], tuple(filter(None, (*row["path"], row["art"]))), row["text"], "law")
            yield Pair(row["question"], passage, "questions", row["style"])


def written_questions(data: Path, *, statutes: bool) -> Iterator[Pair]:
    """Questions of `training/questions`, with the article that each points at: those on statutes, or the others.

    On a document of the slice kept out there are none among the others.
    """
    written: dict[tuple[str, str], list[dict[str, str]]] = {}
    for name in ("statutes", "regulations"):
        for row in rows(WRITTEN / f"{name}.jsonl"):
            written.setdefault((row["document"], row["article"]), []).append(row)
    articles: dict[tuple[str, str], list[Text]] = {}
    for row in rows(data / "raw_paragraphs.jsonl.gz"):
        if row["kind"] == "news" or (row["kind"] == "law") != statutes:
            continue
        place = (str(row["doc"]), str(row.get("art") or ""))
        if place in written and (statutes or not held_out(place[0])):
            text = Text(place[0], tuple(filter(None, (*row["path"], place[1]))), row["text"], "law")
            articles.setdefault(place, []).append(text)
    for place, texts in articles.items():
        if len(texts) == 1:  # where two articles bear one number, nobody can tell which is meant
            for asked in written[place]:
                yield Pair(asked["question"], texts[0], "written", asked["style"])


def plan_texts(data: Path, plan: str) -> list[Text]:
    """The lines of a fictional plan, each with the headings it stands under."""
    lines = [line.strip() for line in (data / "plans" / f"{plan}.txt").read_text("utf-8").splitlines()]
    lines = [line for line in lines if line]
    title = lines[0]
    section, found = "", []
    for line in lines[1:]:
        if len(line) <= 30 and re.match(r"第.{1,3}部分|[一二三四五六七八九十]{1,3}、", line):
            section = line
        found.append(Text(title, (section,) if section and section != line else (), line, "plan"))
    return found


def plan_questions(data: Path, *, kept_out: bool) -> Iterator[Pair]:
    """Answerable questions on the plans, each with the line that holds the quoted answer."""
    texts: dict[str, list[Text]] = {}
    for row in rows(data / "plans" / "questions.jsonl"):
        plan = row["doc"]
        if not row["answerable"] or (plan in HELD_OUT_PLANS) != kept_out:
            continue
        if plan not in texts:
            texts[plan] = plan_texts(data, plan)
        label = row["clause"].split("/")[-1]
        holding = [text for text in texts[plan] if row["quote"] in text.text]
        holding.sort(key=lambda text: not text.text.startswith(label))
        if holding:
            yield Pair(row["q"], holding[0], f"plans/{plan}", row["s"])


def lay_questions(data: Path) -> Iterator[Pair]:
    """Questions by laypeople with the statute article, or the lawyer's reply, that answers them."""
    for row in rows(data / "train_pairs.jsonl.gz"):
        if row["src"] in ("STARD-train", "LeCoQA-train"):
            head, newline, body = row["passage"].partition("\n")
            known = row["src"] == "STARD-train" and bool(newline)
            passage = Text(head, (), body, "law") if known else Text("", (), row["passage"])
            yield Pair(row["query"], passage, row["src"])


def reading_questions(data: Path, *, kept_out: bool) -> Iterator[Pair]:
    """XQuAD: English and Chinese questions on Chinese paragraphs; a paragraph is in one part only."""
    for row in rows(data / "train_pairs.jsonl.gz"):
        if row["src"].startswith("XQuAD") and held_out(row["passage"]) == kept_out:
            style = "en" if row["src"] == "XQuAD-en2zh" else ""
            yield Pair(row["query"], Text("", (), row["passage"]), row["src"], style)


def news_questions(data: Path) -> Iterator[Pair]:
    """Questions on news paragraphs."""
    for row in rows(data / "train_pairs.jsonl.gz"):
        if row["src"] == "CRUD-quest":
            yield Pair(row["query"], Text("", (), row["passage"]), row["src"])


def parallel_texts(data: Path) -> Iterator[tuple[str, str, str]]:
    """Source, English and Chinese of the parallel data, without what belongs to kept-out paragraphs."""
    kept_out = list(reading_questions(data, kept_out=True))
    english = {pair.question for pair in kept_out if pair.style == "en"}
    chinese = {pair.passage.text for pair in kept_out}
    for row in rows(data / "zh_en_parallel.jsonl.gz"):
        if row["en"] not in english and row["zh"] not in chinese:
            yield row["src"], row["en"], row["zh"]
