"""The JSON that goes over the wire: requests as they are checked, answers as they are sent."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, JsonValue, StringConstraints

from indexer.document import Clause, Document, Paragraph, Trailer
from service.answer import Answer, Citation, Filters, Passage, RefusalReason, Turn
from service.formal import formal_citation
from service.versions import State, Version

QUESTION_CHARS = 2000

QuestionText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=QUESTION_CHARS)
]
Region = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
DocumentId = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class _Request(BaseModel):
    """A body whose unknown fields are errors."""

    model_config = ConfigDict(extra="forbid")


class TurnBody(_Request):
    """One message of the conversation so far."""

    role: Literal["user", "assistant"] = Field(description="谁说的：`user` 提问的人，`assistant` 本服务")
    content: str = Field(max_length=20_000, description="说了什么")


class FiltersBody(_Request):
    """What the search is restricted to; an empty field restricts nothing."""

    regions: list[Region] = Field(
        default=[], max_length=50, description="只查这些地区的文件", examples=[["青石市"]]
    )
    document_ids: list[DocumentId] = Field(default=[], max_length=200, description="只查这些文件")
    issued_from: date | None = Field(default=None, description="成文日期不早于（含当日）")
    issued_to: date | None = Field(default=None, description="成文日期不晚于（含当日）")
    as_of: date | None = Field(default=None, description="按这一天有效的版本回答；不给则按今天")

    def filters(self) -> Filters:
        """Return the same as the pipeline's value."""
        return Filters(
            regions=tuple(self.regions),
            document_ids=tuple(self.document_ids),
            issued_from=self.issued_from,
            issued_to=self.issued_to,
            as_of=self.as_of,
        )


class AskBody(_Request):
    """A question, with what was said before and what to search in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"question": "给小微企业做融资担保，费率最高多少？"},
                {
                    "question": "那白山市呢？",
                    "history": [
                        {"role": "user", "content": "青石市企业注销最快几天？"},
                        {"role": "assistant", "content": "……"},
                    ],
                    "filters": {"issued_from": "2022-01-01"},
                    "top_k": 8,
                    "stream": False,
                },
            ]
        },
    )

    question: QuestionText = Field(
        description="问题，去掉首尾空白后 1 到 2000 个字符", examples=["公司注销最快几天？"]
    )
    history: list[TurnBody] = Field(default=[], max_length=20, description="此前的对话，旧的在前，至多 20 条")
    filters: FiltersBody = Field(default_factory=FiltersBody, description="只在这些文件里查")
    top_k: int = Field(default=8, ge=1, le=50, description="最多根据几个检索片段作答")
    stream: bool = Field(default=False, description="以 server-sent events 逐段返回")

    def turns(self) -> tuple[Turn, ...]:
        """Return the history as the pipeline's values."""
        return tuple(Turn(role=turn.role, content=turn.content) for turn in self.history)


class SearchQuery(_Request):
    """The query string of a search."""

    q: QuestionText = Field(description="要找什么", examples=["企业注销"])
    top_k: int = Field(default=10, ge=1, le=100, description="至多返回几段")
    region: list[Region] = Field(default=[], max_length=50, description="只查这些地区的文件，可重复")
    document_id: list[DocumentId] = Field(default=[], max_length=200, description="只查这些文件，可重复")
    issued_from: date | None = Field(default=None, description="成文日期不早于")
    issued_to: date | None = Field(default=None, description="成文日期不晚于")

    def filters(self) -> Filters:
        """Return the restrictions as the pipeline's value."""
        return Filters(
            regions=tuple(self.region),
            document_ids=tuple(self.document_id),
            issued_from=self.issued_from,
            issued_to=self.issued_to,
        )


class DocumentsQuery(_Request):
    """The query string of the list of documents."""

    q: str = Field(default="", max_length=200, description="标题、发文字号或发文机关里的字词")
    region: str = Field(default="", max_length=60, description="地区")
    issuer: str = Field(default="", max_length=200, description="发文机关")
    year: int | None = Field(default=None, ge=1900, le=2200, description="成文年份")
    offset: int = Field(default=0, ge=0, description="跳过前几份")
    limit: int = Field(default=20, ge=1, le=200, description="至多返回几份")


