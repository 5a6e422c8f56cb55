"""A service that says what it is told to, for the tests of the widget.

It speaks the HTTP contract; words in the question choose how it behaves. One server stands for two
origins: the service at 127.0.0.1, and at localhost a portal with a strict policy of its own.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse

from service.problems import Problem
from service.settings import load_settings
from service.widget import router

HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>[x](javascript:alert(1))'
# 𠮷 takes two UTF-16 units: offsets count code points.
CLAUSE = (
    "7.方便企业开办。𠮷祥街道设“一窗通”专区，材料齐全的当场受理，0.5个工作日内办结；"
    "首套印章由财政承担费用。企业注销适用简易程序的，公示期满后1个工作日内办结。"
    "(牵头单位:市市场监管局;责任单位:市公安局、市税务局;完成时限:2025年6月底)"
)


FORMAL = "《清河市优化营商环境若干措施》（清政办发〔2024〕8号，清河市人民政府办公室，2024年5月6日）"


def citation(index: int, quote: str, *, text: str = CLAUSE, **changes: Any) -> dict[str, Any]:
    """Return a citation of `quote` as the contract describes it."""
    start = text.index(quote)
    return {
        "index": index,
        "document_id": "qinghe-2024",
        "document_title": "清河市优化营商环境若干措施",
        "document_number": "清政办发〔2024〕8号",
        "issuer": "清河市人民政府办公室",
        "region": "清河市",
        "issued_on": "2024-05-06",
        "heading_path": ["二、重点任务", "(一)提升准入便利", "7.方便企业开办"],
        "clause": "7",
        "paragraph_id": "qinghe-2024#p12",
        "text": text,
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "url": "/documents/qinghe-2024#p12",
        "quote_url": "/documents/qinghe-2024?quote=310-340#p12",
        "score": 0.9,
        "formal": f"{FORMAL}第二部分（一）第7项",
        **changes,
    }


def suggestion(heading: str, text: str) -> dict[str, Any]:
    """Return a clause worth reading, as it comes with a refusal."""
    return {
        "document_id": "qinghe-2024",
        "document_title": "清河市优化营商环境若干措施",
        "issuer": "清河市人民政府办公室",
        "region": "清河市",
        "heading_path": ["二、重点任务", heading],
        "clause": "9",
        "paragraph_id": "qinghe-2024#p15",
        "text": text,
        "score": 0.3,
        "url": "/documents/qinghe-2024#p15",
    }


def answer(question: str, text: str, citations: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Return an answer as the contract describes it."""
    return {
        "request_id": "01TEST",
        "question": question,
        "standalone_question": question,
        "answered": True,
        "answer": text,
        "refusal": None,
        "citations": citations,
        "suggestions": [],
        "kind": "fact",
        "confidence": 0.9,
        "notice": None,
        "checks": {},
        "generator": "extractive",
        "index_version": "v1",
        "timings_ms": {"total": 4.0},
        **changes,
    }


def scripted(question: str) -> dict[str, Any]:
    """Return the answer that the words of the question ask for."""
    day, cost, cancel = "0.5个工作日内办结", "首套印章由财政承担费用", "公示期满后1个工作日内办结"
    if "拒答" in question:
        message = "现有的政策文件里没有提到这件事，可以看看下面几条是否有帮助。"
        return answer(
            question,
            message,
            [],
            answered=False,
            refusal={"reason": "no_evidence", "message": message},
            suggestions=[
                suggestion("9.规范中介服务", "9.规范中介服务。公布中介服务事项清单，清单之外不得强制委托。"),
                suggestion("10.压缩接电时长", "10.压缩接电时长。低压用户接电不超过5个工作日。"),
            ],
        )
    if "恶意" in question:
        return answer(
            question,
            f"{HOSTILE}\n- {HOSTILE}\n\n| {HOSTILE} |\n| --- |\n| **{HOSTILE}**[1] |",
            [
                citation(
                    1,
                    HOSTILE,
                    text=f"前{HOSTILE}后",
                    document_title=HOSTILE,
                    heading_path=[HOSTILE],
                    formal=HOSTILE,
                    url="javascript:window.pwned=1",
                    quote_url="https://elsewhere.example/x",
                )
            ],
            notice=HOSTILE,
        )
    if "表格" in question:
        rows = "\n".join(
            f"| {name} | {days} | {office}[{n}] |"
            for n, (name, days, office) in enumerate(
                [
                    ("企业开办", "0.5个工作日", "市市场监管局"),
                    ("印章刻制", "当日", "市公安局"),
                    ("简易注销", "1个工作日", "市市场监管局"),
                ],
                1,
            )
        )
        return answer(
            question,
            f"清河市的三项时限如下：\n\n| 事项 | 办结时限 | 牵头单位 |\n| --- | --- | --- |\n{rows}",
            [citation(1, day), citation(2, cost), citation(3, cancel)],
        )
    if "清单" in question:
        return answer(
            question,
            f"共有三项：\n1. 开办：{day}[1]\n2. 印章：{cost}[2]\n3. 注销：{cancel}[3]\n\n"
            "- 另见[4]\n- 第9号引文不存在[9]",
            [citation(1, day), citation(2, cost), citation(3, cancel), citation(4, "市公安局、市税务局")],
            generator="llm:qwen3-8b;prompt=answer@1",
            notice="依据的是2024年的文件，可能已有新版。",
        )
    return answer(
        question,
        f"清河市企业开办**0.5个工作日**内办结，材料齐全的当场受理[1]；{cost}[2]。",
        [citation(1, day), citation(2, cost)],
    )


