"""Rules on other subjects in each place, a chapter that is named like its document, offices in charge: for premises."""

from __future__ import annotations

from functools import cache

from indexer.index import Index
from service.answer import Answer
from service.assistant import Assistant
from tests.answer_corpus import TODAY
from tests.indexed import indexed

RINKS = "yunqu-rinks-2022"
WELLS = "nation-wells-2021"
STALLS = "danfeng-stalls-2023"

TEXTS = {
    RINKS: """云渠市滑冰场安全管理条例

第一章 总则

第一条 为了加强滑冰场安全管理，制定本条例。

第二条 市体育主管部门主管全市滑冰场安全管理工作。公安机关负责滑冰场治安秩序的维护。

第二章 滑冰场安全管理

第三条 滑冰场的冰面厚度不得少于十五厘米。

第四条 滑冰场收费每小时每人二十元。

第五条 未取得滑冰场经营许可证的，由市体育主管部门处五千元罚款。

第三章 附则

第六条 本条例自2022年11月1日起施行。
""",
    WELLS: """中华人民共和国水井保护条例

第一条 为了保护水井，制定本条例。

第二条 国务院水行政主管部门负责指导全国水井保护工作，国务院卫生健康主管部门会同水行政主管部门制定水质标准。

第三条 单位取用井水的，每立方米缴纳水井保护费三元。

第四条 污染水井的，由水行政主管部门处一万元罚款。
""",
    STALLS: """丹枫市夜市摊位管理办法

第一条 为了规范夜市，制定本办法。

第二条 城市管理部门负责夜市摊位的审批。

第三条 夜市摊位每月缴纳保洁费九十元。

第四条 占用盲道摆摊的，由城市管理部门处二百元罚款；可以由街道办事处先行劝导，也可以由社区劝导。
""",
}


@cache
def index() -> Index:
    """Return the index over `TEXTS`, built once a process."""
    return indexed(TEXTS)


@cache
def assistant() -> Assistant:
    """Return an assistant over `TEXTS` that never finds itself too unsure."""
    return Assistant(index(), threshold=0.0, today=TODAY)


def ask(question: str) -> Answer:
    """Ask the shared assistant."""
    return assistant().ask(question)
