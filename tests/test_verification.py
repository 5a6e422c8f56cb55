"""The evidence lock: what a statement says must stand in what it cites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evidence import Draft, Span, Statement, Table
from service.verification import unsupported, verify
from tests.fakes import document

FEE = "对单户300万元以下的小微企业，担保费率不超过1.2%，由市财政局会同市水务局在10个工作日内兑现。"
RULE = "摊位不得转租；经营者可以申请延期，延期不予退费。逾期处2000元以上1万元以下罚款。"
OFFICES = "（牵头单位：市财政局；责任单位：市教育局、市卫生健康委员会、各区人民政府）"
DOCUMENT = document(lines=((FEE, 0), (RULE, 0), (OFFICES, 0)))


def span(line: int, *, start: int = 0, end: int | None = None) -> Span:
    paragraph = DOCUMENT.paragraphs[line]
    return Span(DOCUMENT, paragraph, start, len(paragraph.text) if end is None else end)


def kinds(statement: str, known: str) -> list[str]:
    return [finding.kind for finding in unsupported(statement, known)]


@pytest.mark.parametrize("source", [FEE, RULE, OFFICES])
def test_the_source_carries_itself(source: str) -> None:
    assert unsupported(source, source) == []


@pytest.mark.parametrize(
    "statement",
    [
        "担保费率不超过百分之一点二。",
        "单户三百万元以下的小微企业，费率不高于1.2%。",
        "市财政局十个工作日内兑现。",
        "财政局会同水务局兑现。",
        "财政部门负责兑现。",
        "Guarantee fees are capped at 1.2 percent for loans under RMB 3 million, paid within 10 working days.",
    ],
)
def test_another_writing_of_the_same_is_carried(statement: str) -> None:
    assert unsupported(statement, FEE) == []


@pytest.mark.parametrize(
    ("statement", "known", "kind"),
    [
        ("担保费率不超过1.5%。", FEE, "figure"),
        ("担保费率不超过2%。", FEE, "figure"),
        ("单户300亿元以下的小微企业。", FEE, "figure"),
        ("在10个月内兑现。", FEE, "figure"),
        ("在10日内兑现。", FEE, "figure"),
        ("担保费率不低于1.2%。", FEE, "bound"),
        ("担保费率超过1.2%的，由市财政局兑现。", FEE, "bound"),
        ("单户300万元以上的小微企业。", FEE, "bound"),
        ("处2000元以下罚款。", RULE, "bound"),
        ("处1万元以上1万元以下罚款。", RULE, "figure"),
        ("摊位可以转租。", RULE, "negation"),
        ("经营者不得申请延期。", RULE, "negation"),
        ("延期的，予以退费。", RULE, "negation"),
        ("由市税务局兑现。", FEE, "office"),
        ("由市发展和改革委员会牵头。", OFFICES, "office"),
        ("由市发改委牵头。", OFFICES, "office"),
        ("由税务部门牵头。", OFFICES, "office"),
        ("依据青政办发〔2024〕8号。", "青政办发〔2024〕7号", "number"),
        ("依据青政发〔2024〕7号。", "青政办字〔2024〕7号", "number"),
        ("按照第十二条办理。", "第十一条　摊位不得转租。", "number"),
        ("通过“水务快办”平台申请。", "通过“水务通”平台申请。", "name"),
        ("见《停车办法》。", "见《停车条例》。", "name"),
        ("符合GB50016的要求。", "符合GB50015的要求。", "number"),
        ("成文于2024年5月7日。", "2024年5月6日", "figure"),
        ("Published on 7 May 2024.", "2024年5月6日", "figure"),
    ],
)
def test_what_the_source_does_not_say_is_found(statement: str, known: str, kind: str) -> None:
    assert kind in kinds(statement, known)


@pytest.mark.parametrize(
    ("statement", "known"),
    [
        ("成文于2024-05-06。", "2024年5月6日"),
        ("成文于二〇二四年五月六日。", "2024-5-6"),
        ("Published on May 6, 2024.", "2024年5月6日"),
        ("2024年5月印发。", "2024年5月6日"),
        ("5月6日印发。", "2024年5月6日"),
        ("完成时限为2022年12月。", "2022年12月底前完成。"),
        ("‘水务通’平台", "“水务通”平台"),
        ("「水务通」平台", "“水务通”平台"),
        ('"水务通"平台', "“水务通”平台"),
        ("依据青政办发(2024)7号。", "青政办发〔2024〕7号"),
        ("按照第12条办理。", "第十二条　摊位不得转租。"),
        ("明确1名联络员。", "明确一名联络员。"),
        ("贷款500万元以下。", "500万以下的贷款"),
        ("30 cities take part.", "30个城市参加"),
        ("不得不停业的，可以申请补助。", "不得不停业的，可以申请补助。"),
        ("无需提交材料。", "不再提交材料。"),
        ("以企业为中心开办公司。", "开办企业要方便。"),
        ("有关部门应当配合。", "各单位应当配合。"),
    ],
)
def test_what_the_source_says_otherwise_is_not_found_wanting(statement: str, known: str) -> None:
    assert unsupported(statement, known) == []


def test_the_catalogue_carries_what_it_knows_of_the_document() -> None:
    statement = Statement(
        "《青石市推进便民办事二十条》，青政办发〔2024〕7号，成文日期为2024年5月6日。", (span(1),)
    )
    assert verify(Draft((statement,))).findings == ()


def test_a_figure_of_another_citation_carries_nothing() -> None:
    verdict = verify(
        Draft((Statement("费率不超过1.2%。", (span(1),)), Statement("摊位不得转租。", (span(1),))))
    )
    assert [finding.kind for finding in verdict.findings] == ["figure"]
    assert [block.text for block in verdict.draft.blocks if isinstance(block, Statement)] == [
        "摊位不得转租。"
    ]
    assert verdict.checked == 2


def test_words_outside_the_span_carry_nothing() -> None:
    part = span(0, end=FEE.index("担保"))
    assert verify(Draft((Statement("担保费率不超过1.2%。", (part,)),))).draft.blocks == ()


ITEMS = (Statement("摊位不得转租。", (span(1),)), Statement("经营者可以申请延期。", (span(1),)))


@pytest.mark.parametrize("frame", ["共2项，已全部列出：", "共两项：", "以下各项："])
def test_a_true_frame_stays(frame: str) -> None:
    verdict = verify(Draft((Statement(frame), *ITEMS)))
    assert verdict.draft.blocks[0] == Statement(frame)
    assert verdict.findings == ()


@pytest.mark.parametrize("frame", ["共3项，已全部列出：", "共1项：", "费率为5%，共2项："])
def test_a_frame_that_miscounts_goes(frame: str) -> None:
    verdict = verify(Draft((Statement(frame), *ITEMS)))
    assert verdict.draft.blocks == ITEMS
    assert [finding.kind for finding in verdict.findings] == ["figure"]


def test_a_count_is_untrue_once_an_item_is_taken_out() -> None:
    wrong = Statement("摊位可以转租。", (span(1),))
    verdict = verify(Draft((Statement("共3项，已全部列出："), *ITEMS, wrong)))
    assert verdict.draft.blocks == ITEMS


def test_a_frame_goes_with_what_it_framed() -> None:
    wrong = Statement("费率为9%。", (span(0),))
    verdict = verify(Draft((Statement("费率如下："), wrong, Statement("摊位如下："), *ITEMS)))
    assert verdict.draft.blocks == (Statement("摊位如下："), *ITEMS)
    assert verify(Draft((Statement("费率如下："), wrong))).draft.blocks == ()


def test_frames_alone_are_no_answer() -> None:
    assert verify(Draft((Statement("如下："), Statement("费率为1.2%。")))).draft.blocks == ()


def test_a_table_loses_the_rows_that_fail_and_its_frame_counts_the_rest() -> None:
    rows = ((("青石市", "1.2%"), (span(0),)), (("青石市", "1.3%"), (span(0),)), (("白水市", "未提及"), ()))
    verdict = verify(Draft((Statement("共2个城市："), Table(("城市", "费率"), rows))))
    table = verdict.draft.blocks[-1]
    assert isinstance(table, Table)
    assert table.rows == (rows[0], rows[2])
    assert len(verdict.draft.blocks) == 2


def test_a_count_with_citations_is_held_to_the_clause_tree() -> None:
    whole = document()
    spans = tuple(Span(whole, whole.paragraphs[n], 0, 5) for n in (5, 6))
    assert verify(Draft((Statement("文件共2项。", spans),))).findings == ()
    assert [f.word for f in verify(Draft((Statement("文件共4项。", spans),))).findings] == ["4项"]


def test_an_empty_draft_passes_empty() -> None:
    assert verify(Draft(())).draft.blocks == ()


@given(
    st.integers(1, 9999), st.sampled_from(["元", "万元", "%", "天", "个工作日", "家", "项", "倍", "平方米"])
)
def test_any_other_amount_is_found(amount: int, unit: str) -> None:
    source = f"补助标准为{amount}{unit}，由市财政局发放。"
    assert unsupported(source, source) == []
    assert kinds(source.replace(str(amount), str(amount + 1), 1), source) == ["figure"]


@given(st.text("摊位可以不得转租应当禁止超过以上下内10万元%第条“”，。；（）市财政局部门", max_size=50))
def test_any_text_carries_itself(text: str) -> None:
    assert [one for one in unsupported(text, text) if one.kind in ("name", "number", "office", "bound")] == []


def test_a_denied_figure_must_be_absent_from_the_evidence() -> None:
    known = "简易注销公告期为20天，期满后1个工作日内办结。"
    assert unsupported("文件的规定是20天，并非10天。", known) == []
    assert unsupported("文件的规定是20天，并非1.5天。", known) == []
    assert unsupported("The document says 20 days, not 1.5 days.", known) == []
    assert [one.word for one in unsupported("文件的规定是20天，并非1个工作日。", known)] == ["1个工作日"]
