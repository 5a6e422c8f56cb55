"""Who does a task and by when."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.trailers import find_trailer, is_trailer_line, split_units


@pytest.mark.parametrize(
    ("text", "lead", "responsible", "deadline"),
    [
        (
            "建成数据中心。(牵头单位:市大数据局及各专项组办公室;责任单位:市财政局、市供电公司等部门,各县区;完成时限:2022年6月底)",
            ("市大数据局", "各专项组办公室"),
            ("市财政局", "市供电公司", "各县区"),
            "2022年6月底",
        ),
        ("逐户走访。（责任单位：市工信局、市公安局）", (), ("市工信局", "市公安局"), None),
        (
            "统一收件。(由“办事、流程精简”指标单位牵头,各相关单位及各县市区、园区按职责分工负责)",
            ("“办事、流程精简”指标单位",),
            ("各相关单位", "各县市区", "园区"),
            None,
        ),
        (
            "修好道路。（市交通局牵头，市财政局配合，2023年6月底前完成）",
            ("市交通局",),
            ("市财政局",),
            "2023年6月底前完成",
        ),
        ("公开结果。（市司法局会同市公安局牵头负责）", ("市司法局",), ("市公安局",), None),
        ("按时兑现。（市财政局、市人社局）", (), ("市财政局", "市人社局"), None),
        ("办好此事。牵头单位：市工信局，完成时限：2025年底前。", ("市工信局",), (), "2025年底前"),
        (
            "牵头单位：市住建局；责任单位：市水利局；完成时限：2024年6月底前。",
            ("市住建局",),
            ("市水利局",),
            "2024年6月底前",
        ),
        ("分头落实。（责任单位：市林业局）（完成时限：长期坚持）", (), ("市林业局",), "长期坚持"),
    ],
)
def test_trailers_become_fields(
    text: str, lead: tuple[str, ...], responsible: tuple[str, ...], deadline: str | None
) -> None:
    trailer = find_trailer([(100, text)])
    assert trailer is not None
    assert (trailer.lead_units, trailer.responsible_units) == (lead, responsible)
    assert (trailer.deadline.text if trailer.deadline else None) == deadline
    assert 100 <= trailer.start < trailer.end <= 100 + len(text)


@pytest.mark.parametrize(
    "text",
    [
        "补贴由市财政局发放。",
        "覆盖各县（市、区）。",
        "支持小微企业（由市级财政负担的除外）。",
        "办结时间缩短一半（含牵头单位审批）。",
        "推广电子印章（试行）。",
    ],
)
def test_ordinary_sentences_and_brackets_are_no_trailers(text: str) -> None:
    assert find_trailer([(0, text)]) is None


def test_lines_of_their_own_join_into_one_trailer() -> None:
    paragraphs = [
        (0, "一、补助改造。每间客房补助3000元。"),
        (20, "牵头单位：县文旅局"),
        (30, "配合单位：县农业农村局、县住建局"),
        (50, "完成时限：年底前"),
    ]
    trailer = find_trailer(paragraphs, year=2024)
    assert trailer is not None
    assert trailer.lead_units == ("县文旅局",)
    assert trailer.responsible_units == ("县农业农村局", "县住建局")
    assert trailer.deadline is not None
    assert trailer.deadline.end == date(2024, 12, 31)
    assert (trailer.start, trailer.end) == (20, 58)
    assert is_trailer_line("配合单位：县农业农村局")
    assert not is_trailer_line("每间客房补助3000元。")


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("市自然资源和规划局、市住房和城乡建设局", ("市自然资源和规划局", "市住房和城乡建设局")),
        ("市文化和旅游局和市体育局", ("市文化和旅游局", "市体育局")),
        ("市市场监管局及其他执法部门,各区", ("市市场监管局", "其他执法部门", "各区")),
        ("各县（市、区）政府，市发展和改革委员会", ("各县（市、区）政府", "市发展和改革委员会")),
        ("市科技局等部门", ("市科技局",)),
        ("市国资委等涉及惠企政策单位", ("市国资委", "涉及惠企政策单位")),
    ],
)
def test_units_split_where_an_office_ends(text: str, units: tuple[str, ...]) -> None:
    assert split_units(text) == units
