"""One town of our own: who does it and when, terms, tables, classes, duties, claims, and figures in words."""

from __future__ import annotations

from functools import cache

import pytest

from indexer.chunking import chunk
from service.answer import Answer
from service.assistant import Assistant
from service.composing.brief import Brief
from service.composing.claims import answer_to_claim
from service.composing.contacts import contact_asked
from service.composing.definitions import compose_definition
from service.composing.lists import tells_only_how_many
from service.composing.parts import joined
from service.composing.verdicts import verdict_of
from service.evidence import Draft, Span, Statement
from service.ranking import Found, ScoredSentence
from service.understanding import Understanding
from service.views import view_of
from tests.answer_corpus import TODAY
from tests.indexed import indexed

TEXTS = {
    "linwu-water": """麟坞市供水服务提升方案

一、重点任务

1.推行简易接水。接水口径四十毫米以下的，图纸由麟坞水务公司统一绘制，用户不另付钱。（牵头单位：市水利局；责任单位：麟坞水务公司；完成时限：2025年8月底）

2.快修快通。水管爆裂的，抢修人员五十分钟内到场；先行开挖路面的，须在三十六小时内补办手续。（牵头单位：市城市管理局；责任单位：市公安局交警支队；完成时限：2025年11月底）

3.核验用水人口。多人口家庭的水量上限每年3月核验一次。（牵头单位：市发展改革委；责任单位：市民政局；完成时限：2025年10月底）

二、监督

水务公司虚报抢修记录的，扣除当年考核奖金的百分之二十五。投诉查实一年内三次以上的，列入整改名单。消火栓每两年一次全面检测。小微企业用水报装一百二十吨以下的，免收接口费。高压用户，是指以10千伏以上电压供电的用户。A级水务企业抽查比例不高于百分之二，B级不高于百分之六，C级不高于百分之十六。供水水压合格率城区达到百分之九十九，农村达到百分之九十五。
""",
    "linwu-waste": """麟坞市建筑垃圾管理办法

第一条 建筑垃圾按照下列标准分类：

（一）工程渣土，指开挖地基产生的弃土；

（二）拆除垃圾，指拆除房屋产生的砖石；

（三）装修垃圾，指装饰房屋产生的废料。

第二条 施工单位应当设置下列收集容器：

（一）围挡内设置渣土、砖石两类容器；

（二）生活区设置装修废料一类容器。

第三条 装修垃圾应当袋装。

第四条 城市管理部门负责建筑垃圾收运的监督。

第五条 公安机关负责查处运输车辆的交通违法行为。

第六条 公安机关应当协助城市管理部门夜间巡查。

第七条 城市管理部门应当履行下列职责：

（一）公布消纳场地；

（二）核发准运证。

第八条 施工现场协管员应当劝阻乱倒行为。

第九条 施工现场协管员负责登记出场车辆。
""",
    "linwu-notice": """麟坞市人民政府办公室关于做好防汛值守工作的通知

各县（市、区）人民政府，市直各部门：

一、值守要求

值班人员每日巡查两次。

二、纪律要求

擅离岗位的，予以通报。

麟坞市人民政府办公室

2025年5月6日
""",
    "linwu-points": """麟坞市营商环境提升要点

各项指标的目标和分工如下表。

序号 | 指标 | 目标值 | 牵头单位 | 包干领导
1 | 注销用时 | 3个工作日 | 市市场监管局 | 副市长冉谦
2 | 退税用时 | 5个工作日 | 人民银行麟坞分行 | 副市长杭柏
3 | 保函使用率 | 80% | 市金融办 | 副市长冉谦
""",
    "linwu-call": """麟坞市小区停水应急办法

第一条 停水超过四小时的，水务公司应当送水上门。

第二条 有下列情形之一的，不得停水：

（一）高考期间；

（二）气温低于零下五度时。

第三条 有下列情形之一的，可以停水检修：

（一）主管渗漏；

（二）水质超标。

第四条 抢修热线0719-5501188，昼夜有人接听。对停水处置不满意的，可以拨打0719-5502266投诉。

各片区受理电话：

片区 | 受理点 | 电话
东城片区 | 东门水务站 | 0719-5503311
西城片区 | 西门水务站 | 0719-5503322
""",
    "linwu-firms": """麟坞市企业奖补办法

第一条 首次认定的高新技术企业奖励十六万元。

第二条 轻微违规首次不罚清单首批列入四十三项。

第三条 麟企融平台2023年注册企业三千家，2024年授信总额达到七十亿元，2025年放款时间压缩到两天。

第四条 涉企案件一审平均审理四十八天。

第五条 政务大厅周六上午开门受理企业登记。

第六条 受理企业投诉不收取任何费用。

第七条 首次逾期备案并及时改正的，不予处罚。

第八条 受助企业不得转让奖补设备。

第九条 收回的奖补设备可以用于公益事业的，转交公益机构。

收回的奖补设备有企业愿意收购的，可以有偿转让。

收回的奖补设备不能再用的，予以销毁。

第十条 停产企业申请复工补助的，应当在复工后提交材料。

停产企业的职工生活困难的，可以向市工会服务中心申请救助。

第十一条 申请救助的，由所在单位出具困难证明。
""",
    "linwu-month": """麟坞市节水宣传工作安排

一、活动安排

（一）5月举办节水宣传月，每个社区至少开展一次讲座。（牵头单位：市水利局）

（二）6月评选节水家庭，登报表扬。（牵头单位：市妇联）

（三）干部集中学习《城市供水条例》《节约用水条例》两项法规。（牵头单位：市司法局）
""",
    "linwu-minutes": """麟坞市人民政府专题会议纪要

一、关于老桥改造

（一）南溪桥拆除重建，工期十个月。

（二）封路公告由市公安局交警支队提前七日发布。

（三）临时便桥限重三吨。

（牵头单位：市交通运输局；责任单位：市公安局、市应急管理局）

二、关于集市搬迁

（一）集市搬至东门外。

（二）摊位费减半收取。

（三）搬迁后原址恢复绿化。

（牵头单位：市商务局；责任单位：市园林中心）
""",
}


