"""Choose the parts by the settings and join them into a service."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.document import Document
from indexer.errors import ModelError
from indexer.formats import SUFFIXES
from indexer.index import Index, current_version, open_index
from service.admin import CorpusFolder, Jobs, build_in_process
from service.app import create_app
from service.examples import example_questions
from service.feedback import FeedbackStore
from service.library import Library
from service.live_index import LiveIndex, Serving
from service.rebuild import rebuild
from service.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from indexer.embedding import Embedder
    from service.assistant import Assistant

_EXAMPLE_DOCUMENTS = 12


class Opener:
    """Opens the published index; the model is loaded once and kept for the versions to come."""

    def __init__(
        self, folder: Path, *, model: str | None, threshold: float | None, examples: bool = True
    ) -> None:
        self._folder = folder
        self._model = model
        self._threshold = threshold
        self._examples = examples
        self._embedder: Embedder | None = None

    def __call__(self) -> Serving:
        """Return what serves the published version; raises what is wrong with it."""
        try:
            index = open_index(self._folder, embedder=self._embedder, model=self._model)
        except ModelError:
            if self._embedder is None:
                raise
            # The folder of the model may hold another one since it was loaded.
            index = open_index(self._folder, model=self._model)
        self._embedder = index.embedder
        from service.assistant import Assistant

        assistant = Assistant(index, threshold=self._threshold)
        return serving_of(index, assistant, examples=self._examples)


def serving_of(index: Index, assistant: Assistant, *, examples: bool = True) -> Serving:
    """Return what a service needs of one open index, with questions to try if `examples`."""
    catalogue = index.catalogue

    def document(document_id: str) -> Document | None:
        return catalogue.document(document_id) if document_id in catalogue else None

    library = Library(catalogue.entries)
    newest = library.entries[: _EXAMPLE_DOCUMENTS if examples else 0]
    return Serving(
        version=index.version,
        assistant=assistant,
        library=library,
        document=document,
        model=index.embedder.name,
        examples=example_questions(
            [catalogue.document(entry.id) for entry in newest],
            answered=lambda question: assistant.ask(question).answered,
        ),
    )


def live_index(settings: Settings) -> LiveIndex:
    """Return the holder of the index that `settings` names; nothing is loaded yet."""
    return LiveIndex(
        current_version=lambda: current_version(settings.index),
        load=Opener(settings.index, model=settings.embedding_model, threshold=settings.refuse_threshold),
        interval=settings.reload_interval,
    )


def service(settings: Settings, live: LiveIndex) -> FastAPI:
    """Return the application with everything in it."""
    work = functools.partial(rebuild, settings.corpus, settings.index, settings.embedding_model)
    return create_app(
        live,
        settings,
        corpus=CorpusFolder(settings.corpus, suffixes=sorted(SUFFIXES)),
        jobs=Jobs(lambda progress: build_in_process(work, progress)),
        feedback=FeedbackStore(settings.feedback_db),
    )
