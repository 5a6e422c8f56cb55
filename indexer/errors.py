"""Errors the indexer raises, each in words for whoever must fix it."""

from __future__ import annotations


class IndexerError(Exception):
    """Something the operator can mend; the message says what was found and what was expected."""


class UnreadableFile(IndexerError):
    """One file can't be read: encrypted, empty, damaged, unsupported. The build goes on without it."""


class ModelError(IndexerError):
    """An embedding model can't be loaded, or is not the one the index was built with."""


class BrokenIndex(IndexerError):
    """An index folder is missing, incomplete, or of another format."""
