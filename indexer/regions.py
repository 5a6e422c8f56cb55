"""Know the administrative regions of China, and find those that a text names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

NATION = "全国"


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the gazetteer."""

    name: str
    """Full name: `黄石市`."""
    kind: str
    """`省` (autonomous and special regions among them), `直辖市`, `地级` or `县级`."""
    parent: str | None
    """Full name of the region it lies in; None for a name that several counties bear."""
    bare: str | None
    """Name without its suffix, where people use it alone: `黄石`, `湖北`."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A region where a text names it."""

    region: Region
    start: int
    end: int


# What makes a name of two words that meet: 推广|西部, 网上|海关, 隆重|庆祝.
NOT_AFTER = {
    "广东": "推",
    "广西": "推",
    "广州": "推",
    "广元": "推",
    "上海": "网线",
    "重庆": "隆",
    "江西": "长珠",
    "河南": "黄",
    "河北": "黄",
    "延安": "外",
    "金华": "黄",
    "乐山": "音快",
    "北海": "东",
    "中山": "其",
    "常州": "正",
    "宜昌": "便",
    "四川": "十",
    "成都市": "建形变造",
    "运城市": "客营货航",
    "海城市": "沿临滨近深",
    "兴城市": "复振新",
    "宜城市": "适",
    "大安市": "重",
}
NOT_BEFORE = {
    "台湾": "同",
    "海口": "岸",
    "延安": "全置装",
    "德州": "扑",
    "泰安": "全",
    "淮安": "全",
    "雅安": "全装",
}
BOUNDED_LEFT = re.compile(r"(?:^|[\s，。；：、！？“”‘’《》（）(),.;:!?\d在从到和与跟及对比是给向问说去来])$")
BOUNDED_RIGHT = re.compile(
    r"$|[\s，。；：、！？“”‘’《》（）(),.;:!?\d的有在对和与跟及那这是要给怎能可办市呢吗]|经开|高新|综保|自贸"
)

