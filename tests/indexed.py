"""Index a handful of texts of a test, once a process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer.build import build
from indexer.index import Index, open_index

_folders: list[TemporaryDirectory[str]] = []
"""Removed when the process ends."""


def indexed(texts: Mapping[str, str]) -> Index:
    """Return an index over `texts`, by document id."""
    folder = TemporaryDirectory(prefix="wence-texts-")
    _folders.append(folder)
    place = Path(folder.name)
    (place / "corpus").mkdir()
    for name, text in texts.items():
        (place / "corpus" / f"{name}.md").write_text(text, encoding="utf-8")
    build(place / "corpus", place / "index", progress=False)
    return open_index(place / "index")
