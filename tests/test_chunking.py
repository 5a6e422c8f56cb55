from __future__ import annotations

import pytest

from indexer.chunking import Chunk, chunk
from indexer.document import Clause, Document
from indexer.source_text import BLANK
from tests.documents import document, random_document

SEEDS = range(60)


def written(*lines: tuple[int, str, str, str]) -> Document:
    """A document from (level, marker, title, body) lines, one a clause; level 0 is text of the root."""
    text, clauses, paragraphs = "", [Clause("", "", "", None, 0, 0, 0, 0)], []
    for level, marker, title, body in lines:
        start, words = len(text), marker + title + body
        text += words + "\n"
        row = 0
        if level:
            parent = max(r for r, clause in enumerate(clauses) if clause.level < level)
            body_start = start + len(marker + title)
            label = marker.strip("、.． ")
            clauses.append(Clause(label, marker, title, parent, level, start, start, body_start))
            row = len(clauses) - 1
        paragraphs.append((start, start + len(words), row))
    ends = [
        next((c.start - 1 for c in clauses[row + 1 :] if c.level <= clause.level), len(text) - 1)
        for row, clause in enumerate(clauses)
    ]
    closed = [
        Clause(c.label, c.marker, c.title, c.parent, c.level, c.start, end, c.body_start)
        for c, end in zip(clauses, ends, strict=True)
    ]
    return document(text, closed, paragraphs)


def texts(chunks: list[Chunk]) -> list[str]:
    return [c.text.strip(BLANK) for c in chunks]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("max_chars", [7, 40, 150, 480])
def test_chunks_cover_the_document_exactly(seed: int, max_chars: int) -> None:
    document = random_document(seed)
    chunks = chunk(document, max_chars=max_chars)
    assert "".join(c.text for c in chunks) == document.text
    assert [c.start for c in chunks] == [0, *(c.end for c in chunks[:-1])][: len(chunks)]
    assert all(document.text[c.start : c.end] == c.text for c in chunks)
    assert [c.id for c in chunks] == [f"{document.id}#c{n}" for n in range(1, len(chunks) + 1)]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_chunk_is_longer_than_allowed_but_for_the_headings_above_it(seed: int) -> None:
    document = random_document(seed)
    for c in chunk(document, max_chars=60):
        bare = [x for x in document.clauses if c.start <= x.start and x.body_start <= c.end and x.level != 0]
        headings = sum(len(x.heading) + 8 for x in bare if has_no_body(document, x))
        assert len(c.text.strip(BLANK)) <= 60 + headings


def has_no_body(document: Document, clause: Clause) -> bool:
    row = document.clauses.index(clause)
    inner = [x.start for x in document.clauses if x.parent == row]
    return not document.text[clause.body_start : min(inner, default=clause.end)].strip(BLANK)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clause_without_parts_is_one_chunk_when_it_fits(seed: int) -> None:
    document = random_document(seed)
    chunks = chunk(document, max_chars=200)
    parents = {x.parent for x in document.clauses}
    for row, clause in enumerate(document.clauses):
        in_list = any(document.clauses[r].label.startswith("第") for r in document.path(row)[:-1])
        if row and row not in parents and not in_list and clause.end - clause.start <= 200:
            holding = [c for c in chunks if c.start < clause.end and clause.start < c.end]
            assert len(holding) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_an_article_with_its_items_is_one_chunk_when_it_fits(seed: int) -> None:
    document = random_document(seed)
    chunks = chunk(document, max_chars=300)
    for clause in document.clauses:
        if clause.label.startswith("第") and clause.end - clause.start <= 300:
            assert len([c for c in chunks if c.start < clause.end and clause.start < c.end]) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_the_clause_of_a_chunk_is_the_innermost_that_holds_all_of_it(seed: int) -> None:
    document = random_document(seed)
    for c in chunk(document, max_chars=80):
        start = c.start + len(c.text) - len(c.text.lstrip(BLANK))
        end = c.start + len(c.text.rstrip(BLANK))
        holders = [
            row for row, x in enumerate(document.clauses) if row == 0 or (x.start <= start and end <= x.end)
        ]
        assert c.clause == max(holders, key=lambda row: document.clauses[row].level)
        assert c.heading_path == document.heading_path(c.clause)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_figure_is_cut(seed: int) -> None:
    document = random_document(seed)
    for c in chunk(document, max_chars=30)[:-1]:
        around = document.text[c.end - 1 : c.end + 1]
        assert not all(character in "0123456789.,%" for character in around)


