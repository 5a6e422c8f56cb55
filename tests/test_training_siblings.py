"""Near misses made of answered questions, and the mean of a model's weights with its copies'."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
import torch

from indexer.embedding import BUNDLED_MODEL, StaticEmbedder
from service.cross_encoder import SENTENCE, EncodedQuestion, EncodedSentence
from training.corpus import TokenCorpus, tokenize
from training.cross_encoder import Listed
from training.data import Text
from training.refining import mean
from training.siblings import Siblings

ANSWER = "电动自行车登记应当在十日内办结"
OTHERS = ("摩托车驾驶人应当随车携带驾驶证", "机动车停放收取停车费", "公共汽车按照线路运营")


@cache
def embedder() -> StaticEmbedder:
    return StaticEmbedder(BUNDLED_MODEL)


def ids(text: str) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.asarray(embedder().tokenizer.encode(text, add_special_tokens=False).ids, np.int32)


def sentence(text: str) -> EncodedSentence:
    tokens = ids(text)
    zeros = np.zeros(len(tokens), np.int32)
    return EncodedSentence(tokens, np.full(len(tokens), SENTENCE, np.int32), zeros, zeros)


def listed(*, answered: bool = True) -> Listed:
    right = np.zeros(1 + len(OTHERS), np.float32)
    right[0] = float(answered)
    sentences = tuple(sentence(text) for text in (ANSWER, *OTHERS))
    return Listed(EncodedQuestion(ids("电动自行车登记要几天"), 0, 0), sentences, right, stays=frozenset({0}))


@cache
def siblings() -> Siblings:
    def texts() -> Iterator[Text]:
        for number in range(25):
            yield Text(f"办法{number}", (), "。".join((ANSWER, *OTHERS)) + "。", "law")

    corpus: TokenCorpus = tokenize(embedder().tokenizer, texts())
    return Siblings(embedder(), corpus)


def test_a_sibling_stands_for_a_word_of_the_answer_and_nothing_answers_then() -> None:
    random = np.random.default_rng(1)
    made = [found for _ in range(60) if (found := siblings().of(listed(), random)) is not None]
    assert made
    asked = set(ids("电动自行车登记要几天").tolist())
    for one in made:
        new = set(one.question.ids.tolist()) - asked
        assert len(new) == 1
        assert not one.right.any()
        assert all(not new & set(kept.ids.tolist()) for kept in one.sentences)
        assert not new & set(ids(ANSWER).tolist())


def test_a_question_without_a_known_answer_has_no_sibling() -> None:
    assert siblings().of(listed(answered=False), np.random.default_rng(1)) is None


def test_half_of_the_mean_is_the_first_whatever_number_of_copies() -> None:
    first, one, two = ({"w": torch.tensor([value])} for value in (4.0, 0.0, 8.0))
    assert float(mean(first, one)["w"]) == pytest.approx(2.0)
    assert float(mean(first, one, two)["w"]) == pytest.approx(4.0)
