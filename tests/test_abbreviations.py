"""Short names in a question are written out where the index writes them out."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

import pytest

from service.abbreviations import written_out
from service.word_choice import WordChoice
from tests.indexed import indexed


def full(words: Sequence[tuple[str, ...]]) -> list[str]:
    """Take the first full name of each short one."""
    return [terms[1] if len(terms) > 1 else terms[0] for terms in words]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("欠社保费有滞纳金吗", "欠社会保险费有滞纳金吗"),
        ("公租房和低保能一起申请吗", "公共租赁住房和最低生活保障能一起申请吗"),
        ("工程质保金留多少", "工程质量保证金留多少"),
        ("什么时候开始", "什么时候开始"),
        ("《社保费规定》管什么", "《社保费规定》管什么"),
        ("“公租房”指什么", "“公租房”指什么"),
        ("中低保障水平", "中低保障水平"),
    ],
)
def test_short_names_are_written_out_but_not_within_names_and_other_words(asked: str, said: str) -> None:
    assert written_out(asked, full) == said


def test_the_index_decides_which_name_is_used() -> None:
    long = indexed({"long": "澄埠市办法\n\n第一条 社会保险费按月缴纳。\n\n第二条 逾期的加收滞纳金。\n"})
    short = indexed({"short": "澄埠市办法\n\n第一条 社保费按月缴纳。\n\n第二条 逾期的加收滞纳金。\n"})
    assert written_out("社保费怎么交", WordChoice(long.lexical)) == "社会保险费怎么交"
    assert written_out("社保费怎么交", WordChoice(short.lexical)) == "社保费怎么交"


def test_every_short_name_of_the_list_is_shorter_than_its_full_ones_and_stands_once() -> None:
    lines = (files("service") / "data" / "abbreviations.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    shorts = [short for short, _ in rows]
    assert len(set(shorts)) == len(shorts) > 100
    for short, names in rows:
        for name in names.split(";"):
            assert len(name) > len(short)
            letters = iter(name)
            assert all(letter in letters for letter in short), (short, name)
