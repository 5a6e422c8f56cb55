"""The command line: serve, ask, list the settings; and the indexer's commands beside them."""

from __future__ import annotations

import inspect
import logging
import socket
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.models import CommandInfo

from indexer.errors import IndexerError
from service.answer import Answer, Filters
from service.settings import PREFIX, Settings, SettingsError, load_settings, settings_table

logger = logging.getLogger(__name__)

app = typer.Typer(
    name="wence",
    help="问策：就政策文件提问，每个回答都注明出处。不写命令时即 serve。",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _settable(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command one option for each setting; it receives those given as a dict, `options`."""

    def run(**given: Any) -> None:
        own = {name: given.pop(name) for name in list(given) if name not in Settings.model_fields}
        command(options=given, **own)

    own = [p for p in inspect.signature(command).parameters.values() if p.name != "options"]
    # As text, so that an ill-typed option meets the same check and the same words as a variable.
    settable = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                str | None,
                typer.Option(
                    f"--{name.replace('_', '-')}",
                    help=f"{field.description}（{PREFIX}{name.upper()}）",
                    metavar="值",
                    show_default=False,
                ),
            ],
        )
        for name, field in Settings.model_fields.items()
    ]
    hints = inspect.get_annotations(command, eval_str=True)
    own = [parameter.replace(annotation=hints[parameter.name]) for parameter in own]
    keyword = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
    run.__signature__ = inspect.Signature([*keyword, *settable])  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in (*keyword, *settable)}
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run


@app.command()
@_settable
def serve(*, options: dict[str, Any]) -> None:
    """启动服务。每个选项都可以改用环境变量或 .env 文件给出。"""
    settings = _settings(options)
    # Before anything slow: a port that is taken should not cost the time to load an index.
    listener = _listen(settings.host, settings.port)
    with listener:
        from service.logs import set_up

        set_up(level=settings.log_level, form=settings.log_format)
        import uvicorn

        from service.main import live_index, service

        try:
            live = live_index(settings)
        except SettingsError as error:
            _fail(str(error), code=2)
        live.check()
        application = service(settings, live)
        print(_greeting(settings, listener.getsockname()[1], live.serving, live.reason), flush=True)
        config = uvicorn.Config(
            application,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=15,
        )
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        _fail(f"无法在 {host}:{port} 上监听：{error.strerror or error}。换一个端口，或先停下占用它的程序。")
    return listener


def _greeting(settings: Settings, port: int, serving: Any, reason: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(settings.host, settings.host)
    lines = [f"问策在这里：http://{host}:{port}"]
    if serving is None:
        lines.append(f"还不能回答：{reason}（发布索引后会自动载入）")
    elif serving.examples:
        lines.append(f"试着问一句：{serving.examples[0]}")
    return "\n".join(lines)


@app.command()
@_settable
def ask(
    question: Annotated[str, typer.Argument(help="问题", metavar="问题")],
    as_json: Annotated[bool, typer.Option("--json", help="输出与接口相同的 JSON")] = False,
    document: Annotated[
        list[str] | None, typer.Option("--document", help="只在这份文件里查，可重复", metavar="标识")
    ] = None,
    *,
    options: dict[str, Any],
) -> None:
    """在终端里问一个问题。拒答时退出码为 4。"""
    settings = _settings(options)
    if not question.strip():
        _fail("问题是空的。", code=2)
    from service.main import opener

    try:
        serving = opener(settings, examples=False)()
    except SettingsError as error:
        _fail(str(error), code=2)
    except IndexerError as error:
        _fail(str(error))
    answer = serving.assistant.ask(question.strip(), filters=Filters(document_ids=tuple(document or ())))
    if as_json:
        from ulid import ULID

        from service.schemas import AnswerView

        print(AnswerView.of(answer, request_id=str(ULID())).model_dump_json(indent=2))
    else:
        print(told(answer, width=_width(), color=sys.stdout.isatty()))
    raise typer.Exit(0 if answer.answered else 4)


@app.command()
def settings() -> None:
    """以 Markdown 表格列出全部设置。"""
    print(settings_table())


def told(answer: Answer, *, width: int, color: bool = False) -> str:
    """Return an answer for the terminal: the text, then each citation with the words it stands on."""

    def faint(text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if color else text

    def strong(text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if color else text

    from service.formal import formal_citation

    text = (answer.refusal.message if answer.refusal else answer.text).replace("**", "")
    parts = [strong(text) if not answer.answered else text]
    if answer.notice:
        parts.append(f"注意：{answer.notice}")
    if answer.citations and answer.answered:
        parts.append(faint("依据"))
        for citation in answer.citations:
            formal = formal_citation(citation.document, citation.paragraph)
            head = f"[{citation.index}] {formal}"
            quote = "\n".join(fold(citation.quote, width - 4))
            parts.append(f"{head}\n{textwrap.indent(faint(quote), '    ')}")
    if answer.suggestions:
        parts.append(faint("相近的条款"))
        parts += [
            f"· {formal_citation(passage.document, passage.paragraph)}" for passage in answer.suggestions
        ]
    return "\n\n".join(parts)


def fold(text: str, width: int) -> list[str]:
    """Cut text into lines of at most `width` columns, a Chinese character taking two."""
    lines = [""]
    column = 0
    for character in text:
        wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if character == "\n" or column + wide > max(width, 2):
            lines.append("")
            column = 0
        if character != "\n":
            lines[-1] += character
            column += wide
    return lines


def _width() -> int:
    import shutil

    return min(shutil.get_terminal_size((80, 24)).columns, 100)


def _settings(options: dict[str, Any]) -> Settings:
    try:
        return load_settings(options, env_file=Path(".env"))
    except SettingsError as error:
        _fail(str(error), code=2)


def _fail(message: str, *, code: int = 1) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(code)


def _with_indexer() -> typer.Typer:
    """Add the indexer's commands, so that one program does all."""
    from indexer.__main__ import app as indexer

    known = {_name(command) for command in app.registered_commands}
    app.registered_commands += [
        command for command in indexer.registered_commands if _name(command) not in known
    ]
    return app


def _name(command: CommandInfo) -> str:
    return command.name or (command.callback.__name__ if command.callback else "")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name; without one, serve."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help")):
        given = ["serve", *given]
    _with_indexer()(given, prog_name="wence")


if __name__ == "__main__":
    main()
