"""The command line of the evaluation: `python -m eval …`."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from eval.backends import Backend, OverHttp, in_process
from eval.errors import EvaluationError
from eval.options import (
    ConcurrencyOption,
    ExtractiveOption,
    IndexOption,
    JsonOption,
    KeyOption,
    LimitOption,
    LlmBaseUrlOption,
    LlmLocalOption,
    LlmModelOption,
    MarkdownOption,
    ModelOption,
    PageOption,
    Part,
    QuestionsOption,
    QuietOption,
    RecordArgument,
    RerankerOption,
    SplitOption,
    ThresholdOption,
    UrlOption,
)
from eval.questions import QuestionSet, QuestionSetError, load_questions
from eval.records import Run, load_run
from eval.run import run as run_questions
from eval.summary import summarise
from eval.tables import show, summary_tables
from indexer.errors import IndexerError
from service.settings import Settings, SettingsError, load_settings

DEFAULT_QUESTIONS = Path(__file__).parent / "questions" / "policies.jsonl"

app = typer.Typer(
    name="eval",
    help="""离线评测：改了提示词、模型或阈值，答得更好了吗？好在哪里？是不是碰巧？

    三步看清一次改动：

      python -m eval run --index var/index --out var/eval/before.jsonl     改之前跑一遍

      python -m eval run --index var/index --out var/eval/after.jsonl      改之后再跑一遍

      python -m eval compare var/eval/before.jsonl var/eval/after.jsonl    逐题对比，附显著性

    不联网，也不用语言模型当裁判。各项指标的定义见 docs/evaluation.md。""",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command("run")
def run_command(
    out: Annotated[Path, typer.Option("--out", help="逐题记录写到哪里（.jsonl）；中断后用同一命令接着跑")],
    index: IndexOption = None,
    url: UrlOption = None,
    questions: QuestionsOption = None,
    split: SplitOption = Part.all,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="只问这类题，可重复，如 figure、near_miss")
    ] = None,
    limit: LimitOption = None,
    concurrency: ConcurrencyOption = 1,
    k: Annotated[int, typer.Option("--k", min=1, max=100, help="每题检索几段，用来算检索指标")] = 10,
    model: ModelOption = None,
    reranker: RerankerOption = None,
    threshold: ThresholdOption = None,
    key: KeyOption = None,
    llm_base_url: LlmBaseUrlOption = None,
    llm_model: LlmModelOption = None,
    llm_local: LlmLocalOption = None,
    extractive: ExtractiveOption = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="不接着上次，重新开始")] = False,
    quiet: QuietOption = False,
    as_json: JsonOption = None,
    markdown: MarkdownOption = None,
) -> None:
    """把问题集问一遍，逐题记录，并打印各项指标及 95% 置信区间。

    例：python -m eval run --index var/index --split dev --out var/eval/dev.jsonl

    例：python -m eval run --url http://127.0.0.1:8000 --concurrency 4 --out var/eval/live.jsonl

    例：python -m eval run --llm-base-url http://127.0.0.1:8001/v1 --llm-model qwen3-8b --out var/eval/llm.jsonl
    """
    with _explained():
        wanted = load_questions(questions or [DEFAULT_QUESTIONS]).only(
            split=split.named, kinds=kind or (), limit=limit
        )
        if not wanted.rows:
            raise QuestionSetError("没有符合 --split、--kind 的题")
        llm = _language_model(llm_base_url, llm_model, llm_local, extractive=extractive, url=url)
        with _backend(
            index, url, model=model, key=key, reranker=reranker, threshold=threshold, settings=llm
        ) as backend:
            finished = _run(
                wanted, backend, out, split, concurrency=concurrency, k=k, fresh=fresh, quiet=quiet
            )
        _summarised(finished, as_json=as_json, markdown=markdown)


@app.command("show")
def show_command(
    record: RecordArgument,
    by: Annotated[
        list[str] | None, typer.Option("--by", help="分组：kind、lang、style、document、split，可重复")
    ] = None,
    as_json: JsonOption = None,
    markdown: MarkdownOption = None,
) -> None:
    """重新打印一次评测的指标，不再提问。"""
    with _explained():
        _summarised(
            load_run(record), by=by or ("kind", "lang", "document"), as_json=as_json, markdown=markdown
        )


@app.command("retrieval")
def retrieval_command(
    beir: Annotated[
        list[Path],
        typer.Option(
            "--beir", help="BEIR 格式的文件夹：corpus.jsonl、queries.jsonl（可 .gz）、qrels.tsv；可重复"
        ),
    ],
    model: ModelOption = None,
    dimension: Annotated[
        int | None, typer.Option("--dimension", min=1, help="把向量截短到几维（Matryoshka 模型）")
    ] = None,
    reranker: RerankerOption = None,
    no_rerank: Annotated[bool, typer.Option("--no-rerank", help="不量重排")] = False,
    dense_weight: Annotated[
        float | None, typer.Option("--dense-weight", min=0, help="融合时向量一路的权重，默认与服务相同")
    ] = None,
    limit: LimitOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = None,
    page: PageOption = None,
) -> None:
    """在公开的检索基准上量检索：词语、向量、混合、混合加重排，逐级比较。

    例：python -m eval retrieval --beir data/B1-dev --beir data/B2-dev --model models/embedding
    """
    from eval.beir import load_collection, measure, result_tables
    from eval.bench import write_section
    from eval.systems import systems
    from indexer.collection import index_corpus
    from indexer.embedding import BUNDLED_MODEL, load_embedder
    from service.ranking import BUNDLED_RERANKER

    folder = reranker or BUNDLED_RERANKER
    tables, plain = [], {}
    with _explained():
        embedder = load_embedder(model or BUNDLED_MODEL, dimension=dimension)
        for beir_folder in beir:
            collection = load_collection(beir_folder).first(limit)
            index = index_corpus(collection.corpus, embedder, progress=not quiet)
            if not no_rerank and not reranker and not folder.is_dir():
                typer.echo(f"没有 {folder}，不量重排", err=True)
                no_rerank = True
            found = systems(
                collection.corpus,
                index,
                reranker=None if no_rerank else folder,
                dense_weight=dense_weight,
            )
            results = [measure(collection, name, search) for name, search in found.items()]
            tables += result_tables(collection, results)
            plain[collection.name] = {result.name: result.as_plain() for result in results}
            show(tables[-2:])
    if as_json:
        _write(as_json, json.dumps(plain, ensure_ascii=False, indent=2) + "\n")
    if page:
        write_section(page, "retrieval", "\n".join(table.markdown() for table in tables))


@app.command("compare")
def compare_command(
    before: Annotated[Path, typer.Argument(help="改动之前的逐题记录 A")],
    after: Annotated[Path, typer.Argument(help="改动之后的逐题记录 B")],
    flips: Annotated[
        int | None, typer.Option("--flips", min=0, help="两个方向各列几道翻转的题，默认全列")
    ] = None,
    markdown: MarkdownOption = None,
) -> None:
    """逐题对比两次评测：差多少，是否显著，哪些题由错变对、由对变错。

    例：python -m eval compare var/eval/before.jsonl var/eval/after.jsonl
    """
    from eval.compare import compare, comparison_tables

    with _explained():
        tables = comparison_tables(compare(load_run(before), load_run(after)), flips=flips)
        show(tables)
        if markdown:
            _write(markdown, "\n".join(table.markdown() for table in tables))


@app.command("report")
def report_command(
    record: RecordArgument,
    out: Annotated[
        Path | None, typer.Option("--out", help="网页写到哪里", show_default="与记录同名的 .html")
    ] = None,
    before: Annotated[Path | None, typer.Option("--before", help="并与这次较早的评测对比")] = None,
    markdown: MarkdownOption = None,
    as_json: JsonOption = None,
) -> None:
    """写成一页自足的网页：总指标、图、各类分项，以及可筛选的逐题对照。不加载任何外部资源。

    例：python -m eval report var/eval/dev.jsonl --before var/eval/before.jsonl
    """
    from eval.report import html, make_report, plain
    from eval.report import markdown as as_markdown

    with _explained():
        report = make_report(load_run(record), before=load_run(before) if before else None)
        _write(out or record.with_suffix(".html"), html(report))
        if markdown:
            _write(markdown, as_markdown(report))
        if as_json:
            _write(as_json, json.dumps(plain(report), ensure_ascii=False, indent=2) + "\n")


@app.command("gate")
def gate_command(
    index: IndexOption = None,
    url: UrlOption = None,
    questions: QuestionsOption = None,
    split: SplitOption = Part.dev,
    record: Annotated[Path | None, typer.Option("--run", help="不提问，直接检查这份逐题记录")] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="门槛文件", show_default="eval/gate.toml")
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", help="基线；没有则只看门槛", show_default="eval/baseline.json"),
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="通过后把这次的结果存为基线")
    ] = False,
    concurrency: ConcurrencyOption = 1,
    model: ModelOption = None,
    reranker: RerankerOption = None,
    threshold: ThresholdOption = None,
    key: KeyOption = None,
) -> None:
    """达不到门槛、或比基线退步太多，就以退出码 1 拦下，并说明是哪一条。

    例：python -m eval gate --index var/index
    """
    from eval.gate import (
        DEFAULT_BASELINE,
        DEFAULT_CONFIG,
        check,
        gate_table,
        load_baseline,
        load_gate,
        save_baseline,
    )

    stored = baseline or DEFAULT_BASELINE
    with _explained():
        gate = load_gate(config or DEFAULT_CONFIG)
        compared = not update_baseline and (baseline is not None or stored.exists())
        earlier = load_baseline(stored) if compared else None
        if record:
            finished = load_run(record)
        else:
            wanted = load_questions(questions or [DEFAULT_QUESTIONS]).only(split=split.named)
            with (
                tempfile.TemporaryDirectory(prefix="wence-gate-") as place,
                _backend(index, url, model=model, key=key, reranker=reranker, threshold=threshold) as backend,
            ):
                out = Path(place) / "gate.jsonl"
                finished = _run(
                    wanted, backend, out, split, concurrency=concurrency, k=10, fresh=True, quiet=True
                )
        summary = summarise(finished)
        checks = check(summary, gate, earlier)
        show([gate_table(checks)])
        failed = [check for check in checks if not check.passed]
        if failed:
            for one in failed:
                typer.echo(f"不通过：{one.reason}", err=True)
            raise typer.Exit(1)
        if update_baseline:
            save_baseline(stored, summary)
            typer.echo(f"基线存入 {stored}", err=True)


@app.command("bench")
def bench_command(
    corpus: Annotated[list[Path] | None, typer.Option("--corpus", help="政策文件夹，可重复")] = None,
    clauses: Annotated[
        list[int] | None, typer.Option("--clauses", min=1, help="自拟多少条的语料，可重复，如 1000、100000")
    ] = None,
    questions: Annotated[
        Path | None, typer.Option("--questions", help="向 --corpus 提的问题（.jsonl，每行有 question）")
    ] = None,
    clients: Annotated[str, typer.Option("--clients", help="几个客户端同时提问，以逗号分隔")] = "1,4,16",
    requests: Annotated[int, typer.Option("--requests", min=10, help="每种并发下共提多少问")] = 400,
    model: ModelOption = None,
    page: PageOption = None,
    plot: Annotated[Path | None, typer.Option("--plot", help="把图写到哪里（.svg）")] = None,
    as_json: JsonOption = None,
) -> None:
    """量速度与内存：建索引、冷启动、1/4/16 个客户端提问的用时与吞吐。各步都在独立进程里跑。

    例：python -m eval bench --corpus corpus --clauses 1000 --clauses 10000 --clauses 100000
    """
    from dataclasses import asdict

    from eval.bench import (
        BenchError,
        bench,
        bench_plot,
        bench_table,
        folder_corpus,
        read_questions,
        synthetic_corpus,
        write_section,
    )

    try:
        counts = [int(count) for count in clients.split(",")]
    except ValueError as error:
        raise typer.BadParameter(f"--clients 应是以逗号分隔的整数，如 1,4,16；实为 {clients}") from error
    if min(counts) < 1:
        raise typer.BadParameter(f"--clients 应是正整数；实为 {clients}")
    if not corpus and not clauses:
        raise typer.BadParameter("至少给一个 --corpus 或 --clauses")
    measured = []

    def told(step: str) -> None:
        typer.echo(step, err=True)

    with _explained():
        asked = read_questions(questions) if questions else []
        corpora = [folder_corpus(folder, asked) for folder in corpus or ()]
        failed: BenchError | None = None
        try:
            for one in corpora:
                measured.append(bench(one, clients=counts, requests=requests, model=model, told=told))
            for many in clauses or ():
                with synthetic_corpus(many) as one:
                    measured.append(bench(one, clients=counts, requests=requests, model=model, told=told))
        except BenchError as error:
            failed = error  # what was measured before is worth showing
            if not measured:
                raise
        table = bench_table(measured)
        show([table])
        if page:
            picture = f"\n![提问用时与语料大小]({plot.name})\n" if plot else ""
            write_section(page, "speed", table.markdown() + picture)
        if plot:
            _write(plot, bench_plot(measured))
        if as_json:
            _write(
                as_json, json.dumps([asdict(one) for one in measured], ensure_ascii=False, indent=2) + "\n"
            )
        if failed:
            raise failed


@app.command("answers")
def answers_command(
    out: Annotated[Path, typer.Option("--out", help="写到哪里，如 docs/answers.md")],
    seed: Annotated[int, typer.Option("--seed", help="抽题的种子；同一种子抽出同一批题")] = 7,
    count: Annotated[int, typer.Option("--count", min=1, help="抽几题")] = 50,
    index: IndexOption = None,
    url: UrlOption = None,
    questions: QuestionsOption = None,
    split: SplitOption = Part.all,
    model: ModelOption = None,
    reranker: RerankerOption = None,
    threshold: ThresholdOption = None,
    key: KeyOption = None,
    llm_base_url: LlmBaseUrlOption = None,
    llm_model: LlmModelOption = None,
    llm_local: LlmLocalOption = None,
    extractive: ExtractiveOption = False,
) -> None:
    """随机抽题，把回答和引文照录成一页，供人通读：像不像一位称职的办事员？

    例：python -m eval answers --index var/index --seed 7 --out docs/answers.md
    """
    from eval.answers_page import answers_page, draw, print_answers

    with _explained():
        drawn = draw(
            load_questions(questions or [DEFAULT_QUESTIONS]).only(split=split.named), count=count, seed=seed
        )
        llm = _language_model(llm_base_url, llm_model, llm_local, extractive=extractive, url=url)
        with _backend(
            index, url, model=model, key=key, reranker=reranker, threshold=threshold, settings=llm
        ) as backend:
            printed = print_answers(drawn, backend)
        command = f"python -m eval answers --seed {seed} --out {out.as_posix()}"
        _write(out, answers_page(printed, command=command))


@app.command("from-feedback")
def from_feedback_command(
    feedback: Annotated[
        Path, typer.Argument(help="反馈：服务的 SQLite 文件，或 /api/v1/feedback?format=csv 导出的表")
    ],
    out: Annotated[Path, typer.Option("--out", help="草稿写到哪里（.jsonl）")],
    questions: QuestionsOption = None,
) -> None:
    """把读者点了“没用”的提问变成问题草稿，由人补全标准条款和要点后并入问题集。

    草稿里写着“待补”的地方不补全，问题集就载入不了。已在 --questions 里的问题不再列出。

    例：python -m eval from-feedback var/feedback.sqlite3 --out var/eval/drafts.jsonl
    """
    from eval.from_feedback import drafts, read_feedback, write_drafts

    with _explained():
        known = [row.question for row in load_questions(questions or [DEFAULT_QUESTIONS]).rows]
        found = drafts(read_feedback(feedback), known=known)
        write_drafts(out, found)
        typer.echo(f"{len(found)} 道草稿写入 {out}，请逐条补全“待补”之处")


@app.command("judge")
def judge_command(
    record: RecordArgument,
    base_url: Annotated[
        str,
        typer.Option(
            "--base-url",
            help="OpenAI 兼容的服务地址，如 http://127.0.0.1:8001/v1",
            envvar="WENCE_LLM_BASE_URL",
        ),
    ],
    model: Annotated[str, typer.Option("--model", help="模型名", envvar="WENCE_LLM_MODEL")],
    key: Annotated[str | None, typer.Option("--key", help="密钥", envvar="WENCE_LLM_API_KEY")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="只判前几题")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="看法写到哪里", show_default="与记录同名的 .judge.jsonl")
    ] = None,
) -> None:
    """另请一个语言模型看看答得对不对。它的看法单列，不进总指标，也不进门槛。"""
    from tqdm import tqdm

    from eval.judge import judged, openai_completion, opinion, opinion_table, write_opinions

    with _explained():
        finished = load_run(record)
        complete = openai_completion(base_url, model, key=key)
        asked = judged(finished.records)[:limit]
        opinions = [opinion(one, complete) for one in tqdm(asked, unit="题", desc="评判")]
        write_opinions(out or record.with_suffix(".judge.jsonl"), opinions)
        show([opinion_table(finished, opinions, model=model)])


def _run(
    questions: QuestionSet,
    backend: Backend,
    out: Path,
    split: Part,
    *,
    concurrency: int,
    k: int,
    fresh: bool,
    quiet: bool,
) -> Run:
    from tqdm import tqdm

    asked_now = 0
    with tqdm(total=len(questions.rows), unit="题", disable=quiet, desc="提问") as bar:

        def asked(done: int, total: int) -> None:
            nonlocal asked_now
            asked_now += 1
            bar.update(done - bar.n)

        finished = run_questions(
            questions,
            backend,
            out,
            split=split.named,
            concurrency=concurrency,
            k=k,
            fresh=fresh,
            on_asked=asked,
        )
    if not asked_now:
        typer.echo(f"{out} 里的记录已经齐全，没有重新提问；要重来请加 --fresh", err=True)
    return finished


def _summarised(
    finished: Run,
    *,
    by: Sequence[str] = ("kind", "lang", "document"),
    as_json: Path | None,
    markdown: Path | None,
) -> None:
    summary = summarise(finished)
    unknown = [group for group in by if group not in summary.groups]
    if unknown:
        raise typer.BadParameter(f"--by {unknown[0]} 不认识，应是 {'、'.join(summary.groups)} 之一")
    tables = summary_tables(summary, by)
    show(tables)
    failed = [record for record in finished.records if record.error]
    if failed:
        typer.echo(
            f"有 {len(failed)} 题请求失败，第一处：{failed[0].question.id}：{failed[0].error}", err=True
        )
    if as_json:
        _write(as_json, json.dumps(summary.as_plain(), ensure_ascii=False, indent=2) + "\n")
    if markdown:
        _write(markdown, "\n".join(table.markdown() for table in tables))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    typer.echo(f"写好 {file}", err=True)


@contextlib.contextmanager
def _backend(
    index: Path | None,
    url: str | None,
    *,
    model: str | None,
    key: str | None,
    reranker: Path | None,
    threshold: float | None,
    settings: Settings | None = None,
) -> Iterator[Backend]:
    if url:
        if reranker or threshold is not None:
            raise typer.BadParameter("--reranker、--threshold 只用于 --index：正在运行的服务有自己的设置")
        yield OverHttp(url, key=key)
        return
    with in_process(
        index or Path("var/index"),
        model=model,
        reranker=reranker,
        threshold=threshold,
        settings=settings,
    ) as backend:
        yield backend


def _language_model(
    base_url: str | None, model: str | None, local: str | None, *, extractive: bool, url: str | None
) -> Settings | None:
    """Return the settings that say which language model writes, as a service would read them; None: none."""
    given = {"llm_base_url": base_url, "llm_model": model, "llm_local": local}
    if url or extractive:
        if any(given.values()):
            one = "--url" if url else "--extractive"
            raise typer.BadParameter(f"--llm-… 与 {one} 不能并用：前者让本进程用语言模型撰写")
        return None
    return load_settings(given)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """End with status 1 and one line that says what is wrong, where an error is the operator's to mend."""
    try:
        yield
    except (EvaluationError, IndexerError, SettingsError) as error:
        typer.echo(f"错误：{error}", err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app()
