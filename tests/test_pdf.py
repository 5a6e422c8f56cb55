from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from tests.files import ReadFile, cause, lines, reader


@pytest.fixture
def file(tmp_path: Path) -> ReadFile:
    return reader(tmp_path)


Printed = tuple[float, float, float, str]
"""x and y in points from the lower left corner, type size, words."""


def pdf(*pages: Sequence[Printed], password: str | None = None, title: str | None = None) -> bytes:
    """A PDF of printed lines, with a text layer in a font that needs no file."""
    writer = PdfWriter()
    descendant = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/CIDFontType0"),
            NameObject("/BaseFont"): NameObject("/STSong-Light"),
            NameObject("/DW"): NumberObject(1000),
            NameObject("/W"): ArrayObject([NumberObject(32), NumberObject(126), NumberObject(500)]),
            NameObject("/CIDSystemInfo"): DictionaryObject(
                {
                    NameObject("/Registry"): TextStringObject("Adobe"),
                    NameObject("/Ordering"): TextStringObject("GB1"),
                    NameObject("/Supplement"): NumberObject(2),
                }
            ),
        }
    )
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type0"),
            NameObject("/BaseFont"): NameObject("/STSong-Light"),
            NameObject("/Encoding"): NameObject("/UniGB-UCS2-H"),
            NameObject("/DescendantFonts"): ArrayObject([descendant]),
        }
    )
    for printed in pages:
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        content = DecodedStreamObject()
        content.set_data(
            "\n".join(
                f"BT /F1 {FloatObject(size)} Tf 1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET"
                for x, y, size, text in printed
            ).encode()
        )
        page[NameObject("/Contents")] = content
    if title is not None:
        writer.add_metadata({"/Title": title})
    if password is not None:
        writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def printed(
    *paragraphs: str, first: float = 750, size: float = 16, columns: int = 28, indent: int = 2
) -> list[Printed]:
    """Set paragraphs in lines of `columns` characters, the first line of each indented."""
    found, y = [], first
    for paragraph in paragraphs:
        text = "　" * indent + paragraph
        for start in range(0, len(text), columns):
            line = text[start : start + columns]
            left = 80 + (len(line) - len(line.lstrip("　"))) * size
            found.append((left, y, size, line.lstrip("　")))
            y -= 28
    return found


ARTICLES = [
    "第一条 为了规范夜市的设立和经营活动，保障食品安全和周边居民的安宁，结合云泽市的实际情况，制定本办法。",
    "第二条 夜市由所在街道办事处管理。街道办事处应当公布开市和收市的时间、摊位数量和收费标准。摊主有权查阅。",
    "第三条 摊主应当明码标价。",
]


def test_printed_lines_of_a_pdf_are_joined_to_paragraphs(file: ReadFile) -> None:
    assert lines(file("a.pdf", pdf(printed(*ARTICLES)))) == ARTICLES


def test_a_paragraph_of_a_pdf_runs_on_over_the_page_without_its_page_number(file: ReadFile) -> None:
    rows = printed(*ARTICLES * 4)
    first, second = rows[:10], [(x, y + 28 * 10, size, text) for x, y, size, text in rows[10:]]
    number = [(280.0, 40.0, 12.0, "— 1 —")], [(280.0, 40.0, 12.0, "— 2 —")]
    assert lines(file("a.pdf", pdf([*first, *number[0]], [*second, *number[1]]))) == ARTICLES * 4


@pytest.mark.parametrize("mark", ["- {} -", "{}", "{}/3", "第{}页 共3页", "· {} ·", "Page {} of 3"])
def test_page_numbers_and_running_heads_of_a_pdf_are_dropped(file: ReadFile, mark: str) -> None:
    pages = [
        [
            (200.0, 800.0, 9.0, "云泽市人民政府公报"),
            *printed(ARTICLES[n]),
            (280.0, 40.0, 9.0, mark.format(n + 1)),
        ]
        for n in range(3)
    ]
    assert lines(file("a.pdf", pdf(*pages))) == ARTICLES


def test_a_title_of_a_pdf_is_a_line_of_its_own(file: ReadFile) -> None:
    title = [(200.0, 800.0, 22.0, "云泽市夜市管理办法")]
    source = file("a.pdf", pdf([*title, *printed(*ARTICLES)], title="云泽市夜市管理办法"))
    assert lines(source) == ["云泽市夜市管理办法", *ARTICLES]
    assert source.title == "云泽市夜市管理办法"


def test_a_pdf_whose_paragraphs_are_not_indented_is_parted_at_its_labels(file: ReadFile) -> None:
    assert lines(file("a.pdf", pdf(printed(*ARTICLES, indent=0)))) == ARTICLES


def test_radicals_in_a_pdf_are_the_characters_they_stand_for(file: ReadFile) -> None:
    assert file("a.pdf", pdf([(80, 700, 16, "⼈⺠部⻔⽤⼾有⻓期经营。")])).text == "人民部门用户有长期经营。"


def test_a_pdf_locked_against_changes_only_is_read(file: ReadFile) -> None:
    assert lines(file("a.pdf", pdf(printed(*ARTICLES), password=""))) == ARTICLES


def test_a_scanned_page_among_others_is_named(file: ReadFile) -> None:
    source = file("a.pdf", pdf(printed(ARTICLES[0]), [], printed(ARTICLES[2])))
    assert lines(source) == [ARTICLES[0], ARTICLES[2]]
    assert source.warnings == ("第 2 页没有文字层，未读入",)


def test_an_encrypted_pdf_is_named(file: ReadFile) -> None:
    assert cause(file, "a.pdf", pdf(printed(*ARTICLES), password="1234")).startswith("加密：")


def test_a_scan_without_text_layer_is_named(file: ReadFile) -> None:
    assert cause(file, "a.pdf", pdf([], [])) == "扫描件没有文字层：共 2 页，请先做文字识别（OCR）再放入"


@pytest.mark.parametrize("content", [b"%PDF-1.7\nnothing", b"no pdf at all", pdf([])[:300]])
def test_a_damaged_pdf_is_named(file: ReadFile, content: bytes) -> None:
    assert cause(file, "a.pdf", content).startswith(("损坏：", "扫描件"))


def test_a_text_layer_without_meaning_is_refused(file: ReadFile) -> None:
    assert "缺少字符映射" in cause(file, "a.pdf", pdf([(80, 700, 16, "\ue001\ue002\ue003第一条")]))
