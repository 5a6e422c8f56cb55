"""Words typed with a homophone are mended, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.lexical import LexicalIndex
from indexer.tokens import lexical_tokens
from service.homophones import Homophones

TEXTS = (
    "企业申请简易注销的，登记机关应当受理。",
    "简易注销公告期为二十日。",
    "融资担保机构应当降低担保费率。",
    "担保贷款由财政给予补贴。",
    "推行包容审慎监管，审慎选择处罚方式。",
    "审慎处理轻微违法行为。",
    "申请就业补贴的，向社区提交材料。",
    "办事大厅应当公布办事指南和事项清单，事项应当逐项公布。",
    "职工提取公积金的，应当提供身份证明。",
    "购买服务的，应当公开购买目录。",
    "规定应当公开，违反法规的依法处理。法规由市政府规定。",
)


def homophones(texts: tuple[str, ...] = TEXTS) -> Homophones:
    return Homophones(LexicalIndex.build([lexical_tokens(text) for text in texts]))


MENDER = homophones()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("简意注消几天", "简易注销几天"),
        ("融资担宝费率多少", "融资担保费率多少"),
        ("包容审甚监管", "包容审慎监管"),
        ("就业补帖多少", "就业补贴多少"),
    ],
)
def test_a_homophone_is_mended(typed: str, meant: str) -> None:
    assert MENDER.mend(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "简易注销几天",
        "办事向谁投诉",  # 事|向 is no 事项
        "大狗买保险补贴吗",  # 狗|买 is no 购买
        "这个办法归谁解释",  # 法|归 is no 法规
        "提公积金几天",  # 提|公积金 is no 提供
        "今天天气怎么样",
        "How long does it take?",
        "",
        "税",
    ],
)
def test_words_that_meet_are_no_mistake(question: str) -> None:
    assert MENDER.mend(question) == question


def test_places_to_keep_are_kept() -> None:
    assert MENDER.mend("简意注消", keep=[(0, 2)]) == "简意注销"
    assert MENDER.mend("简意注消", keep=[(1, 3)]) == "简意注消"


def test_a_pair_that_the_index_has_stands() -> None:
    assert homophones((*TEXTS, "注消一词见旧档。")).mend("怎么注消") == "怎么注消"


def test_in_a_large_index_a_pair_far_rarer_than_the_word_is_mended() -> None:
    assert homophones((*TEXTS * 300, "注消一词见旧档。")).mend("怎么注消") == "怎么注销"


def test_an_index_without_the_word_meant_mends_nothing() -> None:
    assert homophones(("公园夏季免费开放。",) * 3).mend("简意注消") == "简意注消"


def test_words_seen_once_only_are_trusted_less() -> None:
    lexical = LexicalIndex.build([lexical_tokens("申请简易注销。")])
    assert Homophones(lexical).mend("简意注消") == "简意注消"
    assert Homophones(lexical, least=1).mend("简意注消") == "简易注销"


def test_it_reads_an_index_from_disk(tmp_path: Path) -> None:
    LexicalIndex.build([lexical_tokens(text) for text in TEXTS]).save(tmp_path / "words")
    assert Homophones(LexicalIndex.load(tmp_path / "words")).mend("简意注消") == "简易注销"
