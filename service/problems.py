"""Say what went wrong with a request as a problem object (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from service.explain import explain

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
CHAT_PREFIX = "/v1/"
"""Calls below it speak the OpenAI dialect."""

_TITLES = {
    400: "请求无法理解",
    401: "需要密钥",
    403: "不允许",
    404: "没有找到",
    405: "方法不允许",
    406: "无法以所要求的格式回答",
    409: "与现状冲突",
    413: "请求体过大",
    415: "不支持的内容类型",
    422: "请求的内容不合要求",
    429: "请求太频繁",
    499: "提问的一方已经离开",
    500: "服务内部出错",
    503: "暂时无法服务",
}
_DETAILS = {
    404: "没有这个地址。",
    405: "这个地址不接受这种请求方法。",
    500: "服务内部出错，已记入日志。请稍后重试；若仍出现，请把 request_id 告诉管理员。",
}

# By kind: the type and the code in the OpenAI dialect; None: by the status.
_CHAT_ERRORS: Mapping[str, tuple[str | None, str | None]] = {
    "invalid-request": (None, None),
    "key-required": (None, "invalid_api_key"),
    "key-refused": (None, "invalid_api_key"),
    "no-such-model": (None, "model_not_found"),
    "rate-limited": ("requests", "rate_limit_exceeded"),
}


class FieldProblem(BaseModel):
    """One bad field of a request."""

    path: str = Field(description="字段的路径", examples=["filters.issued_from"])
    message: str = Field(description="期望什么", examples=["应为日期，形如 2024-04-02"])
    type: str = Field(description="错误的类别，供程序判断", examples=["date_from_datetime_parsing"])


class ProblemBody(BaseModel):
    """A problem object as RFC 9457 describes it."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:wence:problem:no-index",
                "title": "暂时无法服务",
                "status": 503,
                "detail": "还没有可用的索引，请稍后重试。",
                "instance": "/api/v1/ask",
                "request_id": "01JD7M4N3T5X8Y6Z9A0B1C2D3E",
            }
        }
    )

    type: str = Field(description="问题的类别，供程序判断：`urn:wence:problem:…`")
    title: str = Field(description="类别的名称")
    status: int = Field(description="HTTP 状态码")
    detail: str = Field(description="这一次出了什么问题，该怎么办")
    instance: str = Field(description="出问题的请求的路径")
    request_id: str = Field(description="请求的编号，与响应头 X-Request-ID 相同")
    errors: list[FieldProblem] | None = Field(default=None, description="422 时：每个不合要求的字段")


class Problem(Exception):
    """Ends a request with a problem object; `kind` is the last part of its type."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[FieldProblem] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = errors

    def body(self, *, instance: str, request_id: str) -> dict[str, Any]:
        """Return the problem object."""
        return ProblemBody(
            type=f"urn:wence:problem:{self.kind}",
            title=_TITLES.get(self.status, "出错了"),
            status=self.status,
            detail=self.detail,
            instance=instance,
            request_id=request_id,
            errors=list(self.errors) if self.errors is not None else None,
        ).model_dump(exclude_none=True)

    def chat_body(self, *, request_id: str) -> dict[str, Any]:
        """Return the same in the form of the OpenAI dialect."""
        type_, code = _CHAT_ERRORS.get(self.kind, (None, self.kind.replace("-", "_")))
        type_ = type_ or ("server_error" if self.status >= 500 else "invalid_request_error")
        message = f"{self.detail}（request_id：{request_id}）" if self.status >= 500 else self.detail
        param = self.errors[0].path or None if self.errors else None
        return {"error": {"message": message, "type": type_, "param": param, "code": code}}

    @property
    def chat_status(self) -> int:
        """The status that the OpenAI dialect has for it."""
        return {"invalid-request": 400, "key-refused": 401}.get(self.kind, self.status)

    def response(self, *, instance: str, request_id: str) -> Response:
        """Return the problem object as a response; below /v1/ in the form of the OpenAI dialect."""
        if instance.startswith(CHAT_PREFIX):
            return JSONResponse(
                self.chat_body(request_id=request_id), status_code=self.chat_status, headers=self.headers
            )
        return JSONResponse(
            self.body(instance=instance, request_id=request_id),
            status_code=self.status,
            headers=self.headers,
            media_type=MEDIA_TYPE,
        )


def from_status(
    status: int, *, headers: Mapping[str, str] | None = None, detail: str | None = None
) -> Problem:
    """Return the problem for a status that the framework raised: no such route, wrong method, …"""
    kinds = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "unsupported-media-type"}
    return Problem(
        status,
        kinds.get(status, "internal" if status >= 500 else "bad-request"),
        detail or _DETAILS.get(status, _TITLES.get(status, "请求无法处理")),
        headers=headers,
    )


def as_problem(error: Exception, request_id: str) -> Problem:
    """Return what ends a stream that `error` broke; what nobody foresaw is logged and becomes a 500."""
    if isinstance(error, Problem):
        return error
    logger.error("request %s failed while streaming", request_id, exc_info=error)
    return from_status(500)


def from_validation(error: RequestValidationError) -> Problem:
    """Return the 422 that names each bad field by its path, without the words `body` and `query`."""
    fields = [
        FieldProblem(path=_path(entry["loc"], entry["type"]), message=explain(entry), type=entry["type"])
        for entry in error.errors()
    ]
    detail = "；".join(f"{field.path or '请求体'}：{field.message}" for field in fields[:3])
    more = f"；另有 {len(fields) - 3} 处" if len(fields) > 3 else ""
    return Problem(422, "invalid-request", detail + more, errors=fields)


def _path(location: Sequence[str | int], error_type: str) -> str:
    parts = location[1:] if location and location[0] in ("body", "query", "path", "header") else location
    if error_type == "json_invalid":  # the rest is an offset into the body, not a field
        return ""
    return ".".join(str(part) for part in parts)


def wants_html(request: Request) -> bool:
    """Tell whether a person's browser asked for a page, rather than a program for data."""
    if request.url.path.startswith(("/api/", "/v1/")):
        return False
    accept = Headers(scope=request.scope).get("accept", "")
    return "text/html" in accept
