"""Make near misses of answered questions: ask for a sibling of a thing that the text names, 摩托车 for 电动自行车."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.embedding import StaticEmbedder
from service.cross_encoder import EncodedQuestion, token_vectors
from training.corpus import TokenCorpus
from training.cross_encoder import Listed
from training.usage import texts_with

_USUAL = 20
"""A word that so many articles have is one that documents call things by."""
_NEAR, _TOO_NEAR = 0.15, 0.65
"""Cosines between which another word of the same document means another thing of its kind."""
_NEAR_ANYWHERE, _TOO_NEAR_ANYWHERE = 0.3, 0.6
_NEAREST = 40
_ANYWHERE = 0.3
"""So often the sibling is taken from all words and not from the sentences beside."""


class Siblings:
    """Knows which words name things in official texts, and which are near each other.

    A text calls a thing by one name. So where the word of a question stands in the sentence that answers, and in its
    place stands another that the article does not have, the article leaves the question open, and a model that was
    content with nearness learns to look at the very word.
    """

    def __init__(self, embedder: StaticEmbedder, corpus: TokenCorpus) -> None:
        vectors = token_vectors(embedder, np.arange(len(embedder.table)))
        self._weights = np.linalg.norm(vectors, axis=1)
        self._units = vectors / np.maximum(self._weights, 1e-9)[:, None]
        words = [embedder.tokenizer.id_to_token(token) or "" for token in range(len(vectors))]
        self._last = np.asarray([word[-1:] for word in words])
        han = np.asarray([len(word) > 1 and all("一" <= sign <= "鿿" for sign in word) for word in words])
        self._names = han & (texts_with(corpus, len(words), news=False) >= _USUAL)
        self._words = words

    def of(self, listed: Listed, random: np.random.Generator) -> Listed | None:
        """Return the list with a sibling in the question, and no answer; None where the question offers none.

        Sentences that have the sibling are left out: they may answer.
        """
        question = listed.question.ids
        answers = [n for n in range(len(listed.sentences)) if listed.right[n] > 0]
        said = {int(token) for n in answers for token in listed.sentences[n].ids}
        places = [n for n, token in enumerate(question) if int(token) in said and self._names[token]]
        if not places:
            return None
        weights = np.asarray([self._weights[question[n]] for n in places])
        place = places[int(random.choice(len(places), p=weights / weights.sum()))]
        sibling = self._sibling(int(question[place]), listed, random)
        if sibling is None:
            return None
        ids = question.copy()
        ids[place] = sibling
        kept = [n for n, sentence in enumerate(listed.sentences) if sibling not in sentence.ids]
        if len(kept) < 2:
            return None
        return Listed(
            EncodedQuestion(ids, listed.question.kind, listed.question.quantity),
            tuple(listed.sentences[n] for n in kept),
            np.zeros(len(kept), np.float32),
            listed.table,
            stays=frozenset(kept.index(n) for n in listed.stays if n in kept),
        )

    def _sibling(self, token: int, listed: Listed, random: np.random.Generator) -> int | None:
        own = {int(word) for n in listed.stays for word in listed.sentences[n].ids}
        own |= {int(word) for word in listed.question.ids}
        beside = {
            int(word)
            for n, sentence in enumerate(listed.sentences)
            if n not in listed.stays
            for word in sentence.ids
        }
        pool = np.asarray([word for word in sorted(beside - own) if self._may_be(word, token)], np.int64)
        near = self._units[pool] @ self._units[token]
        found: NDArray[np.int64] = pool[(near > _NEAR) & (near < _TOO_NEAR)]
        if not len(found) or random.random() < _ANYWHERE:
            near = self._units @ self._units[token]
            places = np.flatnonzero(self._names & (near > _NEAR_ANYWHERE) & (near < _TOO_NEAR_ANYWHERE))
            found = np.asarray([word for word in places if int(word) not in own], np.int64)
            found = found[np.argsort(-near[found])[:_NEAREST]]
        return int(random.choice(found)) if len(found) else None

    def _may_be(self, word: int, token: int) -> bool:
        return bool(self._names[word]) and self._last[word] not in self._words[token]
