"""Put a finished version of an index in the place of the last one, as one step."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.errors import BrokenIndex, IndexerError
from indexer.index import CURRENT, VERSIONS, current_version, version_folder

PARTIAL = ".partial"
"""How the folder of a version ends that nobody may read yet."""
LOCK = ".lock"

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FULL_SQLITE = "disk is full"


@contextmanager
def locked(index: Path) -> Iterator[None]:
    """Keep every other build of `index` away; raises IndexerError where one is running.

    The lock goes with the process that holds it, however that ends.
    """
    with disk_errors(index):
        index.mkdir(parents=True, exist_ok=True)
        file = (index / LOCK).open("a+", encoding="utf-8")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip()
            raise IndexerError(
                f"{index} 正由另一个构建写入{f'（进程 {holder}）' if holder else ''}，请等它结束后再试"
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


@contextmanager
def disk_errors(index: Path) -> Iterator[None]:
    """Turn what the file system raises into an IndexerError that says so."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        full = error.errno in _FULL if isinstance(error, OSError) else _FULL_SQLITE in str(error)
        cause = "磁盘空间不足" if full else f"无法写入（{error}）"
        raise IndexerError(f"{index} {cause}；没有发布新索引，原来的索引照常可用") from error


def publish(index: Path, version: str) -> str | None:
    """Make the version that stands in `VERSION.partial` the current one, and return the one it replaces.

    Once this returns, a loss of power does not undo it; before, it leaves the old version current.
    """
    partial, folder = version_folder(index, version + PARTIAL), version_folder(index, version)
    for path in sorted(partial.rglob("*")):
        _sync(path)
    _sync(partial)
    partial.rename(folder)
    _sync(folder.parent)
    replaced = _pointed_at(index)
    pointer = index / f"{CURRENT}{PARTIAL}"
    pointer.write_text(version + "\n", encoding="utf-8")
    _sync(pointer)
    pointer.replace(index / CURRENT)
    _sync(index)
    return replaced


def sweep(index: Path, *, keep: Collection[str | None]) -> None:
    """Remove the versions not in `keep`; who still has one of them open goes on reading it."""
    for folder in _folders(index):
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def sweep_partial(index: Path) -> None:
    """Remove what builds that were killed left behind; to be called under the lock."""
    for folder in _folders(index):
        if folder.name.endswith(PARTIAL):
            shutil.rmtree(folder, ignore_errors=True)


def _folders(index: Path) -> list[Path]:
    versions = index / VERSIONS
    return list(versions.iterdir()) if versions.is_dir() else []


def _pointed_at(index: Path) -> str | None:
    try:
        return current_version(index)
    except BrokenIndex:
        return None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
