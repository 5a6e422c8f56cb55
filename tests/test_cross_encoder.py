"""The cross-encoder: numpy gives what torch was trained to give, whatever stands beside a pair."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from indexer.chunking import chunk
from indexer.embedding import BUNDLED_MODEL, StaticEmbedder
from indexer.errors import ModelError
from indexer.parse import parse
from indexer.source_text import SourceText
from service.cross_encoder import (
    CONTEXT,
    USAGE,
    CrossEncoder,
    EncodedQuestion,
    EncodedSentence,
    Encoder,
    joined,
)
from service.question import Question
from service.ranking import BUNDLED_RERANKER, CROSS_ENCODER
from service.views import view_of
from training.cross_encoder import Model, Shape, save, scores_of, table_of


@cache
def embedder() -> StaticEmbedder:
    return StaticEmbedder(BUNDLED_MODEL)


def question(text: str = "小店装招牌要交多少押金") -> EncodedQuestion:
    return Encoder(embedder()).question(
        Question(original=text, text=text, topic=text, language="zh", kind="figure", quantity="money")
    )


def sentences() -> list[EncodedSentence]:
    text = (
        "青石市招牌管理办法\n第一条 为了把街面管好，制定本办法。\n第二条 装招牌的店铺交押金三百元；拆除后七日内退还。\n"
        "第三条 有下列情形之一的，不收押金：\n（一）招牌不足一平方米的；\n（二）店主是残疾人的。\n"
    )
    document = parse(SourceText(text), document_id="d", source_name="d.txt")
    encoder = Encoder(embedder())
    return [one for part in chunk(document) for one in encoder.sentences(view_of(part, document))]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Path]:
    torch.manual_seed(3)
    usage = np.random.default_rng(3).random((embedder().tokenizer.get_vocab_size(), USAGE), np.float32)
    model = Model(Shape(width=32, layers=2, heads=2, inner=48), usage).eval()
    model.usage.copy_(model.usage.half())
    file = tmp_path_factory.mktemp("cross") / CROSS_ENCODER
    save(model, file)
    for parameter in model.parameters():
        parameter.data = parameter.data.half().float()  # as the file keeps them
    return model, file


def test_numpy_computes_what_torch_was_trained_with(stored: tuple[Model, Path]) -> None:
    model, file = stored
    found = CrossEncoder(file, embedder()).score(question(), sentences())
    with torch.no_grad():
        expected = scores_of(model, table_of(embedder()), [(question(), one) for one in sentences()]).numpy()
    assert len(found) > 4
    assert np.ptp(found) > 0.01
    assert found == pytest.approx(expected, abs=1e-4)


def test_a_score_does_not_depend_on_what_is_scored_beside_it(stored: tuple[Model, Path]) -> None:
    cross = CrossEncoder(stored[1], embedder())
    together = cross.score(question(), sentences())
    alone = [float(cross.score(question(), [one])[0]) for one in sentences()]
    assert together == pytest.approx(alone, abs=1e-4)


def test_nothing_to_score_gives_nothing(stored: tuple[Model, Path]) -> None:
    assert CrossEncoder(stored[1], embedder()).score(question(), []).shape == (0,)


def test_an_empty_question_and_an_empty_sentence_have_a_score(stored: tuple[Model, Path]) -> None:
    nothing = np.zeros(0, np.int32)
    score = CrossEncoder(stored[1], embedder()).score(
        EncodedQuestion(nothing, 0, 0), [joined(nothing, nothing, nothing)]
    )
    assert np.isfinite(score).all()


def test_an_item_is_read_under_the_words_that_open_its_list() -> None:
    tokens = embedder().tokenizer
    item = next(one for one in sentences() if "残疾人" in _words(one, tokens))
    context = "".join(tokens.id_to_token(int(n)) for n in item.ids[item.segments == CONTEXT])
    assert "不收押金" in context.replace("▁", "")
    assert "招牌管理办法" in context


def test_tokens_of_a_figure_bear_its_kind() -> None:
    tokens = embedder().tokenizer
    deposit = next(one for one in sentences() if "三百" in _words(one, tokens))
    assert len(set(deposit.tags.tolist())) > 1


def test_the_bundled_one_prefers_the_sentence_that_answers() -> None:
    cross = CrossEncoder(BUNDLED_RERANKER / CROSS_ENCODER, embedder())
    tokens = embedder().tokenizer
    scores = cross.score(question(), sentences())
    assert "三百" in _words(sentences()[int(scores.argmax())], tokens)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nothing\.safetensors"):
        CrossEncoder(tmp_path / "nothing.safetensors", embedder())


def test_another_models_file_is_refused(tmp_path: Path) -> None:
    save_file({"embeddings": np.zeros((2, 2), np.float32)}, tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match="no cross-encoder"):
        CrossEncoder(tmp_path / "other.safetensors", embedder())


def test_vectors_of_another_dimension_are_refused(stored: tuple[Model, Path], tmp_path: Path) -> None:
    arrays = load_file(stored[1])
    arrays["project"] = np.zeros((32, 100), np.float16)
    save_file(arrays, tmp_path / "narrow.safetensors")
    with pytest.raises(ModelError, match="100 dimensions"):
        CrossEncoder(tmp_path / "narrow.safetensors", embedder())


def test_words_of_another_embedding_are_refused(stored: tuple[Model, Path], tmp_path: Path) -> None:
    arrays = load_file(stored[1])
    arrays["usage"] = arrays["usage"][:900]
    save_file(arrays, tmp_path / "few.safetensors")
    with pytest.raises(ModelError, match="900"):
        CrossEncoder(tmp_path / "few.safetensors", embedder())


def test_how_usual_a_word_is_counts(stored: tuple[Model, Path], tmp_path: Path) -> None:
    arrays = load_file(stored[1])
    arrays["usage"] = np.zeros_like(arrays["usage"])
    save_file(arrays, tmp_path / "unused.safetensors")
    with_usage, without = (
        CrossEncoder(file, embedder()).score(question(), sentences())
        for file in (stored[1], tmp_path / "unused.safetensors")
    )
    assert np.abs(with_usage - without).max() > 1e-3


def _words(one: EncodedSentence, tokens: object) -> str:
    return "".join(tokens.id_to_token(int(n)) for n in one.ids[one.segments != CONTEXT])  # type: ignore[attr-defined]