def _blank(value: object) -> object:
    return None if value == "" else value


class LibraryQuery(DocumentsQuery):
    """The query string of the library page, where an HTML form sends empty fields too."""

    model_config = ConfigDict(extra="ignore")

    year: Annotated[int | None, BeforeValidator(_blank)] = Field(default=None, ge=1900, le=2200)


class PassageView(BaseModel):
    """One source paragraph found."""

    document_id: str = Field(description="文件的标识")
    document_title: str = Field(description="文件的标题")
    issuer: str | None = Field(description="发文机关")
    region: str | None = Field(description="地区")
    heading_path: list[str] = Field(description="各级标题，由外到内")
    clause: str = Field(description="最内层条款的编号", examples=["2"])
    paragraph_id: str = Field(description="段落的标识", examples=["qingshi-2024#p7"])
    text: str = Field(description="原文段落，一字不差")
    score: float = Field(description="检索得分，越大越相关")
    url: str = Field(description="阅读页上这一段的地址", examples=["/documents/qingshi-2024#p7"])

    @classmethod
    def of(cls, passage: Passage) -> PassageView:
        """Return what is sent for `passage`: its best paragraph."""
        document, paragraph = passage.document, passage.paragraph
        return cls(
            document_id=document.id,
            document_title=document.title,
            issuer=document.issuer,
            region=document.region,
            heading_path=list(document.heading_path(paragraph.clause)),
            clause=_clause_label(document, paragraph),
            paragraph_id=paragraph.id,
            text=paragraph.text,
            score=round(passage.score, 6),
            url=paragraph_url(document, paragraph),
        )


class CitationView(BaseModel):
    """A source paragraph that the answer stands on; `text[start:end] == quote`, in code points."""

    index: int = Field(description="回答中的 [n]，从 1 起")
    document_id: str = Field(description="文件的标识")
    document_title: str = Field(description="文件的标题")
    document_number: str | None = Field(description="发文字号")
    issuer: str | None = Field(description="发文机关")
    region: str | None = Field(description="地区")
    issued_on: date | None = Field(description="成文日期")
    heading_path: list[str] = Field(description="各级标题，由外到内")
    clause: str = Field(description="最内层条款的编号", examples=["2"])
    paragraph_id: str = Field(description="段落的标识", examples=["qingshi-2024#p7"])
    text: str = Field(description="整个原文段落，一字不差")
    quote: str = Field(description="其中承载答案的那几句")
    start: int = Field(description="quote 在 text 中的起点，以 Unicode 字符（码点）计，含")
    end: int = Field(description="quote 在 text 中的终点，以 Unicode 字符（码点）计，不含")
    url: str = Field(description="阅读页上这一段的地址", examples=["/documents/qingshi-2024#p7"])
    quote_url: str = Field(description="同上，并标出 quote")
    score: float = Field(description="这一引文支持回答的程度")
    formal: str = Field(
        description="正式引文",
        examples=["《青石市推进便民办事二十条》（青石市人民政府办公室，2024年5月6日）第二部分第2项"],
    )

    @classmethod
    def of(cls, citation: Citation) -> CitationView:
        """Return what is sent for `citation`."""
        document, paragraph = citation.document, citation.paragraph
        return cls(
            index=citation.index,
            document_id=document.id,
            document_title=document.title,
            document_number=document.number,
            issuer=document.issuer,
            region=document.region,
            issued_on=document.issued_on,
            heading_path=list(document.heading_path(paragraph.clause)),
            clause=_clause_label(document, paragraph),
            paragraph_id=paragraph.id,
            text=paragraph.text,
            quote=citation.quote,
            start=citation.start,
            end=citation.end,
            url=paragraph_url(document, paragraph),
            quote_url=quote_url(citation),
            score=round(citation.score, 6),
            formal=formal_citation(document, paragraph),
        )


