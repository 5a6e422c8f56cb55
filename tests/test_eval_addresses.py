"""A found clause meets a gold clause where it is that clause or lies in it."""

from __future__ import annotations

import pytest

from eval.addresses import address_of, meets, within
from eval.questions import Gold


@pytest.mark.parametrize(
    ("address", "gold"),
    [
        ("二/(三)/18", "二/(三)/18"),
        ("二/(三)/18/①", "二/(三)"),
        ("二/（三）/18", "二/(三)/18"),
        ("第二章/第九条/(一)", "第二章/第九条"),
        ("第二章/第一节/第九条", "第二章/第九条"),
        ("第九条", "第二章/第九条"),
        ("", ""),
    ],
)
def test_a_clause_lies_within_gold(address: str, gold: str) -> None:
    assert within(address, gold)


@pytest.mark.parametrize(
    ("address", "gold"),
    [
        ("二/(三)/18", "二/(三)/1"),
        ("二/(三)", "二/(三)/18"),
        ("三", "二"),
        ("一", ""),
        ("第十九条", "第九条"),
        ("第九条之一", "第九条"),
        ("", "一"),
    ],
)
def test_a_clause_lies_outside_gold(address: str, gold: str) -> None:
    assert not within(address, gold)


def test_folders_of_the_corpus_do_not_matter() -> None:
    assert meets("2023/qinghe", "一", Gold("qinghe", "一"))
    assert not meets("yunling", "一", Gold("qinghe", "一"))


def test_an_address_is_read_from_headings() -> None:
    headings = ("二、主要任务", "（三）做实服务", "18．推进晾晒场改造", "①清点", "目标")
    assert address_of(headings) == "二/(三)/18/①/目标"
    assert address_of(("第二章 许可", "第十二条之一")) == "第二章/第十二条之一"
    assert address_of(()) == ""
