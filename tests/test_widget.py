"""The chat widget in a real browser, on a portal of another origin with a strict policy of its own."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from service.problems import Problem
from service.settings import load_settings
from service.widget import Script as WidgetScript
from service.widget import accepts_gzip, matches, router
from tests.widget_server import CLAUSE, HOSTILE, Script, serving

pytest_plugins = ["tests.browser"]
in_browser = pytest.mark.browser

QUESTION = "清河市企业开办要几天？"
DOCS = Path(__file__).parent.parent / "docs" / "widget.md"


# ---------------------------------------------------------------- what the server sends


def site(**settings: Any) -> TestClient:
    """Return a client of a service with nothing but the widget's routes."""
    app = FastAPI()
    app.include_router(router(load_settings(settings, env_file=None)))

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        return error.response(instance=request.url.path, request_id="01TEST")

    return TestClient(app)


def test_the_script_stays_small() -> None:
    script = WidgetScript.read()
    print(script.summary())
    assert len(script.compressed) <= 25_000


def test_the_script_comes_compressed_and_is_not_sent_twice() -> None:
    client = site()
    first = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "max-age" in first.headers["cache-control"]
    again = client.get("/widget.js", headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert again.status_code == 304 and again.content == b""
    plain = client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == first.content == gzip.decompress(WidgetScript.read().compressed)
    assert client.head("/widget.js").headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize(
    ("header", "accepted"),
    [("gzip, br", True), ("br", False), ("gzip;q=0", False), ("GZIP;q=0.5", True), ("*", True), ("", False)],
)
def test_gzip_is_sent_to_those_who_take_it(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted


def test_an_etag_matches_any_of_a_list() -> None:
    assert matches('W/"a", "b"', '"b"') and matches("*", '"b"') and not matches('"a"', '"b"')


def test_the_script_uses_nothing_that_a_strict_policy_forbids() -> None:
    text = WidgetScript.read().body.decode()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "setAttribute('style'",
    ):
        assert word not in text


def test_the_frame_sets_attributes_from_its_address_and_escapes_them() -> None:
    page = site(site_title="清河问策").get(
        "/embed", params={"title": '"><script>x', "text_size": "large", "regions": "清河市"}
    )
    assert 'data-title="&#34;&gt;&lt;script&gt;x"' in page.text
    assert 'text-size="large"' in page.text and 'regions="清河市"' in page.text
    assert "greeting" not in page.text


def test_the_frame_says_who_may_embed_it() -> None:
    page = site(embed_origins=("'self'", "https://portal.example")).get("/embed")
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'self' https://portal.example" in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce and f'nonce="{nonce[1]}"' in page.text
    assert "unsafe" not in policy


@pytest.mark.parametrize("params", [{"theme": "pink"}, {"titel": "x"}, {"title": "很" * 41}])
def test_the_frame_refuses_what_it_does_not_know(params: dict[str, str]) -> None:
    assert site().get("/embed", params=params).status_code == 422


@pytest.mark.parametrize(
    ("referrer", "status"),
    [
        ("https://portal.example/page", 200),
        ("https://portal.example.evil.example/", 403),
        ("https://stranger.example/", 403),
        ("http://testserver/", 200),
        ("", 200),
    ],
)
def test_the_frame_is_refused_to_strangers(referrer: str, status: int) -> None:
    client = site(embed_origins=("'self'", "https://portal.example"))
    headers = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "cross-site", "Referer": referrer}
    assert client.get("/embed", headers=headers).status_code == status


# ---------------------------------------------------------------- in the browser


@pytest.fixture(scope="module")
def server() -> Iterator[Script]:
    with serving() as script:
        yield script


@pytest.fixture
def script(server: Script) -> Script:
    """The scripted service, with nothing asked yet."""
    server.asked.clear()
    server.feedback.clear()
    server.sessions = 0
    server.token = None
    server.disconnected.clear()
    return server


class Chat:
    """A widget on a page, as a reader uses it."""

    def __init__(self, page: Page, *, nth: int = 0) -> None:
        self.page = page
        self.host = page.locator("wence-chat").nth(nth)
        self.launcher = self.host.locator(".launcher")
        self.panel = self.host.locator(".panel")
        self.input = self.host.locator(".box textarea")
        self.log = self.host.get_by_role("log")
        self.source = self.host.locator(".source")

    def open(self) -> Chat:
        self.launcher.click()
        expect(self.panel).to_be_visible()
        return self

    def ask(self, question: str) -> Locator:
        """Ask, wait for the outcome and return it."""
        before = self.log.locator(".turn").count()
        self.type(question)
        turn = self.log.locator(".turn").nth(before)
        expect(turn).to_be_visible()
        return turn

    def type(self, question: str) -> None:
        self.input.fill(question)
        self.input.press("Enter")

    def mark(self, n: int) -> Locator:
        return self.log.locator(f'[data-mark="{n}"]').last

    def call(self, code: str) -> Any:
        """Evaluate an expression of the element `chat`."""
        return self.host.evaluate(f"async (chat) => {code}")


