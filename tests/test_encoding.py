from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.encoding import decode, plausibility
from indexer.errors import UnreadableFile

LONG = "云泽市对新开办的餐馆免收头三个月的垃圾清运费，每户最多减免1,800元（含税）。"
SHORT = "云泽市惠企办法"
MIXED = "ICT企业R&D补贴≤30%，见 http://yz.example 附表A-1。"
TRADITIONAL = "雲澤市對新開辦的餐館免收頭三個月的垃圾清運費，詳情請電話查詢。"

frequent = st.text(
    st.sampled_from(
        [bytes([lead, trail]).decode("gb2312") for lead in range(0xB0, 0xD7) for trail in (0xA1, 0xC5)]
    ),
    min_size=8,
    max_size=40,
)


@pytest.mark.parametrize("text", [LONG, SHORT, MIXED, TRADITIONAL, f"一、{SHORT}\n第一条\n{LONG}"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_chinese_text_is_read_in_every_usual_encoding(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@given(frequent)
def test_a_few_frequent_characters_are_enough(text: str) -> None:
    for encoding in ("utf-8", "gbk", "utf-16-le", "utf-16-be"):
        assert decode(f"{text}。".encode(encoding)) == f"{text}。"


def test_utf16_big_endian_with_its_mark_is_read() -> None:
    assert decode(b"\xfe\xff" + LONG.encode("utf-16-be")) == LONG


def test_big5_is_read() -> None:
    assert decode(TRADITIONAL.encode("big5")) == TRADITIONAL


def test_plain_ascii_is_read() -> None:
    assert decode(b"Policy No. 7\r\nFree of charge.") == "Policy No. 7\nFree of charge."


def test_ascii_in_utf16_without_mark_is_read() -> None:
    assert decode("Policy No. 7 of Yunze".encode("utf-16-le")) == "Policy No. 7 of Yunze"


def test_two_words_of_gbk_that_are_valid_utf8_are_not_taken_for_latin() -> None:
    data = "某某某某".encode("gbk")
    assert data.decode("utf-8") == "ĳĳĳĳ"
    assert decode(data) == "某某某某"


def test_rare_characters_of_gb18030_are_read() -> None:
    text = "䶮泽镇𠮷祥村的居民可以到社区服务中心办理各类事项，工作人员上门服务。"
    assert decode(text.encode("gb18030")) == text


def test_the_declared_encoding_counts() -> None:
    assert decode("café déjà vu, prix: 3".encode("latin-1"), declared="iso-8859-1") == "café déjà vu, prix: 3"


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "no-such-encoding"])
def test_a_wrong_declaration_is_overruled_by_the_bytes(declared: str) -> None:
    assert decode(LONG.encode("gbk"), declared=declared) == LONG


def test_gb2312_declared_means_the_larger_set_that_pages_use() -> None:
    assert decode("䶮泽市，镕".encode("gb18030"), declared="GB2312") == "䶮泽市，镕"


def test_every_kind_of_line_end_becomes_a_newline() -> None:
    assert decode("甲\r\n乙\r丙\u2028丁\x0c戊".encode()) == "甲\n乙\n丙\n丁\n戊"


def test_binary_data_is_refused_with_a_cause() -> None:
    with pytest.raises(UnreadableFile, match=r"编码无法识别：.*像是二进制文件"):
        decode(bytes(range(256)) * 40)


def test_a_character_cut_in_half_costs_no_more_than_itself() -> None:
    data = LONG.encode() * 20
    assert decode(data[:1000] + data[1001:]).count("\ufffd") == 1


def test_a_damaged_text_is_refused_with_the_place() -> None:
    data = LONG.encode() * 20
    with pytest.raises(UnreadableFile, match=r"最接近 UTF-8，但第 1000 字节起无法解码"):
        decode(data[:1000] + b"\xff\xff\xff\xff" + data[1000:])


def test_a_text_that_breaks_its_own_mark_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="文件头标明 UTF-8，但第 4 字节起无法解码"):
        decode(b"\xef\xbb\xbfabc\xff\xfe")


def test_text_read_in_a_wrong_encoding_is_implausible() -> None:
    assert plausibility(LONG) > 0.95
    assert plausibility(LONG.encode("utf-8").decode("gb18030", "replace")) < 0.6
    assert plausibility("") == 0.0
