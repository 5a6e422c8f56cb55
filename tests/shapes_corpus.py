"""Rules of three towns of our own, for the shapes that answers take: groups, tables, enumerations, two points."""

from __future__ import annotations

from functools import cache

from service.answer import Answer
from service.assistant import Assistant
from tests.answer_corpus import TODAY
from tests.indexed import indexed

BIKES = "heting-bikes-2023"
SWIM = "heting-pools-2023"
GRANTS = "mianze-grants-2024"
LAKE = "wantang-bikes-2022"

TEXTS = {
    BIKES: """鹤汀市共享单车停放管理办法

第一章 总则

第一条 为了方便市民骑行，维护街面秩序，制定本办法。

第二条 本办法所称共享单车，是指由运营企业统一投放、扫码租用的两轮自行车。

第二章 运营

第三条 运营企业投放车辆应当缴纳秩序维护费，第一年每辆二十四元，以后每年每辆十二元，由市城市管理部门收取。

第四条 运营企业按照考核等级投放：考核为A级的企业，每季度可以新增车辆三百辆。

第五条 大型运营企业应当每日调度车辆不少于六次。

第六条 用户投诉由市城市管理部门受理，受理后应当在五个工作日内答复；投诉成立的，退还用户骑行费用。

第七条 车篮承重不得超过八千克，刹车线长度不得超过一百一十厘米。

第三章 罚则

第八条 个人将单车推入绿地的，处三十元罚款；对单位的罚款为五百元以上二千元以下。

第九条 运营企业未按时缴费的，按照欠缴金额的百分之三处以罚款。

第十条 本办法自2023年4月1日起施行。
""",
    SWIM: """鹤汀市公共泳池开放通告

一、开放安排

全市公共泳池七月至八月对外开放，每日开放时间为六时至九时、十六时至二十一时。

二、服务内容

泳池免费提供“更衣、淋浴、寄存、救护”四项服务，并设家庭更衣间。入场须出示健康证明。

三、分步检修

检修分年推进：2023年——更换滤水设备。2024年——翻修池底。2025年——加装恒温系统。

四、票价

单次票成人每张八元。
""",
    GRANTS: """绵泽市2024年工匠补贴申领通知

各区人力资源部门：

现将2024年工匠补贴申领事项通知如下：

一、申领对象

在本市企业工作满一年的持证工匠。

二、补贴标准

| 工匠类别 | 岗位补贴（元/月） | 租房补贴（元/月） | 发放期限（月） |
| --- | --- | --- | --- |
| 首席工匠 | 2600 | 1500 | 36 |
| 高级工匠 | 1400 | 900 | 24 |

在湾东新区工作的，岗位补贴上浮15%。

三、申领办理

工匠通过“绵泽人才”网上平台提出申请，区人力资源部门在八个工作日内审核，市财政局按月拨付。

绵泽市人力资源和社会保障局
2024年1月15日
""",
    LAKE: """莞塘市共享单车管理规定

第一条 为了规范共享单车停放，制定本规定。

第二条 运营企业投放车辆应当缴纳秩序维护费，第一年每辆三十元，以后每年每辆十元，由市交通运输部门收取。

第三条 将单车推入绿地的，处五十元罚款。

第四条 本规定自2022年9月1日起施行。
""",
}


@cache
def assistant() -> Assistant:
    """Return an assistant over `TEXTS`, built once a process, that never finds itself too unsure."""
    return Assistant(indexed(TEXTS), threshold=0.0, today=TODAY)


def ask(question: str) -> Answer:
    """Ask the shared assistant."""
    return assistant().ask(question)
