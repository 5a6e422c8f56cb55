"""The house rules that a reader can't see at a glance: imports point one way, and serving stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "indexer": {"indexer"},
    "service": {"service", "indexer"},
    "eval": {"eval", "service", "indexer"},
    "training": {"training", "service", "indexer"},
}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    house = set(MAY_IMPORT)
    wrong = []
    for file in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names = [node.module]
            tops = {name.split(".")[0] for name in names} & house
            wrong += [f"{file.relative_to(ROOT)} imports {top}" for top in sorted(tops - MAY_IMPORT[package])]
    assert wrong == []


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_every_module_says_what_it_is_for(package: str) -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in sorted((ROOT / package).rglob("*.py"))
        if not ast.get_docstring(ast.parse(file.read_text("utf-8")))
    ]
    assert silent == []


def test_serving_the_bundled_model_needs_no_torch() -> None:
    script = (
        "import sys; import service.app, service.assistant, indexer.index, indexer.embedding;"
        "from indexer.embedding import BUNDLED_MODEL, load_embedder;"
        "load_embedder(BUNDLED_MODEL).embed_questions(['企业注销要几天']);"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == "[]"