class RefusalView(BaseModel):
    """Why there is no answer."""

    reason: RefusalReason = Field(
        description="`no_evidence` 现有文件没有依据；`out_of_scope` 不属政策问答；`unsafe` 不宜回答"
    )
    message: str = Field(description="给提问人看的说明")


_TEXT = "2.减免小微企业费用。年缴纳水费不足3万元的,按九折收取。(牵头单位:市水务局)"
_QUOTE = "年缴纳水费不足3万元的,按九折收取。"
_ANSWER_EXAMPLE: dict[str, JsonValue] = {
    "request_id": "01JD7M4N3T5X8Y6Z9A0B1C2D3E",
    "question": "青石市小微企业的水费打几折？",
    "standalone_question": "青石市小微企业的水费打几折?",
    "answered": True,
    "answer": "青石市小微企业年缴纳水费不足3万元的，按九折收取[1]。",
    "refusal": None,
    "citations": [
        {
            "index": 1,
            "document_id": "qingshi-2024",
            "document_title": "青石市推进便民办事二十条",
            "document_number": "青政办发〔2024〕7号",
            "issuer": "青石市人民政府办公室",
            "region": "青石市",
            "issued_on": "2024-05-06",
            "heading_path": ["二、重点任务", "2.减免小微企业费用"],
            "clause": "2",
            "paragraph_id": "qingshi-2024#p7",
            "text": _TEXT,
            "quote": _QUOTE,
            "start": _TEXT.index(_QUOTE),
            "end": _TEXT.index(_QUOTE) + len(_QUOTE),
            "url": "/documents/qingshi-2024#p7",
            "quote_url": "/documents/qingshi-2024?quote=92-110#p7",
            "score": 0.93,
            "formal": "《青石市推进便民办事二十条》（青政办发〔2024〕7号，2024年5月6日）第二部分第2项",
        }
    ],
    "suggestions": [],
    "kind": "figure",
    "confidence": 0.97,
    "notice": None,
    "checks": {"kept": 1, "dropped": 0},
    "dropped": [],
    "generator": "extractive",
    "index_version": "20240501T083000Z-1a2b3c",
    "timings_ms": {"retrieve": 3.1, "generate": 0.8, "total": 4.2},
}


class AnswerView(BaseModel):
    """An answer with its citations, or a refusal with its reason."""

    model_config = ConfigDict(json_schema_extra={"example": _ANSWER_EXAMPLE})

    request_id: str = Field(description="请求的编号，反馈时用")
    question: str = Field(description="问题，如所问")
    standalone_question: str = Field(description="实际检索的问题：结合了上文，化为简体")
    answered: bool = Field(description="是否作答；false 即拒答")
    answer: str = Field(description="回答；每个 [n] 都在 citations 里。拒答时与 refusal.message 相同")
    refusal: RefusalView | None = Field(description="拒答的理由；作答时为 null")
    citations: list[CitationView] = Field(description="引文，按 index 排列；拒答时为空")
    suggestions: list[PassageView] = Field(description="拒答时：相近的条款，值得一读")
    kind: str = Field(description="问题的种类：figure、deadline、office、list……", examples=["figure"])
    confidence: float = Field(description="检索片段足以回答问题的概率，经过校准")
    notice: str | None = Field(description="给读者的提醒：依据的是旧版文件、语言模型不可用……")
    checks: dict[str, int] = Field(
        description="离开服务前的证据核对：各种结果的陈述数：`kept` 留下、`moved` 改正了引文、`dropped` 去掉、"
        "`replaced` 让位给直接摘自原文的回答"
    )
    dropped: list[str] = Field(
        description="被去掉的陈述里查出了什么：种类与字词", examples=[["figure 3%", "evidence"]]
    )
    generator: str = Field(
        description="`extractive`，或 `llm:模型名;prompt=提示词@版本`",
        examples=["extractive", "llm:qwen3-8b;prompt=answer@1"],
    )
    index_version: str = Field(description="所用索引的版本")
    timings_ms: dict[str, float] = Field(description="各步用时，毫秒")

    @classmethod
    def of(cls, answer: Answer, *, request_id: str) -> AnswerView:
        """Return what is sent for `answer`."""
        return cls(
            request_id=request_id,
            question=answer.question,
            standalone_question=answer.standalone_question,
            answered=answer.answered,
            answer=answer.refusal.message if answer.refusal else answer.text,
            refusal=(
                RefusalView(reason=answer.refusal.reason, message=answer.refusal.message)
                if answer.refusal
                else None
            ),
            citations=[] if answer.refusal else [CitationView.of(citation) for citation in answer.citations],
            suggestions=[PassageView.of(passage) for passage in answer.suggestions],
            kind=answer.kind,
            confidence=round(answer.confidence, 6),
            notice=answer.notice,
            checks=dict(answer.checks),
            dropped=list(answer.dropped),
            generator=answer.generator,
            index_version=answer.index_version,
            timings_ms={step: round(ms, 3) for step, ms in answer.timings_ms.items()},
        )


