from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import UnreadableFile
from indexer.front_matter import iso_date, read_side_file, split_front_matter

HEAD = """---
title: 云泽市夜市管理办法
issuer: 云泽市商务局
number: null
issued_on: 2023-05-06
effective_on: 2023年6月1日
expires_on:
region: 云泽市
contact: 8812345
tags: [夜市, 摊位]
---
"""


def test_front_matter_is_read_and_taken_off_the_text() -> None:
    metadata, text = split_front_matter(HEAD + "\n# 云泽市夜市管理办法\n")
    assert metadata == {
        "title": "云泽市夜市管理办法",
        "issuer": "云泽市商务局",
        "number": None,
        "issued_on": "2023-05-06",
        "effective_on": "2023-06-01",
        "expires_on": None,
        "region": "云泽市",
        "contact": "8812345",
        "tags": '["夜市", "摊位"]',
    }
    assert text == "\n# 云泽市夜市管理办法\n"


@pytest.mark.parametrize(
    "text",
    [
        "云泽市夜市管理办法\n---\ntitle: 甲\n---\n",
        "---\n云泽市夜市管理办法\n---\n第一条 略。",
        "---\n\n没有结尾的横线",
        "---\n一、总则：说明\n---\n",
        "",
    ],
)
def test_a_rule_of_dashes_is_no_front_matter(text: str) -> None:
    assert split_front_matter(text) == ({}, text)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("title: 2022", "title 应为文字，实际是数值 2022"),
        ("issuer: [甲局, 乙局]", "issuer 应为文字，实际是列表"),
        ("region: {name: 云泽}", "region 应为文字，实际是映射"),
        ("status: true", "status 应为文字，实际是真假值 true"),
        ("number: 2022-03-01", "number 应为文字，实际是日期 2022-03-01"),
        ("issued_on: 去年三月", "issued_on 应为日期（如 2022-02-25），实际是文字 去年三月"),
        ("issued_on: 2022", "issued_on 应为日期（如 2022-02-25），实际是数值 2022"),
        ("issued_on: 2022-13-01", "不存在的日期"),
        ("effective_on: 2023年2月30日", "effective_on 应为日期"),
        ("title: 甲\nissuer: 通知：甲: 乙", "front matter 第 3 行不是有效的 YAML"),
        ("title: '甲", "不是有效的 YAML"),
    ],
)
def test_a_wrong_value_is_named(block: str, message: str) -> None:
    with pytest.raises(UnreadableFile) as raised:
        split_front_matter(f"---\n{block}\n---\n正文")
    assert message in str(raised.value)


def test_a_side_file_is_found_by_the_name_without_suffix(tmp_path: Path) -> None:
    (tmp_path / "办法.meta.yaml").write_text("title: 云泽市夜市管理办法\nstatus: 已废止\n", encoding="utf-8")
    assert read_side_file(tmp_path / "办法.docx") == {"title": "云泽市夜市管理办法", "status": "已废止"}
    assert read_side_file(tmp_path / "别的.docx") == {}


def test_a_side_file_for_the_full_name_wins(tmp_path: Path) -> None:
    (tmp_path / "办法.meta.yaml").write_text("region: 甲市\n", encoding="utf-8")
    (tmp_path / "办法.pdf.meta.yaml").write_text("region: 乙市\n", encoding="utf-8")
    assert read_side_file(tmp_path / "办法.pdf") == {"region": "乙市"}
    assert read_side_file(tmp_path / "办法.txt") == {"region": "甲市"}


def test_a_side_file_may_be_in_gbk_and_may_be_empty(tmp_path: Path) -> None:
    (tmp_path / "a.meta.yaml").write_bytes("issuer: 云泽市商务局办公室\n".encode("gbk"))
    (tmp_path / "b.meta.yaml").write_bytes(b"\n")
    assert read_side_file(tmp_path / "a.txt") == {"issuer": "云泽市商务局办公室"}
    assert read_side_file(tmp_path / "b.txt") == {}


def test_a_side_file_that_is_no_mapping_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.meta.yaml").write_text("- 甲\n- 乙\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"a\.meta\.yaml 应为“键: 值”，实际是列表"):
        read_side_file(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2022-02-25", "2022-02-25"),
        ("2022/2/5", "2022-02-05"),
        ("2022.2.5", "2022-02-05"),
        ("2022年2月5日", "2022-02-05"),
        ("2022-02-25 09:30", "2022-02-25"),
        ("2022-02-30", None),
        ("2022年2月", None),
        ("第2022-1-1号", None),
    ],
)
def test_dates_are_read_as_people_write_them(written: str, iso: str | None) -> None:
    assert iso_date(written) == iso
