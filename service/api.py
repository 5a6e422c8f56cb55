"""The JSON interface under /api/v1."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile, params
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.routing import APIRoute

from indexer.catalogue import Entry
from service.admin import CorpusFolder, Job, Jobs, UnacceptableFile
from service.desk import Desk
from service.feedback import FeedbackStore
from service.middleware import path_of, request_id_of
from service.presence import while_there
from service.problems import Problem, as_problem
from service.schemas import (
    AnswerView,
    AskBody,
    DocumentDetail,
    DocumentsQuery,
    DocumentsView,
    DocumentView,
    FeedbackBody,
    FeedbackPage,
    FeedbackView,
    FileFailure,
    JobView,
    PassagesView,
    SearchQuery,
    SessionView,
    best_paragraphs,
    document_url,
)
from service.streaming import AnswerEvents, Release, stream

_WHY = {
    400: "请求无法理解",
    401: "需要密钥",
    403: "密钥不对，或来源不在允许之列",
    404: "没有找到",
    409: "与现状冲突",
    413: "请求体超过上限",
    415: "不支持的内容类型",
    422: "字段不合要求；`errors` 列出每个字段的路径",
    429: "提问太频繁；`Retry-After` 说明多少秒后再试",
    503: "没有可用的索引，或正忙；`Retry-After` 说明多少秒后再试",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problem responses of a route; their schema is filled in by `service.openapi`."""
    return {status: {"description": _WHY[status]} for status in statuses}


