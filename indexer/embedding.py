"""Turn texts into vectors with a sentence-transformers model."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

BUNDLED_MODEL = Path(__file__).resolve().parent.parent / "models" / "embedding"
"""The model that ships with the project."""


class Embedder(Protocol):
    """Turns texts into vectors whose inner product is their cosine."""

    name: str
    """The hub name, or the folder's name."""
    dimension: int
    fingerprint: str
    """Content hash of a folder's files, or the name of a hub model; `/N` follows for vectors cut to N."""

    def embed_documents(self, texts: Sequence[str], *, progress: bool = False) -> Vectors:
        """Return float32, shape (len(texts), dimension), rows of length 1 and in the order of `texts`.

        A text in which the model knows nothing, an empty one for example, may get a row of zeros.
        """
        ...

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """The same for what people ask: some models want another prompt before it."""
        ...


@dataclass(frozen=True, slots=True)
class Prompts:
    """What a model family wants before a text."""

    question: str = ""
    document: str = ""


_TASK = "Given a question about government policy, retrieve the passages that answer it"
_INSTRUCT = Prompts(question=f"Instruct: {_TASK}\nQuery: ")
# The first family whose words all occur in the model's name, lower-cased, decides.
_FAMILIES: tuple[tuple[tuple[str, ...], Prompts], ...] = (
    (("e5", "instruct"), _INSTRUCT),
    (("e5-mistral",), _INSTRUCT),
    (("qwen3-embedding",), Prompts(question=f"Instruct: {_TASK}\nQuery:")),
    (("gte-qwen",), _INSTRUCT),
    (("bge-m3",), Prompts()),
    (("bge-multilingual-gemma2",), Prompts(question=f"<instruct>{_TASK}\n<query>")),
    (("bge", "-zh"), Prompts(question="为这个句子生成表示以用于检索相关文章：")),
    (("bge", "-en"), Prompts(question="Represent this sentence for searching relevant passages: ")),
    (("mxbai-embed",), Prompts(question="Represent this sentence for searching relevant passages: ")),
    (("arctic-embed",), Prompts(question="query: ")),
    (("nomic-embed",), Prompts("search_query: ", "search_document: ")),
    (("stella-", "-zh-v1"), Prompts("查询: ", "结果: ")),
    (("stella-base-zh",), Prompts()),
    (("e5-",), Prompts("query: ", "passage: ")),
)


def prompts_for(name: str, configured: dict[str, str] | None = None) -> Prompts:
    """The prompts that the model's own configuration names, else those of its family, else none.

    `configured` is `prompts` of config_sentence_transformers.json. Of its keys `query` or `question`, and
    `document`, `passage` or `corpus` count, as long as one of them is not empty.
    """
    configured = configured or {}
    question = configured.get("query") or configured.get("question") or ""
    document = configured.get("document") or configured.get("passage") or configured.get("corpus") or ""
    if question or document:
        return Prompts(question, document)
    lowered = name.lower()
    for words, prompts in _FAMILIES:
        if all(word in lowered for word in words):
            return prompts
    return Prompts()


def load_embedder(
    name_or_folder: str | Path = BUNDLED_MODEL,
    *,
    dimension: int | None = None,
    device: str = "cpu",
    batch_size: int = 32,
) -> Embedder:
    """Load a sentence-transformers folder or hub model.

    A folder that holds a static embedding is read without torch; everything else goes through
    `SentenceTransformer`. `dimension` cuts the vectors of a Matryoshka model; None keeps them whole.
    Raises `ModelError`.
    """
    folder = Path(name_or_folder).expanduser()
    if not folder.is_dir():
        if isinstance(name_or_folder, Path) or folder.is_absolute() or str(name_or_folder).startswith("."):
            raise ModelError(f"no such model folder: {name_or_folder}")
        return TransformerEmbedder(
            str(name_or_folder), dimension=dimension, device=device, batch_size=batch_size
        )
    if is_static(folder):
        return StaticEmbedder(folder, dimension=dimension)
    return TransformerEmbedder(str(folder), dimension=dimension, device=device, batch_size=batch_size)


def is_static(folder: Path) -> bool:
    """Whether the folder's modules are a static embedding, with a normalisation or without."""
    kinds = [kind for kind, _ in _modules(folder)]
    return kinds[:1] == ["StaticEmbedding"] and kinds[1:] in ([], ["Normalize"])


