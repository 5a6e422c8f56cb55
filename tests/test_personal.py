"""Personal data is known by its form; what only looks like it is left alone."""

from __future__ import annotations

import pytest

from service.personal import holds_personal_data


@pytest.mark.parametrize(
    "text",
    [
        "我的身份证是110101199003074518，能领补贴吗",
        "３２０１０６１９８５０１０２１２３ｘ 可以办吗",
        "老证 110101900307451 还能用吗",
        "手机13812345678收不到验证码",
        "请打 +86 139-1234-5678",
        "座机 010-62345678",
        "发到 li.si@example.cn 可以吗",
        "卡号 6222 0212 3456 7890 12",
        "Visa 4111-1111-1111-1111",
        "护照 E12345678 能办吗",
        "川A12345 能上绿牌吗",
        "我叫张伟，怎么办落户",
        "本人李娜想申请高龄津贴",
        "王小明，身份证号在下面",
        "我住在长青路12号，归哪个社区",
        "家在阳光小区3栋2单元501室",
        "家庭住址：清枫市",
    ],
)
def test_personal_data_is_noticed(text: str) -> None:
    assert holds_personal_data(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "清枫政办发〔2023〕12号是什么文件",
        "12345热线怎么打",
        "注册资本5000000000元的企业有什么奖励",
        "2020年1月1日至2023年12月31日之间注册的",
        "2023-06-30 之前要完成哪些",
        "91330000123456789X 这家公司能享受吗",
        "投资额100000000000000元",
        "费率0.123456789012345%",
        "企业注销公告期为几天",
        "第十八条说了什么",
        "人民路街道有什么补贴",
        "路政许可几号办理",
        "沿人民路12号线地铁的商户",
        "我叫什么名字的执照合适",
        "国有企业本人事部怎么申请",
        "申请材料要写姓名和住址吗",
        "身份证丢了怎么补办",
        "G60科创走廊有哪些政策",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert not holds_personal_data(text)
