"""Cutting a paragraph into sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.sentences import sentences


def texts(paragraph: str, *, semicolons: bool = True) -> list[str]:
    return [sentence.text for sentence in sentences(paragraph, semicolons=semicolons)]


@pytest.mark.parametrize(
    ("paragraph", "pieces"),
    [
        ("水费打九折。气费不变！", ["水费打九折。", "气费不变！"]),
        ("时限为3.5天。费用为0元。", ["时限为3.5天。", "费用为0元。"]),
        ("（一）身份证；（二）户口簿；（三）照片。", ["（一）身份证；", "（二）户口簿；", "（三）照片。"]),
        ("推行“快办；稳办”模式；加强宣传", ["推行“快办；稳办”模式；", "加强宣传"]),
        ("按《关于加快审批。试行》办理。完。", ["按《关于加快审批。试行》办理。", "完。"]),
        ("鼓励企业（含分公司；下同）参加。散会。", ["鼓励企业（含分公司；下同）参加。", "散会。"]),
        ("他说：“可以。”窗口随即受理。", ["他说：“可以。”", "窗口随即受理。"]),
        ("落实“应减尽减。”的要求。", ["落实“应减尽减。”的要求。"]),
        ("做好登记。（牵头单位：市水务局；完成时限：3月）", ["做好登记。", "（牵头单位：市水务局；完成时限：3月）"]),
        ("（已经审议通过。）现印发执行。", ["（已经审议通过。）", "现印发执行。"]),
        ("真的？！是的。", ["真的？！", "是的。"]),
        ("括号（没有关上。第二句。", ["括号（没有关上。", "第二句。"]),
        ("没有开的）括号。第二句。", ["没有开的）括号。", "第二句。"]),
        ("引号“没有关（但括号。关了）就好。第二句。", ["引号“没有关（但括号。关了）就好。", "第二句。"]),
        ("The fee is 1.5 percent. It is waived for small firms.", ["The fee is 1.5 percent.", "It is waived for small firms."]),
        ("See Art. 5 for details.", ["See Art. 5 for details."]),
        ("  前后有空。  ", ["前后有空。"]),
        ("", []),
        ("   ", []),
    ],
)  # fmt: skip
def test_pieces(paragraph: str, pieces: list[str]) -> None:
    assert texts(paragraph) == pieces


def test_semicolons_hold_a_sentence_together_where_asked() -> None:
    assert texts("甲减半；乙免收。丙照旧。", semicolons=False) == ["甲减半；乙免收。", "丙照旧。"]


def test_a_bracket_that_closes_only_far_away_holds_nothing_together() -> None:
    paragraph = "开头（忘了关。" + "这里是中间的一句话。" * 60 + "到这里才有）一个。"
    assert len(texts(paragraph)) > 50


@given(st.text("甲乙。；;！（）“”《》()「」 \n。.A1", max_size=60), st.booleans())
def test_the_pieces_cover_the_paragraph_in_order(paragraph: str, semicolons: bool) -> None:
    end = 0
    for sentence in sentences(paragraph, semicolons=semicolons):
        assert paragraph[sentence.start : sentence.end] == sentence.text == sentence.text.strip() != ""
        assert paragraph[end : sentence.start].strip() == ""
        assert sentence.start >= end
        end = sentence.end
    assert paragraph[end:].strip() == ""
