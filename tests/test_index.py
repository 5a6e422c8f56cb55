import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.build import build
from indexer.errors import BrokenIndex, ModelError
from indexer.index import CATALOGUE, CURRENT, VECTORS, Index, current_version, open_index, version_folder
from indexer.manifest import Manifest, read_manifest, record_files, write_manifest
from indexer.tokens import lexical_tokens
from tests.small_corpus import BagOfCharacters, write_corpus


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build(write_corpus(folder / "政策"), folder / "index", embedder=BagOfCharacters(), progress=False)
    return folder / "index"


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(built, tmp_path / "index"))


def published(folder: Path) -> Path:
    version = current_version(folder)
    assert version is not None
    return version_folder(folder, version)


def title_of(index: Index, row: int) -> str:
    return index.catalogue.document(index.catalogue.chunk(row).document_id).title


def test_an_open_index_finds_by_meaning_and_by_words(built: Path) -> None:
    index = open_index(built, embedder=BagOfCharacters())
    question = "狂犬病疫苗多久接种一次"
    by_meaning, _ = index.vectors.search(index.embedder.embed_questions([question]), k=1)
    by_words, _ = index.lexical.search(lexical_tokens(question), k=1)
    assert title_of(index, by_meaning[0, 0]) == title_of(index, by_words[0]) == "云岭县养犬管理规定"
    assert "疫苗" in index.catalogue.chunk(by_words[0]).text


def test_every_part_has_a_row_for_every_chunk(built: Path) -> None:
    index = open_index(built, embedder=BagOfCharacters())
    assert index.catalogue.rows == len(index.vectors) == len(index.lexical) == index.manifest.chunks > 5
    assert index.version == index.manifest.version == current_version(built)


def test_where_no_index_is_the_command_that_builds_it_is_named(tmp_path: Path) -> None:
    assert current_version(tmp_path) is None
    with pytest.raises(BrokenIndex, match=r"还没有索引.*python -m indexer build --index"):
        open_index(tmp_path, embedder=BagOfCharacters())


@pytest.mark.parametrize(
    ("embedder", "both"),
    [
        (BagOfCharacters(name="other"), ("bag-of-characters（64 维", "other（64 维")),
        (BagOfCharacters(32), ("64 维", "32 维")),
        (BagOfCharacters(fingerprint="2"), ("指纹 1）", "指纹 2）")),
    ],
)
def test_another_model_is_refused_with_both_and_the_command_that_rebuilds(
    built: Path, embedder: BagOfCharacters, both: tuple[str, str]
) -> None:
    with pytest.raises(ModelError) as caught:
        open_index(built, embedder=embedder)
    message = str(caught.value)
    assert all(value in message for value in both)
    assert f"python -m indexer build --index {built} --corpus" in message
    assert f"--model {embedder.name}" in message


def test_words_cut_by_another_tokenizer_are_refused(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.index.lexical_fingerprint", lambda: "sha256:other")
    with pytest.raises(ModelError, match=r"分词指纹是 sha256:\w+，现在的是 sha256:other"):
        open_index(built, embedder=BagOfCharacters())


@pytest.mark.parametrize(
    "name", [CATALOGUE, VECTORS, "lexical/data.csc.index.npy", "lexical/vocab.index.json"]
)
@pytest.mark.parametrize("damage", ["one bit", "cut short", "missing"])
def test_a_damaged_file_is_named(folder: Path, name: str, damage: str) -> None:
    file = published(folder) / name
    content = bytearray(file.read_bytes())
    if damage == "one bit":
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    elif damage == "cut short":
        file.write_bytes(content[:-1])
    else:
        file.unlink()
    with pytest.raises(BrokenIndex, match=rf"已损坏：{name}：.*请重建索引：python -m indexer build"):
        open_index(folder, embedder=BagOfCharacters())


def test_a_missing_version_is_named(folder: Path) -> None:
    shutil.rmtree(published(folder))
    with pytest.raises(BrokenIndex, match="不存在；请重建索引"):
        open_index(folder, embedder=BagOfCharacters())


@pytest.mark.parametrize("content", [b"", b"../../etc", b"\xff\xfe"])
def test_a_pointer_that_names_no_version_is_refused(folder: Path, content: bytes) -> None:
    (folder / CURRENT).write_bytes(content)
    with pytest.raises(BrokenIndex, match="current"):
        current_version(folder)


def test_parts_that_don_t_fit_each_other_are_refused(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    texts = {"短.txt": "青石市停车办法\n\n第一条 道路停车首半小时免费。"}
    build(write_corpus(tmp_path / "政策", texts), other, embedder=BagOfCharacters(), progress=False)
    shutil.copy(published(other) / VECTORS, published(folder) / VECTORS)
    manifest = read_manifest(published(folder))
    write_manifest(published(folder), replace(manifest, files=record_files(published(folder))))
    with pytest.raises(BrokenIndex, match="切块数不一致：清单"):
        open_index(folder, embedder=BagOfCharacters())


def test_a_version_replaced_while_being_opened_gives_way_to_the_new_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = published(folder).name
    old = version_folder(folder, "20000101T000000Z-000000")
    old.mkdir()
    (folder / CURRENT).write_text(old.name)

    def read_while_a_build_goes_on(version: Path) -> Manifest:
        if version == old:
            (folder / CURRENT).write_text(new)
        return read_manifest(version)

    monkeypatch.setattr("indexer.index.read_manifest", read_while_a_build_goes_on)
    assert open_index(folder, embedder=BagOfCharacters()).version == new
