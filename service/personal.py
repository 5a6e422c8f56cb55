"""Tell whether a text holds personal data, so that it is not kept."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

# Digits may be set apart by a blank or a hyphen, as people write them.
_RUN = re.compile(r"(?<![\d.])\d(?:[ -]?\d)*[Xx]?(?![\d%])")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)\(?0\d{2,3}(?:\) ?|[ -]?)[2-9]\d{6,7}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_PASSPORT = re.compile(r"(?<![A-Za-z0-9])[DEGPS][A-Za-z]?\d{7,8}(?!\d)")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·. ]?"
    r"(?=[A-HJ-NP-Z0-9]{0,5}\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
)
_HOME = re.compile(
    r"(?:路|街|大道|巷|弄|胡同|小区|花园|公寓|家园|新村|苑|村)[东西南北中]?(?:第?\d+(?:-\d+)*)号(?!文|令|线|公告|通知)"
    r"|\d+(?:栋|幢|座|号楼|单元)[^，。,；;]{0,6}?\d+(?:室|号|户|房)"
    r"|(?:家庭)?(?:住址|地址)(?:是|在|为|:)"
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝安常乐于傅皮卞齐康伍余元顾孟黄穆萧尹姚邵汪祁毛禹狄米贝明臧成戴宋庞熊纪舒屈项祝董梁杜阮蓝"
    "闵席季麻强贾路江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪解应宗丁邓郁洪包左石崔吉龚程邢裴陆荣翁荀甄曲封"
    "储靳段焦牧山谷车侯伊宁仇甘武符刘景詹龙叶司黎白蒲卓蔺池乔阴胥闻党谭贡申冉桑桂牛寿燕冀尚温庄晏柴瞿阎习鱼容向古易廖耿关匡"
    "欧聂勾曾沙游权岳商佘佟言肖邝"
)
_NAMED = re.compile(
    rf"(?:我叫|我的名字(?:是|叫)|姓名(?:是|为|:)|本人(?:姓名)?[:是]?)[ ]*[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff]*公司)"
    rf"|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}[,，(（ ]*(?:身份证|手机号?|电话|住址|家住|出生于|男|女)[号码:是,，为)）]"
)


def holds_personal_data(text: str) -> bool:
    """Tell whether `text` names a person's number, address or name: identity card, phone, bank card, …

    Rather too often than too seldom; a document number, a law's name, an amount or a service
    hotline is none.
    """
    plain = unicodedata.normalize("NFKC", text)
    if any(pattern.search(plain) for pattern in (_MOBILE, _LANDLINE, _EMAIL, _PASSPORT, _PLATE)):
        return True
    if any(_is_identity(run) or _is_bank_card(run) for run in _runs(plain)):
        return True
    return _HOME.search(plain) is not None or _NAMED.search(plain) is not None


def _runs(text: str) -> list[str]:
    return [re.sub(r"[ -]", "", match[0]).upper() for match in _RUN.finditer(text)]


def _is_identity(run: str) -> bool:
    """Six digits of a place, a birthday, an order; the check digit may be mistyped and is not asked for."""
    if re.fullmatch(r"[1-8]\d{16}[\dX]", run):
        return _is_day(run[6:14])
    return re.fullmatch(r"[1-8]\d{14}", run) is not None and _is_day(f"19{run[6:12]}")


def _is_day(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return 1900 <= day.year < 2100


def _is_bank_card(run: str) -> bool:
    """Thirteen to nineteen digits that pass the Luhn check."""
    if not run.isdecimal() or not 13 <= len(run) <= 19 or run[0] not in "3456":
        return False
    total = 0
    for place, digit in enumerate(reversed(run)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
