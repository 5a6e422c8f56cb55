"""What ranking sees of a chunk: sentences with their exact places, headings and trailers marked."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from indexer.chunking import chunk
from indexer.passage_text import passage_text
from indexer.source_text import BLANK
from indexer.tokens import lexical_tokens
from service.views import Cache, paragraphs_of, sentence_vectors, view_of
from tests.documents import random_document
from tests.fakes import document as plan
from tests.small_corpus import BagOfCharacters, article


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("max_chars", [30, 480])
def test_every_sentence_stands_at_its_place_and_in_one_chunk(seed: int, max_chars: int) -> None:
    document = random_document(seed)
    seen = []
    for piece in chunk(document, max_chars=max_chars):
        for sentence in view_of(piece, document).sentences:
            assert sentence.paragraph.text[sentence.start : sentence.end] == sentence.text
            seen.append((sentence.paragraph.start + sentence.start, sentence.text))
    assert len(seen) == len(set(seen))
    assert seen == sorted(seen)
    said = "".join(text for _, text in seen)
    assert "".join(said.split()) == "".join(document.text.replace("\u200b", "").strip(BLANK).split())


@pytest.mark.parametrize("seed", range(30))
def test_the_paragraphs_of_a_chunk_are_those_that_share_text_with_it(seed: int) -> None:
    document = random_document(seed)
    for piece in chunk(document, max_chars=25):
        shared = [p for p in document.paragraphs if p.start < piece.end and piece.start < p.end]
        assert list(paragraphs_of(piece, document)) == shared


def test_a_sentence_cut_by_the_end_of_a_chunk_belongs_to_the_chunk_where_it_begins() -> None:
    long = "第一条 申请人应当提交身份证明，并且如实填写家庭成员情况，不得隐瞒收入。第二句很短。"
    document, _ = article("a", ["办法", long])
    pieces = chunk(document, max_chars=20)
    assert len(pieces) > 2
    texts = [[s.text for s in view_of(piece, document).sentences] for piece in pieces]
    assert [text for chunk_texts in texts for text in chunk_texts] == [
        "办法",
        "第一条 申请人应当提交身份证明，并且如实填写家庭成员情况，不得隐瞒收入。",
        "第二句很短。",
    ]


def test_headings_and_trailers_are_marked() -> None:
    document = plan()
    sentences = [s for piece in chunk(document) for s in view_of(piece, document).sentences]
    assert [s.text for s in sentences if s.is_heading] == [
        "一、总体要求",
        "二、重点任务",
        "1.压缩开办时限。",
        "2.减免小微企业费用。",
    ]
    assert [s.text for s in sentences if s.is_trailer] == ["（牵头单位：市水务局；完成时限：2025年6月底前）"]


def test_tokens_and_figures_are_those_of_the_text() -> None:
    document = plan()
    piece = next(piece for piece in chunk(document) if "水费" in piece.text)
    view = view_of(piece, document)
    assert view.tokens == frozenset(lexical_tokens(piece.text))
    assert view.title_tokens == frozenset(lexical_tokens(document.title))
    assert frozenset(lexical_tokens(" ".join(piece.heading_path))) <= view.path_tokens
    assert any("3万元" in figure.text for sentence in view.sentences for figure in sentence.figures)
    assert document.title in passage_text(document, piece)


def test_each_sentence_has_its_vector_under_its_heading() -> None:
    document = plan()
    embedder = BagOfCharacters()
    view = view_of(next(piece for piece in chunk(document) if "水费" in piece.text), document)
    vectors = sentence_vectors(view, embedder)
    assert vectors.shape == (len(view.sentences), embedder.dimension)
    heading = view.chunk.heading_path[-1]
    for sentence, text in zip(view.sentences, embedder.embedded, strict=True):
        assert text == (sentence.text if sentence.is_heading else f"{heading} {sentence.text}")


def test_a_chunk_without_sentences_has_no_vectors() -> None:
    document, _ = article("a", ["办法", "第一条 一句话里有很多内容，而且一直没有说完，还要继续说下去。"])
    views = [view_of(piece, document) for piece in chunk(document, max_chars=12)]
    empty = [view for view in views if not view.sentences]
    assert empty
    assert sentence_vectors(empty[0], BagOfCharacters()).shape == (0, 64)


def test_the_cache_makes_each_value_once_and_forgets_the_oldest() -> None:
    made = []
    cache = Cache(lambda row: made.append(row) or row * 2, size=2)
    assert [cache[1], cache[1], cache[2], cache[1], cache[3], cache[1], cache[2]] == [2, 2, 4, 2, 6, 2, 4]
    assert made == [1, 2, 3, 2]  # 2 was the least recently asked for when 3 came


def test_threads_may_share_a_cache() -> None:
    cache = Cache(lambda row: row * 2, size=3)
    wrong = []

    def ask(seed: int) -> None:
        for row in np.random.default_rng(seed).integers(0, 10, 300):
            if cache[int(row)] != 2 * row:
                wrong.append(row)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
