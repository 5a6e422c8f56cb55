"""What counts as the label of a part, and what only looks like one."""

from __future__ import annotations

import pytest

from indexer.numbering import Kind, label_of, uses_decimals, value_of


@pytest.mark.parametrize(
    ("line", "kind", "text", "value", "rest"),
    [
        ("第三条 市民应当爱护路灯。", Kind.ARTICLE, "第三条", (3,), "市民应当爱护路灯。"),
        ("第 三 条　市民应当爱护路灯。", Kind.ARTICLE, "第三条", (3,), "市民应当爱护路灯。"),
        ("第12条 收费", Kind.ARTICLE, "第12条", (12,), "收费"),
        ("第十条之一 新增内容。", Kind.ARTICLE, "第十条之一", (10, 1), "新增内容。"),
        ("第一百零五条 附带规定。", Kind.ARTICLE, "第一百零五条", (105,), "附带规定。"),
        ("第一章　总　　则", Kind.CHAPTER, "第一章", (1,), "总　　则"),
        ("第二节 灯具", Kind.SECTION, "第二节", (2,), "灯具"),
        ("第一编 通则", Kind.BOOK, "第一编", (1,), "通则"),
        ("第一部分 背景", Kind.PART, "第一部分", (1,), "背景"),
        ("十二、加强保障", Kind.HAN, "十二", (12,), "加强保障"),
        ("（二十一）评估", Kind.HAN_BRACKET, "(二十一)", (21,), "评估"),
        ("(一)、评估", Kind.HAN_BRACKET, "(一)", (1,), "评估"),
        ("18．担保", Kind.NUMBER, "18", (18,), "担保"),
        ("3、担保", Kind.NUMBER, "3", (3,), "担保"),
        ("（3）担保", Kind.NUMBER_BRACKET, "(3)", (3,), "担保"),
        ("3)担保", Kind.NUMBER_CLOSE, "3)", (3,), "担保"),
        ("⑫担保", Kind.CIRCLED, "⑫", (12,), "担保"),
        ("附件 2：联系表", Kind.ANNEX, "附件2", (2,), "联系表"),
        ("附件一", Kind.ANNEX, "附件一", (1,), ""),
    ],
)
def test_a_label_is_read_with_its_value(
    line: str, kind: Kind, text: str, value: tuple[int, ...], rest: str
) -> None:
    label = label_of(line)
    assert label is not None
    assert (label.kind, label.text, label.value, line[label.end :]) == (kind, text, value, rest)
    assert line.startswith(label.marker)


@pytest.mark.parametrize(
    "line",
    [
        "第十条规定的罚款由城管部门收取。",
        "第五条第二款所称停车场，包括地下车库。",
        "第七条、第八条的期限自送达之日起计算。",
        "第三章规定的程序不适用于夜间施工。",
        "（一）至（三）项所列材料可以后补。",
        "（二）项规定的情形除外。",
        "2022年3月起试行。",
        "附件所列企业名单每年更新。",
        "附则另行制定。",
        "12345热线全天开通。",
        "1 | 用水报装 | 3天",
        "1｜用水报装｜3天",
        "",
    ],
)
def test_references_dates_and_table_rows_are_no_labels(line: str) -> None:
    assert label_of(line) is None


@pytest.mark.parametrize(
    "line", ["3.12345热线扩容。", "三、四线道路改造。", "第六条为了节约用电，制定本条。"]
)
def test_a_line_that_may_be_either_is_doubtful(line: str) -> None:
    label = label_of(line)
    assert label is not None
    assert label.doubtful


@pytest.mark.parametrize("line", ["1.5万元以上的项目", "3.3个工作日内答复。", "2.8%的利率"])
def test_a_decimal_with_a_unit_is_marked_as_a_figure(line: str) -> None:
    label = label_of(line)
    assert label is not None
    assert label.figure


def test_decimal_headings_count_only_in_documents_that_use_them() -> None:
    plan = ["1 总则", "1.1 目的", "1.2 范围", "1.2.1 启动", "2 组织", "2.1 机构", "2.2 职责"]
    assert uses_decimals(plan)
    assert not uses_decimals(["1.新增泊位", "2.3月底前完成改造", "3.加强巡查"])
    labels = [label_of(line, decimals=True) for line in plan]
    assert [label.text for label in labels if label] == ["1", "1.1", "1.2", "1.2.1", "2", "2.1", "2.2"]


@pytest.mark.parametrize(
    ("numeral", "value"), [("十", 10), ("二十三", 23), ("一百一十二", 112), ("7", 7), ("甲", 0)]
)
def test_numerals_have_values(numeral: str, value: int) -> None:
    assert value_of(numeral) == value
