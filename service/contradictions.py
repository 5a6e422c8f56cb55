"""Find what a claim turns round, moves or swaps, though its figures and words all stand in the evidence.

低压用户18个工作日 where the source has 18 for 高压用户; a task given to the office that helps; 不得 left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Literal

from service.figures import Figure, figures
from service.units import Group, Unit
from service.verification import Finding, squeeze, unsupported

HOME = 0.6
"""Least share of the words beside a figure that the sentence with the figure carries."""
HAN = r"\u4e00-\u9fff"
WORD_BREAK = re.compile(r"[，,。；;：:！!？?、（）()“”\"《》\s—]+|和|与|以及|及|或者?")
_PAUSE = re.compile(r"(?<=[，,；;。！!])")
_CONDITION = re.compile(
    r"^(?!.*(?:处|罚|控制在|达到|不[得应]?超过|不[得应]?低于))(?:对于?|若|如|凡|当|针对|其中)?[^，,]*"
    r"(?:的|时|后|情况下|以[上下内](?:的[^，,]{0,10})?|[满足][^，,]{0,8}的?[^，,]{0,8})[，,]$"
)
_CLOSING_STOPS = "。；;！!？?，, "
NEGATIVE = re.compile(
    r"不得|不能|不可|不准|不允许|不应|不予|不再|不需|不必|不用|不收|不要|无需|无须|无权|毋需|禁止|严禁|免|未|没|非|勿|拒绝|取消|除外|不|零|停"
)
NO_NEGATIVE = re.compile(
    r"不(?:超过|高于|低于|少于|多于|大于|小于|足|满|超|动产|同|断|仅|限|论|管|良|晚于|迟于|突破)|未来|非常|免费|不(?:少|变)"
)
_SAYS_NO = re.compile(
    r"不得|不能|不可以?|不准|不允许|不应当?|不予|不再|不需要?|不必|不用|不要求|禁止|严禁|无需|无须|免予|免于"
    r"|不(?!超过|高于|低于|少于|多于|大于|小于|足|满|动产|同|断|仅|限|论|管|良|晚于|迟于|突破|变|利|服|到|少|含|符)"
)
_CLAUSE_STOP = "，,。；;：:、！!？?\n（(）)"
BILINGUAL: tuple[tuple[str, str], ...] = (
    (r"high[- ]?voltage", "高压"),
    (r"low[- ]?voltage", "低压"),
    (r"import", "进口"),
    (r"export", "出口"),
    (r"first[- ]time", "首次"),
    (r"free(?: of charge)?\b", "免费|免收|免征|不收|无偿|零费用|零收费"),
    (r"working day|business day", "工作日"),
    (r"\bhour", "小时|时"),
    (r"\bmonth", "月"),
    (r"seals?\b", "印章|公章|章"),
    (r"water", "水"),
    (r"gas\b", "气"),
    (r"electric|power", "电|供电"),
    (r"de-?registration|cancel", "注销"),
    (r"bid (?:deposit|security|bond)", "投标保证金"),
    (r"guarantee fee", "担保费|费率"),
    (r"halve|half", "减半|半"),
    (r"fine[sd]?\b|penalt", "罚"),
    (r"small and micro", "小微"),
    (r"foreign", "外资|外商|外籍|境外"),
)
_ROLE_AFTER = re.compile(
    r"(?P<role>牵头|主责|责任|配合|协助|协同)(?:单位|部门)(?:分别)?(?:是|为|有|：|:|包括)?"
)
_ROLE_BEFORE = re.compile(r"(?P<role>牵头|主导|配合|协助|协同)")
OFFICE = re.compile(
    rf"[{HAN}]{{2,16}}?(?:局|委员会|办公室|中心|公司|法院|检察院|银行|政府|部门|机关|机构|督查室|(?:发改|国资|卫健|住建|经信|纪|监|编|政法|农业农村|民宗|居)委|(?:金融|优化|政务)办)(?![{HAN}]?(?:建设|开办|注销|登记))"
)
_BODY = re.compile(rf"{OFFICE.pattern}|(?:中央|省|市|区县?|县|乡镇|镇)级?财政")
_BEFORE_OFFICE = re.compile(r"由|向|到|在|经|报|和|与|及|、|的|是|为|给|会同|委托|通过|归|交|受|经过|负责")
_OFFICE_ENDING = re.compile(
    r"(?:局|委员会|办公室|中心|公司|法院|检察院|银行|人民政府|政府|部门|机关|机构|督查室|委|办)$"
)
_VAGUE_OFFICE = re.compile(r"有关|相关|主管|各|责任|牵头|职能|配合|上级|上述|该|行政$|当地|所在地|政府$")


def strange_doer(claim: str, known: str) -> str | None:
    """Return who does something in the claim (由…) where nothing of the name stands in the evidence."""
    for match in re.finditer(rf"由([{HAN}]{{2,5}})", claim):
        pairs = [match[1][n : n + 2] for n in range(len(match[1]) - 1)]
        if not any(pair in known for pair in pairs):
            return match[1]
    return None


def strange_office(claim: str, known: str) -> str | None:
    """Return an office of the claim whose name, long or short, does not stand in the evidence."""
    for match in OFFICE.finditer(claim):
        name = _BEFORE_OFFICE.split(match[0])[-1]
        own = _OFFICE_ENDING.sub("", name)
        if len(own) < 2 or _VAGUE_OFFICE.search(own):
            continue
        spelled = ".{0,2}".join(map(re.escape, own))
        if own[0] in "市省区县本各" and len(own) > 2:
            # 市财政局 may be 财政局 in the source, but not 区财政局.
            spelled += "|(?<![省市区县镇])" + ".{0,2}".join(map(re.escape, own[1:]))
        if not re.search(spelled, known):
            return match[0]
    return None


def mostly_english(text: str) -> bool:
    return sum(character.isascii() and character.isalpha() for character in text) > len(text) / 2


def without_anchors(claim: str) -> str:
    """The claim without its figures, which the evidence carries or not by value."""
    for figure in reversed(figures(claim)):
        claim = f"{claim[: figure.start]} {claim[figure.end :]}"
    return claim


def at_stops(claim: str) -> list[str]:
    return [part for part in re.split(r"(?<=[；;。])", claim) if part.strip(_CLOSING_STOPS)]


def at_commas(claim: str) -> list[str]:
    """Parts that state something each: a condition stays with what holds under it, a tail with its head."""
    parts: list[str] = []
    waiting = ""
    for piece in _PAUSE.split(claim):
        if not piece.strip(_CLOSING_STOPS):
            continue
        waiting += piece
        if _CONDITION.match(piece) or len(re.findall(rf"[{HAN}A-Za-z]", without_anchors(piece))) < 4:
            continue
        parts.append(waiting)
        waiting = ""
    if waiting:
        if parts:
            parts[-1] += waiting
        else:
            parts.append(waiting)
    return parts


def _figure_parts(text: str) -> list[str]:
    """Cut at commas into parts that hold a figure each; conditions and what holds none go with the next."""
    parts: list[str] = []
    waiting = ""
    for piece in _PAUSE.split(text):
        waiting += piece
        if figures(piece) and not _CONDITION.match(piece):
            parts.append(waiting)
            waiting = ""
    if waiting.strip(_CLOSING_STOPS):
        if parts and not figures(waiting):
            parts[-1] += waiting
        else:
            parts.append(waiting)
    return parts


def _pairs(text: str) -> list[str]:
    """The pairs of Chinese characters of a text without its figures, in order."""
    plain = without_anchors(text)
    return [pair for n in range(len(plain) - 1) if re.fullmatch(rf"[{HAN}]{{2}}", pair := plain[n : n + 2])]


def misplaced(
    claim: str,
    units: Sequence[Unit],
    group: Group,
    topic: str,
    likeness: Callable[[str, Unit], float],
) -> Finding | None:
    """Find a figure or an office that the source states, but of something else than the claim does.

    Each part of the claim must find its figures together in one sentence; and of the parts of the
    source, the one with those figures must share no less with the claim than one with other figures.
    """
    plain = [unit for unit in units if not unit.is_trailer]
    text = "".join(unit.text for unit in plain)
    closing = {figure.value for unit in units if unit.is_trailer for figure in figures(unit.text)}
    before: set[Unit] | None = None
    for part in _figure_parts(claim):
        said = [f for f in figures(part) if f.value not in closing and not _counts_same(f, part, text)]
        if not said:
            continue
        # One sentence has both the figures and the words that go with them.
        wanted = {figure.text for figure in said}
        homes = {
            unit
            for unit in plain
            if not [f for f in unsupported(part, _known_words(unit, units)) if f.word in wanted]
            and all(likeness(piece, unit) >= HOME for piece in _pieces_with(wanted, part))
        }
        if not homes:
            if re.search(r"分别|依次", claim) and _in_order(claim, text):
                continue
            return Finding("figure", said[0].text, claim)
        about = _about(part, said, group)
        if about == "open" and before is None and topic:
            about = _about(f"{topic}{part}", said, group)
            if about == "open":
                about = "own"
        if about == "other" or (about == "open" and before is not None and not homes & before):
            return Finding("figure", said[0].text, claim)
        before = homes
    return _misplaced_words(claim, plain) or _misplaced_office(claim, plain)


def _about(part: str, said: Sequence[Figure], group: Group) -> Literal["own", "other", "open"]:
    """Of the source's parts, does the one with these figures speak of what `part` speaks of, or another?"""
    plain = [unit for unit in group.units if not unit.is_trailer]
    values = {figure.value for figure in said}
    answer = _nearest(part, values, [piece for unit in plain for piece in stated(unit.words)])
    if answer == "other":
        return answer
    for unit in plain:  # Within one sentence, comma by comma: 设置满五年的，…检测报告保存三年以上.
        pieces = [piece for piece in _PAUSE.split(unit.words) if figures(piece)]
        for piece in _PAUSE.split(part):
            own = values & {figure.value for figure in figures(piece)}
            if own and len(pieces) > 1 and _nearest(piece, own, pieces) == "other":
                return "other"
    return answer