def tag(script: Script, attributes: str = "") -> str:
    """Return the one line that a portal pastes."""
    return f'<script src="{script.origin}/widget.js" defer {attributes}></script>'


def visit(page: Page, script: Script, body: str | None = None, **options: str) -> Chat:
    """Open a portal page, by default with the one line alone."""
    page.goto(script.page(tag(script) if body is None else body, **options))
    chat = Chat(page)
    chat.host.locator(".wence").wait_for(state="attached")
    return chat


def element(script: Script, attributes: str) -> str:
    """Return the element form."""
    return f"<wence-chat {attributes}></wence-chat>{tag(script)}"


def accessible(page: Page) -> None:
    """Hold a page to WCAG 2.1 AA as far as axe can tell."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
    found = Axe().run(
        page, options={"runOnly": {"type": "tag", "values": tags}, "resultTypes": ["violations"]}
    )
    assert found.violations_count == 0, found.generate_report()


@in_browser
def test_one_line_gives_a_portal_answers_with_their_clauses(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    turn = chat.ask(QUESTION)
    expect(turn.locator(".text")).to_have_text(
        "清河市企业开办0.5个工作日内办结，材料齐全的当场受理1；首套印章由财政承担费用2。"
    )
    expect(turn.locator("strong")).to_have_text("0.5个工作日")
    chat.mark(1).click()
    expect(chat.source.locator("mark")).to_have_text("0.5个工作日内办结")
    expect(chat.source.locator("blockquote")).to_have_text(CLAUSE)
    expect(chat.source.locator(".path li")).to_have_text(
        ["二、重点任务", "(一)提升准入便利", "7.方便企业开办"]
    )
    link = chat.source.get_by_role("link")
    assert link.get_attribute("href") == f"{script.origin}/documents/qinghe-2024?quote=310-340#p12"
    assert script.asked[0] == {"question": QUESTION, "history": [], "filters": {}, "stream": True}


@in_browser
def test_the_clause_stands_beside_the_answer_on_a_wide_screen(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    chat.ask(QUESTION)
    before = chat.input.bounding_box()
    chat.mark(1).click()
    expect(chat.source).to_be_visible()
    answer, clause = chat.log.bounding_box(), chat.source.bounding_box()
    assert answer and clause and clause["x"] + clause["width"] <= answer["x"] + 1
    assert chat.input.bounding_box() == before, "what one reads must not jump"


@in_browser
def test_citations_are_walked_one_by_one(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    chat.ask("列个清单")
    chat.mark(2).click()
    heading = chat.source.get_by_role("heading")
    expect(heading).to_have_text("引文 2 / 4")
    chat.source.get_by_role("button", name="下一条").click()
    expect(heading).to_have_text("引文 3 / 4")
    expect(chat.mark(3)).to_have_attribute("aria-current", "true")
    expect(chat.mark(2)).not_to_have_attribute("aria-current", "true")
    page.keyboard.press("ArrowRight")
    expect(heading).to_have_text("引文 4 / 4")
    expect(chat.source.get_by_role("button", name="下一条")).to_be_disabled()
    expect(chat.source.locator("mark")).to_have_text("市公安局、市税务局")


@in_browser
def test_an_answer_appears_while_it_comes_and_is_announced_once(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    chat.log.evaluate(
        "log => { window.added = []; new MutationObserver(list => list.forEach(change => "
        "change.addedNodes.forEach(node => window.added.push(node.textContent)))).observe(log, "
        "{childList: true, subtree: true}) }"
    )
    chat.type("慢慢拖着答")
    expect(chat.host.locator(".pending .wait")).to_contain_text("正在查找依据")
    expect(chat.host.locator(".pending .text")).to_contain_text("清河市企业")
    expect(chat.host.locator(".pending")).to_have_attribute("aria-busy", "true")
    expect(chat.log.locator(".turn")).to_have_count(0)
    expect(chat.log.locator(".text")).to_contain_text("首套印章由财政承担费用")
    added = page.evaluate("window.added")
    assert len(added) == 1 and "0.5个工作日内办结" in added[0]


@in_browser
def test_stopping_keeps_what_came_and_tells_the_service(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    chat.type("拖着答")
    expect(chat.host.locator(".pending .text")).to_contain_text("清河市企业")
    chat.host.get_by_role("button", name="停止").click()
    expect(chat.log.locator(".notice")).to_have_text("已停止，以上内容不完整。")
    expect(chat.input).to_be_focused()
    assert script.disconnected.wait(3)
    chat.log.get_by_role("button", name="重新提问").click()
    expect(chat.log.locator(".tool")).to_have_count(4, timeout=15000)
    assert [body["question"] for body in script.asked] == ["拖着答"] * 2
    assert script.asked[1]["history"] == [], "what was stopped is no history"


@in_browser
@pytest.mark.parametrize("question", ["直接回答", "挡住流式"])
def test_plain_json_does_where_no_stream_comes_through(page: Page, script: Script, question: str) -> None:
    chat = visit(page, script).open()
    expect(chat.ask(question).locator(".mark")).to_have_count(2)
    assert [body["stream"] for body in script.asked] == ([True] if question == "直接回答" else [True, False])


@in_browser
def test_a_proxy_that_swallows_the_stream_is_noticed(page: Page, script: Script) -> None:
    page.clock.install()
    chat = visit(page, script).open()
    chat.type("流不来")
    expect(chat.host.locator(".pending .wait")).to_contain_text("正在查找依据")
    page.clock.run_for(9_000)
    expect(chat.host.locator(".pending .wait")).to_contain_text("仍在处理")
    expect(chat.host.get_by_role("button", name="停止")).to_be_visible()
    page.clock.run_for(25_000)
    expect(chat.log.locator(".mark")).to_have_count(2)
    assert [body["stream"] for body in script.asked] == [True, False]


@in_browser
def test_a_word_being_composed_is_not_sent(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    chat.input.focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "kai ban", "selectionStart": 7, "selectionEnd": 7})
    page.keyboard.press("Enter")
    keyboard.send("Input.insertText", {"text": "开办要几天"})
    # Safari ends the composition first and then reports the key as 229.
    chat.input.evaluate(
        "node => node.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true}))"
    )
    page.keyboard.press("Shift+Enter")
    expect(chat.input).to_have_value(re.compile("开办要几天\n"))
    assert script.asked == []
    page.keyboard.press("Enter")
    expect(chat.log.locator(".turn")).to_have_count(1)
    assert len(script.asked) == 1


@in_browser
def test_everything_is_reached_by_keyboard(page: Page, script: Script) -> None:
    chat = visit(page, script)
    page.keyboard.press("Tab")
    expect(chat.launcher).to_be_focused()
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(chat.launcher).to_have_attribute("aria-expanded", "true")
    expect(chat.input).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(chat.log.locator(".turn")).to_have_count(1)
    for _ in range(9):
        page.keyboard.press("Shift+Tab")
        if chat.mark(1).evaluate("node => node.getRootNode().activeElement === node"):
            break
    expect(chat.mark(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(chat.source.get_by_role("heading")).to_be_focused()
    page.keyboard.press("Escape")
    expect(chat.source).to_be_hidden()
    expect(chat.mark(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()


@in_browser
def test_two_widgets_on_one_page_keep_to_themselves(page: Page, script: Script) -> None:
    body = tag(script, 'data-title="政策问答"') + tag(
        script, 'data-title="惠企问答" data-regions="清河市" data-locale="en"'
    )
    first = visit(page, script, body)
    expect(first.page.locator("wence-chat")).to_have_count(2)
    second = Chat(page, nth=1)
    one, two = first.launcher.bounding_box(), second.launcher.bounding_box()
    assert one and two and two["y"] + two["height"] <= one["y"], "the buttons do not cover each other"
    second.open().ask(QUESTION)
    expect(first.panel).to_be_hidden()
    expect(first.log.locator(".turn")).to_have_count(0)
    assert script.asked[0]["filters"] == {"regions": ["清河市"]}
    second.call("chat.close()")
    expect(first.open().host.get_by_role("dialog", name="政策问答")).to_be_visible()


@in_browser
def test_hostile_words_stay_words(page: Page, script: Script) -> None:
    chat = visit(page, script, tag(script, "data-greeting='<img src=x onerror=window.pwned=1>'")).open()
    expect(chat.host.locator(".greeting")).to_contain_text("<img src=x")
    turn = chat.ask(f"恶意{HOSTILE}")
    expect(turn.locator(".asked")).to_contain_text(HOSTILE)
    expect(turn.locator(".text p")).to_have_text(HOSTILE)
    chat.mark(1).click()
    expect(chat.source.locator("mark")).to_have_text(HOSTILE)
    expect(chat.source.get_by_role("link")).to_have_count(0)  # neither a script nor another site is linked to
    assert (
        chat.host.evaluate("chat => chat.shadowRoot.querySelectorAll('img, script, [onerror]').length") == 0
    )
    assert page.evaluate("window.pwned") is None


@in_browser
def test_tables_and_lists_are_set_as_such(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    table = chat.ask("给我一张表格").get_by_role("table")
    expect(table.locator("th")).to_have_text(["事项", "办结时限", "牵头单位"])
    expect(table.locator("tbody tr").nth(1).locator("td")).to_have_text(["印章刻制", "当日", "市公安局2"])
    turn = chat.ask("列个清单")
    expect(turn.locator(".text ol > li")).to_have_count(3)
    expect(turn.locator(".text ul > li").last).to_have_text("第9号引文不存在[9]")
    expect(turn.locator(".notice")).to_have_text("依据的是2024年的文件，可能已有新版。")
    expect(turn).to_contain_text("由语言模型 qwen3-8b 撰写，已核对引文")
    expect(turn.locator(".entries li:visible")).to_have_count(3)
    turn.get_by_role("button", name="显示全部 4 条").click()
    expect(turn.locator(".entries li:visible")).to_have_count(4)


@in_browser
def test_a_table_is_read_row_by_row_where_its_columns_do_not_fit(page: Page, script: Script) -> None:
    row = visit(page, script).open().ask("给我一张表格").get_by_role("row").nth(1)
    first, second = (row.get_by_role("cell").nth(n) for n in (0, 1))
    assert first.evaluate("cell => getComputedStyle(cell, '::before').content") == '"事项"'
    above, below = first.bounding_box(), second.bounding_box()
    assert above and below and above["y"] + above["height"] <= below["y"] + 1

    page.goto(f"{script.origin}/embed")
    wide = Chat(page).ask("给我一张表格").get_by_role("row").nth(1)
    left, right = (wide.get_by_role("cell").nth(n).bounding_box() for n in (0, 1))
    assert left and right and left["y"] == right["y"]


@in_browser
def test_a_mark_stays_with_the_words_and_the_stop_around_it(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    glued = chat.ask("企业开办要几天？").locator(".glued").first
    expect(glued).to_have_css("white-space", "nowrap")
    expect(glued).to_have_text(re.compile(r"^\S1[。，；]?$"))


@in_browser
def test_a_refusal_is_a_result_with_clauses_worth_reading(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    turn = chat.ask("这要拒答")
    expect(turn.locator(".refusal .label")).to_have_text("现有文件中没有找到依据")
    turn.get_by_role("button", name="9.规范中介服务").click()
    expect(chat.source.get_by_role("heading")).to_have_text("相近条款 1 / 2")
    expect(chat.source.locator("blockquote")).to_contain_text("清单之外不得强制委托")
    expect(chat.source.locator("mark")).to_have_count(0)


@in_browser
def test_too_many_questions_are_waited_out(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    turn = chat.ask("问得太频繁")
    expect(turn.locator(".error")).to_contain_text("提问太频繁")
    expect(turn.locator(".error")).to_contain_text("每分钟至多 6 次。")
    retry = turn.get_by_role("button", name=re.compile("秒后可重试"))
    expect(retry).to_be_disabled()
    chat.host.get_by_role("button", name="重试", exact=True).click()
    expect(chat.log.locator(".mark")).to_have_count(2)
    expect(chat.log.locator(".error")).to_have_count(0)


@in_browser
@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("太忙", "还没有可用的索引，请稍后重试。"),
        ("不许", "这个页面没有获准使用问答服务"),
        ("崩溃", "请求编号 01PROBLEM"),
        ("半路断了", "连接中断，以上内容不完整。"),
        ("半路出错", "连接中断，以上内容不完整。"),
    ],
)
def test_what_goes_wrong_is_said_with_what_to_do(
    page: Page, script: Script, question: str, words: str
) -> None:
    chat = visit(page, script).open()
    turn = chat.ask(question)
    expect(turn).to_contain_text(words)
    expect(turn.get_by_role("button", name=re.compile("重试|重新提问"))).to_be_visible()


@in_browser
def test_a_server_that_is_down_is_named_and_tried_again(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    page.route("**/api/v1/ask", lambda route: route.abort("connectionrefused"))
    turn = chat.ask(QUESTION)
    expect(turn.locator(".error")).to_have_text("连不上服务请检查网络，然后重试。")
    page.unroute("**/api/v1/ask")
    turn.get_by_role("button", name="重试").click()
    expect(chat.log.locator(".mark")).to_have_count(2)


@in_browser
def test_being_offline_is_said_until_it_is_over(page: Page, context: BrowserContext, script: Script) -> None:
    chat = visit(page, script).open()
    context.set_offline(True)
    expect(chat.host.locator(".offline")).to_be_visible()
    context.set_offline(False)
    expect(chat.host.locator(".offline")).to_be_hidden()


@in_browser
def test_a_token_is_fetched_where_the_service_wants_one(page: Page, script: Script) -> None:
    script.token = "short-lived"
    chat = visit(page, script).open()
    expect(chat.ask(QUESTION).locator(".mark")).to_have_count(2)
    script.token = "renewed"
    expect(chat.ask(QUESTION).locator(".mark")).to_have_count(2)
    assert script.sessions == 2


@in_browser
def test_a_rating_and_its_comment_reach_the_service(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    turn = chat.ask(QUESTION)
    turn.get_by_role("button", name="没用").click()
    expect(turn.get_by_role("button", name="没用")).to_have_attribute("aria-pressed", "true")
    turn.get_by_role("textbox").fill("期限不对")
    turn.get_by_role("button", name="提交").click()
    expect(turn.locator(".comment")).to_have_text("已收到，谢谢。")
    assert script.feedback == [
        {"request_id": "01TEST", "rating": "down"},
        {"request_id": "01TEST", "rating": "down", "comment": "期限不对"},
    ]


@in_browser
def test_a_rating_that_did_not_arrive_is_taken_back(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    turn = chat.ask(QUESTION)
    page.route("**/api/v1/feedback", lambda route: route.abort())
    turn.get_by_role("button", name="有用").click()
    expect(turn.locator(".comment")).to_contain_text("评价没有送达")
    expect(turn.get_by_role("button", name="有用")).to_have_attribute("aria-pressed", "false")


@in_browser
@pytest.mark.parametrize("secure", [True, False])
def test_answers_and_citations_are_copied_with_their_source(
    page: Page, context: BrowserContext, script: Script, secure: bool
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=script.portal)
    if not secure:  # as on an intranet page without https
        page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    chat = visit(page, script).open()
    turn = chat.ask("给我一张表格")
    turn.get_by_role("button", name="复制").click()
    expect(turn.get_by_role("button", name="已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n")
    assert "印章刻制\t当日\t市公安局[2]" in copied
    assert (
        "[1] 《清河市优化营商环境若干措施》（清政办发〔2024〕8号" in copied
        and "“0.5个工作日内办结”" in copied
    )
    chat.mark(1).click()
    chat.source.get_by_role("button", name="复制引文").click()
    expect(chat.source.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith("第二部分（一）第7项")


@in_browser
def test_an_answer_is_printed_with_its_formal_citations(page: Page, script: Script) -> None:
    page.add_init_script("window.print = () => { top.printed = document.body.innerText }")
    chat = visit(page, script).open()
    chat.ask(QUESTION).get_by_role("button", name="打印").click()
    page.wait_for_function("window.printed")
    printed = page.evaluate("window.printed")
    assert printed.startswith(QUESTION) and "第二部分（一）第7项" in printed and "打印于" in printed
    assert "门户" not in printed


@in_browser
def test_the_conversation_goes_along_and_a_new_one_forgets_it(page: Page, script: Script) -> None:
    chat = visit(page, script).open()
    chat.ask(QUESTION)
    chat.ask("那印章呢？")
    assert script.asked[1]["history"] == [
        {"role": "user", "content": QUESTION},
        {
            "role": "assistant",
            "content": "清河市企业开办0.5个工作日内办结，材料齐全的当场受理；首套印章由财政承担费用。",
        },
    ]
    chat.host.get_by_role("button", name="新对话").click()
    expect(chat.log.locator(".turn")).to_have_count(0)
    expect(chat.host.locator(".greeting")).to_be_visible()
    chat.ask("再问一次")
    assert script.asked[2]["history"] == []


@in_browser
@pytest.mark.parametrize(("kept", "turns"), [("none", 0), ("session", 1), ("local", 1)])
def test_a_conversation_is_kept_only_where_one_says_so(
    page: Page, script: Script, kept: str, turns: int
) -> None:
    chat = visit(page, script, tag(script, f'data-persistence="{kept}"')).open()
    chat.ask(QUESTION)
    assert page.evaluate("sessionStorage.length + localStorage.length") == turns
    page.reload()
    chat.open()
    expect(chat.log.locator(".turn")).to_have_count(turns)
    if turns:
        chat.mark(1).click()
        expect(chat.source.locator("mark")).to_have_text("0.5个工作日内办结")
        chat.host.get_by_role("button", name="新对话").click()
        assert page.evaluate("sessionStorage.length + localStorage.length") == 0


@in_browser
def test_destroying_leaves_nothing_behind(page: Page, script: Script) -> None:
    page.add_init_script(
        """window.held = 0;
        for (const type of [Window, MediaQueryList, VisualViewport, Document]) {
          const {addEventListener: add, removeEventListener: remove} = type.prototype;
          const counting = (call, step) => function (...rest) {
            window.held += step;
            return call.apply(this, rest);
          };
          type.prototype.addEventListener = counting(add, 1);
          type.prototype.removeEventListener = counting(remove, -1);
        }"""
    )
    page.goto(script.page(tag(script, "data-manual") + "<p>正文</p>"))
    page.wait_for_function("window.WenCe")
    before = page.evaluate("[document.documentElement.outerHTML, window.held]")
    page.evaluate("window.chat = WenCe.create({persistence: 'local', openOnLoad: true}); undefined")
    chat = Chat(page)
    chat.ask(QUESTION)
    assert page.evaluate("localStorage.length") == 1
    chat.type("拖着答")
    chat.host.evaluate("chat => chat.destroy()")
    assert page.evaluate("[document.documentElement.outerHTML, window.held]") == before
    assert page.evaluate("localStorage.length + WenCe.widgets.size") == 0
    assert script.disconnected.wait(3)


@in_browser
def test_events_tell_the_page_what_happens(page: Page, script: Script) -> None:
    names = ["ready", "open", "question", "answer", "citation", "feedback", "error", "close"]
    page.add_init_script(
        f"window.heard = []; for (const name of {names}) document.addEventListener('wence:' + name, "
        "event => window.heard.push("
        "[name, event.composed, event.target.localName, Object.keys(event.detail).sort().join()]))"
    )
    chat = visit(page, script)
    chat.open().ask(QUESTION)
    chat.mark(2).click()
    page.keyboard.press("Escape")
    chat.log.get_by_role("button", name="有用").click()
    chat.log.get_by_role("button", name="提交").click()
    chat.ask("崩溃")
    chat.call("chat.close()")
    heard = page.evaluate("window.heard")
    assert [name for name, *_ in heard] == [
        "ready",
        "open",
        "question",
        "answer",
        "citation",
        "feedback",
        "question",
        "error",
        "close",
    ]
    assert {(composed, target) for _, composed, target, _ in heard} == {(True, "wence-chat")}
    details = {name: keys for name, _, _, keys in heard}
    assert details["answer"] == "answer,question" and details["error"] == "error,problem,question"


@in_browser
def test_a_page_can_drive_the_widget(page: Page, script: Script) -> None:
    chat = visit(page, script)
    assert chat.call("chat.isOpen") is False
    answer = chat.call("await chat.ask('列个清单')")
    assert answer["citations"][3]["quote"] == "市公安局、市税务局"
    expect(chat.panel).to_be_visible()
    assert chat.call("chat.ask('崩溃').catch(error => [error.name, error.kind, error.problem.status])") == [
        "WenCeError",
        "server",
        500,
    ]
    assert (
        chat.call("chat.ask('  ').catch(error => error.message)")
        == "a question has 1 to 2000 characters, found 0"
    )
    chat.call("chat.setFilters({regions: ['清河市'], issued_from: '2023-01-01'})")
    chat.call("await chat.ask('有范围')")
    assert script.asked[-1]["filters"] == {"regions": ["清河市"], "issued_from": "2023-01-01"}
    expect(chat.host.locator(".scope")).to_have_text("只查：清河市、2023-01-01—")
    assert "unknown filter" in chat.call(
        "{ try { chat.setFilters({city: 'x'}) } catch (error) { return error.message } }"
    )
    chat.call("chat.setLocale('en')")
    expect(chat.host.get_by_role("button", name="New conversation")).to_be_visible()
    expect(chat.host.locator(".scope")).to_contain_text("Searching only: 清河市")
    expect(chat.log.locator(".turn")).to_have_count(3)  # the conversation stays
    chat.call("chat.setTheme('dark')")
    expect(chat.host.locator(".wence")).to_have_attribute("data-scheme", "dark")
    assert (
        chat.call(
            "{ let n = 0; const off = chat.on('close', () => { n += 1 }); "
            "chat.close(); chat.open(); off(); chat.toggle(); return n }"
        )
        == 1
    )
    assert (
        chat.call(
            "{ chat.on('question', event => event.preventDefault()); "
            "return chat.ask('拦下').catch(error => error.name) }"
        )
        == "AbortError"
    )
    assert script.asked[-1]["question"] == "有范围"


@in_browser
def test_filters_and_choices_come_from_attributes(page: Page, script: Script) -> None:
    attributes = (
        'mode="inline" documents="办法、细则，试行,b" issued-to="2024-12-31" region-choices="清河市，白水市"'
    )
    chat = visit(page, script, element(script, attributes))
    chat.host.get_by_role("combobox", name="地区").select_option("白水市")
    chat.ask(QUESTION)
    assert script.asked[0]["filters"] == {
        # Chinese commas are part of a document's name.
        "document_ids": ["办法、细则，试行", "b"],
        "issued_to": "2024-12-31",
        "regions": ["白水市"],
    }


@in_browser
def test_attributes_may_change_at_any_time(page: Page, script: Script) -> None:
    chat = visit(
        page,
        script,
        element(
            script,
            'title="问一问" questions="甲？|乙？" position="top-left" offset="10 90" '
            'z-index="7" accent="#7a1f1f"',
        ),
    )
    assert chat.host.get_attribute("title") is None, "no tooltip over the whole widget"
    box = chat.launcher.bounding_box()
    assert box and (box["x"], box["y"]) == (10, 90)
    assert chat.launcher.evaluate(
        "node => [getComputedStyle(node).zIndex, getComputedStyle(node).backgroundColor]"
    ) == ["7", "rgb(122, 31, 31)"]
    chat.open()
    chat.input.fill("写了一半")
    chat.host.evaluate("chat => chat.setAttribute('title', '换了名')")
    expect(chat.host.get_by_role("dialog", name="换了名")).to_be_visible()
    expect(chat.input).to_have_value("写了一半")
    chat.host.get_by_role("button", name="乙？").click()
    expect(chat.log.locator(".asked")).to_contain_text("乙？")


@in_browser
def test_the_portals_styles_stay_outside(page: Page, script: Script) -> None:
    plain = (
        visit(page, script)
        .open()
        .panel.evaluate("node => [getComputedStyle(node).fontSize, getComputedStyle(node).color]")
    )
    chat = visit(page, script)
    # The portal's policy forbids style elements; a constructed sheet stands for its stylesheet.
    page.evaluate(
        """styles => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(styles);
          document.adoptedStyleSheets = [sheet];
        }""",
        "html { font-size: 75px } wence-chat { --wence-radius: 3px } "
        "* { color: red !important; font: 40px serif; letter-spacing: 9px }",
    )
    chat.open()
    assert (
        chat.panel.evaluate("node => [getComputedStyle(node).fontSize, getComputedStyle(node).color]")
        == plain
    )
    assert chat.panel.evaluate("node => getComputedStyle(node).borderRadius") == "3px"


@in_browser
def test_a_phone_shows_a_sheet_that_keeps_the_focus(browser: Browser, script: Script) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, reduced_motion="reduce"
    )
    page = context.new_page()
    chat = visit(page, script, tag(script) + "<button>门户的按钮</button>")
    chat.launcher.tap()
    dialog = chat.host.get_by_role("dialog")
    expect(dialog).to_have_attribute("aria-modal", "true")
    assert dialog.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    chat.ask("列个清单")
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") == "wence-chat"
    chat.mark(2).tap()
    expect(chat.source.locator("mark")).to_be_visible()
    expect(chat.input).to_be_hidden()  # the clause lies over the answer
    accessible(page)
    chat.source.get_by_role("button", name="关闭引文").tap()
    expect(chat.source).to_be_hidden()
    small = chat.panel.evaluate(
        "panel => [...panel.querySelectorAll('button:not(.mark), select, textarea')].filter("
        "node => node.offsetParent && node.getBoundingClientRect().height < 40).map(node => node.textContent)"
    )
    assert small == [], "targets are large enough for a thumb"
    context.close()


@in_browser
@pytest.mark.parametrize("size", [{"width": 720, "height": 450}, {"width": 320, "height": 512}])
def test_nothing_is_lost_when_zoomed(browser: Browser, script: Script, size: Any) -> None:
    context = browser.new_context(viewport=size, locale="zh-CN")
    chat = visit(context.new_page(), script, tag(script, "data-text-size=large")).open()
    chat.ask("给我一张表格")
    chat.mark(3).click()
    expect(chat.source.locator("mark")).to_be_in_viewport()
    chat.page.keyboard.press("Escape")
    expect(chat.input).to_be_in_viewport()
    assert chat.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert chat.panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth")
    context.close()


@in_browser
def test_a_reader_can_have_larger_text(page: Page, script: Script) -> None:
    chat = visit(page, script, tag(script, "data-persistence=local")).open()
    size = "node => parseFloat(getComputedStyle(node).fontSize)"
    before = chat.panel.evaluate(size)
    chat.host.get_by_role("button", name="大字").click()
    assert chat.panel.evaluate(size) >= before * 1.25
    page.reload()
    assert chat.open().panel.evaluate(size) >= before * 1.25, "the choice is kept with the conversation"


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_state_passes_axe(page: Page, script: Script, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    chat = visit(page, script, tag(script, 'data-questions="甲？|乙？" data-region-choices="清河市"'))
    expect(chat.host.locator(".wence")).to_have_attribute("data-scheme", scheme)
    accessible(page)
    chat.open()
    accessible(page)
    chat.type("拖着答")
    expect(chat.host.locator(".pending .text")).to_contain_text("清河市")
    accessible(page)
    chat.host.get_by_role("button", name="停止").click()
    chat.ask("列个清单")
    chat.log.get_by_role("button", name="没用").click()
    chat.ask("给我一张表格")
    chat.mark(2).click()
    accessible(page)
    chat.ask("这要拒答")
    accessible(page)
    chat.ask("太忙")
    accessible(page)


@in_browser
def test_forced_colours_keep_the_marks_visible(page: Page, script: Script) -> None:
    page.emulate_media(forced_colors="active")
    chat = visit(page, script).open()
    chat.ask(QUESTION)
    chat.mark(1).click()
    mark, text = (
        chat.source.locator(name).evaluate("node => getComputedStyle(node).backgroundColor")
        for name in ("mark", "blockquote")
    )
    assert mark != text
    accessible(page)


@in_browser
def test_opening_on_load_leaves_the_focus_alone(page: Page, script: Script) -> None:
    chat = visit(page, script, tag(script, "data-open-on-load"))
    expect(chat.panel).to_be_visible()
    assert page.evaluate("document.activeElement.localName") == "body"


@in_browser
def test_a_widget_in_the_text_grows_with_its_content(page: Page, script: Script) -> None:
    chat = visit(page, script, element(script, 'mode="inline" height="auto" hide="header disclaimer"'))
    expect(chat.launcher).to_have_count(0)
    expect(chat.host.get_by_role("region", name="政策问答")).to_be_visible()
    before = chat.panel.bounding_box()
    chat.ask("列个清单")
    after = chat.panel.bounding_box()
    assert before and after and after["height"] > before["height"] + 100
    expect(chat.host.locator(".disclaimer")).to_have_count(0)
    accessible(page)


@in_browser
def test_the_script_alone_adds_nothing_where_the_page_has_its_own(page: Page, script: Script) -> None:
    visit(page, script, element(script, 'mode="inline"'))
    expect(page.locator("wence-chat")).to_have_count(1)
    visit(page, script, f'<div id="here"></div>{tag(script, "data-mode=inline data-target=#here")}')
    expect(page.locator("#here > wence-chat")).to_have_count(1)


@in_browser
def test_a_portal_without_scripts_embeds_a_frame(page: Page, script: Script) -> None:
    sandbox = "allow-scripts allow-same-origin allow-popups allow-modals"
    address = f"{script.origin}/embed?questions=甲？"
    frame_tag = f'<iframe src="{address}" title="问答" width="900" height="600" sandbox="{sandbox}"></iframe>'
    page.goto(script.page(frame_tag))
    frame = page.frame_locator("iframe")
    frame.locator(".box textarea").fill(QUESTION)
    frame.get_by_role("button", name="发送").click()
    frame.get_by_role("log").locator(".mark").first.click()
    expect(frame.locator(".source mark")).to_have_text("0.5个工作日内办结")
    accessible(page)


@in_browser
def test_a_browser_without_constructable_sheets_gets_a_style_element(page: Page, script: Script) -> None:
    page.add_init_script("delete ShadowRoot.prototype.adoptedStyleSheets")
    page.goto(f"{script.origin}/embed")
    assert page.locator(".panel").evaluate("node => getComputedStyle(node).position") == "fixed"
    assert page.locator("wence-chat style").count() == 1


@in_browser
def test_the_lines_of_the_documentation_work_as_pasted(page: Page, script: Script) -> None:
    text = DOCS.read_text(encoding="utf-8").replace("https://policy.example.gov.cn", script.origin)
    snippets = re.findall(r"```html\n(.*?)```", text, re.S)
    policy = re.search(r"```text\n(script-src .*?)```", text, re.S)
    assert len(snippets) == 3 and policy
    before = script.policy
    script.policy = f"default-src 'none'; {policy[1].strip()}; frame-src {script.origin}".replace("\n", " ")
    try:
        chat = visit(page, script, snippets[0]).open()
        chat.host.get_by_role("button", name="企业注销最快几天？").click()
        expect(chat.log.locator(".mark")).to_have_count(2)
        chat = visit(page, script, snippets[1])
        expect(chat.ask(QUESTION).locator(".mark")).to_have_count(2)
        assert script.asked[-1]["filters"] == {"regions": ["黄石市"]}
        page.goto(script.page(snippets[2]))
        expect(page.frame_locator("iframe").get_by_role("heading", name="政策问答")).to_be_visible()
    finally:
        script.policy = before
