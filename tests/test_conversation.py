"""Follow-up questions, made to stand on their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from service.answer import Turn
from service.conversation import standalone

FEE = "青石市的小微企业担保费率最高多少？"


def regions(text: str) -> Sequence[tuple[int, int]]:
    """Find four towns that no gazetteer has."""
    return [
        match.span() for match in re.finditer(r"(?:青石|白水|长亭|河口)市?|(?:qingshi|baishui)", text, re.I)
    ]


def resolved(question: str, *before: str) -> str:
    history = [turn for words in before for turn in (Turn("user", words), Turn("assistant", "白水市为9%。"))]
    return standalone(question, history, regions)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("那白水呢?", "白水的小微企业担保费率最高多少?"),
        ("白水市怎么样", "白水市的小微企业担保费率最高多少?"),
        ("换成长亭", "长亭的小微企业担保费率最高多少?"),
        ("要是在河口呢", "河口的小微企业担保费率最高多少?"),
        ("长亭有吗", "长亭的小微企业担保费率最高多少?"),
        ("白水也是1%吗", "白水的小微企业担保费率最高多少?"),
        ("好的,那白水呢", "白水的小微企业担保费率最高多少?"),
        ("那白水和长亭呢", "白水和长亭的小微企业担保费率最高多少?"),
        ("和白水比呢", "青石市和白水的小微企业担保费率最高多少?"),
        ("比白水低吗", "青石市和白水的小微企业担保费率最高多少?"),
        ("不是青石,是长亭", "长亭的小微企业担保费率最高多少?"),
        ("2023年呢", "青石市2023年的小微企业担保费率最高多少?"),
        ("如果是中型企业呢", "青石市的中型企业担保费率最高多少?"),
    ],
)
def test_a_place_a_year_or_a_group_takes_the_place_of_the_old_one(question: str, expected: str) -> None:
    assert resolved(question, FEE) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("青石进口报关几小时?", "那出口呢", "青石出口报关几小时?"),
        ("青石用水报装几天", "用气呢?", "青石用气报装几天"),
        ("青石轻度失能老人每月补多少", "那他要是评成重度失能呢", "青石重度失能老人每月补多少"),
        ("青石小学什么时候报名", "那上初中的呢,几号截止", "青石初中什么时候报名，几号截止"),
        ("青石区级平台奖多少", "省里那一级的呢", "青石省级平台奖多少"),
        (
            "青石大企业裁员少的能返多少",
            "我们才四十人,算小微的,能返多少",
            "青石大企业裁员少的能返，我们才四十人,算小微的,能返多少",
        ),
        ("青石2019年的停车办法,押金几元", "那时候包月多少", "青石按2019年的停车办法包月多少"),
        ("青石高压接电几天", "低压呢", "青石低压接电几天"),
        ("投标保证金上限多少", "履约保证金呢", "履约保证金上限多少"),
        ("青石市水务局牵头哪些任务?", "市教育局呢", "青石市教育局牵头哪些任务?"),
        ("青石3月底前要做完什么", "6月底呢", "青石6月底前要做完什么"),
        ("青石2024年3月底要做完什么", "6月底呢", "青石2024年6月底要做完什么"),
        ("《停车办法》第五条说什么", "第九条呢", "《停车办法》第九条说什么"),
        ("青石路边停车欠费几天内补", "白水停车呢", "白水路边停车欠费几天内补"),
        ("青石担保的单户门槛是多少", "白水的门槛是多少?", "白水担保的单户门槛是多少"),
    ],
)
def test_a_rival_word_takes_the_place_of_its_rival(before: str, question: str, expected: str) -> None:
    assert resolved(question, before) == expected


@pytest.mark.parametrize(
    "question",
    [
        "谁牵头?",
        "什么时候完成",
        "要什么材料",
        "去哪办",
        "依据是哪一条",
        "还有别的吗",
        "第二个呢",
        "为什么",
        "它的下限是多少",
        "这项政策哪天到期",
        "个体户也能享受吗",
        "个人能申请吗",
        "逾期了会怎么样",
        "办理时间呢",
    ],
)
def test_an_elliptical_question_takes_the_topic_and_the_city(question: str) -> None:
    whole = resolved(question, FEE)
    assert "青石市" in whole
    assert "小微企业担保费率" in whole
    assert whole.count("青石") == 1


def test_another_city_takes_only_the_topic() -> None:
    whole = resolved("白水由谁牵头?", FEE)
    assert "担保费率" in whole
    assert "白水" in whole
    assert "青石" not in whole


def test_all_cities_take_only_the_topic() -> None:
    whole = resolved("各市分别是多少", FEE)
    assert "担保费率" in whole
    assert "青石" not in whole


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("公司注销最快几天?", "青石市公司注销最快几天?"),
        ("那公司注销要几天", "青石市公司注销要几天"),
        ("那注销呢,要几天", "青石市注销要几天"),
        ("该市还有哪些补贴", "青石市还有哪些补贴"),
        ("白水公司注销最快几天?", "白水公司注销最快几天?"),
        ("哪个城市注销最快", "哪个城市注销最快"),
        ("《停车办法》什么时候施行", "《停车办法》什么时候施行"),
    ],
)
def test_another_matter_takes_the_city_and_nothing_else(question: str, expected: str) -> None:
    assert resolved(question, FEE) == expected


@pytest.mark.parametrize("words", ["谢谢", "好的,谢谢!", "你是谁", "ok thanks", "再见"])
def test_chat_stays_chat_and_keeps_the_topic(words: str) -> None:
    assert resolved(words, FEE) == words
    assert resolved("那白水呢", FEE, words) == "白水的小微企业担保费率最高多少?"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what about baishui?", "what is the cap on guarantee fees in baishui?"),
        ("what about Hekou?", "what is the cap on guarantee fees in Hekou"),
        ("who leads it?", "who leads it (the cap on guarantee fees in qingshi)"),
        ("by when?", "the cap on guarantee fees in qingshi by when"),
    ],
)
def test_english(question: str, expected: str) -> None:
    assert resolved(question, "What is the cap on guarantee fees in Qingshi?").rstrip("?") == expected.rstrip(
        "?"
    )


def test_a_chain_of_follow_ups_is_resolved_from_the_oldest_on() -> None:
    assert resolved("出口呢", "青石进口报关几小时?", "白水呢") == "白水出口报关几小时?"


def test_traditional_characters_in_the_history_are_read() -> None:
    assert resolved("出口呢", "青石進口報關幾小時?") == "青石出口报关几小时?"


def test_what_the_assistant_said_carries_nothing_over() -> None:
    history = [Turn("assistant", "白水市为9%。")]
    assert standalone("那上限呢?", history, regions) == "那上限呢?"


@pytest.mark.parametrize("question", ["", "?", "呢", "那", "。。。"])
def test_next_to_nothing_does_no_harm(question: str) -> None:
    assert isinstance(resolved(question, FEE), str)
