"""A document is recognised by what people call it, and by no everyday word."""

from __future__ import annotations

import pytest

from indexer.tokens import normalize
from service.titles import Named, Titles
from service.understanding import Understanding
from tests.entries import ENTRIES, PARKING, PLAN_2022, entry

TITLES = Titles(ENTRIES)
PLACES = Understanding(ENTRIES)


def find(question: str) -> Named:
    text = normalize(question)
    return TITLES.find(text, PLACES.mentions(text))


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("《青石市非机动车停放条例》第三条怎么说", {"parking-2018", "parking-2023"}),
        ("青石停放条例罚多少", {"parking-2018", "parking-2023"}),
        ("非机动车停放条例什么时候施行", {"parking-2018", "parking-2023"}),
        ("2018年的青石停放条例怎么罚", {"parking-2018", "parking-2023"}),
        ("青石公积金规定第五条", {"fund"}),
        ("国家档案法对保管有什么要求", {"archives-2009", "archives-2022"}),
        ("档案法第二条", {"archives-2009", "archives-2022"}),
        ("湖北节水条例何时施行", {"water"}),
        ("湖北節水條例何時施行", {"water"}),
        ("青石老年人补助办法的文号", {"care"}),
        ("青石2022年那份政务服务方案的文号", {"plan-2022"}),
        ("青石22年的政务方案哪天发的", {"plan-2022"}),
        ("青石2.0版行动方案", {"plan-2024"}),
        ("青石24版方案里有什么", {"plan-2024"}),
        ("青石这份2022方案", {"plan-2022"}),
        ("青政办发[2022]14号是什么文件", {"plan-2022"}),
        ("云岭养犬条例几章", {"dogs"}),
        ("云岭的条例几章", {"dogs"}),
        ("白水那个办法谁解释", {"cats"}),
        ("黄石遗产条例的处罚", {"steel"}),
    ],
)
def test_what_people_call_a_document(question: str, documents: set[str]) -> None:
    assert set(find(question).document_ids) == documents


@pytest.mark.parametrize(
    "question",
    [
        "有什么办法少跑一趟",
        "青石供电方案几天出",
        "带方案拿地的项目青石几天批",
        "企业提了意见几天回复",
        "青石规定单位要安排多少残疾人",
        "青石计划新建多少个车位",
        "谁负责解释",
        "哪些条例规定了罚款",
        "行政执法要出示什么",
        "违法停车罚多少",
        "青石两版方案有什么不同",
        "整改措施几天报",
        "白水养犬条例罚多少",  # 白水 has 办法, 云岭 has the 条例
        "2019年青石那个方案",
        "《青石市殡葬管理条例》怎么说",
    ],
)
def test_everyday_words_name_nothing(question: str) -> None:
    assert find(question).document_ids == ()


def test_only_words_that_name_a_document_in_full_leave_the_topic() -> None:
    assert find("《青石市非机动车停放条例》罚多少").words == ("《青石市非机动车停放条例》",)
    assert find("青石停放条例罚多少").words == ()


def test_the_longer_title_wins_over_one_within_it() -> None:
    law = entry("law", "中华人民共和国湖泊保护管理条例", "全国")
    rules = entry("rules", "湖泊保护管理条例实施细则", "全国")
    assert Titles([law, rules]).find("湖泊保护管理条例实施细则第二条", []).document_ids == ("rules",)
    assert Titles([law, rules]).find("湖泊保护管理条例第二条", []).document_ids == ("law",)


def test_a_title_that_several_cities_bear_names_none_without_its_city() -> None:
    titles = Titles([entry("a", "青石市养犬管理条例"), entry("b", "白水市养犬管理条例", "白水市")])
    assert titles.find("养犬管理条例怎么罚", []).document_ids == ()
    mentions = Understanding([entry("b", "x", "白水市")]).mentions("白水养犬管理条例怎么罚")
    assert titles.find("白水养犬管理条例怎么罚", mentions).document_ids == ("b",)


def test_a_number_within_a_longer_one_is_not_meant() -> None:
    titles = Titles(
        [entry("a", "一", number="青政发〔2024〕6号"), entry("b", "二", number="大青政发〔2024〕6号")]
    )
    assert titles.find("大青政发〔2024〕6号", []).document_ids == ("b",)
    assert titles.find("青政发〔2024〕6号", []).document_ids == ("a",)
    assert titles.find("青政发〔2024〕61号", []).document_ids == ()


def test_many_documents_are_searched_quickly() -> None:
    many = [entry(f"d{number}", f"青石市第{number}批补助申领办法") for number in range(3000)]
    assert Titles([*many, PARKING, PLAN_2022]).find("青石停放条例罚多少", []).document_ids == (
        "parking-2023",
    )
