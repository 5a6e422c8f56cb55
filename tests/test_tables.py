"""Tables in running text: the header above a row, and what a bare number in a cell measures."""

from __future__ import annotations

from indexer.chunking import chunk
from indexer.document import Document
from indexer.parse import parse
from indexer.source_text import SourceText
from indexer.tables import cells_of
from service.composing.facts import choose
from service.ranking import Found, ScoredSentence
from service.tables import figures_of_row, header_of, is_header
from service.understanding import Understanding
from service.views import ChunkView, SentenceView, view_of

TEXT = """沐禾市技能津贴发放办法

第一条 津贴按照下表发放。

等级 | 津贴（元/月） | 期限（月） | 一次性奖励（万元） | 占比（%）
技师 | 640 | 18 | 2 | 15
高级技师 | 1,250 | 30 | 5.5 | 不设
第二条 逾期不领的，视为放弃。
"""


def _views() -> tuple[Document, list[tuple[ChunkView, SentenceView]]]:
    document = parse(SourceText(TEXT), document_id="muhe", source_name="muhe.txt")
    views = [view_of(piece, document) for piece in chunk(document)]
    return document, [(view, sentence) for view in views for sentence in view.sentences]


def test_a_row_knows_its_header_and_running_text_has_none() -> None:
    document, _ = _views()
    by_first = {cells_of(paragraph.text)[0]: paragraph for paragraph in document.paragraphs}
    assert is_header(document, by_first["等级"])
    assert header_of(document, by_first["高级技师"]) == by_first["等级"]
    assert header_of(document, by_first["等级"]) is None
    assert not is_header(document, document.paragraphs[0])


def test_a_bare_number_measures_what_its_column_says() -> None:
    header = cells_of("等级 | 津贴（元/月） | 期限（月） | 一次性奖励（万元） | 占比（%）")
    text = "高级技师 | 1,250 | 30 | 5.5 | 不设"
    found = figures_of_row(text, header)
    assert [(one.quantity, one.value) for one in found] == [
        ("money", "1250元"),
        ("days", "30月"),
        ("money", "55000元"),
    ]
    assert all(text[one.start : one.end] == one.text for one in found)


def test_rows_have_figures_and_the_header_answers_nothing() -> None:
    _, sentences = _views()
    by_text = {sentence.text: sentence for _, sentence in sentences}
    assert by_text["等级 | 津贴（元/月） | 期限（月） | 一次性奖励（万元） | 占比（%）"].is_heading
    row = by_text["技师 | 640 | 18 | 2 | 15"]
    assert not row.is_heading
    assert [one.value for one in row.figures] == ["640元", "18月", "20000元", "15%"]


def test_the_row_that_a_question_names_goes_before_one_whose_name_is_part_of_it() -> None:
    document, sentences = _views()
    scored = tuple(
        ScoredSentence(sentence, view, 0.9 if sentence.text.startswith("技师") else 0.3)
        for view, sentence in sentences
        if "|" in sentence.text
    )
    found = Found(sentences=tuple(sorted(scored, key=lambda one: -one.score)), confidence=0.9)
    for topic, row in (("高级技师每个月津贴多少钱", "高级技师"), ("技师每个月津贴多少钱", "技师")):
        question = Understanding(()).read(topic)
        assert cells_of(choose(question, found)[0].sentence.text)[0] == row
    assert document.id == "muhe"


def test_lines_that_no_line_names_have_no_header_and_answer_themselves() -> None:
    text = "沐禾市收费公示\n\n第一条 收费如下。\n\n停车 | 5元\n洗车 | 20元\n第二条 另行公布的除外。\n"
    document = parse(SourceText(text), document_id="fees", source_name="fees.txt")
    rows = [paragraph for paragraph in document.paragraphs if "|" in paragraph.text]
    assert len(rows) == 2
    assert not any(is_header(document, row) or header_of(document, row) for row in rows)
