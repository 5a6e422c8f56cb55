"""Ask a question of a service: in this process, or a running one over HTTP."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from eval.addresses import address_of, within
from eval.errors import EvaluationError
from eval.questions import Question
from eval.records import Cited, Found, Record, Reply

if TYPE_CHECKING:
    import httpx

    from service.settings import Settings

_ROOT = Path(__file__).resolve().parent.parent
Json = Mapping[str, Any]
Paragraphs = Mapping[str, tuple[str, str]]
"""Of one document: paragraph id to (address of its clause, text)."""
_GOLD_CHARS = 1200
"""A gold clause is kept up to so many characters; a whole chapter would drown the report."""


class BackendError(EvaluationError):
    """The service can't be reached or broke its contract; the message says what came back."""


class Backend(Protocol):
    """A service under evaluation; safe to use from several threads. Speaks the JSON of the HTTP contract."""

    name: str
    index_version: str
    system: str
    """Digest of the code and models that answer; empty where it can't be known."""
    generator: str
    """The language model that is to write; empty without one, and where it can't be known."""

    def ask(self, question: Question) -> Json:
        """Return the answer object of `POST /api/v1/ask`."""
        ...

    def search(self, text: str, *, k: int) -> Sequence[Json]:
        """Return the passages of `GET /api/v1/search`, best first."""
        ...

    def paragraphs(self, document_id: str) -> Paragraphs:
        """Return a document's paragraphs; empty where the document is unknown."""
        ...


def ask(backend: Backend, question: Question, *, k: int = 10) -> Record:
    """Ask `question`, search with what it was understood as, and keep both; never raises for one question."""
    started = time.perf_counter()
    try:
        answer = backend.ask(question)
        latency = (time.perf_counter() - started) * 1000
        reply = _reply(answer, backend)
        found = backend.search(reply.standalone_question or question.question, k=k)
        passages = tuple(_found(passage, backend) for passage in found)
    except Exception as error:  # one question that breaks the service is a result, not the end of the run
        latency = (time.perf_counter() - started) * 1000
        return Record(question, None, (), latency, f"{type(error).__name__}: {error}")
    return Record(question, reply, passages, latency, gold_texts=_gold_texts(question, backend))


def _gold_texts(question: Question, backend: Backend) -> tuple[str, ...]:
    texts: list[str] = []
    for gold in question.gold:
        paragraphs = backend.paragraphs(gold.document).values()
        words = "\n".join(text for address, text in paragraphs if within(address, gold.clause))
        texts.append(words if len(words) <= _GOLD_CHARS else words[: _GOLD_CHARS - 1] + "…")
    return tuple(texts)


def _reply(answer: Json, backend: Backend) -> Reply:
    refusal = answer["refusal"]
    return Reply(
        text=answer["answer"],
        answered=bool(answer["answered"]),
        reason=refusal["reason"] if refusal else None,
        citations=tuple(_cited(citation, backend) for citation in answer["citations"]),
        standalone_question=answer.get("standalone_question") or "",
        kind=answer.get("kind") or "",
        confidence=answer.get("confidence"),
        notice=answer.get("notice"),
        generator=answer.get("generator") or "",
        index_version=answer.get("index_version") or "",
        checks=dict(answer.get("checks") or {}),
        dropped=tuple(answer.get("dropped") or ()),
    )


def _cited(citation: Json, backend: Backend) -> Cited:
    address, source = _place(citation, backend)
    return Cited(
        index=citation["index"],
        document_id=citation["document_id"],
        address=address,
        paragraph_id=citation["paragraph_id"],
        text=citation["text"],
        quote=citation["quote"],
        start=citation["start"],
        end=citation["end"],
        in_source=source == citation["text"],
        document_title=citation.get("document_title") or "",
        document_number=citation.get("document_number"),
        issuer=citation.get("issuer"),
        region=citation.get("region"),
        issued_on=citation.get("issued_on"),
        heading_path=tuple(citation.get("heading_path") or ()),
        score=citation.get("score") or 0.0,
    )


def _found(passage: Json, backend: Backend) -> Found:
    address, _ = _place(passage, backend)
    return Found(
        passage["document_id"], address, passage["paragraph_id"], passage["text"], passage.get("score") or 0.0
    )


def _place(item: Json, backend: Backend) -> tuple[str, str | None]:
    """Return the address and source text of a citation's or passage's paragraph."""
    address, text = backend.paragraphs(item["document_id"]).get(item["paragraph_id"], (None, None))
    return address_of(item.get("heading_path") or ()) if address is None else address, text