UNKNOWN = re.compile(
    r"(?P<name>[一-鿿]{2,5}?(?:(?:市|自治区|自治州|省)(?![场民值容政长直区级属域内])|(?:自治)?县(?![长区级属域内]|城(?!市|管))|(?:市|县)(?=民政|区县|市)|"
    r"(?:新区|[区州盟旗])(?=$|人民|委|政府|办公|管|\d|[“《（(])))"
)
"""A region of no gazetteer, at the head of a title or of an office's name."""
NO_REGION = re.compile(
    r"^(?:全|我|本|各|该|某|两|有关|市|县|省|区|关于|推进|推动|推广|加强|加快|加大|深化|深入|优化|打造|着力|持续|支持|促进|坚持|坚决|建设|建立|完善|强化|规范|鼓励|"
    r"进一步|落实|贯彻|开展|创建|创新|实施|培育|提升|提高|保障|服务|做好|构建|印发|转发|国家|国务|中央|中共|全国)"
)
NO_REGION_END = re.compile(
    r"(?:城|超|上|都|股|夜|早|集|菜|各|本|我|全|该|县|区|园|校|社|景|地|辖|街|片|社会|开发|特|示范|试验|先行|高新|经开|保税|工业|产业|合作|贫困|强|先进|试点|重点|标杆|国)(?:市|区|县|州)$"
)
ZONE = r"(?:国家级?|省级)?(?:经济技术|经济|高新技术产业|高新技术|高新|工业|综合保税|产业集聚|旅游度假)(?:开发区|园区|区)"
UNKNOWN_OF_OFFICE = re.compile(
    r"(?P<name>[一-鿿]{2,4}?区)(?=[一-鿿]{2,20}(?:局|委员会|委|办公室|中心|指挥部)$)"
    rf"|(?P<zone>[一-鿿]{{2,4}}?{ZONE})(?=管理?委)"
)
"""A district or a development zone of no gazetteer, at the head of an office's name: 珑口区教育局."""
PLACEHOLDER = re.compile(r"(?:[XＸ×xｘ]{1,3}|[○Ｏ〇*＊]{2,3}|某某?)(?:省|市|县|区|自治区|自治州)(?!场)")


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that a text may use for a region, and where it counts."""

    text: str
    region: Region
    bounded: bool

    def stands_at(self, text: str, place: int) -> bool:
        end = place + len(self.text)
        if not text.startswith(self.text, place):
            return False
        if self.bounded and not (
            BOUNDED_LEFT.search(text[max(0, place - 1) : place]) and BOUNDED_RIGHT.match(text, end)
        ):
            return False
        before, after = text[place - 1 : place] if place else "", text[end : end + 1]
        if (before and before in NOT_AFTER.get(self.text, "")) or (
            after and after in NOT_BEFORE.get(self.text, "")
        ):
            return False
        # 海口市场: 市 belongs to the next word.
        return not (self.text.endswith("市") and after == "场")


@cache
def _table() -> tuple[dict[str, Region], dict[str, _Name], dict[str, list[_Name]]]:
    """Regions by full name, bare names that count, all names by their first two characters, longest first."""
    regions: dict[str, Region] = {}
    bares: dict[str, _Name] = {}
    for line in files("indexer").joinpath("data/regions.tsv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, kind, parent, bare, use = line.split("\t")
        region = regions[name] = Region(name, kind, parent or None, bare or None)
        if bare and bare != name and use != "never":
            bares.setdefault(bare, _Name(bare, region, use == "bounded"))
    heads: dict[str, list[_Name]] = {}
    for entry in [*(_Name(name, region, False) for name, region in regions.items()), *bares.values()]:
        heads.setdefault(entry.text[:2], []).append(entry)
    for entries in heads.values():
        entries.sort(key=lambda entry: len(entry.text), reverse=True)
    return regions, bares, heads


def gazetteer() -> Mapping[str, Region]:
    """Return the regions by full name."""
    return _table()[0]


def find_regions(text: str) -> list[Region]:
    """Return the regions of the gazetteer that `text` names, in order of first mention, none twice.

    Full names count anywhere, bare ones (黄石, 湖北) unless they are ordinary words (朝阳, 日照).
    """
    return list({mention.region.name: mention.region for mention in _names_in(text)}.values())


def _names_in(text: str) -> Iterator[Mention]:
    heads = _table()[2]
    place = 0
    while place < len(text) - 1:
        name = _name_at(text, place) if text[place : place + 2] in heads else None
        if name is not None:
            yield Mention(name.region, place, place + len(name.text))
        place += len(name.text) if name is not None else 1


def _name_at(text: str, place: int) -> _Name | None:
    names = _table()[2].get(text[place : place + 2], ())
    return next((name for name in names if name.stands_at(text, place)), None)


def find_mentions(text: str, *, known: Collection[str] = ()) -> list[Mention]:
    """Return where `text` names regions, in its order, none within another.

    Beside the gazetteer, the regions `known` to the caller count (those of an index), by full name or
    without their suffix; case does not matter (`xx市`).
    """
    found = list(_names_in(text))
    folded = text.lower()
    for name in sorted(set(known) - gazetteer().keys() - {NATION}, key=lambda name: (-len(name), name)):
        region = Region(name, "未收录", None, _stem(name))
        for word in dict.fromkeys((name, _stem(name))):
            for match in re.finditer(re.escape(word.lower()), folded) if len(word) >= 2 else ():
                if all(match.end() <= one.start or match.start() >= one.end for one in found):
                    found.append(Mention(region, match.start(), match.end()))
    return sorted(found, key=lambda mention: mention.start)


def resolve(name: str) -> Region | None:
    """Return the region with this full or bare name; None for one of no gazetteer, or an ordinary word."""
    regions, bares, _ = _table()
    if name in regions:
        return regions[name]
    return bares[name].region if name in bares else None


def province_of(region: str) -> str | None:
    """Return the province (or municipality) that the region is or lies in; None where unknown."""
    for name in _upwards(region):
        known = gazetteer().get(name)
        if known is not None and known.kind in {"省", "直辖市"}:
            return name
    return None


def same_or_within(region: str, other: str) -> bool:
    """Whether `region` is `other` or lies in it; names may be full or bare, all regions lie in 全国."""
    known = resolve(other)
    name = known.name if known else other
    return name == NATION or name in _upwards(region) or _stem(region) == _stem(other)


def common_region(regions: Sequence[Region]) -> str | None:
    """Return the smallest region that all `regions` are or lie in; None where that is the whole nation."""
    if not regions:
        return None
    paths = [_upwards(region.name) for region in regions]
    for name in paths[0]:
        if name != NATION and all(name in path for path in paths):
            return name
    return None


def leading_region(text: str) -> str | None:
    """Return the region that a title or an office's name begins with, the smallest of 湖北省黄石市….

    Regions of no gazetteer count by their suffix (云泽市人民政府), placeholders as they stand (`XX市`).
    """
    text = text.strip()
    name: str | None = None
    rest = text
    while (known := _name_at(rest, 0)) is not None:
        if name is not None and not same_or_within(known.region.name, name):
            break
        name, rest = known.region.name, rest[len(known.text) :]
    placeholder = PLACEHOLDER.match(rest)
    if placeholder:
        return placeholder[0]
    unknown = UNKNOWN.match(rest)
    if unknown and not NO_REGION.match(unknown["name"]):
        official = rest.startswith("人民", unknown.end())
        if official or not NO_REGION_END.search(unknown["name"]):
            return unknown["name"]
    return name


def office_region(name: str) -> str | None:
    """Return the region that an office's name begins with, a district of no gazetteer among them."""
    leading = leading_region(name)
    unknown = UNKNOWN_OF_OFFICE.match(name.strip())
    if leading is not None or unknown is None:
        return leading
    found = unknown["name"] or unknown["zone"]
    return None if NO_REGION.match(found) or (unknown["name"] and NO_REGION_END.search(found)) else found


def _upwards(region: str) -> list[str]:
    """The region's full name and those of what it lies in, smallest first; 全国 left out."""
    known = resolve(region)
    names = [known.name if known else region]
    while (here := gazetteer().get(names[-1])) is not None and here.parent and here.parent != NATION:
        names.append(here.parent)
    return names


def _stem(name: str) -> str:
    return re.sub(rf"(?:省|市|县|{ZONE}|区|自治区|自治州|特别行政区)$", "", name) or name
