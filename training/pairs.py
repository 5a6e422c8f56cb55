"""Draw training pairs: two texts, as token ids, that should lie close to each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from tokenizers import Tokenizer

from training.corpus import Ids, TokenCorpus, encode
from training.data import Pair

MAX_PASSAGE = 224
MAX_QUESTION = 64


@dataclass(frozen=True, slots=True)
class TokenPair:
    """Ids of the question's side and of the passage's side."""

    question: Ids
    passage: Ids
    group: int
    """Pairs of one group are no negatives of each other; -1: a group of its own."""


class WeakPairs:
    """Pairs from raw text: parts of a text, or what stands above it, find the rest of it."""

    def __init__(self, corpus: TokenCorpus, *, news_share: float = 0.4) -> None:
        self.corpus = corpus
        self.news_share = news_share
        sizes = np.diff(corpus.sentences[corpus.texts])
        self.news = np.flatnonzero(corpus.news & (sizes >= 12))
        self.statutes = np.flatnonzero(~corpus.news & (sizes >= 12))
        self.statute_kinds: tuple[Callable[[np.random.Generator, int], tuple[Ids, Ids]], ...] = (
            self._headings,
            self._keywords,
            self._keywords,
            self._keywords,
            self._sentence,
            self._sentence,
            self._neighbour,
            self._dropped,
            self._halves,
        )
        self.news_kinds = (self._keywords, self._keywords, self._sentence, self._sentence, self._halves)

    def draw(self, random: np.random.Generator) -> TokenPair:
        """One pair."""
        while True:
            from_news = random.random() < self.news_share
            rows = self.news if from_news else self.statutes
            kinds = self.news_kinds if from_news else self.statute_kinds
            row = int(rows[random.integers(len(rows))])
            question, passage = kinds[random.integers(len(kinds))](random, row)
            if len(question) and len(passage):
                document = int(self.corpus.documents[row])
                return TokenPair(question[:MAX_PASSAGE], passage[:MAX_PASSAGE], document)

    def _titled(self, random: np.random.Generator, row: int, body: Ids) -> Ids:
        if random.random() > 0.6:
            return body
        title = self.corpus.titles[self.corpus.documents[row]]
        headings = self.corpus.headings[self.corpus.heading_of[row]]
        return np.concatenate([title, headings, body] if random.random() < 0.7 else [title, body])

    def _headings(self, random: np.random.Generator, row: int) -> tuple[Ids, Ids]:
        title = self.corpus.titles[self.corpus.documents[row]]
        headings = self.corpus.headings[self.corpus.heading_of[row]]
        return np.concatenate([title, headings]), self.corpus.text(row)

    def _keywords(self, random: np.random.Generator, row: int) -> tuple[Ids, Ids]:
        """Two to eight of the rarer tokens of one or two sentences; the whole text."""
        sentences = self.corpus.sentences_of(row)
        sentence = sentences[random.integers(len(sentences))]
        if len(sentences) > 1 and random.random() < 0.2:
            sentence = np.concatenate([sentence, sentences[random.integers(len(sentences))]])
        tokens = np.unique(sentence)
        weights = self.corpus.idf[tokens].astype(np.float64)
        count = min(len(tokens), int(random.integers(2, 9)))
        chosen = random.choice(tokens, size=count, replace=False, p=weights / weights.sum())
        if random.random() < 0.15:
            chosen = np.concatenate([self.corpus.titles[self.corpus.documents[row]], chosen])
        return chosen.astype(np.int32), self._titled(random, row, self.corpus.text(row))

    def _sentence(self, random: np.random.Generator, row: int) -> tuple[Ids, Ids]:
        """One sentence; all the others."""
        sentences = self.corpus.sentences_of(row)
        if len(sentences) < 2:
            return self._halves(random, row)
        chosen = int(random.integers(len(sentences)))
        rest = np.concatenate([part for number, part in enumerate(sentences) if number != chosen])
        return sentences[chosen], self._titled(random, row, rest)

    def _neighbour(self, random: np.random.Generator, row: int) -> tuple[Ids, Ids]:
        """The text after this one in the same document."""
        following = row + 1
        if following >= len(self.corpus) or self.corpus.documents[following] != self.corpus.documents[row]:
            return self._halves(random, row)
        return self.corpus.text(row), self.corpus.text(following)

    def _dropped(self, random: np.random.Generator, row: int) -> tuple[Ids, Ids]:
        """Two looks at the text, half of its tokens missing in each."""
        ids = self.corpus.text(row)
        start = int(random.integers(max(1, len(ids) - 12)))
        span = ids[start : start + 24]
        return span[random.random(len(span)) < 0.5], self._titled(
            random, row, ids[random.random(len(ids)) < 0.5]
        )

    def _halves(self, random: np.random.Generator, row: int) -> tuple[Ids, Ids]:
        ids = self.corpus.text(row)
        middle = len(ids) // 2
        return ids[:middle], self._titled(random, row, ids[middle:])


@dataclass
class Glossary:
    """English renderings of Chinese words, from a dictionary, as token ids."""

    renderings: dict[int, list[Ids]] = field(default_factory=dict)

    @classmethod
    def of(cls, tokenizer: Tokenizer, entries: Iterable[tuple[str, str]]) -> Glossary:
        """From pairs of English gloss, its parts divided by `;`, and Chinese word that is one token."""
        glosses: dict[int, list[str]] = {}
        for english, chinese in entries:
            token = tokenizer.token_to_id(chinese)
            if token is None:
                continue
            for part in english.split(";"):
                cleaned = re.sub(r"\(.*?\)|^to |^abbr\. .*|^variant .*|^old .*", "", part.strip())
                if 0 < len(cleaned) <= 40:
                    glosses.setdefault(token, []).append(cleaned)
        flat = [(token, gloss) for token, found in glosses.items() for gloss in found]
        renderings: dict[int, list[Ids]] = {}
        for (token, _), ids in zip(flat, encode(tokenizer, [gloss for _, gloss in flat]), strict=True):
            if len(ids):
                renderings.setdefault(token, []).append(ids)
        return cls(renderings)

    def gloss(self, random: np.random.Generator, ids: Ids) -> Ids:
        """Each word in one of its renderings; what has none is left out, but for one in five."""
        parts: list[Ids] = []
        for position, token in enumerate(ids):
            found = self.renderings.get(int(token))
            if found:
                parts.append(found[random.integers(len(found))])
            elif random.random() < 0.2:
                parts.append(ids[position : position + 1])
        return np.concatenate(parts) if parts else np.zeros(0, np.int32)


class SupervisedPairs:
    """Questions with the passages that answer them, drawn in proportion to their weights."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        pairs: Sequence[Pair],
        *,
        weights: Sequence[float],
        glossary: Glossary | None = None,
        gloss_share: float = 0.0,
    ) -> None:
        self.questions = encode(tokenizer, [pair.question for pair in pairs])
        self.passages = encode(tokenizer, [pair.passage.text for pair in pairs])
        self.titles = encode(tokenizer, [pair.passage.title for pair in pairs])
        groups: dict[str, int] = {}
        self.groups = [groups.setdefault(pair.passage.full, len(groups)) for pair in pairs]
        total = np.asarray(weights, dtype=np.float64)
        self.cumulated = np.cumsum(total / total.sum())
        self.english = [pair.style == "en" for pair in pairs]
        self.characters = _characters(tokenizer)
        self.glossary = glossary
        self.gloss_share = gloss_share

    def draw(self, random: np.random.Generator) -> TokenPair:
        """One pair; its question at times with a word missing, cut smaller, or in dictionary English."""
        while True:
            row = min(int(np.searchsorted(self.cumulated, random.random())), len(self.questions) - 1)
            question, passage = self.questions[row], self.passages[row]
            if self.glossary and not self.english[row] and random.random() < self.gloss_share:
                question = self.glossary.gloss(random, question)
            elif random.random() < 0.5:
                question = self._shaken(random, question)
            if random.random() < 0.8:
                passage = np.concatenate([self.titles[row], passage])
            if len(question) and len(passage):
                return TokenPair(question[:MAX_QUESTION], passage[:MAX_PASSAGE], self.groups[row])

    def _shaken(self, random: np.random.Generator, ids: Ids) -> Ids:
        parts = []
        for position, token in enumerate(ids):
            chance = random.random()
            if chance < 0.1 and len(ids) > 3:
                continue
            pieces = self.characters.get(int(token)) if chance > 0.9 else None
            parts.append(ids[position : position + 1] if pieces is None else pieces)
        return np.concatenate(parts) if parts else ids


