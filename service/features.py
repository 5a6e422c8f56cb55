"""Measure how well a chunk, and each of its sentences, fits a question: the rankers' inputs."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.index import Index
from service.closeness import Closeness, QuestionWords, WordVectors
from service.figures import figures
from service.kinds import without_question_words
from service.question import Question
from service.retriever import Candidates
from service.views import ChunkView, SentenceView

Matrix = NDArray[np.float32]

CHUNK_FEATURES = (
    "lexical",
    "dense",
    "fused",
    "fused_to_best",
    "lexical_to_best",
    "dense_to_best",
    "lexical_rank",
    "dense_rank",
    "covered_by_text",
    "covered_by_path",
    "covered_by_title",
    "covered_by_all",
    "covered_by_best_sentence",
    "covered_by_best_figure_sentence",
    "best_sentence_cosine",
    "second_sentence_cosine",
    "words_in_text",
    "words_in_all",
    "words_in_best_sentence",
    "least_word",
    "rarest_covered",
    "quantity_in_chunk",
    "quantity_in_best_sentence",
    "figures_shared",
    "figures_asked",
    "names_shared",
    "names_asked",
    "year_agrees",
    "has_trailer",
    "asks_office",
    "asks_list",
    "items",
    "is_preamble",
    "is_heading_only",
    "log_length",
    "question_tokens",
    "english",
    "answer",
    "answer_to_best",
)

SENTENCE_FEATURES = (
    "chunk_score",
    "chunk_to_best",
    "chunk_rank",
    "cosine",
    "cosine_to_best",
    "words",
    "words_to_best",
    "words_with_path",
    "least_word",
    "covered",
    "covered_to_best",
    "covered_with_path",
    "new_to_path",
    "rarest_covered",
    "has_quantity",
    "quantities",
    "near_quantity",
    "figures_shared",
    "figures_asked",
    "names_shared",
    "asks_quantity",
    "asks_yesno",
    "asks_list",
    "asks_office",
    "asks_definition",
    "enumerates",
    "is_rule",
    "is_heading",
    "is_trailer",
    "position",
    "sentences",
    "log_length",
    "answer",
    "answer_to_best",
    "answer_rank",
)

LACKING_FEATURES = (
    "usual_lacking",
    "usual_lacking_far",
    "usual_lacking_in_document",
    "spoken_lacking",
    "usual_there",
    "most_lacking",
    "most_lacking_usual",
    "most_lacking_spoken",
    "most_lacking_near",
)

_NAME = re.compile(r"[“\"]([^”\"]{2,30})[”\"]|《([^》]{2,60})》")
_RULE = re.compile(r"应当|不得|可以|必须|禁止|严禁|不超过|不低于|不少于|以内|以上|以下|处.{0,12}罚款|责令")


@dataclass(frozen=True, slots=True)
class Lens:
    """A question as ranking looks through it."""

    weights: Mapping[str, float]
    """Inverse document frequency of each distinct token; sums to 1."""
    rarest: tuple[str, ...]
    """The tokens that carry most weight, at most three."""
    figures: frozenset[str]
    names: tuple[str, ...]
    question: Question
    vector: NDArray[np.float32]
    words: QuestionWords
    known: tuple[bool, ...]
    """For each word: it is one of two characters or more, and some chunk of the index has it."""


def lens_of(question: Question, candidates: Candidates, index: Index, words: WordVectors) -> Lens:
    """Prepare `question` for measuring many chunks."""
    tokens = tuple(dict.fromkeys(candidates.tokens))
    idf = index.lexical.idf(tokens)
    total = float(idf.sum()) or 1.0
    weights = {token: float(weight) / total for token, weight in zip(tokens, idf, strict=True)}
    rarest = tuple(sorted(weights, key=lambda token: -weights[token])[:3])
    names = tuple(next(group for group in match if group) for match in _NAME.findall(question.topic))
    asked = frozenset(figure.value for figure in figures(question.topic))
    spoken = words.question(without_question_words(question.topic) or question.text)
    known = tuple(len(word) > 1 and index.lexical.frequency(word) > 0 for word in spoken.texts)
    return Lens(weights, rarest, asked, names, question, candidates.vector, spoken, known)


def covered(lens: Lens, tokens: Collection[str]) -> float:
    """Return the share of the question's weight that `tokens` cover, 0 to 1."""
    return sum(weight for token, weight in lens.weights.items() if token in tokens)


def missing(lens: Lens, tokens: Collection[str]) -> float:
    """Return the weight of the question's words that the index knows and `tokens` lack, 0 to 1.

    An official text that means a thing calls it by one name: where the index has that name and the cited
    document does not, it speaks of something else.
    """
    return float(
        sum(
            weight
            for word, weight, known in zip(lens.words.texts, lens.words.weights, lens.known, strict=True)
            if known and word not in tokens
        )
    )


