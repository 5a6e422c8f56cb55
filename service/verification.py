"""Hold every statement of an answer to the source words it cites.

The check is deterministic: figures, dates, offices, document numbers and quoted names of a
statement must occur in its spans, or among what the catalogue knows of the cited document
(its title, number, issuer, region, date, headings). A bound may not turn round (不超过 into
不低于) nor a prohibition into a permission. What fails is removed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from indexer.document import Document, Paragraph
from indexer.tables import cells_of
from service.evidence import Draft, Span, Statement, Table
from service.figures import Figure, carried_values, figures, number
from service.tables import header_of, unit_above, unit_of

_HAN = r"\u4e00-\u9fff"
_QUOTED = re.compile(
    r"“([^“”]{2,60})”|《([^《》]{2,80})》|‘([^‘’]{2,60})’|「([^「」]{2,60})」|『([^『』]{2,60})』|\"([^\"\n]{2,60})\""
)
_QUOTES = re.compile(r"[“”‘’「」『』\"'《》〈〉]")
_DOCUMENT_NUMBER = re.compile(rf"([{_HAN}]{{0,12}})[〔\[(（]\s*(\d{{4}})\s*[〕\])）]\s*第?\s*(\d+)\s*号")
_NUMERAL = r"\d+|[〇零一二两三四五六七八九十百千]+"
_ORDINAL = re.compile(rf"第\s*({_NUMERAL})\s*(条|款|项|章|节|编|部分|号|届|次|类|批|期|档|点)")
_LABEL = re.compile(rf"({_NUMERAL})")
_CODE = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,6}[/-]?\d+|\d+[A-Z][A-Za-z]{0,3})(?![A-Za-z0-9])")

# What makes words an office. Two characters before the ending tell one 局 from another (财政局), one is
# enough for a 法院 (市法院), and the short names say it all.
_ENDING = r"局|委员会|办公室|厅|支行|(?<![为以])中心|总队|支队|大队|研究院|行业协会|集团"
# These tell themselves apart: 协同单位为人民银行 is 人民银行.
_OWN_ENDING = (
    r"(?:供电|供水|燃气|电力|担保|水务|自来水|热力|城投|国网|融资|投资)公司"
    r"|(?:人民|建设|工商|农业|招商|交通|农商)银行"
)
_BROAD_ENDING = r"人民政府|法院|检察院|海关"
_SHORT_OFFICE = (
    r"发改委|国资委|卫健委|住建委|经信委|民宗委|农业农村委|纪委|监委|编委|政法委|宣传部|组织部|统战部|工商联|总工会"
    r"|残联|妇联|团委|(?:优化|督考|督查|政务|金融|网信|外事|台|营商|信访|法制|安委|防汛|河长|招商|审改|职转)办"
)
_OFFICE = re.compile(
    rf"[{_HAN}]{{2,20}}?(?:{_ENDING}|{_OWN_ENDING})(?![{_HAN}]?(?:建设|服务体系))"
    rf"|[{_HAN}]{{1,12}}?(?:{_BROAD_ENDING})|[{_HAN}]{{0,4}}?(?:{_SHORT_OFFICE})"
)
_OFFICE_END = re.compile(
    rf"(?P<own>{_OWN_ENDING})$|(?P<two>{_ENDING})$|(?P<one>{_BROAD_ENDING})$|(?:{_SHORT_OFFICE})$"
)
_GENERAL_OFFICE = re.compile(rf"([{_HAN}]{{2,8}})(?:部门|机关)")
_VAGUE_OFFICE = re.compile(
    r"(?:有关|相关|主管|各|责任|牵头|职能|配合|成员|下级|上级|同级|其他|行政|国家|执法|管理|监督|审批|政府|负责|所属|业务|发文|制定|发布|颁布|印发|登记|的)$"
)

_NOT = r"(?<!不)(?<!不得)(?<!不应)(?<!不能)(?<!未)(?<!不可)"
_BOUND_BEFORE = re.compile(
    rf"(?:(?P<upper>不(?:得|应|能|可)?(?:超过|高于|多于|大于|超出|突破|超|迟于|晚于)|未超过|最[高多长大晚迟]|至多|上限|封顶|{_NOT}(?:低于|少于|小于)"
    rf"|不[足满到]|控制在|压[缩减]至"
    r"|up to|at most|no more than|not exceed(?:ing)?|within|maximum|(?<!no )(?<!not )less than|under"
    r"|below|cap(?:ped)? (?:of|at))"
    rf"|(?P<lower>不(?:得|应|能|可)?(?:低于|少于|小于|短于)|至少|最[低少短小]|起码|{_NOT}(?:超过|高于|大于|多于|突破)|(?<!不)满"
    r"|at least|no less than|not less than|minimum|(?<!no )more than|over|above|(?<!not )exceed(?:ing|s)?))",
    re.IGNORECASE,
)
_NEAR = re.compile(r"[^,，。；;、\d]{0,4}")
_FAR = re.compile(r"[^,，。；;、\d]{0,16}")
_UPPER_AFTER = re.compile(
    r"\s*[元人]?(?:人民币)?(?:[(（]含[^)）]*[)）])?(?:[及或]?以[下内]|之?内|封顶| or (?:less|fewer|below))"
)
_LOWER_AFTER = re.compile(
    r"\s*[元人]?(?:人民币)?(?:[(（]含[^)）]*[)）])?(?:[及或]?以上|起步| or (?:more|above|over))"
)

_NEGATIVE = (
    r"不得不|不能不|不可以|不得|不可|不能|不准|不允许|不应当|不应|不予|不再|不需要?|不必|不用|无需|无须|毋需"
    r"|禁止|严禁|免予|免于|未经|不"
)
_POSITIVE = (
    r"予以|准予|给予|可以|应当|必须|允许|能够|需要|应该|(?<=[,，。；;、])应|可(?![能靠行持见])|须|准许"
)
_MODAL = re.compile(rf"(?P<minus>{_NEGATIVE})|(?P<plus>{_POSITIVE})")
_NO_MODAL_BEFORE = re.compile(
    r"超|高于|低于|少于|多于|大于|小于|足|满|到|断|同|仅|但|只|含|论|管|限|良|动产|少|突破|变|及|利|符|合|当|见|等|平|时|定"
)
_DENIAL = r"[，,]\s*(?:并非|而不是|not )\s*"
_DENIED = re.compile(rf"{_DENIAL}([^，,。；;]+?)(?=[，,。；;]|\.(?!\d)|$)")
_CITIES = re.compile(r"[城市县区州地]|cit|region", re.IGNORECASE)
_DOCUMENTS = re.compile(r"份|部|文件|政策|法规|条例|document|polic", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,，。；;：:、！!？?\n(（)）]")
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_ENGLISH_DATE = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{_MONTHS})(?:\s+(?P<d2>\d{{1,2}})(?:st|nd|rd"
    rf"|th)?,?)?,?\s+(?P<year>(?:19|20)\d{{2}})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A word of a statement that its evidence does not carry."""

    kind: str
    """`figure`, `bound`, `negation`, `name`, `number`, `office` or `evidence` (nothing cited at all)."""
    word: str
    statement: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The draft with what failed taken out, and what was found."""

    draft: Draft
    findings: tuple[Finding, ...]
    checked: int


def verify(draft: Draft) -> Verdict:
    """Check every statement and table row of `draft`; take out those that their spans do not carry.

    A frame statement (no spans) stays only while a statement that it frames is left and every
    figure in it is the count of what is left or occurs in the spans of what is left. `共N项` in a
    statement with spans must be the number of items that follow, or of the clauses that it cites.
    """
    findings: list[Finding] = []
    checked = 0
    carried: list[Statement | Table] = []
    for block in draft.blocks:
        if isinstance(block, Table):
            rows = []
            whole = _known(draft.spans)
            for cells, spans in block.rows:
                checked += 1
                # A row that cites nothing says that the one in its first cell is silent.
                said = "\n".join(cells if spans else cells[1:])
                missing = unsupported(said, _known(spans) if spans else whole)
                findings.extend(missing)
                if not missing:
                    rows.append((cells, spans))
            if any(spans for _, spans in rows):
                carried.append(Table(block.header, tuple(rows)))
        elif block.spans:
            checked += 1
            missing = [
                one
                for one in unsupported(block.text, _known(block.spans))
                if not (one.kind == "figure" and _counted(one.word, block.text))
            ]
            findings.extend(missing)
            if not missing:
                carried.append(block)
        else:
            carried.append(block)
    kept, untrue = _true_counts(carried)
    findings.extend(untrue)
    return Verdict(Draft(tuple(kept), draft.notice), tuple(findings), checked)


def unsupported(statement: str, known: str) -> list[Finding]:
    """Return what `statement` says and `known` does not carry: figures, bounds, names, numbers, offices."""
    evidence = _evidence(known)
    said, denied = _without_denials(_in_one_writing(statement))
    found = [
        Finding("figure", figure.text, statement)
        for words in denied
        for figure in figures(words)
        if figure.value in evidence.values
    ]
    found += [Finding("number", words, statement) for words in _missing_numbers(said, evidence)]
    found += [Finding("name", words, statement) for words in _missing_names(said, evidence)]
    own = figures(said)
    counts = Counter(
        (_sentence_at(said, figure.start), figure.value) for figure in own if figure.quantity != "date"
    )
    for figure in own:
        english = _is_english(said) or re.match(r" [a-z]", said[figure.end :]) is not None
        if not _carries(figure, evidence, english=english):
            found.append(Finding("figure", figure.text, statement))
        elif counts[_sentence_at(said, figure.start), figure.value] > max(1, evidence.values[figure.value]):
            # 5万元以上5万元以下, where the source says 5万元 once: one of the two is not its own.
            found.append(Finding("figure", figure.text, statement))
        elif _turned_round(said, figure, evidence):
            found.append(Finding("bound", figure.text, statement))
    found += [Finding("office", words, statement) for words in _missing_offices(said, evidence)]
    found += [Finding("negation", words, statement) for words in _flipped(said, evidence)]
    return found


def _without_denials(statement: str) -> tuple[str, list[str]]:
    """Take out what a statement says not to hold (`，并非3天`), which its evidence must not carry."""
    denied = [match[1] for match in _DENIED.finditer(statement) if figures(match[1])]
    for words in denied:
        statement = re.sub(rf"{_DENIAL}{re.escape(words)}", "", statement)
    return statement, denied


def squeeze(text: str) -> str:
    """Return `text` in compatibility form without white space, quotation marks apart from their form."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"\s+", "", text).replace("‘", "“").replace("’", "”").replace('"', "“")


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What the cited words carry, read once."""

    text: str
    plain: str
    """Squeezed, without quotation marks."""
    values: Counter[str]
    bounds: dict[str, frozenset[str]]
    """Directions in which each value is bounded, `upper`, `lower` or `none`, by canonical value."""
    ordinals: frozenset[tuple[float | None, str]]
    modals: tuple[tuple[str, str], ...]
    """Pairs of a polarity and the words after it."""


@lru_cache(maxsize=512)
def _evidence(known: str) -> _Evidence:
    bounds: dict[str, set[str]] = {}
    for figure in figures(known):
        bounds.setdefault(figure.value, set()).add(_direction(known, figure))
    return _Evidence(
        known,
        _bare(known),
        carried_values(known),
        {value: frozenset(directions) for value, directions in bounds.items()},
        frozenset((number(m[1]), m[2]) for m in _ORDINAL.finditer(known)),
        tuple(_modals(known)),
    )


def _bare(text: str) -> str:
    return _QUOTES.sub("", squeeze(text))


def _is_english(text: str) -> bool:
    return sum(character.isascii() and character.isalpha() for character in text) > len(text) / 2


def _in_one_writing(statement: str) -> str:
    """Write English dates as ISO dates, so that they compare with Chinese ones."""

    def iso(match: re.Match[str]) -> str:
        month = _MONTHS.split("|").index(match["month"].lower()) + 1
        day = match["d1"] or match["d2"]
        return f"{match['year']}-{month}-{day}" if day else f"{match['year']}年{month}月"

    return _ENGLISH_DATE.sub(iso, statement) if re.search(r"[A-Za-z]{3}", statement) else statement


def _carries(figure: Figure, evidence: _Evidence, *, english: bool) -> bool:
    if figure.value in evidence.values:
        return True
    if figure.quantity == "date":
        # 2022年12月 says less than 2022年12月底, and 4月2日 less than 2024年4月2日.
        less = re.compile(
            rf"(?:\d{{4}})?{re.escape(figure.value)}" if figure.value[0] == "-" else re.escape(figure.value)
        )
        return any(re.match(rf"(?:{less.pattern})(?:-|底|初|[上中下]|$)", value) for value in evidence.values)
    if english and figure.quantity in ("code", "count"):  # 30 cities for 30个城市
        return any(re.fullmatch(rf"{re.escape(figure.value)}[^\d.%‰]*", value) for value in evidence.values)
    return False


def _sentence_at(text: str, place: int) -> int:
    return max(text.rfind(stop, 0, place) for stop in "。！？；;\n")


def _direction(text: str, figure: Figure) -> str:
    before = text[max(0, figure.start - 24) : figure.start]
    after = text[figure.end : figure.end + 14]
    if _UPPER_AFTER.match(after):
        return "upper"
    if _LOWER_AFTER.match(after):
        return "lower"
    nearest = None
    for match in _BOUND_BEFORE.finditer(before):
        nearest = match
    if nearest is None:
        return "none"
    # 超过采购项目预算金额的2%: what is exceeded may stand between.
    gap = _FAR if nearest[0][-1] in "过于" else _NEAR
    if not gap.fullmatch(before[nearest.end() :]):
        return "none"
    return "upper" if nearest["upper"] else "lower"


def _turned_round(statement: str, figure: Figure, evidence: _Evidence) -> bool:
    """不超过 in the source, 不低于 in the statement, around the same figure."""
    said = _direction(statement, figure)
    there = evidence.bounds.get(figure.value, frozenset())
    return bool(there) and said != "none" and there == {"lower" if said == "upper" else "upper"}


def _missing_numbers(statement: str, evidence: _Evidence) -> Iterator[str]:
    numbers = {(m[2], str(int(m[3]))): m[1] for m in _DOCUMENT_NUMBER.finditer(evidence.text)}
    for match in _DOCUMENT_NUMBER.finditer(statement):
        there = numbers.get((match[2], str(int(match[3]))))
        # The words before may hold more than the office's abbreviation: 文号为鄂州优化发〔2022〕3号.
        if there is None or (match[1] and there and match[1][-2:] != there[-2:]):
            yield match[0]
    for match in _ORDINAL.finditer(statement):
        if (number(match[1]), match[2]) not in evidence.ordinals:
            yield match[0]
    for match in _CODE.finditer(statement):
        if match[0].lower() not in evidence.plain.lower():
            yield match[0]


def _missing_names(statement: str, evidence: _Evidence) -> Iterator[str]:
    for match in _QUOTED.finditer(statement):
        name = next(group for group in match.groups() if group)
        if _bare(name).strip(".。，,；;：:") not in evidence.plain:
            yield name


def _missing_offices(statement: str, evidence: _Evidence) -> Iterator[str]:
    plain = re.sub(r"\s+", "", _QUOTES.sub("", statement)) if not _is_english(statement) else statement
    for match in _OFFICE.finditer(plain):
        if not _names_office(match[0], evidence.plain):
            yield match[0]
    for match in _GENERAL_OFFICE.finditer(plain):
        words = match[1]
        if not _VAGUE_OFFICE.search(words) and words[-2:] not in evidence.plain:
            yield match[0]


def _names_office(words: str, plain: str) -> bool:
    """True where some end of `words` that still tells the office apart stands in `plain`.

    The pattern may take a verb before the name along: 由市财政局 is 市财政局.
    """
    end = _OFFICE_END.search(words)
    if end is None:
        return words in plain
    last = max(0, end.start() - (2 if end["two"] else 1 if end["one"] else 0))
    return any(words[start:] in plain for start in range(last + 1))


def _flipped(statement: str, evidence: _Evidence) -> Iterator[str]:
    """Yield what the statement permits and the source only forbids (不得 for 可以), or the other way."""
    for polarity, words in _modals(statement):
        # The longest words after the modal that the source has too; an adverb may stand before them.
        shared = max((_shared_start(words[skip:], evidence.text) for skip in range(4)), key=len)
        if len(shared) < 2:
            continue
        forbidden = sum(said.count(shared) for sign, said in evidence.modals if sign == "minus")
        if (polarity == "minus" and not forbidden) or (
            polarity == "plus" and forbidden >= evidence.text.count(shared)
        ):
            yield shared


def _shared_start(words: str, text: str) -> str:
    end = len(words)
    while end >= 2 and words[:end] not in text:
        end -= 1
    return words[:end] if end >= 2 else ""


def _modals(text: str) -> Iterator[tuple[str, str]]:
    """Yield each modal's polarity, `plus` or `minus`, with up to eight characters of its clause."""
    matches: list[re.Match[str]] = []
    for match in _MODAL.finditer(text):
        # 不得予以撤销 forbids; 予以 takes nothing back.
        last = matches[-1] if matches else None
        negated = (
            last is not None and last["minus"] and not _CLAUSE_END.search(text[last.end() : match.start()])
        )
        if not (match[0] in ("予以", "给予", "准予") and negated):
            matches.append(match)
    for match, following in zip_longest(matches, matches[1:]):
        end = min(match.end() + 8, following.start() if following else len(text))
        words = _CLAUSE_END.split(text[match.end() : end], maxsplit=1)[0]
        if len(words) < 2 or re.match(r"超过|[高低多少大小]于", words):
            continue
        if match[0] in ("不", "可", "须") and _NO_MODAL_BEFORE.match(words):
            continue
        minus = match["minus"] and match[0] not in ("不得不", "不能不")
        yield ("minus" if minus else "plus"), words


