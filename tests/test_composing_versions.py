"""What changed between two versions of a regulation: a row for each of them."""

from __future__ import annotations

import pytest

from service.answer import Answer
from tests.answer_corpus import SIGNS, SIGNS_OLD, ask


def rows(answer: Answer) -> list[str]:
    """Return the table's rows, header and rule left out."""
    return [line for line in answer.text.splitlines() if line.startswith("|")][2:]


@pytest.mark.parametrize(
    "question",
    [
        "渌山招牌管理办法2017版和2023版的罚款有什么变化？",
        "渌山市户外招牌管理办法新旧两版罚款有什么区别？",
        "渌山户外招牌管理办法修订前后，罚款有什么不同？",
        "渌山招牌管理办法17版跟23版罚款差在哪？",
        "渌山招牌管理办法2017版和2023版各怎么说罚款？",
        "2017年和2023年的渌山市户外招牌管理办法，未经批准罚款多少？",
        "渌山户外招牌管理办法改过以后，罚款比17年多了多少？",
    ],
)
def test_a_matter_is_compared_version_by_version(question: str) -> None:
    older, newer = rows(answer := ask(question))
    assert older.startswith("| 2017年版 |") and "二百元以上一千元以下" in older
    assert newer.startswith("| 2023年版（现行） |") and "五百元以上三千元以下" in newer
    assert {one.document.id for one in answer.citations} == {SIGNS_OLD, SIGNS}


def test_without_a_matter_the_table_tells_when_each_version_applies() -> None:
    answer = ask("渌山市户外招牌管理办法2017版和2023版有什么变化？")
    older, newer = rows(answer)
    assert "自2017年7月1日起施行" in older and "自2023年10月1日起施行" in newer
    assert answer.notice is not None and "没有指明比较什么事项" in answer.notice


def test_one_version_alone_is_not_compared() -> None:
    assert not rows(ask("清枫市高龄津贴发放办法的标准有什么变化？"))
