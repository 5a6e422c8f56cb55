"""Find the policy files of a folder."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.front_matter import SIDE_SUFFIX

_LITTER = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the corpus."""

    document_id: str
    path: Path
    name: str
    """Path in the corpus, with suffix, `/` between folders."""
    digest: str
    """Hash of its content, its name and its side file's content."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that is left out of the index, and why."""

    path: str
    cause: str
    digest: str = ""
    """The `Source.digest` of a file that could not be understood; empty where it was not even read."""


def find_sources(corpus: Path, *, beside: Path | None = None) -> tuple[list[Source], list[Failure]]:
    """Return the policy files under `corpus` in order of document id, and those that can't be taken in.

    Passed over: hidden files and folders, folders that are links, side files, README files, what desktops
    leave behind, and the folder `beside`. Of two files with the same document id the first by name is taken.
    """
    taken: dict[str, Source] = {}
    failures: list[Failure] = []
    for path in sorted(_files(corpus, beside)):
        relative = path.relative_to(corpus)
        name = unicodedata.normalize("NFC", relative.as_posix())
        document_id = unicodedata.normalize("NFC", relative.with_suffix("").as_posix())
        try:
            name.encode()
        except UnicodeEncodeError:
            readable = os.fsencode(name).decode("utf-8", "replace")
            failures.append(Failure(readable, "文件名不是 UTF-8 编码，请改名"))
            continue
        if document_id in taken:
            other = taken[document_id].name
            failures.append(
                Failure(name, f"与 {other} 的文件编号都是“{document_id}”，只收录了后者；请改名或删去其一")
            )
            continue
        try:
            taken[document_id] = Source(document_id, path, name, _digest(path, name))
        except OSError as error:
            failures.append(Failure(name, f"无法打开：{error.strerror or error}"))
    return sorted(taken.values(), key=lambda source: source.document_id), failures


def _files(corpus: Path, beside: Path | None) -> Iterator[Path]:
    barred = beside.resolve() if beside is not None else None
    for folder, folders, names in os.walk(corpus):
        here = Path(folder)
        folders[:] = [
            name for name in folders if not name.startswith(".") and (here / name).resolve() != barred
        ]
        for name in names:
            lowered = name.lower()
            side = lowered.endswith((SIDE_SUFFIX, SIDE_SUFFIX.replace("yaml", "yml")))
            readme = lowered.split(".")[0] == "readme"
            if not (name.startswith((".", "~$")) or side or readme or lowered in _LITTER):
                yield here / name


def _digest(path: Path, name: str) -> str:
    digest = hashlib.sha256(name.encode())
    for file in (path, path.with_name(path.name + SIDE_SUFFIX), path.with_name(path.stem + SIDE_SUFFIX)):
        if file == path or file.is_file():
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        digest.update(b"\0")
    return digest.hexdigest()
