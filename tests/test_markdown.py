from __future__ import annotations

from pathlib import Path

import pytest

from tests.files import ReadFile, lines, reader


@pytest.fixture
def file(tmp_path: Path) -> ReadFile:
    return reader(tmp_path)


def test_markdown_loses_its_markup_and_keeps_its_words(file: ReadFile) -> None:
    source = file(
        "a.md",
        "# 云泽市夜市办法\n\n<!-- 编者注\n两行 -->\n\n## 第一章 总　则\n\n"
        "**第一条** 为了[夜市](http://x)，制定本*办法*。<!-- 注 -->\n"
        "第二条 &nbsp;依照`附表`执行。\n\n\u200b\n\n###### 六级\n",
    )
    assert lines(source) == [
        "云泽市夜市办法",
        "第一章 总　则",
        "第一条 为了夜市，制定本办法。",
        "第二条 \xa0依照附表执行。",
        "六级",
    ]
    assert [(source.text[start:].split("\n")[0], level) for start, level in source.headings] == [
        ("云泽市夜市办法", 1),
        ("第一章 总　则", 2),
        ("六级", 6),
    ]


def test_markdown_numbers_stay_as_written(file: ReadFile) -> None:
    text = "1. 报名\n3. 抽签\n\n    4.  公示\n\n5) 领证\n\n(1) 甲\n1986. 乙\n"
    assert [line.strip() for line in lines(file("a.md", text))] == [
        "1. 报名",
        "3. 抽签",
        "4.  公示",
        "5) 领证",
        "(1) 甲",
        "1986. 乙",
    ]


def test_markdown_indented_text_is_a_paragraph_and_a_note_no_link(file: ReadFile) -> None:
    source = file(
        "a.md",
        "　　首行缩进。\n\n    四格缩进。\n\n[注]: 本表含税\n\n- 甲项\n* 乙项\n> 引文\n\n---\n\n末段\n",
    )
    assert [line.strip() for line in lines(source)] == [
        "首行缩进。",
        "四格缩进。",
        "[注]: 本表含税",
        "甲项",
        "乙项",
        "引文",
        "末段",
    ]


def test_markdown_tables_become_rows(file: ReadFile) -> None:
    source = file(
        "a.md",
        "标准如下：\n\n| 对象 | 标准 |\n| --- | ---: |\n| 新摊 | **500**元 |\n| 老摊 |  |\n\n"
        "<table><tr><td>甲</td><td>1</td></tr></table>\n",
    )
    assert lines(source) == ["标准如下：", "对象 | 标准", "新摊 | 500元", "老摊 | ", "甲 | 1"]


def test_markdown_formulas_keep_their_asterisks(file: ReadFile) -> None:
    assert file("a.md", "补助=基数*系数*年限\n").text == "补助=基数*系数*年限"


def test_markdown_that_never_closes_a_comment_loses_nothing(file: ReadFile) -> None:
    assert file("a.md", "第一条 甲。\n\n<!-- 忘了\n\n第二条 乙。\n").text.endswith("第二条 乙。")


def test_markdown_headings_need_no_space(file: ReadFile) -> None:
    assert file("a.md", "##二、任务\n正文。\n").headings == ((0, 2),)


def test_markdown_wrapped_at_a_width_is_joined(file: ReadFile) -> None:
    sentence = (
        "夜市摊主应当在收市以后半小时以内清扫摊位并把垃圾分类投放到街道指定的地点，不得占道过夜，"
        "违者由城管部门责令改正。"
    )
    wrapped = "\n".join(sentence[start : start + 20] for start in range(0, len(sentence), 20))
    assert lines(file("a.md", f"# 甲\n\n{wrapped}\n\n{wrapped}\n\n{wrapped}\n")) == ["甲", *[sentence] * 3]
