"""The documentation keeps up with the code: settings, links, commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.settings import PREFIX, Settings, settings_table

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("models/*/README.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", ["README.zh-CN.md", "docs/operations.md"])
def test_the_settings_table_is_what_the_command_prints(name: str) -> None:
    assert settings_table() in page(name), f"{name}: put in what `python -m service settings` prints"


def test_the_english_readme_knows_every_setting_and_no_other() -> None:
    rows = re.findall(rf"^\| `({PREFIX}\w+)` \|", page("README.md"), re.M)
    assert rows == [PREFIX + name.upper() for name in Settings.model_fields]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(file: Path) -> None:
    targets = [target for target in LINK.findall(file.read_text("utf-8")) if "://" not in target]
    assert [target for target in targets if not (file.parent / target).exists()] == []


def test_both_readmes_have_the_same_parts() -> None:
    headings = [re.findall(r"^(#+) ", page(name), re.M) for name in ("README.md", "README.zh-CN.md")]
    assert headings[0] == headings[1]
