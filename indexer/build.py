"""Build an index from a folder of policy files."""

from __future__ import annotations

import hashlib
import importlib.metadata
import logging
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.catalogue import KEY_BYTES, Catalogue, CatalogueWriter
from indexer.chunking import Chunk, chunk
from indexer.document import Document
from indexer.embedding import BUNDLED_MODEL, Embedder, load_embedder
from indexer.errors import BrokenIndex, IndexerError, ModelError, UnreadableFile
from indexer.formats import SUFFIXES, read
from indexer.index import (
    CATALOGUE,
    LEXICAL,
    VECTORS,
    Index,
    current_version,
    open_version,
    version_folder,
)
from indexer.lexical import LexicalIndex
from indexer.manifest import (
    DocumentRecord,
    Manifest,
    ModelRecord,
    Recipe,
    check_files,
    read_manifest,
    record_files,
    write_manifest,
)
from indexer.parse import parse
from indexer.passage_text import passage_text
from indexer.publish import PARTIAL, disk_errors, locked, publish, sweep, sweep_partial
from indexer.sources import Failure, Source, find_sources
from indexer.tokens import lexical_fingerprint, lexical_tokens
from indexer.vectors import FaissIndex, VectorIndex

logger = logging.getLogger(__name__)

MAX_CHARS = 480
"""Length of the longest chunk, unless told otherwise."""

_BLOCK = 256
"""Passages embedded at a time."""

