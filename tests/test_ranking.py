"""What ranking measures of a question and a chunk, how near words come, and the order that follows."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from indexer.embedding import BUNDLED_MODEL, StaticEmbedder
from indexer.errors import ModelError
from service.closeness import CloseReader, QuestionWords, WordVectors
from service.features import (
    CHUNK_FEATURES,
    LACKING_FEATURES,
    SENTENCE_FEATURES,
    Lens,
    covered,
    lacking_features,
    lens_of,
    missing,
)
from service.figures import figures
from service.question import Question
from service.ranking import (
    BUNDLED_RERANKER,
    CONFIDENCE_FEATURES,
    CROSS_ENCODER,
    Found,
    Measured,
    Ranker,
    measure,
    read_calibration,
    views_of,
)
from service.retriever import HybridRetriever
from service.understanding import Understanding
from tests.answer_corpus import ELDERS, QINGFENG, index

FEE = "小微企业贷款的担保费率最高多少？"


def read(words: str) -> Question:
    return Understanding(index().catalogue.entries).read(words)


@cache
def ranker() -> Ranker:
    return Ranker(index())


@cache
def words() -> WordVectors:
    return WordVectors(StaticEmbedder(BUNDLED_MODEL))


def found(question: str, *, k: int = 5) -> Found:
    asked = read(question)
    return ranker().rank(asked, HybridRetriever(index()).retrieve(asked, k=20), k=k)


def measured(question: Question) -> Measured:
    views = views_of(index())
    candidates = HybridRetriever(index()).retrieve(question, k=20)
    reader = CloseReader(index().embedder, views, index().catalogue)
    return measure(question, candidates, index(), views, reader)


def lens(question: str) -> Lens:
    asked = read(question)
    return lens_of(asked, HybridRetriever(index()).retrieve(asked, k=5), index(), words())


def column(one: Measured, name: str) -> np.ndarray:
    return one.matrix[:, CHUNK_FEATURES.index(name)]


# Features


def test_the_weights_of_a_question_sum_to_one_and_the_rarest_weigh_most() -> None:
    seen = lens(FEE)
    assert math.isclose(sum(seen.weights.values()), 1, abs_tol=1e-6)
    assert [seen.weights[token] for token in seen.rarest] == sorted(seen.weights.values(), reverse=True)[:3]


def test_coverage_is_the_share_of_weight_that_occurs() -> None:
    seen = lens(FEE)
    assert covered(seen, set()) == 0
    assert math.isclose(covered(seen, set(seen.weights)), 1, abs_tol=1e-6)
    assert math.isclose(covered(seen, seen.rarest), sum(seen.weights[token] for token in seen.rarest))


def test_figures_and_quoted_names_of_a_question_are_kept() -> None:
    seen = lens("“枫易贷”能贷500万元吗？")
    assert seen.names == ("枫易贷",)
    assert seen.figures == {figure.value for figure in figures("五百万元")}


def test_only_words_that_the_index_knows_can_be_missing() -> None:
    seen = lens("担保费率")
    assert missing(seen, {"担保", "费率", "担保费率"}) == 0
    assert missing(seen, set()) > 0
    assert missing(lens("zzqqxx"), set()) == 0


def test_a_usual_word_that_the_text_lacks_tells_more_than_one_that_only_people_use() -> None:
    texts = ("登记", "费", "摩托车", "老爸")
    usage = np.asarray([[0.9, 0.5], [0.9, 0.5], [0.8, 0.6], [0.1, 0.7]], np.float32)
    near = np.asarray([1.0, 1.0, 0.4, 0.3], np.float32)
    vectors = np.zeros((4, 2), np.float32)

    def lacking(text: str, *, document: frozenset[str] = frozenset()) -> dict[str, float]:
        asked = QuestionWords(vectors, np.full(4, 0.25, np.float32), texts, usage)
        seen = replace(lens(FEE), words=asked)
        return dict(zip(LACKING_FEATURES, lacking_features(seen, text, near, document), strict=True))

    both = lacking("车辆登记")
    assert both["usual_there"] == pytest.approx(0.25 * 0.9)  # 费, of one character, tells nothing
    assert both["usual_lacking"] == pytest.approx(0.25 * (0.8 + 0.1))
    assert both["usual_lacking_far"] == pytest.approx(0.25 * (0.8 * 0.6 + 0.1 * 0.7))
    assert both["spoken_lacking"] == pytest.approx(0.25 * (-0.2 + 0.6))
    assert (both["most_lacking_usual"], both["most_lacking_near"]) == pytest.approx((0.8, 0.4))
    assert lacking("摩托车登记")["most_lacking_usual"] == pytest.approx(0.1)
    there = lacking("车辆登记", document=frozenset({"摩托车"}))
    assert there["usual_lacking_in_document"] == pytest.approx(0.25 * 0.1)
    assert math.isnan(lacking("老爸的摩托车登记")["most_lacking"])


def test_every_candidate_has_every_feature_and_is_measured_once() -> None:
    one = measured(read(FEE))
    assert one.matrix.shape == (len(one.views), len(CHUNK_FEATURES))
    assert one.matrix.dtype == np.float32
    assert len({view.chunk.id for view in one.views}) == len(one.views)


def test_what_needs_close_reading_is_missing_where_there_was_none() -> None:
    one = measured(read(FEE))
    unread = [close is None for close in one.closeness]
    assert any(unread)
    assert not all(unread)
    assert np.isnan(column(one, "best_sentence_cosine")).tolist() == unread


def test_the_best_of_each_score_is_one_of_ratio() -> None:
    one = measured(read(FEE))
    for name in ("fused_to_best", "lexical_to_best", "dense_to_best"):
        assert column(one, name).max() == 1


def test_a_chunk_of_another_year_disagrees() -> None:
    one = measured(replace(read(FEE), years=(1999,)))
    assert set(column(one, "year_agrees")) == {-1}
    assert set(column(measured(read(FEE)), "year_agrees")) == {0}
    agrees = measured(replace(read(FEE), years=(2023,)))
    of_plan = [view.document.id == QINGFENG for view in agrees.views]
    assert all(column(agrees, "year_agrees")[of_plan] == 1)


def test_a_chunk_with_a_trailer_is_marked() -> None:
    one = measured(read(FEE))
    for view, marked in zip(one.views, column(one, "has_trailer"), strict=True):
        assert bool(marked) == (view.document.clauses[view.chunk.clause].trailer is not None)


def test_feature_names_are_distinct() -> None:
    for names in (CHUNK_FEATURES, SENTENCE_FEATURES, CONFIDENCE_FEATURES):
        assert len(set(names)) == len(names)


# Closeness


def test_the_weights_of_words_sum_to_one() -> None:
    spoken = words().question("高龄津贴申请材料")
    assert math.isclose(float(spoken.weights.sum()), 1, abs_tol=1e-5)
    assert np.allclose(np.linalg.norm(spoken.vectors, axis=1), 1, atol=1e-5)
    assert len(spoken.texts) == len(spoken.weights)


def test_a_word_is_nearest_to_itself() -> None:
    spoken = words().question("担保费率")
    near = words().nearest(spoken, [words().ids("小微企业的担保费率"), words().ids("户外招牌")])
    assert near.shape == (2, len(spoken.weights))
    assert near.max() <= 1 + 1e-5
    assert near[0] @ spoken.weights > near[1] @ spoken.weights


def test_words_of_like_meaning_come_nearer_than_others() -> None:
    spoken = words().question("开公司")
    like, unlike = words().nearest(spoken, [words().ids("企业设立登记"), words().ids("老人户口簿照片")])
    assert like @ spoken.weights > unlike @ spoken.weights


def test_nothing_is_near_an_empty_text_or_question() -> None:
    spoken = words().question("担保费率")
    assert not words().nearest(spoken, [words().ids("")]).any()
    assert words().nearest(words().question(""), [words().ids("担保")]).shape == (1, 0)


# Ranking


@pytest.mark.parametrize(
    ("question", "document_id", "clause"),
    [
        ("清枫市小微企业贷款的担保费率最高多少？", QINGFENG, "二/(二)/4"),
        ("清枫市用水报装几个工作日通水？", QINGFENG, "二/(三)/7"),
        ("老人去世后家属多少天内要报告？", ELDERS, "第五条"),
    ],
)
def test_the_sentence_that_answers_ranks_first(question: str, document_id: str, clause: str) -> None:
    asked = read(question)
    rows = index().catalogue.rows_of([document_id])
    candidates = HybridRetriever(index()).retrieve(asked, k=20, rows=rows)
    best = ranker().rank(asked, candidates, k=5).sentences[0]
    assert best.chunk.document.address(best.sentence.paragraph.clause) == clause


def test_passages_are_at_most_k_best_first_and_no_chunk_twice() -> None:
    result = found(FEE, k=4)
    assert len(result.passages) == 4
    assert [p.score for p in result.passages] == sorted((p.score for p in result.passages), reverse=True)
    assert len({p.chunk.id for p in result.passages}) == 4
    for passage in result.passages:
        assert passage.chunk.start < passage.paragraph.end
        assert passage.paragraph.start < passage.chunk.end


def test_sentences_are_best_first_and_stand_in_the_source() -> None:
    result = found(FEE)
    assert [one.score for one in result.sentences] == sorted(
        (one.score for one in result.sentences), reverse=True
    )
    for one in result.sentences:
        assert 0 <= one.score <= 1
        assert one.span.text == one.sentence.text


def test_measures_of_what_was_found_are_shares() -> None:
    for question in (FEE, "今晚的球赛几点开始", "zzqqxx"):
        result = found(question)
        assert 0 <= result.confidence <= 1
        assert 0 <= result.coverage <= 1 + 1e-6
        assert 0 <= result.nearness <= 1 + 1e-5


def test_what_the_corpus_answers_is_surer_than_what_it_does_not() -> None:
    assert found("清枫市小微企业贷款的担保费率最高多少？").confidence > ranker().threshold
    assert found("今晚的球赛几点开始").confidence < ranker().threshold


def test_no_candidates_find_nothing() -> None:
    asked = read(FEE)
    none = np.zeros(index().catalogue.rows, np.bool_)
    candidates = HybridRetriever(index()).retrieve(asked, k=5, rows=none)
    assert ranker().rank(asked, candidates, k=5) == Found()


def test_ranking_twice_gives_the_same() -> None:
    assert found(FEE) == found(FEE)


# The models' folder


def test_a_folder_without_models_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cross_encoder\.safetensors"):
        Ranker(index(), tmp_path)
    shutil.copy(BUNDLED_RERANKER / CROSS_ENCODER, tmp_path / CROSS_ENCODER)
    with pytest.raises(ModelError, match=r"chunks\.safetensors"):
        Ranker(index(), tmp_path)


@pytest.mark.parametrize("content", ["{", "[1]", '{"threshold": "high"}'])
def test_broken_figures_are_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "calibration.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"calibration\.json"):
        read_calibration(tmp_path)


def test_the_threshold_comes_from_the_figures(tmp_path: Path) -> None:
    (tmp_path / "calibration.json").write_text(json.dumps({"threshold": 0.41}), encoding="utf-8")
    assert read_calibration(tmp_path) == {"threshold": 0.41}
