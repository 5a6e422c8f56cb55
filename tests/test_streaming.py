"""An answer is cut into pieces that join to what it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from service.streaming import event, pieces


@given(st.text(alphabet="甲乙1[]，。；\n|- *", max_size=60))
def test_pieces_join_to_the_answer(text: str) -> None:
    assert "".join(pieces(text)) == text


def test_a_piece_ends_behind_its_stop_and_keeps_its_mark() -> None:
    assert list(pieces("当天办结[1]。另行通知，[2]再说")) == ["当天办结[1]。", "另行通知，[2]", "再说"]


def test_an_event_is_one_line_of_data() -> None:
    assert (
        event("delta", {"text": "两\n行"}).encode() == 'event: delta\ndata: {"text": "两\\n行"}\n\n'.encode()
    )
