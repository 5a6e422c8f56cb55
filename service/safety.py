"""Recognise requests that the service must not serve: orders to it, inventions, help with wrongdoing."""

from __future__ import annotations

import re


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives), re.IGNORECASE)


_RULES = r"(?:指令|指示|提示词?|规则|设定|要求|限制|约束|身份|角色|上文|前面|之前|以上|前文|安全|审查|过滤|文件|条文|引用|命令|对话|system|prompt)"
_SECRETS = (
    r"(?:系统提示词?|提示词|系统(?:消息|指令|设定)|初始(?:指令|设定|提示)|内部(?:规则|指令|设定|配置|提示)|隐藏(?:的)?(?:规则|指令|设定|提示)|检索参数|配置文件"
    r"|环境变量|api[\s_-]?key|密钥|密码|token|源代码|数据库)"
)
_TELL = r"(?:打印|输出|显示|说出|透露|泄露|展示|发给|发出来|告诉|给我|贴出|复述|重复|列出|公布|看看|翻译|讲|说说|是什么|是啥|交出)"

# What is said to the service about itself.
_ORDERS = _any(
    rf"(?:忽略|忽视|无视|忘[掉记了]|别管|不(?:要|用|必)(?:再)?(?:管|理会|遵守)|跳过|绕过|绕开|推翻|抛开|放弃|解除|关闭|取消|不受|无须遵守)(?:一?下|掉|了)?"
    rf"(?:你|您|所有|一切|全部|之前|以前|先前|上面|前面|以上|刚才|所|有过|自己|系统|这些|那些|任何|原来|原先|的|收到|给|安全|内置|默认|开发者|收录|有关|这份|那份){{1,8}}{_RULES}",
    r"(?:忽略|无视|忘[掉记]|抛开|别管)(?:了|掉)?(?:上[文面述]|前[文面述]|以上|之前|先前|文件|条文|提示|指令)(?:[的,，。;；!！]|$|内容|所有|都|、|后|然后|直接)",
    rf"{_TELL}[^,，。？?]{{0,12}}(?:你|您|系统|全部|完整|所有)[^,，。？?]{{0,6}}{_SECRETS}",
    rf"(?:你|您)(?:们)?的?[^,，。？?]{{0,8}}{_SECRETS}(?!管理|保护|法)[^,，。？?]{{0,10}}(?:{_TELL}|$|[?？])",
    r"忘[掉记了]{1,2}你?(?:自己)?(?:是|作为)(?:一个)?[^,，。？?]{0,8}(?:助手|模型|AI|机器人|客服)|你?(?:可以|就|请)?不(?:用|必|要|需要)?(?:再)?引用(?:任何)?(?:条文|文件|政策)"
    r"|(?:把|将)(?:以上|上面|前面|之前)的?(?:对话|内容|文字|话|消息|信息)[^,，。？?]{0,6}(?:重复|复述|打印|输出|翻译)|你是(?:怎么|如何|怎样)被?(?:设[定置]|编程|训练|配置)",
    rf"(?:输出|打印|泄露|透露)[^,，。？?]{{0,8}}{_SECRETS}",
    r"(?:暂停|关掉|关闭|解除|去掉)(?:一下)?你的?(?:安全|所有|全部|一切|内置)?(?:策略|限制|过滤|规则|审查)|你的(?:系统)?(?:设定|提示词)(?:是什么)?"
    r"|把(?:你)?收到的[^,，。？?]{0,10}(?:消息|指令|内容)[^,，。？?]{0,8}(?:发|输出|打印|写)|我是你的(?:开发者|主人|管理员|创造者)|(?:不许|不要|别)再?按(?:照)?[^,，。？?]{0,6}规则回答"
    r"|从现在(?:起|开始)[,，]?你(?:就)?(?:叫|是|不再)",
    r"系统提示词|system prompt|你的(?:内部|隐藏|初始)?(?:规则|指令|设定|prompt|限制)(?:是|有|都|呢|[?？]|$|说)",
    r"开发者模式|越狱模式|DAN模式|上帝模式|调试模式|管理员(?:模式|已授权|权限[,，])|你(?:已经?|现在)?(?:没有|不再有|不受)(?:了)?任何(?:限制|约束)",
    r"(?:你现在(?:是|开始)|从现在(?:起|开始)[,，]?你|现在起你|你(?:来)?(?:假装|扮演|充当|装作|冒充)|^(?:请|麻烦)?(?:你)?(?:假装|扮演(?!什么|哪|的|类)|装作|冒充|假扮)(?:一?[下个位名])?(?:你|自己)?(?:是|成)?"
    r"|假设你(?:是|就是)|想象你是|你来当)[^。？?]{0,30}(?:助手|模型|AI|没有.{0,4}限制|不受|黑客|市长|局长|省长|县长|书记|主任|领导|官员|律师|医生|女友|奶奶|角色|人)",
    r"(?:请|你)以[^,，。？?]{1,10}的?(?:身份|口吻|名义)(?:宣布|命令|批准|下令|回答|讲话|签发)",
    r"\b(?:ignore|disregard|forget|override|bypass)\b(?: (?:all|any|your|the|of|these|those|every|my)){0,4}"
    r".{0,20}\b(?:instructions?|rules|prompts?|guidelines|restrictions|filters?|polic(?:y|ies) (?:you|above)|documents? and)\b",
    r"\b(?:print|show|reveal|repeat|output|tell me|leak|display|what(?:'s| is| are))\b.{0,40}\b(?:your (?:\w+ )?(?:instructions|rules|prompt|configuration|config|api key)|hidden rules|everything above|text above|words above|hidden (?:prompt|instructions?))",
    r"developer mode|jailbr(?:eak|oken)|\bDAN\b.{0,20}\b(?:now|mode)|\byou are (?:now |henceforth )(?:a|an|in|free|no longer|unrestricted|dan)\b|from now on,? you(?:'re| are)\b"
    r"|\bpretend (?:to be|you(?:'re| are)|that you|you have)|\bact as (?:an? )?(?:unrestricted|different|hacker|evil|the mayor|mayor|my)|\brole-?play as",
)