class Script:
    """What the server was asked, and the switches that tests turn."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.feedback: list[dict[str, Any]] = []
        self.sessions = 0
        self.disconnected = threading.Event()
        self.token: str | None = None
        """Where set, only a request that bears it is served."""
        self.pages: dict[str, str] = {}
        self.policy = ""
        self.origin = ""
        self.portal = ""

    def page(self, body: str, *, name: str = "page", head: str = "") -> str:
        """Put a page on the portal; return its address."""
        self.pages[name] = (
            f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>门户</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}</head>'
            f"<body><main><h1>清河市政务服务门户</h1></main>{body}</body></html>"
        )
        return f"{self.portal}/portal/{name}"


def sse(name: str, data: Any) -> bytes:
    """Return one server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


async def events(script: Script, request: Request, question: str) -> AsyncIterator[bytes]:
    """Yield the stream that the words of the question ask for."""
    whole = scripted(question)
    try:
        yield b": keep-alive\r\n\r\n"
        if "不来" in question:
            await asyncio.sleep(60)
        if "慢" in question:
            await asyncio.sleep(0.7)
        yield sse(
            "meta", {name: whole[name] for name in ("request_id", "standalone_question", "index_version")}
        )
        yield sse("citations", whole["citations"])
        text = whole["answer"]
        for n in range(0, len(text), 7):
            if "断" in question and n >= 14:
                return
            if "出错" in question and n >= 14:
                yield sse(
                    "error",
                    {
                        "type": "urn:wence:problem:internal",
                        "title": "服务内部出错",
                        "status": 500,
                        "detail": "算到一半出错了。",
                        "request_id": "01FAIL",
                    },
                )
                return
            # Cut inside a character: a client must not decode piece by piece.
            piece = sse("delta", {"text": text[n : n + 7]})
            yield piece[:31]
            yield piece[31:]
            await asyncio.sleep(0.3 if "拖" in question else 0.01)
        yield sse("done", whole)
    except asyncio.CancelledError:
        script.disconnected.set()
        raise


def create_app(script: Script) -> FastAPI:
    """Return the scripted service and the portal."""
    app = FastAPI()
    app.add_middleware(
        CORSMiddleware,
        allow_origins=[script.portal],
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["Retry-After", "X-Request-ID"],
    )
    settings = load_settings({"embed_origins": ("'self'", script.portal)}, env_file=None)
    app.include_router(router(settings))

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        return error.response(instance=request.url.path, request_id="01PROBLEM")

    @app.post("/api/v1/ask")
    async def ask(request: Request) -> Response:
        body = await request.json()
        question = body["question"]
        script.asked.append(body)
        if script.token and request.headers.get("authorization") != f"Bearer {script.token}":
            raise Problem(401, "key-required", "这个接口需要密钥。")
        if "太频繁" in question and len(script.asked) == 1:
            raise Problem(429, "rate-limited", "每分钟至多 6 次。", headers={"Retry-After": "2"})
        if "太忙" in question:
            raise Problem(503, "no-index", "还没有可用的索引，请稍后重试。", headers={"Retry-After": "30"})
        if "不许" in question:
            raise Problem(403, "origin-refused", "来源不在允许之列。")
        if "崩溃" in question:
            raise Problem(500, "internal", "服务内部出错，已记入日志。")
        if "挡住" in question and body["stream"]:
            return HTMLResponse("<p>proxy</p>")
        if not body["stream"] or "直接" in question:
            return JSONResponse(scripted(question))
        return StreamingResponse(events(script, request, question), media_type="text/event-stream")

    @app.post("/api/v1/session")
    async def session() -> dict[str, Any]:
        script.sessions += 1
        return {"token": script.token or "", "expires_in": 60}

    @app.post("/api/v1/feedback", status_code=204)
    async def feedback(request: Request) -> Response:
        script.feedback.append(await request.json())
        return Response(status_code=204)

    @app.get("/documents/{document_id}")
    async def document(document_id: str) -> Response:
        return HTMLResponse(f"<!doctype html><title>阅读页</title><p id=p12>{document_id}</p>")

    @app.get("/portal/{name}")
    async def portal(name: str) -> Response:
        return HTMLResponse(script.pages[name], headers={"Content-Security-Policy": script.policy})

    return app


@contextmanager
def serving() -> Iterator[Script]:
    """Run the scripted service on a free port."""
    script = Script()
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        script.origin = f"http://127.0.0.1:{port}"
        script.portal = f"http://localhost:{port}"
        # The lines that docs/widget.md asks of a portal, and nothing more.
        script.policy = (
            f"default-src 'none'; script-src {script.origin}; connect-src {script.origin}; "
            f"frame-src {script.origin}; require-trusted-types-for 'script'; trusted-types 'none'"
        )
        server = uvicorn.Server(
            uvicorn.Config(create_app(script), log_level="error", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        try:
            yield script
        finally:
            server.should_exit = True
            thread.join(timeout=5)
