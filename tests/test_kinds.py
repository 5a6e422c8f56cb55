"""What kind of answer a question asks for."""

from __future__ import annotations

import pytest

from service.kinds import kind_of, quantity_of, without_question_words
from service.question import Kind, Quantity


@pytest.mark.parametrize(
    ("kind", "questions"),
    [
        (
            "metadata",
            (
                "青石市那份便民方案的文号是什么",
                "停车条例什么时候施行的?",
                "这个办法是哪个部门印发的",
                "若干措施的有效期到哪天",
                "办法几号印的",
                "When was the parking regulation adopted?",
            ),
        ),
        (
            "count",
            (
                "便民方案一共有多少项任务?",
                "条例分几章",
                "这份意见提出了几条措施",
                "这份意见里措施几条",
                "方案列了多少项工作?",
                "How many articles are there?",
            ),
        ),
        (
            "compare",
            (
                "水费减免力度哪个城市更大?",
                "青石和白水的退税有什么区别",
                "办照是青石快还是白水快",
                "各市分别怎么规定",
                "谁的补贴高",
                "Which city is cheaper?",
            ),
        ),
        (
            "office",
            (
                "小区违建归谁管",
                "减水费这事哪个部门牵头?",
                "培训补贴由谁审核",
                "该找哪个局投诉",
                "奖补的钱谁出",
                "啥人来管噪音",
                "牵头单位是",
                "Who is responsible for water fees?",
            ),
        ),
        (
            "definition",
            (
                "什么叫“一照多址”",
                "“青石贷”是什么?",
                "首贷户是什么意思",
                "怎样才算逾期",
                "What does green lane mean?",
            ),
        ),
        (
            "yesno",
            (
                "小店装表要交钱吗?",
                "外地人能不能申请",
                "头一次犯罚不罚",
                "现场还查不查",
                "材料不全收件不?",
                "补贴是按月发的吧",
                "异地可以办没",
                "Can I apply online?",
            ),
        ),
        (
            "procedure",
            ("怎么申请培训补贴", "注销的流程是什么", "报装咋办", "要走哪些手续", "How do I apply for it?"),
        ),
        (
            "list",
            (
                "申请补贴要交哪些材料",
                "有什么条件",
                "支持措施都有哪几条",
                "“四减”是哪四减",
                "主题词分别是什么",
                "列出全部品牌",
            ),
        ),
        (
            "deadline",
            (
                "几天能拿到执照?",
                "什么时候完成",
                "最晚哪天报",
                "多久退税",
                "俺这儿几时能通水",
                "贷款好久到账",
                "备案 时限",
                "How long does it take?",
            ),
        ),
        (
            "figure",
            (
                "补贴多少钱?",
                "担保费率上限",
                "网办率目标",
                "一年能查几回",
                "罚几多",
                "要跑几趟",
                "What is the cap on the fee?",
            ),
        ),
        ("fact", ("青石市的水费政策", "楼下饭店油烟太大")),
    ],
)
def test_kind(kind: Kind, questions: tuple[str, ...]) -> None:
    assert {question: kind_of(question) for question in questions} == dict.fromkeys(questions, kind)


@pytest.mark.parametrize(
    ("quantity", "questions"),
    [
        ("days", ("要几天", "保存多少年", "最长多久", "审批 时限", "得几个工作日嘛", "how many days")),
        ("date", ("什么时候上线", "几号截止", "几月交", "when")),
        ("percent", ("费率最高多少", "占几成", "预留多少份额", "网办率要达到多少", "What share of firms?")),
        ("money", ("补贴多少钱", "罚多少", "奖励多少", "几万块", "What is the fine?")),
        ("count", ("要交几份材料", "跑几趟", "培育多少家企业", "how many firms")),
        ("rank", ("全省第几名", "排名目标", "进前几")),
        ("any", ("上限是多少", "提高到多少", "目标")),
        (None, ("谁牵头", "评价专员是谁", "水费政策")),
    ],
)
def test_quantity(quantity: Quantity | str | None, questions: tuple[str, ...]) -> None:
    assert {question: quantity_of(question) for question in questions} == dict.fromkeys(questions, quantity)


def test_what_is_counted_goes_before_the_words_around_it() -> None:
    assert quantity_of("免罚清单从几项加到几项") == "count"
    assert quantity_of("评价组有几个") == "count"


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("请问小微企业担保费率最高是多少?", "小微企业担保费率 是"),
        ("咋申请一次性创业补贴啊", "申请一次性创业补贴"),
        ("网吧几点关门", "网吧 点关门"),
        ("最高人民法院什么时候发布的", "最高人民法院 发布的"),
        ("“最多跑一次”是什么意思", "“最多跑一次”是 意思"),
        ("十几万的贷款", "十几万的贷款"),
        ("最低工资多少", "最低工资"),
        ("how long is the visa valid?", "the visa valid"),
    ],
)
def test_the_topic_keeps_its_words(question: str, topic: str) -> None:
    assert without_question_words(question) == topic


@pytest.mark.parametrize(
    ("question", "kind", "quantity"),
    [
        ("高龄津贴一个月多少", "figure", "money"),
        ("登记费多少,第二年起呢", "figure", "money"),
        ("我妈的养老金每月多少", "figure", "money"),
        ("哪家负责修路灯", "office", None),
        ("物业费涨价要多少业主同意", "figure", "any"),
        ("围栏最高能砌多高", "figure", "count"),
        ("牵引绳最长多少", "figure", "count"),
        ("补助按基本工资的多少算", "figure", "percent"),
        ("生活补贴加多少", "figure", "any"),
        ("图书馆几点关门", "deadline", "date"),
        ("夜市从几点到几点", "deadline", "date"),
        ("小微企业怎么界定", "definition", None),
        ("深夜施工算什么", "definition", None),
        ("退费的程序是什么", "procedure", None),
        ("换证怎么走流程", "procedure", None),
        ("入园通知书什么时候发", "deadline", "date"),
        ("助学金哪天下发", "deadline", "date"),
        ("驾照几号起作数", "deadline", "date"),
        ("入园通知什么时候发的", "metadata", "date"),
        ("助学金管理办法哪天下发", "metadata", "date"),
        ("新规哪一天起管用", "metadata", "date"),
        ("养鸽条例省里哪天批的", "metadata", "date"),
        ("When did the pigeon rules of the city start?", "metadata", "date"),
        ("When does enrolment start?", "deadline", "date"),
        ("有多少条、分几章", "count", "count"),
        ("多一只加多少钱", "figure", "money"),
        ("最后几天能办成", "deadline", "days"),
        ("隔多久要重新过一遍", "deadline", "days"),
    ],
)
def test_everyday_wordings_ask_for_what_they_mean(
    question: str, kind: Kind, quantity: Quantity | None
) -> None:
    assert (kind_of(question), quantity_of(question)) == (kind, quantity)


def test_the_part_that_asks_says_what_is_asked_for() -> None:
    assert quantity_of("小微担保费率，适用的金额门槛是多少") == "money"
    assert quantity_of("小微担保金额不限，费率最高多少") == "percent"
    assert quantity_of("开公司多少钱，要几天") == "days"  # both parts ask: the order of the kinds decides
