import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from indexer.__main__ import app
from indexer.index import current_version
from tests.small_corpus import TEXTS, BagOfCharacters, write_corpus


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, no settings, and a model that needs no weights."""
    for name in ("WENCE_CORPUS", "WENCE_INDEX", "WENCE_EMBEDDING_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def load(model: str | Path) -> BagOfCharacters:
        return BagOfCharacters(name=Path(model).name)

    monkeypatch.setattr("indexer.build.load_embedder", load)
    monkeypatch.setattr("indexer.index.load_embedder", load)
    return tmp_path


def wence(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_build_with_its_defaults(place: Path) -> None:
    write_corpus(place / "corpus")
    result = wence("build")
    assert result.exit_code == 0
    assert "已发布" in result.stdout and "新读 3 份" in result.stdout
    assert current_version(place / "var" / "index") is not None


def test_build_if_stale_does_nothing_twice(place: Path) -> None:
    write_corpus(place / "corpus")
    assert wence("build", "--if-stale").exit_code == 0
    version = current_version(place / "var" / "index")
    result = wence("build", "--if-stale")
    assert result.exit_code == 0 and f"{version} 仍是最新" in result.stdout
    assert current_version(place / "var" / "index") == version
    assert wence("build").exit_code == 0
    assert current_version(place / "var" / "index") != version


@pytest.mark.parametrize("options", [[], ["--quiet"], ["--if-stale"]])
def test_what_is_left_out_is_named_and_shown_by_the_status(place: Path, options: list[str]) -> None:
    write_corpus(place / "corpus", {**TEXTS, "会议/录音.mp3": "?", "空.txt": ""})
    for _ in range(2):
        result = wence("build", *options)
        assert result.exit_code == 3
        assert "会议/录音.mp3：不支持的格式" in result.stderr
        assert "空.txt：空文件" in result.stderr


def test_quiet_says_nothing_where_nothing_is_wrong(place: Path) -> None:
    write_corpus(place / "corpus")
    result = wence("build", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_failure_is_said_in_words(place: Path) -> None:
    result = wence("build", "--corpus", "没有的文件夹")
    assert result.exit_code == 1
    assert result.stderr.startswith("错误：政策文件夹 没有的文件夹 不存在")
    assert result.stdout == "" and "Traceback" not in result.stderr


@pytest.mark.parametrize("arguments", [["build", "--colour"], ["build", "--max-chars", "many"], ["inspect"]])
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    assert wence(*arguments).exit_code == 2


@pytest.mark.parametrize("where", ["environment", ".env"])
def test_settings_come_from_the_environment_and_from_dotenv(
    place: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    write_corpus(place / "政策")
    settings = {"WENCE_CORPUS": "政策", "WENCE_INDEX": "索引", "WENCE_EMBEDDING_MODEL": "m/my-model"}
    if where == "environment":
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
    else:
        (place / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    assert wence("build").exit_code == 0
    assert current_version(place / "索引") is not None
    assert "my-model（64 维" in wence("info").stdout
    assert wence("build", "--index", "另一处").exit_code == 0
    assert current_version(place / "另一处") is not None


def test_info_lists_the_documents(place: Path) -> None:
    write_corpus(place / "corpus", {**TEXTS, "坏.mp3": ""})
    wence("build")
    result = wence("info")
    assert result.exit_code == 0
    assert "3 份文件" in result.stdout
    assert "云岭县/养犬规定  《云岭县养犬管理规定》" in result.stdout
    assert "坏.mp3：不支持的格式" in result.stdout
    facts = json.loads(wence("info", "--json").stdout)
    assert [document["id"] for document in facts["documents"]] == [
        "云岭县/公园开放",
        "云岭县/养犬规定",
        "青石市便民措施",
    ]
    assert facts["model"]["dimension"] == 64


@pytest.mark.parametrize("command", ["info", "verify"])
def test_a_missing_index_is_said_with_the_command_that_builds_it(command: str) -> None:
    result = wence(command)
    assert result.exit_code == 1
    assert "还没有索引；请先运行：python -m indexer build --index var/index" in result.stderr


def test_verify_tells_a_sound_index_from_a_damaged_one(place: Path) -> None:
    write_corpus(place / "corpus")
    wence("build")
    assert "完好" in wence("verify").stdout
    (file,) = place.glob("var/index/versions/*/vectors.faiss")
    file.write_bytes(b"?")
    result = wence("verify")
    assert result.exit_code == 1 and "vectors.faiss：应为" in result.stderr


def test_verify_refuses_another_model(place: Path) -> None:
    write_corpus(place / "corpus")
    wence("build")
    result = wence("verify", "--model", "somewhere/other")
    assert result.exit_code == 1
    assert "--model somewhere/other" in result.stderr


def test_inspect_shows_what_was_understood(place: Path) -> None:
    write_corpus(place)
    result = wence("inspect", "青石市便民措施.md")
    assert result.exit_code == 0
    assert "青石市便民服务若干措施" in result.stdout and "减轻负担" in result.stdout


def test_inspect_as_json_gives_places_in_the_text(place: Path) -> None:
    write_corpus(place)
    document = json.loads(wence("inspect", "云岭县/养犬规定.txt", "--json").stdout)
    assert document["id"] == "养犬规定"
    for paragraph in document["paragraphs"]:
        assert document["text"][paragraph["start"] : paragraph["end"]] == paragraph["text"]


def test_inspect_says_why_a_file_cannot_be_read(place: Path) -> None:
    (place / "空.txt").write_text("")
    result = wence("inspect", "空.txt")
    assert result.exit_code == 1 and result.stderr.startswith("错误：空文件")


def test_help_teaches(place: Path) -> None:
    assert "退出码" in wence("--help").stdout
    assert "WENCE_EMBEDDING_MODEL" in wence("build", "--help").stdout