T = TypeVar("T")
OnProgress = Callable[[str, float], None]
"""Hears the stage, in Chinese words, and the part of the whole work done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    version: str
    published: bool
    """False where the published version was not stale and so stays as it is."""
    reason: str | None
    """Why the last version was stale, in Chinese words; None where it was not."""
    indexed: tuple[str, ...]
    """Ids of the documents that are new, changed, or were read again."""
    reused: tuple[str, ...]
    """Ids of those taken over from the last version."""
    removed: tuple[str, ...]
    """Ids of those that the last version had and this one has not."""
    failures: tuple[Failure, ...]
    """The files left out."""
    warnings: tuple[tuple[str, str], ...]
    """Path of a file that was indexed, and what could not be read of it."""
    chunks: int
    embedded: int
    """Chunks whose vectors had to be computed."""
    seconds: float

    @property
    def documents(self) -> int:
        """Number of documents in the index."""
        return len(self.indexed) + len(self.reused)

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return not self.failures and not self.warnings


def build(
    corpus: Path,
    index: Path,
    *,
    model: str | Path | None = None,
    embedder: Embedder | None = None,
    max_chars: int = MAX_CHARS,
    if_stale: bool = False,
    fresh: bool = False,
    progress: bool = True,
    on_progress: OnProgress | None = None,
) -> BuildReport:
    """Index every policy file under `corpus` in the folder `index`, and publish that as one step.

    What is unchanged since the last version is taken over from it, unless `fresh`; with `if_stale`, a
    version that lacks nothing stays, and nothing is written. A file that can't be read is reported and left
    out. The model is `embedder`, else loaded from `model`, else the bundled one.

    Whatever goes wrong, the version published before stays published: raises IndexerError where nothing can
    be read, another build is running, the disk is full, or the new version does not pass its check.
    """
    began = time.perf_counter()
    sources, unfit = _find(corpus, index)
    if embedder is None:
        embedder = load_embedder(BUNDLED_MODEL if model is None else model)
    recipe = _recipe(embedder, max_chars)
    steps = _Steps(progress, on_progress)
    last, reason = _last(index, recipe, sources, unfit)
    if last and if_stale and not reason:
        return _report(last, last, None, began=began)
    with locked(index):
        sweep_partial(index)
        previous = None if fresh else _previous(index)
        version = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        partial = version_folder(index, version + PARTIAL)
        try:
            with disk_errors(index):
                partial.mkdir(parents=True)
                gathered = _write_catalogue(partial, sources, recipe, previous, steps)
                if not gathered.records:
                    raise IndexerError(
                        f"{corpus} 里的文件都无法收录：{_listed([*unfit, *gathered.failures])}"
                    )
                catalogue = Catalogue(partial / CATALOGUE)
                _write_lexical(partial, catalogue, steps)
                embedded = _write_vectors(partial, catalogue, embedder, previous, steps)
                manifest = Manifest(
                    version=version,
                    built_at=datetime.now(UTC),
                    corpus=str(corpus),
                    model_source=str(model or embedder.name),
                    recipe=recipe,
                    documents=gathered.records,
                    failures=(*unfit, *gathered.failures),
                    chunks=catalogue.rows,
                    files=record_files(partial),
                    wence_version=_wence_version(),
                )
                write_manifest(partial, manifest)
                steps.tell("检查", 0.95)
                check(open_version(index, partial.name, embedder=embedder))
                replaced = publish(index, version)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        sweep(index, keep={version, replaced})
    steps.tell("完成", 1.0)
    return _report(manifest, last, reason, began=began, indexed=tuple(gathered.indexed), embedded=embedded)


def why_stale(
    corpus: Path,
    index: Path,
    *,
    model: str | Path | None = None,
    embedder: Embedder | None = None,
    max_chars: int = MAX_CHARS,
) -> str | None:
    """Return in Chinese words why the index is not what a build would make now of `corpus`; None if it is."""
    sources, unfit = _find(corpus, index)
    if embedder is None:
        embedder = load_embedder(BUNDLED_MODEL if model is None else model)
    return _last(index, _recipe(embedder, max_chars), sources, unfit)[1]


def check(index: Index) -> None:
    """Ask a version about chunks of its own; raises BrokenIndex where it does not find them."""
    for row in sorted({round(place) for place in np.linspace(0, index.catalogue.rows - 1, 5)}):
        chunk = index.catalogue.chunk(row)
        passage = passage_text(index.catalogue.document(chunk.document_id), chunk)
        vector = index.embedder.embed_documents([passage])
        # A model that knows nothing in the passage gives zeros, which resemble nothing.
        if vector.any():
            likeness = float(index.vectors.scores(vector[0], np.array([row]))[0])
            _, scores = index.vectors.search(vector, k=1)
            if not (likeness > 0.98 and scores[0, 0] >= likeness - 1e-3):
                raise BrokenIndex(
                    f"检查未通过：向量索引第 {row} 行与切块 {chunk.id} 不符（相似度 {likeness:.3f}）"
                )
        tokens = lexical_tokens(passage)
        if tokens and not index.lexical.scores(tokens)[row] > 0:
            raise BrokenIndex(f"检查未通过：词语索引第 {row} 行与切块 {chunk.id} 不符")
        question = re.split(r"[。；！？\n]", chunk.text.strip())[0][:60]
        asked = index.embedder.embed_questions([question])
        if asked.shape != (1, index.vectors.dimension) or not np.isfinite(asked).all():
            raise BrokenIndex(f"检查未通过：模型无法为问题“{question}”给出 {index.vectors.dimension} 维向量")
        if index.vectors.search(asked, k=1)[0].shape != (1, 1):
            raise BrokenIndex(f"检查未通过：问题“{question}”什么也没有找到")


@dataclass(slots=True)
class _Gathered:
    """What became of the files of the corpus."""

    records: dict[str, DocumentRecord] = field(default_factory=dict)
    indexed: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Previous:
    """The version published before, as far as a build takes over from it."""

    manifest: Manifest
    catalogue: Catalogue
    vectors: VectorIndex

    def holds(self, source: Source, recipe: Recipe) -> bool:
        """Whether reading `source` again would give what is here."""
        then = self.manifest.recipe
        record = self.manifest.documents.get(source.document_id)
        same_rules = (recipe.code, recipe.max_chars) == (then.code, then.max_chars)
        return same_rules and record is not None and record.digest == source.digest


class _Steps:
    """Tells how far a build has come: a bar for who watches, a callback for who waits."""

    def __init__(self, progress: bool, on_progress: OnProgress | None) -> None:
        self._progress = progress
        self._on_progress = on_progress

    def tell(self, stage: str, done: float) -> None:
        """Report the stage and the part of the whole work done."""
        if self._on_progress:
            self._on_progress(stage, done)

    def over(
        self, items: Sequence[T], *, stage: str, unit: str, part: tuple[float, float], step: int = 1
    ) -> Iterator[Sequence[T]]:
        """Yield `items` in blocks of `step`; the stage takes the work from `part[0]` to `part[1]`."""
        from tqdm import tqdm

        start, end = part
        self.tell(stage, start)
        with tqdm(total=len(items), desc=stage, unit=unit, disable=not self._progress) as bar:
            for first in range(0, len(items), step):
                block = items[first : first + step]
                yield block
                bar.update(len(block))
                self.tell(stage, start + (end - start) * (first + len(block)) / len(items))


def _write_catalogue(
    folder: Path, sources: Sequence[Source], recipe: Recipe, previous: _Previous | None, steps: _Steps
) -> _Gathered:
    gathered = _Gathered()
    with CatalogueWriter(folder / CATALOGUE) as writer:
        for (source,) in steps.over(sources, stage="读取", unit="份", part=(0.0, 0.3)):
            if previous and previous.holds(source, recipe):
                document = previous.catalogue.document(source.document_id)
                chunks: Sequence[Chunk] = previous.catalogue.chunks_of(source.document_id)
                record = previous.manifest.documents[source.document_id]
            else:
                try:
                    document, chunks, warnings = _understand(source, recipe.max_chars)
                except UnreadableFile as error:
                    gathered.failures.append(Failure(source.name, str(error), source.digest))
                    continue
                record = DocumentRecord(source.name, source.digest, warnings)
                gathered.indexed.append(document.id)
            writer.add(document, chunks, keys=[_key(passage_text(document, chunk)) for chunk in chunks])
            gathered.records[document.id] = record
    return gathered


def _understand(source: Source, max_chars: int) -> tuple[Document, Sequence[Chunk], tuple[str, ...]]:
    """Read one file; raises UnreadableFile, whatever goes wrong with it."""
    try:
        text = read(source.path)
        document = parse(text, document_id=source.document_id, source_name=source.name)
        chunks = chunk(document, max_chars=max_chars)
        if not chunks or "".join(part.text for part in chunks) != document.text:
            raise ValueError(f"{len(chunks)} chunks don't rebuild the text of {document.id}")
        document.text.encode()  # half a surrogate pair can't be stored
    except UnreadableFile:
        raise
    except Exception as error:
        # A fault of ours in one odd file must not keep all the others out.
        logger.exception("%s: failed to understand", source.name)
        raise UnreadableFile(f"处理时出错：{type(error).__name__}: {error}") from error
    return document, chunks, tuple(text.warnings)


def _write_lexical(folder: Path, catalogue: Catalogue, steps: _Steps) -> None:
    blocks = steps.over(catalogue.entries, stage="分词", unit="份", part=(0.3, 0.5))
    passages = (passage for (entry,) in blocks for passage in _passages(catalogue, entry.id))
    LexicalIndex.build(map(lexical_tokens, passages)).save(folder / LEXICAL)


def _write_vectors(
    folder: Path, catalogue: Catalogue, embedder: Embedder, previous: _Previous | None, steps: _Steps
) -> int:
    """Write the vector index; return how many vectors had to be computed."""
    keys = catalogue.keys()
    vectors = np.zeros((catalogue.rows, embedder.dimension), dtype=np.float32)
    known: dict[bytes, int] = {}
    if previous and previous.manifest.model == ModelRecord.of(embedder):
        known = {key: row for row, key in enumerate(previous.catalogue.keys())}
        reused = [row for row, key in enumerate(keys) if key in known]
        vectors[reused] = previous.vectors.vectors(
            np.array([known[keys[row]] for row in reused], dtype=np.int64)
        )
    missing = [row for row, key in enumerate(keys) if key not in known]
    for rows in steps.over(missing, stage="向量化", unit="段", part=(0.5, 0.95), step=_BLOCK):
        chunks = catalogue.chunks(rows)
        passages = [passage_text(catalogue.document(chunk.document_id), chunk) for chunk in chunks]
        vectors[rows] = _embedded(embedder, passages)
    FaissIndex.build(vectors).save(folder / VECTORS)
    return len(missing)


def _embedded(embedder: Embedder, passages: Sequence[str]) -> NDArray[np.float32]:
    vectors = embedder.embed_documents(passages)
    expected = (len(passages), embedder.dimension)
    if vectors.shape != expected or not np.isfinite(vectors).all():
        raise ModelError(
            f"模型 {embedder.name} 应为 {expected[0]} 段文字给出 {expected[1]} 维的有限数值，"
            f"实际给出形状 {vectors.shape}{'' if np.isfinite(vectors).all() else '，其中有无穷大或非数值'}"
        )
    return vectors


def _passages(catalogue: Catalogue, document_id: str) -> list[str]:
    document = catalogue.document(document_id)
    return [passage_text(document, chunk) for chunk in catalogue.chunks_of(document_id)]


def _key(passage: str) -> bytes:
    """What names a passage: the same key, the same vector."""
    return hashlib.blake2b(passage.encode(), digest_size=KEY_BYTES).digest()


def _find(corpus: Path, index: Path) -> tuple[list[Source], list[Failure]]:
    if not corpus.is_dir():
        raise IndexerError(f"政策文件夹 {corpus} {'不是文件夹' if corpus.exists() else '不存在'}")
    sources, unfit = find_sources(corpus, beside=index)
    if not sources:
        listed = f"：{_listed(unfit)}" if unfit else ""
        raise IndexerError(f"{corpus} 里没有政策文件（支持 {' '.join(sorted(SUFFIXES))}）{listed}")
    return sources, unfit


def _listed(failures: Sequence[Failure]) -> str:
    more = f"\n  ……共 {len(failures)} 个" if len(failures) > 10 else ""
    return "".join(f"\n  {failure.path}：{failure.cause}" for failure in failures[:10]) + more


def _last(
    index: Path, recipe: Recipe, sources: Iterable[Source], unfit: Iterable[Failure]
) -> tuple[Manifest | None, str | None]:
    """Return the manifest of the published version, if it is sound, and what makes it stale."""
    try:
        version = current_version(index)
        if version is None:
            return None, "还没有索引"
        manifest = read_manifest(version_folder(index, version))
        check_files(version_folder(index, version), manifest)
    except BrokenIndex as error:
        return None, str(error)
    return manifest, _changes(manifest, recipe, sources, unfit)


def _previous(index: Path) -> _Previous | None:
    try:
        version = current_version(index)
        if version is None:
            return None
        folder = version_folder(index, version)
        manifest = read_manifest(folder)
        check_files(folder, manifest)
        return _Previous(manifest, Catalogue(folder / CATALOGUE), FaissIndex.load(folder / VECTORS))
    except BrokenIndex as error:
        logger.warning("nothing is taken over from the last version: %s", error)
        return None


def _recipe(embedder: Embedder, max_chars: int) -> Recipe:
    return Recipe(ModelRecord.of(embedder), max_chars, lexical_fingerprint(), _code_fingerprint())


@cache
def _code_fingerprint() -> str:
    """Hash of this package: another parser or chunker makes other documents of the same files."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes())
    return f"sha256:{digest.hexdigest()}"


