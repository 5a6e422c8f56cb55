import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.errors import BrokenIndex
from indexer.manifest import (
    FORMAT,
    MANIFEST,
    DocumentRecord,
    Manifest,
    ModelRecord,
    Recipe,
    check_files,
    read_manifest,
    record_files,
    write_manifest,
)
from indexer.sources import Failure
from tests.small_corpus import BagOfCharacters, write_corpus

MODEL = ModelRecord("e5", "sha256:ab", 384, "query: ", "passage: ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_corpus(tmp_path, {"a.bin": "甲", "lexical/b.bin": "乙"})


@pytest.fixture
def manifest(folder: Path) -> Manifest:
    manifest = Manifest(
        version="20240102T030405Z-abcdef",
        built_at=datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
        corpus="政策",
        model_source="models/e5",
        recipe=Recipe(MODEL, 480, "sha256:cd", "sha256:ef"),
        documents={"县/通知": DocumentRecord("县/通知.pdf", "12", ("第 3 页没有文字层",))},
        failures=(Failure("坏.docx", "损坏", "34"),),
        chunks=7,
        files=record_files(folder),
        wence_version="0.1.0",
    )
    write_manifest(folder, manifest)
    return manifest


def test_a_manifest_comes_back_as_it_was(folder: Path, manifest: Manifest) -> None:
    assert read_manifest(folder) == manifest


def test_a_manifest_can_be_read_by_people(folder: Path, manifest: Manifest) -> None:
    assert "第 3 页没有文字层" in (folder / MANIFEST).read_text("utf-8")


def test_files_are_recorded_by_their_path(manifest: Manifest) -> None:
    assert {name: record.size for name, record in manifest.files.items()} == {"a.bin": 3, "lexical/b.bin": 3}


def test_sound_files_pass(folder: Path, manifest: Manifest) -> None:
    check_files(folder, manifest)


@pytest.mark.parametrize(
    ("content", "problem"), [("丙", "校验和应为"), ("甲乙", "应为 3 字节，实际 6 字节"), (None, "缺失")]
)
def test_each_damaged_file_is_named(
    folder: Path, manifest: Manifest, content: str | None, problem: str
) -> None:
    for name in ("a.bin", "lexical/b.bin"):
        if content is None:
            (folder / name).unlink()
        else:
            (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(BrokenIndex, match=rf"a\.bin：{problem}.*lexical/b\.bin：{problem}"):
        check_files(folder, manifest)


def test_a_missing_manifest_is_said(tmp_path: Path) -> None:
    with pytest.raises(BrokenIndex, match=r"不完整：缺少 manifest\.json"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("content", ["", "{", "\x00"])
def test_a_manifest_that_is_no_json_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(BrokenIndex, match=r"manifest\.json 无法读取"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("found", [FORMAT + 1, None])
def test_another_format_is_refused_with_both_numbers(
    folder: Path, manifest: Manifest, found: int | None
) -> None:
    values = json.loads((folder / MANIFEST).read_text("utf-8"))
    (folder / MANIFEST).write_text(json.dumps({**values, "format": found}))
    with pytest.raises(BrokenIndex, match=f"格式版本是 {found}，本程序需要 {FORMAT}"):
        read_manifest(folder)


def test_a_manifest_of_other_shape_is_refused(folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST).write_text(json.dumps({"format": FORMAT, "version": 1}))
    with pytest.raises(BrokenIndex, match="不合规定"):
        read_manifest(folder)


def test_the_record_of_a_model_shows_what_vectors_depend_on() -> None:
    assert ModelRecord.of(BagOfCharacters(16)) == ModelRecord("bag-of-characters", "1", 16)
    assert str(MODEL) == "e5（384 维，指纹 sha256:ab，提问前缀 'query: '，文本前缀 'passage: '）"
    assert str(replace(MODEL, question_prompt="", document_prompt="")) == "e5（384 维，指纹 sha256:ab）"
