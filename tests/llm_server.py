"""A server that speaks OpenAI's dialect and says, over real HTTP, what a test wrote down beforehand."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What one request gets, and how."""

    pieces: tuple[str, ...] = ()
    """Pieces of the text, one event each; joined where the request wants no stream."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    """Sent as it is instead of the pieces, with the status."""
    lines: tuple[str, ...] | None = None
    """Sent as the lines of the stream instead of the pieces."""
    reasoning: tuple[str, ...] = ()
    """Sent as `reasoning_content` before the pieces."""
    finish: str | None = "stop"
    wait: float = 0.0
    """Seconds before anything."""
    delay: float = 0.0
    """Seconds before each piece."""
    comments: float = 0.0
    """Seconds during which comments, and nothing else, come before the pieces."""
    drops: bool = False
    """Breaks the connection after the pieces."""


def says(*pieces: str, **how: Any) -> Reply:
    """Return a reply of these pieces."""
    return Reply(pieces=pieces, **how)


def fails(status: int, message: str = "no", **headers: str) -> Reply:
    """Return an error in OpenAI's form; `Retry_After` stands for the header with a hyphen."""
    body = json.dumps({"error": {"message": message, "type": "error", "param": None, "code": None}})
    return Reply(
        status=status, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


@dataclass(frozen=True)
class Request:
    """What came in."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def prompt(self) -> str:
        """The contents of the messages, joined."""
        return "\n".join(message["content"] for message in self.body["messages"])


class LLMServer:
    """Serves while it is entered; each completion takes the next reply, then `otherwise`."""

    def __init__(
        self,
        replies: Iterable[Reply] = (),
        *,
        otherwise: Callable[[Request], Reply] = lambda request: fails(500, "the script is over"),
        models: Iterable[str] = ("scripted",),
    ) -> None:
        self.replies = list(replies)
        self.requests: list[Request] = []
        self.models: list[str] = list(models)
        self._otherwise = otherwise
        self._lock = threading.Lock()
        self.busy = 0
        self.busiest = 0
        """Most completions under way at once."""

    @property
    def base_url(self) -> str:
        """What goes into WENCE_LLM_BASE_URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> LLMServer:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next_reply(self, request: Request) -> Reply:
        """Note the request and return what it gets."""
        with self._lock:
            self.requests.append(request)
            if self.replies:
                return self.replies.pop(0)
        return self._otherwise(request)

    def enter(self, step: int) -> None:
        """Count a completion in or out."""
        with self._lock:
            self.busy += step
            self.busiest = max(self.busiest, self.busy)


def _handler(server: LLMServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None: ...

        def do_GET(self) -> None:
            if self.path != "/v1/models":
                self._send(404, '{"error": {"message": "no such path"}}')
                return
            server.requests.append(Request(self.path, dict(self.headers), {}))
            models = [
                {"id": name, "object": "model", "created": 0, "owned_by": "x"} for name in server.models
            ]
            self._send(200, json.dumps({"object": "list", "data": models}))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            request = Request(self.path, dict(self.headers), body)
            reply = server.next_reply(request)
            server.enter(1)
            try:
                self._reply(reply, stream=bool(body.get("stream")))
            except OSError:
                self.close_connection = True  # the client went away
            finally:
                server.enter(-1)

        def _reply(self, reply: Reply, *, stream: bool) -> None:
            time.sleep(reply.wait)
            if reply.body is not None:
                self._send(reply.status, reply.body, reply.headers)
            elif stream:
                self._stream(reply)
            else:
                time.sleep(reply.delay * len(reply.pieces))
                message = {"role": "assistant", "content": "".join(reply.pieces)}
                if reply.reasoning:
                    message["reasoning_content"] = "".join(reply.reasoning)
                self._send(200, json.dumps(_completion(message=message, finish_reason=reply.finish)))

        def _send(self, status: int, body: str, headers: Mapping[str, str] | None = None) -> None:
            data = body.encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", **(headers or {})}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _stream(self, reply: Reply) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            self.close_connection = True
            until = time.monotonic() + reply.comments
            while time.monotonic() < until:
                self._line(": still there")
                time.sleep(0.05)
            if reply.lines is not None:
                for line in reply.lines:
                    time.sleep(reply.delay)
                    self._line(line)
                return
            for text in reply.reasoning:
                self._event(delta={"role": "assistant", "reasoning_content": text}, finish_reason=None)
            for text in reply.pieces:
                time.sleep(reply.delay)
                self._event(delta={"role": "assistant", "content": text}, finish_reason=None)
            if reply.drops:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                self.connection.close()
                return
            if reply.finish is not None:
                self._event(delta={}, finish_reason=reply.finish)
            self._line("data: [DONE]")

        def _event(self, **choice: Any) -> None:
            self._line(f"data: {json.dumps(_completion(**choice), ensure_ascii=False)}")

        def _line(self, line: str) -> None:
            self.wfile.write(f"{line}\n\n".encode())
            self.wfile.flush()

    return Handler


def _completion(**choice: Any) -> dict[str, Any]:
    kind = "chat.completion.chunk" if "delta" in choice else "chat.completion"
    return {
        "id": "c1",
        "object": kind,
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, **choice}],
    }