class InProcess:
    """The service's core, called without HTTP."""

    def __init__(
        self,
        assistant: Any,
        document: Any,
        *,
        index_version: str,
        name: str = "本进程",
        system: str = "",
        generator: str = "",
    ) -> None:
        """`assistant` asks and searches; `document` is a function from a document's id to its `Document`."""
        self.name = name
        self.index_version = index_version
        self.system = system
        self.generator = generator
        self._assistant = assistant
        self._document = document
        self._paragraphs: dict[str, Paragraphs] = {}
        import service.schemas  # noqa: F401  # loaded before the first question's clock runs

    def ask(self, question: Question) -> Json:
        from service.answer import Turn
        from service.schemas import AnswerView

        history = tuple(Turn(message.role, message.content) for message in question.history)
        answer = self._assistant.ask(question.question, history=history)
        return AnswerView.of(answer, request_id=question.id).model_dump(mode="json")

    def search(self, text: str, *, k: int) -> Sequence[Json]:
        from service.schemas import PassageView

        passages = self._assistant.search(text, k=k)
        return [PassageView.of(passage).model_dump(mode="json") for passage in passages]

    def paragraphs(self, document_id: str) -> Paragraphs:
        if document_id not in self._paragraphs:
            try:
                document = self._document(document_id)
            except KeyError:
                return {}
            if document is None:
                return {}
            self._paragraphs[document_id] = {
                paragraph.id: (
                    document.address(paragraph.clause),
                    document.text[paragraph.start : paragraph.end],
                )
                for paragraph in document.paragraphs
            }
        return self._paragraphs[document_id]


class OverHttp:
    """A running service. Waits as `Retry-After` says where it is saturated."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout: float = 60.0,
        tries: int = 5,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        import httpx

        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.name = url.rstrip("/")
        self._client = httpx.Client(base_url=self.name, headers=headers, timeout=timeout, transport=transport)
        self.system = ""
        self.generator = ""
        self._tries = tries
        self._lock = Lock()
        self._paragraphs: dict[str, Paragraphs] = {}
        self.index_version = self._version()

    def ask(self, question: Question) -> Json:
        history = [{"role": message.role, "content": message.content} for message in question.history]
        return self._json("POST", "/api/v1/ask", json={"question": question.question, "history": history})

    def search(self, text: str, *, k: int) -> Sequence[Json]:
        passages: Sequence[Json] = self._json("GET", "/api/v1/search", params={"q": text, "top_k": k})[
            "passages"
        ]
        return passages

    def paragraphs(self, document_id: str) -> Paragraphs:
        with self._lock:
            if document_id not in self._paragraphs:
                document = self._json(
                    "GET", f"/api/v1/documents/{quote(document_id)}", missing={"paragraphs": []}
                )
                self._paragraphs[document_id] = {
                    paragraph["id"]: (
                        paragraph["address"]
                        if "address" in paragraph
                        else address_of(paragraph.get("heading_path") or ()),
                        paragraph["text"],
                    )
                    for paragraph in document["paragraphs"]
                }
            return self._paragraphs[document_id]

    def _version(self) -> str:
        """The index version that answers now; one question finds it out."""
        answer = self._json("POST", "/api/v1/ask", json={"question": "文件"})
        return str(answer.get("index_version") or "")

    def _json(self, method: str, path: str, *, missing: Json | None = None, **sent: Any) -> Json:
        """Return the body of a reply; `missing` stands for that of a 404."""
        import httpx

        for attempt in range(self._tries):
            try:
                reply = self._client.request(method, path, **sent)
            except httpx.TransportError as error:
                raise BackendError(f"{self.name} 连不上：{type(error).__name__} {error}") from error
            if reply.status_code in (429, 503) and attempt + 1 < self._tries:
                time.sleep(min(float(reply.headers.get("Retry-After") or 1), 30.0))
                continue
            break
        if reply.status_code == 404 and missing is not None:
            return missing
        if reply.status_code != 200:
            raise BackendError(f"{method} {path} 返回 {reply.status_code}：{reply.text[:300]}")
        try:
            body: Json = reply.json()
        except ValueError as error:
            raise BackendError(f"{method} {path} 返回的不是 JSON：{reply.text[:300]}") from error
        return body


@contextlib.contextmanager
def in_process(
    index: Path,
    *,
    model: str | None = None,
    reranker: Path | None = None,
    threshold: float | None = None,
    settings: Settings | None = None,
) -> Iterator[InProcess]:
    """Open an index and the service's core over it, with the bundled models unless others are named.

    `threshold` is the confidence below which the service refuses; None takes the reranker's own.
    `settings` say which language model writes, and with which prompts; None has none. Raises
    SettingsError for one that can't be used.
    """
    from indexer.index import open_index
    from service.assistant import Assistant
    from service.ranking import BUNDLED_RERANKER

    folder = reranker or BUNDLED_RERANKER
    opened = open_index(index, model=model)
    generator = writer = None
    parts = [_ROOT / "indexer", _ROOT / "service", _ROOT / "prompts", folder]
    if settings is not None:
        from service.main import generator_of, writer_of

        generator = generator_of(settings)
        writer = writer_of(settings, opened.embedder, generator=generator)
        parts += [settings.prompts] if generator is not None and settings.prompts is not None else []
    yield InProcess(
        Assistant(opened, reranker=folder, threshold=threshold, writer=writer),
        opened.catalogue.document,
        index_version=opened.version,
        name=f"索引文件夹 {index.name}" + (f"，阈值 {threshold:g}" if threshold is not None else ""),
        system=_digest(parts),
        generator=f"llm:{generator.model}" if generator is not None else "",
    )


def _digest(folders: Sequence[Path]) -> str:
    """Return a digest of the folders' files, caches left out; the embedding model is part of the index."""
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(folder)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
