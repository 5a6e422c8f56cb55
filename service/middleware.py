"""What happens to every request, whatever it asks for: numbered, bounded, timed, logged."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from ulid import ULID

from service.metrics import Metrics
from service.problems import Problem, from_status
from service.security import HEADERS, content_security_policy

access = logging.getLogger("service.access")
logger = logging.getLogger(__name__)

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_POLICY = content_security_policy()


def request_id_of(scope: Scope) -> str:
    """Return the id that `Shell` gave to a request."""
    return str(scope["state"]["request_id"])


class Shell:
    """Outermost: gives the request its id, the response its headers, and both a line in the log."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else str(ULID())
        scope.setdefault("state", {})["request_id"] = request_id
        began = time.perf_counter()
        status = 500
        dropped = False

        async def send_with_headers(message: Message) -> None:
            nonlocal status, dropped
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                if status >= 400 and headers.get("content-type", "").startswith("text/plain"):
                    dropped = True  # the framework's bare words give way to a problem object
                    kept = {name: value for name, value in headers.items() if name in _KEPT}
                    preflight = scope["method"] == "OPTIONS" and status == 400
                    problem = from_status(status, headers=kept, detail=_PREFLIGHT if preflight else None)
                    response = problem.response(instance=path_of(scope), request_id=request_id)
                    await response(scope, receive, send_with_headers_once)
                    return
                _dress(headers, request_id)
            elif dropped:
                return
            await send(message)

        async def send_with_headers_once(message: Message) -> None:
            if message["type"] == "http.response.start":
                _dress(MutableHeaders(scope=message), request_id)
            await send(message)

        self.metrics.in_flight.inc()
        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            self.metrics.in_flight.dec()
            seconds = time.perf_counter() - began
            route = _route(scope, status)
            self.metrics.requests.labels(scope["method"], route, str(status)).inc()
            self.metrics.seconds.labels(route).observe(seconds)
            access.info(
                "%s %s %d %.1f ms",
                scope["method"],
                path_of(scope),
                status,
                seconds * 1000,
                extra={
                    "request_id": request_id,
                    "method": scope["method"],
                    "path": path_of(scope),
                    "route": route,
                    "status": status,
                    "ms": round(seconds * 1000, 1),
                },
            )


_PREFLIGHT = "跨来源请求被拒绝：来源、方法或请求头不在允许之列，见 WENCE_CORS_ORIGINS。"
_KEPT = frozenset({"allow", "retry-after", "vary", "access-control-allow-origin"})


def _dress(headers: MutableHeaders, request_id: str) -> None:
    headers["X-Request-ID"] = request_id
    headers.setdefault("Cache-Control", "no-cache")
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if "content-security-policy" not in headers:
        headers["Content-Security-Policy"] = _POLICY
        headers["X-Frame-Options"] = "DENY"


def _route(scope: Scope, status: int) -> str:
    """Return the route's pattern; one label for all addresses that don't exist."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    if path:
        return str(path)
    if scope.get("app_root_path", scope.get("root_path", "")) != scope.get("root_path", ""):
        return "/static"
    if "endpoint" in scope and status < 400:  # a plain route without parameters: the OpenAPI document
        return str(scope["path"])
    return "preflight" if scope["method"] == "OPTIONS" else "unmatched"


def path_of(scope: Scope) -> str:
    """Return the path as it was asked for, percent signs kept, without the query."""
    raw = scope.get("raw_path")
    return raw.decode("ascii", "replace").partition("?")[0] if raw else str(scope["path"])


class Failures:
    """Innermost: what nobody foresaw becomes a 500 that names the request, and a log with the trace."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        except Exception:
            request_id = request_id_of(scope)
            logger.exception("request %s failed: %s %s", request_id, scope["method"], unquote(path_of(scope)))
            if started:
                raise  # the client has half a response: cutting the connection is the only sign left
            response = from_status(500).response(instance=path_of(scope), request_id=request_id)
            await response(scope, receive, send)


class _TooLarge(HTTPException):
    """Raised while the body is read; the framework lets it through to the handlers."""


class BodyLimit:
    """Refuse a body over the limit: at once by its stated length, else as soon as it gets too long."""

    def __init__(self, app: ASGIApp, *, limit: Callable[[Scope], int]) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.limit(scope)
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdecimal() and int(stated) > limit:
            problem = too_large(f"{stated} 字节", limit)
            response = problem.response(instance=path_of(scope), request_id=request_id_of(scope))
            await response(scope, receive, send)
            return
        received = 0

        async def receive_counting() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _TooLarge(413, detail=f"请求体过大：已超过上限 {limit} 字节。")
            return message

        await self.app(scope, receive_counting, send)


def too_large(found: str, limit: int) -> Problem:
    """Return the 413."""
    return Problem(413, "too-large", f"请求体过大：找到 {found}，上限 {limit} 字节。")