class TypedRoute(APIRoute):
    """Answers 415 where a body is not of the type that the route reads."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle
        multipart = any(isinstance(param.field_info, params.Form) for param in self.dependant.body_params)
        expected = "multipart/form-data" if multipart else "application/json"

        async def checked(request: Request) -> Response:
            found = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if found != expected:
                detail = f"内容类型不对：找到 {found or '（没有给出）'}，应为 {expected}。"
                raise Problem(415, "unsupported-media-type", detail)
            return await handle(request)

        return checked


_STREAM_EXAMPLE = (
    "event: meta\n"
    'data: {"request_id": "01JD7M4N3T5X8Y6Z9A0B1C2D3E", "standalone_question": "…", "index_version": "…"}\n\n'
    "event: citations\n"
    'data: [{"index": 1, "document_id": "qingshi-2024", "…": "…"}]\n\n'
    "event: delta\n"
    'data: {"text": "按九折收取[1]。"}\n\n'
    "event: done\n"
    'data: {"answered": true, "answer": "按九折收取[1]。", "…": "…"}\n\n'
)
_ANSWER_RESPONSE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": (
            "回答或拒答。`stream` 为 true 或 `Accept: text/event-stream` 时，以 server-sent events 返回："
            "`meta`、`citations`、若干 `delta`、`done`（整个回答，以它为准）；出错时为 `error`（问题对象）。"
            "由语言模型撰写时，核对过的部分先到，`citations` 会随之再来，每次是更全的一份。"
            "等候时每隔几秒有一行注释作为心跳。"
        ),
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _STREAM_EXAMPLE}},
    }
}


def questions(desk: Desk, feedback: FeedbackStore, *, heartbeat: float) -> APIRouter:
    """Return the routes that anyone admitted may call: ask, search, read, feedback."""
    router = APIRouter(prefix="/api/v1", route_class=TypedRoute)

    def admitted(request: Request) -> None:
        desk.gate.admit(request)

    @router.post(
        "/ask",
        tags=["提问"],
        summary="提一个问题",
        response_model=AnswerView,
        responses={**_ANSWER_RESPONSE, **problems(401, 403, 413, 415, 422, 429, 503)},
        operation_id="ask",
    )
    async def ask(request: Request, body: AskBody) -> Response:
        """回答一个问题，每句话都注明所依据的原文；现有文件没有依据时拒答，并说明理由。

        `citations` 里 `text[start:end] == quote` 总是成立（以 Unicode 字符计）；`answer` 里的每个 `[n]`
        都在 `citations` 里。
        """
        serving = desk.open(request)
        request_id = request_id_of(request.scope)

        async def answer(release: Release = lambda part: None) -> AnswerView:
            answer = await desk.ask(
                serving,
                body.question,
                request_id=request_id,
                history=body.turns(),
                filters=body.filters.filters(),
                k=body.top_k,
                release=lambda part: release(AnswerView.of(part, request_id=request_id)),
            )
            return AnswerView.of(answer, request_id=request_id)

        if body.stream or "text/event-stream" in request.headers.get("accept", ""):
            told = AnswerEvents(
                lambda error: as_problem(error, request_id).body(
                    instance=path_of(request.scope), request_id=request_id
                )
            )
            return stream(answer, dialect=told, heartbeat=heartbeat)
        finished = await while_there(request, answer())
        return Response(finished.model_dump_json(), media_type="application/json")

    @router.get(
        "/search",
        tags=["提问"],
        summary="只检索，不作答",
        response_model=PassagesView,
        responses=problems(401, 403, 422, 429, 503),
        operation_id="search",
    )
    async def search(request: Request, query: Annotated[SearchQuery, Query()]) -> PassagesView:
        """按相关程度列出原文段落，每段只出现一次。"""
        serving = desk.open(request)
        passages = await desk.search(serving, query.q, filters=query.filters(), k=query.top_k)
        return PassagesView(
            request_id=request_id_of(request.scope), passages=best_paragraphs(passages, query.top_k)
        )

    @router.get(
        "/documents",
        tags=["文件"],
        summary="列出文件",
        responses=problems(401, 403, 422, 503),
        operation_id="list_documents",
        dependencies=[Depends(admitted)],
    )
    def documents(query: Annotated[DocumentsQuery, Query()]) -> DocumentsView:
        """列出索引中的文件，新的在前，可按字词、地区、发文机关、成文年份筛选。"""
        shelf = desk.serving().library.find(**query.model_dump())
        return DocumentsView(
            total=shelf.total,
            offset=query.offset,
            limit=query.limit,
            documents=[document_view(entry) for entry in shelf.entries],
        )

    @router.get(
        "/documents/{document_id:path}",
        tags=["文件"],
        summary="读一份文件",
        responses=problems(401, 403, 404, 503),
        operation_id="read_document",
        dependencies=[Depends(admitted)],
    )
    def document(document_id: str) -> DocumentDetail:
        """返回文件的元数据、各个版本、条款的树和全部段落。"""
        serving = desk.serving()
        found = serving.document(document_id)
        if found is None:
            raise Problem(404, "no-such-document", f"没有标识为“{document_id}”的文件。")
        return DocumentDetail.of(found, serving.library.versions(document_id, date.today()))

    @router.post(
        "/feedback",
        tags=["反馈"],
        summary="评价一个回答",
        status_code=204,
        responses=problems(401, 403, 413, 415, 422, 429),
        operation_id="give_feedback",
    )
    def give_feedback(request: Request, body: FeedbackBody) -> Response:
        """说回答有用还是没用；对同一个回答再评一次，以后一次为准。"""
        desk.gate.admit(request)
        desk.gate.count(request)
        feedback.add(body.request_id, body.rating, body.comment, desk.recent.get(body.request_id))
        desk.metrics.feedback.labels(body.rating).inc()
        return Response(status_code=204)

    if desk.gate.sessions is not None:
        sessions = desk.gate.sessions

        @router.post(
            "/session",
            tags=["提问"],
            summary="领取网页用的短期令牌",
            responses=problems(403, 429),
            operation_id="open_session",
        )
        def session(request: Request) -> SessionView:
            """发给本站与允许来源的网页，代替密钥；密钥从不出现在网页里。"""
            desk.gate.check_origin(request)
            desk.gate.count(request)
            return SessionView(token=sessions.issue(), expires_in=sessions.seconds)

    return router


def administration(desk: Desk, feedback: FeedbackStore, corpus: CorpusFolder, jobs: Jobs) -> APIRouter:
    """Return the routes that need the admin key: documents in and out, jobs, feedback."""

    class AdminRoute(TypedRoute):
        """Asks for the key before anything of the body is read."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def admitted(request: Request) -> Response:
                desk.gate.admit_admin(request)
                return await handle(request)

            return admitted

    router = APIRouter(prefix="/api/v1", route_class=AdminRoute, tags=["管理"])

    @router.post(
        "/documents",
        status_code=202,
        summary="新增或替换文件",
        responses=problems(401, 403, 413, 415, 422),
        operation_id="add_documents",
    )
    def add(
        response: Response,
        files: Annotated[list[UploadFile], File(description="政策文件，可多个")],
        folder: Annotated[str, Form(max_length=300, description="放进哪个子文件夹；不给则放在最上层")] = "",
    ) -> JobView:
        """收下文件并重建索引；同名文件被替换。其间旧索引照常服务。

        要么全部收下，要么一份也不收：有一份不能收，就什么都不改变。
        """
        places = []
        for file in files:
            try:
                places.append((corpus.check(file.filename or "", folder), file))
            except UnacceptableFile as error:
                raise Problem(415, "unacceptable-file", str(error)) from error
        changes = []
        for place, file in places:
            replaced = corpus.put(place, file.file)
            changes.append(f"{'~' if replaced else '+'} {place}")
        return _accepted(jobs.submit(changes), response)

    @router.delete(
        "/documents/{document_id:path}",
        status_code=202,
        summary="移除文件",
        responses=problems(401, 403, 404),
        operation_id="remove_document",
    )
    def remove(document_id: str, response: Response) -> JobView:
        """从文件夹中删去文件并重建索引；重建完成前，它仍会出现在回答里。"""
        removed = corpus.remove(document_id)
        if not removed:
            raise Problem(404, "no-such-document", f"文件夹里没有标识为“{document_id}”的文件。")
        return _accepted(jobs.submit([f"- {path}" for path in removed]), response)

    @router.get(
        "/jobs/{job_id}", summary="查看任务", responses=problems(401, 403, 404), operation_id="read_job"
    )
    def job(job_id: str) -> JobView:
        """返回任务的状态、进度，以及没有收进索引的文件和原因。"""
        found = jobs.get(job_id)
        if found is None:
            raise Problem(404, "no-such-job", f"没有编号为“{job_id}”的任务；服务重启后不再记得此前的任务。")
        return job_view(found)

    @router.get(
        "/feedback",
        summary="查看反馈",
        response_model=FeedbackPage,
        responses={
            200: {"description": "反馈，新的在前", "content": {"text/csv": {"schema": {"type": "string"}}}},
            **problems(401, 403, 422),
        },
        operation_id="list_feedback",
    )
    def read_feedback(
        offset: Annotated[int, Query(ge=0, description="跳过前几条")] = 0,
        limit: Annotated[int, Query(ge=1, le=500, description="至多返回几条")] = 50,
        format: Annotated[
            str, Query(pattern="^(json|csv)$", description="`json`；或 `csv`：全部反馈，供电子表格打开")
        ] = "json",
    ) -> Response:
        """列出反馈，新的在前。"""
        if format == "csv":
            return StreamingResponse(
                feedback.csv(),
                media_type="text/csv; charset=utf-8",
                headers={"Content-Disposition": 'attachment; filename="feedback.csv"'},
            )
        page = FeedbackPage(
            total=feedback.count(),
            offset=offset,
            limit=limit,
            feedback=[
                FeedbackView.model_validate(item, from_attributes=True)
                for item in feedback.page(offset=offset, limit=limit)
            ],
        )
        return JSONResponse(page.model_dump(mode="json"))

    return router


def document_view(entry: Entry) -> DocumentView:
    """Return what is sent for an entry of the library."""
    return DocumentView(
        id=entry.id,
        title=entry.title,
        issuer=entry.issuer,
        number=entry.number,
        issued_on=entry.issued_on,
        effective_on=entry.effective_on,
        expires_on=entry.expires_on,
        region=entry.region,
        status=entry.status,
        digest_of=entry.digest_of,
        url=document_url(entry.id),
    )


def job_view(job: Job) -> JobView:
    """Return what is sent for a job."""
    built = job.built
    return JobView(
        id=job.id,
        state=job.state,
        changes=list(job.changes),
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        progress=job.progress,
        stage=job.stage,
        indexed=built.indexed if built else None,
        reused=built.reused if built else None,
        removed=built.removed if built else None,
        failures=[FileFailure(path=path, cause=cause) for path, cause in built.failures] if built else [],
        warnings=[FileFailure(path=path, cause=cause) for path, cause in built.warnings] if built else [],
        error=job.error,
        url=f"/api/v1/jobs/{job.id}",
    )


def _accepted(job: Job, response: Response) -> JobView:
    view = job_view(job)
    response.headers["Location"] = view.url
    return view
