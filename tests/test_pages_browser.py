"""The pages in a real browser: their comforts, their policy, their accessibility."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from service.admin import Built, CorpusFolder, Jobs
from service.app import create_app
from service.feedback import FeedbackStore
from service.live_index import LiveIndex
from service.settings import load_settings
from tests.fakes import document, serving

pytestmark = pytest.mark.browser
pytest_plugins = ["tests.browser"]

QUESTION = "小微企业的水费怎么收取？"
PAGES = [
    "/",
    f"/?q={QUESTION}",
    "/?q=月球上几点日出",
    "/documents",
    "/documents/青石/便民二十条?quote=40-60#p7",
]


@pytest.fixture(scope="module")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> FeedbackStore:
    return FeedbackStore(tmp_path_factory.mktemp("feedback") / "f.sqlite3")


@pytest.fixture(scope="module")
def site(feedback: FeedbackStore, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve on a free port; return the address."""
    loaded = serving(examples=("青石市怎样压缩开办时限？",))
    corpus = tmp_path_factory.mktemp("corpus")
    live = LiveIndex(current_version=lambda: "v1", load=lambda: loaded, interval=3600)
    live.check()
    app = create_app(
        live,
        load_settings({"corpus": corpus, "rate_limit": 0}, env_file=None),
        corpus=CorpusFolder(corpus, suffixes=[".md"]),
        jobs=Jobs(lambda progress: Built(0, 0, 0)),
        feedback=feedback,
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(5)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_accessible_and_fits_its_window(
    browser: Browser, site: str, address: str, width: int, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    try:
        page = context.new_page()
        page.goto(site + address)
        violations = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    finally:
        context.close()


def test_the_interface_description_is_drawn_under_the_strict_policy(page: Page, site: str) -> None:
    page.goto(f"{site}/docs")
    expect(page.locator("#operations-提问-ask")).to_be_visible()
    expect(page.locator(".info .title")).to_contain_text("政策问答接口")


def test_an_example_is_asked_by_a_click_and_its_mark_leads_to_the_citation(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("link", name="青石市怎样压缩开办时限？").click()
    page.locator("a.mark").first.click()
    assert page.evaluate("document.querySelector(':target').id") == "c1"
    page.get_by_role("link", name="看原文").first.click()
    expect(page.locator("mark").first).to_be_in_viewport()


def test_the_slash_key_goes_to_the_question_box(page: Page, site: str) -> None:
    page.goto(f"{site}/?q={QUESTION}")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("月球上几点日出")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="未作答")).to_be_visible()


def test_feedback_is_given_by_a_click(page: Page, site: str, feedback: FeedbackStore) -> None:
    page.goto(f"{site}/?q={QUESTION}")
    page.get_by_role("button", name="没用").click()
    expect(page.get_by_text("已记下，谢谢。")).to_be_visible()
    expect(page.get_by_role("button", name="没用")).to_have_attribute("aria-pressed", "true")
    newest = feedback.page(limit=1)[0]
    assert (newest.rating, newest.question) == ("down", QUESTION)


def test_a_formal_citation_is_copied(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/?q={QUESTION}")
    page.get_by_role("button", name="复制引文").first.click()
    expect(page.get_by_role("button", name="已复制").first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith("第二部分第2项")


def test_the_outline_is_open_on_a_desk_and_folded_on_a_phone(page: Page, site: str) -> None:
    page.goto(f"{site}/documents/青石/便民二十条")
    expect(page.get_by_role("link", name="二、重点任务")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("link", name="二、重点任务")).to_be_hidden()
    page.locator("summary").click()
    page.get_by_role("link", name="2.减免小微企业费用").click()
    assert page.evaluate("document.querySelector(':target').id") == "p7"


READER = "/documents/青石/便民二十条"


def test_the_outline_follows_the_reading(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 300})
    page.goto(f"{site}{READER}")
    current = page.locator("nav[aria-label=目录] a[aria-current]")
    expect(current).to_have_text("一、总体要求")
    page.evaluate("document.getElementById('p7').scrollIntoView()")
    expect(current).to_have_text("2.减免小微企业费用")


def test_the_outline_unfolds_over_the_text_of_a_phone_and_folds_again(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 500})
    page.goto(f"{site}{READER}")
    page.mouse.wheel(0, 5000)
    link = page.get_by_role("link", name="二、重点任务")
    page.locator("summary").click()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    page.locator("summary").click()
    page.mouse.click(200, 490)
    expect(link).to_be_hidden()


def test_words_are_found_whatever_their_width_and_across_a_heading(page: Page, site: str) -> None:
    page.goto(f"{site}{READER}")
    page.keyboard.press("/")
    box = page.get_by_label("在文中查找")
    expect(box).to_be_focused()
    said = page.locator(".find-count")
    box.fill("企业 费用。年")
    expect(said).to_have_text("1 / 1")
    expect(page.locator("#p7")).to_have_class("line opens level-2 here")
    box.fill("2025年６月")
    expect(said).to_have_text("1 / 1")
    box.fill("企业")
    expect(said).to_have_text(re.compile(r"^1 / [2-9]$"))
    page.keyboard.press("Enter")
    expect(said).to_have_text(re.compile(r"^2 / "))
    page.keyboard.press("Shift+Enter")
    expect(said).to_have_text(re.compile(r"^1 / "))
    box.fill("月球")
    expect(said).to_have_text("没有")
    page.keyboard.press("Escape")
    expect(said).to_be_empty()
    expect(page.locator(".line.here")).to_have_count(0)


def test_the_quoted_words_of_a_long_paragraph_are_scrolled_to(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 220})
    try:
        page = context.new_page()
        start = document().text.index("2025年6月底前")
        page.goto(f"{site}{READER}?quote={start}-{start + 2}#p7")
        expect(page.locator("mark").first).to_be_in_viewport()
    finally:
        context.close()


