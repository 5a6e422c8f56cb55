"""Find the article of one version that speaks of the same matter as an article of another."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.document import Document
from service.composing.wholes import all_text, body

_ARTICLE = re.compile(r"第.+条(?:之.+)?")
_HAN = re.compile(r"[\u4e00-\u9fff]{2}")
_SAME_HEADING = 0.15
_SAME_PLACE = 0.1


@dataclass(frozen=True, slots=True)
class Article:
    """A clause that is compared as one: an article, or in a document without articles the smallest clause."""

    row: int
    text: str


class Counterparts:
    """Compares the articles of two documents.

    Likeness is the cosine of their pairs of characters, weighed by rarity, and somewhat more in the same chapter and
    at about the same place: 0 to about 1.
    """

    def __init__(self, document: Document, other: Document) -> None:
        self._documents = document, other
        self._articles = articles(document), articles(other)
        counts = Counter(pair for own in self._articles for article in own for pair in pairs_of(article.text))
        size = sum(len(own) for own in self._articles)
        self._weight = {pair: math.log((size + 1) / count) for pair, count in counts.items()}
        self._vectors = tuple([self._vector(article.text) for article in own] for own in self._articles)

    def of(self, row: int) -> dict[int, float]:
        """Return how like each article of the other document is to article `row`, by its row."""
        own, theirs = self._articles
        place = next((n for n, article in enumerate(own) if article.row == row), None)
        if place is None:
            return {}
        document, other = self._documents
        heading = _chapter(document, row)
        return {
            article.row: _cosine(self._vectors[0][place], self._vectors[1][n])
            * (1 + _SAME_HEADING * (heading != "" and heading == _chapter(other, article.row)))
            * (1 + _SAME_PLACE * (1 - abs(place / len(own) - n / len(theirs))))
            for n, article in enumerate(theirs)
        }

    def _vector(self, text: str) -> dict[str, float]:
        counts = Counter(text[n : n + 2] for n in range(len(text) - 1) if _HAN.fullmatch(text[n : n + 2]))
        found = {pair: (1 + math.log(count)) * self._weight[pair] for pair, count in counts.items()}
        norm = math.sqrt(sum(value * value for value in found.values())) or 1.0
        return {pair: value / norm for pair, value in found.items()}


def articles(document: Document) -> Sequence[Article]:
    """Return the articles of a document in order, without those that have no text."""
    said = (p for p in document.paragraphs if p.clause and body(document, p) is not None)
    rows = dict.fromkeys(article_of(document, p.clause) for p in said)
    found = [Article(row, "".join(span.text for span in all_text(document, row))) for row in rows]
    return [article for article in found if article.text]


def article_of(document: Document, clause: int) -> int:
    """Return the row of the article that `clause` is or stands in; of an item, what it is an item of."""
    clauses = document.clauses
    for row in document.path(clause):
        if _ARTICLE.fullmatch(clauses[row].label):
            return row
    parent = clauses[clause].parent
    return parent if parent and not clauses[clause].title and not clauses[parent].title else clause


def pairs_of(text: str) -> set[str]:
    """Return the pairs of Chinese characters in `text`."""
    return {text[n : n + 2] for n in range(len(text) - 1) if _HAN.fullmatch(text[n : n + 2])}


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    return sum(value * other[pair] for pair, value in one.items() if pair in other)


def _chapter(document: Document, row: int) -> str:
    path = document.path(row)
    return document.clauses[path[0]].title if len(path) > 1 else ""
