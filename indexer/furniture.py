"""Drop what a web page puts around a text: share buttons, font sizes, breadcrumbs, lines of page data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.front_matter import iso_date
from indexer.source_text import SourceLine

HEAD = 30
"""Lines with words, at the head, that may be furniture; they end where the first numbered part begins."""
FOOT = 20
"""Likewise at the foot."""
NEAR = 5
"""Lines from a page's imprint within which its address and its operator stand."""

STATED = {
    "title": "公文标题 文件标题 文件名称 信息名称",
    "issuer": "发文机关 发文机构 发文单位 发布机关 发布机构 发布单位 制发机关 制定机关 印发机关 公开主体",
    "number": "发文字号 发文文号 文号 公文字号 文件编号 公文文号",
    "issued_on": "成文日期 成文时间 发文日期 发文时间 印发日期 印发时间 制发日期",
    "effective_on": "施行日期 实施日期 生效日期 生效时间 实施时间 施行时间",
    "expires_on": "废止日期 失效日期 失效时间 废止时间 有效期至",
    "published_on": "日期 时间 发布日期 发布时间 公开日期 公开时间 更新时间 更新日期 信息时间 发表时间",
    "status": "有效性 是否有效 时效性 效力状态 文件状态 时效状态 有效状态 文件有效性",
    "source": "信息来源 来源 文章来源 稿件来源 稿源 内容来源",
    "index_number": "索引号 信息索引号 索引码 公开索引号",
    "topic": "主题分类 信息分类 体裁分类 公文种类 信息类别 所属主题 组配分类",
}
KEYS = {label: key for key, labels in STATED.items() for label in labels.split()}
VAGUE = frozenset({"日期", "时间", "来源"})
"""Labels that a policy's own lines may begin with: page data beside another label or before a date."""
PAGE_KEYS = frozenset({"source", "published_on", "index_number", "topic"})
"""What says nothing of the document itself: dropped at the foot too."""

_COUNTER_LABELS = (
    "浏览次数 浏览量 浏览 阅读次数 阅读量 阅读 点击数 点击次数 点击量 点击率 点击 访问量 访问次数 人气"
)
_PEOPLE_LABELS = "责任编辑 责编 编辑 作者 撰稿 撰稿人 供稿 信息员 审核 审核人 校对 录入 录入者 发布人 发布者"
_BUTTON_LABELS = "字号 字体 字体大小 字号大小 文字大小 视力保护色 保护视力色 保护视力 背景色 分享 分享到 打印"
COUNTERS = frozenset(_COUNTER_LABELS.split())
PEOPLE = frozenset(_PEOPLE_LABELS.split())
BUTTONS = frozenset(_BUTTON_LABELS.split())

LABEL = re.compile(
    r"(?:[\[【(（]\s*)?(?P<label>"
    + "|".join(
        r"[ 　]*".join(label)
        for label in sorted([*KEYS, *COUNTERS, *PEOPLE, *BUTTONS], key=len, reverse=True)
    )
    + r")\s*(?:[:：]\s*\|?|\|)\s*"
)
COUNT = re.compile(r"[\d,]*\s*(?:次|人次)?")
NAME = re.compile(r"[一-鿿·]{2,4}|\w{2,16}")

_BETWEEN = r"[\[\]【】(（)）<>〈〉《》|｜丨/·•,，、:：\s]*"
_BUTTON = (
    r"扫一扫[，,]?(?:(?:请)?(?:使?用)?在?手机上?(?:查看|打开|浏览|访问)?(?:当前|本)?(?:页面|网页|页)?|关注[^。]{0,12}|分享[^。]{0,12})?"
    r"|(?:手机)?扫(?:描)?(?:码|二维码)[^。]{0,12}|微信扫一扫[^。]{0,14}"
    r"|分享(?:文章|本页|本文)?(?:到|至)?|一键分享|微信好友|微信|朋友圈|新浪微博|腾讯微博|微博|QQ空间|QQ好友|QQ|人人网|豆瓣|复制链接|点赞"
    r"|打印(?:本页|此页|本文|页面|文章)?|我要打印|关闭(?:本页|此页|窗口|页面|本窗口)?|返回(?:顶部|首页|列表|上一页|上页)?|回到顶部"
    r"|(?:加入)?收藏(?:本页|此页|本文)?|设为首页|我要(?:纠错|收藏)|纠错|(?:文字|字体|字号)(?:大小)?|放大|缩小|大|中|小|默认|正常|特大|超大"
    r"|保护视力色?|视力保护色?|无障碍(?:浏览|阅读)?|语音播报|朗读|听全文|下载(?:文字版|图片版|本文|全文|PDF版?|Word版?)"
    r"|上一[条篇页]|下一[条篇页]|相关(?:阅读|链接|文件|信息|解读|稿件)|TOP|T\+|T-|A\+|A-"
)
CONTROL = re.compile(rf"{_BETWEEN}(?:(?:{_BUTTON}){_BETWEEN})+", re.IGNORECASE)
NEIGHBOUR = re.compile(r"[\[【]?\s*[上下]一[篇条页则]\s*[\]】]?\s*[:：|]\s*\S[^。；]{0,80}")
EDITOR = re.compile(r"[\[【(（]\s*(?:责任编辑|责编|编辑)\s*[:：]\s*[^\s。；，]{1,12}\s*[\]】)）]")
BREADCRUMB = re.compile(
    r"(?:您(?:现在|当前)?(?:所在)?的?位置|(?:当前|现在|所在|当前所在)的?位置|位置)\s*[:：是]?\s*\S.*"
    r"|(?:网站)?首\s*页(?:\s*(?:>+|›|»|/|→|-)\s*[^>›»→]{1,40})+(?:>+|›|»)?"
)
IMPRINT = re.compile(
    r".*(?:ICP备|ＩＣＰ备|公网安备|网站标识码|版权所有|Copyright|All Rights Reserved|©).*", re.IGNORECASE
)
OPERATOR = re.compile(
    r"(?:主办|承办|主管|协办|维护|运维|网站)(?:单位)?\s*[:：].*|技术支持\s*[:：].*|(?:联系)?(?:地址|电话|邮编|邮箱)\s*[:：].*"
    r"|.*(?:网站地图|站点地图|联系我们|关于我们|网站声明|隐私声明|使用帮助|建议使用.{0,20}浏览).*"
)
NUMBERED = re.compile(r"\s*(?:第[一1]\s*[编章节条]|[一1][、.．]|[（(]一[)）])")
SENTENCE = re.compile(r"[。；！？]")


