"""Render the prompts that a language model is given, from the files of one folder."""

from __future__ import annotations

import re
import sysconfig
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template
from typing import Any, Literal

import yaml

from service.answer import Passage, Turn
from service.generators import Message
from service.sentences import sentences
from service.settings import SettingsError

REFUSAL_MARK = "资料未载"
"""The line, and nothing else, with which a model says that the passages do not answer the question."""

Fits = Callable[[Sequence[Message]], bool]

_MOST_TURNS = 6
_MOST_CHARACTERS = 600
"""Of one turn of the conversation; a follow-up leans on what was said, not on all of it."""


class PromptError(SettingsError):
    """A prompt file can't be used; the message names file and line, in Chinese, for the operator."""


@dataclass(frozen=True, slots=True)
class Source:
    """A passage as a prompt shows it: under a number that the model cites as `[number]`."""

    number: int
    """Counts from 1."""
    passage: Passage


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt filled in: what goes to the model, and what of the sources found room in it."""

    messages: tuple[Message, ...]
    sources: tuple[Source, ...]
    """The sources that the messages show: the first of those given. The passage of a lone one may be cut
    short, its chunk with it. Empty where not even the question fits; such a prompt is not worth sending."""
    label: str
    """Name and version of the prompt: `answer@1`."""


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a prompt of one name must hold."""

    system: frozenset[str]
    """Variables of the system part, all required."""
    user: frozenset[str]
    """Variables of the user part, all required; empty for a fragment, which has no user part."""


