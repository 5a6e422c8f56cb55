"""A small corpus of our own, and an embedder that needs no weights."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.chunking import Chunk
from indexer.document import Clause, Document, Paragraph

TEXTS = {
    "青石市便民措施.md": """# 青石市便民服务若干措施

一、办事提速

1.新设企业当天领取营业执照，公章由财政付费。

2.老年人办理优待证，社区工作人员可以上门代办。

二、减轻负担

3.单个家庭每月用水不足八吨的，水费按九折计收。
""",
    "云岭县/养犬规定.txt": """云岭县养犬管理规定

第一条 为了规范养犬行为，保护公众安全，制定本规定。

第二条 每户限养一只犬，犬只应当每年接种狂犬病疫苗。

第三条 携犬出户不束犬绳的，处二百元罚款。
""",
    "云岭县/公园开放.txt": """云岭县公园夜间开放办法

第一条 城区公园夏季开放至二十三时，冬季开放至二十一时。

第二条 公园内的球场向市民免费开放，预约须提前一天。
""",
}


class BagOfCharacters:
    """Keeps the promise of `Embedder`: texts that share characters have vectors that resemble each other."""

    def __init__(
        self, dimension: int = 64, *, name: str = "bag-of-characters", fingerprint: str = "1"
    ) -> None:
        self.name = name
        self.dimension = dimension
        self.fingerprint = fingerprint
        self.embedded: list[str] = []

    def embed_documents(self, texts: Sequence[str], *, progress: bool = False) -> NDArray[np.float32]:
        self.embedded += texts
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for character in text:
                vectors[row] += _vector(character, self.dimension)
            vectors[row] /= np.linalg.norm(vectors[row]) or 1
        return vectors

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        embedded = len(self.embedded)
        vectors = self.embed_documents(texts)
        del self.embedded[embedded:]
        return vectors


@cache
def _vector(character: str, dimension: int) -> NDArray[np.float64]:
    return np.random.default_rng(ord(character)).standard_normal(dimension)


def write_corpus(folder: Path, texts: dict[str, str] | None = None) -> Path:
    """Write files by name under `folder`, and return it."""
    for name, text in (TEXTS if texts is None else texts).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def article(document_id: str, lines: Sequence[str], **metadata: object) -> tuple[Document, list[Chunk]]:
    """Return a document whose first line is its title and whose other lines are articles, a chunk a line."""
    text = "\n".join(lines)
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    ends = [start + len(line) for start, line in zip(starts, lines, strict=True)]
    clauses = [Clause("", "", "", None, 0, 0, len(text), ends[0])]
    for number, start in enumerate(starts[1:], start=1):
        end = starts[number + 1] if number + 1 < len(starts) else len(text)
        clauses.append(Clause(f"第{number}条", f"第{number}条", "", 0, 1, start, end, start + 3))
    paragraphs = tuple(
        Paragraph(f"{document_id}#p{number + 1}", number + 1, text[start:end], start, end, number)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    )
    document = Document(
        id=document_id,
        title=lines[0],
        text=text,
        source=f"{document_id}.txt",
        clauses=tuple(clauses),
        paragraphs=paragraphs,
        **metadata,  # type: ignore[arg-type]
    )
    bounds = [*starts, len(text)]
    chunks = [
        Chunk(
            f"{document_id}#c{number + 1}",
            document_id,
            text[bounds[number] : bounds[number + 1]],
            bounds[number],
            bounds[number + 1],
            number,
            document.heading_path(number),
        )
        for number in range(len(lines))
    ]
    return document, chunks
