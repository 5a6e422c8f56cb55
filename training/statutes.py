"""Laypeople's questions on statutes, with the articles that answer them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indexer.collection import CorpusPassage
from training.data import half_of, rows


def statutes(data: Path) -> list[CorpusPassage]:
    """Return every article of the collection that the questions were asked of."""
    return [
        CorpusPassage(
            str(row["_id"]), str(row.get("title") or ""), str(row["text"]), tuple(row["metadata"]["headings"])
        )
        for row in rows(data / "B1-dev" / "corpus.jsonl.gz")
    ]


def statute_questions(data: Path, corpus: Sequence[CorpusPassage], *, half: int) -> dict[str, set[int]]:
    """Return the collection's training questions of one half, each with the rows of `corpus` that answer it.

    Its development questions are not among them. Nor are those of `training/questions`: they were
    written to avoid the articles' words, and a ranker fitted on them distrusts words that match.
    """
    row_of = {passage.id: row for row, passage in enumerate(corpus)}
    texts = {str(row["_id"]): str(row["text"]) for row in rows(data / "B1-train" / "queries.jsonl.gz")}
    asked: dict[str, set[int]] = {}
    for line in (data / "B1-train" / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        query, passage, grade = line.split("\t")
        if int(grade) > 0 and half_of(texts[query]) == half:
            asked.setdefault(texts[query], set()).add(row_of[passage])
    return asked
