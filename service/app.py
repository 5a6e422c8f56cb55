"""Put the service together as one ASGI application, and turn every error into its HTTP form."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import PackageNotFoundError, version

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import Scope

from service.admin import CorpusFolder, Job, Jobs
from service.answer_cache import AnswerCache
from service.api import administration, questions
from service.chat import chat
from service.desk import Desk
from service.feedback import FeedbackStore, RecentAnswers
from service.live_index import LiveIndex, Serving
from service.metrics import Metrics
from service.middleware import BodyLimit, Failures, Shell, path_of, request_id_of
from service.openapi import describe
from service.operations import operations
from service.pages import STATIC, SWAGGER, pages, templates
from service.problems import Problem, from_status, from_validation, wants_html
from service.security import Gate, Keys, Sessions
from service.settings import Settings
from service.widget import router as widget
from service.workers import Workers


def create_app(
    live: LiveIndex,
    settings: Settings,
    *,
    corpus: CorpusFolder,
    jobs: Jobs,
    feedback: FeedbackStore,
) -> FastAPI:
    """Return the application; it starts watching `live` when it starts and stops when it stops."""
    metrics = Metrics()
    _measure(metrics, live, jobs)
    workers = Workers(threads=settings.concurrency, queue=settings.queue, timeout=settings.request_timeout)
    metrics.pending.set_function(lambda: workers.pending)
    gate = Gate(
        keys=Keys([key.get_secret_value() for key in settings.api_keys]),
        admin=Keys([settings.admin_key.get_secret_value()] if settings.admin_key else []),
        sessions=_sessions(settings),
        origins=settings.cors_origins,
        per_minute=settings.rate_limit,
    )
    cache = AnswerCache(settings.answer_cache)
    metrics.cached.set_function(lambda: len(cache))
    desk = Desk(live=live, gate=gate, workers=workers, metrics=metrics, recent=RecentAnswers(), cache=cache)
    jobs.published = live.check

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        live.start()
        try:
            yield
        finally:
            live.stop()
            workers.close()

    app = FastAPI(
        title=f"{settings.site_title} 政策问答接口",
        version=_version(),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if settings.docs else None,
        # Nothing leaves this machine unless the operator runs a collector around the process.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    shown = templates(title=settings.site_title, docs=settings.docs)
    app.include_router(questions(desk, feedback, heartbeat=settings.heartbeat))
    app.include_router(administration(desk, feedback, corpus, jobs))
    app.include_router(chat(desk, heartbeat=settings.heartbeat))
    app.include_router(operations(desk))
    app.include_router(widget(settings))
    app.include_router(pages(desk, shown, docs=settings.docs))
    app.mount("/static/swagger", StaticFiles(directory=SWAGGER), name="swagger")
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        if wants_html(request):
            context = {"problem": error, "request_id": request_id_of(request.scope)}
            return shown.TemplateResponse(
                request, "problem.html", context, status_code=error.status, headers=error.headers
            )
        return error.response(instance=path_of(request.scope), request_id=request_id_of(request.scope))

    @app.exception_handler(HTTPException)
    async def http_exception(request: Request, error: HTTPException) -> Response:
        detail = error.detail if error.status_code == 413 else None
        headers = dict(error.headers or {})
        return await problem(request, from_status(error.status_code, headers=headers, detail=detail))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return await problem(request, from_validation(error))

    def limit(scope: Scope) -> int:
        uploading = scope["method"] == "POST" and scope["path"].rstrip("/").endswith("/api/v1/documents")
        return settings.max_upload if uploading else settings.max_body

    # The last one added is the outermost.
    app.add_middleware(Failures)
    app.add_middleware(BodyLimit, limit=limit)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=6)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "X-API-Key", "X-Request-ID"],
        expose_headers=["X-Request-ID", "Retry-After"],
    )
    app.add_middleware(Shell, metrics=metrics)
    return app


def _described(app: FastAPI) -> dict[str, object]:
    if app.openapi_schema is None:
        app.openapi_schema = describe(app)
    return app.openapi_schema


def _measure(metrics: Metrics, live: LiveIndex, jobs: Jobs) -> None:
    def changed(serving: Serving | None, ok: bool) -> None:
        metrics.reloads.labels("ok" if ok else "failed").inc()
        if serving is not None:
            metrics.index.info({"version": serving.version, "model": serving.model})
            metrics.documents.set(len(serving.library.entries))

    def ended(job: Job) -> None:
        metrics.jobs.labels(job.state).inc()

    live.changed = changed
    jobs.ended = ended
    if live.serving is not None:
        changed(live.serving, True)


def _sessions(settings: Settings) -> Sessions | None:
    if not settings.session_minutes:
        return None
    secret = settings.session_secret.get_secret_value() if settings.session_secret else None
    return Sessions(secret, minutes=settings.session_minutes)


def _version() -> str:
    try:
        return version("wence")
    except PackageNotFoundError:
        return "0"
