"""Find chunks by what they mean: inner product search over their vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.errors import BrokenIndex

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Vectors = NDArray[np.float32]

EXACT_ROWS = 50_000
"""Above this many rows, vectors are kept in half precision: half the memory to read for a question."""


class VectorIndex(Protocol):
    """Vectors in row order, searched by inner product; safe to share between threads."""

    dimension: int

    def __len__(self) -> int:
        """Number of rows."""
        ...

    def search(
        self, vectors: Vectors, *, k: int, rows: NDArray[np.bool_] | None = None
    ) -> tuple[Rows, Scores]:
        """Return rows and inner products for each of `vectors`, best first, both of shape (len(vectors), k).

        `k` is cut to the number of rows. `rows` is a mask of the rows to search in; None: all. Where fewer
        are found, a line ends in row -1 with score -inf.
        """
        ...

    def scores(self, vector: Vectors, rows: Rows) -> Scores:
        """Return the inner product of `vector`, shape (dimension,), with each of `rows`, in their order."""
        ...

    def vectors(self, rows: Rows) -> Vectors:
        """Return the stored vectors of `rows`, float32, shape (len(rows), dimension)."""
        ...


class FaissIndex:
    """Every vector is compared: in single precision up to `EXACT_ROWS` rows, in half precision above."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self.dimension = int(index.d)

    @classmethod
    def build(cls, vectors: Vectors, *, exact_rows: int = EXACT_ROWS) -> FaissIndex:
        """Index float32 vectors of shape (rows, dimension)."""
        faiss = _faiss()
        rows, dimension = vectors.shape
        if rows <= exact_rows:
            index = faiss.IndexFlatIP(dimension)
        else:
            half = faiss.ScalarQuantizer.QT_fp16
            index = faiss.IndexScalarQuantizer(dimension, half, faiss.METRIC_INNER_PRODUCT)
            index.train(vectors[:1])  # nothing to learn, but FAISS wants to be asked
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    def save(self, file: Path) -> None:
        """Write the index to `file`."""
        faiss = _faiss()
        # Not faiss.write_index: a full disk must raise OSError here like everywhere else.
        with file.open("wb") as stream:
            stream.write(faiss.serialize_index(self._index))

    @classmethod
    def load(cls, file: Path) -> FaissIndex:
        """Open what `save` wrote. Raises BrokenIndex."""
        faiss = _faiss()
        try:
            index = faiss.read_index(str(file))
        except RuntimeError as error:  # whatever is wrong, FAISS raises this
            raise BrokenIndex(f"向量索引 {file} 无法读取：{' '.join(str(error).split())}") from error
        return cls(index)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(
        self, vectors: Vectors, *, k: int, rows: NDArray[np.bool_] | None = None
    ) -> tuple[Rows, Scores]:
        """See `VectorIndex`."""
        faiss = _faiss()
        if vectors.ndim != 2 or vectors.shape[1] != self.dimension:
            raise ValueError(f"vectors: expected shape (n, {self.dimension}), got {vectors.shape}")
        k = min(k, len(self))
        if k <= 0 or not len(vectors):
            return np.zeros((len(vectors), 0), np.int64), np.zeros((len(vectors), 0), np.float32)
        parameters = None
        if rows is not None:
            if rows.dtype != np.bool_ or rows.shape != (len(self),):
                raise ValueError(f"rows: expected bool ({len(self)},), got {rows.dtype} {rows.shape}")
            bits = np.packbits(rows, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        asked = np.ascontiguousarray(vectors, dtype=np.float32)
        scores, found = self._index.search(asked, k, params=parameters)
        scores[found < 0] = -np.inf
        return found, scores

    def scores(self, vector: Vectors, rows: Rows) -> Scores:
        """See `VectorIndex`."""
        return self.vectors(rows) @ np.asarray(vector, dtype=np.float32)

    def vectors(self, rows: Rows) -> Vectors:
        """See `VectorIndex`."""
        if not len(rows):
            return np.zeros((0, self.dimension), dtype=np.float32)
        keys = np.ascontiguousarray(rows, dtype=np.int64)
        if keys.min() < 0 or keys.max() >= len(self):
            raise IndexError(f"rows: expected 0 to {len(self) - 1}, got {keys.min()} to {keys.max()}")
        stored: Vectors = self._index.reconstruct_batch(keys)
        return stored


def _faiss() -> Any:
    import faiss  # its own types know only the C++ signatures

    return faiss
