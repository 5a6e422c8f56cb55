"""A catalogue of our own, as entries: regulations of three cities, plans, laws, versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from indexer.catalogue import Entry


def entry(
    document_id: str,
    title: str,
    region: str | None = "青石市",
    *,
    number: str | None = None,
    issued_on: date | None = None,
    effective_on: date | None = None,
    expires_on: date | None = None,
    status: str | None = None,
    digest_of: str | None = None,
) -> Entry:
    """Return what a catalogue would know of a document."""
    return Entry(
        id=document_id,
        source=f"{document_id}.txt",
        title=title,
        issuer=None,
        number=number,
        issued_on=issued_on,
        effective_on=effective_on,
        expires_on=expires_on,
        region=region,
        status=status,
        digest_of=digest_of,
        first_row=0,
        chunk_count=1,
        characters=100,
    )


PARKING_OLD = entry(
    "parking-2018", "青石市非机动车停放条例", issued_on=date(2018, 4, 2), effective_on=date(2018, 6, 1)
)
PARKING = replace(PARKING_OLD, id="parking-2023", issued_on=date(2023, 9, 8))
"""Revised; as often, the file still tells the day on which the first version took effect."""
FUND = entry("fund", "青石市住房公积金提取若干规定", effective_on=date(2020, 1, 1))
CARE = entry("care", "青石市困难老年人生活照料补助办法", issued_on=date(2021, 3, 4))
PLAN_2022 = entry(
    "plan-2022", "青石市2022年提升政务服务工作方案", number="青政办发〔2022〕14号", issued_on=date(2022, 3, 1)
)
PLAN_2024 = entry("plan-2024", "青石市政务服务提质行动方案（2.0版）", issued_on=date(2024, 2, 5))
DOGS = entry("dogs", "云岭县养犬管理条例", "云岭县", issued_on=date(2020, 5, 6))
CATS = entry("cats", "白水市养犬管理办法", "白水市", issued_on=date(2021, 5, 6))
ARCHIVES_OLD = entry(
    "archives-2009",
    "中华人民共和国保管国家档案法",
    "全国",
    issued_on=date(2009, 4, 1),
    effective_on=date(2009, 10, 1),
)
ARCHIVES = entry(
    "archives-2022",
    "中华人民共和国保管国家档案法（2022年修订）",
    "全国",
    issued_on=date(2022, 4, 1),
    effective_on=date(2022, 10, 1),
)
WATER = entry("water", "湖北省节约用水条例", "湖北省", issued_on=date(2019, 1, 2))
STEEL = entry("steel", "黄石市工业遗产保护条例", "黄石市", issued_on=date(2017, 1, 2))
ENTRIES = (
    PARKING_OLD,
    PARKING,
    FUND,
    CARE,
    PLAN_2022,
    PLAN_2024,
    DOGS,
    CATS,
    ARCHIVES_OLD,
    ARCHIVES,
    WATER,
    STEEL,
)
