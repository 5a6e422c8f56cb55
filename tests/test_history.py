"""The record under a title is read event by event."""

from __future__ import annotations

from datetime import date

import pytest

from indexer.history import find_events, find_record

ORDER = (
    "（2019年3月1日云岭市人民政府第31次常务会议审议通过，2019年5月8日云岭市人民政府令第31号公布，"
    "自2019年7月1日起施行）"
)


def test_a_bracket_tells_adoption_publication_and_commencement() -> None:
    events = list(find_events(ORDER))
    assert [(event.step, event.day) for event in events] == [
        ("adopted", date(2019, 3, 1)),
        ("published", date(2019, 5, 8)),
        ("effective", date(2019, 7, 1)),
    ]
    assert [event.text for event in events][1:] == [
        "2019年5月8日云岭市人民政府令第31号公布",
        "自2019年7月1日起施行",
    ]


def test_events_stand_where_they_say() -> None:
    assert all(ORDER[event.start : event.end] == event.text for event in find_events(ORDER))


@pytest.mark.parametrize(
    ("record", "steps"),
    [
        ("2020年8月6日云岭市第九届人民代表大会常务委员会第四次会议通过", ["adopted"]),
        ("（2020年8月6日云岭市第九届人民代表大会常务委员会第四次会议通过　2020年9月24日东屏省第十二届人民代表大会常务委员会第七次会议批准）", ["adopted", "approved"]),
        ("（云岭市第九届人大常委会第四次会议于2020年8月6日通过，自2021年1月1日起施行）", ["adopted", "effective"]),
        ("（2018年2月3日云岭市人民政府令第9号，自2018年4月1日起施行）", ["published", "effective"]),
        ("2012年6月1日通过 根据2021年7月2日云岭市第十届人民代表大会常务委员会第五次会议《关于修改〈云岭市夜市条例〉的决定》修正", ["adopted", "amended"]),
        ("2021年7月2日云岭市第十届人民代表大会常务委员会第五次会议通过的《云岭市夜市条例修正案》修正", ["amended"]),
        ("2015年3月4日云岭市人民政府令第2号公布，2022年5月6日云岭市人民政府令第20号废止", ["published", "repealed"]),
        ("《云岭市夜市管理办法》已经2021年7月12日市政府第8次常务会议审议通过，现予印发，请遵照执行。", ["adopted"]),
        ("二〇二〇年八月六日云岭市商务局印发", ["published"]),
        ("依据2020年5月28日通过、2021年1月1日起施行的《夜市法》", ["adopted", "effective"]),
        ("自公布之日起施行", []),
        ("《云岭市集市办法》（2009年5月1日起施行）", ["effective"]),
        ("2020年8月6日的会议纪要", []),
    ],
)  # fmt: skip
def test_steps_are_told_apart(record: str, steps: list[str]) -> None:
    assert [event.step for event in find_events(record)] == steps


def test_what_stands_in_a_title_is_no_event() -> None:
    assert list(find_events("《云岭市2020年8月6日通过的决定》")) == []


def test_an_order_is_told_without_its_day() -> None:
    (event,) = find_events("2019年5月8日云岭市人民政府令第31号公布")
    assert event.words == "云岭市人民政府令第31号公布"


def test_a_text_adopted_again_years_later_is_amended() -> None:
    lines = ["2010年3月1日云岭市某会议通过", "2010年4月2日东屏省某会议批准", "2022年6月5日云岭市某会议通过"]
    assert [event.step for event in find_record(lines)] == ["adopted", "approved", "amended"]
