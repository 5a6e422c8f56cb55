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


LLM = {"llm_base_url": "http://127.0.0.1:8001/v1"}


def test_an_address_loses_its_last_slash_and_an_empty_one_is_none() -> None:
    assert load(llm_base_url="http://llm.example:8001/v1/").llm_base_url == "http://llm.example:8001/v1"
    assert load(llm_base_url="").llm_base_url is None


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8001", "ftp://x/v1", "http://me:secret@x/v1", "http://x/v1?key=1"]
)
def test_an_address_is_plain(address: str) -> None:
    with pytest.raises(SettingsError, match="--llm-base-url"):
        load(llm_base_url=address)


def test_further_parameters_are_a_json_object() -> None:
    given = '{"chat_template_kwargs": {"enable_thinking": false}}'
    assert load(llm_extra=given).llm_extra == {"chat_template_kwargs": {"enable_thinking": False}}
    assert load(llm_extra="").llm_extra == {}
    for wrong in ("[1]", "{", "think=false"):
        with pytest.raises(SettingsError, match="JSON"):
            load(llm_extra=wrong)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({**LLM, "llm_local": "models/chat"}, ["WENCE_LLM_BASE_URL", "WENCE_LLM_LOCAL", "只能设其一"]),
        ({**LLM, "llm_timeout": 60}, ["WENCE_LLM_TIMEOUT", "60 秒", "WENCE_REQUEST_TIMEOUT"]),
        ({**LLM, "request_timeout": 20}, ["30", "20 秒"]),
        ({**LLM, "llm_context": 1024}, ["WENCE_LLM_MAX_TOKENS", "800", "512"]),
    ],
)
def test_settings_of_the_language_model_that_are_at_odds_are_named(
    options: dict[str, object], words: list[str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(**options)
    for word in words:
        assert word in str(caught.value)


def test_without_a_language_model_its_settings_bind_nobody() -> None:
    assert load(request_timeout=5, llm_context=1024).llm_base_url is None


def test_the_key_of_the_language_model_is_never_shown() -> None:
    assert "hush" not in repr(load(llm_api_key="hush-hush"))
