"""What a document says of itself: its number, issuer, dates and term, cited from where they stand."""

from __future__ import annotations

import pytest

from tests.answer_corpus import ELDERS, JICHUAN, QINGFENG, SIGNS, ask


@pytest.mark.parametrize(
    ("question", "said", "document_id", "quoted"),
    [
        (
            "清枫市企业服务提质行动方案的文号是什么？",
            "清枫政办发〔2023〕12号",
            QINGFENG,
            "清枫政办发〔2023〕12号",
        ),
        (
            "《清枫市高龄津贴发放办法》的文号是多少？",
            "清枫民发〔2022〕45号",
            ELDERS,
            "清枫民发〔2022〕45号",
        ),
        ("清枫市企业服务提质行动方案是哪天印发的？", "2023年3月16日", QINGFENG, "2023年3月16日"),
        ("霁川营商服务改进工作方案是什么时候印发的？", "2023年4月20日", JICHUAN, "2023年4月20日"),
        (
            "清枫市企业服务提质行动方案由谁印发？",
            "清枫市人民政府办公室",
            QINGFENG,
            "清枫市人民政府办公室",
        ),
        ("渌山市户外招牌管理办法什么时候施行？", "2023年10月1日起施行", SIGNS, "自2023年10月1日起施行"),
        ("高龄津贴发放办法什么时候失效？", "2027年6月30日", ELDERS, "有效期至2027年6月30日"),
    ],
)
def test_a_field_is_stated_and_cited(question: str, said: str, document_id: str, quoted: str) -> None:
    answer = ask(question)
    assert said in answer.text
    assert {one.document.id for one in answer.citations} == {document_id}
    assert any(quoted in one.quote for one in answer.citations)


def test_a_number_that_the_file_does_not_bear_is_not_guessed() -> None:
    answer = ask("霁川市营商服务改进工作方案的文号是多少？")
    assert answer.refusal is not None
    assert answer.refusal.reason == "no_evidence"
    assert "〔" not in answer.text


def test_a_document_without_a_day_of_effect_is_not_given_one() -> None:
    answer = ask("霁川营商服务改进工作方案什么时候开始施行？")
    assert "没有写明施行日期" in answer.text
    assert "起施行" not in answer.text
