"""A clause asked for by its number is quoted whole."""

from __future__ import annotations

import pytest

from tests.answer_corpus import SIGNS, ask, cited_addresses


@pytest.mark.parametrize(
    "question", ["渌山市户外招牌管理办法第一条说了什么？", "《渌山市户外招牌管理办法》第一条的内容"]
)
def test_a_clause_asked_for_by_number_is_quoted(question: str) -> None:
    answer = ask(question)
    assert {document for document, _ in cited_addresses(answer)} == {SIGNS}
    assert all(address.endswith("第一条") for _, address in cited_addresses(answer))
    assert "为了规范户外招牌设置，保障公共安全" in answer.text


def test_a_clause_that_the_document_lacks_is_not_made_up() -> None:
    answer = ask("渌山市户外招牌管理办法第九十九条说了什么？")
    assert "第九十九条" not in answer.text or not answer.answered
