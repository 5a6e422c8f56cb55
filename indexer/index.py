"""Open the published version of an index: catalogue, vectors, words and model together."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from indexer.catalogue import Catalogue
from indexer.embedding import BUNDLED_MODEL, Embedder, load_embedder
from indexer.errors import BrokenIndex, ModelError
from indexer.lexical import LexicalIndex
from indexer.manifest import Manifest, ModelRecord, check_files, read_manifest
from indexer.tokens import lexical_fingerprint
from indexer.vectors import FaissIndex, VectorIndex

VERSIONS = "versions"
CURRENT = "current"
"""The file that names the published version; replaced by one rename."""
CATALOGUE = "catalogue.sqlite"
LEXICAL = "lexical"
VECTORS = "vectors.faiss"

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]*")


@dataclass(frozen=True, slots=True)
class Index:
    """One version of an index, open for searching; row n is the same chunk in all its parts."""

    version: str
    manifest: Manifest
    catalogue: Catalogue
    embedder: Embedder
    vectors: VectorIndex
    lexical: LexicalIndex


def current_version(folder: Path) -> str | None:
    """Return the name of the published version, None where there is none yet; cheap enough to ask often."""
    try:
        name = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise BrokenIndex(f"{folder / CURRENT} 无法读取：{error}") from error
    if not _VERSION.fullmatch(name):
        raise BrokenIndex(f"{folder / CURRENT} 应写有一个版本名，实际是 {name[:60]!r}；请重建索引")
    return name


def version_folder(folder: Path, version: str) -> Path:
    """Return where a version of the index in `folder` stands."""
    return folder / VERSIONS / version


def open_index(folder: Path, *, embedder: Embedder | None = None, model: str | Path | None = None) -> Index:
    """Open the published version of the index in `folder`, every file checked against the manifest.

    Questions are embedded by `embedder`, else by `model` (a name or folder), else by the bundled model.
    Raises BrokenIndex where the index is missing or damaged, and ModelError where the model is not the one
    that the index was built with.
    """
    version = current_version(folder)
    if version is None:
        raise BrokenIndex(f"{folder} 里还没有索引；请先运行：{rebuild_command(folder)}")
    if embedder is None:
        embedder = load_embedder(BUNDLED_MODEL if model is None else model)
    while True:
        try:
            return open_version(
                folder, version, embedder=embedder, model=None if model is None else str(model)
            )
        except (BrokenIndex, OSError):
            # Two builds may have been published, and this version removed, while it was being opened.
            newer = current_version(folder)
            if newer is None or newer == version:
                raise
            version = newer


def open_version(index: Path, version: str, *, embedder: Embedder, model: str | None = None) -> Index:
    """Open one version of the index in `index`, published or not; raises like `open_index`.

    `model` is what `embedder` was loaded from, for the command in an error's message.
    """
    folder = version_folder(index, version)
    rebuild = f"请重建索引：{rebuild_command(index)}"
    if not folder.is_dir():
        raise BrokenIndex(f"索引版本 {folder} 不存在；{rebuild}")
    try:
        manifest = read_manifest(folder)
        check_files(folder, manifest)
    except BrokenIndex as error:
        raise BrokenIndex(f"{error}；{rebuild}") from error
    _check_model(manifest, ModelRecord.of(embedder), index, model)
    catalogue = Catalogue(folder / CATALOGUE)
    vectors = FaissIndex.load(folder / VECTORS)
    lexical = LexicalIndex.load(folder / LEXICAL)
    counts = {
        "清单": manifest.chunks,
        "目录库": catalogue.rows,
        "向量索引": len(vectors),
        "词语索引": len(lexical),
    }
    if len(set(counts.values())) > 1:
        found = "，".join(f"{name} {count}" for name, count in counts.items())
        raise BrokenIndex(f"索引 {folder} 各部分的切块数不一致：{found}；{rebuild}")
    if vectors.dimension != manifest.model.dimension:
        raise BrokenIndex(
            f"索引 {folder} 的向量是 {vectors.dimension} 维，"
            f"清单写的是 {manifest.model.dimension} 维；{rebuild}"
        )
    return Index(manifest.version, manifest, catalogue, embedder, vectors, lexical)


def rebuild_command(index: Path, *, corpus: str | None = None, model: str | None = None) -> str:
    """Return the command that builds the index in `index` anew, ready to be pasted."""
    words = ["python", "-m", "indexer", "build", "--index", str(index)]
    words += ["--corpus", corpus] if corpus else []
    words += ["--model", model] if model else []
    return shlex.join(words)


def _check_model(manifest: Manifest, found: ModelRecord, index: Path, source: str | None) -> None:
    built = manifest.model
    if found != built:
        rebuild = rebuild_command(index, corpus=manifest.corpus, model=source or found.name)
        raise ModelError(
            f"索引是用模型 {built} 建的，现在的模型是 {found}，两者的向量不能混用。"
            f"请改回原来的模型（{manifest.model_source}），或用现在的模型重建：{rebuild}"
        )
    if (lexical := lexical_fingerprint()) != manifest.recipe.lexical:
        raise ModelError(
            f"索引的分词指纹是 {manifest.recipe.lexical}，现在的是 {lexical}，自带的分词器换过了。"
            f"请重建：{rebuild_command(index, corpus=manifest.corpus, model=manifest.model_source)}"
        )