@cache
def _wence_version() -> str:
    try:
        return importlib.metadata.version("wence")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout that was not installed
        return ""


def _changes(
    manifest: Manifest, recipe: Recipe, sources: Iterable[Source], unfit: Iterable[Failure]
) -> str | None:
    """Say in Chinese words what makes an index stale; None where nothing does."""
    reasons = []
    then = manifest.recipe
    if recipe.model != then.model:
        reasons.append(f"模型由 {then.model} 换成 {recipe.model}")
    if recipe.max_chars != then.max_chars:
        reasons.append(f"切块上限由 {then.max_chars} 字改为 {recipe.max_chars} 字")
    if (recipe.lexical, recipe.code) != (then.lexical, then.code):
        reasons.append("程序更新过")
    before = {record.path: record.digest for record in manifest.documents.values()}
    before |= {failure.path: failure.digest for failure in manifest.failures}
    now = {source.name: source.digest for source in sources} | {failure.path: "" for failure in unfit}
    counts = (
        ("新增", len(now.keys() - before.keys())),
        ("改动", sum(before[path] != now[path] for path in now.keys() & before.keys())),
        ("减少", len(before.keys() - now.keys())),
    )
    reasons += [f"文件{what} {count} 个" for what, count in counts if count]
    return "；".join(reasons) or None


def _report(
    manifest: Manifest,
    last: Manifest | None,
    reason: str | None,
    *,
    began: float,
    indexed: tuple[str, ...] = (),
    embedded: int = 0,
) -> BuildReport:
    before = last.documents.keys() if last else set()
    return BuildReport(
        version=manifest.version,
        published=manifest is not last,
        reason=reason,
        indexed=indexed,
        reused=tuple(sorted(manifest.documents.keys() - set(indexed))),
        removed=tuple(sorted(before - manifest.documents.keys())),
        failures=manifest.failures,
        warnings=tuple(
            (record.path, warning) for record in manifest.documents.values() for warning in record.warnings
        ),
        chunks=manifest.chunks,
        embedded=embedded,
        seconds=time.perf_counter() - began,
    )
