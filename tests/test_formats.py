from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.errors import UnreadableFile
from indexer.formats import SUFFIXES, read, supported
from indexer.source_text import title_hint
from tests.files import POLICY, ReadFile, cause, lines, reader


@pytest.fixture
def file(tmp_path: Path) -> ReadFile:
    return reader(tmp_path)


def test_text_keeps_its_lines_as_they_are(file: ReadFile) -> None:
    source = file(
        "a.txt", "\ufeff云泽市办法\r\n\r\n　　第一条　 为了夜市，制定本办法。\r\n　\r\n第二条 略。\r\n"
    )
    assert lines(source) == ["云泽市办法", "", "　　第一条　 为了夜市，制定本办法。", "　", "第二条 略。"]
    assert (source.title, source.headings, dict(source.metadata)) == (None, (), {})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be"])
def test_text_is_read_in_any_encoding(file: ReadFile, encoding: str) -> None:
    assert lines(file("a.txt", "\n".join(POLICY).encode(encoding))) == POLICY


def test_front_matter_and_side_file_win_in_that_order(file: ReadFile, tmp_path: Path) -> None:
    (tmp_path / "a.meta.yaml").write_text("region: 云泽市\nstatus: null\n", encoding="utf-8")
    head = "---\nregion: 别处\nissuer: 云泽市商务局\nstatus: 现行有效\n---\n"
    source = file("a.txt", head + "云泽市办法\n来源：甲网 日期：2023-05-01\n一、总则\n")
    assert lines(source) == ["云泽市办法", "一、总则"]
    assert source.metadata == {
        "source": "甲网",
        "published_on": "2023-05-01",
        "region": "云泽市",
        "issuer": "云泽市商务局",
        "status": None,
    }


@pytest.mark.parametrize(
    ("title", "hint"),
    [
        ("云泽市夜市办法", "云泽市夜市办法"),
        ("a.docx", None),
        ("通知终稿.doc", None),
        ("Microsoft Word - 通知", None),
        ("文档1", None),
        ("", None),
        (None, None),
    ],
)
def test_a_title_property_that_is_a_file_name_is_no_title(title: str | None, hint: str | None) -> None:
    assert title_hint(title) == hint


def test_an_unsupported_file_is_named_with_what_is_supported(file: ReadFile) -> None:
    message = cause(file, "a.xls", b"x")
    assert message.startswith("不支持的格式：.xls；支持 ")
    assert all(suffix in message for suffix in (".txt", ".md", ".html", ".docx", ".pdf"))


def test_an_old_word_file_comes_with_advice(file: ReadFile) -> None:
    assert "请另存为 .docx" in cause(file, "a.doc", b"x")
    assert "没有扩展名" in cause(file, "readme", b"x")


def test_damaged_bytes_are_warned_of(file: ReadFile) -> None:
    data = "\n".join(POLICY * 10).encode()
    assert file("a.txt", data[:1000] + data[1001:]).warnings == ("有 1 处字节无法解码，以 \ufffd 代替",)


def test_whatever_a_library_raises_on_a_damaged_file_is_named(
    file: ReadFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(data: bytes, name: str) -> None:
        raise AttributeError("no stream")

    monkeypatch.setattr(SUFFIXES[".pdf"], "read", fail)
    assert cause(file, "a.pdf", b"%PDF") == "损坏：读取时出错（AttributeError: no stream）"


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_an_empty_file_is_named(file: ReadFile, suffix: str) -> None:
    assert cause(file, f"a{suffix}", b"") == "空文件"
    assert supported(Path(f"A{suffix.upper()}"))


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_file_without_words_is_named(file: ReadFile, name: str) -> None:
    assert cause(file, name, "<!-- -->" if name != "a.txt" else "\n——\n").startswith("空文件")


def test_a_folder_or_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="无法打开"):
        read(tmp_path / "没有.txt")


ORIGINALS = os.environ.get("WENCE_ORIGINALS")


@pytest.mark.skipif(ORIGINALS is None, reason="WENCE_ORIGINALS names no folder")
def test_nothing_but_furniture_is_lost_of_the_originals() -> None:
    for path in sorted(Path(ORIGINALS or "").rglob("*.txt")):
        written = {line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()}
        left = {line.strip() for line in read(path).text.split("\n")}
        assert len(written - left) <= 2, path.name
        assert left - {""} <= written
