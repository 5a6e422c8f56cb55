from __future__ import annotations

import pytest

from indexer.wrapping import unwrap, width

SENTENCES = (
    "本办法所称夜市，是指经批准在规定时段和地点集中经营餐饮、小百货和文化体验的露天市场，由所在街道"
    "负责日常管理，商务部门负责指导协调，市场监管部门负责食品安全和计量监督，城管部门负责秩序。"
)


def wrapped(text: str, size: int, *, indent: str = "　　") -> list[str]:
    text = indent + text
    return [text[start : start + size] for start in range(0, len(text), size)]


def test_a_text_wrapped_at_one_width_is_joined_to_paragraphs() -> None:
    lines = ["云泽市夜市管理办法", *wrapped(f"第一条　{SENTENCES}", 24), *wrapped(f"第二条　{SENTENCES}", 24)]
    assert unwrap(lines) == ["云泽市夜市管理办法", f"　　第一条　{SENTENCES}", f"　　第二条　{SENTENCES}"]


def test_blank_lines_end_paragraphs() -> None:
    lines = [*wrapped(SENTENCES, 20, indent=""), "", *wrapped(SENTENCES, 20, indent="")]
    assert unwrap(lines) == [SENTENCES, "", SENTENCES]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["一、总则", SENTENCES, "二、附则", SENTENCES * 2, "三、其他", SENTENCES],
        ["甲区", "乙区", "丙区", "丁县", "戊县", "己县", "庚县"],
        [f"（{n}）申请人应当提交下列材料之第{n}项并加盖公章；" for n in "一二三四五六七八"],
        [f"云泽市{n}号夜市经营管理有限责任公司" for n in "一二三四五六七八"],
        ["对象 | 标准 | 期限 | 办理窗口 | 联系电话"] * 9,
    ],
)
def test_a_text_of_one_paragraph_a_line_stays_as_it_is(lines: list[str]) -> None:
    assert unwrap(lines) == lines


def test_english_words_get_their_space_back_and_figures_none() -> None:
    lines = [
        "　　夜市摊位的电子台账应当能够导出 Word",
        "Excel 两类文件，并在每季度末前送街道，摊位",
        "数量达到2000个的夜市，还应当按照每个摊位15",
        "00元的标准缴存保证金，由街道专户管理，年末",
        "统一结算。",
        "　　本条自发布之日起施行。",
    ]
    joined = unwrap(lines)
    assert len(joined) == 2
    assert "Word Excel" in joined[0] and "1500元" in joined[0]


def test_width_counts_han_characters_as_one_em_and_ascii_as_half() -> None:
    assert width("云泽，A1") == 4.0
    assert width("\u200b") == 0.0
