"""What a document says of itself: its number, issuer, dates and term, cited from where they stand."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.build import build
from indexer.index import open_index
from service.answer import Filters
from service.assistant import Assistant
from service.composing.records import asked_fields
from service.question import Question
from tests.answer_corpus import ELDERS, JICHUAN, QINGFENG, SIGNS, ask, index


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
    assert answer.refusal is not None
    assert "没有写明施行日期" in answer.refusal.message


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("清枫市企业服务提质行动方案什么时候失效？", "有效期"),
        ("霁川营商服务改进工作方案现在还有效吗？", "有效期和废止情况"),
        ("霁川营商服务改进工作方案有没有废止？", "有效期和废止情况"),
        ("What is the document number of the Jichuan plan?", "a document number"),
    ],
)
def test_what_a_document_does_not_state_is_refused_by_its_name(question: str, field: str) -> None:
    answer = ask(question)
    assert answer.refusal is not None and answer.refusal.reason == "no_evidence"
    assert field in answer.refusal.message


@pytest.mark.parametrize(
    "question",
    ["清枫和霁川的方案分别是哪天印发的，谁发的？", "清枫方案和霁川方案各是谁印发的、什么时候印发的？"],
)
def test_each_of_two_documents_is_answered(question: str) -> None:
    answer = ask(question)
    first, second = answer.text.splitlines()
    assert "清枫市人民政府办公室" in first and "2023年3月16日" in first
    assert "霁川市优化营商环境工作领导小组" in second and "2023年4月20日" in second
    assert {one.document.id for one in answer.citations} == {QINGFENG, JICHUAN}


def test_a_field_that_one_of_two_lacks_is_said_to_be_missing() -> None:
    first, second = ask("清枫和霁川方案的文号分别是什么？").text.splitlines()
    assert "清枫政办发〔2023〕12号" in first
    assert "没有写明发文字号" in second


def test_the_earlier_of_two_is_named_first() -> None:
    answer = ask("清枫方案和霁川方案哪个印发得早？")
    assert answer.text.splitlines()[0].startswith("成文较早的是《清枫市2023年企业服务提质行动方案》")


def test_an_english_question_about_three_fields_is_answered_in_one_sentence() -> None:
    answer = ask("When was the Qingfeng plan issued? Who issued it? What is its document number?")
    assert "16 March 2023" in answer.text
    assert "issued by 清枫市人民政府办公室" in answer.text
    assert "document number 清枫政办发〔2023〕12号" in answer.text
    assert {one.document.id for one in answer.citations} == {QINGFENG}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("高龄津贴发放办法现在还有效吗？", "目前仍在有效期内"),
        ("高龄津贴发放办法有没有废止？", "有效期至2027年6月30日"),
        ("渌山市户外招牌管理办法现在还有效吗？", "自2023年10月1日起施行，文中没有写明有效期"),
        ("渌山市户外招牌管理办法2017年版还有效吗？", "已被新的版本取代，现行版本自2023年10月1日起施行"),
        ("渌山市户外招牌管理办法有几个版本？", "自2023年10月1日起施行的版本，为现行版本"),
        ("Is the Qingfeng senior allowance measure still in force?", "within its term"),
    ],
)
def test_whether_a_document_is_in_force_is_told_from_its_fields_and_versions(
    question: str, said: str
) -> None:
    answer = ask(question)
    assert said in answer.text
    assert any("起施行" in one.quote for one in answer.citations)


def test_an_expired_document_is_said_to_have_ended() -> None:
    late = Assistant(index(), today=date(2028, 1, 5))
    assert "有效期已经届满" in late.ask("高龄津贴发放办法现在还有效吗？").text


def test_the_meeting_and_the_order_number_come_from_the_title_block() -> None:
    adopted = ask("渌山市户外招牌管理办法修订是哪次会议通过的？")
    assert "2023年8月21日市政府第40次常务会议讨论通过" in adopted.text
    assert "渌山市人民政府令第58号" in ask("渌山市户外招牌管理办法是政府令第几号？").text


def test_a_document_that_nobody_indexed_is_not_answered_from_another() -> None:
    assert ask("渌山市夜市噪声管理办法是什么时候施行的？").refusal is not None


def test_a_question_that_points_at_nothing_asks_back() -> None:
    refusal = ask("那份文件是什么时候印发的？").refusal
    assert refusal is not None and "哪一份文件" in refusal.message


FAIR = """云岭市集市管理规定

