"""The formal citation of a paragraph."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.document import Clause, Document, Paragraph
from service.formal import formal_citation, name_of, place_of
from tests.fakes import document


def of(*path: tuple[str, str], paragraphs: int = 1, at: int = 1) -> tuple[Document, Paragraph]:
    """Return a document whose clauses lie in each other as `path` (label, title) says.

    The innermost has `paragraphs` paragraphs, of which the one numbered `at` is returned.
    """
    text = "\n".join("文" for _ in range(paragraphs))
    clauses = [Clause("", "", "", None, 0, 0, len(text), 0)]
    for depth, (label, title) in enumerate(path):
        clauses.append(Clause(label, label, title, depth, depth + 1, 0, len(text), 0))
    lines = tuple(
        Paragraph(f"d#p{n + 1}", n + 1, "文", 2 * n, 2 * n + 1, len(path)) for n in range(paragraphs)
    )
    return Document("d", "某办法", text, "d.md", tuple(clauses), lines), lines[at - 1]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ([("二", "重点任务"), ("(三)", ""), ("18", "")], "第二部分（三）第18项"),
        ([("二", ""), ("（三）", ""), ("(2)", "")], "第二部分（三）第（2）项"),
        ([("十二", "")], "第十二部分"),
        ([("7", "")], "第7项"),
        ([("", "保障措施"), ("1", "")], "“保障措施”部分第1项"),
        ([("①", "")], "第①项"),
        ([("第三条", "")], "第三条"),
        ([("第一编", ""), ("第二章", "总则"), ("第一节", ""), ("第三十五条", "")], "第三十五条"),
        ([("第三条", ""), ("（二）", "")], "第三条第（二）项"),
        ([("第三条", ""), ("(二)", ""), ("1", "")], "第三条第（二）项第1目"),
        ([("第二章", "总则")], "第二章"),
        ([("附件1", "清单"), ("第三条", "")], "附件1第三条"),
        ([("附件1", "清单"), ("一", "")], "附件1第一部分"),
        ([("附 件", "")], "附件"),
        ([], ""),
    ],
)
def test_the_place_is_named_by_its_labels(path: list[tuple[str, str]], place: str) -> None:
    assert place_of(*of(*path)) == place


def test_of_an_article_with_several_paragraphs_the_paragraph_is_named() -> None:
    assert place_of(*of(("第三条", ""), paragraphs=3, at=2)) == "第三条第二款"
    assert place_of(*of(("第三条", ""), paragraphs=12, at=12)) == "第三条第十二款"


def test_an_item_belongs_to_the_paragraph_that_introduces_it() -> None:
    text = "一款\n二款：\n（一）甲"
    clauses = (
        Clause("", "", "", None, 0, 0, 12, 0),
        Clause("第三条", "第三条", "", 0, 1, 0, 12, 0),
        Clause("（一）", "（一）", "", 1, 2, 7, 12, 10),
    )
    lines = (
        Paragraph("d#p1", 1, "一款", 0, 2, 1),
        Paragraph("d#p2", 2, "二款：", 3, 6, 1),
        Paragraph("d#p3", 3, "（一）甲", 7, 11, 2),
    )
    law = Document("d", "某条例", text, "d.md", clauses, lines)
    assert place_of(law, lines[2]) == "第三条第二款第（一）项"


def test_the_name_carries_what_is_known_in_the_usual_order() -> None:
    assert name_of(document()) == (
        "《青石市推进便民办事二十条》（青政办发〔2024〕7号，青石市人民政府办公室，2024年5月6日）"
    )
    assert name_of(document(number=None, issuer=None)) == "《青石市推进便民办事二十条》（2024年5月6日）"
    assert name_of(document(number=None, issuer=None, issued_on=None)) == "《青石市推进便民办事二十条》"


def test_marks_inside_a_title_become_single() -> None:
    named = document(
        title="关于印发《青石市细则》的通知", number=None, issuer=None, issued_on=date(2024, 12, 31)
    )
    assert name_of(named) == "《关于印发〈青石市细则〉的通知》（2024年12月31日）"


def test_a_digest_says_that_it_is_one() -> None:
    from dataclasses import replace

    digest = replace(document(), digest_of="《原文》")
    assert "（要点摘编，青政办发" in name_of(digest)


def test_the_citation_is_name_and_place() -> None:
    whole = document()
    assert formal_citation(whole, whole.paragraphs[6]) == name_of(whole) + "第二部分第2项"
    assert formal_citation(whole, whole.paragraphs[0]) == name_of(whole)
