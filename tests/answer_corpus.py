"""Two cities' plans, two editions of a regulation and a benefit rule of our own, indexed with the bundled model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer.build import build
from indexer.document import Document
from indexer.index import Index, open_index
from service.answer import Answer, Filters, Turn
from service.assistant import NO_FILTERS, Assistant

TODAY = date(2024, 6, 3)

QINGFENG = "qingfeng-2023"
JICHUAN = "jichuan-2023"
SIGNS_OLD = "lushan-signs-2017"
SIGNS = "lushan-signs-2023"
ELDERS = "qingfeng-elders-2022"

TEXTS = {
    QINGFENG: """清枫市人民政府办公室关于印发清枫市2023年企业服务提质行动方案的通知

清枫政办发〔2023〕12号

各县（市、区）人民政府，市直各单位：

《清枫市2023年企业服务提质行动方案》已由市政府同意，现印发给你们，请结合实际抓好落实。

清枫市人民政府办公室
2023年3月16日

清枫市2023年企业服务提质行动方案

一、工作目标

到2023年底，全市网上可办事项占比达到92%，企业满意度评分不低于95分。

二、重点任务

（一）降低开办门槛

1.提速企业开办。新设企业的执照、印章和税务登记由同一窗口受理，全程1个工作日办完。（牵头单位：市市场监管局；责任单位：市公安局、市税务局；完成时限：2023年6月底）

2.精简注销材料。未开业的企业申请简易注销，公告期压缩为15天，公告期满无人提出异议的，2个工作日内办结。（牵头单位：市市场监管局；责任单位：市税务局；完成时限：2023年9月底）

3.赠送首套印章。新设企业可以免费领取4枚印章，所需经费由市财政承担。（牵头单位：市财政局；责任单位：市公安局；完成时限：2023年6月底）

（二）缓解融资困难

4.压降担保费率。单户贷款600万元以下的小微企业，政府性担保机构收取的担保费率不超过0.8%；600万元以上的，不超过1.2%。（牵头单位：市财政局；责任单位：市地方金融局；完成时限：2023年12月底）

5.推广“枫易贷”。“枫易贷”是指银行依据纳税信用等级向小微企业发放的无抵押信用贷款，单户额度最高200万元，年内累计投放20亿元。（牵头单位：市地方金融局；责任单位：市税务局；完成时限：2023年12月底）

（三）改善公用服务

6.加快用电接入。低压用户从报装到通电不超过4个工作日，高压单电源用户不超过18个工作日。（牵头单位：清枫供电公司；责任单位：市发改委；完成时限：2023年9月底）

7.缩短用水报装。无外线工程的用水报装2个工作日内通水，不得要求用户自行办理占道审批。（牵头单位：市水务局；责任单位：市城管局；完成时限：2023年9月底）

（四）规范监管执法

8.减少入企检查。对信用等级为A的企业，每年现场检查不超过1次。（牵头单位：市司法局；责任单位：各行政执法单位；完成时限：2023年12月底）

三、保障措施

（一）压实责任。各单位主要负责人每季度听取一次进展汇报。

（二）通报进度。市政府督查室按月公布各项任务的完成情况。
""",
    JICHUAN: """霁川市2023年营商服务改进工作方案

为改善企业办事体验，制定本方案。

一、办事提速

1.企业开办。新办企业从提交申请到领取执照、印章，全程4个小时办完。（牵头单位：市行政审批局；责任单位：市市场监管局；完成时限：2023年5月底）

2.企业注销。简易注销公告期为20天，期满后1个工作日内办结。（牵头单位：市行政审批局；责任单位：市税务局；完成时限：2023年8月底）

二、减轻负担

3.担保降费。小微企业融资担保费率降到1%以下，对首次贷款的企业再减半收取。（牵头单位：市财政局；责任单位：市金融办；完成时限：2023年12月底）

4.招标减负。投标保证金不得超过项目估算价的1.5%，鼓励以保函代替现金。（牵头单位：市公共资源交易中心；责任单位：市住建局；完成时限：2023年8月底）

三、用能保障

5.用电报装。低压用户接电不超过3个工作日，高压单电源用户不超过22个工作日。（牵头单位：霁川供电公司；责任单位：市工信局；完成时限：2023年8月底）

霁川市优化营商环境工作领导小组
2023年4月20日
""",
    SIGNS_OLD: """渌山市人民政府令

第31号

《渌山市户外招牌管理办法》已经2017年4月20日市政府第9次常务会议讨论通过，现予公布。

2017年5月8日

渌山市户外招牌管理办法

第一条 为了规范户外招牌设置，美化市容，制定本办法。

第二条 本办法所称户外招牌，是指沿街单位在其经营场所外墙设置的标明名称的牌匾。

第三条 设置招牌的，应当经市容管理部门批准，审批期限为二十个工作日。

