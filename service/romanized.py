"""Find regions that an English text names in pinyin: Huangshi, Hubei Province."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from indexer.regions import Mention, Region, gazetteer

_KINDS = frozenset({"省", "直辖市", "地级"})
_SUFFIX = re.compile(r"(?:维吾尔自治区|壮族自治区|回族自治区|特别行政区|自治区|自治州|地区|省|市|县|区|盟)$")
# Names that are no plain pinyin; 陕西 is spelt with two a, so that it is not 山西.
_SPELT: dict[str, tuple[str, ...]] = {
    "陕西省": ("shaanxi",),
    "内蒙古自治区": ("inner mongolia", "neimenggu"),
    "西藏自治区": ("tibet", "xizang"),
    "香港特别行政区": ("hong kong", "hongkong"),
    "澳门特别行政区": ("macau", "macao"),
    "哈尔滨市": ("harbin",),
    "乌鲁木齐市": ("urumqi", "ürümqi"),
    "呼和浩特市": ("hohhot",),
    "拉萨市": ("lhasa",),
    "齐齐哈尔市": ("qiqihar",),
    "鄂尔多斯市": ("ordos",),
    "呼伦贝尔市": ("hulunbuir",),
}
_LEAST = 4
"""Shorter names (ali, jian) are too often something else."""
_WORD = re.compile(r"(?:inner mongolia|hong kong|[a-zü]+(?:['’-](?!s\b)[a-z]+)*)", re.IGNORECASE)
_TAIL = re.compile(
    r"[ -](?:city|province|municipality|prefecture|county|district|autonomous region)\b|['’]s\b",
    re.IGNORECASE,
)


def find_romanized(text: str, *, known: Collection[str] = ()) -> list[Mention]:
    """Return where `text` names provinces and prefecture-level cities in pinyin, and the regions `known`.

    Syllables may be parted by an apostrophe or a hyphen (Xi'an); a word such as `city` or `province` after
    the name belongs to the mention. Of two places spelt alike (苏州, 宿州) one of `known` is meant, else the
    first of the gazetteer.
    """
    regions = _names(frozenset(known))
    found: list[Mention] = []
    for word in _WORD.finditer(text):
        region = regions.get(re.sub("['’-]", "", word[0].lower()))
        if region is not None:
            tail = _TAIL.match(text, word.end())
            found.append(Mention(region, word.start(), tail.end() if tail else word.end()))
    return found


@lru_cache(maxsize=8)
def _names(known: frozenset[str]) -> dict[str, Region]:
    """Regions by the letters of their names."""
    regions: dict[str, Region] = {}
    for region in (*_known(known), *gazetteer().values()):
        if region.kind in _KINDS or region.name in known:
            bare = _SUFFIX.sub("", region.name) or region.name
            for spelling in _SPELT.get(region.name) or (_pinyin(bare),):
                if len(spelling) >= _LEAST:
                    regions.setdefault(spelling, region)
    return regions


def _known(names: frozenset[str]) -> Iterator[Region]:
    for name in sorted(names):
        yield gazetteer().get(name) or Region(name, "未收录", None, None)


def _pinyin(name: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(name)).replace("ü", "v").lower()