@cache
def _assistant() -> Assistant:
    return Assistant(indexed(TEXTS), threshold=0.0, today=TODAY)


def ask(question: str) -> Answer:
    return _assistant().ask(question)


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("麟坞接水的图纸由谁来画？", "麟坞水务公司统一绘制", "牵头单位"),
        ("麟坞南溪桥的封路公告由哪个部门发布？", "交警支队提前七日发布", "牵头单位"),
        ("麟坞简易接水是哪个单位牵头？", "牵头单位为市水利局", "统一绘制"),
        ("麟坞南溪桥拆除重建由谁牵头？", "牵头单位为市交通运输局", "市商务局"),
    ],
)
def test_the_act_decides_who(question: str, right: str, wrong: str) -> None:
    text = ask(question).text
    assert right in text
    assert wrong not in text


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("麟坞多人口家庭的水量几月核验？", "3月", "10月底"),
        ("麟坞开挖路面抢修的，手续最晚什么时候补办？", "三十六小时内", "11月底"),
        ("麟坞推行简易接水最晚什么时候完成？", "2025年8月底", "四十毫米"),
    ],
)
def test_the_act_decides_when(question: str, right: str, wrong: str) -> None:
    text = ask(question).text
    assert right in text
    assert wrong not in text


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("麟坞水务公司虚报抢修记录，考核奖金要扣多少？", "百分之二十五"),
        ("麟坞一年投诉查实几次就列入整改名单？", "三次"),
        ("麟坞消火栓隔几年全面检测？", "两年"),
    ],
)
def test_a_share_a_condition_and_how_often_are_figures_too(question: str, right: str) -> None:
    assert right in ask(question).text


