"""Write fictional municipal plans of any number, with questions about them, to measure speed with."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CLAUSES_A_PLAN = 30
_SYLLABLES = "安柏岑澄东丰枫桂杭禾恒湖景澜岚丽临柳龙绿洛梅明南宁平青清泉榕瑞润石松桐文霞星秀云泽正竹紫"
_ENDS = "城江口陵宁浦泉山溪阳源州"
_NUMERALS = "一二三四五六七八九十"
_AREAS = (
    (
        "便民服务",
        ("居民户籍", "老年食堂", "社区托育", "婚姻登记", "残疾人辅具", "临时救助", "公租房申请", "殡葬服务"),
    ),
    (
        "企业成长",
        ("首贷扶持", "技改贴息", "厂房租金", "用工补贴", "展会参展", "专利质押", "供应链票据", "上市辅导"),
    ),
    (
        "城市建设",
        ("老旧电梯", "雨污分流", "路灯更新", "口袋公园", "停车泊位", "慢行步道", "燃气管网", "垃圾分类"),
    ),
    (
        "乡村振兴",
        ("良种推广", "农机购置", "冷链仓储", "民宿改造", "村级公路", "水渠清淤", "茶园提升", "农房抗震"),
    ),
    (
        "人才引进",
        ("博士安家", "技能培训", "青年公寓", "实习补贴", "子女入学", "职称评审", "返乡创业", "导师津贴"),
    ),
    (
        "生态保护",
        ("河道巡查", "扬尘治理", "古树养护", "湿地修复", "秸秆回收", "噪声管控", "餐厨油烟", "山体复绿"),
    ),
)
_OFFICES = (
    "财政局",
    "民政局",
    "住建局",
    "农业农村局",
    "人社局",
    "生态环境局",
    "市场监管局",
    "交通运输局",
    "教育局",
    "商务局",
)
_SENTENCES = (
    "对{topic}实行清单管理，符合条件的，按照每{unit}{money}元给予补助，同一申请人每年至多享受{times}次。",
    "压缩{topic}的办理时间，材料齐全的，自受理之日起{days}个工作日内办结，逾期由经办窗口说明理由。",
    "到{year}年底，{topic}覆盖全市{percent}%以上的乡镇和街道，新增服务点{count}个。",
    "建立{topic}回访机制，每{period}抽查不少于{count}件，满意率低于{percent}%的限期{days}日整改。",
    "安排{topic}专项资金{fund}万元，其中{percent}%用于{other}，结余部分结转下一年度继续使用。",
)
_UNITS = ("户", "亩", "人", "台", "家")
_PERIODS = ("月", "季度", "半年")


@dataclass(frozen=True, slots=True)
class Plan:
    """A fictional plan, and questions that its clauses answer."""

    name: str
    text: str
    questions: tuple[str, ...]


def plans(*, clauses: int, seed: int = 1) -> Iterator[Plan]:
    """Yield plans of `CLAUSES_A_PLAN` numbered clauses each until there are `clauses` of them.

    The same seed gives the same plans; no two have the same name.
    """
    number = 0
    while clauses > 0:
        many = min(clauses, CLAUSES_A_PLAN)
        yield _plan(number, many, random.Random(f"{seed}/{number}"))
        clauses -= many
        number += 1


def write_corpus(folder: Path, *, clauses: int, seed: int = 1, questions: int = 500) -> list[str]:
    """Write plans as text files into `folder`, which is made; return at most `questions` questions."""
    folder.mkdir(parents=True, exist_ok=True)
    asked: list[str] = []
    for plan in plans(clauses=clauses, seed=seed):
        (folder / f"{plan.name}.txt").write_text(plan.text, encoding="utf-8")
        asked += plan.questions
    random.Random(seed).shuffle(asked)
    return asked[:questions]


def _plan(number: int, clauses: int, rng: random.Random) -> Plan:
    town = _town(number)
    year = rng.randint(2019, 2025)
    area, topics = rng.choice(_AREAS)
    title = f"{town}{year}年{area}工作方案"
    lines = [title, f"{town}政办发〔{year}〕{rng.randint(1, 90)}号", ""]
    lines += ["一、总体目标", f"围绕{area}，用一年时间办成一批看得见、用得上的实事。", "二、主要任务"]
    questions = []
    sections = [clauses // 3 + (part < clauses % 3) for part in range(3)]
    label = 0
    for part, many in enumerate(sections):
        lines.append(
            f"（{_NUMERALS[part]}）{rng.choice(('抓好', '做实', '提升', '拓展'))}{rng.choice(topics)}"
        )
        for _ in range(many):
            label += 1
            topic = rng.choice(topics) + rng.choice(("", "服务", "改造", "管理", "奖补", "监督"))
            body = "".join(_sentence(topic, rng) for _ in range(rng.randint(2, 3)))
            office, other = rng.sample(_OFFICES, 2)
            due = f"{year}年{rng.randint(3, 12)}月底"
            lines.append(
                f"{label}.推进{topic}。{body}（牵头单位：市{office}；责任单位：市{other}；完成时限：{due}）"
            )
            questions.append(
                rng.choice(
                    (
                        f"{town}{topic}补助多少钱？",
                        f"{town}{topic}多久能办完",
                        f"{town}{topic}归哪个部门牵头",
                        f"{town}哪一年底前完成{topic}？",
                        f"{town}{topic}的专项资金有多少",
                    )
                )
            )
    lines += ["三、工作要求", f"各单位按月报送进度，由{town}政府办公室汇总通报。", ""]
    lines += [f"{town}人民政府办公室", f"{year}年{rng.randint(1, 12)}月{rng.randint(1, 28)}日", ""]
    return Plan(f"{town}-{year}-{number:05d}", "\n".join(lines), tuple(questions))


def _town(number: int) -> str:
    """Return a town's name; the first `50 * 50 * 12` are all different."""
    base = len(_SYLLABLES)
    first, rest = number % base, number // base
    second, third = (first + 7 + rest) % base, rest // base
    return f"{_SYLLABLES[first]}{_SYLLABLES[second]}{_ENDS[third % len(_ENDS)]}市"


def _sentence(topic: str, rng: random.Random) -> str:
    return rng.choice(_SENTENCES).format(
        topic=topic,
        unit=rng.choice(_UNITS),
        money=rng.randrange(100, 9000, 50),
        times=rng.randint(1, 4),
        days=rng.randint(1, 30),
        year=rng.randint(2024, 2027),
        percent=rng.randint(30, 98),
        count=rng.randint(3, 300),
        period=rng.choice(_PERIODS),
        fund=rng.randrange(20, 3000, 10),
        other=rng.choice(("设备更新", "人员培训", "场地租赁", "宣传引导")),
    )
