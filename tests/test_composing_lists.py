"""Lists come whole, steps in order, counts from the clause tree."""

from __future__ import annotations

import pytest

from tests.answer_corpus import ELDERS, QINGFENG, SIGNS, ask, cited_addresses, composed


@pytest.mark.parametrize(
    ("question", "items", "clause"),
    [
        (
            "渌山市户外招牌不得设置在哪些位置？",
            ["文物保护单位的外墙", "消防登高作业面", "危险房屋", "屋顶和楼顶"],
            (SIGNS, "第二章/第五条"),
        ),
        (
            "清枫市高龄津贴申请要提交哪些材料？",
            ["身份证和户口簿", "近期免冠照片两张", "本人的银行账户信息"],
            (ELDERS, "第三条"),
        ),
    ],
)
def test_a_list_is_complete_and_each_item_cited(
    question: str, items: list[str], clause: tuple[str, str]
) -> None:
    answer = ask(question)
    assert f"共{len(items)}项，已全部列出：" in answer.text
    lines = [f"{number}. {item}[{number + 1}]。" for number, item in enumerate(items, start=1)]
    assert answer.text.splitlines()[-len(items) :] == lines
    assert all(address.startswith(clause[1]) for _, address in cited_addresses(answer))


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("清枫市缓解融资困难有哪些举措？", ["4. 压降担保费率", "5. 推广“枫易贷”"]),
        ("清枫市“改善公用服务”部分有哪些任务？", ["6. 加快用电接入", "7. 缩短用水报装"]),
    ],
)
def test_a_section_is_listed_by_its_clauses(question: str, titles: list[str]) -> None:
    answer = ask(question)
    assert f"共{len(titles)}项，已全部列出" in answer.text
    assert [line.partition("[")[0] for line in answer.text.splitlines()[1:]] == titles


def test_steps_stand_in_their_order() -> None:
    answer = composed("渌山市招牌备案按照什么程序办理？")
    assert answer.kind == "procedure"
    steps = ("填报位置和效果图", "三个工作日内核对", "当场发给备案编号")
    assert [line[0] for line in answer.text.splitlines() if any(step in line for step in steps)] == list(
        "123"
    )


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("清枫市企业服务提质行动方案一共有多少项任务？", "共8项"),
        ("渌山市户外招牌管理办法一共多少条？", "共12条"),
        ("渌山市户外招牌管理办法共有几章？", "共3章"),
        ("清枫市“规范监管执法”部分一共几项任务？", "共1项"),
    ],
)
def test_clauses_are_counted_and_title_first_and_last_cited(question: str, counted: str) -> None:
    answer = ask(question)
    assert counted in answer.text
    titles = [one for one in answer.citations if one.paragraph.clause == 0]
    assert len(titles) == 1
    assert len(answer.citations) - len(titles) == 2


def test_parts_are_counted_apart_from_the_tasks_in_them() -> None:
    answer = ask("清枫市企业服务提质行动方案分几个部分？")
    assert "共3个部分" in answer.text
    assert "任务共8项" in answer.text
    assert {document_id for document_id, _ in cited_addresses(answer)} == {QINGFENG}