def test_a_trailer_below_several_items_is_for_all_of_them() -> None:
    document = _assistant().index.catalogue.document("linwu-minutes")
    leads = [clause.trailer.lead_units for clause in document.clauses if clause.trailer is not None]
    assert leads == [("市交通运输局",), ("市商务局",)]
    assert all(clause.label in ("一", "二") for clause in document.clauses if clause.trailer is not None)


def test_a_claim_that_ends_in_ba_is_corrected() -> None:
    text = ask("麟坞南溪桥拆除重建的工期是十八个月吧？").text
    assert "十个月" in text.splitlines()[0]
    assert "并非十八个月" in text.splitlines()[0]


def test_what_stands_in_what_is_quoted_already_is_not_added() -> None:
    document = _assistant().index.catalogue.document("linwu-waste")
    paragraph = next(one for one in document.paragraphs if one.text.startswith("第四条"))
    other = next(one for one in document.paragraphs if one.text.startswith("第五条"))
    whole, part = Span(document, paragraph, 0, len(paragraph.text)), Span(document, paragraph, 4, 12)
    draft = Draft((Statement(whole.text, (whole,)),))
    assert joined(draft, Draft((Statement(part.text, (part,)),))) == draft
    more = Draft((Statement(other.text, (Span(document, other, 0, len(other.text)),)),))
    assert joined(draft, more).blocks == (*draft.blocks, *more.blocks)


def test_only_a_sentence_that_fits_calls_a_claim_wrong() -> None:
    document = _assistant().index.catalogue.document("linwu-minutes")
    question = Understanding(()).read("南溪桥重建要十八个月吧？")
    view, sentence = next(
        (view, sentence)
        for view in (view_of(piece, document) for piece in chunk(document))
        for sentence in view.sentences
        if "十个月" in sentence.text
    )
    sure, unsure = (
        answer_to_claim(question, [ScoredSentence(sentence, view, score)]) for score in (0.9, 0.1)
    )
    assert sure is not None and "并非十八个月" in sure.text
    assert unsure is None


def test_what_holds_for_small_firms_is_no_answer_for_large_ones() -> None:
    assert "一百二十吨" in ask("麟坞小微企业用水报装，多少吨以下免接口费？").text
    assert ask("麟坞大型企业用水报装，多少吨以下免接口费？").refusal is not None


def test_no_figure_goes_first_where_it_is_not_clear_whose() -> None:
    assert "**" not in ask("麟坞水务企业抽查比例最高是多少？").text
    assert "**不高于百分之六**" in ask("麟坞B级水务企业抽查比例最高是多少？").text


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("麟坞乡下供水水压合格率要达到多少？", "百分之九十五"),
        ("麟坞高压用户的电压要到多少？", "10千伏"),
    ],
)
def test_the_figure_goes_first_with_its_unit_and_for_its_group(question: str, figure: str) -> None:
    assert figure in ask(question).text.splitlines()[0]


def test_classes_are_those_that_the_text_divides_the_matter_into() -> None:
    text = ask("麟坞建筑垃圾分几类？").text
    assert "共3项" in text
    assert all(word in text for word in ("工程渣土", "拆除垃圾", "装修垃圾"))
    assert "容器" not in text


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("“高压用户”是什么意思？", "高压用户，是指以10千伏以上电压供电的用户"),
        ("办法里的工程渣土指什么？", "工程渣土，指开挖地基产生的弃土"),
        ("什么是拆除垃圾？", "拆除垃圾，指拆除房屋产生的砖石"),
    ],
)
def test_a_definition_is_found_in_the_text_whatever_the_search_found(question: str, right: str) -> None:
    catalogue = _assistant().index.catalogue
    documents = tuple(catalogue.document(entry.id) for entry in catalogue.entries)
    draft = compose_definition(Brief(Understanding(()).read(question), Found(), {}, documents))
    assert len(draft.blocks) == 1
    assert any(right in span.text for span in draft.spans)


def test_periods_of_another_kind_correct_nothing() -> None:
    text = ask("听说麟坞南溪桥的封路公告能管二十年，是吧？").text
    assert "并非" not in text


