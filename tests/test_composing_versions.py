"""What changed between two versions of a regulation: a row for each of them."""

from __future__ import annotations

import pytest

from service.answer import Answer
from service.assistant import Assistant
from tests.answer_corpus import SIGNS, SIGNS_OLD, TODAY, ask
from tests.indexed import indexed


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


def edition(name: str, year: int, rule: str) -> str:
    """A regulation of one rule, in force from the March of `year`."""
    return (
        f"{name}\n\n（{year}年1月8日汀沅市人民政府发布）\n\n第一条 为了加强管理，制定本办法。\n\n第二条 {rule}\n\n"
        f"第三条 本办法自{year}年3月1日起施行。\n"
    )


def test_of_several_regulations_with_versions_the_one_that_fits_is_compared() -> None:
    parking, dogs = "汀沅市停车管理办法", "汀沅市养犬管理办法"
    assistant = Assistant(
        indexed(
            {
                "parking-2019": edition(parking, 2019, "小区公共车位调价，应当经过半数业主书面同意。"),
                "parking-2024": edition(parking, 2024, "小区公共车位调价，由业主大会共同决定。"),
                "dogs-2019": edition(dogs, 2019, "养犬登记每年办理一次。"),
                "dogs-2024": edition(dogs, 2024, "养犬登记每两年办理一次。"),
            }
        ),
        today=TODAY,
    )
    older, newer = rows(assistant.ask("汀沅小区公共车位调价，2019年的和2024年的在业主同意上有啥两样？"))
    assert "过半数业主书面同意" in older and "业主大会共同决定" in newer


def test_the_document_that_a_new_one_ends_is_told_from_its_last_clause() -> None:
    ended = "本办法自2024年3月1日起施行。《汀沅市犬只管理试行规定》（汀政规〔2016〕9号）同时废止。"
    text = f"汀沅市养犬管理办法\n\n第一条 养犬应当登记。\n\n第二条 {ended}\n"
    answer = Assistant(indexed({"dogs": text}), today=TODAY).ask("汀沅原先的犬只管理规定文号是什么？")
    assert "汀政规〔2016〕9号" in answer.text


def test_of_an_earlier_version_that_is_indexed_its_own_record_is_told() -> None:
    texts = {
        "dogs-2019": edition("汀沅市养犬管理办法", 2019, "养犬登记每年办理。").rstrip()
        + "《汀沅市犬只管理试行规定》（汀政规〔2011〕9号）同时废止。\n",
        "dogs-2024": edition("汀沅市养犬管理办法", 2024, "养犬登记每两年办理。"),
    }
    answer = Assistant(indexed(texts), today=TODAY).ask("汀沅市原来的养犬管理办法是哪天施行的？")
    assert "2019年3月1日" in answer.text


def test_the_old_in_a_title_are_people() -> None:
    ended = "本办法自2024年3月1日起施行。《汀沅市敬老优待规定》（汀政规〔2016〕9号）同时废止。"
    text = f"汀沅市老年人优待办法\n\n汀政规〔2024〕3号\n\n第一条 老年人乘车免费。\n\n第二条 {ended}\n"
    answer = Assistant(indexed({"elders": text}), today=TODAY).ask("汀沅市老年人优待办法的文号是多少？")
    assert "汀政规〔2024〕3号" in answer.text and "同时废止" not in answer.text
