"""What documents say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from indexer.document import Document
from indexer.parse import parse
from indexer.source_text import SourceText

TEXTS = Path(__file__).parent / "texts"


def document(text: str, metadata: Mapping[str, str | None] | None = None) -> Document:
    return parse(SourceText(text, metadata=metadata or {}), document_id="d", source_name="folder/d.txt")


def of_file(name: str) -> Document:
    return document((TEXTS / f"{name}.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "title", "issuer", "number", "issued_on", "region"),
    [
        (
            "lanqiao-2023",
            "让企业在澜桥办事更省心行动方案",
            "澜桥市人民政府办公室",
            None,
            date(2023, 6, 9),
            "澜桥市",
        ),
        (
            "yunmen-2022",
            "云门市2022年数字经济提速方案",
            "云门市数字经济领导小组",
            "云门数领〔2022〕7号",
            date(2022, 4, 6),
            "云门市",
        ),
        (
            "jingkou-2022",
            "景口市2022年提升服务水平行动方案",
            "景口市人民政府办公室",
            None,
            date(2022, 5, 30),
            "景口市",
        ),
        (
            "caijing-regulation",
            "彩泾市停车设施条例",
            "彩泾市人民代表大会常务委员会",
            None,
            date(2021, 8, 27),
            "彩泾市",
        ),
        (
            "annexes-2020",
            "望川市教育局关于做好课后服务工作的通知",
            "望川市教育局",
            "望教发〔2020〕18号",
            date(2020, 8, 19),
            "望川市",
        ),
        (
            "order-2019",
            "沅岭市城市照明管理办法",
            "沅岭市人民政府",
            "沅岭市人民政府令第12号",
            date(2019, 10, 22),
            "沅岭市",
        ),
        (
            "measures-2024",
            "柳坪县人民政府关于支持乡村民宿发展的若干措施",
            "柳坪县人民政府",
            "柳政规〔2024〕2号",
            date(2024, 4, 12),
            "柳坪县",
        ),
        ("emergency-plan", "临溪县防汛应急预案", None, None, None, "临溪县"),
    ],
)
def test_title_issuer_number_date_and_region_are_read(
    name: str, title: str, issuer: str | None, number: str | None, issued_on: date | None, region: str | None
) -> None:
    found = of_file(name)
    assert (found.title, found.issuer, found.number) == (title, issuer, number)
    assert (found.issued_on, found.region) == (issued_on, region)


def test_a_text_without_title_goes_by_its_file_and_guesses_nothing() -> None:
    found = of_file("no-title")
    assert found.title == "d"
    assert (found.issuer, found.number, found.issued_on) == (None, None, None)
    assert found.region == "随州市"  # Named in a scheme, and no other city is.


def test_two_cities_in_passing_tell_no_region() -> None:
    assert document("现就全市工作提出意见。\n一、学习随州和孝感的做法。").region is None


@pytest.mark.parametrize(
    ("name", "effective_on", "expires_on"),
    [
        ("order-2019", date(2020, 1, 1), date(2024, 12, 31)),
        ("measures-2024", date(2024, 5, 1), date(2026, 12, 31)),
        ("emergency-plan", date(2022, 6, 1), date(2025, 5, 31)),
        ("caijing-regulation", date(2017, 9, 1), None),
        ("lanqiao-2023", None, None),
    ],
)
def test_terms_are_read(name: str, effective_on: date | None, expires_on: date | None) -> None:
    found = of_file(name)
    assert (found.effective_on, found.expires_on) == (effective_on, expires_on)


def test_a_document_takes_effect_on_the_day_it_is_issued() -> None:
    found = document(
        "云岭市夜市管理办法\n第一条 夜市限时开放。\n第二条 本办法自印发之日起施行，有效期2年。\n"
        "云岭市城市管理局\n2023年3月1日"
    )
    assert found.effective_on == date(2023, 3, 1)
    assert found.expires_on == date(2025, 2, 28)


def test_terms_of_other_things_are_not_the_documents_own() -> None:
    found = document(
        "云岭市夜市管理办法\n第一条 摊位证有效期3年。\n"
        "第二条 《云岭市集市办法》自2001年1月1日起施行的规定不再适用。"
    )
    assert (found.effective_on, found.expires_on) == (None, None)


def test_front_matter_wins_and_none_stays_none() -> None:
    text = (TEXTS / "yunmen-2022.txt").read_text(encoding="utf-8")
    found = document(text, {"title": "别名", "number": None, "issued_on": "2022-04-07", "status": "废止"})
    assert (found.title, found.number) == ("别名", None)
    assert (found.issued_on, found.status) == (date(2022, 4, 7), "已废止")
    assert found.issuer == "云门市数字经济领导小组"


@pytest.mark.parametrize(
    "written", ["云政办发[2022]3号", "云政办发【2022】3号", "云政办发（2022）3号", "(云政办发〔2022〕 3 号)"]
)
def test_a_number_comes_in_its_official_form(written: str) -> None:
    assert document(f"云岭市夜市管理办法\n{written}\n第一条 限时开放。").number == "云政办发〔2022〕3号"


def test_a_number_that_the_text_cites_is_not_its_own() -> None:
    text = "云岭市夜市管理办法\n为落实《夜间经济意见》（云办发〔2020〕2号），制定本办法。\n第一条 限时开放。"
    assert document(text).number is None


def test_a_broken_title_is_joined() -> None:
    found = document("关于举办\n第二届云岭茶博会的通知\n各单位：\n茶博会定于5月举行。\n一、时间\n5月1日。")
    assert found.title == "关于举办第二届云岭茶博会的通知"


def test_several_signatures_are_all_issuers() -> None:
    text = (
        "关于清理路边广告的通告\n广告应当在月底前拆除。\n云岭市公安局\n云岭市交通运输局\n二〇二一年九月三日"
    )
    found = document(text)
    assert found.issuer == "云岭市公安局、云岭市交通运输局"
    assert found.issued_on == date(2021, 9, 3)


def test_a_national_law_holds_everywhere() -> None:
    adopted = "2020年5月6日 第十三届全国人民代表大会常务委员会第十八次会议通过"
    found = document(f"中华人民共和国湖泊法\n{adopted}\n第一条 保护湖泊。")
    assert (found.region, found.issuer) == ("全国", "全国人民代表大会常务委员会")


def test_a_month_end_in_the_text_is_no_date_of_issue() -> None:
    assert document("云岭市节水方案\n一、目标\n2024年 12月底\n二、措施\n安装水表。").issued_on is None


NIGHT = "云岭市夜市管理办法\n"
OPEN = "第一条 夜市限时开放。\n"


@pytest.mark.parametrize(
    ("record", "issuer", "number", "issued_on", "effective_on"),
    [
        (
            "（2019年3月1日云岭市第十三届人民代表大会常务委员会第五次会议通过　2019年5月8日云岭市人民政府令第31号公布　自2019年7月1日起施行）",
            "云岭市人民代表大会常务委员会",
            "云岭市人民政府令第31号",
            date(2019, 5, 8),
            date(2019, 7, 1),
        ),
        (
            "（2019年5月8日云岭市人民政府令第31号，自2019年7月1日起施行）",
            "云岭市人民政府",
            "云岭市人民政府令第31号",
            date(2019, 5, 8),
            date(2019, 7, 1),
        ),
        (
            "（2019年5月8日云岭市人民政府令第31号公布　根据2022年3月2日云岭市人民政府令第45号《关于修改部分规章的决定》修正）",
            "云岭市人民政府",
            "云岭市人民政府令第31号",
            date(2022, 3, 2),
            None,
        ),
        (
            "（2011年5月8日云岭市人民政府令第31号公布　2022年3月2日云岭市人民政府令第45号修订公布　自公布之日起施行）",
            "云岭市人民政府",
            "云岭市人民政府令第45号",
            date(2022, 3, 2),
            date(2022, 3, 2),
        ),
        (
            "（2019年3月1日云岭市第十三届人民代表大会常务委员会第五次会议通过\n2019年5月8日东屏省第十二届人民代表大会常务委员会第九次会议批准\n自2019年7月1日起施行）",
            "云岭市人民代表大会常务委员会",
            None,
            date(2019, 5, 8),
            date(2019, 7, 1),
        ),
        (
            "（2021年4月2日云岭市人民政府办公室云政办发〔2021〕9号印发）",
            "云岭市人民政府办公室",
            "云政办发〔2021〕9号",
            date(2021, 4, 2),
            None,
        ),
    ],
)  # fmt: skip
def test_the_record_under_a_title_is_read(
    record: str, issuer: str, number: str | None, issued_on: date, effective_on: date | None
) -> None:
    found = document(f"{NIGHT}{record}\n{OPEN}")
    assert (found.title, found.issuer, found.number) == ("云岭市夜市管理办法", issuer, number)
    assert (found.issued_on, found.effective_on) == (issued_on, effective_on)


def test_a_record_in_the_title_line_is_no_part_of_the_title() -> None:
    found = document(
        f"云岭市夜市条例（2020年8月6日云岭市第九届人民代表大会常务委员会第四次会议通过）\n{OPEN}"
    )
    assert (found.title, found.issued_on) == ("云岭市夜市条例", date(2020, 8, 6))


@pytest.mark.parametrize(
    ("closing", "effective_on", "expires_on"),
    [
        ("本办法由市商务局负责解释，自2024年3月1日起施行，有效期至2029年2月28日。", (2024, 3, 1), (2029, 2, 28)),
        ("本办法由市商务局负责解释。自2024年3月1日起施行，有效期3年。", (2024, 3, 1), (2027, 2, 28)),
        ("本管理办法自2024年3月1日起施行。有效期3年。", (2024, 3, 1), (2027, 2, 28)),
        ("本规程自2024年3月1日起至2026年12月31日止施行。", (2024, 3, 1), (2026, 12, 31)),
        ("本办法有效期自2024年3月1日至2026年12月31日。", (2024, 3, 1), (2026, 12, 31)),
        ("本办法自2024年3月1日起施行，2027年3月1日起废止。", (2024, 3, 1), (2027, 2, 28)),
        ("本办法自2024年3月1日起实施，有效期至2025年底。", (2024, 3, 1), (2025, 12, 31)),
        ("本办法自2024年3月1日起试行两年。", (2024, 3, 1), (2026, 2, 28)),
        ("本办法自2024年3月1日起施行，试行期为一年。", (2024, 3, 1), (2025, 2, 28)),
        ("本办法自2024年3月1日起施行。《云岭市集市办法》自2024年3月1日起废止。", (2024, 3, 1), None),
        ("本办法自2024年3月1日起施行。2019年6月1日起施行的《云岭市集市办法》同时废止。", (2024, 3, 1), None),
        ("新标准自2024年3月1日起执行至2025年2月28日。", None, None),
        ("取得摊位证的，自2024年3月1日起施行两年检查一次。", None, None),
    ],
)  # fmt: skip
def test_commencement_and_term_are_read_however_they_are_put(
    closing: str, effective_on: tuple[int, int, int] | None, expires_on: tuple[int, int, int] | None
) -> None:
    found = document(f"{NIGHT}{OPEN}第二条 {closing}\n")
    assert found.effective_on == (date(*effective_on) if effective_on else None)
    assert found.expires_on == (date(*expires_on) if expires_on else None)


@pytest.mark.parametrize(
    "clause",
    [
        "本办法施行前已经领取的摊位证，应当自本办法施行之日起一年内换领，换领的摊位证有效期为四年。",
        "本办法规定的摊位证有效期三年。",
        "依照本办法核发的许可，有效期限为五年。",
        "《摊位登记证》有效期两年，期满前一个月换证。",
    ],
)
def test_the_term_of_a_licence_is_not_the_documents(clause: str) -> None:
    found = document(f"{NIGHT}{OPEN}第二条 {clause}\n第三条 本办法自2024年3月1日起施行。\n")
    assert (found.effective_on, found.expires_on) == (date(2024, 3, 1), None)


@pytest.mark.parametrize("annex", ["附件：云岭市夜市管理办法\n", ""])
def test_the_closing_words_of_an_annexed_text_count(annex: str) -> None:
    found = document(
        "关于印发云岭市夜市管理办法的通知\n云政办发〔2024〕3号\n各县区人民政府：\n"
        f"现将《云岭市夜市管理办法》印发给你们。\n{annex}云岭市人民政府办公室\n2024年2月3日\n"
        f"{NIGHT}{OPEN}第二条 本办法自2024年3月1日起施行，有效期5年。"
    )
    assert (found.effective_on, found.expires_on) == (date(2024, 3, 1), date(2029, 2, 28))


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("〔2024〕17号", "〔2024〕17号"),
        ("[2024] 17号", "〔2024〕17号"),
        ("（第12期）", "第12期"),
        ("2024年第3号", "2024年第3号"),
        ("编号：〔2024〕5号", "〔2024〕5号"),
    ],
)
def test_a_number_may_name_no_office(line: str, number: str) -> None:
    found = document(f"云岭市政府专题会议纪要\n{line}\n关于夜市的会议纪要\n一、地点\n设在南门。")
    assert found.number == number


@pytest.mark.parametrize(
    ("text", "expires_on"),
    [
        (f"云岭市夜市管理办法（已废止）\n{OPEN}", None),
        (f"{NIGHT}有效性：失效\n{OPEN}", None),
        (f"{NIGHT}本文件自2023年5月1日起废止\n{OPEN}", date(2023, 4, 30)),
        (
            f"{NIGHT}（2020年3月1日云岭市人民政府令第31号公布，2023年5月1日云岭市人民政府令第50号废止）\n{OPEN}",
            date(2023, 4, 30),
        ),
    ],
)
def test_a_repeal_that_the_title_block_tells_is_read(text: str, expires_on: date | None) -> None:
    found = document(text)
    assert (found.title, found.status) == ("云岭市夜市管理办法", "已废止")
    assert found.expires_on == expires_on
