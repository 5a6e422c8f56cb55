"""Lists, procedures, limits and versions whose answers need more than one sentence: whole, in order, on one matter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexer.chunking import Chunk
from indexer.document import Paragraph
from service.answer import Answer
from service.composing.annexes import annex_named
from service.composing.counterparts import Counterparts, article_of, articles
from service.composing.facts import holds_figure
from service.composing.limits import limits
from service.composing.reductions import asks_reduction, reduction_in
from service.composing.verdicts import verdict_of
from service.composing.wholes import around, opened_run
from service.evidence import Span
from service.kinds import quantity_of
from service.question import Question
from service.ranking import ScoredSentence
from service.views import ChunkView, SentenceView
from tests.matters_corpus import (
    DEEDS,
    LIFTS,
    MACHINES,
    MARKET,
    MARKET_OLD,
    ask,
    document,
)


def question(text: str, kind: str = "yesno") -> Question:
    return Question(text, text, text, "zh", kind)  # type: ignore[arg-type]


def span_of(document_id: str, words: str) -> Span:
    own = document(document_id)
    paragraph = next(p for p in own.paragraphs if words in p.text)
    start = paragraph.text.index(words)
    return Span(own, paragraph, start, start + len(words))


def evidence(text: str) -> Span:
    """A sentence of a document that has another matter."""
    paragraph = Paragraph("x#p1", 1, text, 0, len(text), 0)
    return Span(document(LIFTS), paragraph, 0, len(text))


def lines(answer: Answer) -> list[str]:
    return answer.text.splitlines()


# Lists


def test_an_item_takes_the_items_under_it_along() -> None:
    answer = ask("栖梧用维修资金更新改造电梯要提交哪些材料？")
    assert "共3项，已全部列出：" in answer.text
    assert "1. 业主表决材料，包括：表决公示照片；表决结果汇总表[2][3][4]。" in lines(answer)


def test_what_a_clause_adds_behind_its_items_follows_them() -> None:
    last = lines(ask("栖梧用维修资金更新改造电梯要提交哪些材料？"))[-2:]
    assert last[0] == "另有规定："
    assert last[1].startswith("电梯使用未满五年的，还应当提交安全评估报告")


def test_the_opening_that_names_the_aspect_goes_before_a_definition() -> None:
    answer = ask("栖梧电梯的使用管理人要履行哪些义务？")
    assert "建立安全技术档案" in answer.text
    assert "是指" not in answer.text


def test_materials_are_read_from_the_annex_that_the_text_refers_to() -> None:
    answer = ask("琼岗申请农机补贴要提交哪些材料？")
    assert [line.partition("[")[0] for line in lines(answer)[2:5]] == [
        "1. 补贴申请表",
        "2. 购机发票",
        "3. 机具合格证",
    ]
    assert "需要牌证管理的机具，还应当提供行驶证" in answer.text


def test_a_paragraph_on_the_matter_is_quoted_whole() -> None:
    answer = ask("雁坪办理过户需要带什么？")
    assert "双方身份证" in answer.text and "委托他人办理的" in answer.text
    assert "？" not in answer.text


def test_a_clause_asked_for_by_its_group_is_no_list_of_its_section() -> None:
    answer = ask("栖梧本地居民家庭申请公租房要具备哪些条件？")
    assert "人均住房建筑面积不足15平方米" in answer.text
    assert "新就业职工" not in answer.text


def test_items_beside_another_matter_are_no_answer_to_it() -> None:
    beside = ask("栖梧公租房报名后怎么配租？")
    assert "公开摇号" in beside.text and "烈士遗属" not in beside.text
    assert "共2项，已全部列出：" in ask("栖梧公租房哪些家庭优先配租？").text


# Procedures


def test_a_clause_that_tells_steps_is_quoted_whole_and_in_order() -> None:
    text = ask("栖梧发生电梯困人怎么处置？").text
    steps = ["安抚被困人员", "三十分钟内到达现场", "查明原因并张贴公告"]
    places = [text.index(step) for step in steps]
    assert places == sorted(places)


def test_steps_of_an_annex_stand_a_line_each() -> None:
    steps = lines(ask("琼岗农机补贴的办理程序是什么？"))[1:]
    assert [step[2:5] for step in steps] == ["第一步", "第二步", "第三步", "第四步"]


def test_a_section_of_steps_is_told_clause_by_clause() -> None:
    steps = lines(ask("栖梧公租房申请与审核的流程？"))[1:]
    assert [step[2:4] for step in steps] == ["提出", "初审", "复核"]


# Figures


def test_the_greatest_value_is_the_one_called_so() -> None:
    assert lines(ask("栖梧加装电梯最高补助多少钱？"))[0].startswith("**最高不超过三十万元**")


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("雁坪因离婚变更的登记费便宜多少？", "**减半收取**"),
        ("雁坪二孩家庭托育便宜多少？", "**10%**"),
    ],
)
def test_a_reduction_is_no_price(asked: str, first: str) -> None:
    assert lines(ask(asked))[0].startswith(first)


def test_of_several_reductions_the_nearest_is_told_or_none() -> None:
    text = "二孩家庭减免10%，三孩家庭减免20%。"
    assert reduction_in(question("三孩家庭便宜多少", "figure"), text) == "20%"
    assert reduction_in(question("能便宜多少", "figure"), text) is None
    assert not asks_reduction(question("纳税时间压减多少", "figure"))


# Yes or no by a limit


@pytest.mark.parametrize(
    ("asked", "text", "said"),
    [
        ("17岁能从事电梯维护吗", "从事电梯维护的人员，应当年满十八周岁。", "不可以，文件的规定是**年满十八周岁**。"),
        ("62岁能从事电梯维护吗", "从事电梯维护的人员，应当年满十八周岁且不超过六十周岁。", "不可以，文件的规定是**不超过六十周岁**。"),
        ("疫苗收我80，超没超标准", "疫苗每针收费不超过60元。", "超过了，文件的规定是**不超过60元**。"),
        ("全日托收1900元超没超", "全日托不得高于2000元，半日托不得高于1200元。", "没有超过，文件的规定是**不得高于2000元**。"),
        ("电梯20天保养一次，合规吗", "电梯至少每十五日保养一次。", "不符合规定，文件的规定是**至少每十五日**。"),
        ("监控留60天够不够", "监控视频保存90天以上。", "不够，文件的规定是**90天以上**。"),
        ("3万元的机具要核验吗", "单价5万元以上的机具应当逐台核验。", "不需要。"),
        ("6万元的机具要核验吗", "单价5万元以上的机具应当逐台核验。", "需要。"),
        ("出差四天要分管副总批吗", "出差超过五天或者去往境外的，应当经分管副总批准。", None),
        ("79岁能领补贴吗", "符合下列情形之一的老年人可以申领补贴：年满六十周岁的特困人员。", None),
        ("35岁能从事电梯维护吗", "从事电梯维护的人员，应当年满十八周岁。", None),
    ],
)  # fmt: skip
def test_a_limit_settles_what_is_held_against_it(asked: str, text: str, said: str | None) -> None:
    assert verdict_of(question(asked), [evidence(text)], sure=True) == said


def test_a_verdict_passes_the_check_and_cites_its_limit() -> None:
    answer = ask("栖梧17岁可以从事电梯维护保养吗？")
    assert lines(answer)[0] == "不可以，文件的规定是**年满十八周岁**[1]。"
    assert answer.dropped == ()


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("装电梯能补30万吗", "每名管理员管理的电梯不超过五十台。"),
        ("停车位每80平方米配一个可以吗", "营业面积不得少于一千二百平方米。"),
        ("养9公斤的狗可以吗", "犬绳不得超过两米。"),
    ],
)
def test_figures_of_other_things_are_not_compared(asked: str, text: str) -> None:
    assert limits(question(asked), text) == []


@pytest.mark.parametrize(
    ("asked", "text", "said"),
    [
        ("租房补贴能领双份吗", "生活补贴可以分别申领，租房补贴只能由一方申领。", None),
        ("首次轻微违法罚不罚", "推行轻微违法首违不罚。", "不罚。"),
        ("物业收押金合规矩吗", "物业企业不得收取押金。", "不符合规定。"),
        ("工伤保险费要职工个人缴吗", "用人单位应当按时足额缴纳工伤保险费。", None),
        ("周日可以办理过户吗", "周六可以办理过户，周日不办理过户。", None),
    ],
)
def test_a_modal_word_settles_only_what_its_part_is_about(asked: str, text: str, said: str | None) -> None:
    assert verdict_of(question(asked), [evidence(text)], sure=True) == said


def test_a_text_that_answers_its_own_question_is_believed() -> None:
    assert lines(ask("雁坪房子有抵押能直接卖吗？"))[0] == "可以[1]。"


# Versions and cities


def rows(answer: Answer) -> list[str]:
    return [line for line in lines(answer) if line.startswith("|")][2:]


def test_an_article_is_found_again_under_another_number() -> None:
    new, old = document(MARKET), document(MARKET_OLD)
    row = next(article.row for article in articles(new) if "公平秤和" in article.text)
    likeness = Counterparts(new, old).of(row)
    best = max(likeness, key=lambda one: likeness[one])
    assert new.clauses[row].label == "第四条"
    assert old.clauses[best].label == "第三条"


def test_the_items_of_an_article_are_the_article() -> None:
    lifts = document(LIFTS)
    item = next(p.clause for p in lifts.paragraphs if p.text.startswith("1.表决"))
    assert lifts.clauses[article_of(lifts, item)].label == "第四条"


def test_both_versions_speak_of_the_same_rule() -> None:
    older, newer = rows(ask("若水农贸市场条例新旧两版，活禽的罚款有什么变化？"))
    assert "二百元以上二千元以下" in older and "一千元以上五千元以下" in newer


@pytest.mark.parametrize("matter", ["停车位", "免费摊位"])
def test_a_version_without_the_matter_is_said_to_be_silent(matter: str) -> None:
    older, newer = rows(ask(f"若水农贸市场条例新旧两版对{matter}有什么不同规定？"))
    assert older == "| 2015年版 | 该版本未见相应规定 |"
    assert matter in newer


def test_each_city_gives_every_figure_asked_for() -> None:
    one, other = rows(ask("雁坪和洪潭新建托育园各几所，每所补助多少钱？"))
    assert "4所" in one and "50万元" in one
    assert "6所" in other and "80万元" in other


def test_cities_are_compared_in_the_unit_asked_for() -> None:
    answer = ask("雁坪和洪潭今年培训保育人员人数哪个多？")
    assert answer.text.startswith("**雁坪市**：1500人次")
    assert "1000人次" in answer.text and "学时" not in rows(answer)[0]


# The parts they are made of


def test_an_annex_is_followed_by_its_number() -> None:
    span = span_of(MACHINES, "申请、核验、公示和兑付按照附件2办理。")
    row = annex_named(span)
    assert row is not None and span.document.clauses[row].label == "附件2"
    assert annex_named(span_of(MACHINES, "全程不收取任何费用。")) is None


def test_paragraphs_that_number_themselves_belong_together() -> None:
    assert [span.text[:3] for span in opened_run(span_of(MACHINES, "第三步"))] == [
        "第一步",
        "第二步",
        "第三步",
        "第四步",
    ]


def test_a_long_paragraph_gives_the_sentences_around() -> None:
    span = span_of(DEEDS, "已婚的出卖人还需要带结婚证。")
    assert around(span, most=200).text.startswith("双方身份证")
    assert around(span, most=40).text == "已婚的出卖人还需要带结婚证。委托他人办理的，要带经过公证的委托书。"


# Facts that need their neighbours


def test_a_duty_asked_in_other_words_than_a_list_still_gives_all_items() -> None:
    answer = ask("栖梧电梯使用管理人都干些啥？")
    assert answer.kind == "fact"
    assert "共3项，已全部列出：" in answer.text
    assert "持证的电梯安全管理员" in answer.text and "困人救援演练" in answer.text


def test_a_yes_or_no_is_quoted_with_the_rule_that_it_excepts_from() -> None:
    answer = ask("栖梧给老楼加装电梯，残疾人家庭分摊的钱能少出吗？")
    assert "补助标准为每台二十万元" in answer.text and "残疾人家庭分担的费用减半" in answer.text


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("多久通报一回", "各区一月一调度、一季一通报。"),
        ("人均经费不能低过什么水平，多少钱", "人均经费不低于全省平均水平。"),
    ],
)
def test_words_may_stand_for_the_figure(asked: str, told: str) -> None:
    sentence = evidence(told)
    view = SentenceView(sentence.paragraph, 0, len(told), told, frozenset(), (), False, False)
    chunk = ChunkView(
        Chunk("x#c1", "x", told, 0, len(told), 0, ()),
        sentence.document,
        frozenset(),
        frozenset(),
        frozenset(),
        (view,),
    )
    quantity = quantity_of(asked)
    asks = replace(question(asked, "figure"), quantity=quantity)
    assert quantity in ("days", "money")
    assert holds_figure(ScoredSentence(view, chunk, 1.0), asks)
