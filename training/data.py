"""Read the training data and say which part of it the embedder never sees."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.sentences import sentences

WRITTEN = Path(__file__).resolve().parent / "questions"
"""Questions of our own that point at an article of the raw texts; the articles are not part of the project."""
NEAR_MISSES = WRITTEN / "near_misses.jsonl"
"""Questions about plans and held-out regulations that these do not answer, beside some that they do."""
LABELS = WRITTEN / "sentences.jsonl"
"""For earlier questions, by their digest: the numbers of the sentences that answer, `*` for all, `0` for none."""
ASKED = WRITTEN / "asked.jsonl"
"""Questions written with the sentences that answer, and near misses (`0`), on articles of laws and regulations."""
DOCUMENTS = Path(__file__).resolve().parent / "documents"
"""Fictional policies of many shapes, written for this project, with questions."""
FURTHER = Path(__file__).resolve().parent / "further"
"""More policies and questions, which the embedding, the first cross-encoder and the chunk ranker have not seen."""
MEASURED = frozenset({"genre41", "genre42", "genre52"})
"""Of those the policies that nothing is trained on."""
HELD_OUT_PLANS = frozenset(
    [f"plan{number:02d}" for number in range(7, 13)] + [f"genre{number:02d}" for number in range(1, 40, 2)]
)
"""Plans and policies kept for the forests, the refusal score and the measurements."""


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
    """Return the half of a question: a plan, or a law or regulation, is in one half only."""
    if pair.source in ("written", "questions"):
        return half_of(pair.passage.document)
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

    Those on a document of the slice kept out are left out among the others.
    """
    written: dict[tuple[str, str], list[dict[str, str]]] = {}
    for name in ("statutes", "regulations", "asked"):
        for row in rows(WRITTEN / f"{name}.jsonl"):
            if row.get("sentences") == "0":
                continue
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


def plan_file(data: Path, plan: str) -> Path:
    """Return the file of a fictional plan or policy."""
    folders = (DOCUMENTS, FURTHER, data / "plans")
    return next(file for folder in folders if (file := folder / f"{plan}.txt").is_file())


def is_plan(name: str) -> bool:
    """Whether a document is one of the fictional plans and policies, by its name."""
    return re.fullmatch(r"(?:plan|genre)\d+", name) is not None


def plan_rows(data: Path) -> Iterator[dict[str, Any]]:
    """Questions on the fictional plans and policies, near misses among them."""
    yield from rows(data / "plans" / "questions.jsonl")
    yield from rows(DOCUMENTS / "questions.jsonl")


def plan_texts(data: Path, plan: str) -> list[Text]:
    """The lines of a fictional plan, each with the headings it stands under."""
    lines = [line.strip() for line in plan_file(data, plan).read_text("utf-8").splitlines()]
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
    for row in plan_rows(data):
        plan = row["doc"]
        if not row["answerable"] or (plan in HELD_OUT_PLANS) != kept_out:
            continue
        if plan not in texts:
            texts[plan] = plan_texts(data, plan)
        label = row.get("clause", "").split("/")[-1]
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


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with the sentences of an article that answer it."""

    document: str
    article: str
    question: str
    quotes: tuple[str, ...] | None
    """The sentences; None where only the article is known."""
    answerable: bool = True
    """False for a question on the matter of the article that it leaves open."""
    names_place: bool | None = None
    """Whether it says which document it means; None where nobody has noted it."""


def article_sentences(text: str) -> list[str]:
    """Return the sentences of an article as the labels count them, from 1."""
    return [sentence.text for paragraph in text.split("\n") for sentence in sentences(paragraph)]


def labelled_questions(data: Path, *, kept_out: bool) -> Iterator[Labelled]:
    """Yield the questions with the sentences that answer, near misses among them: of the slice kept out, or the others.

    A question without a label counts where its article is one sentence.
    """
    for row in plan_rows(data):
        if (row["doc"] in HELD_OUT_PLANS) == kept_out:
            quotes = (row["quote"],) if row["answerable"] else ()
            yield Labelled(row["doc"], "", row["q"], quotes, row["answerable"], row["names_city"])
    labels = {row["question"]: row["sentences"] for row in rows(LABELS)}
    earlier: list[tuple[str, str, str, str]] = [
        (row["doc"], row["art"], row["question"], labels.get(digest(row["question"]), ""))
        for row in rows(data / "questions" / "questions.jsonl.gz")
    ]
    for name in ("statutes", "regulations", "asked"):
        earlier += [
            (
                row["document"],
                row["article"],
                row["question"],
                row.get("sentences") or labels.get(digest(row["question"]), ""),
            )
            for row in rows(WRITTEN / f"{name}.jsonl")
        ]
    earlier = [one for one in earlier if held_out(one[0]) == kept_out]
    texts = _texts_of(data, {(document, article) for document, article, _, _ in earlier})
    for document, article, question, label in earlier:
        yield from _labelled(texts, document, article, question, label)


def further_questions(data: Path) -> Iterator[Labelled]:
    """Yield the questions of `training/further`, near misses among them."""
    for row in rows(FURTHER / "questions.jsonl"):
        quotes = (row["quote"],) if row["answerable"] else ()
        yield Labelled(row["doc"], "", row["q"], quotes, row["answerable"], row["names_city"])
    asked = list(rows(FURTHER / "asked.jsonl"))
    texts = _texts_of(data, {(row["document"], row["article"]) for row in asked})
    for row in asked:
        yield from _labelled(texts, row["document"], row["article"], row["question"], row["sentences"])


def _texts_of(data: Path, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Return what stands under each document and article that is wanted: more than one text where two bear one number."""
    texts: dict[tuple[str, str], list[str]] = {}
    for row in rows(data / "raw_paragraphs.jsonl.gz"):
        place = (str(row.get("doc")), str(row.get("art") or ""))
        if row["kind"] != "news" and place in wanted:
            texts.setdefault(place, []).append(row["text"])
    return texts


def _labelled(
    texts: dict[tuple[str, str], list[str]], document: str, article: str, question: str, label: str
) -> Iterator[Labelled]:
    found = texts.get((document, article), [])
    if len(found) != 1:  # where two articles bear one number, nobody can tell which is meant
        return
    if label == "0":
        yield Labelled(document, article, question, (), answerable=False)
        return
    pieces = article_sentences(found[0])
    if label == "*" or (not label and len(pieces) == 1):
        yield Labelled(document, article, question, tuple(pieces))
    elif label:
        yield Labelled(
            document, article, question, tuple(pieces[int(number) - 1] for number in label.split(","))
        )
    else:
        yield Labelled(document, article, question, None)


def digest(question: str) -> str:
    """Return the name of a question in the file of labels: questions of others are not repeated there."""
    return hashlib.sha256(question.encode()).hexdigest()[:12]
