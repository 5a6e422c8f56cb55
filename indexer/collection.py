"""Index a collection of short passages in memory, each as a document of one clause and one chunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.chunking import Chunk
from indexer.document import Clause, Document, Paragraph
from indexer.embedding import Embedder
from indexer.lexical import LexicalIndex
from indexer.passage_text import passage_text
from indexer.tokens import lexical_tokens
from indexer.vectors import FaissIndex


@dataclass(frozen=True, slots=True)
class CorpusPassage:
    """One text of a collection."""

    id: str
    title: str
    text: str
    headings: tuple[str, ...] = ()
    """What the text stands under, outermost first."""


class PassageCatalogue:
    """A collection whose passages are documents of one clause and one chunk each, in row order."""

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
    """Index a collection with the parts that the service uses."""
    from tqdm import tqdm

    texts = [passage_text(_document(passage), _chunk(passage)) for passage in corpus]
    words = (lexical_tokens(text) for text in tqdm(texts, desc="分词", unit="段", disable=not progress))
    return CollectionIndex(
        LexicalIndex.build(words),
        FaissIndex.build(embedder.embed_documents(texts, progress=progress)),
        embedder,
        PassageCatalogue(corpus),
    )


def _document(passage: CorpusPassage) -> Document:
    end = len(passage.text)
    root = Clause("", "", "", None, 0, 0, end, 0)
    stripped = passage.text.strip()
    start = passage.text.find(stripped)
    paragraph = Paragraph(f"{passage.id}#p1", 1, stripped, start, start + len(stripped), 0)
    return Document(passage.id, passage.title, passage.text, passage.id, (root,), (paragraph,))


def _chunk(passage: CorpusPassage) -> Chunk:
    return Chunk(f"{passage.id}#c1", passage.id, passage.text, 0, len(passage.text), 0, passage.headings)
