"""Choose the parts by the settings and join them into a service."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.document import Document
from indexer.errors import ModelError
from indexer.formats import SUFFIXES
from indexer.index import Index, current_version, open_index
from service.admin import CorpusFolder, Jobs, build_in_process
from service.answer import EXTRACTIVE
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
    from service.generators import Generator
    from service.writer import Writer

logger = logging.getLogger(__name__)

_EXAMPLE_DOCUMENTS = 12


class Opener:
    """Opens the published index; the model is loaded once and kept for the versions to come."""

    def __init__(
        self,
        folder: Path,
        *,
        model: str | None,
        threshold: float | None,
        examples: bool = True,
        writer: Callable[[Embedder], Writer | None] = lambda embedder: None,
        generator: str = EXTRACTIVE,
    ) -> None:
        """`writer` makes what has a language model write, from the embedder; `generator` names what writes."""
        self._folder = folder
        self._model = model
        self._threshold = threshold
        self._examples = examples
        self._writer = writer
        self._generator = generator
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
        # The questions to try are tried without the language model: they would cost time and money.
        serving = serving_of(index, assistant, examples=self._examples)
        writer = self._writer(index.embedder)
        return replace(serving, assistant=assistant.written_by(writer), generator=self._generator)


def serving_of(index: Index, assistant: Assistant, *, examples: bool = True) -> Serving:
    """Return what a service needs of one open index, with questions to try if `examples`."""
    catalogue = index.catalogue

    def document(document_id: str) -> Document | None:
        return catalogue.document(document_id) if document_id in catalogue else None

    library = Library(assistant.entries)
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


def generator_of(settings: Settings) -> Generator | None:
    """Return what writes the answers by `settings`; None where they are taken from the documents.

    Raises SettingsError for a local model that can't be loaded; loading one takes a while.
    """
    if settings.llm_base_url is not None:
        from service.generators import GenerationError
        from service.generators.openai_server import OpenAIGenerator

        server = OpenAIGenerator(
            settings.llm_base_url,
            settings.llm_model,
            settings.llm_api_key.get_secret_value() if settings.llm_api_key else None,
            context=settings.llm_context,
            max_tokens=settings.llm_max_tokens,
            temperature=settings.llm_temperature,
            retries=settings.llm_retries,
            concurrency=settings.llm_concurrency,
            stream=settings.llm_stream,
            extra=settings.llm_extra,
            tokenizer=settings.llm_tokenizer,
        )
        try:
            server.find_model(seconds=3)
        except GenerationError as error:
            logger.warning("the language model can't be reached yet: %s", error)
        return server
    if settings.llm_local is not None:
        from service.generators.local_transformers import TransformersGenerator

        return TransformersGenerator(
            settings.llm_local,
            device=settings.llm_device,
            dtype=settings.llm_dtype,
            context=settings.llm_context,
            max_tokens=settings.llm_max_tokens,
            temperature=settings.llm_temperature,
            template_options=settings.llm_extra.get("chat_template_kwargs"),
        )
    return None


def writer_of(settings: Settings, embedder: Embedder, *, generator: Generator | None = None) -> Writer | None:
    """Return what has a language model write the answers; None without one.

    `generator`: the one in use, so that a local model is loaded once; None makes one by `settings`.
    Raises SettingsError, also for prompts that can't be used.
    """
    generator = generator_of(settings) if generator is None else generator
    if generator is None:
        return None
    from service.prompts import load_prompts
    from service.writer import Writer

    return Writer(generator, load_prompts(settings.prompts), embedder, seconds=settings.llm_timeout)


def opener(settings: Settings, *, examples: bool = True) -> Opener:
    """Return what opens the index that `settings` names, its answers written as they say.

    Raises SettingsError for a language model or prompts that can't be used.
    """
    generator = generator_of(settings)
    if generator is None:
        return Opener(
            settings.index,
            model=settings.embedding_model,
            threshold=settings.refuse_threshold,
            examples=examples,
        )
    from service.prompts import load_prompts
    from service.writer import Writer

    prompts = load_prompts(settings.prompts)
    return Opener(
        settings.index,
        model=settings.embedding_model,
        threshold=settings.refuse_threshold,
        examples=examples,
        writer=lambda embedder: Writer(generator, prompts, embedder, seconds=settings.llm_timeout),
        generator=f"llm:{generator.model}",
    )


def live_index(settings: Settings) -> LiveIndex:
    """Return the holder of the index that `settings` names; no index is loaded yet.

    Raises SettingsError for a language model or prompts that can't be used.
    """
    return LiveIndex(
        current_version=lambda: current_version(settings.index),
        load=opener(settings),
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
