"""The page that `inspect` prints."""

from __future__ import annotations

from pathlib import Path

from indexer.inspect import describe
from indexer.parse import parse
from indexer.source_text import SourceText

TEXTS = Path(__file__).parent / "texts"


def page(name: str) -> str:
    text = (TEXTS / f"{name}.txt").read_text(encoding="utf-8")
    return describe(parse(SourceText(text), document_id=name, source_name=f"{name}.txt"))


def test_metadata_stands_at_the_head_and_unknown_is_said() -> None:
    lines = page("lanqiao-2023").splitlines()
    assert lines[:5] == [
        "文件：lanqiao-2023",
        "标题：让企业在澜桥办事更省心行动方案",
        "发文机关：澜桥市人民政府办公室",
        "发文字号：（未载明）",
        "成文日期：2023-06-09",
    ]


def test_the_tree_shows_address_title_paragraph_and_first_words() -> None:
    text = page("lanqiao-2023")
    assert "      [二/(二)/5] 12345热线设企业专席  p16\n" in text
    assert "          来电 2小时内派单" in text


def test_trailers_are_shown_with_their_dates() -> None:
    assert "→ 牵头：市大数据局、市委网信办；责任：市直各部门；时限：按月有序推进（长期）" in page(
        "yunmen-2022"
    )
    assert "时限：2022年 12月底（至 2022-12-31）" in page("yunmen-2022")


def test_counts_close_the_page() -> None:
    lines = page("yunmen-2022").splitlines()
    assert lines[-3] == "  条款：一、 1，(一) 2，1. 4"
    assert lines[-1] == "  责任事项：4；写明牵头单位 4；写明责任单位 4；写明时限 4"
    assert "第一章 3，第一条 8，第一节 2，(一) 6" in page("caijing-regulation")
