"""A sound build passes the gate; every way of breaking it is stopped, with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.gate import (
    DEFAULT_CONFIG,
    GateError,
    Limits,
    check,
    figures,
    load_baseline,
    load_gate,
    save_baseline,
)
from eval.run import run
from eval.summary import Summary, summarise
from tests.eval_town import QUESTIONS, Clerk, Miscounting, Misquoting, backend, documents


def summary_of(clerk: Clerk, folder: Path) -> Summary:
    return summarise(run(QUESTIONS, backend(clerk), folder / f"{type(clerk).__name__}.jsonl", fresh=True))


def stopped_by(summary: Summary, baseline: dict[str, float] | None = None) -> set[str]:
    """Return the measures, without their groups, that the shipped gate stops this build for."""
    checks = check(summary, load_gate(DEFAULT_CONFIG), baseline)
    wanted = {one.measure for one in checks if one.found is not None}  # the town asks fewer kinds
    return {one.measure.partition("/")[0] for one in checks if not one.passed and one.measure in wanted}


def test_a_sound_build_passes(tmp_path: Path) -> None:
    assert stopped_by(summary_of(Clerk(documents()), tmp_path)) == set()


@pytest.mark.parametrize(
    ("clerk", "measures"),
    [
        pytest.param(
            Clerk(documents(), retrieves=False), {"right", "citation_precision"}, id="retrieval off"
        ),
        pytest.param(Clerk(documents(), refuses=False), {"refused"}, id="refusal off"),
        pytest.param(
            Misquoting(documents()), {"right", "citation_precision", "support"}, id="citations shuffled"
        ),
        pytest.param(Miscounting(documents()), {"right", "facts_and_gold", "support"}, id="figures altered"),
    ],
)
def test_a_broken_build_is_stopped(clerk: Clerk, measures: set[str], tmp_path: Path) -> None:
    assert measures <= stopped_by(summary_of(clerk, tmp_path))


def test_a_loss_against_the_baseline_is_stopped(tmp_path: Path) -> None:
    sound = summary_of(Clerk(documents()), tmp_path)
    stored = tmp_path / "baseline.json"
    save_baseline(stored, sound)
    gate = {"right": Limits(lose_at_most=0.02), "falsely_refused": Limits(lose_at_most=0.02)}
    timid = summary_of(Clerk(documents(), least=0.8), tmp_path)
    failed = [one for one in check(timid, gate, load_baseline(stored)) if not one.passed]
    assert {one.measure for one in failed} == {"right", "falsely_refused"}
    assert "基线是 100.0%" in failed[0].reason
    assert all(one.passed for one in check(sound, gate, load_baseline(stored)))


def test_a_gate_does_not_pass_for_want_of_questions(tmp_path: Path) -> None:
    gate = {"refused/kind=unsafe": Limits(at_least=0.5)}
    (one,) = check(summary_of(Clerk(documents()), tmp_path), gate)
    assert not one.passed and "没有这个数" in one.reason


def test_limits_are_inclusive_and_reach_latency(tmp_path: Path) -> None:
    summary = summary_of(Clerk(documents()), tmp_path)
    gate = {"right": Limits(at_least=1.0, at_most=1.0), "p50_ms": Limits(at_most=60_000)}
    assert all(one.passed for one in check(summary, gate))
    assert figures(summary)["right/kind=figure"] == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "limits"),
        ("[limits]\nright = {at_leest = 0.5}", "at_leest"),
        ("[limits]\nrihgt = {at_least = 0.5}", "rihgt"),
        ('[limits]\n"right/knid=figure" = {at_least = 0.5}', "knid"),
        ("[limits", "读不出来"),
    ],
)
def test_a_wrong_gate_file_is_named(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "gate.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(GateError) as caught:
        load_gate(file)
    assert says in str(caught.value) and "gate.toml" in str(caught.value)


def test_a_wrong_baseline_is_named(tmp_path: Path) -> None:
    file = tmp_path / "baseline.json"
    file.write_text('{"figures": {"right": "good"}}', encoding="utf-8")
    with pytest.raises(GateError, match=r"baseline\.json"):
        load_baseline(file)
