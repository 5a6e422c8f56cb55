"""An English question is put into the Chinese words of official texts, and stays a question."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import pytest

from indexer.lexical import LexicalIndex
from indexer.tokens import lexical_tokens, normalize
from service.glossary import first_terms, in_chinese, key_of
from service.question import Question
from service.retriever import query_text
from service.word_choice import WordChoice

LINES = (files("service") / "data" / "glossary.tsv").read_text("utf-8").splitlines()


def chinese(question: str) -> str:
    return in_chinese(normalize(question))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is the cap on bid bonds?", "最高 投标保证金 多少？"),
        ("Late fees on social insurance premiums", "滞纳金 社会保险费？"),
        ("companies with a business licence", "公司 营业执照？"),
        ("the fine for late tax payments", "罚款 逾期 纳税 多少？"),
        ("dog licences of disabled people", "养犬登记证 残疾人？"),
        ("stolen e-bikes", "被盗 电动自行车？"),
        ("the neighbourhood center's program", "社区 中心 计划？"),
        ("state-owned enterprises", "国有企业？"),
    ],
)
def test_the_longest_phrase_is_found_in_any_inflection_and_spelling(question: str, words: str) -> None:
    assert chinese(question).split(" ")[0] == words.split(" ")[0]
    assert set(words.rstrip("？").split()) <= set(chinese(question).rstrip("？").split())


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How many working days does registration take?", "几个工作日 登记？"),
        ("How many hours does it take?", "几个小时？"),
        ("When must the invoice be paid?", "什么时候 发票 缴纳？"),
        ("By when must the invoice be paid?", "什么时候 发票 缴纳？"),
        ("How long is the invoice kept?", "多久 发票 保存？"),
        ("Which bureau issues the invoice?", "哪个部门 核发 发票？"),
        ("Who issues the invoice?", "谁 核发 发票？"),
        ("How do I apply for a residence permit?", "怎么 申请 居住证？"),
        ("How much is the invoice?", "发票 多少？"),
        ("How many enterprises pay?", "多少家 企业 缴纳？"),
        ("How many articles does the contract have?", "合同 多少条？"),
        ("What is the floor area?", "建筑面积？"),
        ("What is the maximum floor area?", "最高 建筑面积 多少平方米？"),
        ("Is parking free?", "停车 免费 吗？"),
        ("Can a foreigner buy a house?", "可以 外国人 购买 房屋 吗？"),
        ("Must a foreigner register?", "应当 外国人 登记 吗？"),
        ("What documents are there?", "文件 哪些？"),
        ("Conditions for a loan", "条件 贷款 哪些？"),
        ("Why is the deposit withheld?", "为什么 保证金 扣缴？"),
    ],
)
def test_what_is_asked_stays_asked(question: str, asked: str) -> None:
    assert chinese(question) == asked


def test_each_clause_asks_for_itself() -> None:
    asked = chinese("What is the rate, and up to what loan size does it apply?")
    assert asked.count("，") == 1
    assert chinese("number of tax payments and hours") == "纳税次数 多少次，几个小时？"


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("a loan of RMB 5 million", "500万元"),
        ("a loan of 12,000 yuan", "1.2万元"),
        ("a loan of 800 yuan", "800元"),
        ("2.5 billion yuan", "25亿元"),
        ("within 60 working days", "60个工作日"),
        ("within three months", "3个月"),
        ("within a year", "1年"),
        ("10 percent of the price", "10%"),
        ("160 kilowatts", "160千瓦"),
        ("by the end of 2024", "2024年底前"),
        ("by the end of June 2022", "2022年6月底前"),
        ("on 31 December 2025", "2025年12月31日"),
        ("on March 3, 2025", "2025年3月3日"),
        ("in the first half of 2024", "2024年上半年"),
        ("the target for 2023", "2023年"),
        ("twice per month", "每月"),
        ("100 yuan a day", "每日"),
        ("what does article 16 say", "第16条"),
        ("task 18", "第18项"),
    ],
)
def test_figures_dates_and_places_are_written_as_in_chinese(question: str, figure: str) -> None:
    assert figure in chinese(question).rstrip("？").split(" ")


def test_names_and_quoted_chinese_are_kept() -> None:
    assert chinese("What is a Zhongbei of 嵩浦?") == "zhongbei 嵩浦 是什么意思？"
    assert chinese("a loan under “一件事” for AEO firms") == "贷款 “一件事” aeo 企业？"


def test_a_question_without_words_of_its_own_gives_nothing() -> None:
    assert chinese("What is it?") == ""


def test_a_word_takes_the_term_that_the_index_uses_with_the_others() -> None:
    rows = ["住房公积金的提取条件", "许可的撤回和撤销", "提取一次住房公积金", "撤回申请"]
    choose = WordChoice(LexicalIndex.build(lexical_tokens(row) for row in rows))
    assert choose([("撤回", "提取"), ("住房公积金",)]) == ["提取", "住房公积金"]
    assert choose([("撤回", "提取"), ("许可",)]) == ["撤回", "许可"]


def test_a_term_that_occurs_nowhere_is_taken_only_alone() -> None:
    choose = WordChoice(LexicalIndex.build([lexical_tokens("押金的退还")]))
    assert choose([("保证金", "押金"), ("罚款", "罚金")]) == ["押金", "罚款"]


def test_an_english_question_is_embedded_with_its_chinese_words() -> None:
    english = Question("Fee?", "fee?", "费用？", "en", "figure")
    chinese_one = Question("费用多少", "青石费用多少", "费用多少", "zh", "figure")
    assert query_text(english) == "费用？ fee?"
    assert query_text(chinese_one) == "费用多少"


def test_every_entry_is_a_phrase_and_its_chinese_terms() -> None:
    for line in LINES:
        english, tab, terms = line.partition("\t")
        assert tab
        assert english == english.strip().lower()
        assert english.isascii()
        assert all(term and term == term.strip() for term in terms.split(";")) or not terms
    assert sorted(LINES) == LINES


def test_no_phrase_is_entered_twice() -> None:
    keys = Counter(key_of(line.partition("\t")[0]) for line in LINES)
    assert [key for key, times in keys.items() if times > 1] == []


@pytest.mark.parametrize("question", ["Is the guarantee fee 5%?", "Is the guarantee fee 5 percent?"])
def test_a_share_keeps_its_sign(question: str) -> None:
    assert "5%" in in_chinese(question.lower(), first_terms)