def lacking_features(
    lens: Lens, text: str, nearest: NDArray[np.float32], document: Collection[str]
) -> tuple[float, ...]:
    """Return LACKING_FEATURES: how usual in official texts the question's words are that `text` does not have.

    Whoever writes a rule about a thing calls it by its usual name: a text without that name is silent on the thing. A
    word that only people use is put in other words there. `nearest`: each word of the question and the nearest word of
    the text, cosines; `document`: the words of the whole document.
    """
    official = spoken = far = elsewhere = there = 0.0
    most = (np.nan, np.nan, np.nan, np.nan)
    heaviest = -1.0
    words = lens.words
    for word, weight, (usual, common), near in zip(
        words.texts, words.weights, words.usage, nearest, strict=True
    ):
        if len(word) < 2:
            continue
        load = float(weight * usual)
        if word in text:
            there += load
            continue
        official += load
        spoken += float(weight * (common - usual))
        far += load * float(1.0 - near)
        elsewhere += 0.0 if word in document else load
        if load > heaviest:
            heaviest, most = load, (float(weight), float(usual), float(common), float(near))
    return official, far, elsewhere, spoken, there, *most


def chunk_features(
    lens: Lens, candidates: Candidates, views: Sequence[ChunkView], closeness: Sequence[Closeness | None]
) -> Matrix:
    """Return float32, shape (len(views), len(CHUNK_FEATURES)).

    `views` and `closeness` follow the candidates' order; a chunk that was not read closely has None, and
    NaN for the features that need it.
    """
    question = lens.question
    rows: list[list[float]] = []
    answers = [_best(close) for close in closeness]
    best_answer = max((answer for answer in answers if not np.isnan(answer)), default=np.nan)
    lexical_ranks = _ranks(candidates.lexical)
    dense_ranks = _ranks(candidates.dense)
    top_fused, top_lexical, top_dense = (
        float(scores.max()) if len(scores) else 0.0
        for scores in (candidates.fused, candidates.lexical, candidates.dense)
    )
    for place, view in enumerate(views):
        by_sentence = [covered(lens, sentence.tokens) for sentence in view.sentences]
        best = int(np.argmax(by_sentence)) if by_sentence else -1
        with_figure = [
            value
            for value, sentence in zip(by_sentence, view.sentences, strict=True)
            if _has_quantity(sentence, question)
        ]
        everything = view.tokens | view.path_tokens | view.title_tokens
        close = closeness[place]
        cosine = np.sort(close.sentences)[::-1] if close is not None and len(close.sentences) else None
        chunk_figures = {figure.value for sentence in view.sentences for figure in sentence.figures}
        rows.append(
            [
                float(candidates.lexical[place]),
                float(candidates.dense[place]),
                float(candidates.fused[place]),
                float(candidates.fused[place]) / (top_fused or 1.0),
                float(candidates.lexical[place]) / (top_lexical or 1.0),
                float(candidates.dense[place]) / (top_dense or 1.0),
                1 / (1 + lexical_ranks[place]),
                1 / (1 + dense_ranks[place]),
                covered(lens, view.tokens),
                covered(lens, view.path_tokens),
                covered(lens, view.title_tokens),
                covered(lens, everything),
                by_sentence[best] if by_sentence else 0.0,
                max(with_figure, default=0.0),
                float(cosine[0]) if cosine is not None else np.nan,
                float(cosine[1]) if cosine is not None and len(cosine) > 1 else np.nan,
                *_chunk_words(lens, close),
                _share(lens.rarest, everything),
                float(bool(with_figure)),
                float(best >= 0 and _has_quantity(view.sentences[best], question)),
                _share(lens.figures, chunk_figures),
                float(len(lens.figures)),
                _share(lens.names, view.chunk.text),
                float(len(lens.names)),
                _year_agrees(question, view),
                float(view.document.clauses[view.chunk.clause].trailer is not None),
                float(question.kind == "office"),
                float(question.kind == "list"),
                float(view.chunk.text.count("、")),
                float(view.chunk.clause == 0),
                float(all(sentence.is_heading for sentence in view.sentences)),
                float(np.log1p(len(view.chunk.text))),
                float(len(lens.weights)),
                float(question.language == "en"),
                answers[place],
                answers[place] - best_answer,
            ]
        )
    return np.asarray(rows, np.float32).reshape(len(rows), len(CHUNK_FEATURES))