def _known(spans: Iterable[Span]) -> str:
    parts: dict[str, None] = {}
    for span in spans:
        document = span.document
        own = [span.text, document.title, document.number or "", document.issuer or "", document.region or ""]
        if (header := header_of(document, span.paragraph)) is not None:
            own += _measured(span.paragraph, header, unit_above(document, header))
        for row in document.path(span.paragraph.clause):
            clause = document.clauses[row]
            own.append(clause.heading)
            label = _LABEL.search(clause.label)
            if label:
                own.append(f"第{label[1]}条 第{label[1]}项 第{label[1]}点 第{label[1]}部分")
        for day in (document.issued_on, document.effective_on, document.expires_on):
            if day is not None:
                own.append(f"{day.year}年{day.month}月{day.day}日 {day.isoformat()}")
        if document.status:
            own.append(document.status)
        parts.update(dict.fromkeys(own))
    return "\n".join(part for part in parts if part)


def _measured(row: Paragraph, header: Paragraph, unit: str | None) -> list[str]:
    """The bare numbers of a row with their units, which stand in the header, by the row's name, or above the table: 650元/人·月."""
    pairs = list(zip(cells_of(header.text), cells_of(row.text), strict=False))
    named = next((unit_of(cell) for _, cell in pairs if re.search(r"[^\d.]", cell)), None)
    units = [unit_of(name) or named or unit for name, _ in pairs]
    return [
        f"{cell}{own}" for (_, cell), own in zip(pairs, units, strict=True) if own and cell[-1:].isdigit()
    ]


