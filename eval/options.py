"""The options that several commands of the evaluation share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from eval.questions import Split


class Part(StrEnum):
    """Which part of a question set is asked."""

    dev = "dev"
    held = "held"
    all = "all"

    @property
    def named(self) -> Split | None:
        """The split it names; None for all rows."""
        return None if self is Part.all else "dev" if self is Part.dev else "held"


IndexOption = Annotated[
    Path | None,
    typer.Option(
        "--index", help="索引文件夹；在本进程内提问", envvar="WENCE_INDEX", show_default="var/index"
    ),
]
UrlOption = Annotated[
    str | None,
    typer.Option("--url", help="正在运行的服务地址，如 http://127.0.0.1:8000；给了它就不用 --index"),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="嵌入模型的名称或文件夹，须与建索引时一致",
        envvar="WENCE_EMBEDDING_MODEL",
        show_default="自带模型",
    ),
]
KeyOption = Annotated[str | None, typer.Option("--key", help="服务要求的访问密钥", envvar="WENCE_EVAL_KEY")]
QuestionsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--questions", help="问题集（.jsonl），可重复", show_default="eval/questions/policies.jsonl"
    ),
]
SplitOption = Annotated[
    Part, typer.Option("--split", help="dev 开发部分，held 留出部分（只量，不据以调参），all 全部")
]


RerankerOption = Annotated[
    Path | None, typer.Option("--reranker", help="重排模型文件夹", show_default="models/reranker")
]
ThresholdOption = Annotated[
    float | None,
    typer.Option("--threshold", min=0, max=1, help="置信度低于它就拒答", show_default="重排模型自带的阈值"),
]
LlmBaseUrlOption = Annotated[
    str | None,
    typer.Option(
        "--llm-base-url",
        help="由语言模型撰写：OpenAI 接口的地址；密钥等用 WENCE_LLM_API_KEY 等变量",
        show_default="WENCE_LLM_BASE_URL",
    ),
]
LlmModelOption = Annotated[
    str | None, typer.Option("--llm-model", help="该接口上的模型名称", show_default="WENCE_LLM_MODEL")
]
LlmLocalOption = Annotated[
    str | None,
    typer.Option(
        "--llm-local", help="由本机的 transformers 模型撰写：名称或文件夹", show_default="WENCE_LLM_LOCAL"
    ),
]
ExtractiveOption = Annotated[
    bool, typer.Option("--extractive", help="不用语言模型，即使环境变量或 .env 里设了")
]
RecordArgument = Annotated[Path, typer.Argument(help="run 写下的逐题记录")]
JsonOption = Annotated[Path | None, typer.Option("--json", help="另存为 JSON")]
MarkdownOption = Annotated[Path | None, typer.Option("--markdown", help="另存为 Markdown")]
PageOption = Annotated[Path | None, typer.Option("--page", help="把表写进这一页，如 docs/benchmarks.md")]
ConcurrencyOption = Annotated[int, typer.Option("--concurrency", min=1, max=64, help="同时问几题")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="不显示进度")]
LimitOption = Annotated[int | None, typer.Option("--limit", min=1, help="只问前几题")]
