"""Rebuild the index in the process that a job starts for it."""

from __future__ import annotations

from multiprocessing.connection import Connection
from pathlib import Path

from indexer.errors import IndexerError
from service.admin import Built


def rebuild(corpus: Path, index: Path, model: str | None, connection: Connection) -> None:
    """Build and publish; tell the progress and the outcome through `connection`, then close it."""
    from indexer.build import build

    try:
        report = build(
            corpus,
            index,
            model=model,
            progress=False,
            on_progress=lambda stage, done: connection.send(("progress", stage, done)),
        )
    except (IndexerError, OSError) as error:
        connection.send(("error", str(error)))
    else:
        built = Built(
            indexed=len(report.indexed),
            reused=len(report.reused),
            removed=len(report.removed),
            failures=tuple((failure.path, failure.cause) for failure in report.failures),
            warnings=report.warnings,
        )
        connection.send(("built", built))
    finally:
        connection.close()
