"""Questions to try are drawn from the documents and are answered by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from service.examples import candidates, example_questions
from tests.fakes import FakeAssistant, document


def test_questions_name_the_region_and_the_task() -> None:
    questions = list(candidates(document()))
    assert "青石市怎样压缩开办时限？" in questions
    assert "青石市“减免小微企业费用”由哪个部门牵头？" in questions
    assert "青石市“减免小微企业费用”什么时候完成？" in questions


def test_only_questions_that_are_answered_are_offered() -> None:
    asked: list[str] = []

    def answered(question: str) -> bool:
        asked.append(question)
        return "牵头" in question

    assert example_questions([document()], answered=answered) == ("青石市“减免小微企业费用”由哪个部门牵头？",)
    assert len(asked) == len(set(asked)) > 1


def test_documents_take_turns() -> None:
    both = [document("a", region="青石市"), document("b", region="白山市")]
    found = example_questions(both, answered=lambda question: True, count=4)
    assert [question[:3] for question in found] == ["青石市", "白山市", "青石市", "白山市"]


def test_documents_side_by_side_begin_with_different_kinds() -> None:
    three = [document(name, region=f"{name}市") for name in "甲乙丙"]
    found = example_questions(three, answered=lambda question: True, count=3)
    assert ["怎样" in found[0], "牵头" in found[1], "完成" in found[2]] == [True, True, True]


def test_a_placeholder_is_no_place() -> None:
    assert not any("XX市" in question for question in candidates(document(region="XX市", title="方案")))


def test_a_document_without_clauses_still_has_a_question() -> None:
    bare = document("x", title="一份通知", lines=[("一份通知", 0)])
    assert example_questions([bare], answered=lambda question: True) == ("《一份通知》是什么时候印发的？",)


def test_an_index_that_answers_nothing_costs_a_bounded_number_of_tries() -> None:
    asked: list[str] = []
    many = [document(f"d{n}", title=f"文件{n}", region=f"第{n}市") for n in range(100)]

    def never(question: str) -> bool:
        asked.append(question)
        return False

    assert example_questions(many, answered=never, count=3) == ()
    assert len(asked) < 150


def test_the_same_documents_give_the_same_questions() -> None:
    assistant = FakeAssistant([document()])

    def draw() -> tuple[str, ...]:
        return example_questions([document()], answered=lambda question: assistant.ask(question).answered)

    assert draw() == draw() != ()


def test_a_law_is_asked_for_its_terms_and_its_day_of_effect() -> None:
    line = "第二条 本条例所称共享单车，是指按时租用的自行车。"
    law = replace(document("x", title="青石市单车条例", lines=[(line, 0)]), effective_on=date(2024, 7, 1))
    assert list(candidates(law))[:2] == [
        "《青石市单车条例》所称的共享单车指什么？",
        "《青石市单车条例》从什么时候起施行？",
    ]


def test_a_noun_that_looks_like_a_verb_makes_no_question_how() -> None:
    noun = document(title="青石市的办法")
    clause = replace(noun.clauses[3], title="保障措施安排")
    noun = replace(noun, clauses=(*noun.clauses[:3], clause, *noun.clauses[4:]))
    assert not any("怎样保障措施" in question for question in candidates(noun))