第四条 招牌上缘不得高于二层窗台。

第五条 未经批准设置招牌的，责令限期拆除，处二百元以上一千元以下罚款。

第六条 招牌每三年重新核验一次。

第七条 本办法自2017年7月1日起施行。
""",
    SIGNS: """渌山市人民政府令

第58号

《渌山市户外招牌管理办法》的修订已经2023年8月21日市政府第40次常务会议讨论通过，现予公布。

2023年8月30日

渌山市户外招牌管理办法

第一章 总则

第一条 为了规范户外招牌设置，保障公共安全，制定本办法。

第二条 本办法所称户外招牌，是指经营者在经营场所的外墙、门楣或者檐口设置的，用于标明名称、字号的牌匾、灯箱和立体字。

第三条 市城市管理部门主管户外招牌设置工作；市场监督管理部门负责招牌内容的监督检查。

第二章 设置

第四条 设置招牌实行备案制。经营者应当在设置前五个工作日内向城市管理部门备案，备案不收取任何费用。

第五条 下列位置不得设置户外招牌：

（一）文物保护单位的外墙；

（二）消防登高作业面；

（三）危险房屋；

（四）屋顶和楼顶。

第六条 沿街商户可以设置夜间发光招牌，但居住区内应当在二十二时以后关闭。

第七条 备案按照下列程序办理：

（一）经营者在线填报位置和效果图；

（二）城市管理部门在三个工作日内核对；

（三）材料齐全的，当场发给备案编号。

第八条 个体工商户利用自有房屋设置招牌的，不需要提交结构安全证明；招牌面积超过十平方米的除外。

第三章 维护和处罚

第九条 设置满五年的招牌，经营者应当委托有资质的机构进行安全检测，检测报告保存三年以上。

第十条 未按规定备案的，责令限期改正；逾期不改正的，处五百元以上三千元以下罚款。

第十一条 招牌破损、脱落的，经营者应当在四十八小时内修复。

第十二条 本办法自2023年10月1日起施行。
""",
    ELDERS: """清枫市民政局关于印发清枫市高龄津贴发放办法的通知

清枫民发〔2022〕45号

各县（市、区）民政局：

现将《清枫市高龄津贴发放办法》印发给你们，请遵照执行。

清枫市民政局
2022年5月30日

清枫市高龄津贴发放办法

第一条 本办法所称高龄津贴，是指向本市户籍高龄老人按月发放的生活补助。

第二条 发放标准按年龄确定：年满八十周岁不满九十周岁的，每人每月六十元；年满九十周岁不满一百周岁的，每人每月二百元；年满一百周岁的，每人每月五百元。

第三条 申请高龄津贴应当提交下列材料：

（一）身份证和户口簿；

（二）近期免冠照片两张；

（三）本人的银行账户信息。

第四条 申请人向户籍所在地村（居）委会提出申请，村（居）委会在五个工作日内初审，乡镇人民政府在十个工作日内审核，县级民政部门自收到材料之日起七个工作日内批准。

第五条 老人去世的，自次月起停发津贴，其家属应当在三十日内报告村（居）委会。冒领津贴的，由县级民政部门追回。

第六条 已经享受特困人员供养待遇的老人，不得重复领取高龄津贴。

第七条 本办法自2022年7月1日起施行，有效期至2027年6月30日。
""",
}


@cache
def index() -> Index:
    """Return the index over `TEXTS`, built once a process."""
    return open_index(_built())


@cache
def assistant() -> Assistant:
    """Return an assistant over `index()` whose today is `TODAY`."""
    return Assistant(index(), today=TODAY)


@cache
def document(document_id: str) -> Document:
    """Return one document as indexed."""
    return index().catalogue.document(document_id)


def ask(question: str, *, history: Sequence[str] = (), filters: Filters = NO_FILTERS) -> Answer:
    """Ask the shared assistant; `history` holds the user's earlier questions, oldest first."""
    return assistant().ask(question, history=[Turn("user", words) for words in history], filters=filters)


def composed(question: str) -> Answer:
    """Ask without a threshold: what is composed where the models are unsure of it."""
    return Assistant(index(), threshold=0.0, today=TODAY).ask(question)


def cited_addresses(answer: Answer) -> set[tuple[str, str]]:
    """Return document id and clause address of every citation."""
    return {(one.document.id, one.document.address(one.paragraph.clause)) for one in answer.citations}


def write_texts(folder: Path) -> Path:
    """Write `TEXTS` as files under `folder`, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


_folders: list[TemporaryDirectory[str]] = []


def _built() -> Path:
    folder = TemporaryDirectory(prefix="wence-answers-")
    _folders.append(folder)  # removed when the process ends
    place = Path(folder.name)
    build(write_texts(place / "corpus"), place / "index", progress=False)
    return place / "index"
