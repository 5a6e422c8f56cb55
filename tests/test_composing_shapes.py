"""Rows of tables, other groups, shares of an amount, two points in one question, enumerations that are counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.build import build
from indexer.index import open_index
from service.assistant import Assistant
from tests.answer_corpus import TODAY
from tests.shapes_corpus import BIKES, GRANTS, LAKE, SWIM, ask


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("绵泽首席工匠租房补贴每月多少钱？", "**1500元/月**"),
        ("绵泽高级工匠岗位补贴一个月多少？", "**1400元/月**"),
        ("在湾东新区上班的工匠，岗位补贴加多少？", "**15%**"),
        ("鹤汀单车的刹车线最长多少？", "**不得超过一百一十厘米**"),
        ("鹤汀运营企业没按时缴费罚多少？", "**百分之三**"),
        ("鹤汀对单位的罚款是多少？", "**五百元以上二千元以下**"),
        ("鹤汀的运营企业头一年每辆车缴多少钱？", "**二十四元**"),
        ("鹤汀公共泳池几点到几点开放？", "**六时至九时"),
    ],
)
def test_the_figure_asked_for_goes_first(question: str, first: str) -> None:
    assert ask(question).text.startswith(first)


def test_a_row_is_told_with_the_names_of_its_columns() -> None:
    answer = ask("绵泽首席工匠租房补贴每月多少钱？")
    assert "首席工匠：岗位补贴（元/月）2600，租房补贴（元/月）1500，发放期限（月）36" in answer.text
    assert {one.document.id for one in answer.citations} == {GRANTS}
    assert any("工匠类别" in one.quote for one in answer.citations)


@pytest.mark.parametrize(
    "question",
    [
        "鹤汀考核为B级的企业每季度可以新增多少辆车？",
        "鹤汀小型运营企业每日要调度几次？",
    ],
)
def test_the_figure_of_another_group_is_no_answer(question: str) -> None:
    assert not ask(question).answered


@pytest.mark.parametrize(
    "question",
    [
        "鹤汀考核为A级的企业每季度可以新增多少辆车？",
        "鹤汀大型运营企业每日要调度几次？",
    ],
)
def test_the_figure_of_the_group_is(question: str) -> None:
    answer = ask(question)
    assert answer.answered
    assert {one.document.id for one in answer.citations} == {BIKES}


def test_both_points_of_a_question_are_answered_and_cited() -> None:
    answer = ask("绵泽高级工匠租房补贴多少钱，找谁审核？")
    assert "900" in answer.text
    assert "区人力资源部门在八个工作日内审核" in answer.text
    assert len({one.paragraph.id for one in answer.citations}) >= 2


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("鹤汀泳池的四项服务是哪四项？", ["更衣", "淋浴", "寄存", "救护"]),
        ("鹤汀泳池检修一共分几个阶段？", ["2023年——更换滤水设备。", "2024年——翻修池底。"]),
    ],
)
def test_what_a_sentence_enumerates_is_listed_with_its_count(question: str, items: list[str]) -> None:
    answer = ask(question)
    lines = answer.text.splitlines()
    assert all(any(line.startswith(f"{n}. {item[:5]}") for line in lines) for n, item in enumerate(items, 1))
    assert "已全部列出" in answer.text
    assert {one.document.id for one in answer.citations} == {SWIM}


def test_a_document_counted_as_a_whole_is_cited_by_its_title_too() -> None:
    answer = ask("鹤汀共享单车办法一共有几章几条？")
    assert "共3章" in answer.text
    assert "共10条" in answer.text
    assert "" in {one.document.address(one.paragraph.clause) for one in answer.citations}


def test_the_dearer_city_is_named_where_first_years_compare() -> None:
    answer = ask("鹤汀和莞塘，共享单车秩序维护费头一年哪个更高？")
    assert answer.text.startswith("**莞塘市**：三十元")


def test_a_fee_that_no_city_is_named_for_is_told_for_each() -> None:
    answer = ask("共享单车秩序维护费第一年每辆多少钱？")
    assert "二十四元" in answer.text
    assert "三十元" in answer.text
    assert {BIKES, LAKE} <= {one.document.id for one in answer.citations}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("为什么鹤汀答复单车投诉要十个工作日？", "文件的规定是**五个工作日内**，并非十个工作日"),
        ("听说莞塘把单车推进绿地罚200元，对吗？", "文件的规定是**五十元**，并非200元"),
        ("莞塘把单车推进绿地罚50元，对吧？", "是，文件的规定是**五十元**"),
        ("Is it true that Wantang fines 200 yuan for pushing a bike into 绿地?", ""),
    ],
)
def test_what_is_put_forward_is_confirmed_or_corrected(question: str, said: str) -> None:
    assert said in ask(question).text


def test_a_yes_is_said_where_something_is_needed() -> None:
    assert ask("鹤汀泳池入场要不要出示健康证明？").text.startswith("需要")


def test_an_english_comparison_has_an_english_table() -> None:
    answer = ask("Compare 鹤汀 and 莞塘: fine for pushing a bike into 绿地, how much?")
    assert "| City | Provision | Text |" in answer.text
    assert "RMB 50" in answer.text


def test_with_too_many_cities_a_few_answer_and_the_asker_is_asked_which(tmp_path: Path) -> None:
    names = ("鹤汀", "莞塘", "绵泽", "砚溪", "槐浦", "桐关", "柳津", "榆河", "梧岭", "枫港")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for place, name in enumerate(names):
        text = (
            f"{name}市停车收费规定\n\n第一条 为了规范停车，制定本规定。\n\n"
            f"第二条 道路停车费每小时{place + 2}元。\n\n第三条 本规定自2023年1月1日起施行。\n"
        )
        (corpus / f"town-{place}.md").write_text(text, encoding="utf-8")
    build(corpus, tmp_path / "index", progress=False)
    towns = Assistant(open_index(tmp_path / "index"), threshold=0.0, today=TODAY)
    answer = towns.ask("道路停车费每小时多少钱？", k=12)
    lines = answer.text.splitlines()
    assert lines[0] == "问题没有指明城市，各地规定如下："
    assert len(lines) == 4
    assert answer.notice is not None
    assert answer.notice.endswith("等地的文件也有规定，请指明城市后再问。")
