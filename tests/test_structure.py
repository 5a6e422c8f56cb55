"""The clause tree, on documents of the shapes that offices write."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.document import Document
from indexer.formats import read
from indexer.parse import parse
from indexer.source_text import SourceText

TEXTS = Path(__file__).parent / "texts"


def document(text: str, *headings: tuple[str, int]) -> Document:
    hints = tuple((text.index(line), level) for line, level in headings)
    return parse(SourceText(text, headings=hints), document_id="d", source_name="d.txt")


def of_file(name: str) -> Document:
    return document((TEXTS / f"{name}.txt").read_text(encoding="utf-8"))


def addresses(found: Document) -> list[str]:
    return [found.address(row) for row in range(1, len(found.clauses))]


def titles(found: Document) -> dict[str, str]:
    return {found.address(row): clause.title for row, clause in enumerate(found.clauses) if row}


def root_texts(found: Document) -> list[str]:
    return [paragraph.text for paragraph in found.paragraphs_by_clause.get(0, ())]


def place_of(found: Document, words: str) -> str:
    return next(found.address(paragraph.clause) for paragraph in found.paragraphs if words in paragraph.text)


def test_numbering_runs_through_the_sections() -> None:
    found = of_file("lanqiao-2023")
    assert addresses(found) == [
        *["一", "二", "二/(一)", "二/(一)/1", "二/(一)/2", "二/(一)/3", "二/(二)", "二/(二)/4", "二/(二)/5"],
        *["三", "三/(一)", "三/(二)"],
    ]
    assert titles(found)["二/(一)/3"] == "3个工作日内答复疑难登记"
    assert titles(found)["二/(二)/5"] == "12345热线设企业专席"
    assert found.heading_path(9) == ("二、要办的事", "(二)把费用降下来,让经营更轻", "5.12345热线设企业专席")


def test_title_block_stays_with_the_root_wherever_it_stands() -> None:
    found = of_file("lanqiao-2023")
    assert root_texts(found)[2:5] == [
        "澜桥市人民政府办公室",
        "2023年6月9日",
        "让企业在澜桥办事更省心行动方案",
    ]
    assert len(root_texts(found)) == 6


def test_numbering_restarts_in_each_section() -> None:
    found = of_file("jingkou-2022")
    assert addresses(found)[:6] == ["一", "二", "二/(一)", "二/(一)/1", "二/(一)/2", "二/(二)"]
    assert place_of(found, "行动目标:窗口") == "二/(一)"
    assert place_of(found, "行动内容") == "二/(一)"
    leads = [clause.trailer.lead_units for clause in found.clauses if clause.trailer]
    assert leads == [("“政务大厅”指标单位",), ("“材料、流程精简”指标单位",), ("“工程许可”指标单位",)]


def test_every_task_has_its_trailer() -> None:
    found = of_file("yunmen-2022")
    tasks = [clause for clause in found.clauses if clause.label.isdigit()]
    assert [task.label for task in tasks] == ["1", "2", "3", "4"]
    assert all(task.trailer and task.trailer.deadline for task in tasks)
    assert tasks[1].trailer is not None
    assert found.text[tasks[1].trailer.start : tasks[1].trailer.end].startswith("(牵头单位")


def test_year_labelled_paragraphs_are_paragraphs_of_their_section() -> None:
    found = of_file("no-title")
    assert addresses(found) == ["一", "二", "二/1", "二/2", "三"]
    assert place_of(found, "2023年——扩范围") == "一"


def test_articles_stand_once_and_in_order() -> None:
    found = of_file("caijing-regulation")
    articles = [clause.label for clause in found.clauses if "条" in clause.label]
    assert articles == ["第一条", "第二条", "第三条", "第三条之一", "第四条", "第五条", "第六条", "第七条"]
    assert titles(found)["第二章/第一节/第三条"] == "专项规划"
    assert titles(found)["第一章"] == "总 则"
    assert not titles(found)["第一章/第一条"]


def test_a_table_of_contents_makes_no_chapters() -> None:
    found = of_file("caijing-regulation")
    assert sum(clause.label == "第一章" for clause in found.clauses) == 1
    assert root_texts(found)[2:5] == ["目 录", "第一章 总 则", "第二章 规划与建设"]


def test_references_at_the_start_of_a_line_are_no_articles() -> None:
    found = of_file("caijing-regulation")
    assert place_of(found, "第三条规定的内容配建") == "第二章/第二节/第四条"
    assert place_of(found, "第五条、第六条所称") == "第二章/第二节/第五条"
    assert place_of(found, "第四条第一款处理的") == "第二章/第二节/第六条"


def test_a_paragraph_after_a_list_belongs_to_the_article() -> None:
    found = of_file("caijing-regulation")
    assert place_of(found, "（三）受影响较大") == "第二章/第一节/第三条之一/(三)"
    assert place_of(found, "前款规定的意见") == "第二章/第一节/第三条之一"


def test_annexes_number_their_parts_anew_and_their_list_is_none_of_them() -> None:
    found = of_file("annexes-2020")
    assert addresses(found)[-5:] == ["三", "附件1", "附件2", "附件2/一", "附件2/二"]
    assert titles(found)["附件2"] == "课后服务收费办法"
    assert "附件：1．课后服务申请表" in root_texts(found)
    assert place_of(found, "每生每学期不超过300元") == "附件2/一"


def test_items_under_a_lead_in_have_no_titles() -> None:
    found = of_file("annexes-2020")
    assert [titles(found)[f"二/(二)/{number}"] for number in (1, 2, 3)] == ["", "", ""]
    assert place_of(found, "聘请费用由学校承担") == "二/(二)"


def test_decimal_headings_nest() -> None:
    found = of_file("emergency-plan")
    assert addresses(found) == ["1", "1/1.1", "1/1.2", "1/1.2/1.2.1", "2", "2/2.1", "2/2.2", "3"]
    assert place_of(found, "1.5万人以上受灾") == "1/1.2/1.2.1"


def test_label_lines_after_a_task_belong_to_it() -> None:
    found = of_file("measures-2024")
    first = found.clauses[2]
    assert first.trailer is not None
    assert first.trailer.responsible_units == ("县农业农村局", "县住建局")
    assert place_of(found, "完成时限：2024年底前") == "第一部分/一"
    assert root_texts(found)[-2:] == ["柳坪县人民政府", "2024年4月12日"]


def test_articles_may_stand_under_han_numerals() -> None:
    found = document(
        "一、总则\n第一条 甲事。\n第二条 乙事。\n二、责任\n第三条 丙事。\n第四条 丁事。\n"
        "三、附则\n第五条 戊事。"
    )
    assert addresses(found) == [
        "一",
        "一/第一条",
        "一/第二条",
        "二",
        "二/第三条",
        "二/第四条",
        "三",
        "三/第五条",
    ]


def test_arabic_numbers_may_stand_above_han_numerals() -> None:
    found = document("1.要求\n一、甲。做甲。\n二、乙。做乙。\n2.任务\n一、丙。做丙。\n二、丁。做丁。")
    assert addresses(found) == ["1", "1/一", "1/二", "2", "2/一", "2/二"]


def test_a_section_without_brackets_does_not_turn_the_order_round() -> None:
    found = document(
        "一、目标\n1.甲事。\n2.乙事。\n二、任务\n（一）平台\n3.丙事。\n4.丁事。\n（二）人才\n5.戊事。\n6.己事。"
    )
    assert addresses(found)[3:] == [
        "二",
        "二/(一)",
        "二/(一)/3",
        "二/(一)/4",
        "二/(二)",
        "二/(二)/5",
        "二/(二)/6",
    ]


def test_headings_without_numbers_come_from_the_format() -> None:
    text = (
        "人才公寓指南\n申请条件\n1.在本地就业。\n2.没有住房。\n特殊情形\n军人家属可以放宽。\n"
        "办理流程\n1.网上提交。"
    )
    found = document(text, ("人才公寓", 1), ("申请条件", 2), ("特殊情形", 3), ("办理流程", 2))
    assert addresses(found) == [
        "申请条件",
        "申请条件/1",
        "申请条件/2",
        "申请条件/特殊情形",
        "办理流程",
        "办理流程/1",
    ]
    assert found.title == "人才公寓指南"


def test_a_chapters_name_may_go_on_in_the_next_line() -> None:
    found = document("云岭市绿化条例\n第一章 保护和\n管理\n第一条 植树。\n第二条 浇水。")
    assert titles(found)["第一章"] == "保护和管理"


def test_one_long_sentence_is_a_body_and_no_title() -> None:
    found = document(
        "一、本市行政区域内从事餐饮经营的单位，应当在每年3月底前向所在地街道报送餐厨垃圾产生量。\n二、罚则\n罚款一百元。"
    )
    assert titles(found) == {"一": "", "二": "罚则"}


def test_the_body_begins_after_the_heading() -> None:
    found = document("一、加强领导。成立专班。\n二、附则")
    first, second = found.clauses[1], found.clauses[2]
    assert found.text[first.body_start : first.end] == "成立专班。"
    assert second.body_start == second.end


def test_white_space_of_every_kind_is_no_part_of_a_paragraph() -> None:
    found = document("\ufeff　\xa0一、甲事\u200b \n\u3000\u200b\n　　正文。　")
    assert [paragraph.text for paragraph in found.paragraphs] == ["一、甲事", "正文。"]
    assert [paragraph.id for paragraph in found.paragraphs] == ["d#p1", "d#p2"]


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *[
                    "一、目标",
                    "二、任务",
                    "（一）平台",
                    "(二)人才。培养人才。",
                    "1.建设",
                    "2、推广；",
                    "3.3个工作日",
                    "①甲",
                    "1.1 目的",
                ],
                *[
                    "第一章 总则",
                    "第一条 甲事。",
                    "第二条规定的",
                    "第三条 乙事：",
                    "附件",
                    "附件1：表格",
                    "目录",
                    "2022年3月1日",
                ],
                *[
                    "云岭市人民政府",
                    "各县区：",
                    "牵头单位：市水利局",
                    "（责任单位：市林业局）",
                    "关于种树的通知",
                    "",
                    "　",
                    "正文。",
                ],
            ]
        ),
        st.text(max_size=12).map(lambda text: text.replace("\n", "").replace("\r", "")),
    ),
    max_size=25,
)


@given(LINES)
def test_any_text_becomes_a_tree_that_nests_and_paragraphs_that_lose_nothing(lines: list[str]) -> None:
    found = document("\n".join(lines))
    assert found.clauses[0].parent is None
    assert (found.clauses[0].start, found.clauses[0].end) == (0, len(found.text))
    for row, clause in enumerate(found.clauses[1:], start=1):
        assert clause.parent is not None
        parent = found.clauses[clause.parent]
        assert clause.parent < row
        assert clause.level == parent.level + 1
        assert parent.start <= clause.start <= clause.body_start <= clause.end <= parent.end
        siblings = [other for other in found.clauses[row + 1 :] if other.parent == clause.parent]
        assert all(clause.end <= sibling.start for sibling in siblings)
    end = 0
    for number, paragraph in enumerate(found.paragraphs, start=1):
        assert paragraph.number == number
        assert found.text[paragraph.start : paragraph.end] == paragraph.text
        assert not re.search(r"\w", found.text[end : paragraph.start])
        holders = [
            clause
            for clause in found.clauses
            if clause.start <= paragraph.start < paragraph.end <= clause.end
        ]
        assert found.clauses[paragraph.clause] is max(holders, key=lambda clause: clause.level)
        end = paragraph.end
    assert not re.search(r"\w", found.text[end:])


ORIGINALS = Path(os.environ["WENCE_ORIGINALS"]) if os.environ.get("WENCE_ORIGINALS") else None
needs_originals = pytest.mark.skipif(ORIGINALS is None, reason="WENCE_ORIGINALS names no folder")


def original(path: Path) -> Document:
    return parse(read(path), document_id=path.stem, source_name=path.name)


@needs_originals
@pytest.mark.parametrize(
    ("name", "tops", "numbered", "trailers"),
    [
        ("huangshi-2024", 3, 30, 0),
        ("ezhou-2022", 2, 28, 28),
        ("yueyang-2022", 3, 10, 0),
        ("hengyang-2022", 3, 19, 19),
        ("xx-city-2022", 3, 24, 0),
    ],
)
def test_the_originals_are_understood(name: str, tops: int, numbered: int, trailers: int) -> None:
    assert ORIGINALS is not None
    found = original(next(ORIGINALS.rglob(f"{name}.txt")))
    assert sum(clause.level == 1 for clause in found.clauses) == tops
    assert sum(clause.label.isdigit() for clause in found.clauses) == numbered
    assert sum(clause.trailer is not None for clause in found.clauses) == trailers


@needs_originals
def test_every_article_of_the_regulations_stands_once_and_in_order() -> None:
    assert ORIGINALS is not None
    regulations = [
        path
        for path in ORIGINALS.rglob("*.md")
        if re.search(r"^第一条", path.read_text(encoding="utf-8"), re.M)
    ]
    for path in regulations:
        written = re.findall(r"^(第[零一二三四五六七八九十百]+条) ", path.read_text(encoding="utf-8"), re.M)
        found = [clause.label for clause in original(path).clauses if clause.label.endswith("条")]
        assert found == written, path.name