def test_the_paragraph_of_the_address_can_be_cited(page: Page, site: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}{READER}#p6")
    expect(page.locator("#p6 + .cite")).to_be_visible()
    page.locator("#p7").hover()
    page.locator("#p7 .anchor").click()
    bar = page.locator("#p7 + .cite")
    expect(bar).to_contain_text("第二部分第2项")
    bar.get_by_role("button", name="复制链接").click()
    expect(bar.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    expect(page.locator(".cite")).to_have_count(1)


def test_a_question_is_asked_about_the_document_that_is_open(page: Page, site: str) -> None:
    page.emulate_media(reduced_motion="reduce")  # half risen, the panel is half transparent to axe
    page.goto(f"{site}{READER}")
    page.get_by_role("button", name="就这份文件提问").click()
    with page.expect_request("**/api/v1/ask") as asked:
        page.get_by_role("textbox", name="请输入问题").fill(QUESTION)
        page.keyboard.press("Enter")
    assert (asked.value.post_data_json or {})["filters"] == {"document_ids": [document().id]}
    expect(page.locator("wence-chat").get_by_text(f"只查：《{document().title}》")).to_be_visible()
    violations = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []


def test_a_printed_document_is_text_alone(page: Page, site: str) -> None:
    page.goto(f"{site}{READER}?quote=40-60#p7")
    page.emulate_media(media="print")
    for part in (".masthead", ".outline", ".cite", ".title-block .actions", ".anchor >> nth=0"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.locator("wence-chat").get_by_role("button", name="问这份文件")).to_be_hidden()
    expect(page.locator("#p7")).to_be_visible()


def test_a_printed_answer_names_its_question_and_is_dark_on_white(page: Page, site: str) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(f"{site}/?q={QUESTION}")
    heading = page.get_by_role("heading", name=QUESTION)
    assert (heading.bounding_box() or {"height": 0})["height"] > 10
    expect(page.locator(".sheet")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator("body")).to_have_css("color", "rgb(0, 0, 0)")


def test_choosing_a_filter_is_enough(page: Page, site: str) -> None:
    page.goto(f"{site}/documents")
    page.get_by_label("地区").select_option("青石市")
    page.wait_for_url("**region=*")
    expect(page.get_by_text("找到 1 份")).to_be_visible()


def test_everything_works_without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(site)
        page.locator("#q").fill(QUESTION)
        page.get_by_role("button", name="查依据").click()
        expect(page.get_by_role("heading", name="回答", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="复制引文")).to_have_count(0)
        page.goto(f"{site}/documents/{document().id}#p7")
        expect(page.locator("#p7")).to_be_in_viewport()
    finally:
        context.close()
