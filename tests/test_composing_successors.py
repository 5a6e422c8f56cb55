"""A document that another one under a new title replaces: the later one answers, the older where it is named."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from service.answer import Answer
from service.assistant import Assistant
from tests.indexed import indexed

OLD = """汐岭市公共自行车租用暂行办法

汐政办发〔2018〕9号

第一章 总则

第一条 为了方便市民出行，制定本办法。

第二章 租用

第二条 租用公共自行车应当交纳押金二百元。

第三条 每次租用不得超过二小时，超时按每小时三元收费。

第四条 下列人员免交押金：

（一）年满六十五周岁的老年人；

（二）持有残疾人证的人员。

第五条 本办法自2018年6月1日起施行。

汐岭市人民政府办公室
2018年5月4日
"""

NEW = """汐岭市公共自行车和电动助力车租用管理细则

汐政办发〔2024〕21号

第一条 为了规范租用服务，制定本细则。

第二条 租用公共自行车应当交纳押金八十元，信用良好的免交。

第三条 每次租用公共自行车不得超过四小时，超时按每小时一元收费。

第四条 租用电动助力车的，应当年满十八周岁。

第五条 本细则自2024年9月1日起施行。《汐岭市公共自行车租用暂行办法》（汐政办发〔2018〕9号）同时废止。

汐岭市人民政府办公室
2024年8月6日
"""


OTHER = """绵洲市公共泳池租用办法

第一条 租用更衣柜应当交纳押金五十元。

第二条 本办法自2019年5月1日起施行。

绵洲市人民政府办公室
2019年4月2日
"""


@cache
def _assistant() -> Assistant:
    texts = {"mianzhou-pools": OTHER, "xiling-bikes-2018": OLD, "xiling-bikes-2024": NEW}
    return Assistant(indexed(texts), threshold=0.0, today=date(2025, 6, 1))


def ask(question: str) -> Answer:
    return _assistant().ask(question)


def _documents(answer: Answer) -> set[str]:
    return {one.document.id for one in answer.citations}


@pytest.mark.parametrize("question", ["汐岭租公共自行车押金多少钱？", "汐岭的公共自行车一次最多骑几个小时？"])
def test_the_document_in_force_answers(question: str) -> None:
    assert _documents(ask(question)) == {"xiling-bikes-2024"}


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("《汐岭市公共自行车租用暂行办法》里押金多少钱？", "二百元"),
        ("汐岭2018年那个办法，租公共自行车押金多少", "二百元"),
        ("汐岭旧办法（2018年）里哪些人不用交押金", "残疾人证"),
        ("以前那个暂行办法还管用的时候，租车押金多少钱", "二百元"),
    ],
)
def test_the_one_it_replaced_answers_where_it_is_named_and_says_so(question: str, words: str) -> None:
    answer = ask(question)
    assert _documents(answer) == {"xiling-bikes-2018"}
    assert words in answer.text
    assert "已被《汐岭市公共自行车和电动助力车租用管理细则》取代" in (answer.notice or "")


@pytest.mark.parametrize(
    "question",
    ["汐岭租公共自行车的押金，2018年是多少，新细则降到多少了？", "新旧两个租车文件比，押金各是多少？"],
)
def test_both_are_compared_where_the_change_is_asked_for(question: str) -> None:
    answer = ask(question)
    assert _documents(answer) == {"xiling-bikes-2018", "xiling-bikes-2024"}
    assert "二百元" in answer.text and "八十元" in answer.text
