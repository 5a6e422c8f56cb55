from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from indexer.formats.word_numbering import render
from tests.files import ReadFile, cause, lines, reader


@pytest.fixture
def file(tmp_path: Path) -> ReadFile:
    return reader(tmp_path)


LEVELS = [
    ("chineseCounting", "%1、", "nothing"),
    ("chineseCounting", "（%2）", "nothing"),
    ("decimal", "%3.", "tab"),
    ("chineseCountingThousand", "第%4条", "space"),
]


def word(*paragraphs: tuple[int | None, str], levels: Sequence[tuple[str, str, str]] = LEVELS) -> Any:
    """A Word document; a paragraph's number says its level in an automatically numbered list."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    xml = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:suff w:val="{suffix}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (kind, text, suffix) in enumerate(levels)
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{xml}</w:abstractNum>')
    )
    for num in (90, 91):
        override = (
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>' if num == 91 else ""
        )
        numbering.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{num}"><w:abstractNumId w:val="90"/>{override}</w:num>'
            )
        )
    for depth, text in paragraphs:
        number(document.add_paragraph(text), depth)
    return document


def number(paragraph: Any, depth: int | None, num: int = 90) -> None:
    if depth is not None:
        xml = f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{num}"/></w:numPr>'
        paragraph._p.get_or_add_pPr().append(parse_xml(xml))


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_automatic_numbers_of_a_word_file_are_written_out(file: ReadFile) -> None:
    document = word(
        (None, "云泽市方案"),
        (0, "要求"),
        (1, "甲"),
        (2, "一事"),
        (2, "二事"),
        (1, "乙"),
        (2, "又一事"),
        (0, "任务"),
    )
    assert lines(file("a.docx", saved(document))) == [
        "云泽市方案",
        "一、要求",
        "（一）甲",
        "1. 一事",
        "2. 二事",
        "（二）乙",
        "1. 又一事",
        "二、任务",
    ]


def test_articles_of_a_word_file_count_on_past_ten(file: ReadFile) -> None:
    document = word(*[(3, "略。")] * 12)
    assert lines(file("a.docx", saved(document)))[9:] == ["第十条 略。", "第十一条 略。", "第十二条 略。"]


def test_a_list_that_starts_elsewhere_and_one_by_style_are_numbered(file: ReadFile) -> None:
    document = word()
    number(document.add_paragraph("从五开始"), 0, num=91)
    style = document.styles.add_style("条", 1)
    style.element.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="91"/></w:numPr>')
    )
    document.add_paragraph("按样式编号", style="条")
    document.add_paragraph("圆点没有编号", style="List Bullet")
    assert lines(file("a.docx", saved(document))) == ["五、从五开始", "六、按样式编号", "圆点没有编号"]


def test_tables_stand_where_they_stand_in_a_word_file(file: ReadFile) -> None:
    document = word((0, "标准"))
    table = document.add_table(2, 2)
    for cell, text in zip(
        [c for row in table.rows for c in row.cells], ["对象", "标准", "新摊", "500元"], strict=True
    ):
        cell.text = text
    document.add_paragraph("以上标准含税。")
    assert lines(file("a.docx", saved(document))) == [
        "一、标准",
        "对象 | 标准",
        "新摊 | 500元",
        "以上标准含税。",
    ]


def test_headings_line_breaks_and_title_of_a_word_file_are_found_and_headers_left_out(file: ReadFile) -> None:
    document = docx.Document()
    document.core_properties.title = "云泽市夜市办法"
    document.sections[0].header.paragraphs[0].text = "页眉"
    document.sections[0].footer.paragraphs[0].text = "页脚 1"
    document.add_heading("云泽市夜市办法", 0)
    document.add_heading("总则", 2)
    document.add_paragraph("第一行\n第二行\t尾")
    source = file("a.docx", saved(document))
    assert lines(source) == ["云泽市夜市办法", "总则", "第一行", "第二行\t尾"]
    assert (source.title, source.headings) == ("云泽市夜市办法", ((0, 0), (8, 2)))


def test_deleted_words_of_a_word_file_are_gone_and_inserted_ones_there(file: ReadFile) -> None:
    document = docx.Document()
    run = "<w:r><w:t>{}</w:t></w:r>"
    document.element.body.insert(
        0,
        parse_xml(
            f'<w:p {nsdecls("w")}><w:ins w:id="1" w:author="a">{run.format("新")}</w:ins>{run.format("办法")}'
            f'<w:del w:id="2" w:author="a"><w:r><w:delText>旧</w:delText></w:r></w:del>'
            f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r></w:p>"
        ),
    )
    assert file("a.docx", saved(document)).text == "新办法"


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("chineseCounting", 21, "二十一"),
        ("chineseCountingThousand", 105, "一百零五"),
        ("ideographDigital", 12, "一二"),
        ("chineseLegalSimplified", 3, "叁"),
        ("decimalEnclosedCircle", 3, "③"),
        ("decimalFullWidth", 12, "１２"),
        ("lowerLetter", 27, "aa"),
        ("upperRoman", 14, "XIV"),
        ("ideographTraditional", 2, "乙"),
        ("decimalZero", 7, "07"),
        ("none", 7, ""),
        ("somethingElse", 7, "7"),
    ],
)
def test_numbers_are_rendered_as_word_shows_them(kind: str, value: int, shown: str) -> None:
    assert render(value, kind) == shown


def test_an_encrypted_or_an_old_word_file_is_named(file: ReadFile) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    assert cause(file, "a.docx", ole + "EncryptedPackage".encode("utf-16-le")).startswith("加密：")
    assert "旧版 Word" in cause(file, "a.docx", ole)


def test_a_damaged_word_file_is_named(file: ReadFile) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "甲")
    for content in (saved(docx.Document())[:900], b"PK\x03\x04 nothing", buffer.getvalue()):
        assert cause(file, "a.docx", content).startswith("损坏：")
