"""Questions on statutes, with the articles that answer them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from indexer.collection import CorpusPassage
from training.data import half_of, half_of_pair, rows, written_questions

_HEAD = 60


def statutes(data: Path) -> list[CorpusPassage]:
    """Return every article of the collection that the laypeople's questions were asked of."""
    return [
        CorpusPassage(
            str(row["_id"]), str(row.get("title") or ""), str(row["text"]), tuple(row["metadata"]["headings"])
        )
        for row in rows(data / "B1-dev" / "corpus.jsonl.gz")
    ]


def statute_questions(data: Path, corpus: Sequence[CorpusPassage], *, half: int) -> dict[str, set[int]]:
    """Return the questions of one half, each with the rows of `corpus` that answer it.

    They are the collection's training questions, and those of our own on statutes whose article it
    holds. Its development questions are not among them.
    """
    row_of = {passage.id: row for row, passage in enumerate(corpus)}
    asked: dict[str, set[int]] = {}
    texts = {str(row["_id"]): str(row["text"]) for row in rows(data / "B1-train" / "queries.jsonl.gz")}
    for line in (data / "B1-train" / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        query, passage, grade = line.split("\t")
        if int(grade) > 0 and half_of(texts[query]) == half:
            asked.setdefault(texts[query], set()).add(row_of[passage])
    same: dict[str, set[int]] = {}
    for number, article in enumerate(corpus):
        same.setdefault(_head(article.text), set()).add(number)
    for pair in written_questions(data, statutes=True):
        found = same.get(_head(pair.passage.text))
        if found and pair.style != "en" and half_of_pair(pair) == half:
            asked.setdefault(pair.question, set()).update(found)
    return asked


def _head(text: str) -> str:
    """The first words of an article, whatever its punctuation: one article stands in several collections."""
    return re.sub(r"[\s\W]", "", text)[:_HEAD]
