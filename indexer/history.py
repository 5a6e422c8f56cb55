"""Read the record under a title: when a document was adopted, approved, published, amended, put into effect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from indexer.dates import find_dates

Step = Literal["adopted", "approved", "published", "amended", "effective", "repealed"]


@dataclass(frozen=True, slots=True)
class Event:
    """One step in the life of a document, as its record tells it; `record[start:end] == text`."""

    step: Step
    day: date
    text: str
    start: int
    end: int

    @property
    def words(self) -> str:
        """What the event says beside its day, without the titles of other documents."""
        return _DAY.sub("", _QUOTED.sub("", self.text))


_QUOTED = re.compile(r"《[^》]*》")
_DAY = re.compile(
    r"(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日?|[〇○零OＯ一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日?"
)
_VERB = re.compile(
    r"(?<!现予)(?<!现将其)(?<!遵照)(?<!认真)(?<!组织)(?<!贯彻)(?:(?:审议|表决|会议)?通过|批准|公布|发布|颁布|印发|修正|修订|修改|施行|实施|执行|生效|废止|停止执行)"
)
"""请遵照执行 and 现予印发 of an issuing notice tell nothing of a day."""
_TAKES_EFFECT = re.compile(r"\s*(?:零时)?\s*(?:起)?\s*(?:正式)?(?:施行|实施|执行|生效|试行)")
_AMENDS = re.compile(r"修正|修订|修改")
_HALF_A_YEAR = 183
_LINK = re.compile(r"[\s，,；;、。（(]*(?:根据|自|从|由|并|经|于)?\s*$")


def find_record(lines: Iterable[str]) -> tuple[Event, ...]:
    """Return the events of all `lines` of a record, in order.

    A text that is adopted once more, half a year or more after the first time, is amended: some records say
    通过 of that too.
    """
    found: list[Event] = []
    for event in (event for line in lines for event in find_events(line)):
        first = next((one.day for one in found if one.step == "adopted"), None)
        again = event.step == "adopted" and first is not None and (event.day - first).days >= _HALF_A_YEAR
        found.append(replace(event, step="amended") if again else event)
    return tuple(found)


def find_events(record: str) -> Iterator[Event]:
    """Yield the dated events of `record` in its order; `自公布之日起施行` names no day and is none.

    Dates and verbs inside 《》 are those of another document.
    """
    plain = _QUOTED.sub(lambda match: "《" + "□" * (len(match[0]) - 2) + "》", record)
    days = list(find_dates(plain))
    start = len(plain) - len(plain.lstrip(" 　(（"))
    for place, found in enumerate(days):
        following = days[place + 1].start if place + 1 < len(days) else len(plain)
        verbs = list(_VERB.finditer(plain, found.end, following))
        if verbs:
            end = verbs[-1].end()
        elif place + 1 < len(days):
            end = found.end + len(_LINK.sub("", plain[found.end : following]))
        else:
            end = len(plain.rstrip(" 　)）。"))
        start += len(plain[start:end]) - len(plain[start:end].lstrip(" 　，,；;、。"))
        step = _step(plain[start:end], found.start - start, found.end - start)
        if step is not None:
            yield Event(step, found.value, record[start:end], start, end)
        start = end


def _step(text: str, begin: int, end: int) -> Step | None:
    """What `text`, whose date stands at `begin` to `end`, tells; None where it tells nothing of the kind."""
    if _TAKES_EFFECT.match(text, end):
        return "effective"
    said = text[:begin] + text[end:]
    if _AMENDS.search(said):
        return "amended"
    if re.search(r"废止|停止执行", said):
        return "repealed"
    if "批准" in said:
        return "approved"
    if "通过" in said:
        return "adopted"
    if re.search(r"公布|发布|颁布|印发|令\s*[(（]?\s*第|[〕\]】]\s*第?\s*\d+\s*号", said):
        return "published"
    return None