def test_numbered_clauses_are_chunks_of_their_own_and_headings_go_with_the_first() -> None:
    chunks = chunk(
        written(
            (0, "", "", "云泽市惠企方案"),
            (1, "一、", "主要任务", ""),
            (2, "(一)", "降成本", ""),
            (3, "1.", "减免水费", "。工业用水价格下调5%，为期半年，由市水务局核定后公布。"),
            (3, "2.", "贷款贴息", "。按实付利息的40%补助，每户每年不超过6万元，由市财政局拨付。"),
        )
    )
    assert texts(chunks) == [
        "云泽市惠企方案",
        "一、主要任务\n(一)降成本\n1.减免水费。工业用水价格下调5%，为期半年，由市水务局核定后公布。",
        "2.贷款贴息。按实付利息的40%补助，每户每年不超过6万元，由市财政局拨付。",
    ]
    assert chunks[1].heading_path == ("一、主要任务",)
    assert chunks[2].heading_path == ("一、主要任务", "(一)降成本", "2.贷款贴息")


def test_items_stay_with_their_lead_in() -> None:
    chunks = chunk(
        written(
            (1, "一、", "申领条件", "。申请人要符合下列要求："),
            (2, "(一)", "", "在本市参保满一年；"),
            (2, "(二)", "", "名下没有经营主体；"),
            (1, "二、", "发放办法", "。每月10日前发到社会保障卡。"),
        )
    )
    assert len(chunks) == 2
    assert "参保满一年" in chunks[0].text and "申请人" in chunks[0].text


def test_a_list_of_bare_names_stays_with_its_lead_in_and_leaves_the_next_clause_alone() -> None:
    chunks = chunk(
        written(
            (1, "一、", "所需材料", "。来窗口时请带："),
            (2, "1.", "身份证", ""),
            (2, "2.", "户口簿", ""),
            (1, "二、", "办理时限", "。当场办结。"),
        )
    )
    assert texts(chunks) == ["一、所需材料。来窗口时请带：\n1.身份证\n2.户口簿", "二、办理时限。当场办结。"]


def test_short_clauses_without_title_share_a_chunk() -> None:
    items = [(2, f"{n}.", "", f"到{n}号窗口领表。") for n in range(1, 5)]
    chunks = chunk(written((1, "一、", "流程", ""), *items))
    assert len(chunks) == 1


def test_a_long_article_is_cut_between_its_items() -> None:
    items = [(2, f"({n})", "", f"第{n}种情形，" + "材料不全，" * 12 + "不予受理；") for n in "一二三四"]
    chunks = chunk(written((1, "第三条", "", "　下列情形不予受理："), *items), max_chars=200)
    assert len(chunks) > 1
    assert all(c.text.startswith(("第三条", "(")) for c in chunks)
    assert all("第三条" in c.heading_path for c in chunks)


def test_a_lead_in_is_not_parted_from_its_first_item() -> None:
    filler = "摊主要服从管理，" * 10 + "不得占道。"
    items = [(2, f"({n})", "", "摊位外溢影响通行的；") for n in "一二三"]
    head = (1, "第三条", "", f"　{filler}\n有下列情形的，停业一周：")
    for max_chars in range(90, 140, 7):
        assert not any(
            c.text.rstrip().endswith("：") for c in chunk(written(head, *items), max_chars=max_chars)
        )


def test_a_long_clause_is_cut_at_sentence_ends_outside_quotes_and_brackets() -> None:
    sentence = "企业可以申报（小型企业；微型企业。下同），经办人说：“当天受理；当天办结”为准。"
    chunks = chunk(written((1, "1.", "申报", "。" + sentence * 8)), max_chars=100)
    assert len(chunks) > 2
    assert all(c.text.strip().endswith("为准。") for c in chunks)
    assert {c.heading_path for c in chunks} == {("1.申报",)}


def test_a_clause_of_several_paragraphs_is_cut_between_them() -> None:
    lines = ["第一段" + "说明情况，" * 16 + "到此为止。", "第二段" + "另作安排，" * 16 + "以此为准。"]
    chunks = chunk(written((1, "1.", "安排", "。" + "\n".join(lines))), max_chars=120)
    assert texts(chunks) == [f"1.安排。{lines[0]}", lines[1]]


def test_text_without_any_stop_is_cut_too() -> None:
    chunks = chunk(written((0, "", "", "字" * 1000)), max_chars=300)
    assert [len(c.text.strip()) for c in chunks] == [250, 250, 250, 250]


def test_an_empty_document_has_no_chunks_and_a_blank_one_keeps_its_blanks() -> None:
    root = Clause("", "", "", None, 0, 0, 0, 0)
    assert chunk(document("", [root], [])) == []
    assert [c.text for c in chunk(document("\n　\n", [root], []))] == ["\n　\n"]


def test_a_chunk_holds_at_least_one_character() -> None:
    with pytest.raises(ValueError, match="at least 1, found 0"):
        chunk(random_document(1), max_chars=0)
