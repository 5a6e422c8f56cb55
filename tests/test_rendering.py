"""The answer's text with its marks, and the citations they point at."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.evidence import Draft, Span, Statement, Table
from service.rendering import render
from tests.fakes import document

LONG = "水费打九折。" + "这中间另说别的事情" * 5 + "。气费打八折。"
DOCUMENT = document(lines=(("水费打九折。气费打八折。", 0), (LONG, 0), ("  电费不变  ", 0)))
OTHER = document("白水/条例", title="白水市用水条例", region="白水市")


def span(line: int, start: int = 0, end: int | None = None) -> Span:
    paragraph = DOCUMENT.paragraphs[line]
    return Span(DOCUMENT, paragraph, start, len(paragraph.text) if end is None else end, 0.5)


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("水费打九折。", "水费打九折[1]。"),
        ("水费打九折；", "水费打九折[1]；"),
        ("水费打九折？！", "水费打九折[1]？！"),
        ("水费打九折", "水费打九折[1]"),
        ("通知说：“水费打九折。”", "通知说：“水费打九折。”[1]"),
        ("**九折**。", "**九折**[1]。"),
        ("Water is cheaper.", "Water is cheaper[1]."),
        ("水费\n打九折。", "水费 打九折[1]。"),
        ("见注[3]。", "见注［3］[1]。"),
        ("。", "。[1]"),
    ],
)
def test_marks_stand_before_the_closing_stop(words: str, marked: str) -> None:
    assert render(Draft((Statement(words, (span(0, 0, 6),)),)))[0] == marked


def test_citations_are_numbered_as_the_text_names_them() -> None:
    text, citations = render(
        Draft(
            (Statement("气费。", (span(1, 52, 58),)), Statement("水费。", (span(1, 0, 6), span(1, 52, 58))))
        )
    )
    assert text == "气费[1]。\n水费[1][2]。"
    assert [(c.index, c.quote) for c in citations] == [(1, LONG[52:58]), (2, "水费打九折。")]


def test_near_spans_of_a_paragraph_are_one_citation_and_far_ones_two() -> None:
    near = render(Draft((Statement("都打折。", (span(0, 0, 6), span(0, 6, 12))),)))[1]
    far = render(Draft((Statement("都打折。", (span(1, 0, 6), span(1, 52, 58))),)))[1]
    assert [c.quote for c in near] == ["水费打九折。气费打八折。"]
    assert len(far) == 2


def test_equal_paragraphs_of_two_documents_are_two_citations() -> None:
    other = Span(OTHER, OTHER.paragraphs[0], 0, 4)
    assert len(render(Draft((Statement("见两处。", (span(0, 0, 4), other)),)))[1]) == 2


def test_a_quote_has_no_white_space_at_its_ends() -> None:
    assert [c.quote for c in render(Draft((Statement("电费不变。", (span(2),)),)))[1]] == ["电费不变"]


def test_empty_spans_are_not_cited() -> None:
    assert render(Draft((Statement("水费。", (span(0, 3, 3),)),))) == ("水费。", ())


def test_a_table_bears_its_marks_in_the_last_cell() -> None:
    table = Table(
        ("城市", "说|明"), ((("青石市", "水费|打九折。"), (span(0, 0, 6),)), (("白水市", "未提及"), ()))
    )
    text, _ = render(Draft((Statement("如下："), table, Statement("完。"))))
    assert text == (
        "如下：\n\n| 城市 | 说｜明 |\n| --- | --- |\n| 青石市 | 水费｜打九折[1]。 |\n| 白水市 | 未提及 |\n\n完。"
    )


def test_an_empty_draft_is_an_empty_text() -> None:
    assert render(Draft(())) == ("", ())


SPANS = st.builds(
    lambda line, a, b: span(line, min(a, b), min(max(a, b), len(DOCUMENT.paragraphs[line].text))),
    st.integers(0, 2),
    st.integers(0, 7),
    st.integers(0, 70),
)
STATEMENTS = st.builds(
    Statement, st.text("水费。[1]\n|；A", min_size=1, max_size=12), st.lists(SPANS, max_size=3).map(tuple)
)
ROWS = st.tuples(
    st.tuples(st.text("水[2]|", max_size=4), st.text("费。\n", max_size=4)),
    st.lists(SPANS, max_size=2).map(tuple),
)
TABLES = st.lists(ROWS, max_size=3).map(lambda rows: Table(("甲", "乙"), tuple(rows)))


@given(st.lists(STATEMENTS | TABLES, max_size=6))
def test_every_mark_has_its_citation_and_every_citation_its_mark(blocks: list[Statement | Table]) -> None:
    text, citations = render(Draft(tuple(blocks)))
    marks = [int(n) for n in re.findall(r"\[(\d+)\]", text)]
    assert set(marks) == {citation.index for citation in citations} == set(range(1, len(citations) + 1))
    assert list(dict.fromkeys(marks)) == sorted(set(marks))
    for citation in citations:
        assert (
            citation.paragraph.text[citation.start : citation.end]
            == citation.quote
            == citation.quote.strip()
            != ""
        )
