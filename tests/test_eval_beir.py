"""Retrieval benchmarks read BEIR folders and measure the service's own parts."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from eval.beir import CollectionError, compare, load_collection, measure, result_tables
from eval.systems import systems
from indexer.collection import index_corpus

CORPUS = [
    {"_id": "p1", "title": "晾晒场", "text": "晾晒场改造每亩补助八十元。"},
    {"_id": "p2", "title": "夜市", "text": "夜市摊位每季度抽签一次。"},
    {"_id": "p3", "title": "图书馆", "text": "每人一次可以借十五册书。"},
]
QUERIES = [
    {"_id": "q1", "text": "晾晒场改造补助"},
    {"_id": "q2", "text": "夜市摊位抽签"},
    {"_id": "q3", "text": "unjudged"},
]


def write(folder: Path, *, qrels: str, zipped: bool = False) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in (("corpus", CORPUS), ("queries", QUERIES)):
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        if zipped:
            (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(content.encode()))
        else:
            (folder / f"{name}.jsonl").write_text(content, encoding="utf-8")
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder


HEADER = "query-id\tcorpus-id\tscore\n"
QRELS = HEADER + "q1\tp1\t1\nq1\tp2\t0\nq2\tp2\t1\nq2\tp3\t1\n"


@pytest.mark.parametrize("zipped", [False, True])
def test_a_folder_is_read(tmp_path: Path, zipped: bool) -> None:
    collection = load_collection(write(tmp_path / "town", qrels=QRELS, zipped=zipped))
    assert [passage.id for passage in collection.corpus] == ["p1", "p2", "p3"]
    assert collection.questions == {"q1": "晾晒场改造补助", "q2": "夜市摊位抽签"}
    assert collection.qrels == {"q1": {"p1": 1}, "q2": {"p2": 1, "p3": 1}}
    assert collection.first(1).questions == {"q1": "晾晒场改造补助"}


def test_qrels_may_stand_in_a_folder_of_their_own(tmp_path: Path) -> None:
    folder = write(tmp_path / "town", qrels=QRELS)
    (folder / "qrels").mkdir()
    (folder / "qrels.tsv").rename(folder / "qrels" / "test.tsv")
    assert len(load_collection(folder).qrels) == 2


@pytest.mark.parametrize(
    ("qrels", "says"),
    [
        ("q1\tp1\t1\n", "首行"),
        (HEADER + "q1\tp9\t1\n", "p9"),
        (HEADER + "q9\tp1\t1\n", "q9"),
        (HEADER + "q1\tp1\tyes\n", "整数"),
        (HEADER + "q1\tp1\t0\n", "大于 0"),
    ],
)
def test_wrong_qrels_are_named(tmp_path: Path, qrels: str, says: str) -> None:
    with pytest.raises(CollectionError, match=says):
        load_collection(write(tmp_path / "town", qrels=qrels))


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="corpus"):
        load_collection(tmp_path)
    folder = write(tmp_path / "town", qrels=QRELS)
    (folder / "queries.jsonl").write_text('{"_id": "q1"}\n', encoding="utf-8")
    with pytest.raises(CollectionError, match="第 1 行"):
        load_collection(folder)


def test_measures_are_those_of_the_ranking(tmp_path: Path) -> None:
    collection = load_collection(write(tmp_path / "town", qrels=QRELS))

    def last_first(text: str) -> Sequence[str]:
        return ["p3", "p2", "p1"]

    result = measure(collection, "last first", last_first)
    assert result.scores["RR@10"] == {"q1": 1 / 3, "q2": 1}
    assert result.scores["R@5"] == {"q1": 1, "q2": 1}
    assert result.mean("RR@10").mean == pytest.approx(2 / 3)
    assert result.ms["p50"] >= 0


def test_a_question_without_results_counts_as_nothing_found(tmp_path: Path) -> None:
    collection = load_collection(write(tmp_path / "town", qrels=QRELS))
    result = measure(collection, "half", lambda text: ["p1"] if "晾晒" in text else [])
    assert result.scores["R@10"] == {"q1": 1, "q2": 0}


def test_systems_are_compared_pair_by_pair(tmp_path: Path) -> None:
    collection = load_collection(write(tmp_path / "town", qrels=QRELS))
    bad = measure(collection, "bad", lambda text: ["p3"])
    good = measure(collection, "good", lambda text: ["p1" if "晾晒" in text else "p2"])
    assert compare(bad, good)["R@5"].mean == pytest.approx(0.5)
    tables = result_tables(collection, [bad, good])
    assert tables[0].title == "town：3 段，2 问"
    assert tables[1].rows[0][0] == "good − bad"


class Counting:
    """Embeds a text as the counts of its characters, so that texts with the same characters are near."""

    name = "counting"
    dimension = 64
    fingerprint = "counting"

    def embed_documents(self, texts: Sequence[str], *, progress: bool = False) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for character in text:
                rows[row, ord(character) % self.dimension] += 1
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows / np.maximum(norms, 1)).astype(np.float32)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.embed_documents(texts)


def test_the_services_own_search_is_measured(tmp_path: Path) -> None:
    collection = load_collection(write(tmp_path / "town", qrels=QRELS))
    index = index_corpus(collection.corpus, Counting())
    found = systems(collection.corpus, index, reranker=None)
    assert list(found) == ["lexical", "dense", "hybrid"]
    for name, search in found.items():
        assert measure(collection, name, search).scores["RR@10"]["q1"] == 1
    assert sorted(found["hybrid"]("夜市摊位抽签")) == ["p1", "p2", "p3"]


def test_a_passage_is_a_document_of_one_paragraph(tmp_path: Path) -> None:
    collection = load_collection(write(tmp_path / "town", qrels=QRELS))
    catalogue = index_corpus(collection.corpus, Counting()).catalogue
    document, chunk = catalogue.document("p2"), catalogue.chunk(1)
    (paragraph,) = document.paragraphs
    assert chunk.document_id == "p2" and chunk.text == document.text
    assert document.text[paragraph.start : paragraph.end] == paragraph.text
