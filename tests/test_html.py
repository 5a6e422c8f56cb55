from __future__ import annotations

from pathlib import Path
from string import Template

import pytest

from tests.files import POLICY, ReadFile, lines, reader


@pytest.fixture
def file(tmp_path: Path) -> ReadFile:
    return reader(tmp_path)


def paragraphs(style: str) -> str:
    if style == "br":
        return "<br/>\n&nbsp;&nbsp;".join(POLICY)
    if style == "span":
        return "".join(f"<p><span>{line[:5]}</span><b lang='EN'>{line[5:]}</b></p>" for line in POLICY)
    if style == "layout table":
        return (
            "<table width=900><tr><td>" + "".join(f"<p>{line}</p>" for line in POLICY) + "</td></tr></table>"
        )
    return "\n".join(f"<{style} style='text-indent: 2em'>　　{line}</{style}>" for line in POLICY)


def page(style: str, charset: str = "utf-8") -> str:
    """A page as government sites make them: the text amid navigation, page data, buttons and an imprint."""
    template = Template((Path(__file__).parent / "pages" / "policy.html").read_text(encoding="utf-8"))
    return template.substitute(charset=charset, text=paragraphs(style))


@pytest.mark.parametrize("style", ["p", "div", "br", "span", "layout table", "section"])
def test_a_page_gives_its_text_whole_and_nothing_else(file: ReadFile, style: str) -> None:
    source = file("a.html", page(style))
    assert lines(source) == ["云泽市扶持夜市十条", *POLICY]
    assert source.title == "云泽市扶持夜市十条"
    assert source.headings == ((0, 1),)
    assert source.metadata == {
        "issuer": "云泽市人民政府办公室",
        "number": "云政办发〔2023〕17号",
        "issued_on": "2023-06-08",
        "published_on": "2023-06-12",
        "status": "现行有效",
        "source": "市政府办公室",
        "index_number": "yz/2023-45",
        "topic": "商贸",
    }


@pytest.mark.parametrize("charset", ["gb2312", "GBK", "utf-8"])
def test_a_page_in_gbk_is_read_whatever_it_declares(file: ReadFile, charset: str) -> None:
    assert lines(file("a.htm", page("p", charset).encode("gb18030"))) == ["云泽市扶持夜市十条", *POLICY]


def test_tables_of_a_page_stay(file: ReadFile) -> None:
    source = file(
        "a.html",
        "<h1>云泽市公告</h1><table><tr><th>对象</th><th>标准</th></tr>"
        "<tr><td>新摊</td><td>每月<br>500元</td></tr><tr><td>老摊</td><td></td></tr></table><ul><li><a>甲</a><li><a>乙</a></ul>",
    )
    assert lines(source) == ["云泽市公告", "对象 | 标准", "新摊 | 每月 500元", "老摊 | "]


def test_numbered_lists_of_a_page_show_their_numbers(file: ReadFile) -> None:
    source = file(
        "a.html", "<ol start=3><li>交表；</li><li value=6>领证。</li></ol><ol><li>1.自带编号。</li></ol>"
    )
    assert lines(source) == ["3. 交表；", "6. 领证。", "1.自带编号。"]


def test_line_ends_of_the_source_are_no_spaces_between_han_characters(file: ReadFile) -> None:
    source = file(
        "a.html", "<p>面积满 50 m<sup>2</sup>，\n   并且\n符合 night\n market 标准的，可以申请。</p>"
    )
    assert source.text == "面积满 50 m2，并且符合 night market 标准的，可以申请。"


def test_a_text_inside_parts_that_are_marked_as_navigation_is_not_lost(file: ReadFile) -> None:
    source = file(
        "a.html", "<nav>第一条 为了夜市，制定本办法。<footer><p>第二条 夜市由街道管理。</p></footer></nav>"
    )
    assert lines(source) == ["第一条 为了夜市，制定本办法。", "第二条 夜市由街道管理。"]


def test_advertisements_between_the_parts_do_not_cut_the_text(file: ReadFile) -> None:
    body = "".join(
        f"<div><p>第{n}条 第{n}类夜市另行规定。</p></div><div><a>广告</a></div>" for n in "一二三四五"
    )
    assert [line for line in lines(file("a.html", body)) if line != "广告"] == [
        f"第{n}条 第{n}类夜市另行规定。" for n in "一二三四五"
    ]


def test_short_lines_around_the_text_belong_to_it(file: ReadFile) -> None:
    body = (
        "<div><a>首页</a></div><div>夜市通告</div><p>各摊主：</p><p>今晚停市一天，请相互转告。</p>"
        "<p>街道办</p><p>2023年1月2日</p>"
    )
    assert lines(file("a.html", body)) == [
        "夜市通告",
        "各摊主：",
        "今晚停市一天，请相互转告。",
        "街道办",
        "2023年1月2日",
    ]


def test_a_page_that_never_closes_its_fonts_is_read(file: ReadFile) -> None:
    assert (
        file("a.html", "<font>" * 900 + "第一条 为了夜市，制定本办法。").text
        == "第一条 为了夜市，制定本办法。"
    )


def test_a_page_of_links_alone_is_read_as_they_are(file: ReadFile) -> None:
    assert file("a.html", "<a>甲办法</a><br><a>乙办法</a>").text == "甲办法\n乙办法"
