"""Set up the service's retrieval over a BEIR corpus: each system adds one part to the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from eval.beir import DEPTH, CorpusPassage, Search
from indexer.chunking import Chunk
from indexer.document import Clause, Document, Paragraph
from indexer.embedding import Embedder
from indexer.lexical import LexicalIndex
from indexer.passage_text import passage_text
from indexer.tokens import lexical_tokens
from indexer.vectors import FaissIndex

if TYPE_CHECKING:
    from indexer.index import Index

RERANKED = 50
"""So many candidates are reranked; the others keep their order behind them."""


class PassageCatalogue:
    """A corpus whose passages are documents of one clause and one chunk each, in row order."""

    def __init__(self, corpus: Sequence[CorpusPassage]) -> None:
        self._corpus = corpus
        self._rows = {passage.id: row for row, passage in enumerate(corpus)}

    def document(self, document_id: str) -> Document:
        """Return the document of one passage."""
        return _document(self._corpus[self._rows[document_id]])

    def chunk(self, row: int) -> Chunk:
        """Return the only chunk of the document in `row`."""
        return _chunk(self._corpus[row])


@dataclass(frozen=True)
class CollectionIndex:
    """What retrieving and reranking need of an index, in memory."""

    lexical: LexicalIndex
    vectors: FaissIndex
    embedder: Embedder
    catalogue: PassageCatalogue


def index_corpus(
    corpus: Sequence[CorpusPassage], embedder: Embedder, *, progress: bool = False
) -> CollectionIndex:
    """Index a corpus with the parts that the service uses, in memory."""
    from tqdm import tqdm

    texts = [passage_text(_document(passage), _chunk(passage)) for passage in corpus]
    words = (lexical_tokens(text) for text in tqdm(texts, desc="分词", unit="段", disable=not progress))
    return CollectionIndex(
        LexicalIndex.build(words),
        FaissIndex.build(embedder.embed_documents(texts, progress=progress)),
        embedder,
        PassageCatalogue(corpus),
    )


def systems(
    corpus: Sequence[CorpusPassage],
    index: CollectionIndex,
    *,
    reranker: Path | None,
    dense_weight: float | None = None,
) -> dict[str, Search]:
    """Return the searches by name: lexical, dense, hybrid and, with a `reranker` folder, hybrid reranked."""
    from service.retriever import DENSE_WEIGHT, Candidates, fuse, query_tokens
    from service.understanding import Understanding

    ids = [passage.id for passage in corpus]
    opened = cast("Index", index)
    understanding = Understanding(())
    weight = DENSE_WEIGHT if dense_weight is None else dense_weight

    @lru_cache(maxsize=1)  # each system reads the question itself: the cache is for hybrid + reranked only
    def read(text: str) -> Any:
        # A corpus without regions is searched whole, so the region stays among the words searched for.
        question = understanding.read(text)
        return replace(question, topic=question.text, regions=())

    def lexical(text: str) -> Sequence[str]:
        rows, _ = index.lexical.search(query_tokens(read(text)), k=DEPTH)
        return [ids[row] for row in rows]

    def dense(text: str) -> Sequence[str]:
        rows, _ = index.vectors.search(index.embedder.embed_questions([read(text).text]), k=DEPTH)
        return [ids[row] for row in rows[0] if row >= 0]

    def fused(text: str) -> Candidates:
        question = read(text)
        vector = index.embedder.embed_questions([question.text])[0]
        return fuse(
            opened, query_tokens(question), vector, k=DEPTH, pool=DEPTH, rows=None, dense_weight=weight
        )

    def hybrid(text: str) -> Sequence[str]:
        return [ids[row] for row in fused(text).rows]

    found: dict[str, Search] = {"lexical": lexical, "dense": dense, "hybrid": hybrid}
    if reranker is not None:
        found["hybrid + reranked"] = _reranked(opened, reranker, read, fused, ids)
    return found


def _reranked(
    index: Index, folder: Path, read: Callable[[str], Any], fused: Callable[[str], Any], ids: Sequence[str]
) -> Search:
    from service.ranking import Ranker

    ranker = Ranker(index, folder)

    def reranked(text: str) -> Sequence[str]:
        candidates = fused(text)
        first = replace(
            candidates,
            rows=candidates.rows[:RERANKED],
            lexical=candidates.lexical[:RERANKED],
            dense=candidates.dense[:RERANKED],
            fused=candidates.fused[:RERANKED],
        )
        passages = ranker.rank(read(text), first, k=RERANKED).passages
        return [passage.document.id for passage in passages] + [
            ids[row] for row in candidates.rows[RERANKED:]
        ]

    return reranked


def _document(passage: CorpusPassage) -> Document:
    end = len(passage.text)
    root = Clause("", "", "", None, 0, 0, end, 0)
    stripped = passage.text.strip()
    start = passage.text.find(stripped)
    paragraph = Paragraph(f"{passage.id}#p1", 1, stripped, start, start + len(stripped), 0)
    return Document(passage.id, passage.title, passage.text, passage.id, (root,), (paragraph,))


def _chunk(passage: CorpusPassage) -> Chunk:
    return Chunk(f"{passage.id}#c1", passage.id, passage.text, 0, len(passage.text), 0, ())
