"""What a question names: regions, years, documents, articles, offices, days; and which tasks it asks for."""

from __future__ import annotations

from datetime import date

import pytest

from service.understanding import Understanding
from tests.entries import DOGS, ENTRIES, FUND, PLAN_2022, entry

UNITS = ("市财政局", "市发改委", "市人社局等部门", "“办理许可”指标单位", "青石燃气公司")
READER = Understanding(ENTRIES, units=UNITS)


@pytest.mark.parametrize(
    ("question", "regions"),
    [
        ("青石停车怎么收费", ["青石市"]),
        ("青石市和白水的规定有什么不同", ["青石市", "白水市"]),
        ("黃石的遺產怎麼保護", ["黄石市"]),
        ("湖北省节水规定", ["湖北省"]),
        ("在湖北省的平台上报名，黄石多久回话", ["黄石市"]),
        ("湖北省和黄石市的标准哪个高", ["湖北省", "黄石市"]),
        ("What are the rules in Huangshi and Wuhan?", ["黄石市", "武汉市"]),
        ("东屏市养狗要办证吗", ["东屏市"]),
        ("我户口在槐渡市，养狗交几块钱", ["槐渡市"]),
        ("隔壁槐渡市呢", ["槐渡市"]),
        ("青石和槐渡市的停车费哪个低", ["青石市", "槐渡市"]),
        ("在兄弟市买的狗能落户吗", []),
        ("在建材市场摆摊要办证吗", []),
        ("跟全市平均比，哪个市高", []),
        ("超市要办什么证", []),
        ("全市一共几个大厅", []),
        ("我们省里怎么规定的", []),
        ("城市低保多少钱", []),
        ("邻市也能办吗", []),
    ],
)
def test_regions(question: str, regions: list[str]) -> None:
    assert [region.name for region in READER.read(question).regions] == regions


def test_a_region_that_is_only_the_head_of_a_longer_name_can_be_left_out() -> None:
    question = READER.read("武汉都市圈要做到多少项通办")
    names = READER.within_names(question, ["推进武汉都市圈通办，达到三百项。"])
    assert names == {"武汉市"}
    assert READER.read(question.original, names=names).regions == ()
    assert READER.within_names(question, ["武汉市的通办事项"]) == frozenset()


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("青石2022年的目标", (2022,)),
        ("青石2023目标", (2023,)),
        ("2022年和2024年有什么变化", (2022, 2024)),
        ("二〇二一年的标准", (2021,)),
        ("青石22年送几个章", (2022,)),
        ("22年的方案", (2022,)),
        ("到23年底要建几个", (2023,)),
        ("青石24版怎么说", (2024,)),
        ("What was the target for 2023?", (2023,)),
        ("工作满15年能退休吗", ()),
        ("社保缴了20年能领多少", ()),
        ("20年的房子能办证吗", ()),
        ("保存10年以上", ()),
        ("15年内要还清吗", ()),
        ("罚2000元", ()),
        ("奖励2000万够不够", ()),
        ("2050标准是什么", ()),
        ("2022家企业", ()),
    ],
)
def test_years(question: str, years: tuple[int, ...]) -> None:
    assert READER.read(question).years == years


def test_relative_years_need_a_day_to_count_from() -> None:
    reader = Understanding(ENTRIES, today=date(2025, 6, 1))
    assert reader.read("去年的目标").years == (2024,)
    assert READER.read("去年的目标").years == ()


@pytest.mark.parametrize(
    ("question", "address"),
    [
        ("停放条例第十条怎么说", "第十条"),
        ("第10条规定了什么", "第十条"),
        ("第 21 条之一", "第二十一条之一"),
        ("第一百一十二条", "第一百一十二条"),
        ("第一百零五条", "第一百零五条"),
        ("第18项任务", "18"),
        ("第十八项是什么", "18"),
        ("第三章讲什么", None),
        ("第几条提到罚款", None),
    ],
)
def test_addresses(question: str, address: str | None) -> None:
    assert READER.read(question).address == address


@pytest.mark.parametrize(
    ("question", "units"),
    [
        ("市财政局牵头哪些任务", ("市财政局",)),
        ("财政局要做什么", ("市财政局",)),
        ("人社局配合哪些事", ("市人社局",)),
        ("负责“办理许可”这一指标的单位牵头什么任务", ("办理许可指标单位",)),
        ("市教育局参与哪些工作", ("市教育局",)),
        ("跟税务局扯不清怎么办", ("税务局",)),
        ("开公司要几天", ()),
        ("我们公司要交多少", ()),
        ("养老中心的床位", ()),
        ("结果几天送有关委员会", ()),
    ],
)
def test_offices(question: str, units: tuple[str, ...]) -> None:
    assert READER.read(question).units == units


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("2022年8月底前要完成什么", date(2022, 8, 31)),
        ("2022年底前完成哪些任务", date(2022, 12, 31)),
        ("2024年上半年要完成哪些任务", date(2024, 6, 30)),
        ("22年6月底到期的任务", date(2022, 6, 30)),
        ("3个月内完成什么", None),
        ("多久完成", None),
    ],
)
def test_days(question: str, day: date | None) -> None:
    assert READER.read(question).day == day


