"""Near misses made of answered questions, and the mean of a model's weights with its copies'."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
import torch

from indexer.embedding import BUNDLED_MODEL, StaticEmbedder
from service.cross_encoder import SENTENCE, EncodedQuestion, EncodedSentence
from service.forest import Forest
from training.corpus import TokenCorpus, tokenize
from training.cross_encoder import Listed
from training.data import Text
from training.refining import mean, mean_forest
from training.siblings import Siblings
from training.usage import usage_of

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
    assert float(mean(first, one, share=0.5)["w"]) == pytest.approx(2.0)
    assert float(mean(first, one, two, share=0.5)["w"]) == pytest.approx(4.0)


def test_usage_tells_what_official_texts_say_from_what_people_say() -> None:
    texts = [Text(f"办法{n}", (), "机动车驾驶人应当让行。", "law") for n in range(9)]
    texts += [Text(f"news-{n}", (), "司机师傅说，司机要让行。", "news") for n in range(4)]
    tokens = embedder().tokenizer
    usage = usage_of(tokenize(tokens, iter(texts)), tokens.get_vocab_size())
    official, elsewhere = (usage[tokens.token_to_id(word)] for word in ("应当", "司机"))
    assert official == pytest.approx((np.log1p(9) / 10, 0))
    assert elsewhere == pytest.approx((0, np.log1p(4) / 10))


def test_a_mean_of_forests_scores_the_mean_of_their_scores() -> None:
    def stump(threshold: float, low: float, high: float, *, base: float, nodes: int) -> Forest:
        def row(*values: float) -> list[list[float]]:
            return [[*values, *([0.0] * (nodes - 3))]]

        places = np.asarray([list(range(nodes))], np.int16)
        left, right = places.copy(), places.copy()
        left[0, 0], right[0, 0] = 1, 2
        return Forest(
            ("size",),
            np.zeros((1, nodes), np.int16),
            np.asarray(row(threshold, 0, 0), np.float32),
            left,
            right,
            np.zeros((1, nodes), np.bool_),
            np.asarray(row(0, low, high), np.float32),
            base,
            1,
        )

    one, other = stump(1.0, -1.0, 2.0, base=0.5, nodes=3), stump(3.0, 0.0, 4.0, base=-1.0, nodes=5)
    rows = np.asarray([[0.0], [2.0], [5.0]], np.float32)
    both = mean_forest(one, other, share=0.7)
    assert both.score(rows) == pytest.approx(0.7 * one.score(rows) + 0.3 * other.score(rows))
    assert len({round(float(value), 4) for value in both.score(rows)}) == 3