class PassagesView(BaseModel):
    """What a search found, best first."""

    request_id: str = Field(description="请求的编号")
    passages: list[PassageView] = Field(description="找到的段落，最相关的在前，每段只出现一次")


class DocumentView(BaseModel):
    """A document's metadata; what the document does not state is null."""

    id: str = Field(description="文件的标识：在文件夹中的路径，不带后缀", examples=["qingshi-2024"])
    title: str = Field(description="标题")
    issuer: str | None = Field(description="发文机关")
    number: str | None = Field(description="发文字号")
    issued_on: date | None = Field(description="成文日期")
    effective_on: date | None = Field(description="施行日期")
    expires_on: date | None = Field(description="失效日期")
    region: str | None = Field(description="地区")
    status: str | None = Field(description="时效，如文中所载")
    digest_of: str | None = Field(description="若是要点摘编：所摘编的文件")
    url: str = Field(description="阅读页的地址")


class DocumentsView(BaseModel):
    """One page of the list of documents."""

    total: int = Field(description="符合条件的文件总数")
    offset: int = Field(description="跳过了几份")
    limit: int = Field(description="至多返回几份")
    documents: list[DocumentView] = Field(description="这一页的文件")


class TrailerView(BaseModel):
    """Who does a task, and by when."""

    lead_units: list[str] = Field(description="牵头单位")
    responsible_units: list[str] = Field(description="责任单位")
    deadline: str | None = Field(description="完成时限，如文中所写")
    deadline_from: date | None = Field(description="时限的起始日")
    deadline_to: date | None = Field(description="时限的截止日")
    ongoing: bool = Field(description="长期推进")

    @classmethod
    def of(cls, trailer: Trailer) -> TrailerView:
        """Return what is sent for `trailer`."""
        deadline = trailer.deadline
        return cls(
            lead_units=list(trailer.lead_units),
            responsible_units=list(trailer.responsible_units),
            deadline=deadline.text if deadline else None,
            deadline_from=deadline.start if deadline else None,
            deadline_to=deadline.end if deadline else None,
            ongoing=bool(deadline and deadline.ongoing),
        )


class OutlineView(BaseModel):
    """One clause of the outline, with the clauses below it."""

    label: str = Field(description="编号", examples=["2"])
    heading: str = Field(description="编号与标题，如文中所写")
    address: str = Field(description="从最外层起的编号，以 / 相连", examples=["二/2"])
    paragraph_id: str | None = Field(description="条款的第一段")
    trailer: TrailerView | None = Field(description="牵头单位、责任单位、完成时限")
    clauses: list[OutlineView] = Field(description="下一级条款")


