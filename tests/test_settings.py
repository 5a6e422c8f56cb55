"""Settings from options, variables and a file, and what is said when one is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.settings import PREFIX, Settings, SettingsError, load_settings, settings_table


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)


def load(env_file: Path | None = None, **options: object) -> Settings:
    return load_settings(options, env_file=env_file)


def test_an_option_beats_a_variable_beats_the_file_beats_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    assert load(file).port == 8000
    file.write_text("WENCE_PORT=8001\n", encoding="utf-8")
    assert load(file).port == 8001
    monkeypatch.setenv("WENCE_PORT", "8002")
    assert load(file).port == 8002
    assert load(file, port="8003").port == 8003
    assert load(file, port=None).port == 8002


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENCE_CORS_ORIGINS", "https://a.example, http://b.example:8080,")
    assert load().cors_origins == ("https://a.example", "http://b.example:8080")


def test_an_empty_key_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENCE_ADMIN_KEY", "")
    assert load().admin_key is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("WENCE_PORT", "abc", ["WENCE_PORT", "“abc”", "0 到 65535 的整数"]),
        ("WENCE_PORT", "70000", ["“70000”", "0 到 65535"]),
        ("WENCE_LOG_LEVEL", "loud", ["“loud”", "debug、info、warning 或 error"]),
        ("WENCE_DOCS", "maybe", ["“maybe”", "true 或 false"]),
        ("WENCE_REFUSE_THRESHOLD", "1.5", ["“1.5”", "0 到 1 的小数"]),
        (
            "WENCE_CORS_ORIGINS",
            "portal.example/path",
            ["WENCE_CORS_ORIGINS", "https://portal.example.gov.cn"],
        ),
        ("WENCE_ADMIN_KEY", "short", ["WENCE_ADMIN_KEY", "5 个字符", "至少 16 个字符"]),
    ],
)
def test_an_ill_typed_setting_says_what_was_found_and_expected(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: list[str]
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load()
    for word in words:
        assert word in str(caught.value)


def test_every_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENCE_PORT", "x")
    with pytest.raises(SettingsError) as caught:
        load(concurrency="y")
    assert "环境变量 WENCE_PORT" in str(caught.value) and "选项 --concurrency" in str(caught.value)


def test_a_wrong_setting_in_the_file_is_placed_there(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("WENCE_PORT=x\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"\.env 中的 WENCE_PORT"):
        load(tmp_path / ".env")


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENCE_ADMIN_KEY", "hush-hush")
    with pytest.raises(SettingsError) as caught:
        load()
    assert "hush" not in str(caught.value)
    monkeypatch.setenv("WENCE_ADMIN_KEY", "hush-hush-hush-hush")
    assert "hush" not in repr(load())


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("WENCE_PROT", "WENCE_PORT"),
        ("WENCE_CORS_ORIGIN", "WENCE_CORS_ORIGINS"),
        ("wence_indx", "WENCE_INDEX"),
    ],
)
def test_an_unknown_setting_is_named_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, name: str, near: str
) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=f"{name}；最接近的是 {near}"):
        load()


def test_an_unknown_setting_in_the_file_stops_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OTHER=1\nWENCE_PROT=1\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="WENCE_PROT"):
        load(tmp_path / ".env")


def test_the_table_has_every_setting() -> None:
    rows = settings_table().splitlines()
    assert len(rows) == 2 + len(Settings.model_fields)
    assert all(row.count("|") == 6 for row in rows)
    assert "| `WENCE_PORT` | `--port` | `8000` |" in "\n".join(rows)