_MADE_UP = r"(?:数字?|数据|金额|额度|比例|政策|条款|文件|文号|规定|说法|补贴|目标|新闻|指标|答案|通知|理由|故事|结果|标准|期限|日期|电话|公告|条例|方案|业绩)"
_INVENTIONS = _any(
    rf"(?:编造|杜撰|虚构|捏造|瞎编|胡编|乱编|瞎说|编)(?:一?[个份段条些串]|出|几[个条份]|点)[^,，。？?]{{0,20}}{_MADE_UP}",
    rf"(?:随便|随意|凭空|凭感觉|自己|大胆|你就)(?:地)?(?:编造?|写|给|造|说|凑|猜|估|想|填|加)(?:一?[个份段条些]|出|点|几个)[^,，。？?]{{0,20}}{_MADE_UP}",
    r"(?:帮我|给我|替我|请你?|麻烦)(?:编造|杜撰|虚构|捏造|捏|瞎编|伪造|编)(?!制|写|号|码|排|辑|入|外)",
    r"(?:没有?(?:依据|根据|规定|数据|出处|答案|写)|没提|不在文件|查不到|找不到|不知道|没依据|里没有)[^。？?]{0,12}(?:也(?:没关系|行|可以|给我?|无所谓|要给)|就(?:自己)?(?:编|猜|造|估|凭|加))",
    r"(?:帮我|给我|替我|请你?)(?:做|写|造|弄|开|出|P)一?[个份张][^,，。？?]{0,6}(?:假|虚假)的?[^,，。？?]{0,6}(?:证|证明|公章|材料|发票|合同|文件|公文|通知|红头文件|病假条)",
    r"\b(?:make up|invent|fabricate|concoct)\b.{0,40}\b(?:an?|some|the|any|numbers?|figures?|polic(?:y|ies)|answers?|documents?|clauses?|polic)\b",
    r"\bjust guess\b|\bmake (?:it|something|one) up\b",
)

