"""How many parts, tasks, articles or table rows a document has, in documents of our own."""

from __future__ import annotations

from functools import cache

import pytest

from service.answer import Answer
from service.assistant import Assistant
from tests.answer_corpus import TODAY
from tests.indexed import indexed

PLAN = """苇泽市人民政府办公室关于印发《苇泽市夜间经济提升行动方案》的通知

各区人民政府：

现将《苇泽市夜间经济提升行动方案》印发给你们，请认真落实。

2025年4月8日

苇泽市夜间经济提升行动方案

一、总体要求

到2026年底，夜间消费额占比达到百分之三十八。

二、重点任务

（一）点亮消费街区

1.改造灯光。改造主干道路灯2100盏。

2.延长营业。商场营业到二十三点。

（二）维护街面秩序

1.定时清扫。每晚清扫两遍。

2.设置摊位。设临时摊位340个。

3.控制噪声。二十二点后不得使用扩音设备。

三、纪律要求

（一）严禁占用盲道摆摊。

（二）严禁向摊主摊派费用。

（三）各区每月报送一次进展。

附件1

夜间经济重点项目表

序号	项目	牵头单位	完成时限
1	江滩灯光	市城管局	2025年9月底
2	老码头夜市	市商务局	2025年12月底
3	通宵书店	市文旅局	2026年3月底
4	夜间公交	市交通局	2026年6月底
"""

RULES = """苇泽市巷道命名办法

第一条 为了方便寻址，制定本办法。

第二条 本办法所称巷道，是指宽度不足六米的通道。

第三条 新建巷道应当在竣工前两个月申报名称。

第四条 名称不得重复，不得使用人名。

第五条 本办法自2025年5月1日起施行。
"""


@cache
def _assistant() -> Assistant:
    return Assistant(indexed({"weize-night": PLAN, "weize-lanes": RULES}), today=TODAY)


def ask(question: str) -> Answer:
    return _assistant().ask(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("苇泽巷道命名的办法一共多少条呀？", "《苇泽市巷道命名办法》共5条，自“第一条”至“第五条”"),
        ("苇泽市巷道命名办法总共有几条嘛", "共5条"),
        ("苇泽夜间经济那个方案一共分几大块？", "《苇泽市夜间经济提升行动方案》共3个部分"),
        ("苇泽给摊贩撑腰壮胆的那个夜间方案总共分几块？", "共3个部分"),
        ("苇泽夜间经济的方案一共有几个部分、多少项任务？", "其中任务共5项"),
        ("苇泽那个夜间方案里，街面秩序那一块列了几项任务？", "“维护街面秩序”部分共3项"),
        ("苇泽夜间方案讲点亮街区的那部分有几条措施？", "“点亮消费街区”部分共2条"),
        ("苇泽夜间方案的纪律要求这一部分，打头写“严禁”的有几条？", "以“严禁”开头的共2条"),
        (
            "苇泽夜间方案后面的重点项目表列了几个项目？",
            "的“夜间经济重点项目表”共4个，自“江滩灯光”至“夜间公交”",
        ),
    ],
)
def test_parts_of_a_document_are_counted(question: str, expected: str) -> None:
    answer = ask(question)
    assert expected in answer.text
    assert answer.citations


def test_what_a_text_says_the_number_of_is_no_count_of_its_parts() -> None:
    text = ask("苇泽夜间方案里临时摊位设几个？").text
    assert "340个" in text
    assert "共" not in text


def test_rows_cited_must_be_as_many_as_is_said() -> None:
    cited = ask("苇泽夜间方案后面的重点项目表列了几个项目？").citations
    assert [one.quote.split("\t")[0] for one in cited] == ["夜间经济重点项目表", "1", "4"]


def test_a_list_that_is_no_table_of_the_document_counts_no_rows() -> None:
    assert "夜间经济重点项目表" not in ask("苇泽的摊贩违规行为清单列了几项？").text
