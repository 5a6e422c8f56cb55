"""A client of the application with fakes behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from service.admin import Built, CorpusFolder, Jobs, Progress
from service.app import create_app
from service.feedback import FeedbackStore
from service.live_index import LiveIndex, Serving
from service.settings import load_settings

ADMIN = "admin-key-of-the-tests"


def nothing_to_build(progress: Progress) -> Built:
    """Stand for a build in which every file was taken over."""
    progress("检查", 0.5)
    return Built(indexed=0, reused=1, removed=0)


@contextmanager
def client(
    folder: Path,
    loaded: Serving | None,
    *,
    build: Callable[[Progress], Built] = nothing_to_build,
    raising: bool = True,
    **settings: Any,
) -> Iterator[TestClient]:
    """Serve `loaded` (None: no index yet) with the settings given; files go into `folder`."""
    made = load_settings(
        {
            "corpus": folder / "corpus",
            "index": folder / "index",
            "feedback_db": folder / "feedback.sqlite3",
            "rate_limit": 0,
            "reload_interval": 3600,
            **settings,
        },
        env_file=None,
    )

    def load() -> Serving:
        assert loaded is not None
        return loaded

    live = LiveIndex(current_version=lambda: loaded.version if loaded else None, load=load, interval=3600)
    live.check()
    jobs = Jobs(build)
    app = create_app(
        live,
        made,
        corpus=CorpusFolder(made.corpus, suffixes=[".md", ".txt"]),
        jobs=jobs,
        feedback=FeedbackStore(made.feedback_db),
    )
    app.state.live, app.state.jobs = live, jobs
    with TestClient(app, raise_server_exceptions=raising) as made_client:
        yield made_client