云政规〔2018〕4号

第一条 摊位费每月不超过一百二十元。

第二条 本规定自2018年9月1日起施行。

云岭市人民政府
2018年8月1日
"""
NIGHT = """云岭市夜市管理办法

（2024年2月6日云岭市人民政府第12次常务会议通过，2024年3月1日云岭市人民政府令第77号公布，自2024年5月1日起施行）

第一条 摊位费每月不超过二百元。

第二条 本办法自2024年5月1日起施行。《云岭市集市管理规定》（云政规〔2018〕4号）同时废止。
"""


@pytest.fixture(scope="module")
def yunling(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    place = tmp_path_factory.mktemp("yunling")
    (place / "corpus").mkdir()
    (place / "corpus" / "fair.txt").write_text(FAIR, encoding="utf-8")
    (place / "corpus" / "night.txt").write_text(NIGHT, encoding="utf-8")
    build(place / "corpus", place / "index", progress=False)
    return Assistant(open_index(place / "index"), today=date(2024, 8, 8))


@pytest.mark.parametrize("question", ["云岭市集市管理规定还有效吗？", "云岭市集市管理规定什么时候失效的？"])
def test_a_repeal_is_told_in_the_words_of_the_document_that_repeals(
    yunling: Assistant, question: str
) -> None:
    answer = yunling.ask(question)
    assert "已被自2024年5月1日起施行的《云岭市夜市管理办法》废止" in answer.text
    assert any("《云岭市集市管理规定》（云政规〔2018〕4号）同时废止" in one.quote for one in answer.citations)


def test_an_answer_from_a_repealed_document_says_so(yunling: Assistant) -> None:
    question = "云岭市集市管理规定里摊位费每月多少？"
    assert "已被《云岭市夜市管理办法》废止" in (yunling.ask(question).notice or "")
    assert yunling.ask(question, filters=Filters(as_of=date(2020, 1, 1))).notice is None


def test_maker_number_and_commencement_come_from_one_record(yunling: Assistant) -> None:
    answer = yunling.ask("云岭市夜市管理办法是谁制定的，文号是什么，几号施行？")
    assert "由云岭市人民政府制定，发文字号为云岭市人民政府令第77号，自2024年5月1日起施行" in answer.text


@pytest.mark.parametrize(
    ("before", "question", "documents"),
    [
        ("清枫和霁川的担保费率分别是多少？", "这两个文件分别是哪天发的？", {QINGFENG, JICHUAN}),
        ("霁川投标保证金最多多少？", "这份文件是谁发的，什么时候发的？", {JICHUAN}),
    ],
)
def test_a_follow_up_asks_for_the_documents_spoken_of(
    before: str, question: str, documents: set[str]
) -> None:
    answer = ask(question, history=[before])
    assert {one.document.id for one in answer.citations} == documents


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("办法是谁发的，落款几号？", ("issuer", "issued")),
        ("条例几号生效，谁通过的？", ("effective", "adopted")),
        ("条例什么时候通过的？什么时候修正的？", ("adopted", "amended")),
        ("2010年修订的那版法是哪天施行的", ("effective",)),
        ("采购法实施条例是国务院第几号令？", ("number",)),
        ("办法执行到什么时候？", ("expiry",)),
        ("条例是谁公布的？", ("issuer",)),
        ("办法是哪天公布的？", ("published",)),
        ("方案的全称和文号", ("title", "number")),
        ("养犬登记证的有效期多久？", ()),
        ("通知的有效期到什么时候？", ("expiry",)),
        ("Which body issued the plan, and on what date?", ("issuer", "issued")),
    ],
)
def test_the_fields_asked_for_are_read_from_the_words(words: str, fields: tuple[str, ...]) -> None:
    question = Question(words, words, words, "zh" if "a" not in words else "en", "metadata")
    assert set(asked_fields(question)) == set(fields)