class StaticEmbedder:
    """A bag of token vectors: tokenise, add up, scale to length 1. Needs neither torch nor a GPU.

    Reads what `sentence_transformers` writes (`embedding.weight`) and the model2vec layout that it also
    reads (`embeddings`, with `mapping` from token to row and a factor `weights` for each token). Tables of
    eight-bit or half-precision numbers stay small in memory: rows are widened when they are used.
    """

    def __init__(self, folder: Path, *, dimension: int | None = None) -> None:
        from tokenizers import Tokenizer

        (_, module), *_ = _modules(folder)
        tokenizer_file = folder / module / "tokenizer.json"
        weights_file = folder / module / "model.safetensors"
        for file in (tokenizer_file, weights_file):
            if not file.is_file():
                raise ModelError(f"{folder}: {file.relative_to(folder)} is missing")
        try:
            self.tokenizer: Tokenizer = Tokenizer.from_file(str(tokenizer_file))
        except Exception as error:  # tokenizers raises bare Exception
            raise ModelError(f"{tokenizer_file}: not a tokenizer: {error}") from error
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.table, self.mapping, self.factors = _read_table(weights_file)
        known = len(self.table) if self.mapping is None else len(self.mapping)
        if self.tokenizer.get_vocab_size() > known:
            raise ModelError(
                f"{folder}: the tokenizer knows {self.tokenizer.get_vocab_size()} tokens, "
                f"the weights hold {known}"
            )
        full = int(self.table.shape[1])
        self.dimension = _checked_dimension(str(folder), dimension, full)
        # A view: a cut model reads only the columns it uses.
        self.table = self.table[:, : self.dimension]
        self.name = folder.resolve().name
        self.fingerprint = _fingerprint(folder, self.dimension, full)
        self.prompts = prompts_for(self.name, _configured_prompts(folder))

    def embed_documents(self, texts: Sequence[str], *, progress: bool = False) -> Vectors:
        """See `Embedder`."""
        return self._embed(texts, self.prompts.document, progress=progress)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`."""
        return self._embed(texts, self.prompts.question, progress=False)

    def _embed(self, texts: Sequence[str], prompt: str, *, progress: bool) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for start in _blocks(len(texts), 256, progress=progress):
            block = [prompt + text for text in texts[start : start + 256]]
            if len(block) == 1:
                encodings = [self.tokenizer.encode(block[0], add_special_tokens=False)]
            else:
                encodings = self.tokenizer.encode_batch_fast(block, add_special_tokens=False)
            for row, encoding in enumerate(encodings, start):
                vectors[row] = self._pool(np.array(encoding.ids, dtype=np.int64))
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
        vectors /= np.maximum(lengths, 1e-12)[:, None]
        return vectors

    def _pool(self, tokens: NDArray[np.int64]) -> Vectors:
        """Sum of the token vectors; scaling to length 1 makes the same of it as of their mean.

        One small product a text: larger ones make BLAS start threads, which costs more than it saves.
        """
        pooled: Vectors = np.zeros(self.dimension, dtype=np.float32)
        for start in range(0, len(tokens), 4096):
            piece = tokens[start : start + 4096]
            factors = np.ones(len(piece), np.float32) if self.factors is None else self.factors[piece]
            rows = piece if self.mapping is None else self.mapping[piece]
            pooled += factors @ self.table[rows].astype(np.float32, copy=False)
        return pooled


class TransformerEmbedder:
    """Any other sentence-transformers model, with its family's prompts. Imports torch when made."""

    def __init__(
        self, name: str, *, dimension: int | None = None, device: str = "cpu", batch_size: int = 32
    ) -> None:
        from sentence_transformers import SentenceTransformer

        folder = Path(name)
        local = folder.is_dir()
        try:
            self.model: SentenceTransformer = SentenceTransformer(name, device=device)
        except Exception as error:  # whatever torch, transformers, the hub or the file system may raise
            origin = "folder" if local else "hub model (not in the local cache, or no connection?)"
            reason = " ".join(str(error).split())[:400]
            raise ModelError(
                f"{name}: can't be loaded as a sentence-transformers {origin}: {reason}"
            ) from error
        full = self.model.get_embedding_dimension()
        if full is None:
            raise ModelError(f"{name}: the model does not say how many dimensions its vectors have")
        self.dimension = _checked_dimension(name, dimension, full)
        self.batch_size = batch_size
        self.name = folder.resolve().name if local else name
        self.fingerprint = _fingerprint(folder if local else name, self.dimension, full)
        self.prompts = prompts_for(self.name, {key: value or "" for key, value in self.model.prompts.items()})
        logger.info("%s: %d dimensions, prompts %r", self.name, self.dimension, self.prompts)

    def embed_documents(self, texts: Sequence[str], *, progress: bool = False) -> Vectors:
        """See `Embedder`."""
        return self._embed(texts, self.prompts.document, progress=progress)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder`."""
        return self._embed(texts, self.prompts.question, progress=False)

    def _embed(self, texts: Sequence[str], prompt: str, *, progress: bool) -> Vectors:
        if not len(texts):
            return np.zeros((0, self.dimension), dtype=np.float32)
        # An explicit prompt, an empty one too, keeps a configured default prompt from coming on top.
        vectors: Vectors = self.model.encode(
            list(texts),
            prompt=prompt,
            batch_size=self.batch_size,
            show_progress_bar=progress,
            convert_to_numpy=True,
            normalize_embeddings=True,
            truncate_dim=self.dimension,
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)


def _modules(folder: Path) -> list[tuple[str, str]]:
    """Class name and sub-folder of each module, in order; none where the folder has no modules.json."""
    file = folder / "modules.json"
    if not file.is_file():
        return []
    try:
        return [
            (module["type"].rsplit(".", 1)[-1], module["path"])
            for module in json.loads(file.read_text("utf-8"))
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{file}: not the modules.json of a sentence-transformers model: {error!r}"
        ) from error


def _configured_prompts(folder: Path) -> dict[str, str]:
    file = folder / "config_sentence_transformers.json"
    if not file.is_file():
        return {}
    try:
        configured: Any = json.loads(file.read_text("utf-8")).get("prompts") or {}
        return {str(key): str(value or "") for key, value in configured.items()}
    except (ValueError, AttributeError) as error:
        raise ModelError(f"{file}: not a sentence-transformers configuration: {error!r}") from error


def _read_table(file: Path) -> tuple[NDArray[Any], NDArray[np.int64] | None, NDArray[np.float32] | None]:
    """The table of vectors, the row of each token (None: its id) and the factor of each token (None: 1)."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        tensors = load_file(file)
    except (SafetensorError, OSError, TypeError, KeyError) as error:
        raise ModelError(f"{file}: not readable as safetensors: {error!r}") from error
    table = tensors.get("embedding.weight", tensors.get("embeddings"))
    if table is None or table.ndim != 2:
        raise ModelError(
            f"{file}: expected a matrix named embedding.weight or embeddings, found {sorted(tensors)}"
        )
    if "embedding.weight" in tensors:
        return table, None, None
    mapping, factors = tensors.get("mapping"), tensors.get("weights")
    return (
        table,
        None if mapping is None else mapping.astype(np.int64),
        None if factors is None else factors.astype(np.float32),
    )


def _checked_dimension(name: str, asked: int | None, full: int) -> int:
    if asked is None:
        return full
    if not 1 <= asked <= full:
        raise ModelError(
            f"{name}: vectors have {full} dimensions, so the setting must be 1 to {full}, not {asked}"
        )
    return asked


def _fingerprint(source: Path | str, dimension: int, full: int) -> str:
    suffix = "" if dimension == full else f"/{dimension}"
    if isinstance(source, str):
        return source + suffix
    digest = hashlib.sha256()
    for file in sorted(source.rglob("*")):
        relative = file.relative_to(source)
        # Cards and dot files don't change a vector.
        if not file.is_file() or file.suffix == ".md" or any(part.startswith(".") for part in relative.parts):
            continue
        digest.update(f"{relative.as_posix()}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
    return f"sha256:{digest.hexdigest()}{suffix}"


def _blocks(count: int, size: int, *, progress: bool) -> Iterator[int]:
    """0, size, 2 * size, … below `count`, with a progress bar of `count` texts if wanted."""
    from tqdm import tqdm

    with tqdm(total=count, desc="向量化", unit="段", disable=not progress) as bar:
        for start in range(0, count, size):
            yield start
            bar.update(min(size, count - start))
