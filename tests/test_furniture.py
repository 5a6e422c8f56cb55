from __future__ import annotations

import pytest

from indexer.furniture import drop_furniture, is_furniture, page_data
from indexer.source_text import SourceLine


def kept(*texts: str) -> list[str]:
    return [line.text for line in drop_furniture([SourceLine(text) for text in texts])[0]]


@pytest.mark.parametrize(
    "line",
    [
        "扫一扫在手机上查看当前页面",
        "扫一扫在手机打开当前页",
        "分享到：",
        "分享到： 微信 微博 QQ空间",
        "【打印本页】【关闭窗口】",
        "打印 | 关闭",
        "字体：大 中 小",
        "字体:[ 大 中 小 ]",
        "视力保护色：",
        "上一篇：云泽市人才政策问答",
        "下一条: 没有了",
        "责任编辑：王小明",
        "（责任编辑：办公室）",
        "浏览次数：1,204 次",
        "点击数：88　字号：大 中 小",
        "当前位置：首页 > 政务公开 > 政策文件",
        "首页 > 政务公开 > 规范性文件",
        "返回顶部",
        "我要纠错",
    ],
)
def test_furniture_is_recognised(line: str) -> None:
    assert is_furniture(line)
    assert kept("云泽市办法", line, "一、总则", "二、附则") == ["云泽市办法", "一、总则", "二、附则"]


@pytest.mark.parametrize(
    "line",
    [
        "分享改革红利",
        "分享到群众手中的实惠要可查可感。",
        "字体应当清晰",
        "打印费由财政承担",
        "上一篇章的工作已经完成",
        "审核：窗口受理",
        "责任编辑：由市网信办统一聘任。",
        "编辑：市融媒体中心",
        "时间：每周一至周五",
        "来源：财政拨款",
        "位置：人民路与和平路交叉口",
        "日期由窗口人员填写",
        "关闭高污染企业；",
        "主办单位：市商务局",
        "技术支持：由市大数据局提供接口",
        "下载专区",
        "大",
        "首页推荐制度",
    ],
)
def test_words_of_a_policy_are_no_furniture(line: str) -> None:
    assert not is_furniture(line)
    assert kept("云泽市办法", line, "一、总则", "正文。", line).count(line) == 2


def test_furniture_in_the_middle_of_a_text_stays() -> None:
    middle = (
        ["一、总则"] + [f"{n}.正文。" for n in range(30)] + ["分享到："] + [f"{n}.正文。" for n in range(30)]
    )
    assert kept(*middle) == middle


def test_page_data_is_taken_off_and_kept_as_metadata() -> None:
    lines = [
        SourceLine("云泽市办法"),
        SourceLine("信息来源:云泽政府网 日期:2023-02-05"),
        SourceLine("一、总则"),
    ]
    left, metadata = drop_furniture(lines)
    assert [line.text for line in left] == ["云泽市办法", "一、总则"]
    assert metadata == {"source": "云泽政府网", "published_on": "2023-02-05"}


@pytest.mark.parametrize(
    ("line", "stated"),
    [
        (
            "来源：市政府办 发布时间：2023-06-12 09:30 浏览次数：35 次",
            {"source": "市政府办", "published_on": "2023-06-12"},
        ),
        ("【发布日期】：2023年6月1日", {}),
        ("发布日期：2023年6月1日", {"published_on": "2023-06-01"}),
        (
            "发文机关： | 云泽市人民政府 | 成文日期： | 2023年05月08日",
            {"issuer": "云泽市人民政府", "issued_on": "2023-05-08"},
        ),
        ("发文字号：云政发〔2023〕7号", {"number": "云政发〔2023〕7号"}),
        ("有 效 性：现行有效", {"status": "现行有效"}),
        ("索 引 号：yz-2023-1 主题分类：商贸", {"index_number": "yz-2023-1", "topic": "商贸"}),
        ("日期：2023-06-01", {"published_on": "2023-06-01"}),
        ("时间：上午九点", {}),
        ("来源：财政拨款", {}),
        ("发布时间：待定", {}),
        ("信息来源渠道要拓宽", {}),
        ("发文机关应当在十日内答复。", {}),
    ],
)
def test_page_data_is_read_from_lines_that_hold_nothing_else(line: str, stated: dict[str, str]) -> None:
    assert page_data(line) == stated


def test_page_data_that_speaks_of_the_document_stays_at_its_foot() -> None:
    lines = ["一、总则", "正文。", "发文日期：2023年6月1日", "信息来源：云泽政府网"]
    assert kept(*lines) == lines[:3]


def test_a_site_imprint_goes_with_its_address_but_a_plan_keeps_its_organisers() -> None:
    text = ["一、活动安排", "正文。", "主办单位：市商务局", "承办单位：市会展中心"]
    assert kept(*text) == text
    imprint = ["主办：云泽市人民政府办公室", "地址：人民路1号", "云ICP备12345678号-1", "网站地图"]
    assert kept("一、总则", "正文。", *imprint) == ["一、总则", "正文。"]


def test_long_lines_of_buttons_are_looked_at_quickly() -> None:
    assert not is_furniture("打印 | 关闭 | " * 14 + "公告")


def test_blank_lines_and_levels_stay() -> None:
    lines = [SourceLine("云泽市办法", 1), SourceLine(""), SourceLine("一、总则", 2), SourceLine("　")]
    assert drop_furniture(lines)[0] == lines
