"""Lists of sentences beside a question, some of which answer it: what the cross-encoder learns from."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from indexer.embedding import StaticEmbedder
from indexer.index import Index
from service.answer import Filters
from service.closeness import CloseReader
from service.cross_encoder import (
    KINDS,
    QUANTITIES,
    SENTENCE,
    TAGS,
    EncodedQuestion,
    EncodedSentence,
    Encoder,
    joined,
    token_vectors,
)
from service.features import lens_of
from service.kinds import kind_of, quantity_of
from service.ranking import views_of
from service.retriever import HybridRetriever
from service.scope import scope_of
from service.understanding import Understanding
from service.views import Cache, ChunkView, SentenceView, paragraphs_of
from service.word_choice import WordChoice
from training.cross_encoder import Listed
from training.data import Labelled

logger = logging.getLogger(__name__)

_READ_CHUNKS = 10
_PER_CHUNK = 3
"""Of each of the best chunks so many sentences come beside the question: what the service has read, too."""
_OFFICE = re.compile(r"[\u4e00-\u9fff]{2,10}?(?:部门|机关|机构|委员会|人民政府|管理局|局|办公室|法院|单位)")
_MODAL = re.compile(r"应当|可以|不得|禁止|必须|允许|不予|无需|免")

_ASKING: dict[str, tuple[str, ...]] = {
    "days": (
        "多久", "几天", "多长时间", "要多少天", "几个工作日", "多少日内", "期限多长", "最长几年", "几个月", "几小时内", "多少年",
        "几岁", "要等多久", "什么时候", "几天能办好",
    ),
    "money": ("多少钱", "罚多少", "补多少", "几块钱", "金额多少", "最多罚多少钱", "多少", "给多少", "要交多少", "上限多少", "怎么罚"),
    "percent": ("百分之几", "比例多少", "多少", "几成", "占比多少", "率是多少", "按多少算"),
    "date": ("什么时候", "哪天", "几月", "哪年", "什么时候开始", "几月底前", "到哪天为止"),
    "count": ("多少个", "几个", "多少", "几次", "多少人", "几家", "多少米", "多少项", "最多几个"),
    "rank": ("排第几", "多少名"),
    "office": (
        "谁负责", "哪个部门管", "找谁", "归谁管", "哪个局", "由谁审批", "谁来处罚", "哪个单位牵头", "向谁申请", "去哪里办", "谁批准",
    ),
    "yesno": ("可以吗", "行不行", "能不能", "要不要", "允许吗", "是否", "违法吗", "有没有", "可不可以", "必须吗", "算不算"),
    "list": ("有哪些", "包括什么", "哪几种", "要哪些材料", "什么条件", "哪些情形", "都有什么", "具体内容"),
    "fact": ("怎么办", "怎么处理", "会怎样", "有什么规定", "", "什么要求", "怎么规定的", "什么后果", "是什么意思", "怎么申请"),
}  # fmt: skip
"""How each kind of detail is asked for at the end of a question made from a sentence."""


@dataclass(frozen=True, slots=True)
class Read:
    """A chunk with its sentences as tokens."""

    view: ChunkView
    encoded: tuple[EncodedSentence, ...]


class Texts:
    """The chunks of an index, read for the cross-encoder."""

    def __init__(self, index: Index, embedder: StaticEmbedder) -> None:
        self.index = index
        self.embedder = embedder
        self.encoder = Encoder(embedder)
        self.views = views_of(index, size=200_000)
        self.read: Cache[Read] = Cache(self._read, size=200_000)
        self.reader = CloseReader(embedder, self.views, index.catalogue, size=50_000)
        self.entries = index.catalogue.entries
        self.understanding = Understanding(self.entries, choose=WordChoice(index.lexical))
        self.retriever = HybridRetriever(index)

    def _read(self, row: int) -> Read:
        view = self.views[row]
        return Read(view, tuple(self.encoder.sentences(view)))

    def rows_of(self, document: str, article: str, quotes: Sequence[str] = ()) -> list[int]:
        """Return the rows of the chunks that hold a part of an article; without one, those that hold a quote."""
        entry = self.index.catalogue.entry(document)
        whole = self.index.catalogue.document(document)
        if not article:
            return [
                entry.first_row + number
                for number, chunk in enumerate(self.index.catalogue.chunks_of(document))
                if any(_plain(quote) in _plain(chunk.text) for quote in quotes)
            ]
        return [
            entry.first_row + number
            for number, chunk in enumerate(self.index.catalogue.chunks_of(document))
            if any(
                whole.clauses[row].label == article
                for paragraph in paragraphs_of(chunk, whole)
                for row in whole.path(paragraph.clause)
            )
        ]


def labelled_lists(
    texts: Texts, labelled: Sequence[Labelled], *, table: Callable[[Labelled], int]
) -> Iterator[tuple[Labelled, Listed]]:
    """Yield each question beside the sentences of what a search of its document finds, and of its own article."""
    for number, one in enumerate(tqdm(labelled, desc="问题与句子", unit="问", mininterval=5)):
        document = one.document.replace("/", "_")
        if document not in texts.index.catalogue:
            continue
        question = texts.understanding.read(one.question)
        ids: Sequence[str] = (document,)
        if number % 4 == 0:  # one search in four looks at everything that may answer, as the service does
            scope = scope_of(question, Filters(), texts.entries, today=date(2026, 1, 1))
            ids = scope.document_ids or ids
        mask = texts.index.catalogue.rows_of(ids)
        candidates = texts.retriever.retrieve(question, k=_READ_CHUNKS, rows=mask)
        own = texts.rows_of(document, one.article, one.quotes or ())
        lens = lens_of(question, candidates, texts.index, texts.reader.words)
        sentences: list[EncodedSentence] = []
        right: list[float] = []
        stays: set[int] = set()
        for row in dict.fromkeys([*own, *(int(row) for row in candidates.rows)]):
            read = texts.read[row]
            close = texts.reader.read(row, candidates.vector, lens.words)
            places = list(range(len(read.encoded)))
            if row not in own:
                near = close.near(lens.words.weights)
                places = sorted(int(n) for n in np.argsort(-near)[:_PER_CHUNK])
            for place in places:
                sentence = read.view.sentences[place]
                if row in own:
                    stays.add(len(sentences))
                sentences.append(read.encoded[place])
                right.append(_right(sentence, one) if row in own else 0.0)
        if one.answerable and not any(value != 0 for value in right):
            continue
        yield (
            one,
            Listed(
                texts.encoder.question(question),
                tuple(sentences),
                np.asarray(right, np.float32),
                table(one),
                stays=frozenset(stays),
            ),
        )


def _right(sentence: SentenceView, one: Labelled) -> float:
    if not one.answerable:
        return 0.0
    if one.quotes is None:
        return float("nan")
    text = _plain(sentence.text)
    if len(text) < 2:
        return 0.0
    return float(
        any(quote in text or (len(text) >= 6 and text in quote) for quote in map(_plain, one.quotes))
    )


@lru_cache(maxsize=100_000)
def _plain(text: str) -> str:
    return re.sub(r"[\s，,。；;：:、]", "", unicodedata.normalize("NFKC", text))


def hidden(listed: Listed) -> Listed | None:
    """Return the list without what answers, and without its neighbours: a question left open; None if nothing is left."""
    kept = [n for n in range(len(listed.sentences)) if n not in listed.stays]
    if len(kept) < 2:
        return None
    return Listed(
        listed.question,
        tuple(listed.sentences[n] for n in kept),
        np.zeros(len(kept), np.float32),
        listed.table,
        listed.weight,
    )


class MadeUp:
    """Questions made of the words of a sentence, with a word that asks for one of its details."""

    def __init__(self, texts: Texts, *, rows: NDArray[np.int64]) -> None:
        self._texts = texts
        self._rows = rows
        tokenizer = texts.embedder.tokenizer
        self._asking = {
            kind: tuple(
                (
                    np.asarray(tokenizer.encode(words, add_special_tokens=False).ids, np.int32),
                    KINDS.index(kind_of(words)) if words else KINDS.index("fact"),
                    QUANTITIES.index(quantity_of(words) or "") if words else 0,
                )
                for words in several
            )
            for kind, several in _ASKING.items()
        }
        vectors = token_vectors(texts.embedder, np.arange(len(texts.embedder.table)))
        lengths = np.linalg.norm(vectors, axis=1)
        self._weights = lengths
        self._units = vectors / np.maximum(lengths, 1e-9)[:, None]
        self._near = _neighbours(self._units)
        self._documents: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            self._documents[texts.index.catalogue.chunk(int(row)).document_id].append(int(row))

    def draw(self, random: np.random.Generator) -> Listed:
        """Return one made-up question with the sentence it was made of and others of the same document."""
        while True:
            row = int(random.choice(self._rows))
            read = self._texts.read[row]
            usable = [
                n
                for n, sentence in enumerate(read.view.sentences)
                if not sentence.is_heading and 12 <= len(sentence.text) <= 220
            ]
            if usable:
                break
        telling = [n for n in usable if read.view.sentences[n].figures]
        usable = telling if telling and random.random() < 0.6 else usable
        place = int(usable[random.integers(len(usable))])
        sentence, encoded = read.view.sentences[place], read.encoded[place]
        own = np.flatnonzero(encoded.segments == SENTENCE)
        ids, tags = encoded.ids[own], encoded.tags[own]
        kind, asked = self._detail(sentence, tags, random)
        question = self._question(kind, asked, ids, encoded, random)
        sentences = [encoded]
        right = [1.0]
        if asked.any() and kind != "office" and random.random() < 0.6:
            sentences.append(self._without(asked, ids, tags, encoded, random))
            right.append(0.0)
        beside = [n for n in range(len(read.encoded)) if n != place]
        random.shuffle(beside)
        sentences += [read.encoded[n] for n in beside[:4]]
        others = self._documents[read.view.document.id]
        wanted = set(question.ids.tolist())
        found: list[tuple[float, EncodedSentence]] = []
        for other in random.choice(others, size=min(8, len(others)), replace=False):
            if int(other) != row:
                found += [
                    (float(sum(self._weights[t] for t in set(one.ids.tolist()) & wanted)), one)
                    for one in self._texts.read[int(other)].encoded[:6]
                ]
        found.sort(key=lambda pair: -pair[0])
        sentences += [one for _, one in found[:5]]
        elsewhere = self._texts.read[int(random.choice(self._rows))].encoded
        sentences += list(elsewhere[:1])
        right += [0.0] * (len(sentences) - len(right))
        if random.random() < 0.12:
            sentences, right = sentences[1:], right[1:]
        return Listed(question, tuple(sentences), np.asarray(right, np.float32))

    def _detail(
        self, sentence: SentenceView, tags: NDArray[np.int32], random: np.random.Generator
    ) -> tuple[str, NDArray[np.bool_]]:
        """Choose what is asked for, and which tokens of the sentence tell it."""
        nothing = np.zeros(len(tags), np.bool_)
        figures = [one for one in sentence.figures if one.quantity != "code"]
        if figures and random.random() < 0.75:
            quantity = figures[int(random.integers(len(figures)))].quantity
            here = tags == TAGS.index(quantity)
            if here.any():
                return quantity, here
        kinds = ["fact"]
        if _OFFICE.search(sentence.text):
            kinds.append("office")
        if _MODAL.search(sentence.text):
            kinds.append("yesno")
        if sentence.text.count("、") >= 3 or sentence.text.endswith(("：", ":")):
            kinds.append("list")
        return kinds[int(random.integers(len(kinds)))], nothing

    def _question(
        self,
        kind: str,
        asked: NDArray[np.bool_],
        ids: NDArray[np.int32],
        encoded: EncodedSentence,
        random: np.random.Generator,
    ) -> EncodedQuestion:
        weights = self._weights[ids] * ~asked
        if asked.any():  # what stands near the figure says what it is about
            distance = np.abs(np.arange(len(ids)) - int(np.flatnonzero(asked)[0]))
            weights = weights * (0.4 + np.exp(-distance / 8.0))
        count = int(random.integers(2, 7))
        possible = int((weights > 0).sum())
        chosen = (
            random.choice(len(ids), size=min(count, possible), replace=False, p=weights / weights.sum())
            if possible
            else np.zeros(0, np.int64)
        )
        words = [int(ids[n]) for n in sorted(chosen)]
        context = encoded.ids[encoded.segments != SENTENCE]
        if len(context) and random.random() < 0.5:
            some = random.choice(context, size=min(int(random.integers(1, 3)), len(context)), replace=False)
            words = [*(int(n) for n in some), *words]
        if random.random() < 0.3:
            random.shuffle(words)
        if random.random() < 0.6:
            words = [
                int(near[random.integers(len(near))]) if random.random() < 0.35 else word
                for word in words
                for near in (self._near[word],)
            ]
        options = self._asking.get(kind) or self._asking["fact"]
        ending, kind_number, quantity = options[int(random.integers(len(options)))]
        parts = [np.asarray(words, np.int32), ending]
        if random.random() < 0.1:
            parts.reverse()
        return EncodedQuestion(np.concatenate(parts)[:32], kind_number, quantity)

    def _without(
        self,
        asked: NDArray[np.bool_],
        ids: NDArray[np.int32],
        tags: NDArray[np.int32],
        encoded: EncodedSentence,
        random: np.random.Generator,
    ) -> EncodedSentence:
        """The sentence without the detail: on the matter, and silent on what is asked."""
        kept = ~asked
        if random.random() < 0.5:  # and some words around it
            first = int(np.flatnonzero(asked)[0])
            kept[max(0, first - int(random.integers(0, 4))) : first + int(random.integers(1, 4))] = False
        if kept.sum() < 3:
            kept = ~asked
        context = encoded.ids[encoded.segments != SENTENCE]
        return joined(context, ids[kept], tags[kept])


def _neighbours(units: NDArray[np.float32], *, most: int = 9, block: int = 1024) -> NDArray[np.int32]:
    """Return int32, shape (tokens, most): the tokens nearest to each, itself among them."""
    found = np.zeros((len(units), most), np.int32)
    for start in tqdm(range(0, len(units), block), desc="近义词", unit="块", mininterval=5):
        scores = units[start : start + block] @ units.T
        found[start : start + block] = np.argpartition(-scores, most - 1, axis=1)[:, :most]
    return found
