"""Serve the chat widget: its one script, and a page for portals that embed a frame instead.

`python -m service.widget` prints the script's size and the hash for `integrity`.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, ConfigDict, Field

from service.problems import Problem
from service.settings import Settings

SCRIPT = Path(__file__).parent / "static" / "widget.js"
TEMPLATES = Path(__file__).parent / "templates"
MAX_AGE = 300
"""Seconds that a browser uses the script unasked; afterwards its ETag is compared."""

_COMMENT = re.compile(r"^(?://.*|/\*\*.*\*/)$\n", re.M)
_INDENT = re.compile(r"^[ \t]+", re.M)


@dataclass(frozen=True, slots=True)
class Script:
    """The widget as it goes over the wire."""

    body: bytes
    compressed: bytes

    @classmethod
    def read(cls, path: Path = SCRIPT) -> Script:
        """Read the script, without its indentation and the comments that fill a line."""
        text = _COMMENT.sub("", _INDENT.sub("", path.read_text(encoding="utf-8")))
        body = text.encode()
        return cls(body, gzip.compress(body, 9, mtime=0))

    @property
    def etag(self) -> str:
        """A strong validator: the content's hash."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:24]}"'

    @property
    def integrity(self) -> str:
        """The value of `integrity` for a portal that pins the script."""
        return f"sha384-{b64encode(hashlib.sha384(self.body).digest()).decode()}"

    def summary(self) -> str:
        """Return what an operator wants to know of it, in two lines."""
        sizes = f"{len(self.body):,} 字节，gzip 后 {len(self.compressed):,} 字节"
        return f"widget.js：{sizes}\nintegrity：{self.integrity}"


class EmbedQuery(BaseModel):
    """What the address of the frame may set; each becomes the attribute of that name."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(default="", max_length=40, description="标题")
    subtitle: str | None = Field(default=None, max_length=80, description="标题下的一行小字；空则不显示")
    greeting: str = Field(default="", max_length=200, description="开始时的话")
    placeholder: str = Field(default="", max_length=80, description="输入框里的提示")
    questions: str = Field(default="", max_length=1000, description="示例问题，以 | 分隔")
    disclaimer: str = Field(default="", max_length=200, description="输入框下的说明")
    locale: str = Field(default="", pattern="^(zh-CN|en|)$", description="`zh-CN` 或 `en`")
    theme: str = Field(default="", pattern="^(auto|light|dark|)$", description="`auto`、`light` 或 `dark`")
    accent: str = Field(default="", max_length=40, description="主色，CSS 颜色")
    hide: str = Field(default="", max_length=40, description="不显示的部分：`header`、`disclaimer`")
    text_size: str = Field(default="", pattern="^(normal|large|)$", description="`normal` 或 `large`")
    regions: str = Field(default="", max_length=500, description="只查这些地区，以逗号分隔")
    region_choices: str = Field(default="", max_length=1000, description="可供选择的地区，以逗号分隔")
    documents: str = Field(default="", max_length=1000, description="只查这些文件，以逗号分隔")
    scope: str = Field(default="", max_length=80, description="写明查的是哪些文件")
    issued_from: str = Field(default="", max_length=10, description="成文日期不早于")
    issued_to: str = Field(default="", max_length=10, description="成文日期不晚于")
    persistence: str = Field(default="", pattern="^(none|session|local|)$", description="对话保留在哪里")

    def attributes(self) -> dict[str, str]:
        """Return the attributes of the element, those left empty left out."""
        given = self.model_dump(exclude_none=True)
        return {
            "data-title" if name == "title" else name.replace("_", "-"): value
            for name, value in given.items()
            if value or name == "subtitle"
        }


def router(settings: Settings) -> APIRouter:
    """Return the routes `/widget.js` and `/embed`."""
    script = Script.read()
    templates = Jinja2Templates(TEMPLATES)
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/widget.js", methods=["GET", "HEAD"])
    def widget(request: Request) -> Response:
        headers = {
            "Cache-Control": f"public, max-age={MAX_AGE}",
            "ETag": script.etag,
            "Vary": "Accept-Encoding",
            # Anyone may load the script; what it may ask is decided where it asks.
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if matches(request.headers.get("if-none-match", ""), script.etag):
            return Response(status_code=304, headers=headers)
        body = script.body
        if accepts_gzip(request.headers.get("accept-encoding", "")):
            headers["Content-Encoding"] = "gzip"
            body = script.compressed
        return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)

    @routes.api_route("/embed", methods=["GET", "HEAD"])
    def embed(request: Request, query: Annotated[EmbedQuery, Query()]) -> Response:
        check_embedder(request, settings.embed_origins)
        nonce = secrets.token_urlsafe(16)
        return templates.TemplateResponse(
            request,
            "embed.html",
            {
                "title": query.title or settings.site_title,
                "lang": query.locale or "zh-CN",
                "attributes": query.attributes(),
                "nonce": nonce,
            },
            headers={
                "Content-Security-Policy": embed_policy(settings.embed_origins, nonce=nonce),
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
            },
        )

    return routes


def embed_policy(embedders: Sequence[str], *, nonce: str) -> str:
    """Return the content security policy of the frame: our script, our API, and who may frame it.

    The nonce is for browsers without constructable style sheets, where the widget makes a style element.
    """
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'nonce-{nonce}'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {' '.join(embedders) or chr(39) + 'none' + chr(39)}",
        ]
    )


def check_embedder(request: Request, embedders: Sequence[str]) -> None:
    """Refuse a page that frames us without leave, where the browser tells which page it is.

    A browser that keeps the referrer to itself is still held by `frame-ancestors`.
    """
    if request.headers.get("sec-fetch-dest") != "iframe" or "*" in embedders:
        return
    if request.headers.get("sec-fetch-site") == "same-origin" and "'self'" in embedders:
        return
    referrer = urlsplit(request.headers.get("referer", ""))
    origin = f"{referrer.scheme}://{referrer.netloc}"
    if not referrer.netloc or origin in embedders:
        return
    if "'self'" in embedders and referrer.netloc in (
        request.headers.get("host"),
        request.headers.get("x-forwarded-host"),
    ):
        return
    raise Problem(
        403,
        "embedder-refused",
        f"来源 {origin[:200]} 的网页不能嵌入本页：请把它加入 WENCE_EMBED_ORIGINS。",
    )


def matches(header: str, etag: str) -> bool:
    """Tell whether an If-None-Match header names the ETag; weak ones match too, as the standard asks."""
    return header.strip() == "*" or etag in (part.strip().removeprefix("W/") for part in header.split(","))


def accepts_gzip(header: str) -> bool:
    """Tell whether an Accept-Encoding header takes gzip, which `q=0` forbids."""
    for part in header.split(","):
        coding, _, weight = part.partition(";")
        if coding.strip().lower() in ("gzip", "*"):
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False


if __name__ == "__main__":
    print(Script.read().summary())
