"""Places named in pinyin are found in English questions."""

from __future__ import annotations

import pytest

from service.romanized import find_romanized


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("What does the Huangshi plan say?", ["黄石市"]),
        ("fees in hubei province", ["湖北省"]),
        ("Wuhan and Changsha compared", ["武汉市", "长沙市"]),
        ("Is Xi'an faster than Lu-an?", ["西安市", "六安市"]),
        ("Beijing's parking rules", ["北京市"]),
        ("Shaanxi and Shanxi", ["陕西省", "山西省"]),
        (
            "Inner Mongolia, Tibet, Hong Kong and Macao",
            ["内蒙古自治区", "西藏自治区", "香港特别行政区", "澳门特别行政区"],
        ),
        ("Harbin to Ürümqi", ["哈尔滨市", "乌鲁木齐市"]),
        ("How can a firm link its bank account?", []),
        ("Which rules apply to hebeiish things?", []),
        ("", []),
    ],
)
def test_places(text: str, names: list[str]) -> None:
    assert [mention.region.name for mention in find_romanized(text)] == names


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("in Huangshi City?", "Huangshi City"),
        ("in Hubei Province,", "Hubei Province"),
        ("Huangshi's fees", "Huangshi's"),
        ("the Huangshi plan", "Huangshi"),
        ("the Huangshi citywide plan", "Huangshi"),
    ],
)
def test_the_mention_holds_what_belongs_to_the_name(text: str, words: str) -> None:
    mention = find_romanized(text)[0]
    assert text[mention.start : mention.end] == words


def test_regions_of_the_index_are_known_too() -> None:
    assert find_romanized("parking in Qingshi") == []
    assert [m.region.name for m in find_romanized("parking in Qingshi", known={"青石市"})] == ["青石市"]


def test_of_two_places_spelt_alike_the_one_of_the_index_is_meant() -> None:
    assert [m.region.name for m in find_romanized("Suzhou", known={"宿州市"})] == ["宿州市"]
    assert [m.region.name for m in find_romanized("Suzhou", known={"苏州市"})] == ["苏州市"]
