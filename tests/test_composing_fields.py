"""Who does what by when: answers read from the fields of the trailers."""

from __future__ import annotations

import pytest

from tests.answer_corpus import JICHUAN, QINGFENG, ask, cited_addresses, composed, document


@pytest.mark.parametrize(
    ("question", "due", "clause"),
    [
        ("清枫市用水报装什么时候完成？", "2023年9月底", (QINGFENG, "二/(三)/7")),
        ("清枫市压降担保费率要在什么时候之前完成？", "2023年12月底", (QINGFENG, "二/(二)/4")),
        ("霁川市企业注销工作什么时候完成？", "2023年8月底", (JICHUAN, "一/2")),
    ],
)
def test_a_deadline_is_the_trailers(question: str, due: str, clause: tuple[str, str]) -> None:
    answer = ask(question)
    assert answer.text.startswith(f"**{due}**")
    assert cited_addresses(answer) == {clause}


@pytest.mark.parametrize(
    ("question", "lead", "responsible"),
    [
        ("清枫市精简注销材料由谁牵头？", "市市场监管局", "市税务局"),
        ("清枫市减少入企检查的责任单位是哪些？", "市司法局", "各行政执法单位"),
        ("霁川用电报装哪个单位负责？", "霁川供电公司", "市工信局"),
    ],
)
def test_the_office_that_leads_stands_apart_from_the_others(
    question: str, lead: str, responsible: str
) -> None:
    assert f"牵头单位为{lead}；责任单位为{responsible}；" in ask(question).text


def test_an_office_that_no_trailer_names_comes_from_the_sentence() -> None:
    answer = ask("冒领高龄津贴由谁追回？")
    assert "由县级民政部门追回" in answer.text


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("清枫市用水报装是不是由市水务局牵头？", "是"),
        ("清枫市用水报装是不是由市住建局牵头？", "不是"),
        ("清枫市用水报装是不是由市城管局牵头？", "不是"),
    ],
)
def test_whether_an_office_leads_is_answered_first(question: str, verdict: str) -> None:
    answer = ask(question)
    assert answer.text.startswith(f"{verdict}[1]")
    assert "牵头单位为市水务局" in answer.text


def rows(text: str) -> list[list[str]]:
    """Return the cells of a table's rows, its header and rule left out."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize(
    ("question", "tasks"),
    [
        ("清枫市财政局牵头哪些任务？", ["3.赠送首套印章", "4.压降担保费率"]),
        ("清枫市公安局参与哪些任务？", ["1.提速企业开办", "3.赠送首套印章"]),
        ("市行政审批局负责什么任务？", ["1.企业开办", "2.企业注销"]),
        ("霁川市税务局参与哪些工作？", ["2.企业注销"]),
    ],
)
def test_the_tasks_of_an_office_are_a_complete_table(question: str, tasks: list[str]) -> None:
    answer = ask(question)
    assert f"任务共{len(tasks)}项，已全部列出" in answer.text
    assert [cells[1] for cells in rows(answer.text)] == tasks


def test_an_office_that_leads_nothing_is_said_to_lead_nothing() -> None:
    answer = ask("清枫市税务局牵头哪些任务？")
    assert answer.text.startswith("文件没有列明由市税务局牵头的任务")
    assert {cells[2] for cells in rows(answer.text)} == {"责任"}


def test_the_tasks_due_in_a_month_are_a_complete_table() -> None:
    answer = ask("清枫市2023年9月底要完成哪些任务？")
    assert "任务共3项，已全部列出" in answer.text
    assert [cells[1] for cells in rows(answer.text)] == [
        "2.精简注销材料",
        "6.加快用电接入",
        "7.缩短用水报装",
    ]


def test_before_a_day_means_all_that_is_due_until_then() -> None:
    answer = ask("2023年6月底前要完成哪些任务？")
    assert sorted(cells[1] for cells in rows(answer.text)) == [
        "1.企业开办",
        "1.提速企业开办",
        "3.赠送首套印章",
    ]


def test_every_row_of_a_table_cites_its_own_trailer() -> None:
    answer = ask("清枫市2023年9月底要完成哪些任务？")
    plan = document(QINGFENG)
    trailers = {
        plan.address(row): plan.text[clause.trailer.start : clause.trailer.end]
        for row, clause in enumerate(plan.clauses)
        if clause.trailer is not None
    }
    for address in ("二/(一)/2", "二/(三)/6", "二/(三)/7"):
        quotes = [
            one.quote
            for one in answer.citations
            if plan.address(one.paragraph.clause) == address and trailers[address] in one.quote
        ]
        assert quotes


def test_an_english_question_gets_the_fields_in_an_english_frame() -> None:
    answer = composed("Which office leads the task 精简注销材料 in 清枫?")
    assert answer.text.startswith("According to 《")
    assert "lead: 市市场监管局; responsible: 市税务局" in answer.text
