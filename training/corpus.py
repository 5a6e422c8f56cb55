"""Hold the raw texts as token ids, cut into sentences, so that training pairs are cheap to draw."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tqdm import tqdm

from training.data import Text

Ids = NDArray[np.int32]

_SENTENCE_END = re.compile(r"(?<=[。；！？;!?\n])")


@dataclass(frozen=True, slots=True)
class TokenCorpus:
    """All texts in one array of token ids. The unknown token never occurs in it."""

    ids: Ids
    sentences: NDArray[np.int64]
    """Where each sentence starts in `ids`; one more entry for the end."""
    texts: NDArray[np.int64]
    """Where each text starts in `sentences`; one more entry for the end."""
    documents: NDArray[np.int64]
    """For each text the number of its document; texts of a document stand together."""
    news: NDArray[np.bool_]
    titles: tuple[Ids, ...]
    """Of each document."""
    headings: tuple[Ids, ...]
    """Of each distinct heading path."""
    heading_of: NDArray[np.int64]
    """For each text the row in `headings`."""
    idf: NDArray[np.float32]
    """Of each token: log of texts over the texts that hold it."""

    def __len__(self) -> int:
        return len(self.documents)

    def text(self, row: int) -> Ids:
        """All ids of a text."""
        first, last = self.texts[row], self.texts[row + 1]
        return self.ids[self.sentences[first] : self.sentences[last]]

    def sentences_of(self, row: int) -> list[Ids]:
        """The ids of each sentence of a text."""
        bounds = self.sentences[self.texts[row] : self.texts[row + 1] + 1]
        return [self.ids[start:end] for start, end in itertools.pairwise(bounds)]

    def save(self, file: Path) -> None:
        """Keep the corpus in an .npz file."""
        titles, title_starts = _flat(self.titles)
        headings, heading_starts = _flat(self.headings)
        np.savez(
            file,
            ids=self.ids,
            sentences=self.sentences,
            texts=self.texts,
            documents=self.documents,
            news=self.news,
            titles=titles,
            title_starts=title_starts,
            headings=headings,
            heading_starts=heading_starts,
            heading_of=self.heading_of,
            idf=self.idf,
        )

    @classmethod
    def load(cls, file: Path) -> TokenCorpus:
        """Read what `save` kept."""
        with np.load(file) as arrays:
            return cls(
                ids=arrays["ids"],
                sentences=arrays["sentences"],
                texts=arrays["texts"],
                documents=arrays["documents"],
                news=arrays["news"],
                titles=_cut(arrays["titles"], arrays["title_starts"]),
                headings=_cut(arrays["headings"], arrays["heading_starts"]),
                heading_of=arrays["heading_of"],
                idf=arrays["idf"],
            )


def _flat(parts: Sequence[Ids]) -> tuple[Ids, NDArray[np.int64]]:
    starts = np.zeros(len(parts) + 1, dtype=np.int64)
    np.cumsum([len(part) for part in parts], out=starts[1:])
    return (np.concatenate(parts) if parts else np.zeros(0, np.int32)), starts


def _cut(ids: Ids, starts: NDArray[np.int64]) -> tuple[Ids, ...]:
    return tuple(ids[start:end] for start, end in itertools.pairwise(starts))


def encode(tokenizer: Tokenizer, texts: Sequence[str]) -> list[Ids]:
    """Token ids of each text, without the unknown token (id 0)."""
    found = []
    for encoding in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False):
        ids = np.array(encoding.ids, dtype=np.int32)
        found.append(ids[ids != 0])
    return found


def tokenize(tokenizer: Tokenizer, texts: Iterator[Text]) -> TokenCorpus:
    """Encode all texts; texts of a document must follow one another."""
    pieces: list[Ids] = []
    sentence_sizes: list[int] = []
    counts: list[int] = []
    documents: list[int] = []
    news: list[bool] = []
    titles: list[str] = []
    paths: dict[str, int] = {}
    heading_of: list[int] = []
    texts_with = np.zeros(tokenizer.get_vocab_size(), dtype=np.int64)
    batch: list[list[str]] = []

    def flush() -> None:
        ids = iter(encode(tokenizer, [sentence for sentences in batch for sentence in sentences]))
        for sentences in batch:
            found = [sentence for sentence in (next(ids) for _ in sentences) if len(sentence)]
            counts.append(len(found))
            sentence_sizes.extend(len(sentence) for sentence in found)
            pieces.extend(found)
            if found:
                texts_with[np.unique(np.concatenate(found))] += 1
        batch.clear()

    for text in tqdm(texts, desc="切词", unit="段"):
        if not titles or titles[-1] != text.document:
            titles.append(text.document)
        documents.append(len(titles) - 1)
        news.append(text.kind == "news")
        heading_of.append(paths.setdefault(" ".join(text.headings), len(paths)))
        batch.append([sentence for sentence in _SENTENCE_END.split(text.text) if sentence.strip()])
        if len(batch) == 2000:
            flush()
    flush()
    named = [title if not title.startswith("news-") else "" for title in titles]
    return TokenCorpus(
        ids=np.concatenate(pieces),
        sentences=np.concatenate([[0], np.cumsum(sentence_sizes)]),
        texts=np.concatenate([[0], np.cumsum(counts)]),
        documents=np.array(documents),
        news=np.array(news),
        titles=tuple(encode(tokenizer, named)),
        headings=tuple(encode(tokenizer, list(paths))),
        heading_of=np.array(heading_of),
        idf=np.log(len(documents) / (texts_with + 1.0)).clip(min=0.1).astype(np.float32),
    )
