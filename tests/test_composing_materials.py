"""What papers to bring, where another clause speaks more of the question's words. A text of our own."""

from __future__ import annotations

from functools import cache

import pytest

from service.answer import Answer
from service.assistant import Assistant
from tests.answer_corpus import TODAY
from tests.indexed import indexed

TEXT = """槐堤市社区食堂就餐补助办理细则

第一条 年满七十周岁的老年人在社区食堂就餐，每餐补助三元。

第二条 老年人可以到户籍所在地街道报名，也可以由社区工作人员上门帮助报名，行动不便的老年人可以由子女带着材料到街道代报。

第三条 办理就餐补助应当提交下列材料：

（一）申请表；

（二）身份证和户口簿；

（三）近期一寸照片两张。

第四条 食堂开办机构申请运营补助，应当提交下列材料：

（一）营业执照；

（二）食品经营许可证；

（三）消防验收合格证明。

第五条 街道收到申请后三个工作日内办结。
"""


@cache
def _assistant() -> Assistant:
    return Assistant(indexed({"huaidi-meals": TEXT}), threshold=0.0, today=TODAY)


def ask(question: str) -> Answer:
    return _assistant().ask(question)


@pytest.mark.parametrize(
    ("question", "papers", "others"),
    [
        ("槐堤老人去街道报名就餐补助得带那些东西", ("申请表", "身份证和户口簿", "一寸照片"), "营业执照"),
        (
            "槐堤老年人行动不便，子女到街道代报就餐补助，要带什么材料？",
            ("申请表", "身份证和户口簿"),
            "营业执照",
        ),
        (
            "槐堤食堂开办机构申请运营补助要准备哪些材料？",
            ("营业执照", "食品经营许可证", "消防验收"),
            "一寸照片",
        ),
    ],
)
def test_the_clause_that_lists_the_papers_answers(
    question: str, papers: tuple[str, ...], others: str
) -> None:
    text = ask(question).text
    assert "共3项，已全部列出" in text
    assert all(paper in text for paper in papers)
    assert others not in text
