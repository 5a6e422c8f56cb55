"""The indexer's command line: build, inspect, info, verify."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from dotenv import dotenv_values

from indexer.embedding import BUNDLED_MODEL
from indexer.errors import IndexerError

LEFT_OUT = 3
"""Exit status where something was left out of the index."""

app = typer.Typer(
    help="问策的索引程序：把一个文件夹的政策文件变成可以提问的索引。",
    epilog="退出码：0 成功；1 失败，原来的索引不变；2 用法有误；3 成功，但有文件或页面没能收录（逐一列出）。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


def _default(name: str, otherwise: str) -> Callable[[], str]:
    """What a setting is without option and environment variable: what .env says, else `otherwise`.

    The service reads .env too, and refuses an index that was built with another model.
    """
    return lambda: dotenv_values(".env").get(name) or otherwise


CorpusOption = Annotated[
    Path,
    typer.Option(
        "--corpus",
        "-c",
        envvar="WENCE_CORPUS",
        default_factory=_default("WENCE_CORPUS", "corpus"),
        show_default="corpus",
        help="政策文件所在的文件夹，含各级子文件夹",
    ),
]
IndexOption = Annotated[
    Path,
    typer.Option(
        "--index",
        "-i",
        envvar="WENCE_INDEX",
        default_factory=_default("WENCE_INDEX", "var/index"),
        show_default="var/index",
        help="索引所在的文件夹",
    ),
]
ModelOption = Annotated[
    str,
    typer.Option(
        "--model",
        "-m",
        envvar="WENCE_EMBEDDING_MODEL",
        default_factory=_default("WENCE_EMBEDDING_MODEL", str(BUNDLED_MODEL)),
        show_default="自带模型",
        help="嵌入模型：sentence-transformers 模型的文件夹或名称",
    ),
]


@app.callback()
def main(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="显示详细日志")] = False,
) -> None:
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR, format="%(levelname)s %(name)s: %(message)s"
    )


@app.command("build")
def build_command(
    corpus: CorpusOption,
    index: IndexOption,
    model: ModelOption,
    if_stale: Annotated[
        bool, typer.Option("--if-stale", help="索引缺失、损坏，或文件、模型、程序有变时才建")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="全部重新读取和嵌入，不沿用上一版索引")] = False,
    max_chars: Annotated[int, typer.Option("--max-chars", min=80, max=8000, help="一个切块最多多少字")] = 480,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不显示进度，只报告没能收录的文件")] = False,
) -> None:
    """把 --corpus 里的政策文件建成索引，整体发布到 --index。

    没有改动的文件沿用上一版，不再读取和嵌入。读不了的文件会列出原因，其余照常收录。新索引先经检查，再一步替换旧索引；
    中途失败或被终止，旧索引照常服务。

    例：python -m indexer build --corpus 政策文件 --index var/index
    """
    from indexer.build import build

    with _reported():
        report = build(
            corpus,
            index,
            model=model,
            max_chars=max_chars,
            if_stale=if_stale,
            fresh=fresh,
            progress=not quiet and sys.stderr.isatty(),
        )
    if not quiet:
        changes = (
            f"新读 {len(report.indexed)} 份，沿用 {len(report.reused)} 份，移除 {len(report.removed)} 份，"
            f"计算向量 {report.embedded} 条"
        )
        what = f"已发布 {report.version}：{changes}" if report.published else f"{report.version} 仍是最新"
        typer.echo(
            f"{what}。共 {report.documents} 份文件、{report.chunks} 个切块，用时 {report.seconds:.1f} 秒。"
        )
    if not report.complete:
        typer.echo(
            f"有 {len(report.failures)} 个文件没有收录，{len(report.warnings)} 处内容没有读出：", err=True
        )
        for failure in report.failures:
            typer.echo(f"  {failure.path}：{failure.cause}", err=True)
        for path, warning in report.warnings:
            typer.echo(f"  {path}（其余内容已收录）：{warning}", err=True)
        raise typer.Exit(LEFT_OUT)


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="一份政策文件")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON：元数据、条款、段落及其位置")] = False,
) -> None:
    """显示从一份文件里认出的元数据、条款结构和责任分工，供人核对。

    例：python -m indexer inspect 政策文件/某某办法.docx
    """
    from pydantic import TypeAdapter

    from indexer.document import Document
    from indexer.formats import read
    from indexer.inspect import describe
    from indexer.parse import parse

    with _reported():
        source = read(file)
        document = parse(source, document_id=file.stem, source_name=file.name)
    if as_json:
        typer.echo(TypeAdapter(Document).dump_json(document, indent=2).decode())
    else:
        typer.echo(describe(document))
    for warning in source.warnings:
        typer.echo(f"注意：{warning}", err=True)
    if source.warnings:
        raise typer.Exit(LEFT_OUT)


@app.command()
def info(
    index: IndexOption,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """显示索引的版本、模型和收录的文件。

    例：python -m indexer info --index var/index
    """
    from indexer.catalogue import Catalogue
    from indexer.errors import BrokenIndex
    from indexer.index import CATALOGUE, current_version, rebuild_command, version_folder
    from indexer.manifest import read_manifest

    with _reported():
        version = current_version(index)
        if version is None:
            raise BrokenIndex(f"{index} 里还没有索引；请先运行：{rebuild_command(index)}")
        manifest = read_manifest(version_folder(index, version))
        entries = Catalogue(version_folder(index, version) / CATALOGUE).entries
    if as_json:
        facts = {
            "version": version,
            "built_at": manifest.built_at.isoformat(),
            "wence_version": manifest.wence_version,
            "format": manifest.format,
            "corpus": manifest.corpus,
            "model": asdict(manifest.model),
            "max_chars": manifest.recipe.max_chars,
            "chunks": manifest.chunks,
            "documents": [asdict(entry) for entry in entries],
            "failures": [{"path": failure.path, "cause": failure.cause} for failure in manifest.failures],
        }
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
        return
    built = f"{manifest.built_at:%Y-%m-%d %H:%M} UTC"
    typer.echo(f"版本    {version}（{built}，问策 {manifest.wence_version or '版本不详'}）")
    typer.echo(f"来源    {manifest.corpus}")
    typer.echo(f"模型    {manifest.model}")
    typer.echo(
        f"规模    {len(entries)} 份文件，{manifest.chunks} 个切块，每块至多 {manifest.recipe.max_chars} 字"
    )
    for entry in entries:
        facts_of = [
            entry.region or "地区不详",
            entry.number or "文号不详",
            entry.issued_on.isoformat() if entry.issued_on else "日期不详",
            f"{entry.chunk_count} 块",
        ]
        typer.echo(f"  {entry.id}  《{entry.title}》（{'，'.join(facts_of)}）")
    if manifest.failures:
        typer.echo(f"没有收录的文件 {len(manifest.failures)} 个：")
        for failure in manifest.failures:
            typer.echo(f"  {failure.path}：{failure.cause}")


@app.command()
def verify(
    index: IndexOption,
    model: ModelOption,
) -> None:
    """核对索引的每个文件，并用索引里的内容提问，看能否查到。

    例：python -m indexer verify --index var/index
    """
    from indexer.build import check
    from indexer.index import open_index

    with _reported():
        opened = open_index(index, model=model)
        check(opened)
    typer.echo(
        f"{index}：版本 {opened.version} 完好，{len(opened.catalogue)} 份文件，"
        f"{opened.catalogue.rows} 个切块，模型 {opened.embedder.name}。"
    )


@contextmanager
def _reported() -> Iterator[None]:
    """Say in words what went wrong, and leave with status 1."""
    try:
        yield
    except IndexerError as error:
        typer.echo(f"错误：{error}", err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app(prog_name="python -m indexer")