def test_a_month_without_year_is_of_the_documents_only_year() -> None:
    reader = Understanding([PLAN_2022, FUND, DOGS])
    assert reader.read("青石5月到期的任务").day == date(2022, 5, 31)
    assert READER.read("青石5月到期的任务").day is None  # documents of several years


@pytest.mark.parametrize(
    "question",
    [
        "市财政局牵头哪些任务？",
        "青石市发改委领了哪些牵头任务",
        "财政局负责多少项工作",
        "市人社局配合做什么",
        "市发改委要挑头做哪些事",
        "市财政局牵头的是哪一件",
        "青石哪几样活要在2022年8月底收尾",
        "2022年8月底前要完成的是哪几项",
        "青石2022年5月到期的任务",
    ],
)
def test_tasks_are_asked_by_office_or_date(question: str) -> None:
    assert READER.read(question).kind == "tasks"


@pytest.mark.parametrize(
    "question",
    [
        "开公司这事谁牵头",
        "市财政局和谁一起负责补贴",
        "市财政局负责几天内拨款",
        "财政局负责多少个工作日内答复",
        "2022年8月底前要培育多少家企业",
        "是市发改委牵头的吧",
        "减税由市财政局牵头吗",
        "市财政局的电话是多少",
        "2022年12月底前完成的比例",
    ],
)
def test_other_questions_on_offices_and_dates_keep_their_kind(question: str) -> None:
    assert READER.read(question).kind != "tasks"


def test_what_was_resolved_leaves_the_topic() -> None:
    assert READER.read("青石市《青石市困难老年人生活照料补助办法》补多少").topic == "补多少"
    assert READER.read("青石停车怎么收费").topic == "停车怎么收费"
    assert READER.read("青石").topic == "青石"


def test_a_title_stays_in_the_topic_where_nothing_else_is_asked() -> None:
    assert READER.read("《青石市困难老年人生活照料补助办法》").topic == "《 困难老年人生活照料补助办法》"


def test_the_standalone_form_is_read_and_the_original_kept() -> None:
    read = READER.read("那白水呢？", "白水养犬要办证吗")
    assert (read.original, read.text) == ("那白水呢？", "白水养犬要办证吗")
    assert [region.name for region in read.regions] == ["白水市"]


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("罚多少", "zh"),
        ("How much is the fine?", "en"),
        ("Maximum leash length in 白水?", "en"),
        ("AEO企业有几家", "zh"),
    ],
)
def test_language(question: str, language: str) -> None:
    assert READER.read(question).language == language


@pytest.mark.parametrize(
    ("question", "topic", "kind", "quantity"),
    [
        ("How much is the fine for walking a dog without a leash in Huangshi?", "罚款", "figure", "money"),
        ("How many working days does a business licence take?", "几个工作日 营业执照？", "deadline", "days"),
        ("Until what date can firms apply?", "什么时候 企业 申请？", "deadline", "date"),
        ("What is the minimum floor area of a kindergarten?", "多少平方米？", "figure", "count"),
        ("Can a foreigner register a company?", "可以 外国人 企业登记 吗？", "yesno", None),
    ],
)
def test_an_english_question_is_searched_in_chinese(
    question: str, topic: str, kind: str, quantity: str | None
) -> None:
    read = READER.read(question)
    assert topic in read.topic
    assert (read.kind, read.quantity) == (kind, quantity)
    assert read.text == question.lower()


def test_an_english_question_names_offices_days_and_articles() -> None:
    led = READER.read("Which tasks does the finance bureau lead?")
    assert (led.units, led.kind) == (("市财政局",), "tasks")
    due = READER.read("Which tasks are due by the end of August 2022?")
    assert (due.day, due.kind) == (date(2022, 8, 31), "tasks")
    assert READER.read("What does article 10 of the parking rules say?").address == "第十条"


def test_an_english_word_takes_the_term_that_is_chosen() -> None:
    reader = Understanding(ENTRIES, choose=lambda words: [terms[-1] for terms in words])
    assert reader.read("Is there a late fee on a withdrawal?").topic == "滞纳金 提取 吗？"


def test_an_english_question_without_words_that_say_anything_keeps_its_own() -> None:
    assert READER.read("What does it say about this?").topic == "what does it say about this?"


def test_an_empty_index_reads_questions_too() -> None:
    read = Understanding([]).read("青石市2022年5月底前完成什么")
    assert (read.document_ids, read.years, read.day) == ((), (2022,), date(2022, 5, 31))
    assert Understanding([entry("a", "无题", None)]).read("无题").document_ids == ()


def test_a_document_called_by_its_city_is_not_meant_alone_where_two_cities_are_named() -> None:
    assert READER.read("青石2022年的方案是哪天印的").document_ids
    assert READER.read("青石跟白水2022年的方案各是哪天印的").document_ids == ()