def _nearest(part: str, values: set[str], pieces: Sequence[str]) -> Literal["own", "other", "open"]:
    own = [piece for piece in pieces if values <= {figure.value for figure in figures(piece)}]
    if not own:
        return "own"
    kinds = {figure.quantity for figure in figures(part) if figure.value in values}
    rest = [piece for piece in pieces if piece not in own]
    rivals = [piece for piece in rest if kinds & {figure.quantity for figure in figures(piece)}]
    return _compare(part, own, rivals, [piece for piece in rest if piece not in rivals])


def _misplaced_words(claim: str, units: Sequence[Unit]) -> Finding | None:
    """Find what a sentence says of one thing in a claim about its neighbour: 租房补贴可以分别申领."""
    for unit in units:
        pieces = [piece for piece in _PAUSE.split(unit.words) if not _CONDITION.match(piece)]
        for part in _PAUSE.split(claim):
            words = set(_pairs(part))
            if len(words) < 4 or figures(part) or _CONDITION.match(part) or len(pieces) < 2:
                continue
            home = max(pieces, key=lambda piece: len(words.intersection(_pairs(piece))))
            shared = words.intersection(_pairs(home))
            if len(shared) < 3:
                continue
            for other in pieces:
                mine, theirs = _apart(home, other)
                alike = len(set(_pairs(home)) & set(_pairs(other))) >= 2
                if alike and mine and theirs and theirs[0] in words and mine[0] not in words:
                    return Finding("wording", theirs[0], claim)
    return None