class ParagraphView(BaseModel):
    """One paragraph of a document."""

    id: str = Field(description="段落的标识", examples=["qingshi-2024#p7"])
    number: int = Field(description="第几段，从 1 起")
    text: str = Field(description="原文，一字不差")
    address: str = Field(description="所在条款，编号以 / 相连；标题部分为空")
    heading_path: list[str] = Field(description="所在条款的各级标题")
    formal: str = Field(description="正式引文")


class VersionView(BaseModel):
    """One version of a regulation."""

    id: str = Field(description="文件的标识", examples=["qingshi-2024"])
    title: str = Field(description="标题")
    issued_on: date | None = Field(description="成文日期")
    effective_on: date | None = Field(description="施行日期")
    expires_on: date | None = Field(description="失效日期")
    state: State = Field(
        description="今天的状态：`in_force` 现行、`older` 已有更新的版本、`not_yet` 尚未施行、`expired` 有效期届满、"
        "`repealed` 已废止、`unknown` 文中没有写明"
    )
    url: str = Field(description="阅读页的地址")

    @classmethod
    def of(cls, version: Version) -> VersionView:
        """Return what is sent for `version`."""
        entry = version.entry
        return cls(
            id=entry.id,
            title=entry.title,
            issued_on=entry.issued_on,
            effective_on=entry.effective_on,
            expires_on=entry.expires_on,
            state=version.state,
            url=document_url(entry.id),
        )


class DocumentDetail(DocumentView):
    """One document: metadata, versions, outline, paragraphs."""

    source: str = Field(description="文件夹中的路径")
    versions: list[VersionView] = Field(
        description="同一文件的各个版本，新的在前，包括这一份；只有一个版本时也列出它"
    )
    outline: list[OutlineView] = Field(description="条款的树")
    paragraphs: list[ParagraphView] = Field(description="全部段落，按文中次序")

    @classmethod
    def of(cls, document: Document, versions: Sequence[Version] = ()) -> DocumentDetail:
        """Return what is sent for `document`, one of `versions`."""
        return cls(
            id=document.id,
            title=document.title,
            issuer=document.issuer,
            number=document.number,
            issued_on=document.issued_on,
            effective_on=document.effective_on,
            expires_on=document.expires_on,
            region=document.region,
            status=document.status,
            digest_of=document.digest_of,
            url=document_url(document.id),
            source=document.source,
            versions=[VersionView.of(version) for version in versions],
            outline=outline(document),
            paragraphs=[
                ParagraphView(
                    id=paragraph.id,
                    number=paragraph.number,
                    text=paragraph.text,
                    address=document.address(paragraph.clause),
                    heading_path=list(document.heading_path(paragraph.clause)),
                    formal=formal_citation(document, paragraph),
                )
                for paragraph in document.paragraphs
            ],
        )


def outline(document: Document) -> list[OutlineView]:
    """Return the clause tree, the root left out."""
    starts = [paragraph.start for paragraph in document.paragraphs]
    nodes: dict[int, OutlineView] = {}
    top: list[OutlineView] = []
    for row, clause in enumerate(document.clauses):
        if clause.parent is None:
            continue
        nodes[row] = OutlineView(
            label=clause.label,
            heading=clause.heading,
            address=document.address(row),
            paragraph_id=_first_paragraph(document, clause, starts),
            trailer=TrailerView.of(clause.trailer) if clause.trailer else None,
            clauses=[],
        )
        siblings = nodes[clause.parent].clauses if clause.parent in nodes else top
        siblings.append(nodes[row])
    return top


def _first_paragraph(document: Document, clause: Clause, starts: Sequence[int]) -> str | None:
    position = bisect_left(starts, clause.start)
    if position == len(starts) or starts[position] >= clause.end:
        return None
    return document.paragraphs[position].id


