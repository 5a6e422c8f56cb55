"""Tell when an answer is about another of a closed set than the question: 双电源 is asked for, 单电源 is what the text has."""

from __future__ import annotations

import re

from service.evidence import Draft
from service.question import Question

_SETS = tuple(
    re.compile(words)
    for words in (
        r"单电源|双电源",
        r"低压|中压|高压",
        r"进口|出口",
        r"博士|硕士|本科|大专|专科|中专",
        r"特级技师|高级技师|技师|高级工|中级工|初级工|高级|中级|初级",
        r"国家级|省级|市级|县级|区级|乡镇级|村级",
        r"公办|民办",
        r"幼儿园|小学|初中|高中|中职|大学",
        r"甲类|乙类|丙类|丁类",
        r"(?<![A-Za-z])[A-Da-d]类",
        r"轻度失能|中度失能|重度失能|完全失能",
        r"(?<!第)(?:一|二|三|四)级(?=残疾|伤残|病|响应|公路|医院|资质|保护)",
        r"养老保险|医疗保险|失业保险|工伤保险|生育保险",
        r"投标保证金|履约保证金|质量保证金|工资保证金",
        r"孵化器|众创空间|企业技术中心|重点实验室|工程研究中心|技术创新中心|工业设计中心",
        r"一审|二审|再审",
        r"寒假|暑假",
    )
)
_OPEN = re.compile(r"以上|以下|及其他|各类|各级|所有|不限|等")
"""A text that goes on like this may mean what it does not name."""
_KINDS = ("figure", "deadline", "fact")


def is_of_another(question: Question, draft: Draft) -> bool:
    """Whether the question names one of a closed set, and the cited documents know only others of it.

    Only of questions for one value; a quote that leaves its set open (硕士以上) may be of the one asked for.
    """
    if question.kind not in _KINDS or not draft.spans or question.language == "en":
        return False
    text = "\n".join({span.document.id: span.document.text for span in draft.spans}.values()).lower()
    quoted = "\n".join(span.text for span in draft.spans).lower()
    for words in _SETS:
        asked = {match[0] for match in words.finditer(question.text)}
        if not asked or any(one.lower() in text for one in asked):
            continue
        others = {match[0] for match in words.finditer(quoted)}
        if others and not _OPEN.search(quoted):
            return True
    return False