def _counted(word: str, text: str) -> bool:
    """The figure counts what follows or what is cited: 共5项."""
    return re.search(rf"共(?:有|计)?\s*{re.escape(word)}", text) is not None


def _true_counts(blocks: Sequence[Statement | Table]) -> tuple[list[Statement | Table], list[Finding]]:
    """Leave the frames that still frame something, and the counts that are true of what is left."""
    kept: list[Statement | Table] = []
    findings: list[Finding] = []
    evident = [block for block in blocks if isinstance(block, Table) or block.spans]
    if not evident:
        return [], [
            Finding("evidence", b.text, b.text)
            for b in blocks
            if isinstance(b, Statement) and figures(b.text)
        ]
    whole = _known(Draft(tuple(blocks)).spans)
    for place, block in enumerate(blocks):
        if isinstance(block, Table):
            kept.append(block)
            continue
        following = _following(blocks, place)
        if block.spans:
            said = [figure for figure in figures(block.text) if _counted(figure.text, block.text)]
            known = _evidence(_known(block.spans))
            wrong = [
                figure
                for figure in said
                if figure.value not in known.values
                and _leading(figure.text) not in {_size(following), *_clauses_cited(block.spans)}
            ]
            findings += [Finding("figure", figure.text, block.text) for figure in wrong]
            if not wrong:
                kept.append(block)
            continue
        if not following and (block.text.rstrip().endswith(("：", ":")) or not kept):
            continue
        missing = [
            one
            for one in unsupported(block.text, whole)
            if one.kind != "office" and not _counts_truly(one, blocks, following)
        ]
        findings.extend(missing)
        if not missing:
            kept.append(block)
    if not any(isinstance(block, Table) or block.spans for block in kept):
        return [], findings
    return kept, findings


