"""Confirm or correct the office that a question puts in charge of an act: 是发改委在管着指导吧？"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from indexer.document import Document
from service.composing.openings import ANOTHER, verdict
from service.evidence import Statement
from service.kinds import without_question_words
from service.question import Question
from service.ranking import ScoredSentence
from service.sentences import sentences

_STEMS: dict[str, str] = {
    "发展改革": r"发改|发展(?:和|与)?改革",
    "市场监督": r"市场监[督管]|市监|工商(?![联户业界])",
    "交警": r"交警|公安(?:机关)?交通管理|公安交管",
    "公安": r"公安|派出所|警察",
    "城市管理": r"城管|城市管理|综合(?:行政)?执法",
    "住房城乡建设": r"住建|住房(?:和|与)?城乡建设|建设(?=局|委|厅|行政|主管|部门)",
    "人力资源社会保障": r"人社|人力资源(?:和|与)?社会保障|人力社保|劳动(?:和社会)?保障",
    "医疗保障": r"医保|医疗保障",
    "卫生健康": r"卫健|卫计|卫生(?=健康|局|委|厅|行政|主管|部门)",
    "自然资源": r"自然资源|自规|国土",
    "生态环境": r"环保|生态环境|环境保护",
    "交通运输": r"运管|交通运输|(?<!公安)(?<!机关)交通(?=局|委|厅|行政|主管|部门)",
    "农业农村": r"农委|农业农村|农业(?=局|委|厅|行政|主管|部门)",
    "水利": r"水利|水务|水行政",
    "应急": r"安监|应急(?=管理|局|厅|部门)|安全生产监督",
    "文化旅游": r"文旅|文化(?:和|与)?旅游",
    "工业信息化": r"工信|经信|工业和信息化",
    "科学技术": r"科技(?=局|委|厅|主管|部门|行政)|科学技术(?=局|委|厅|主管|部门|行政)",
    "环境卫生": r"环卫|环境卫生(?=局|主管|部门|行政|管理)",
    "园林": r"园林(?=绿化|局|主管|部门)|绿化(?=局|主管|部门)",
    "残联": r"残联|残疾人联合会",
    "街道": r"街道办|街道办事处",
    "居委会": r"居委会|居民委员会|村委会|村民委员会",
    "公积金": r"公积金(?:管理)?中心",
    "政府": r"政府(?!采购|投资|信息|规章|性|购买|定价|指导)",
    **{
        one: rf"{one}(?=局|委|厅|部|办|机关|行政|主管|监督)"
        for one in ("民政", "财政", "税务", "教育", "司法", "审计", "商务", "统计", "信访", "林业", "气象", "体育", "邮政")
    },
    "海关": r"海关(?![总备])",
    "消防": r"消防(?=局|大队|支队|救援|机构|部门)",
    "法院": r"法院",
    "检察院": r"检察院",
}  # fmt: skip
"""Offices that people and texts call by several names."""


def known_body(name: str) -> re.Pattern[str] | None:
    """Return what finds a body by any of its names, 住建局 as 住房城乡建设主管部门; None for one not known here."""
    return next((re.compile(pattern) for pattern in _STEMS.values() if re.search(pattern, name)), None)


_ENDING = r"(?:部门|机关|机构|局|委员会|委|厅|办公室|大队|支队|政府|办事处|法院|检察院|中心|海关|派出所)"
_CLAIM = re.compile(
    rf"(?:是不是|是|由|归|属于?|该|找|让)(?:都|应|就)?(?P<office>[^,，。?？]{{0,14}}?(?:{_ENDING[3:-1]}|(?:城管|交警|公安|警察|环保|人社|住建|残联|街道办?|居委会)局?))"
    r"(?P<act>[^,，。;；?？]*)"
)
_VERB = (
    r"(?:并|对|可以?|应当|应|依法|依照|按照|根据|负责|主管|牵头|统筹|会同|联合|配合|协同|组织|督促|指导|监督|协调|承担|统一|具体|实施|责令|给予|予以|作出|处|没收|征收|收取|受理"
    r"|办理|审[核批查]|核[发准定]|发放|颁发|批准|制定|确定|划[定设]|设[立置]|登记|备案|认定|查处|处罚|是|为|在|自|每)"
)
_SUBJECT = re.compile(
    rf"(?:^|由)(?!由)(?P<office>(?:(?!是|负责|应当)[\u4e00-\u9fff、]){{0,40}}?{_ENDING})(?=$|{_VERB})(?P<act>.*)"
)
_NO_OFFICE = re.compile(r"可以|应当|建立|申请|向|经|各自|有关|相关|等(?:部门|机关|单位)")
"""What reads as an office and names none that is known."""
_GOES_ON = re.compile(_VERB)
_FILLER = re.compile(
    r"一直|统一|专门|负责|牵头|主管|一手|现在|目前|这[件个]?事|这[一]?块|的|在|来|去|着|了|吧|吗|呢|么|嘛|啊|呀|对|是|没错|不|管(?!理)|一下|说"
)
_IN_CHARGE = ("主管", "牵头", "统筹", "负责", "监督管理")
_OF_THE_WHOLE = ("主管", "牵头", "统筹", "负责.*(?:工作|管理|制度)", "监督管理")
_LEVELS = frozenset(("政府", "街道", "居委会"))
"""That they answer for a matter leaves open which department does."""
_EITHER = re.compile(r"也可以?由|或者由|分别由|各自(?:的)?职责|职责分工")
_LABEL = re.compile(r"^第[^条]{1,8}条\s*|^[(（].{1,3}[)）]|\s")
_NEAR = 0.05


@dataclass(frozen=True, slots=True)
class _Claim:
    offices: frozenset[str]
    acts: tuple[str, ...]
    """Pairs of characters, or verbs of one, that say what it does; empty where it is said to be in charge."""
    matter: frozenset[str]


def answer_to_premise(
    question: Question, found: Sequence[ScoredSentence]
) -> tuple[ScoredSentence, Statement] | None:
    """Return the best sentence that names an office for the very act, and whether it is the one put forward.

    None where the question puts none forward, where no good sentence of the best document names one for that act,
    or where the texts name the one put forward too.
    """
    claim = _claim(question)
    if claim is None or not found:
        return None
    home = found[0].chunk.document
    own = [one for one in found if one.chunk.document.id == home.id and not one.sentence.is_heading]
    elsewhere = {pair for one in own for pair in claim.matter if pair in one.sentence.text}
    telling = elsewhere - _pairs(home.title)
    for one in own:
        if one.score < _NEAR * found[0].score or not _is_of_the_matter(claim, one, telling):
            continue
        named = _named(claim, one.sentence.text, whole=not telling)
        if not named:
            continue
        if frozenset(stem for words in named for stem in _stems(words)) == claim.offices:
            return one, Statement(verdict("是"), (one.span,))
        if claim.offices & _stems(one.sentence.text) or _named_anywhere(claim, home):
            return None
        said = "、".join(f"**{words}**" for words in named)
        return one, Statement(ANOTHER[0].format(said), (one.span,))
    return None


def _claim(question: Question) -> _Claim | None:
    """Read the office and the act of a Chinese question that asks to be told yes or no."""
    if question.kind != "yesno" or question.language == "en":
        return None
    match = _CLAIM.search(question.topic)
    offices = _stems(match["office"]) if match else frozenset()
    if match is None or len(offices) != 1:
        return None
    before = without_question_words(question.topic[: match.start()])
    act = _FILLER.sub(" ", without_question_words(match["act"]))
    acts = tuple(run[n : n + 2] for run in act.split() for n in range(max(1, len(run) - 1)))
    return _Claim(offices, acts, frozenset(_pairs(before) | _pairs(act)))


def _is_of_the_matter(claim: _Claim, one: ScoredSentence, telling: Collection[str]) -> bool:
    """True where a sentence, under its headings, has what tells the question's matter from the document's others.

    Of an act one such word is enough; that an office is in charge must be said of the whole matter.
    """
    document = one.chunk.document
    headings = " ".join(document.heading_path(one.sentence.paragraph.clause))
    own = _pairs(f"{one.sentence.text} {headings}")
    if not claim.matter & (own | _pairs(document.title)):
        return False
    shared = own & set(telling)
    return not telling or (bool(shared) if claim.acts else len(shared) == len(telling))


def _named_anywhere(claim: _Claim, document: Document) -> bool:
    """True where any sentence of a document gives the act, or a charge, to the office that the question names."""
    said = (sentence.text for paragraph in document.paragraphs for sentence in sentences(paragraph.text))
    return any(claim.offices & _stems(words) for text in said for words in _named(claim, text, at_all=True))


def _named(claim: _Claim, text: str, *, whole: bool = False, at_all: bool = False) -> list[str]:
    """Return the offices that a sentence names as doing the act, each in its own part; empty where it names none.

    A sentence that leaves the choice (也可以由…) or names offices by their duties alone settles nothing, unless it
    matters only whether an office is named `at_all`. With `whole`, to be in charge is to be so of the whole matter.
    """
    found: list[str] = []
    subject: str | None = None
    if _EITHER.search(text) and not at_all:
        return []
    for part in re.split(r"[，,；;。：:]", text):
        words = _LABEL.sub("", part)
        match = _SUBJECT.search(words)
        if match is not None:
            subject, words = match["office"], match["act"]
        elif not (_GOES_ON.match(words) or words.endswith("的")):  # 拒不改正的，对个人处…
            subject = None
        if subject is None or not _stems(subject) or (_NO_OFFICE.search(subject) and not at_all):
            continue
        if _stems(subject) <= _LEVELS and not (claim.offices <= _LEVELS or at_all):
            continue
        acts = claim.acts or (_OF_THE_WHOLE if whole else _IN_CHARGE)
        if any(re.search(rf"(?<![不非])(?<!不予){act}", words) for act in acts) and subject not in found:
            found.append(subject)
    return found


def _stems(text: str) -> frozenset[str]:
    """Return which offices a text names; one that stands under a government is not the government."""
    found = {name for name, pattern in _STEMS.items() if re.search(pattern, text)}
    if "交警" in found:
        found.discard("公安")
    return frozenset(found - {"政府"} or found)


def _pairs(text: str) -> set[str]:
    return {
        text[n : n + 2] for n in range(len(text) - 1) if re.fullmatch(r"[\u4e00-\u9fff]{2}", text[n : n + 2])
    }
