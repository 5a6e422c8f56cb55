"""Make a follow-up question stand on its own, by rules, from the questions before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from indexer.tokens import normalize
from service.answer import Turn
from service.figures import figures
from service.kinds import without_question_words

FindRegions = Callable[[str], Sequence[tuple[int, int]]]
"""Places of region names in a text, in order."""

_CHAT = re.compile(
    r"(?:(?:(?:非常|十分|太|多)?(?:谢谢|感谢|多谢|谢了|谢)(?:你|您|啦|了)?|好的?|行|可以|知道了?|明白了?|懂了|了解了?"
    r"|收到|嗯|哦|噢|哈|对|是的|没错|没事了?|不用了?|辛苦了?|再见|拜拜|你好|您好|早上好|下午好|在吗"
    r"|ok(?:ay)?|thanks?(?: a lot| so much)?|thank you(?: very much)?|great|got it|i see|hello|hi|bye|goodbye)"
    r"[\s!！。.,，~～、啊呀啦呢吧]*+)++",
    re.IGNORECASE,
)
_ABOUT_THE_SERVICE = re.compile(
    r"你(?:是谁|叫什么|是什么|会什么|能做什么|能干什么|的名字)|who are you|what can you do", re.I
)
_LEAD = re.compile(
    r"^(?:那么?(?!个|些|种|边|里|儿|位|项|条|份|年|天|时|样)|另外|同样的?|再?(?:问|请教)一?下|接着(?:问)?|然后呢?|还想(?:问|知道)一?下?|顺便问?一?下?"
    r"|(?:好的?|嗯+|哦+|行|明白了?|知道了|谢谢|ok)[,，。!！\s]+|那请?问|请问|但是?|and\b|but\b|so\b|then\b|ok(?:ay)?\b|also\b"
    r"|(?:and )?(?:what|how) about)[\s,，]*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"(?:又?(?:是|该)?(?:怎么样|怎样|怎么(?:说|规定|讲)的?|如何(?:规定)?|什么情况|咋样|咋说))?(?:呢|吧|啊|呀|嘛|哦|的话)*[\s?？。.!！]*$"
)
# A word that only says: put this in the place of what was there.
_SWAP_WORDS = re.compile(
    r"不(?:是|要|问)|我(?:想|要)?(?:说|问|查)的?|而|换(?:成|作|做|到|个)?|改(?:成|为|作)|如果(?:是|换成)?|要是|若是?|假如(?:是)?|至于|关于|对于"
    r"|说说|看看|查查|帮我|情况|规定|政策|也(?:是|有|要)?|同样|一样|这样|那样|有吗|有没有|吗|么"
    r"|再|又|都|在|的|是|有|和|与|跟|同|及|或者?|以及|比|相比|比较|对比|一下|之间|市|省|县|区|州|这边|那边|这里|那里|年度?|吗"
    r"|\b(?:in|for|of|the|and|as well|too|city|same|compared?|with|to|if)\b|[,，、\s?？]",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"(?:和|与|跟|同|比起?|较)[^,，]{1,12}(?:比|相比|对比|比较)"
    r"|比[^,，]{1,10}(?:高|低|快|慢|多|少|长|短|早|晚)|compared? (?:with|to)|\bvs\b",
    re.I,
)
_NOUN = (
    r"(?:文件|方案|政策|规定|条例|办法|意见|通知|任务|工作|事项|平台|系统|项目|指标|标准|措施|制度|机制|活动|计划|行动|专班|品牌|产品|贷款|补贴|奖励|费用?|费率|条款|条"
    r"|款|市|城市|地方(?!性)|事儿?|东西|名字)"
)
_PRONOUN = re.compile(
    rf"(?<!其)它们?|(?:刚才|刚刚|上面|前面|之前|你说)(?:说|提到|讲)?(?:过)?的?(?:那个|这个|那|这)?{_NOUN}?"
    rf"|(?:这|那)(?:个(?!时候|月|星期|礼拜|年)|项|条|份|些(?!年)|种|件)(?:{_NOUN})?|(?<![应])该(?:项|条|文件|方案|政策|规定|条例|任务|平台|项目"
    rf"|办法|措施|计划)"
    r"|(?<![尤与及极何])其(?!他|它|余|中|实|次|间|一|二)|上述(?:规定|政策|任务|要求)?|此(?:项|类|事|举)"
    r"|\b(?:it|its|they|their|them|this|that|these|those)\b(?! (?:year|month|week|day))",
    re.IGNORECASE,
)
_HERE = re.compile(r"(?:该|本|这个|那个)(?:市|城市|地方|地区)(?![级场民区直委])|当地|(?:这|那)(?:里|边|儿)")
_COMPARES = re.compile(
    r"哪[个边里家]|谁|更|[高低快慢多少长短早晚]|一?[点些]|吗|差|\b(?:higher|lower|faster|slower|more|less)\b",
    re.I,
)
_ALSO = re.compile(r"也(?:能|可以|要|得|是|算|适用|享受|有|可|行|一样)|\b(?:also|too|as well)\b", re.I)
_ASKS = re.compile(
    r"多少|几|哪|谁|什么|啥|怎|咋|如何|多[久长高大]|吗|么(?:$|[?？])|是否|能否|可否|不(?:$|[?？])|能不能|有没有|是不是"
    r"|\b(?:what|how|which|who|when|where|why|is|are|do|does|can|must|should|may)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"^(?:还有(?:什么|哪些|别的|其他|其它|没有|吗|呢|更多)?|(?:其他|其它|别的|剩下|更多|另外)的?(?:还有)?|就这些|只有这些|具体(?:一点|点|呢|说说|内容|是什么"
    r"|怎么说的?)?|详细(?:一点|点|说说|内容)?|为什么|原文|出处|依据|哪一?条|第几条|根据什么|什么依据|哪个文件|第[一二三四五六\d]+[个点]|前者|后者|最后一?个)"
    r"[^,，]{0,10}$|^(?:anything else|what else|why|more details?|which (?:clause|article))\b",
    re.IGNORECASE,
)
_ASPECT = re.compile(
    r"牵头|负责|责任|配合|主管|单位|部门|机构|完成|时限|期限|截止|时间|时候|办结|办理|金额|数额|比例|条件|要求|对象|范围|材料|流程|步骤|依据|目标|指标|标准|任务|内容|原文"
    r"|第几条|条款"
    r"|处罚|罚款|违反|文号|印发|施行|生效|发布|申请|规定|上限|下限|最高|最低|额度|有效期|工作日|个?月|哪里|地点|电话|窗口|费用|收费|要|需要?|可以|能|得|是|由|有|在|去"
    r"|找|的|到|给|管|办|前|内|会|被|不|了|还|都|谁|年底|月底|底|交|带|算|做|放款|之前"
    r"|\b(?:deadline|by|lead|leads|leading|responsible|long|take|takes|much|many|cost|costs|limit|it|the"
    r"|for|to|a|an|of|in|on|apply|required|need|needed|documents|department|will|be|be done|finish"
    r"|finished|due|must)\b",
    re.IGNORECASE,
)
_GROUPS = (
    r"(?:用户|企业|公司|个人|项目|人员|单位|类|级|型|户|学生|毕业生|博士|硕士|本科生?|大专|老人|老年人|儿童|残疾人|工程|货物|服务|国企|民企|外资|农民工?|员工|职工|家庭"
    r"|店铺?|车辆?|房屋?|以上|以下|超期)"
)
_GROUP = re.compile(
    rf"(?:{_GROUPS}|的|逾期|超过[^,，]{{1,8}}|第[一二三四五六七八九十]+次)$|^[\u4e00-\u9fff]{{0,6}}{_GROUPS}(?:能|可以|要|得|需|也"
    rf"|有|会|享受|拿|领|补|交|给|怎么|多|几|是)"
    r"|^(?:如果|要是|若|超过|逾期|不到|低于|高于|没有|未|不|已经|首次|再次|普通|一般|其他)"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)(?:年度?)?|(?<!\d)\d{2}年(?![以内])|[去今明后前]年")
_EVERYWHERE = re.compile(
    r"各市|各地|所有|全国|全省|哪[个些座]?(?:几个)?(?:城市|市(?![级场民区直])|地方)|[几五四三两]个(?:城市|市)|其[他它](?:城)?市|别的(?:城)?市"
    r"|每个(?:城)?市|which cit|all cit",
    re.IGNORECASE,
)
_LEVEL = re.compile(r"([省市县区])里?那一?级")
_THEN = re.compile(r"那时候?|当时|那会儿|那年")
_DATED = re.compile(r"(?:19|20)\d{2}年?的?[^,，。?？\d]{0,10}?(?:办法|条例|规定|细则|方案|政策|版)")
_LEAST_SAME = 3
"""What the last part of a question says again of the one before, for it to be about the same: 能返多少."""
# Words of which one takes the place of another: 那出口呢 after a question on 进口.
_RIVALS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        r"进口|出口",
        r"\bimports?\b|\bexports?\b",
        r"\bgoods\b|\bservices\b|\bworks\b",
        r"\b(?:high|low)[- ]voltage\b",
        r"用水|用气|用电|用热|用网",
        r"供水|供气|供电|供热|供暖",
        r"获得用水|获得用气|获得电力",
        r"高压|低压",
        r"货物类?|服务类?|工程类?",
        r"政府投资|社会投资|企业投资|外商投资",
        r"国家级|省级|市级|县级|区级|镇级|乡级|村级",
        r"第?[一二三四五六七八九十]类",
        r"[一二三四五六七八九十]级",
        r"城区|农村|城市|乡镇|市区|郊区",
        r"设立登记|变更登记|注销登记",
        r"新办|延期|变更|注销|补办|设立|开办",
        r"博士|硕士|本科|大专",
        r"幼儿园|小学(?:一年级)?|初中(?:一年级)?|高中|中职|大学",
        r"公办|民办",
        r"(?:轻度|中度|重度|完全)(?:失能|残疾)?",
        r"[甲乙丙丁]类",
        r"租房|买房|购房",
        r"新建|改建|扩建",
        r"线上|线下",
        r"大企业|小企业|大型企业|中型企业|小型企业|小微企业|微型企业|中小企业|普通企业|规上企业",
        r"单位|个人",
        r"白天|夜间|晚上",
        r"首次|第二次|再次",
        r"本地|外地|境内|境外",
        r"普通程序|简易程序|速裁程序|快速程序",
        r"一审|二审|再审",
        r"投标保证金|履约保证金|质量保证金|工资保证金",
        r"养老保险|医疗保险|失业保险|工伤保险|生育保险",
        r"第[一二三四五六七八九十百零\d]+条",
        r"[\u4e00-\u9fff]{0,6}(?:局|委员会|发改委|国资委|卫健委|优化办|办公室|法院|检察院|海关)(?![^,，]{0,2}长)",
    )
)


def standalone(question: str, history: Sequence[Turn], find_regions: FindRegions) -> str:
    """Return `question` with what it leaves to the conversation put in: city, year, topic.

    Only the user's own turns are read, oldest first, each resolved on those before it; what the
    assistant said carries nothing over, so a wrong answer is not inherited. A question that stands
    on its own comes back as it is, but for the region of the question before it when it names none.
    Thanks and greetings neither take over a topic nor replace it.
    """
    before = ""
    for turn in history:
        words = normalize(turn.content).strip()
        if turn.role == "user" and words and not _is_chat(words):
            before = _resolve(words, before, find_regions)
    return _resolve(question.strip(), before, find_regions)


def _is_chat(text: str) -> bool:
    return _CHAT.fullmatch(text.strip()) is not None or _ABOUT_THE_SERVICE.search(text) is not None


def _resolve(question: str, before: str, find_regions: FindRegions) -> str:
    if not before or _is_chat(question):
        return question
    core = question
    while match := _LEAD.match(core):
        core = core[match.end() :]
    core = _LEVEL.sub(r"\1级", core)
    then, edition = _THEN.match(core), _DATED.search(before)
    if then and edition:  # 那时候押金交几个月？ of an edition
        return _carry(f"按{edition[0]}{core[then.end() :]}", before, find_regions)
    led = core != question or question.rstrip("?？。!！ ").endswith("呢")
    spoken = re.sub(r"呢?[\s?？。!！]*$", "", core)
    core = _TAIL.sub("", core).strip(" ,，")
    if not core:
        return question
    places = list(find_regions(core))
    years = _YEAR.findall(core)
    bare = _YEAR.sub("", _cut(core, places))
    if (places or years) and _only_swaps(bare, core):  # 那衡阳呢？ 2023年呢？ 和鄂州比呢？ 衡阳也是1%吗？
        return _swap(before, core, places, years, find_regions)
    if _AGAIN.match(core) and not places:  # 还有别的吗？ 依据是哪一条？
        return _carry(_joined(_topic(before), spoken), before, find_regions)
    here = _HERE.search(core)
    if here and not places and find_regions(before):  # 该市还有什么补贴？
        here = _HERE.search(spoken) or here
        return spoken[: here.start()] + _names(before, find_regions) + spoken[here.end() :]
    if _PRONOUN.search(core):  # 这项工作谁牵头？ The topic stands for the pronoun.
        return _put_for_pronoun(spoken, before, places, find_regions)
    asks = _ASKS.search(core) is not None
    rest = _SWAP_WORDS.sub("", without_question_words(bare))
    if not _rival(rest, before) and _rival(core, before):
        rest = core  # 省级的
    content = _ASPECT.sub("", rest)
    if (
        led and not asks and (len(content) >= 2 or figures(core) or _rival(rest, before))
    ):  # 那出口呢？ 杭州停车呢？
        return _vary(before, rest, core, places, years, find_regions)
    if places and rest and rest in before:  # 衡阳的门槛是多少？
        return _swap(before, core, places, years, find_regions)
    if len(content) < 2 or (
        _ALSO.search(core) and len(content) <= 8
    ):  # 谁牵头？ 衡阳由谁牵头？ 个体户也能享受吗？
        topic = _topic(before)
        if years:
            topic = _YEAR.sub("", topic)
        if _EVERYWHERE.search(core):
            return _joined(_cut(topic, find_regions(topic)), spoken)
        if places:
            return _joined(_cut(topic, find_regions(topic)), spoken)
        return _carry(_joined(topic, spoken), before, find_regions)
    inner = re.match(r"([^,，呢]{2,12})呢[,，\s]*(.+)", spoken)
    if inner:  # 注销呢，要几天
        spoken = f"{inner[1]}{inner[2]}"
    if inner and not places and _rival(inner[1], before):  # 那上初中的呢，几号登记？
        return f"{_vary(before, inner[1], inner[1], (), (), find_regions).rstrip('?？。 ')}，{inner[2]}"
    tail = re.split(r"[,，]", spoken)[-1]
    if not places and _LEAST_SAME <= len(tail) < len(spoken) and tail in before and _ASKS.search(tail):
        return _carry(_joined(_topic(before), spoken), before, find_regions)  # 我们是小微的，能返多少？
    short = led or len(content) <= 6
    if short and not places and (_GROUP.search(inner[1] if inner else content) or _GROUP.search(core)):
        return _carry(_joined(_topic(before), spoken), before, find_regions)  # 普通用户要几天？
    if len(content) <= 4 and not places and content in before:  # 费率能再低点吗？
        return _carry(_joined(_topic(before), spoken), before, find_regions)
    return _carry(spoken if led else question, before, find_regions)


def _only_swaps(bare: str, core: str) -> bool:
    """True where nothing but a place or a year is new: no matter, no aspect."""
    for figure in reversed(figures(bare)):
        bare = bare[: figure.start] + bare[figure.end :]
    left = _SWAP_WORDS.sub("", bare)
    return not left or (_AGAINST.search(core) is not None and not _COMPARES.sub("", left))


def _carry(question: str, before: str, find_regions: FindRegions) -> str:
    """Put the region of `before` in front of a question that names none and means one."""
    if find_regions(question) or _EVERYWHERE.search(question) or "《" in question:
        return question
    names = _names(before, find_regions)
    joint = " " if names and names[-1].isascii() else ""
    return f"{names}{joint}{question}"


def _names(text: str, find_regions: FindRegions) -> str:
    return "和".join(dict.fromkeys(text[start:end] for start, end in find_regions(text)))


def _swap(
    before: str, core: str, places: Sequence[tuple[int, int]], years: Sequence[str], find_regions: FindRegions
) -> str:
    """Put the regions and years of `core` in the place of those of `before`; beside them in 和鄂州比呢."""
    text = before
    if places:
        corrects = re.match(r"不(?:是|要|问)", core) is not None  # 不是黄石，是衡阳
        names = "和".join(dict.fromkeys(core[start:end] for start, end in places[-1 if corrects else 0 :]))
        old = list(find_regions(text))
        if old and _AGAINST.search(core):
            names = "和".join(dict.fromkeys((*(text[a:b] for a, b in old), *(core[a:b] for a, b in places))))
        for start, end in reversed(old[1:]):
            begin = start - 1 if text[start - 1 : start] in ("和", "与", "跟", "、") else start
            text = text[:begin] + text[end:]
        start, end = old[0] if old else (0, 0)
        text = text[:start] + names + text[end:]
    if years:
        text = (
            _YEAR.sub(years[0], text, count=1)
            if _YEAR.search(text)
            else _after_region(text, years[0], find_regions)
        )
    return text


def _vary(
    before: str,
    word: str,
    core: str,
    places: Sequence[tuple[int, int]],
    years: Sequence[str],
    find_regions: FindRegions,
) -> str:
    """Ask `before` again with `word` in the place of what it varies: 出口 for 进口, 市财政局 for 市发改委."""
    text = _swap(before, core, places, years, find_regions) if places or years else before
    if core.isascii():
        word = re.sub(r"^(?:for|the|in|of)\s+", "", core, flags=re.IGNORECASE)
    if not word or word in text:
        return (
            text
            if text != before or not word
            else _carry(_joined(_topic(before), core), before, find_regions)
        )
    for rivals in _RIVALS:
        mine = rivals.search(word)
        own = list(find_regions(text))
        for match in rivals.finditer(text) if mine else ():
            # 市财政局 varies the office, not the city that stands before it.
            start = max([match.start(), *(end for _, end in own if end < match.end())])
            if text[start : match.end()] != word and mine is not None:
                return f"{text[:start]}{mine[0] if len(mine[0]) < len(word) else word}{text[match.end() :]}"
    measured = figures(core)
    if measured:
        for figure in figures(text):
            if figure.quantity == measured[0].quantity and figure.value != measured[0].value:
                start = min(
                    [
                        figure.start,
                        *(m.start() for m in re.finditer(r"(?:不?超过|不?低于|不足)$", text[: figure.start])),
                    ]
                )
                end = figure.end + (m.end() if (m := re.match(r"[及或]?以[上下]", text[figure.end :])) else 0)
                year = re.match(r"\d{2,4}年", figure.text)
                kept = year[0] if year and measured[0].value.startswith("-") else ""
                return f"{text[:start]}{kept}{_cut(core, places)}{text[end:]}"
    town = re.search(r"\b(in|at|of) [a-z]+(?: city)?(?=[\s?.!]*$)", text, re.IGNORECASE)
    if town and re.fullmatch(r"[A-Za-z]+(?: city)?", word):  # what about Hengyang, of a town no gazetteer has
        return f"{text[: town.start()]}{town[1]} {word}{text[town.end() :]}"
    size = len(word)
    best, place = 0, -1
    for start in range(len(text) - size + 1):
        window = text[start : start + size]
        shared = next((n for n in range(size) if window[-1 - n] != word[-1 - n]), size)
        if shared > best and 2 * shared >= size and shared >= 2:
            best, place = shared, start
    if place >= 0:  # 履约保证金 for 投标保证金
        return text[:place] + word + text[place + size :]
    return _carry(
        _after_region(text, f"{word}的" if core.endswith("的") else word, find_regions), before, find_regions
    )


def _rival(word: str, before: str) -> bool:
    return any(rivals.search(word) and rivals.search(before) for rivals in _RIVALS)


def _after_region(text: str, word: str, find_regions: FindRegions) -> str:
    if word.isascii() and text.isascii():
        return f"{text.rstrip('?. ')} {word}"
    places = list(find_regions(text))
    end = places[-1][1] if places else 0
    return f"{text[:end]}{word}{text[end:]}"


def _put_for_pronoun(
    core: str, before: str, places: Sequence[tuple[int, int]], find_regions: FindRegions
) -> str:
    topic = _topic(before)
    if places:
        topic = _cut(topic, find_regions(topic))
    match = _PRONOUN.search(core)
    if (
        match is None or match[0].isascii()
    ):  # An English pronoun may stand for nothing: how long does it take?
        return _carry(f"{core} ({topic})" if match else core, before, find_regions)
    noun = re.search(rf"{_NOUN}$", match[0])
    kept = noun[0] if noun and noun[0] not in topic and noun[0] not in ("事", "事儿", "东西", "名字") else ""
    return _carry(_joined(core[: match.start()] + topic + kept, core[match.end() :]), before, find_regions)


_OFFICE_QUESTION = re.compile(
    r"(?:由|归|是)?(?:谁|哪[个些家级]?(?:几个)?(?:市|指标)?(?:部门|单位|局|机构))(?:来)?(?:牵头|负责|主管|管|承担|配合|办|审批|批)?(?:的)?"
    r"|(?:牵头|责任|配合|主管)(?:单位|部门)(?:是谁|有哪些|是哪个)?|who (?:leads|is responsible for|handles)"
)
_LOOSE_END = re.compile(r"(?:\s|[是为有要得由在能会和与,，:：]|需要|可以|应该|的)+$")


def _topic(question: str) -> str:
    """Return what the question is about: its words without those that ask."""
    words = without_question_words(_OFFICE_QUESTION.sub(" ", question))
    words = re.sub(r"(?<=[\u4e00-\u9fff”》])\s+(?=[\u4e00-\u9fff“《])", "", words)
    return _LOOSE_END.sub("", words) or question


def _joined(topic: str, words: str) -> str:
    words = words.strip(" ,，")
    if not words:
        return topic
    if words[0] == "的":
        return topic + words
    plain = topic[-1:].isascii() or words[:1].isascii()
    return f"{topic} {words}" if plain and topic else f"{topic}{'，' if topic else ''}{words}"


def _cut(text: str, places: Sequence[tuple[int, int]]) -> str:
    for start, end in sorted(places, reverse=True):
        text = text[:start] + text[end:]
    return text
