"""The pages that people see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from lxml import html

from indexer.document import Document, Paragraph
from service.answer import Answer, Citation
from service.reading import cited
from tests.client import client
from tests.fakes import FakeAssistant, document, serving

QUESTION = "小微企业的水费怎么收取？"
PAGES = [
    "/",
    f"/?q={QUESTION}",
    "/?q=月球上几点日出",
    "/documents",
    "/documents/青石/便民二十条",
    "/docs",
    "/nowhere",
]
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[TestClient]:
    with client(tmp_path, serving(examples=("青石市怎样压缩开办时限？",))) as made:
        made.headers.update(BROWSER)
        yield made


def tree(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_a_strict_policy_and_keeps_to_it(reading: TestClient, page: str) -> None:
    response = reading.get(page)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    page_tree = tree(response.text)
    assert not page_tree.xpath(
        "//script[not(@src)] | //style | //*[@style] | //a[starts-with(@href, 'javascript')]"
    )
    assert not page_tree.xpath("//@*[starts-with(name(), 'on')]")
    for address in page_tree.xpath("//script/@src | //link/@href | //img/@src"):
        assert address.startswith("/")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_well_formed_for_readers_of_all_kinds(reading: TestClient, page: str) -> None:
    page_tree = tree(reading.get(page).text)
    assert page_tree.get("lang") == "zh-CN"
    assert page_tree.findtext(".//title")
    assert len(page_tree.findall(".//h1")) == 1
    assert len(page_tree.findall(".//main")) == 1
    ids = page_tree.xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_refers_to_is_there(reading: TestClient, page: str) -> None:
    page_tree = tree(reading.get(page).text)
    for address in page_tree.xpath("//script/@src | //link/@href | //img/@src | //a/@href"):
        target, _, fragment = address.partition("#")
        if target:
            assert reading.get(target).status_code == 200, address
        elif fragment:
            assert page_tree.get_element_by_id(fragment) is not None, address


def test_the_home_page_offers_questions_of_this_index(reading: TestClient) -> None:
    page_tree = tree(reading.get("/").text)
    (example,) = page_tree.xpath("//div[@class='try']//a")
    assert example.text == "青石市怎样压缩开办时限？"
    assert "压缩开办时限" in tree(reading.get(example.get("href")).text).text_content()


def test_the_home_page_shows_the_line_to_embed_and_what_a_portal_must_allow(reading: TestClient) -> None:
    text = tree(reading.get("/").text).get_element_by_id("embed").text_content()
    assert '<script src="http://testserver/widget.js" defer data-title="问策"></script>' in text
    assert "script-src http://testserver;" in text and "connect-src http://testserver;" in text
    assert "WENCE_CORS_ORIGINS" in text


def test_an_asked_page_shows_answer_marks_and_citations(reading: TestClient) -> None:
    page_tree = tree(reading.get("/", params={"q": QUESTION}).text)
    (mark,) = page_tree.xpath("//a[@class='mark']")
    citation = page_tree.get_element_by_id(mark.get("href").removeprefix("#"))
    assert citation.findtext(".//mark") == "2.减免小微企业费用。"
    assert "第二部分第2项" in citation.text_content()
    (link,) = citation.xpath(".//a/@href")
    assert re.fullmatch(r"/documents/[%\w/]+\?quote=\d+-\d+#p7", link)


def test_citations_of_one_paragraph_stand_together(tmp_path: Path) -> None:
    def twice(answer: Answer) -> Answer:
        (first,) = answer.citations
        start = first.paragraph.text.index("按九折")
        second = replace(first, index=2, start=start, end=start + 3)
        return replace(answer, text="甲[2]乙[1]", citations=(first, second))

    with client(tmp_path, serving(assistant=FakeAssistant([document()], rewrite=twice))) as reading:
        page_tree = tree(reading.get("/", params={"q": QUESTION}).text)
        (citation,) = page_tree.xpath("//li[@class='citation']")
        for mark in page_tree.xpath("//a[@class='mark']"):
            place = page_tree.get_element_by_id(mark.get("href").removeprefix("#"))
            assert place is citation or place in citation.iter()
        assert [mark.text for mark in citation.iter("mark")] == ["2.减免小微企业费用。", "按九折"]
        assert citation.find(".//blockquote").text_content() == document().paragraphs[6].text
        (link,) = citation.xpath(".//a/@href")
        marked = tree(reading.get(link).text).xpath("//mark/text()")
    assert "".join(marked) == "2.减免小微企业费用。按九折"


def test_much_around_a_quote_is_left_out() -> None:
    def shown_of(start: int, end: int) -> list[tuple[str, bool]]:
        paragraph = Paragraph("d#p1", 1, "".join(chr(0x4E00 + n) for n in range(100)), 0, 100, 0)
        (source,) = cited([Citation(1, document(), paragraph, start, end, 1.0)], around=10)
        return [(text if len(text) < 5 else f"{len(text)}", quoted) for text, quoted in source.pieces]

    assert shown_of(50, 52) == [("11", False), (chr(0x4E00 + 50) + chr(0x4E00 + 51), True), ("11", False)]
    assert shown_of(0, 100) == [("100", True)]
    assert shown_of(10, 90) == [("10", False), ("80", True), ("10", False)]


def test_an_unanswered_question_is_a_result_with_neighbours(reading: TestClient) -> None:
    response = reading.get("/", params={"q": "月球上几点日出"})
    assert response.status_code == 200
    page_tree = tree(response.text)
    assert page_tree.xpath("//section[contains(@class, 'refused')]")
    assert page_tree.xpath("//section[@class='suggestions']//a/@href")[0].endswith("#p4")


def test_a_question_can_be_put_to_one_document(tmp_path: Path) -> None:
    both = serving(document(), document("白山", title="白山的办法", region="白山市"))
    with client(tmp_path, both) as reading:
        page_tree = tree(reading.get("/", params={"q": QUESTION, "document": "白山"}).text)
    assert page_tree.xpath("//input[@name='document']/@value") == ["白山"]
    assert all("白山的办法" in one.text_content() for one in page_tree.xpath("//li[@class='citation']"))


@pytest.mark.parametrize("q", ["<script>alert(1)</script>", '" onfocus=alert(1) x="', "{{7*7}}"])
def test_a_hostile_question_stays_text(reading: TestClient, q: str) -> None:
    page_tree = tree(reading.get("/", params={"q": q}).text)
    (box,) = page_tree.xpath("//input[@id='q']")
    assert box.get("value") == q and box.get("onfocus") is None
    assert not page_tree.xpath("//script[not(@src)]")


def test_a_hostile_answer_stays_text(tmp_path: Path) -> None:
    text = (
        "<img src=x onerror=alert(1)> [点我](javascript:alert(1)) **要点** [1] [9]\n\n"
        "| a | b |\n| --- | --- |\n| <b>x</b> | y[1] |"
    )
    hostile = FakeAssistant([document()], rewrite=lambda answer: replace(answer, text=text))
    with client(tmp_path, serving(assistant=hostile)) as reading:
        page_tree = tree(reading.get("/", params={"q": QUESTION}).text)
    (answer,) = page_tree.xpath("//div[@class='answer']")
    assert not answer.xpath(".//img | .//a[not(@class='mark')] | .//td/b")
    assert answer.findtext(".//strong") == "要点"
    assert [mark.text for mark in answer.xpath(".//a")] == ["1", "1"]
    assert "[9]" in answer.text_content() and "[点我]" in answer.text_content()
    assert [cell.text for cell in answer.xpath(".//th")] == ["a", "b"]


def shown(tmp_path: Path, text: str) -> html.HtmlElement:
    """Return the answer that the page makes of `text`."""
    written = FakeAssistant([document()], rewrite=lambda answer: replace(answer, text=text))
    with client(tmp_path, serving(assistant=written)) as reading:
        (answer,) = tree(reading.get("/", params={"q": QUESTION}).text).xpath("//div[@class='answer']")
    return answer


def test_each_line_of_an_answer_is_a_paragraph_and_lists_stay_together(tmp_path: Path) -> None:
    answer = shown(
        tmp_path, "共 2 项：\n- 甲项\n- 乙项\n以上为全部。\n3. 丙步\n4. 丁步\n# 说明\n　　缩进的话"
    )
    assert [(child.tag, child.text_content().split()) for child in answer] == [
        ("p", ["共", "2", "项："]),
        ("ul", ["甲项", "乙项"]),
        ("p", ["以上为全部。"]),
        ("ol", ["丙步", "丁步"]),
        ("p", ["说明"]),
        ("p", ["缩进的话"]),
    ]
    assert answer.find("ol").get("start") == "3"


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        ("费率**不超过1%**的", "不超过1%"),
        ("推广**“便民贷”**服务", "“便民贷”"),
        ("**9折**[1]。", "9折"),
    ],
)
def test_bold_words_may_touch_chinese_text_and_punctuation(tmp_path: Path, text: str, bold: str) -> None:
    answer = shown(tmp_path, text)
    assert answer.findtext(".//strong") == bold
    assert "*" not in answer.text_content()


@pytest.mark.parametrize("text", ["2*3*4", "见 _附表_ 和 __附图__", "一 ** 二", "****", "[0] [2] [01x]"])
def test_what_is_no_markup_stays_as_it_was_written(tmp_path: Path, text: str) -> None:
    assert shown(tmp_path, text).text_content().strip() == text


def test_a_cell_of_a_table_names_its_column_for_narrow_screens(tmp_path: Path) -> None:
    table = "| 城市 | **规定**[1] | [[1]1]<i> |\n| --- | --- | --- |\n| 青石市 | 九折 | a\\|b[1] |\n"
    answer = shown(tmp_path, table)
    (shape,) = answer.xpath(".//table")
    assert shape.get("class") == "many" and shape.getparent().get("tabindex") == "0"
    assert [cell.get("data-label") for cell in answer.xpath(".//td")] == ["城市", "规定", "[1]<i>"]
    assert [cell.text for cell in answer.xpath(".//td")] == ["青石市", "九折", "a|b"]
    assert [cell.get("role") for cell in answer.xpath(".//th")] == ["columnheader"] * 3


def test_a_hostile_document_stays_text(tmp_path: Path) -> None:
    hostile = document(
        "x", title="<script>t</script>", lines=[("<script>alert(1)</script>", 0), ("</p><h1 onclick=x>", 0)]
    )
    with client(tmp_path, serving(hostile)) as reading:
        for page in ("/documents", "/documents/x"):
            page_tree = tree(reading.get(page, headers=BROWSER).text)
            assert not page_tree.xpath("//script[not(@src)]")
            assert len(page_tree.findall(".//h1")) == 1


def test_the_reader_shows_every_paragraph_character_for_character(reading: TestClient) -> None:
    page_tree = tree(reading.get("/documents/青石/便民二十条").text)
    for paragraph in document().paragraphs:
        line = page_tree.get_element_by_id(f"p{paragraph.number}")
        (anchor,) = line.xpath("./a[@class='anchor']")
        anchor.drop_tree()
        assert line.text_content() == paragraph.text


def test_the_reader_marks_the_quote_wherever_it_lies(reading: TestClient) -> None:
    text = document().text
    start = text.index("让群众")
    end = text.index("二、重点") + 2
    page_tree = tree(reading.get(f"/documents/青石/便民二十条?quote={start}-{end}").text)
    marked = [mark.text for mark in page_tree.xpath("//mark")]
    assert marked == ["让群众少跑腿，让企业少等待。", "二、"]


@pytest.mark.parametrize("quote", ["", "x", "9-3", "-1-4", "999999-9999999", "0-0", "1-2-3"])
def test_a_quote_that_is_no_range_marks_nothing(reading: TestClient, quote: str) -> None:
    response = reading.get("/documents/青石/便民二十条", params={"quote": quote})
    assert response.status_code == 200
    assert "<mark" not in response.text


def test_the_reader_tells_heading_body_and_trailer_apart(reading: TestClient) -> None:
    page_tree = tree(reading.get("/documents/青石/便民二十条").text)
    assert page_tree.get_element_by_id("p3").tag == "h2"
    task = page_tree.get_element_by_id("p7")
    assert task.tag == "p"
    assert task.findtext("b") == "2.减免小微企业费用。"
    assert task.findtext("span") == "（牵头单位：市水务局；完成时限：2025年6月底前）"


def test_the_reader_has_an_outline_of_all_clauses(reading: TestClient) -> None:
    page_tree = tree(reading.get("/documents/青石/便民二十条").text)
    links = page_tree.xpath("//nav[@aria-label='目录']//a")
    assert [link.get("href") for link in links] == ["#p3", "#p5", "#p6", "#p7"]


def test_the_reader_knows_how_to_cite_each_paragraph(reading: TestClient) -> None:
    page_tree = tree(reading.get("/documents/青石/便民二十条").text)
    (article,) = page_tree.xpath("//article")
    assert article.get("data-name").startswith("《") and article.get("data-document") == "青石/便民二十条"
    places = {
        line.get("id"): line.find("a[@class='anchor']").get("data-place")
        for line in page_tree.xpath("//*[contains(@class, 'line ')]")
    }
    assert places["p7"] == "第二部分第2项" and places["p1"] is None


def test_a_suggestion_does_not_say_its_heading_twice(reading: TestClient) -> None:
    page_tree = tree(reading.get("/", params={"q": "月球上几点日出"}).text)
    for link in page_tree.xpath("//section[@class='suggestions']//a"):
        heading, text = link.findtext("strong"), link.findtext("span")
        assert not text.startswith(heading.strip("…"))


def test_the_reader_shows_what_is_known_and_leaves_out_what_is_not(tmp_path: Path) -> None:
    bare = document("x", issuer=None, number=None, issued_on=None, region=None)
    with client(tmp_path, serving(bare)) as reading:
        text = reading.get("/documents/x").text
    assert "<dt>" not in text and "None" not in text


def test_the_reader_links_the_other_versions_and_marks_the_one_in_force(tmp_path: Path) -> None:
    old = document("old", title="青石市夜市条例", issued_on=date(2009, 3, 4))
    new = document("new", title="青石市夜市条例（2019年修订）", issued_on=date(2019, 5, 6))
    with client(tmp_path, serving(old, new)) as reading:
        older, newer = (tree(reading.get(f"/documents/{one}").text) for one in ("old", "new"))
    (link,) = older.xpath("//nav[@class='versions']//a")
    assert link.get("href") == "/documents/new" and "现行" in link.get("aria-label")
    (banner,) = older.xpath("//p[contains(@class, 'outdated')]")
    assert "这是旧版本，现行版本自2019年5月6日起施行" in banner.text_content()
    assert [one.get("href") for one in banner.xpath(".//a")] == ["/documents/new"]
    assert newer.xpath("//nav[@class='versions']//a/@href") == ["/documents/old"]
    assert newer.xpath("//nav[@class='versions']//*[contains(@class, 'tag')]/text()") == ["旧版本"]
    assert not newer.xpath("//p[contains(@class, 'outdated')]")


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (replace(document("x"), status="已废止"), "已废止"),
        (replace(document("x"), expires_on=date(2012, 12, 31)), "有效期至2012年12月31日，已经届满"),
        (replace(document("x"), effective_on=date(2999, 1, 1)), "自2999年1月1日起施行，目前尚未施行"),
    ],
)
def test_the_reader_warns_of_a_document_that_is_not_in_force(
    tmp_path: Path, shown: Document, words: str
) -> None:
    with client(tmp_path, serving(shown)) as reading:
        page = tree(reading.get("/documents/x").text)
    (banner,) = page.xpath("//p[contains(@class, 'outdated')]")
    assert words in banner.text_content()
    assert not page.xpath("//nav[@class='versions']")


def test_the_library_filters_by_what_was_chosen(tmp_path: Path) -> None:
    many = serving(
        document("a", title="甲文", region="青石市", issued_on=date(2022, 1, 1)),
        document("b", title="乙文", region="白山市", issued_on=date(2024, 1, 1)),
        document("c", title="丙文", region="白山市", issued_on=date(2022, 6, 1), issuer="白山市商务局"),
    )
    with client(tmp_path, many) as reading:

        def titles(**query: str) -> list[str]:
            return tree(reading.get("/documents", params=query).text).xpath(
                "//ul[@class='shelf']/li/a/text()"
            )

        assert titles() == ["乙文", "丙文", "甲文"]
        assert titles(region="白山市", year="") == ["乙文", "丙文"]
        assert titles(year="2022") == ["丙文", "甲文"]
        assert titles(issuer="白山市商务局") == ["丙文"]
        assert titles(q="甲") == ["甲文"]
        assert titles(q="没有") == []
        chosen = tree(reading.get("/documents", params={"region": "白山市"}).text)
        assert chosen.xpath("//select[@id='f-region']/option[@selected]/@value") == ["白山市"]


def test_a_long_library_is_paged(tmp_path: Path) -> None:
    many = serving(*(document(f"d{n:02}", title=f"文{n:02}") for n in range(45)))
    with client(tmp_path, many) as reading:
        page = tree(reading.get("/documents").text)
        seen = page.xpath("//ul[@class='shelf']/li/a/text()")
        while following := page.xpath("//a[@rel='next']/@href"):
            page = tree(reading.get(following[0]).text)
            seen += page.xpath("//ul[@class='shelf']/li/a/text()")
    assert len(seen) == len(set(seen)) == 45


def test_pages_say_so_while_there_is_no_index(tmp_path: Path) -> None:
    with client(tmp_path, None) as reading:
        home = reading.get("/", headers=BROWSER)
        assert home.status_code == 200 and "暂时不能回答" in home.text
        assert reading.get(f"/?q={QUESTION}", headers=BROWSER).status_code == 503
        library = reading.get("/documents", headers=BROWSER)
        assert library.status_code == 503 and library.headers["content-type"].startswith("text/html")


def test_a_person_gets_a_page_where_a_program_gets_a_problem(reading: TestClient) -> None:
    assert reading.get("/documents/none").headers["content-type"].startswith("text/html")
    assert reading.get("/documents/none", headers={"accept": "*/*"}).json()["status"] == 404
    assert reading.get("/api/v1/documents/none").json()["status"] == 404


def test_asking_on_the_page_counts_as_asking(tmp_path: Path) -> None:
    with client(tmp_path, serving(), rate_limit=1) as reading:
        assert reading.get("/", params={"q": QUESTION}).status_code == 200
        refused = reading.get("/", params={"q": QUESTION})
        assert refused.status_code == 429 and refused.headers["retry-after"]
        assert reading.get("/").status_code == 200


def test_a_notice_is_shown_with_the_answer(tmp_path: Path) -> None:
    def warned(answer: Answer) -> Answer:
        return replace(answer, notice="依据的是旧版文件。")

    with client(tmp_path, serving(assistant=FakeAssistant([document()], rewrite=warned))) as reading:
        assert "依据的是旧版文件。" in reading.get("/", params={"q": QUESTION}).text


def test_the_site_bears_the_title_that_the_operator_gave_it(tmp_path: Path) -> None:
    with client(tmp_path, serving(), site_title="青石政策") as reading:
        assert "<title>青石政策</title>" in reading.get("/").text


def test_pages_answer_head_requests(reading: TestClient) -> None:
    for page in ("/", "/documents", "/documents/青石/便民二十条"):
        response = reading.head(page)
        assert response.status_code == 200 and response.content == b""


@pytest.mark.parametrize(
    ("settings", "shown"),
    [({}, True), ({"api_keys": "one"}, False), ({"api_keys": "one", "session_minutes": 5}, True)],
)
def test_the_bubble_is_shown_only_where_it_may_ask(
    tmp_path: Path, settings: dict[str, Any], shown: bool
) -> None:
    with client(tmp_path, serving(), **settings) as asking:
        page = html.fromstring(asking.get("/", headers=BROWSER).text)
    assert bool(page.xpath("//script[@src='/widget.js']")) is shown