def sentence_features(
    lens: Lens,
    views: Sequence[ChunkView],
    closeness: Sequence[Closeness],
    scores: Sequence[float],
) -> Matrix:
    """Return float32, shape (number of sentences of all views, len(SENTENCE_FEATURES)).

    Sentences follow each other chunk by chunk; `scores` are the reranker's, one a chunk, best first.
    """
    question = lens.question
    top = max(scores, default=1.0) or 1.0
    read = [close for close in closeness if len(close.sentences)]
    best_cosine = max((float(close.sentences.max()) for close in read), default=1.0) or 1.0
    best_words = max((float((close.words @ lens.words.weights).max()) for close in read), default=1.0) or 1.0
    best_covered = (
        max((covered(lens, sentence.tokens) for view in views for sentence in view.sentences), default=1.0)
        or 1.0
    )
    answers = np.concatenate([np.zeros(0, np.float32), *(close.answers for close in closeness)])
    known = np.sort(answers[~np.isnan(answers)])[::-1]
    rows: list[list[float]] = []
    for rank, (view, close, score) in enumerate(zip(views, closeness, scores, strict=True)):
        count = len(view.sentences)
        for place, sentence in enumerate(view.sentences):
            here = covered(lens, sentence.tokens)
            quantities = sum(1 for figure in sentence.figures if _of_quantity(figure.quantity, question))
            similarity = float(close.sentences[place])
            nearest = close.words[place]
            with_path = np.maximum(nearest, close.path)
            answer = float(close.answers[place])
            by_words = float(nearest @ lens.words.weights)
            rows.append(
                [
                    score,
                    score / top,
                    1 / (1 + rank),
                    similarity,
                    similarity / best_cosine,
                    by_words,
                    by_words / best_words,
                    float(with_path @ lens.words.weights),
                    _least(with_path, lens),
                    here,
                    here / best_covered,
                    covered(lens, sentence.tokens | view.path_tokens),
                    covered(lens, sentence.tokens - view.path_tokens),
                    _share(lens.rarest, sentence.tokens),
                    float(quantities > 0),
                    float(quantities),
                    _near_quantity(lens, sentence),
                    _share(lens.figures, {figure.value for figure in sentence.figures}),
                    float(len(lens.figures)),
                    _share(lens.names, sentence.text),
                    float(question.quantity is not None),
                    float(question.kind == "yesno"),
                    float(question.kind == "list"),
                    float(question.kind == "office"),
                    float(question.kind == "definition"),
                    float(sentence.text.count("、")),
                    float(bool(_RULE.search(sentence.text))),
                    float(sentence.is_heading),
                    float(sentence.is_trailer),
                    place / count,
                    float(count),
                    float(np.log1p(len(sentence.text))),
                    answer,
                    answer - float(known[0]) if len(known) else np.nan,
                    1 / (1 + int((known > answer).sum())) if not np.isnan(answer) else np.nan,
                ]
            )
    return np.asarray(rows, np.float32).reshape(len(rows), len(SENTENCE_FEATURES))


def _best(close: Closeness | None) -> float:
    """The best of what the cross-encoder makes of a chunk's sentences; NaN where it read none."""
    if close is None or not len(close.answers) or bool(np.isnan(close.answers).all()):
        return float("nan")
    return float(np.nanmax(close.answers))


def _chunk_words(lens: Lens, close: Closeness | None) -> tuple[float, float, float, float]:
    if close is None or not len(close.words) or not len(lens.words.weights):
        return np.nan, np.nan, np.nan, np.nan
    weights = lens.words.weights
    in_text = close.words.max(axis=0)
    in_all = np.maximum(in_text, close.path)
    best_sentence = np.maximum(close.words, close.path) @ weights
    return float(in_text @ weights), float(in_all @ weights), float(best_sentence.max()), _least(in_all, lens)


def _least(nearest: NDArray[np.float32], lens: Lens) -> float:
    """The worst match among the question's words of more than average weight: what the text is silent on."""
    weights = lens.words.weights
    heavy = weights >= weights.mean() if len(weights) else weights.astype(bool)
    return float(nearest[heavy].min()) if heavy.any() else np.nan


def _ranks(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    ranks = np.empty(len(scores), np.int64)
    ranks[np.argsort(-scores, kind="stable")] = np.arange(len(scores))
    return ranks


def _share(asked: Collection[str], there: Collection[str] | str) -> float:
    return sum(1 for one in asked if one in there) / len(asked) if asked else 0.0


def _of_quantity(quantity: str, question: Question) -> bool:
    asked = question.quantity
    if asked is None:
        return False
    return asked == "any" or asked == quantity or (asked in ("days", "date") and quantity in ("days", "date"))


def _has_quantity(sentence: SentenceView, question: Question) -> bool:
    return any(_of_quantity(figure.quantity, question) for figure in sentence.figures)


def _near_quantity(lens: Lens, sentence: SentenceView) -> float:
    """Weight of the question's tokens that stand within 24 characters of a figure of the asked kind."""
    best = 0.0
    for figure in sentence.figures:
        if _of_quantity(figure.quantity, lens.question):
            window = sentence.text[max(0, figure.start - 24) : figure.end + 16].lower()
            best = max(best, sum(weight for token, weight in lens.weights.items() if token in window))
    return best


def _year_agrees(question: Question, view: ChunkView) -> float:
    """1 where the chunk or its document speaks of a year that the question names, -1 where not, 0 unasked."""
    if not question.years:
        return 0.0
    document = view.document
    about = f"{document.title} {document.number or ''} {document.issued_on or ''} {view.chunk.text}"
    about += " ".join(view.chunk.heading_path)
    return 1.0 if any(str(year) in about for year in question.years) else -1.0