_QUESTION = frozenset({"question", "sources"})
_CONTENTS: Mapping[str, _Contents] = {
    "answer": _Contents(frozenset({"refusal"}), _QUESTION),
    "comparison": _Contents(frozenset({"refusal"}), _QUESTION),
    "english": _Contents(frozenset({"refusal"}), _QUESTION),
    "rewrite": _Contents(frozenset(), frozenset({"question", "history"})),
    "refusal": _Contents(frozenset({"mark"}), frozenset()),
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt file, read and checked."""

    name: str
    version: str
    system: str
    user: str

    @property
    def label(self) -> str:
        """Name and version, as answers and evaluation records name the prompt."""
        return f"{self.name}@{self.version}"

    def render(self, system: Mapping[str, str], user: Mapping[str, str]) -> tuple[Message, ...]:
        """Return the two messages with their variables filled in."""
        return (
            Message("system", Template(self.system).substitute(system)),
            Message("user", Template(self.user).substitute(user)),
        )


class Prompts:
    """The prompts of one folder, checked; `load_prompts` makes them."""

    def __init__(self, prompts: Mapping[str, Prompt]) -> None:
        self._prompts = prompts
        self._refusal = Template(prompts["refusal"].system).substitute(mark=REFUSAL_MARK)

    @property
    def labels(self) -> tuple[str, ...]:
        """Name and version of every prompt, in the order of the names."""
        return tuple(self._prompts[name].label for name in sorted(self._prompts))

    def answer(
        self,
        question: str,
        sources: Sequence[Source],
        *,
        english: bool = False,
        comparison: bool = False,
        fits: Fits = lambda messages: True,
    ) -> Rendered:
        """Return the prompt that has `question` answered from `sources`.

        Sources are left out, last first, until it `fits`; the first is cut at the end of a sentence
        where it is too long alone. The English prompt compares, too.
        """
        prompt = self._prompts["english" if english else "comparison" if comparison else "answer"]

        def rendered(shown: Sequence[Source]) -> Rendered:
            messages = prompt.render(
                {"refusal": self._refusal},
                {"question": _inert(question), "sources": "\n\n".join(map(_shown, shown))},
            )
            return Rendered(messages, tuple(shown), prompt.label)

        for count in range(len(sources), 0, -1):
            whole = rendered(sources[:count])
            if fits(whole.messages):
                return whole
        for source in _shorter(sources[0]) if sources else ():
            cut = rendered([source])
            if fits(cut.messages):
                return cut
        return rendered(())

    def rewrite(self, question: str, history: Sequence[Turn]) -> Rendered:
        """Return the prompt that makes a follow-up a question that stands alone.

        The last turns are shown, the long ones by their beginnings.
        """
        who = {"user": "问", "assistant": "答"}
        turns = "\n".join(
            f"{who[turn.role]}：{_one_line(_inert(turn.content))[:_MOST_CHARACTERS]}"
            for turn in history[-_MOST_TURNS:]
        )
        prompt = self._prompts["rewrite"]
        messages = prompt.render({}, {"question": _inert(question), "history": turns})
        return Rendered(messages, (), prompt.label)


# What a model could take for the end of a passage, for another passage, for a citation of its own or
# for a control token is written with other brackets.
_FENCE = re.compile(r"[<＜〈«]\s*/?\s*(?=(?:资料|问题|对话)\s*\d*\s*[>＞〉»])")
_MARK = re.compile(r"[\[［【](\s*\d[\d\s,，、\-–]*)[\]］】]")
_CONTROL_MARK = re.compile(r"\[(/?[A-Z_]{3,24})\]")
_ANGLES = str.maketrans("<>", "＜＞")
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co"})
"""Categories of characters that people do not see and a model does."""


def _inert(text: str) -> str:
    """Return `text` with nothing left in it that looks like the prompt's own structure."""
    seen = "".join(
        character
        for character in text.replace("\t", " ")
        if character == "\n" or unicodedata.category(character) not in _UNSEEN
    )
    seen = _FENCE.sub("（", seen)
    seen = _MARK.sub(r"〔\1〕", seen)
    seen = _CONTROL_MARK.sub(r"〔\1〕", seen)
    return seen.translate(_ANGLES)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _shown(source: Source) -> str:
    document, chunk = source.passage.document, source.passage.chunk
    facts = [
        ("城市", document.region),
        ("文件", f"《{document.title.strip('《》')}》"),
        ("发文机关", document.issuer),
        ("文号", document.number),
        ("日期", document.issued_on.isoformat() if document.issued_on else None),
        ("时效", document.status),
        ("位置", " / ".join(chunk.heading_path)),
    ]
    lines = [f"{name}：{_one_line(_inert(fact))}" for name, fact in facts if fact]
    body = _inert(chunk.text).strip()
    return "\n".join([f"<资料 {source.number}>", *lines, "正文：", body, f"</资料 {source.number}>"])


def _shorter(source: Source) -> Iterator[Source]:
    """Yield the source cut short, longest first, at the ends of sentences: never inside a figure."""
    chunk = source.passage.chunk
    ends: list[int] = []
    line = 0
    for piece in chunk.text.split("\n"):
        ends += [line + sentence.end for sentence in sentences(piece)]
        line += len(piece) + 1
    for end in reversed(ends[:-1]):
        cut = replace(chunk, text=chunk.text[:end], end=chunk.start + end)
        yield replace(source, passage=replace(source.passage, chunk=cut))


def shipped_folder() -> Path:
    """Return the folder of the prompts that ship: beside the packages, or where an installation puts it."""
    beside = Path(__file__).resolve().parent.parent / "prompts"
    return beside if beside.is_dir() else Path(sysconfig.get_path("data")) / "share" / "wence" / "prompts"


def load_prompts(folder: Path | None = None) -> Prompts:
    """Read and check every prompt of `folder`; those it lacks are the shipped ones, as all are without it.

    Raises PromptError for a file that can't be read, for variables that are unknown, missing or
    unused, for a file that no prompt is called after, and for a text that was changed under the
    version of the shipped one.
    """
    shipped = _read_folder(shipped_folder())
    lacking = sorted(_CONTENTS.keys() - shipped.keys())
    if lacking:
        raise PromptError(f"{shipped_folder()} 中缺少自带的提示词：{'、'.join(lacking)}")
    if folder is None or folder.resolve() == shipped_folder():
        return Prompts(shipped)
    own = _read_folder(folder)
    if not own:
        raise PromptError(f"{folder} 中没有提示词文件，应有 {_names()} 中的至少一个")
    for name, prompt in own.items():
        if prompt.version == shipped[name].version and prompt != shipped[name]:
            raise PromptError(
                f"{folder / (name + '.md')}：版本是 {prompt.version}，与自带的相同，文字却不同；"
                f"请另给一个 version，以便在回答和评测记录里区分"
            )
    return Prompts({**shipped, **own})


def _names() -> str:
    return "、".join(f"{name}.md" for name in _CONTENTS)


def _read_folder(folder: Path) -> dict[str, Prompt]:
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix == ".md")
    except OSError as error:
        raise PromptError(f"读不到提示词所在的文件夹 {folder}：{error.strerror or error}") from error
    found = {}
    for file in files:
        if file.stem.lower().startswith("readme"):
            continue
        if file.stem not in _CONTENTS:
            raise PromptError(f"{file}：没有名为 {file.stem} 的提示词，应为 {_names()} 之一")
        found[file.stem] = _read(file)
    return found


_PART = re.compile(r"^# (system|user)[ \t]*$", re.MULTILINE)