_CRIME = (
    r"(?:行贿|送礼打点|打点关系|贿赂|塞(?:红包|钱)|逃税|偷税|漏税|躲税|瞒报|隐瞒收入|骗(?:取|到|领)?[^,，。？?的]{0,4}(?:补贴|补助|贷款?|保险?|社保|医保|公积金|退税|资金)|骗补|骗贷|套取|造假|作假|做假账|规避(?:检查|监管|处罚)|逃避(?:检查|监管|处罚|税|执法|追缴|债务)"
    r"|躲(?:避|过|开)(?:检查|监管|处罚|执法)|应付检查|钻[^,，。？?]{0,8}空子|洗钱|围标|串标|陪标|伪造|变造|私刻|偷逃|走私|报复|泄密|黑进|入侵|攻击|盗取|虚开|转移财产躲|绕[过开][^,，。？?]{0,8}(?:审查|审批|监管|招标|检查)|让[^,，。？?]{0,8}查不(?:出|到)|少交税|做假(?:账|流水|材料|合同)|(?:拖着|赖着)不还|找关系|销毁(?:证据|账本)|不被(?:发现|查到|抓))"
)
_WRONGDOING = _any(
    rf"(?:教我|帮我|有(?:什么|没有)?(?:办法|法子)(?:能|可以)?|怎么才能|如何才能|怎样才能|传授)[^,，。？?]{{0,16}}{_CRIME}",
    rf"(?:怎么|如何|咋|怎样)(?:样)?(?:才?能|可以|去|来|偷偷|悄悄|一?[点些]|给|向|把|通过|利用|用|靠|在|帮|让|跟|和|找|规|[^,，。？?被]{{0,8}}?)?{_CRIME}(?!的?(?:行为|情形|单位|企业|人员|线索|案件|风险|犯罪|罪)|的(?:问题|举报))",
    rf"{_CRIME}[^,，。？?]{{0,6}}(?:的)?(?:技巧|窍门|攻略|教程|方法|诀窍|门路)(?:$|[?？!！,，有])",
    r"(?:哪里|哪儿|去哪|上哪|怎么|如何)[^,，。？?]{0,6}(?:买|弄|搞|办|开)(?:到|一?[个张份])?假(?:发票|证|公章|合同|学历|文凭|证明|章|材料)",
    r"(?:制作|制造|自制|做)(?:一?[个颗枚])?[^,，。？?]{0,6}(?:炸弹|炸药|毒品|冰毒|枪支|木马)(?!.{0,8}(?:处罚|怎么处|责任))",
    r"\bhow (?:to|do i|can i|could i)\b.{0,30}\b(?:bribe|evade|launder|hack|forge|counterfeit|dodge tax|cheat|smuggle|make a bomb|fake (?:a|an|my|invoices?|documents?))",
)
_FACTS = re.compile(
    r"(?:怎么|如何|怎样|会|要|该)(?:被)?(?:样)?(?:处罚|处理|查处|认定|举报|追究|追责|定罪|判|罚|界定|预防|防[范止]|打击|治理|整治|惩治|监督|惩处|算)|处罚|罚(?:多少|款|几|什么|啥)|追究|责任|(?<!报复)举报(?!我|他|她|你)|法律后果|什么后果|算不算|是否|是不是|后果"
    r"|有(?:什么|哪些)(?:处罚|措施|规定|要求|责任)|判几年|坐牢|犯法|违法吗|(?:防止|防范|禁止|打击|严禁|治理|查处|整治|杜绝|不得|避免)[^。？?]{0,12}(?:行贿|贿赂|逃税|偷税|骗|套取|造假|作假|洗钱|围标|串标|伪造|走私|虚构|编造|捏造|泄密|报复|攻击|入侵|虚开)"
    r"|penalt|punish|fined?\b|consequence|liabilit|report (?:a|an|someone)|prevent|what happens|illegal",
    re.IGNORECASE,
)


def unsafe(text: str) -> str | None:
    """Return why `text` must not be served (`order`, `invention` or `wrongdoing`); None where it may be.

    A question about what the rules say of a wrong (伪造…怎么处罚) is an ordinary question. `text` should be
    normalised: simplified characters, half-width.
    """
    if _ORDERS.search(text):
        return "order"
    if _INVENTIONS.search(text) and not _FACTS.search(text):
        return "invention"
    if _WRONGDOING.search(text) and not _FACTS.search(text):
        return "wrongdoing"
    return None
