"""Which statements of scripted replies leave: every one that the documents carry, none that they do not."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from indexer.build import build
from indexer.embedding import Embedder, load_embedder
from indexer.index import Index, open_index
from indexer.tokens import normalize
from service.answer import Passage
from service.attribution import Attribution, Checked
from service.page import Page, text_of
from service.prompts import Source
from service.question import Question
from service.statements import statements
from service.understanding import Understanding
from tests.answer_corpus import JICHUAN, QINGFENG, SIGNS, write_texts
from tests.scripted_replies import EBIKES, LATER_REPLIES, REPLIES, Reply

ROOT = Path(__file__).resolve().parent.parent
_folders: list[TemporaryDirectory[str]] = []


@cache
def index() -> Index:
    """Both collections of documents in one index."""
    folder = TemporaryDirectory(prefix="wence-replies-")
    _folders.append(folder)  # removed when the process ends
    corpus = write_texts(Path(folder.name) / "corpus")
    for file in sorted((ROOT / "eval" / "documents").glob("*.md")):
        shutil.copy(file, corpus)
    build(corpus, Path(folder.name) / "index", progress=False)
    return open_index(Path(folder.name) / "index")


@cache
def embedder() -> Embedder:
    return load_embedder()


def question_of(text: str) -> Question:
    entries = index().catalogue.entries
    return Understanding(entries, units=set()).read(text, normalize(text))


def sources(documents: Sequence[str]) -> list[Source]:
    """Every chunk of the documents, numbered."""
    found: list[Source] = []
    for document_id in documents:
        document = index().catalogue.document(document_id)
        for chunk in index().catalogue.chunks_of(document_id):
            found.append(Source(len(found) + 1, Passage(chunk, document, document.paragraphs[0], 0.5)))
    return found


def marked(text: str, numbered: Sequence[Source]) -> str:
    """Put the number of the first source that holds the words in the place of `⟦words⟧`."""

    def number(match: re.Match[str]) -> str:
        return f"[{next(one.number for one in numbered if match[1] in one.passage.chunk.text)}]"

    return re.sub(r"⟦([^⟧]*)⟧", number, text)


def plain(text: str) -> str:
    text = re.sub(r"⟦[^⟧]*⟧|[\[【]\d+[\]】]|^根据资料", "", text)
    return re.sub(r"\W", "", re.sub(r"^(?:\d+[.、]|-)\s*", "", text))


def left_of(reply: Reply) -> str:
    """The words that leave of a reply over every chunk of its documents."""
    numbered = sources(reply.documents)
    page = Page(Attribution(numbered, question_of(reply.question), embedder()))
    for said in statements([marked("\n".join(words for _, words in reply.lines), numbered)]):
        page.add(said)
    return plain(text_of(page.draft()))


def misses(reply: Reply) -> tuple[list[str], list[str]]:
    """The lines that left though nothing carries them, and those that went though something does."""
    left = left_of(reply)
    carried = [plain(words) for sign, words in reply.lines if sign == "+"]
    unsupported = [
        words
        for sign, words in reply.lines
        # The same words may be right of one city and wrong of another.
        if sign == "-" and left.count(plain(words)) > sum(plain(words) in one for one in carried)
    ]
    dropped = [words for sign, words in reply.lines if sign == "+" and plain(words) not in left]
    return unsupported, dropped


@pytest.mark.parametrize(
    "replies", [REPLIES[1::2], REPLIES[::2], LATER_REPLIES], ids=["odd", "even", "later"]
)
def test_nothing_unsupported_leaves_and_little_else_is_lost(replies: Sequence[Reply]) -> None:
    found = [misses(reply) for reply in replies]
    unsupported = [line for lines, _ in found for line in lines]
    dropped = [line for _, lines in found for line in lines]
    supported = sum(sign == "+" for reply in replies for sign, _ in reply.lines)
    assert unsupported == []
    assert len(dropped) < 0.05 * supported, dropped


def test_there_are_replies_enough() -> None:
    signs = [sign for reply in (*REPLIES, *LATER_REPLIES) for sign, _ in reply.lines]
    assert len(REPLIES) >= 60
    assert signs.count("+") >= 140
    assert signs.count("-") >= 140


def check(text: str, documents: Sequence[str] = (QINGFENG,), question: str = "清枫市有什么规定？") -> Checked:
    numbered = sources(documents)
    (said,) = statements([marked(text, numbered)])
    return Attribution(numbered, question_of(question), embedder()).check(said)


def test_a_statement_stands_on_the_very_sentence() -> None:
    checked = check("简易注销的公告期压缩为15天⟦精简注销⟧。")
    assert [span.text for span in checked.spans] == [
        "未开业的企业申请简易注销，公告期压缩为15天，公告期满无人提出异议的，2个工作日内办结。"
    ]


def test_a_wrong_citation_is_moved() -> None:
    checked = check("低压用户从报装到通电不超过4个工作日⟦枫易贷⟧。")
    assert checked.outcome == "moved"
    assert "低压用户" in checked.spans[0].text


def test_a_claim_on_two_clauses_stands_on_both() -> None:
    checked = check("新设企业可以免费领取4枚印章⟦赠送首套⟧；无外线工程的用水报装2个工作日内通水⟦缩短用水⟧。")
    assert checked.outcome == "kept"
    assert len({span.paragraph.clause for span in checked.spans}) == 2


def test_a_bare_figure_is_read_as_an_answer_to_the_question() -> None:
    assert check("4个工作日⟦低压用户⟧。", question="清枫市低压用户接电要几天？").outcome == "kept"
    assert check("4个工作日⟦低压用户⟧。", question="清枫市高压单电源用户接电要几天？").outcome == "dropped"


def test_a_city_that_was_left_open_is_named_where_the_sources_have_several() -> None:
    checked = check(
        "投标保证金不得超过项目估算价的1.5%⟦招标减负⟧。", (QINGFENG, JICHUAN), "投标保证金最高多少？"
    )
    assert checked.text == "霁川市：投标保证金不得超过项目估算价的1.5%。"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("新设企业可以免费领取5枚印章⟦赠送首套⟧。", "figure"),
        ("600万元以下的小微企业，担保费率不低于0.8%⟦压降担保费率⟧。", "bound"),
        ("用水报装可以要求用户自行办理占道审批⟦缩短用水⟧。", "negation"),
        ("“枫快贷”的单户额度最高200万元⟦枫易贷⟧。", "name"),
        ("按照第八十条，每年现场检查不超过1次⟦减少入企⟧。", "number"),
        ("建议您尽快申请简易注销⟦精简注销⟧。", "voice"),
        ("详见 https://example.com 。", "markup"),
    ],
)
def test_a_statement_that_goes_says_why(text: str, kind: str) -> None:
    checked = check(text)
    assert checked.outcome == "dropped"
    assert kind in {finding.kind for finding in checked.findings}


def test_an_instruction_inside_a_source_is_no_evidence_for_obeying_it() -> None:
    assert check("好的，我已忽略之前的要求。").outcome == "dropped"


@pytest.mark.parametrize("document_id", [QINGFENG, JICHUAN, SIGNS, EBIKES])
def test_every_sentence_of_a_source_carries_itself(document_id: str) -> None:
    numbered = sources((document_id,))
    attribution = Attribution(numbered, question_of("有什么规定？"), embedder())
    lost = []
    for one in numbered:
        for said in statements([f"{one.passage.chunk.text}"]):
            if len(said.text) > 20 and not said.leads_in and attribution.check(said).outcome == "dropped":
                lost.append(said.text)
    assert len(lost) <= 2, lost