def _following(blocks: Sequence[Statement | Table], place: int) -> list[Statement | Table]:
    """The blocks with evidence after `place`, up to the next frame."""
    found: list[Statement | Table] = []
    for block in blocks[place + 1 :]:
        if isinstance(block, Statement) and not block.spans:
            break
        found.append(block)
    return found


def _size(blocks: Sequence[Statement | Table]) -> int:
    return sum(len(block.rows) if isinstance(block, Table) else 1 for block in blocks)


def _counts_truly(
    finding: Finding, blocks: Sequence[Statement | Table], following: Sequence[Statement | Table]
) -> bool:
    """The figure is the number of the frame's own items or rows, of all, or of the documents or cities cited."""
    amount = _leading(finding.word)
    if finding.kind != "figure" or amount is None:
        return False
    evident = [block for block in blocks if isinstance(block, Table) or block.spans]
    tables = [block for block in evident if isinstance(block, Table)]
    if amount in (_size(following), _size(evident), _size(tables)):
        return True
    words = finding.statement[finding.statement.find(finding.word) :][: len(finding.word) + 10]
    regions = {span.document.id: span.document.region for span in Draft(tuple(blocks)).spans}
    if _CITIES.search(words):
        return amount == len(set(regions.values()))
    return _DOCUMENTS.search(words) is not None and amount == len(regions)