def _pieces_with(words: set[str], part: str) -> list[str]:
    """The smallest pieces of an enumeration that hold one of `words`."""
    return [piece for piece in WORD_BREAK.split(part) if any(word in piece for word in words)]


def _counts_same(figure: Figure, part: str, text: str) -> bool:
    """The figure counts the very thing that the source counts: 三座立体停车库 for 三座机械式立体停车库."""
    after = re.match(rf"[{HAN}]{{2,4}}", part[figure.end :])
    if figure.quantity != "count" or after is None or re.search(r"[米里斤吨升亩顷倍度]$", figure.text):
        return False
    return any(
        other.value == figure.value and after[0][:2] in text[other.end : other.end + 12]
        for other in figures(text)
    )


def stated(text: str) -> list[str]:
    """The parts of a source sentence that state a figure, without the condition that all of them share."""
    parts = []
    for part in _figure_parts(text):
        pieces = _PAUSE.split(part)
        while len(pieces) > 1 and not figures(pieces[0]) and _CONDITION.match(pieces[0]):
            pieces = pieces[1:]
        if figures(part):
            parts.append("".join(pieces))
    return parts


def _apart(one: str, other: str) -> tuple[list[str], list[str]]:
    """What each of two parts has that the other lacks, in order."""
    first, second = _pairs(one), _pairs(other)
    return [p for p in first if p not in second], [p for p in second if p not in first]


