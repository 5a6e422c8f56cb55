"""Answers from tables with names on both sides, in a document of our own."""

from __future__ import annotations

from functools import cache

import pytest

from indexer.chunking import chunk
from indexer.parse import parse
from indexer.source_text import SourceText
from service.answer import Answer
from service.assistant import Assistant
from service.evidence import Draft, Span, Statement
from service.verification import verify
from service.views import view_of
from tests.answer_corpus import TODAY
from tests.indexed import indexed

TEXT = """沅陂市民政局 沅陂市财政局关于残疾人护理补贴发放有关事项的通知

一、补贴标准

护理补贴按照残疾等级和家庭类别确定（单位：元/月）：

残疾等级 | 低保家庭 | 低收入家庭 | 其他家庭
一级残疾 | 410 | 290 | 120
二级残疾 | 330 | 210 | 90
三级残疾 | 150 | 不发放 | 不发放

二、年度目标

序号 | 指标 | 2025年 | 2026年
1 | 上门评估覆盖率（%） | 88 | 95
2 | 护理员持证人数（人） | 240 | 360

三、发放方式

补贴每季度发放一次。
"""


@cache
def _assistant() -> Assistant:
    return Assistant(indexed({"yuanpi-care": TEXT}), today=TODAY)


def ask(question: str) -> Answer:
    return _assistant().ask(question)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("沅陂低保家庭的二级残疾人，护理补贴每月多少？", "**330元/月**"),
        ("沅陂二级的、低收入家庭，护理补贴多少钱一个月", "**210元/月**"),
        ("沅陂三级残疾、其他家庭的护理补贴是多少", "**不发放**"),
        ("沅陂护理员持证人数2026年要到多少", "**360人**"),
    ],
)
def test_the_cell_where_row_and_column_meet_answers(question: str, first: str) -> None:
    answer = ask(question)
    assert answer.text.startswith(first)
    assert "《关于残疾人护理补贴发放有关事项的通知》" not in answer.text.split("\n")[0]


def test_one_side_alone_names_no_cell() -> None:
    assert not ask("沅陂二级残疾人的护理补贴是多少？").text.startswith(("**330", "**210", "**90"))


def test_a_row_is_measured_by_the_unit_above_the_table() -> None:
    document = parse(SourceText(TEXT), document_id="yuanpi", source_name="yuanpi.txt")
    found = {
        sentence.text: [one.value for one in sentence.figures if one.quantity == "money"]
        for piece in chunk(document)
        for sentence in view_of(piece, document).sentences
    }
    assert found["二级残疾 | 330 | 210 | 90"] == ["330元", "210元", "90元"]


def test_a_unit_that_stands_nowhere_is_not_carried() -> None:
    document = parse(SourceText(TEXT), document_id="yuanpi", source_name="yuanpi.txt")
    row = next(one for one in document.paragraphs if one.text.startswith("二级残疾"))
    span = Span(document, row, 0, len(row.text))
    assert verify(Draft((Statement("330元", (span,)),))).findings == ()
    assert [one.word for one in verify(Draft((Statement("331元", (span,)),))).findings] == ["331元"]
    assert verify(Draft((Statement("330人", (span,)),))).findings