def _characters(tokenizer: Tokenizer) -> dict[int, Ids]:
    """For each Chinese word the ids of its characters."""
    vocabulary = tokenizer.get_vocab()
    return {
        token: np.array([vocabulary[character] for character in word], dtype=np.int32)
        for word, token in vocabulary.items()
        if len(word) > 1 and "\u3400" <= word[0] <= "\u9fff" and all(part in vocabulary for part in word)
    }


class ParallelPairs:
    """The same in English and in Chinese."""

    def __init__(
        self,
        tokenizer: Tokenizer,
        entries: Sequence[tuple[str, str, str]],
        *,
        weights: dict[str, float],
        weak: WeakPairs | None = None,
        glossary: Glossary | None = None,
    ) -> None:
        self.english = encode(tokenizer, [english for _, english, _ in entries])
        self.chinese = encode(tokenizer, [chinese for _, _, chinese in entries])
        sources = [source for source, _, _ in entries]
        counts = {source: sources.count(source) for source in set(sources)}
        total = np.array([weights.get(source, 0.0) / counts[source] for source in sources])
        self.cumulated = np.cumsum(total / total.sum())
        self.weak, self.glossary = weak, glossary

    def draw(self, random: np.random.Generator) -> TokenPair:
        """One pair, English first; a third are weak pairs, the question put in dictionary English."""
        while True:
            if self.weak and self.glossary and random.random() < 1 / 3:
                pair = self.weak.draw(random)
                question = self.glossary.gloss(random, pair.question[:MAX_QUESTION])
                if len(question):
                    return TokenPair(question[:MAX_PASSAGE], pair.passage, pair.group)
                continue
            row = min(int(np.searchsorted(self.cumulated, random.random())), len(self.english) - 1)
            if len(self.english[row]) and len(self.chinese[row]):
                return TokenPair(self.english[row][:MAX_PASSAGE], self.chinese[row][:MAX_PASSAGE], -1)
