"""What the models are trained on: pairs of questions and texts, and the halves that a model never sees."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from training import data as sources
from training.statutes import statute_questions, statutes

STATUTE = "出借自行车的人应当检查刹车；刹车失灵造成他人受伤的，由出借人赔偿。"
RULE = "集市上的摊位每日收取卫生费两元，残疾人免收。"


def write_rows(file: Path, rows: Sequence[Mapping[str, object]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if file.suffix == ".gz":
        file.write_bytes(gzip.compress(text.encode()))
    else:
        file.write_text(text, "utf-8")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    raw = [
        {"kind": "law", "doc": "车辆出借法", "path": ["第一章"], "art": "第三条", "text": STATUTE},
        {"kind": "law", "doc": "车辆出借法", "path": [], "art": "第九条", "text": "甲"},
        {"kind": "law", "doc": "车辆出借法", "path": [], "art": "第九条", "text": "乙"},
        {"kind": "local_reg", "doc": "集市办法", "path": [], "art": "第二条", "text": RULE},
    ]
    write_rows(tmp_path / "raw_paragraphs.jsonl.gz", raw)
    corpus = [
        {
            "_id": "L1",
            "title": "车辆出借法 第三条",
            "text": STATUTE + "\n",
            "metadata": {"headings": ["第一章"]},
        },
        {"_id": "L2", "title": "别的法 第一条", "text": "别的规定。", "metadata": {"headings": []}},
    ]
    write_rows(tmp_path / "B1-dev" / "corpus.jsonl.gz", corpus)
    write_rows(tmp_path / "B1-train" / "queries.jsonl.gz", [{"_id": "q1", "text": "别的事怎么办？"}])
    (tmp_path / "B1-train" / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tL2\t1\n", "utf-8")
    written = tmp_path / "written"
    write_rows(
        written / "statutes.jsonl",
        [
            {
                "document": "车辆出借法",
                "article": "第三条",
                "style": "lay",
                "question": "借给同学的车没闸，摔了算谁的？",
            },
            {"document": "车辆出借法", "article": "第三条", "style": "en", "question": "Who pays?"},
            {"document": "车辆出借法", "article": "第九条", "style": "lay", "question": "两条同号，哪条？"},
        ],
    )
    write_rows(
        written / "regulations.jsonl",
        [
            {
                "document": "集市办法",
                "article": "第二条",
                "style": "colloquial",
                "question": "摆一天摊交几个钱？",
            }
        ],
    )
    asked = {"document": "车辆出借法", "article": "第三条", "style": "colloquial"}
    write_rows(
        written / "asked.jsonl",
        [
            {**asked, "sentences": "2", "question": "闸坏了摔了人，谁赔？"},
            {**asked, "sentences": "0", "question": "借车押金交多少？"},
        ],
    )
    write_rows(written / "labels.jsonl", [{"question": sources.digest("Who pays?"), "sentences": "2"}])
    write_rows(tmp_path / "questions" / "questions.jsonl.gz", [])
    write_rows(tmp_path / "plans" / "questions.jsonl", [])
    monkeypatch.setattr(sources, "WRITTEN", written)
    monkeypatch.setattr(sources, "LABELS", written / "labels.jsonl")
    monkeypatch.setattr(sources, "DOCUMENTS", tmp_path / "documents")
    write_rows(tmp_path / "documents" / "questions.jsonl", [])
    return tmp_path


def test_written_questions_find_their_article(data: Path) -> None:
    (pair,) = sources.written_questions(data, statutes=False)
    assert pair.passage.text == RULE
    assert pair.passage.headings == ("第二条",)


def test_a_number_that_two_articles_bear_is_left_out(data: Path) -> None:
    asked = [pair.question for pair in sources.written_questions(data, statutes=True)]
    assert asked == ["借给同学的车没闸，摔了算谁的？", "Who pays?", "闸坏了摔了人，谁赔？"]


def test_every_question_on_a_statute_is_in_one_half_with_the_rows_that_answer_it(data: Path) -> None:
    corpus = statutes(data)
    halves = [statute_questions(data, corpus, half=half) for half in (0, 1)]
    assert halves[0].keys() & halves[1].keys() == set()
    assert halves[0] | halves[1] == {"别的事怎么办？": {1}}


def test_questions_on_one_article_are_in_one_half(data: Path) -> None:
    pairs = list(sources.written_questions(data, statutes=True))
    assert len({sources.half_of_pair(pair) for pair in pairs}) == 1


def test_a_label_names_the_sentences_that_answer(data: Path) -> None:
    parts = [sources.labelled_questions(data, kept_out=kept) for kept in (False, True)]
    found = {one.question: one for part in parts for one in part}
    assert found["Who pays?"].quotes == ("刹车失灵造成他人受伤的，由出借人赔偿。",)
    assert found["闸坏了摔了人，谁赔？"].quotes == found["Who pays?"].quotes
    assert found["借给同学的车没闸，摔了算谁的？"].quotes is None
    assert found["摆一天摊交几个钱？"].quotes == (RULE,)
    assert not found["借车押金交多少？"].answerable
    assert "两条同号，哪条？" not in found


def shipped(name: str) -> list[dict[str, str]]:
    return list(sources.rows(sources.WRITTEN / name))


def test_shipped_labels_number_sentences() -> None:
    labels = [row["sentences"] for row in (*shipped("sentences.jsonl"), *shipped("asked.jsonl"))]
    assert all(label in ("*", "0") or all(int(part) > 0 for part in label.split(",")) for label in labels)
    assert len(labels) > 30_000


def test_shipped_policies_hold_what_answers_the_questions_on_them() -> None:
    rows = list(sources.rows(sources.DOCUMENTS / "questions.jsonl"))
    texts = {file.stem: file.read_text("utf-8") for file in sources.DOCUMENTS.glob("*.txt")}
    assert {row["doc"] for row in rows} == texts.keys()
    assert all(row["quote"] in texts[row["doc"]] for row in rows if row["answerable"])
    assert {row["answerable"] for row in rows} == {True, False}


@pytest.mark.parametrize("name", ["statutes.jsonl", "regulations.jsonl"])
def test_shipped_questions_say_which_article_they_point_at(name: str) -> None:
    rows = shipped(name)
    assert all(row["document"] and row["article"] and row["style"] and row["question"] for row in rows)
    assert len({row["question"] for row in rows}) == len(rows) > 1000


def test_shipped_near_misses_have_questions_that_are_answered_beside_them() -> None:
    rows = shipped("near_misses.jsonl")
    answered = {row["document"] for row in rows if row["answerable"]}
    missed = {row["document"] for row in rows if not row["answerable"]}
    assert missed <= answered
    assert all(row.get("quote") for row in rows if row["answerable"])


def test_no_shipped_question_on_a_regulation_is_about_a_document_kept_out() -> None:
    assert not any(sources.held_out(row["document"]) for row in shipped("regulations.jsonl"))
