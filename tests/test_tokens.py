"""Terms of the lexical index: words, bigrams, figures with their units, one form for all ways of writing."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.tokens import lexical_fingerprint, lexical_tokens, normalize


def test_width_case_and_script_are_folded() -> None:
    assert normalize("ＡＢＣ１２３％辦結") == "abc123%办结"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("申請補貼要幾天", "申请补贴要几天"),
        ("单户５００万元", "单户500万元"),
        ("预算1,200万元", "预算1200万元"),
        ("2023年 6月", "2023年6月"),
        ("Open DATA", "open data"),
    ],
)
def test_ways_of_writing_give_the_same_terms(one: str, other: str) -> None:
    assert Counter(lexical_tokens(one)) == Counter(lexical_tokens(other))


def test_han_text_gives_words_and_bigrams() -> None:
    tokens = lexical_tokens("营业执照")
    assert set(tokens) >= {"营业执照", "营业", "业执", "执照"}


def test_a_place_is_found_with_and_without_its_rank() -> None:
    assert "武汉" in lexical_tokens("武汉市的政策")
    assert set(lexical_tokens("武汉")) <= set(lexical_tokens("武汉市"))


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("不超过1%", {"1", "1%"}),
        ("费率0.5‰", {"0.5", "0.5‰"}),
        ("单户500万元", {"500", "500万元"}),
        ("共3,600户", {"3600", "3600户"}),
        ("压缩到2个工作日", {"2", "2个工作日"}),
        ("三十日内", {"30", "30日"}),
        ("百分之十五", {"15", "15%"}),
        ("千分之二", {"2", "2‰"}),
        ("一百零五人", {"105", "105人"}),
        ("二〇二四年", {"2024", "2024年"}),
        ("两千万元", {"2000", "2000万元"}),
        ("百分之三点五", {"3.5", "3.5%"}),
        ("12.5亿元", {"12.5", "12.5亿元"}),
        ("v2", set()),
    ],
)
def test_figures_stay_whole(text: str, figures: set[str]) -> None:
    found = {token for token in lexical_tokens(text) if token[0].isdigit()}
    assert found == figures


def test_an_ordinal_is_no_amount() -> None:
    assert "3" not in lexical_tokens("第三个")


def test_words_of_other_scripts_stay_whole() -> None:
    assert set(lexical_tokens("下载App看GB/T标准")) >= {"app", "gb", "t", "下载", "标准"}


def test_a_character_between_other_signs_is_a_term() -> None:
    assert "㐂" in lexical_tokens("(㐂)")


def test_nothing_gives_nothing() -> None:
    assert lexical_tokens(" ，。！\n") == []


@given(st.text(max_size=60))
def test_any_text_gives_clean_terms_and_the_same_again(text: str) -> None:
    tokens = lexical_tokens(text)
    assert all(token and not any(sign.isspace() for sign in token) for token in tokens)
    assert tokens == lexical_tokens(text)


@given(st.text(alphabet="市民政策办事大厅养老金补贴", min_size=2, max_size=30))
def test_every_bigram_of_han_text_is_a_term(text: str) -> None:
    tokens = set(lexical_tokens(text))
    assert all(text[place : place + 2] in tokens for place in range(len(text) - 1))


def test_the_fingerprint_is_stable() -> None:
    assert lexical_fingerprint() == lexical_fingerprint()
    assert lexical_fingerprint().startswith("sha256:")