def test_chapters_or_articles_asked_for_in_one_breath_are_counted() -> None:
    assert "共9条" in ask("麟坞市建筑垃圾管理办法一共写了几条？").text


def test_whom_a_document_is_addressed_to_is_told_from_its_salutation() -> None:
    answer = ask("麟坞防汛值守工作的通知是发给哪些单位的？")
    assert "主送各县（市、区）人民政府，市直各部门" in answer.text
    assert [citation.paragraph.clause for citation in answer.citations] == [0]


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("麟坞退税用时的目标值是几个工作日？", "5个工作日"),
        ("麟坞退税用时这项指标哪家牵头？", "牵头单位为人民银行麟坞分行"),
        ("麟坞注销用时是哪位副市长包干？", "副市长冉谦"),
        ("麟坞保函使用率目标占多少？", "80%"),
    ],
)
def test_numbered_rows_of_a_table_answer_by_their_columns(question: str, right: str) -> None:
    text = ask(question).text
    assert right in text
    assert not text.startswith(("1：", "2：", "3："))


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("麟坞封路公告要提前多久发布？", "七日"),
        ("麟坞一年投诉查实攒到几次，就要列入整改名单？", "三次"),
    ],
)
def test_what_the_condition_says_is_the_answer_where_it_is_asked_for(question: str, right: str) -> None:
    assert right in ask(question).text


def test_the_duties_of_a_body_are_listed_from_the_articles_that_have_it_as_subject() -> None:
    text = ask("麟坞建筑垃圾办法里公安都管哪些事？").text
    assert "共2项" in text
    assert "查处运输车辆的交通违法行为" in text and "夜间巡查" in text
    assert "收运的监督" not in text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("麟坞建筑垃圾办法给城管派了哪些活？", ("收运的监督", "公布消纳场地", "核发准运证")),
        ("麟坞建筑垃圾办法要求城市管理部门干什么？", ("收运的监督", "公布消纳场地", "核发准运证")),
        ("麟坞建筑垃圾施工现场协管员都干些啥？", ("劝阻乱倒行为", "登记出场车辆")),
    ],
)
def test_duties_are_found_by_every_name_of_a_body_with_their_items(
    question: str, told: tuple[str, ...]
) -> None:
    text = ask(question).text
    assert "共2项" in text
    assert all(words in text for words in told)


@pytest.mark.parametrize(
    ("question", "number", "other"),
    [
        ("麟坞水管爆了打哪个电话？", "0719-5501188", "5503311"),
        ("麟坞停水没人管，投诉电话是多少？", "0719-5502266", "5503311"),
        ("麟坞西城片区的受理电话", "0719-5503322", "5503311"),
    ],
)
def test_a_number_to_call_is_the_one_for_that(question: str, number: str, other: str) -> None:
    answer = ask(question)
    assert number in answer.text
    assert other not in answer.text
    assert all(citation.quote in citation.paragraph.text for citation in answer.citations)


@pytest.mark.parametrize(
    "question",
    [
        "麟坞南城片区的受理电话是多少？",
        "麟坞防汛值班的邮箱是什么？",
        "麟坞建筑垃圾举报网址是多少？",
        "麟坞养老金查询打哪个号码？",
    ],
)
def test_a_contact_that_is_not_printed_is_refused(question: str) -> None:
    assert ask(question).refusal is not None


@pytest.mark.parametrize(
    "question",
    [
        "什么是麟坞停水抢修热线？",
        "麟坞哪个部门负责抢修热线？",
        "麟坞停水有没有抢修热线？",
        "麟坞抢修热线由谁接听？",
    ],
)
def test_what_else_is_asked_about_a_hotline_is_no_question_for_its_number(question: str) -> None:
    assert contact_asked(Understanding(()).read(question)) is None