class FeedbackBody(_Request):
    """What a reader thinks of an answer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"request_id": "01JD7M4N3T5X8Y6Z9A0B1C2D3E", "rating": "down", "comment": "期限不对"}
            ]
        },
    )

    request_id: str = Field(min_length=1, max_length=128, description="所评回答的 request_id")
    rating: Literal["up", "down"] = Field(description="`up` 有用，`down` 没用")
    comment: str | None = Field(default=None, max_length=2000, description="哪里好，哪里不对")


class FeedbackView(BaseModel):
    """One piece of feedback."""

    request_id: str = Field(description="所评回答的 request_id")
    rating: Literal["up", "down"] = Field(description="`up` 有用，`down` 没用")
    comment: str | None = Field(description="读者的话")
    created_at: datetime = Field(description="何时，协调世界时")
    question: str | None = Field(description="当时的问题；服务已不记得时为 null")
    answer: str | None = Field(description="当时的回答；服务已不记得时为 null")
    index_version: str | None = Field(description="当时的索引版本")
    generator: str | None = Field(description="当时的生成方式")


class FeedbackPage(BaseModel):
    """Feedback, newest first."""

    total: int = Field(description="反馈总数")
    offset: int = Field(description="跳过了几条")
    limit: int = Field(description="至多返回几条")
    feedback: list[FeedbackView] = Field(description="这一页的反馈")


class FileFailure(BaseModel):
    """A file that was left out of the index, or of which something was, and why."""

    path: str = Field(description="文件夹中的路径")
    cause: str = Field(description="原因")


JobState = Literal["queued", "running", "succeeded", "failed"]


class JobView(BaseModel):
    """An indexing job."""

    id: str = Field(description="任务的编号")
    state: JobState = Field(
        description="`queued` 等候、`running` 进行中、`succeeded` 已发布、`failed` 未发布，旧索引照常服务"
    )
    changes: list[str] = Field(description="它收进索引的改动", examples=[["+ qingshi-2024.md"]])
    created_at: datetime = Field(description="何时提出")
    started_at: datetime | None = Field(description="何时开始")
    finished_at: datetime | None = Field(description="何时结束")
    progress: float = Field(ge=0, le=1, description="完成的比例")
    stage: str = Field(description="正在做什么")
    indexed: int | None = Field(description="新处理的文件数")
    reused: int | None = Field(description="未变、沿用的文件数")
    removed: int | None = Field(description="移除的文件数")
    failures: list[FileFailure] = Field(description="没有收进索引的文件")
    warnings: list[FileFailure] = Field(description="收进了索引、但有内容没能读出的文件")
    error: str | None = Field(description="失败的原因")
    url: str = Field(description="查看此任务的地址")


class SessionView(BaseModel):
    """A short-lived token for a page, in place of a key."""

    token: str = Field(description="放进 `Authorization: Bearer …`")
    expires_in: int = Field(description="多少秒后失效")


class StateView(BaseModel):
    """Whether the service is up."""

    status: Literal["ok", "unavailable"] = Field(description="`ok` 或 `unavailable`")
    index_version: str | None = Field(default=None, description="所用索引的版本")
    documents: int | None = Field(default=None, description="索引中的文件数")


def document_url(document_id: str) -> str:
    """Return the address of the reader's page; whatever is no plain letter is percent-encoded."""
    return f"/documents/{quote(document_id, safe='/')}"


def paragraph_url(document: Document, paragraph: Paragraph) -> str:
    """Return the address of one paragraph on the reader's page."""
    return f"{document_url(document.id)}#p{paragraph.number}"


def quote_url(citation: Citation) -> str:
    """Return the address of the paragraph with the quoted words marked."""
    start = citation.paragraph.start + citation.start
    end = citation.paragraph.start + citation.end
    return f"{document_url(citation.document.id)}?quote={start}-{end}#p{citation.paragraph.number}"


def _clause_label(document: Document, paragraph: Paragraph) -> str:
    return document.clauses[paragraph.clause].label


def best_paragraphs(passages: Sequence[Passage], k: int) -> list[PassageView]:
    """Return at most `k` passages, each source paragraph once, best first."""
    seen: dict[str, PassageView] = {}
    for passage in passages:
        seen.setdefault(passage.paragraph.id, PassageView.of(passage))
    return list(seen.values())[:k]
