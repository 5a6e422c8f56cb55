"""Write down what an index version was made from and of what files it consists, and hold it to that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.embedding import Embedder, Prompts
from indexer.errors import BrokenIndex
from indexer.sources import Failure

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FORMAT = 1
"""Changes whenever an index written before can't be read any more."""

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """The embedding model, as far as vectors depend on it."""

    name: str
    fingerprint: str
    dimension: int
    question_prompt: str = ""
    document_prompt: str = ""

    @classmethod
    def of(cls, embedder: Embedder) -> ModelRecord:
        """Return the record of a loaded model."""
        prompts = getattr(embedder, "prompts", Prompts())
        return cls(
            embedder.name, embedder.fingerprint, embedder.dimension, prompts.question, prompts.document
        )

    def __str__(self) -> str:
        short = self.fingerprint if len(self.fingerprint) <= 40 else f"{self.fingerprint[:23]}…"
        facts = [f"{self.dimension} 维", f"指纹 {short}"]
        facts += [f"提问前缀 {self.question_prompt!r}"] if self.question_prompt else []
        facts += [f"文本前缀 {self.document_prompt!r}"] if self.document_prompt else []
        return f"{self.name}（{'，'.join(facts)}）"


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides, beside a file itself, what becomes of it; a change of it makes an index stale."""

    model: ModelRecord
    max_chars: int
    lexical: str
    """Fingerprint of the lexical tokens."""
    code: str
    """Fingerprint of the indexer's own code."""


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """The file that a document was read from."""

    path: str
    digest: str
    """See `Source.digest`."""
    warnings: tuple[str, ...] = ()
    """What could not be read of it."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of the version."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index version was made from, and of what files it consists."""

    version: str
    built_at: datetime
    corpus: str
    """The corpus folder, as the build was told."""
    model_source: str
    """Where the model was loaded from, as the build was told."""
    recipe: Recipe
    documents: Mapping[str, DocumentRecord]
    """By document id."""
    failures: tuple[Failure, ...]
    """The files left out."""
    chunks: int
    files: Mapping[str, FileRecord] = field(default_factory=dict)
    """By path in the version folder; the manifest itself is not among them."""
    wence_version: str = ""
    format: int = FORMAT

    @property
    def model(self) -> ModelRecord:
        """The embedding model of `recipe`."""
        return self.recipe.model


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `manifest` into a version folder."""
    (folder / MANIFEST).write_bytes(_manifests().dump_json(manifest, indent=1))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a version folder; raises BrokenIndex where it is missing or of another format."""
    file = folder / MANIFEST
    try:
        content = file.read_bytes()
        values: Any = json.loads(content)
    except FileNotFoundError as error:
        raise BrokenIndex(f"索引 {folder} 不完整：缺少 {MANIFEST}") from error
    except (OSError, ValueError) as error:
        raise BrokenIndex(f"{file} 无法读取：{error}") from error
    found = values.get("format") if isinstance(values, dict) else None
    if found != FORMAT:
        raise BrokenIndex(f"索引 {folder} 的格式版本是 {found}，本程序需要 {FORMAT}")
    try:
        return _manifests().validate_json(content)
    except ValueError as error:
        raise BrokenIndex(f"{file} 的内容不合规定：{error}") from error


def record_files(folder: Path) -> dict[str, FileRecord]:
    """Return size and checksum of every file under `folder`, the manifest left out."""
    return {
        path.relative_to(folder).as_posix(): FileRecord(path.stat().st_size, _sha256(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / MANIFEST
    }


def check_files(folder: Path, manifest: Manifest) -> None:
    """Raise BrokenIndex, naming each file that is missing or not what it was when the index was built."""
    problems = []
    for name, expected in manifest.files.items():
        path = folder / name
        try:
            size = path.stat().st_size
            if size != expected.size:
                problems.append(f"{name}：应为 {expected.size} 字节，实际 {size} 字节")
            elif (found := _sha256(path)) != expected.sha256:
                problems.append(f"{name}：校验和应为 {expected.sha256[:16]}…，实际 {found[:16]}…")
        except FileNotFoundError:
            problems.append(f"{name}：缺失")
        except OSError as error:
            problems.append(f"{name}：无法读取（{error.strerror or error}）")
    if problems:
        raise BrokenIndex(f"索引 {folder} 已损坏：{'；'.join(problems)}")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@cache
def _manifests() -> TypeAdapter[Manifest]:
    from pydantic import TypeAdapter

    return TypeAdapter(Manifest)