def _compare(
    part: str, own: Sequence[str], others: Sequence[str], parallel: Sequence[str]
) -> Literal["own", "other", "open"]:
    """Tell whether `part` is about what the nearest of `own` is about, or what another piece is about.

    `others` hold figures of the same kind; of `parallel` ones only what stands at their heads counts.
    """
    words = set(_pairs(part))
    home = max(own, key=lambda piece: len(words.intersection(_pairs(piece))))
    undecided = False
    for other in (*others, *parallel):
        mine, theirs = _apart(home, other)
        # What a part is about stands at its head: 低压用户…, 高压用户….
        first, second = bool(mine and mine[0] in words), bool(theirs and theirs[0] in words)
        if first != second and (other in others or len(set(_pairs(home)) & set(_pairs(other))) >= 3):
            if second:
                return "other"
            continue
        here, there = len(words.intersection(mine)), len(words.intersection(theirs))
        if other in others:
            if there > here:
                return "other"
            undecided = undecided or there == here
    return "open" if undecided else "own"


def in_chinese(claim: str, text: str) -> list[str]:
    """The words of `text` that English words of the claim stand for."""
    return [
        match[0]
        for english, chinese in BILINGUAL
        if re.search(english, claim, re.IGNORECASE)
        for match in re.finditer(chinese, text)
    ]


def tells_apart(words: Sequence[str], own: Sequence[str], others: Sequence[str]) -> bool:
    best = max(sum(word in piece for word in set(words)) for piece in own)
    return best > max(sum(word in piece for word in set(words)) for piece in others)


def _misplaced_office(claim: str, units: Sequence[Unit]) -> Finding | None:
    """Find an office that the claim gives what the source gives to another: 市财政垫付 for 区财政垫付."""
    text = "".join(unit.words for unit in units)
    for cut in (at_stops, _PAUSE.split):
        pieces = [piece for unit in units for piece in cut(unit.words)]
        for part in cut(claim):
            for match in _BODY.finditer(part):
                name = _longest_known(match[0], text)
                if name is None:
                    continue
                words = {pair for pair in _pairs(part) if pair not in name}
                own = [len(words.intersection(_pairs(piece))) for piece in pieces if name in piece]
                others = [
                    len(words.intersection(_pairs(piece)))
                    for piece in pieces
                    if name not in piece and _BODY.search(piece)
                ]
                if own and max(others, default=0) > max(own):
                    return Finding("office", name, claim)
    return None


