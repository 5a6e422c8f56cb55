"""Statements of a reply: where they begin and end, what they cite, what Markdown leaves of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.statements import Said, statements

REPLY = """根据资料[1]，押金不超过1.5%[1]。逾期的，加收0.3%。[2][3] 另见附则！

## 二、材料
1. **登记表**一式两份【2】；
2、照片两张（资料3）
- 他说：“可以。”随后离开（见附件。）[1-3]。The fee is 1.5 percent [1]. It is paid once.

| 城市 | 期限 |
| --- | --- |
| 甲市 | 4天[1] |
| 乙市 | 6天<br>可延长［2］ |
<think>先想一想。
再想。</think>
```python
print("1%")
```
来源：[1][2]
依据甲政发〔2023〕12号，费率为1%。"""


def texts(reply: str) -> list[str]:
    return [said.text for said in statements([reply])]


def only(reply: str) -> Said:
    (said,) = statements([reply])
    return said


def test_a_reply_becomes_statements_with_their_marks() -> None:
    found = [(said.kind, said.text, said.marks) for said in statements([REPLY])]
    assert found == [
        ("sentence", "押金不超过1.5%。", (1,)),
        ("sentence", "逾期的，加收0.3%。", (2, 3)),
        ("sentence", "另见附则！", ()),
        ("heading", "二、材料", ()),
        ("item", "登记表一式两份；", (2,)),
        ("item", "照片两张", (3,)),
        ("item", "他说：“可以。”", ()),
        ("item", "随后离开（见附件。）。", (1, 2, 3)),
        ("item", "The fee is 1.5 percent.", (1,)),
        ("item", "It is paid once.", ()),
        ("header", "城市 期限", ()),
        ("row", "甲市 4天", (1,)),
        ("row", "乙市 6天；可延长", (2,)),
        ("code", 'print("1%")', ()),
        ("sentence", "依据甲政发〔2023〕12号，费率为1%。", ()),
    ]


@given(st.lists(st.integers(0, len(REPLY)), max_size=30))
def test_how_a_reply_is_cut_changes_nothing(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(REPLY)]
    pieces = [REPLY[begin:end] for begin, end in pairwise(places)]
    assert list(statements(pieces)) == list(statements([REPLY]))


@given(st.text(alphabet="一二。；：，[]【】()（）1234.|-*#`<>“”\n 甲%资料来源", max_size=80))
def test_any_text_is_read_the_same_in_pieces_and_whole(reply: str) -> None:
    assert list(statements(iter(reply))) == list(statements([reply]))


def test_a_sentence_goes_as_soon_as_nothing_more_can_belong_to_it() -> None:
    def pieces() -> Iterator[str]:
        yield from ("费率为1%", "。[", "1", "]")
        yield "下"
        raise AssertionError("the first sentence was complete already")

    assert next(iter(statements(pieces()))).marks == (1,)


@pytest.mark.parametrize(
    "mark",
    [
        "[2]",
        "【2】",
        "［2］",
        "[ 2 ]",
        "[^2]",
        "[来源2]",
        "（资料2）",
        "（见资料 2）",
        "<sup>[2]</sup>",
        "\\[2\\]",
    ],
)
@pytest.mark.parametrize("form", ["费率为1%{}。", "费率为1%。{}", "费率为1%。 {}"])
def test_every_way_to_write_a_mark_is_one(mark: str, form: str) -> None:
    assert (only(form.format(mark)).text, only(form.format(mark)).marks) == ("费率为1%。", (2,))


@pytest.mark.parametrize(
    "text",
    [
        "费率为1.25%，共3.5万元。",
        "甲政发〔2023〕12号有效。",
        "（一）项和第（二）项除外。",
        "比例为3:2。",
        "见2023年资料汇编。",
    ],
)
def test_what_is_no_mark_stays(text: str) -> None:
    assert only(f"就是{text}").text == f"就是{text}"


@pytest.mark.parametrize(
    ("line", "opening", "text"),
    [
        ("- 甲市：4天", "- ", "甲市：4天"),
        ("* 甲市", "- ", "甲市"),
        ("3. 材料", "3. ", "材料"),
        ("3、材料", "3. ", "材料"),
        ("（二）材料", "（二）", "材料"),
        ("1.5%是上限", "", "1.5%是上限"),
    ],
)
def test_list_markers_are_taken_apart_from_the_words(line: str, opening: str, text: str) -> None:
    said = only(line)
    assert (said.opening, said.text) == (opening, text)


def test_a_table_without_a_rule_has_rows_only() -> None:
    assert [said.kind for said in statements(["| 甲市 | 4天 |\n| 乙市 | 6天 |"])] == ["row", "row"]


@pytest.mark.parametrize(
    "reply", ["", "\n\n", "[1]", "---", "来源：[1]、[2]", "```\n```", "<think>想</think>"]
)
def test_nothing_said_gives_no_statement(reply: str) -> None:
    assert texts(reply) == []