def _clauses_cited(spans: Sequence[Span]) -> set[int]:
    """How many clauses the spans stand for: the cited, those under the cited one, or from the first to the last.

    Of rows of a table those from the first to the last.
    """
    found: set[int] = set()
    for document in {span.document.id: span.document for span in spans}.values():
        cited = {span.paragraph.clause for span in spans if span.document.id == document.id}
        rows = sorted(cited - {0}) or sorted(cited)  # the title block stands for no clause of its own
        found |= {len(rows), *(sum(clause.parent == row for clause in document.clauses) for row in rows)}
        found |= _rows_cited(document, [span.paragraph for span in spans if span.document.id == document.id])
        if len(rows) < 2:
            continue
        first, last = document.clauses[rows[0]], document.clauses[rows[-1]]
        between = document.clauses[rows[0] : rows[-1] + 1]
        found.add(sum(clause.parent == first.parent for clause in between))
        if _form(first.label) == _form(last.label):
            alike = [
                clause for clause in between if clause.label and _form(clause.label) == _form(first.label)
            ]
            found |= {len(alike), sum(clause.level == first.level for clause in alike)}
    return found


def _rows_cited(document: Document, paragraphs: Sequence[Paragraph]) -> set[int]:
    """How many rows of each table stand from the first cited to the last."""
    cited: dict[int, list[int]] = {}
    for paragraph in paragraphs:
        if paragraph.number in document.table_headers:
            cited.setdefault(document.table_headers[paragraph.number].number, []).append(paragraph.number)
    return {max(numbers) - min(numbers) + 1 for numbers in cited.values()}


def _form(label: str) -> str:
    """`第三条` and `第十二条` are of one form, `3` and `三` are not."""
    return re.sub(r"[〇零一二两三四五六七八九十百千]+", "一", re.sub(r"\d+", "1", label))


def _leading(words: str) -> int | None:
    match = re.match(_NUMERAL, words)
    value = number(match[0]) if match else None
    return int(value) if value is not None and value == int(value) else None