def _longest_known(words: str, text: str) -> str | None:
    least = 3 if words.endswith("财政") else 4
    return next((words[n:] for n in range(len(words) - least + 1) if words[n:] in text), None)


def _known_words(unit: Unit, units: Sequence[Unit]) -> str:
    """The words of one sentence, with the headings above it and what leads in to it."""
    lead = [one.text for one in units if one is not unit and one.text.rstrip().endswith(("：", ":"))]
    return "\n".join((unit.text, unit.above, *lead, *(one.text for one in units if one.is_trailer)))


def _in_order(claim: str, text: str) -> bool:
    there = [figure.value for figure in figures(text)]
    place = 0
    for figure in figures(claim):
        if figure.value not in there[place:]:
            return False
        place = there.index(figure.value, place) + 1
    return True


def lost_negation(claim: str, text: str) -> str | None:
    """Return words that the source only denies (不得转租, 不收取费用) and the claim states as they are."""
    said = squeeze(claim)
    denied = [_until_pause(text, match.end()) for match in _SAYS_NO.finditer(text)]
    for words in denied:
        shared = max((_head(words[skip:], said) for skip in range(4)), key=len)
        if not shared or squeeze(text).count(shared) > sum(shared in other for other in denied):
            continue
        for match in re.finditer(re.escape(shared), said):
            begin = max(said.rfind(stop, 0, match.start()) for stop in "，,。；;！!？?\n")
            around = said[begin + 1 : match.end() + 8]
            if not NEGATIVE.search(NO_NEGATIVE.sub("", around)):
                return shared
    return None


def _until_pause(text: str, place: int) -> str:
    return squeeze(re.split(rf"[{re.escape(_CLAUSE_STOP)}]", text[place:], maxsplit=1)[0])


def _head(words: str, text: str) -> str:
    end = len(words)
    while end >= 2 and words[:end] not in text:
        end -= 1
    return words[:end] if end >= 2 else ""


def wrong_role(claim: str, units: Sequence[Unit]) -> str | None:
    """Return an office that the claim gives a role which the task's trailer gives to others."""
    trailers = [
        trailer
        for unit in units
        if unit.is_trailer and (trailer := unit.document.clauses[unit.paragraph.clause].trailer) is not None
    ]
    if not trailers:
        return None
    leads = "".join(office for trailer in trailers for office in trailer.lead_units)
    others = "".join(office for trailer in trailers for office in trailer.responsible_units)
    for role, words in _roles(claim):
        wanted = leads if role in ("牵头", "主责", "主导") else others
        for match in re.finditer(rf"[{HAN}]{{2,}}", re.sub(r"、|和|与|及|以及|会同|，", " ", words)):
            name = _office_in(match[0], leads + others)
            if name is not None and name not in wanted:
                return name
    return None


def _roles(claim: str) -> Iterator[tuple[str, str]]:
    """Yield each role that the claim gives with the words that name who has it."""
    after = list(_ROLE_AFTER.finditer(claim))
    for match, following in zip_longest(after, after[1:]):
        words = claim[match.end() : following.start() if following else len(claim)]
        words = re.split(r"[；;。]", words)[0]
        if re.search(rf"[{HAN}]{{2,}}", words):
            yield match["role"], words
        else:  # 市财政局是牵头单位
            yield match["role"], re.split(r"[，,；;。]", claim[: match.start()])[-1]
    if not after:
        begin = 0
        for match in _ROLE_BEFORE.finditer(claim):
            yield match["role"], re.split(r"[；;。]", claim[begin : match.start()])[-1]
            begin = match.end()


def _office_in(words: str, known: str) -> str | None:
    """Return the longest end of `words`, three characters at least, that is in `known`."""
    words = re.sub(r"(?:分别|共同|联合|负责|等|的|是|为|单位|部门)+$", "", words)
    return next((words[n:] for n in range(len(words) - 2) if words[n:] in known), None)
