"""Regions in texts, titles and the names of offices."""

from __future__ import annotations

import pytest

from indexer.regions import (
    common_region,
    find_mentions,
    find_regions,
    gazetteer,
    leading_region,
    office_region,
    province_of,
    resolve,
    same_or_within,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("黄石和鄂州哪个补贴多", ["黄石市", "鄂州市"]),
        ("湖北省宜昌市", ["湖北省", "宜昌市"]),
        ("柳州自贸片区扩容", ["柳州市"]),
        ("大连的人才政策", ["大连市"]),
        ("武汉中心城区", ["武汉市"]),
        ("网上海关业务", []),
        ("推广西部经验", []),
        ("海口岸线整治", []),
        ("隆重庆祝建市", []),
        ("发展朝阳产业", []),
        ("沟通化解纠纷", []),
        ("最大连续降雨量", []),
        ("加快建成都市圈", []),
        ("沿海城市与客运城市", []),
        ("云南通过了验收", ["云南省"]),
    ],
)
def test_names_are_found_and_meeting_words_are_not(text: str, names: list[str]) -> None:
    assert [region.name for region in find_regions(text)] == names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("湖北省宜昌市人民政府", "宜昌市"),
        ("澜桥市人民政府办公室", "澜桥市"),
        ("澜桥市市场监督管理局", "澜桥市"),
        ("柳坪县2024年工作要点", "柳坪县"),
        ("XX市优化服务方案", "XX市"),
        ("内蒙古自治区促进条例", "内蒙古自治区"),
        ("全市优化服务方案", None),
        ("城市更新行动方案", None),
        ("上市公司奖励办法", None),
        ("深化市场改革方案", None),
        ("农村超市管理办法", None),
        ("着力打造标杆城市工作方案", None),
        ("市数字经济领导小组", None),
    ],
)
def test_the_region_at_the_head_of_a_title(text: str, name: str | None) -> None:
    assert leading_region(text) == name


@pytest.mark.parametrize(
    ("office", "name"),
    [
        ("珂塘区教育局", "珂塘区"),
        ("珂塘区市场监督管理局", "珂塘区"),
        ("硯川经济技术开发区管理委员会", "硯川经济技术开发区"),
        ("海淀区教育局", "海淀区"),
        ("黄石经济技术开发区管理委员会", "黄石市"),
        ("市区道路整治指挥部", None),
        ("各区教育局", None),
        ("示范区建设办公室", None),
        ("高新区管理委员会", None),
    ],
)
def test_a_district_of_no_gazetteer_is_known_by_its_offices(office: str, name: str | None) -> None:
    assert office_region(office) == name


def test_a_development_zone_is_named_without_what_it_is() -> None:
    known = {"珂塘区", "硯川经济技术开发区"}
    for text, name in (("珂塘小学几号报名", "珂塘区"), ("硯川的奖励怎么领", "硯川经济技术开发区")):
        assert [one.region.name for one in find_mentions(text, known=known)] == [name]


def test_provinces_hold_their_cities_and_counties() -> None:
    assert province_of("黄石") == "湖北省"
    assert province_of("大冶市") == "湖北省"
    assert province_of("海淀区") == "北京市"
    assert province_of("澜桥市") is None


@pytest.mark.parametrize(
    ("region", "other", "inside"),
    [
        ("黄石市", "湖北省", True),
        ("大冶市", "黄石", True),
        ("湖北省", "黄石市", False),
        ("澜桥", "澜桥市", True),
        ("澜桥市", "全国", True),
        ("黄石市", "鄂州市", False),
    ],
)
def test_a_region_is_or_lies_in_another(region: str, other: str, inside: bool) -> None:
    assert same_or_within(region, other) is inside


def test_counties_tell_of_the_city_they_share() -> None:
    assert common_region(find_regions("大冶市、阳新县、黄石港区")) == "黄石市"
    assert common_region([]) is None


def test_every_parent_in_the_gazetteer_is_known() -> None:
    regions = gazetteer()
    assert len(regions) > 1000
    unknown = {region.parent for region in regions.values()} - set(regions) - {"全国", None}
    assert not unknown
    resolved = resolve("湖北")
    assert resolved is not None
    assert resolved.name == "湖北省"
