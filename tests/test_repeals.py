"""A document that another one repeals by name ends on the day before that one begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from indexer.parse import parse
from indexer.source_text import SourceText
from service.repeals import Named, repealed_in, with_repeals
from service.versions import edition_of, family_of, in_force
from tests.entries import CARE, CATS, PARKING, PARKING_OLD

NEW = replace(
    CARE,
    id="care-2025",
    title="青石市老年人照料支持办法",
    issued_on=date(2025, 2, 1),
    effective_on=date(2025, 4, 1),
)


@pytest.mark.parametrize(
    ("clause", "names"),
    [
        ("本办法自2025年4月1日起施行。《青石市集市办法》同时废止。", [Named("青石市集市办法")]),
        (
            "本办法自2025年4月1日起施行，《甲乡集市办法》（青政发〔2010〕3号）、《乙乡集市办法》同时废止。",
            [Named("乙乡集市办法"), Named("甲乡集市办法", "青政发〔2010〕3号")],
        ),
        ("1998年5月8日市政府发布的《青石市集市规定》同时废止。", [Named("青石市集市规定")]),
        ("《关于2023年度集市收费的公告》（青价〔2023〕6号）自本公告施行之日起停止执行。", [Named("关于2023年度集市收费的公告", "青价〔2023〕6号")]),
        ("《青石市集市办法》第三条同时废止。", []),
        ("根据《青石市集市办法》，过期的摊位证同时废止。", []),
        ("本办法自2025年4月1日起施行。", []),
    ],
)  # fmt: skip
def test_names_are_read_from_the_closing_words(clause: str, names: list[Named]) -> None:
    source = SourceText(f"青石市夜市办法\n第一条 夜市限时开放。\n第二条 {clause}", metadata={})
    assert list(repealed_in(parse(source, document_id="d", source_name="d.txt"))) == names


@pytest.mark.parametrize("title", [CARE.title, "关于印发《青石市困难老年人生活照料补助办法》的通知"])
def test_what_is_repealed_ends_before_its_successor_begins(title: str) -> None:
    old, new = with_repeals([CARE, NEW], {NEW.id: [Named(title)]})
    assert (old.expires_on, old.repealed_by) == (date(2025, 3, 31), NEW.title)
    assert new == NEW


def test_a_number_names_a_document_too() -> None:
    numbered = replace(CARE, number="青民发〔2021〕8号")
    old, _ = with_repeals([numbered, NEW], {NEW.id: [Named("另一个名称的办法", "青民发[2021]8号")]})
    assert old.repealed_by == NEW.title


def test_another_city_a_newer_document_and_an_own_version_are_not_repealed() -> None:
    entries = [CATS, PARKING_OLD, PARKING, NEW]
    names = [Named(CATS.title), Named(NEW.title)]
    assert with_repeals(entries, {NEW.id: names, PARKING.id: [Named(PARKING_OLD.title)]}) == tuple(entries)


def test_a_term_that_ends_sooner_stays() -> None:
    short = replace(CARE, expires_on=date(2024, 3, 3))
    old, _ = with_repeals([short, NEW], {NEW.id: [Named(CARE.title)]})
    assert (old.expires_on, old.repealed_by) == (date(2024, 3, 3), NEW.title)


def test_who_carries_on_under_another_title_is_a_later_version() -> None:
    old, new = with_repeals([CARE, NEW], {NEW.id: [Named(CARE.title)]})
    assert old.lineage == NEW.title
    assert family_of(old) == family_of(new)
    assert edition_of(old) != edition_of(new)
    assert in_force([old, new], date(2026, 1, 1)) == new
    assert in_force([old, new], date(2025, 1, 1)) == old


def test_the_last_of_a_chain_gives_the_lineage() -> None:
    third = replace(
        NEW,
        id="care-2026",
        title="青石市老年人照料办法",
        issued_on=date(2026, 1, 1),
        effective_on=date(2026, 2, 1),
    )
    named = {NEW.id: [Named(CARE.title)], third.id: [Named(NEW.title)]}
    first, second, _ = with_repeals([CARE, NEW, third], named)
    assert first.lineage == second.lineage == third.title


def test_what_is_on_another_matter_is_no_version_of_it() -> None:
    other = replace(NEW, title="青石市集市秩序办法")
    old, _ = with_repeals([CARE, other], {other.id: [Named(CARE.title)]})
    assert (old.repealed_by, old.lineage) == (other.title, None)