def test_how_long_the_hotline_takes_is_no_question_for_its_number() -> None:
    assert "五十分钟内" in ask("麟坞水管爆了打电话以后，抢修人员多久到场？").text


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("麟坞哪些情形不能停水？", "高考期间", "水质超标"),
        ("麟坞哪些情形可以停水检修？", "水质超标", "高考期间"),
    ],
)
def test_what_is_forbidden_is_no_list_of_what_is_allowed(question: str, right: str, wrong: str) -> None:
    text = ask(question).text
    assert right in text
    assert wrong not in text


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ("麟坞首次认定的高新技术企业奖励多少？", "十六万元"),
        ("麟坞涉企案件一审平均审理多少天？", "四十八天"),
        ("麟企融平台2024年授信总额要达到多少？", "七十亿元"),
        ("麟坞首次不罚清单首批有多少项？", "四十三项"),
    ],
)
def test_the_very_thing_is_answered(question: str, right: str) -> None:
    assert right in ask(question).text


@pytest.mark.parametrize(
    "question",
    [
        "麟坞瞪羚企业奖励多少？",
        "麟坞涉企案件二审平均审理多少天？",
        "麟企融平台2025年授信总额要达到多少？",
        "麟坞首次不罚清单里的四十三项都有哪些？",
    ],
)
def test_its_sibling_another_year_or_its_items_are_not(question: str) -> None:
    assert ask(question).refusal is not None


def test_two_names_are_a_list_of_two_but_none_of_four() -> None:
    document = _assistant().index.catalogue.document("linwu-month")
    paragraph = next(one for one in document.paragraphs if "两项法规" in one.text)
    span = Span(document, paragraph, 0, paragraph.text.index("。") + 1)
    draft = Draft((Statement(span.text, (span,)),))
    assert not tells_only_how_many(Understanding(()).read("干部集中学的两项法规是哪些？"), draft)
    firms = _assistant().index.catalogue.document("linwu-firms")
    other = next(one for one in firms.paragraphs if "四十三项" in one.text)
    whole = Span(firms, other, 0, len(other.text))
    draft = Draft((Statement(whole.text, (whole,)),))
    assert tells_only_how_many(Understanding(()).read("首次不罚的四十三项都有哪些？"), draft)


def test_a_task_without_a_heading_is_called_by_its_own_words() -> None:
    text = ask("麟坞节水宣传月归哪个单位牵头？").text
    assert "5月举办节水宣传月" in text and "牵头单位为市水利局" in text
    assert "“”" not in text


def test_whether_something_is_taken_in_is_not_whether_money_is_taken() -> None:
    document = _assistant().index.catalogue.document("linwu-firms")
    paragraph = next(one for one in document.paragraphs if one.text.startswith("第六条"))
    span = Span(document, paragraph, 0, len(paragraph.text))
    anonymous, paid = (
        Understanding(()).read(text) for text in ("企业的匿名投诉收不收？", "受理企业投诉收不收费？")
    )
    assert verdict_of(anonymous, [span], sure=True) is None
    assert verdict_of(paid, [span], sure=True) == "不收。"


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("麟坞企业头一回备案逾期，马上改了，会罚我吗？", "不会"),
        ("麟坞受助的企业把奖补的设备转让出去，中不中？", "不可以"),
    ],
)
def test_yes_or_no_goes_first_in_dialect_and_for_what_will_happen(question: str, first: str) -> None:
    assert ask(question).text.startswith(first)


def test_what_one_article_says_in_several_paragraphs_is_told_together() -> None:
    answer = ask("麟坞收回的奖补设备最后都有哪些去处？")
    assert all(word in answer.text for word in ("转交公益机构", "有偿转让", "销毁"))
    assert len(answer.citations) == 3


def test_where_one_applies_is_an_office_too() -> None:
    assert "市工会服务中心" in ask("麟坞停产企业的职工生活困难，救助找谁申请？").text


def test_a_task_that_is_plainly_meant_is_answered_from_its_trailer_where_its_text_is_no_answer() -> None:
    careful = Assistant(_assistant().index, threshold=0.9, today=TODAY)
    assert "2025年8月底" in careful.ask("麟坞推行简易接水最晚什么时候完成？").text
    assert careful.ask("麟坞推行共享菜园最晚什么时候完成？").refusal is not None