def _read(file: Path) -> Prompt:
    try:
        text = file.read_text("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"{file}：读不出来，应为 UTF-8 编码的文本（{error}）") from error
    opening = re.match(r"---[ \t]*\n(.*?\n)---[ \t]*\n", text, re.DOTALL)
    if opening is None:
        raise PromptError(f"{file} 第 1 行：开头没有以 --- 围起的 name、version、variables")
    head = _head(file, opening[1])
    contents = _CONTENTS[file.stem]
    parts = _parts(file, text, opening.end(), expected=("system", "user") if contents.user else ("system",))
    used = {
        name
        for part, allowed in (("system", contents.system), ("user", contents.user))
        if part in parts
        for name in _variables(file, text, parts[part], part, allowed)
    }
    declared = head["variables"]
    line = _line_of(text, r"^variables\b")
    _refuse_if(declared - used, f"{file} 第 {line} 行：variables 中列出的 {{}} 在正文里没有用到")
    _refuse_if(used - declared, f"{file} 第 {line} 行：正文用到的 {{}} 没有列在 variables 中")
    system, user = (text[slice(*parts[part])].strip() if part in parts else "" for part in ("system", "user"))
    return Prompt(file.stem, head["version"], system, user)


def _head(file: Path, text: str) -> dict[str, Any]:
    try:
        head = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 2
        raise PromptError(f"{file} 第 {line} 行：不是有效的 YAML（{error.problem}）") from error
    if not isinstance(head, dict) or set(head) != {"name", "version", "variables"}:
        found = "、".join(map(str, head)) if isinstance(head, dict) else repr(head)
        raise PromptError(f"{file} 第 2 行：找到 {found}，应恰好有 name、version、variables")
    lines = {key: _line_of(text, rf"^{key}\b") + 1 for key in head}
    if head["name"] != file.stem:
        raise PromptError(
            f"{file} 第 {lines['name']} 行：name 是 {head['name']}，应与文件名相同，即 {file.stem}"
        )
    version = str(head["version"])
    if not re.fullmatch(r"[\w.\-]{1,40}", version):
        raise PromptError(
            f"{file} 第 {lines['version']} 行：version 是“{version}”，应为 1 到 40 个字母、数字、点、横线"
        )
    variables = head["variables"]
    if not isinstance(variables, list) or not all(isinstance(name, str) for name in variables):
        raise PromptError(
            f"{file} 第 {lines['variables']} 行：variables 是 {variables!r}，应为名称的列表，如 [question, sources]"
        )
    return {"version": version, "variables": set(variables)}


def _parts(
    file: Path, text: str, start: int, *, expected: Sequence[Literal["system", "user"]]
) -> dict[str, tuple[int, int]]:
    """Places of the parts, by name."""
    heads = list(_PART.finditer(text, start))
    found = [head[1] for head in heads]
    if found != list(expected):
        wanted = "、".join(f"# {part}" for part in expected)
        raise PromptError(
            f"{file} 第 {_line_at(text, heads[0].start() if heads else start)} 行："
            f"找到的部分是 {'、'.join(f'# {part}' for part in found) or '无'}，应依次为 {wanted}"
        )
    stray = text[start : heads[0].start()]
    if stray.strip():
        place = start + len(stray) - len(stray.lstrip())
        raise PromptError(f"{file} 第 {_line_at(text, place)} 行：# {expected[0]} 之前有文字，应移入其中")
    ends = [*(head.start() for head in heads[1:]), len(text)]
    parts = {head[1]: (head.end(), end) for head, end in zip(heads, ends, strict=True)}
    for part, (begin, end) in parts.items():
        if not text[begin:end].strip():
            raise PromptError(f"{file} 第 {_line_at(text, begin)} 行：# {part} 部分是空的")
    return parts


def _variables(file: Path, text: str, place: tuple[int, int], part: str, allowed: frozenset[str]) -> set[str]:
    """The variables of one part, each of which must be one that is filled in there; all of those must occur."""
    found = set()
    for match in Template.pattern.finditer(text, *place):
        line = _line_at(text, match.start())
        if match["invalid"] is not None:
            raise PromptError(f"{file} 第 {line} 行：单独的 $ 后面没有变量名；要写 $ 本身，请写 $$")
        name = match["named"] or match["braced"]
        if name is None:
            continue
        if name not in allowed:
            known = "、".join(f"${one}" for one in sorted(allowed)) or "没有变量"
            raise PromptError(f"{file} 第 {line} 行：# {part} 部分没有变量 ${name}，可用的是：{known}")
        found.add(name)
    _refuse_if(
        set(allowed) - found,
        f"{file} 第 {_line_at(text, place[0])} 行：# {part} 部分缺少 {{}}",
    )
    return found


def _refuse_if(names: set[str], message: str) -> None:
    if names:
        raise PromptError(message.format("、".join(f"${name}" for name in sorted(names))))


def _line_at(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _line_of(text: str, pattern: str) -> int:
    match = re.search(pattern, text, re.MULTILINE)
    return _line_at(text, match.start()) if match else 1
