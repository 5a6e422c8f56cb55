"""The pages that people see: home, library, reader, interface description."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from service.answer import Answer, Filters
from service.desk import Desk
from service.formal import chinese_date, formal_citation, name_of
from service.library import Choice
from service.markup import answer_html
from service.middleware import request_id_of
from service.problems import Problem
from service.reading import banner, cited, contents, editions, lines, without_heading
from service.schemas import QUESTION_CHARS, LibraryQuery, document_url, paragraph_url

HERE = Path(__file__).parent
STATIC = HERE / "static"
SWAGGER = Path(str(resources.files("fastapi_swagger"))) / "resources"

_RANGE = re.compile(r"(\d{1,9})-(\d{1,9})")
PAGE = 20


def templates(*, title: str, docs: bool) -> Jinja2Templates:
    """Return the templates; what one of them forgets to be given is an error, not a blank."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = chinese_date
    environment.globals.update(
        site_title=title,
        docs=docs,
        document_url=document_url,
        paragraph_url=paragraph_url,
        formal_citation=formal_citation,
        name_of=name_of,
        cited=cited,
        without_heading=without_heading,
        answer_html=answer_html,
    )
    return Jinja2Templates(env=environment)


def pages(desk: Desk, shown: Jinja2Templates, *, docs: bool) -> APIRouter:
    """Return the routes of all pages."""
    router = APIRouter(include_in_schema=False)
    methods = ["GET", "HEAD"]

    @router.api_route("/", methods=methods)
    async def home(request: Request, q: str = "", document: str = "") -> Response:
        question = q.strip()
        serving = desk.live.serving
        context: dict[str, Any] = {
            "question": question,
            "document": None,
            "answer": None,
            "problem": None,
            "examples": serving.examples if serving else (),
            "serving": serving,
            "reason": desk.live.reason,
            "origin": _origin(request),
            "has_widget": desk.gate.lets_pages_ask,
            "request_id": request_id_of(request.scope),
            "question_chars": QUESTION_CHARS,
        }
        status, headers = 200, {}
        if serving is not None and document:
            context["document"] = serving.document(document)
        if question:
            try:
                context["answer"] = await _answer(desk, request, question, document)
            except Problem as problem:
                context["problem"] = problem
                status, headers = problem.status, problem.headers
        return shown.TemplateResponse(request, "home.html", context, status_code=status, headers=headers)

    @router.api_route("/documents", methods=methods)
    def library(request: Request, query: Annotated[LibraryQuery, Query()]) -> Response:
        shelf_of = desk.serving().library
        offset = query.offset // PAGE * PAGE
        chosen = {"q": query.q.strip(), "region": query.region, "issuer": query.issuer, "year": query.year}
        shelf = shelf_of.find(
            q=query.q,
            region=query.region,
            issuer=query.issuer,
            year=query.year,
            offset=offset,
            limit=PAGE,
        )
        kept = {name: value for name, value in chosen.items() if value}

        def page(start: int) -> str:
            return "/documents?" + urlencode({**kept, "offset": start})

        context = {
            "shelf": shelf,
            "all": len(shelf_of.entries),
            "chosen": chosen,
            "filters": [
                ("region", "地区", _offered(shelf_of.regions, query.region)),
                ("year", "年份", _offered(shelf_of.years, str(query.year or ""))),
                ("issuer", "发文机关", _offered(shelf_of.issuers, query.issuer)),
            ],
            "offset": offset,
            "previous": page(offset - PAGE) if offset else None,
            "next": page(offset + PAGE) if offset + PAGE < shelf.total else None,
        }
        return shown.TemplateResponse(request, "library.html", context)

    @router.api_route("/documents/{document_id:path}", methods=methods)
    def reader(
        request: Request, document_id: str, quote: Annotated[list[str] | None, Query()] = None
    ) -> Response:
        serving = desk.serving()
        document = serving.document(document_id)
        if document is None:
            raise Problem(404, "no-such-document", f"没有标识为“{document_id}”的文件，它也许已被移除。")
        versions = serving.library.versions(document_id, date.today())
        context = {
            "document": document,
            "versions": editions(versions, document_id),
            "banner": banner(versions, document_id),
            "lines": lines(document, _ranges(quote or ())),
            "contents": contents(document),
        }
        return shown.TemplateResponse(request, "reader.html", context)

    if docs:

        @router.api_route("/docs", methods=methods)
        def interface(request: Request) -> Response:
            return shown.TemplateResponse(request, "docs.html", {})

    return router


async def _answer(desk: Desk, request: Request, question: str, document: str) -> Answer:
    if len(question) > QUESTION_CHARS:
        raise Problem(
            422, "invalid-request", f"问题太长：找到 {len(question)} 个字符，至多 {QUESTION_CHARS} 个字符。"
        )
    # A page that this service made itself needs no key, but it counts like any other client.
    desk.gate.count(request)
    filters = Filters(document_ids=(document,)) if document else Filters()
    return await desk.ask(desk.serving(), question, request_id=request_id_of(request.scope), filters=filters)


def _offered(choices: Sequence[Choice], chosen: str) -> Sequence[Choice]:
    """Offer what was chosen even where no document has it, so that the form shows what it did."""
    if chosen and all(choice.value != chosen for choice in choices):
        return (*choices, Choice(chosen, 0))
    return choices


def _ranges(quotes: Sequence[str]) -> list[tuple[int, int]]:
    """Read `start-end`; what is no range marks nothing."""
    found = [match for quote in quotes if (match := _RANGE.fullmatch(quote))]
    return [(int(match[1]), int(match[2])) for match in found]


def _origin(request: Request) -> str:
    return str(request.base_url).rstrip("/")
