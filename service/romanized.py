"""Find regions that an English text names in pinyin: Huangshi, Hubei Province."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from indexer.regions import Mention, Region, gazetteer

_KINDS = frozenset({"省", "直辖市", "地级"})
_SUFFIX = re.compile(r"(?:维吾尔自治区|壮族自治区|回族自治区|特别行政区|自治区|自治州|地区|省|市|县|区|盟)$")
# Names that are no plain pinyin; 陕西 is spelt with two a, so that it is not 山西.
_SPELT: dict[str, str] = {
    "陕西省": "shaanxi",
    "内蒙古自治区": "inner mongolia",
    "西藏自治区": "tibet",
    "香港特别行政区": "hong kong",
    "澳门特别行政区": "maca[uo]",
    "哈尔滨市": "harbin",
    "乌鲁木齐市": "[uü]r[uü]mqi",
    "呼和浩特市": "hohhot",
    "拉萨市": "lhasa",
    "齐齐哈尔市": "qiqihar",
    "鄂尔多斯市": "ordos",
    "呼伦贝尔市": "hulunbuir",
}
_LEAST = 4
"""Shorter names (ali, bose) are too often something else."""


def find_romanized(text: str, *, known: Collection[str] = ()) -> list[Mention]:
    """Return where `text` names provinces and prefecture-level cities in pinyin, and the regions `known`.

    Syllables may be parted by an apostrophe or a hyphen (Xi'an); a word such as `city` or `province` after
    the name belongs to the mention. Of two places spelt alike (苏州, 宿州) one of `known` is meant, else the
    first of the gazetteer.
    """
    pattern, regions = _names(frozenset(known))
    return [
        Mention(regions[match.lastgroup], match.start(), match.end())
        for match in pattern.finditer(text)
        if match.lastgroup is not None
    ]


@lru_cache(maxsize=8)
def _names(known: frozenset[str]) -> tuple[re.Pattern[str], dict[str, Region]]:
    spelt: dict[str, Region] = {}
    for region in (*_known(known), *gazetteer().values()):
        if region.kind in _KINDS or region.name in known:
            spelling = _SPELT.get(region.name) or _pinyin(_SUFFIX.sub("", region.name) or region.name)
            if len(spelling.replace("['’-]?", "")) >= _LEAST:
                spelt.setdefault(spelling, region)
    words = sorted(spelt, key=lambda spelling: (-len(spelling), spelling))
    groups = {f"r{number}": spelt[word] for number, word in enumerate(words)}
    names = "|".join(f"(?P<r{number}>{word})" for number, word in enumerate(words)) or "(?!)"
    tail = r"(?:[ -](?:city|province|municipality|prefecture|county|district|autonomous region)\b|'s\b)?"
    return re.compile(rf"\b(?:{names})\b{tail}", re.IGNORECASE), groups


def _known(names: frozenset[str]) -> Iterator[Region]:
    for name in sorted(names):
        yield gazetteer().get(name) or Region(name, "未收录", None, None)


def _pinyin(name: str) -> str:
    """The name's syllables as a pattern in which an apostrophe or a hyphen may stand between them."""
    from pypinyin import lazy_pinyin

    return "['’-]?".join(re.escape(syllable.replace("ü", "v").lower()) for syllable in lazy_pinyin(name))