def drop_furniture(lines: Sequence[SourceLine]) -> tuple[list[SourceLine], dict[str, str | None]]:
    """Return the lines without furniture, and what the dropped ones state of the document.

    Only whole lines near the head or the foot go, and only those that are nothing but furniture.
    """
    worded = [row for row, line in enumerate(lines) if line.text.strip()]
    first = next((n for n, row in enumerate(worded) if NUMBERED.match(lines[row].text)), len(worded))
    head = worded[: min(first, HEAD)]
    foot = worded[max(len(head), len(worded) - FOOT) :]
    metadata: dict[str, str | None] = {}
    dropped = {row for row in head + foot if is_furniture(lines[row].text)}
    for row in head + foot:
        stated = page_data(lines[row].text)
        if not stated or (row not in head and not stated.keys() <= PAGE_KEYS):
            continue
        dropped.add(row)
        for key, value in stated.items():
            metadata.setdefault(key, value)
    dropped |= _imprint([(row, lines[row].text.strip()) for row in foot])
    return [line for row, line in enumerate(lines) if row not in dropped], metadata


def is_furniture(line: str) -> bool:
    """Whether a line is nothing but buttons, a breadcrumb, a link to a neighbour, an editor or a counter."""
    text = line.strip()
    if len(text) < 2 or len(text) > 200 or SENTENCE.search(text):
        return False
    if CONTROL.fullmatch(text) or NEIGHBOUR.fullmatch(text) or EDITOR.fullmatch(text) or is_breadcrumb(text):
        return True
    pairs = _pairs(text)
    if not pairs or any(label in KEYS and value for label, value in pairs):
        return False
    # 审核:窗口受理 alone may be a step of a procedure.
    alone = len(pairs) == 1 and pairs[0][0] in PEOPLE and not pairs[0][0].startswith("责")
    return not alone and all(_is_idle(label, value) for label, value in pairs)


def is_breadcrumb(line: str) -> bool:
    """Whether a line says where in a site the page stands."""
    text = line.strip()
    if SENTENCE.search(text) or not BREADCRUMB.fullmatch(text):
        return False
    return "首页" in text.replace(" ", "") or any(mark in text for mark in ">›»→")


def is_imprint(line: str) -> bool:
    """Whether a line is a site's imprint: its licence numbers or copyright."""
    return len(line) <= 200 and IMPRINT.fullmatch(line.strip()) is not None


def page_data(line: str) -> dict[str, str]:
    """Return what a line of page data states: `信息来源:… 日期:2022-02-25`; empty where it is none.

    A line with any other words belongs to the text.
    """
    pairs = _pairs(line.strip())
    if not pairs or not all(label in KEYS or _is_idle(label, value) for label, value in pairs):
        return {}
    stated: dict[str, str] = {}
    for label, value in pairs:
        if label not in KEYS or not value:
            continue
        if KEYS[label].endswith("_on"):
            found = iso_date(value) or iso_date(value.split()[0])
            if found is None:
                return {}
            stated.setdefault(KEYS[label], found)
        else:
            stated.setdefault(KEYS[label], value)
    vague = len(pairs) == 1 and pairs[0][0] in VAGUE and "published_on" not in stated
    return {} if vague else stated


def _pairs(text: str) -> list[tuple[str, str]]:
    """Split `标签：值 标签：值 | …` at its labels; empty where the line is not made of such pairs."""
    if len(text) > 300 or not LABEL.match(text) or SENTENCE.search(text):
        return []
    # A label in the middle of a word is none: 打印日期 is no 日期.
    labels = [
        match for match in LABEL.finditer(text) if match.start() == 0 or not text[match.start() - 1].isalnum()
    ]
    ends = [match.start() for match in labels[1:]] + [len(text)]
    pairs = [
        (re.sub(r"\s", "", match["label"]), text[match.end() : end].strip(" \t　\xa0|[]【】"))
        for match, end in zip(labels, ends, strict=True)
    ]
    return pairs if all(len(value) <= 60 for _, value in pairs) else []


def _is_idle(label: str, value: str) -> bool:
    """Whether the value is what its label promises: a count, a name, buttons."""
    if label in KEYS or not value:
        return not value
    if label in COUNTERS:
        return COUNT.fullmatch(value) is not None
    if label in PEOPLE:
        return NAME.fullmatch(value) is not None
    return CONTROL.fullmatch(value) is not None


def _imprint(foot: Sequence[tuple[int, str]]) -> set[int]:
    """Rows of a site's imprint at the foot: its own lines, and its address and operator near them."""
    places = [place for place, (_, text) in enumerate(foot) if is_imprint(text)]
    if not places:
        return set()
    near = range(places[0] - NEAR, places[-1] + NEAR + 1)
    return {
        row
        for place, (row, text) in enumerate(foot)
        if place in places or (place in near and len(text) <= 120 and OPERATOR.fullmatch(text))
    }
