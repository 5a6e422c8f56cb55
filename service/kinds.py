"""Tell what kind of answer a question asks for, from its wording."""

from __future__ import annotations

import re

from service.question import Kind, Quantity


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{alternative})" for alternative in alternatives), re.IGNORECASE)


# Dialect and chat, put into the words that the patterns below know. 好多 asks only where 多少 could stand.
_DIALECT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), standard)
    for pattern, standard in (
        (r"(?:啥|么|什么)(?:时候|时间|辰光|日子)|几时|多会儿?|多咱|甚么?时候|么事时候", "什么时候"),
        (r"有冇|有没得", "有没有"),
        (r"(?:啥|什么|么)人", "谁"),
        (r"啥子|么子|么事|甚么|啥|乜嘢?|嘛玩意儿?", "什么"),
        (r"咋个|咋样子?|咋整|咋弄", "怎么"),
        (r"咋|啷个|点样|哪能(?=[办申走弄])", "怎么"),
        (r"好久(?=[钱能可要才会办给到来就没搞]|不要|[?？,，。]|$)|几久|几耐|多长工夫", "多久"),
        (r"几多|好多(?=[钱天日个次家项人户元块万岁倍年月周小分趟]|[?？,，。]|$)|几钱(?=[?？]|$)", "多少"),
        (r"哪(?:旮旯|疙瘩|嘎达|搭|块儿)", "哪里"),
        (r"边个|哪[个家](?=(?:来)?(?:管|牵头|负责|批|审|出钱|挑头|发|定|盯))", "谁"),
        (r"(?<=几|每)[回趟遭盘]|(?<=多少)[回趟遭盘]", "次"),
        (r"钟头", "小时"),
        (r"(?<=几个|多少)工作天|(?<=几|\d)个?工作天", "个工作日"),
        (r"中不中|得行不|阔以不|管不管用", "行不行"),
        (r"(?:冇|没得|不咯|不嘛|不撒|伐|勿)(?=[?？]?$)", "吗"),
    )
)

_DOCUMENT = (
    r"(?:文件|方案|意见|通知(?![书单栏])|条例|办法|规定|细则|规程|纪要|(?<![违执司])法(?![院官])|要点|计划|公告(?![栏牌])|决定(?!书)|解释|新规(?!定)|若干措施"
    r"|[一二三四五六七八九十]{1,3}条|版|\d\.0)"
)
_WHEN = r"(?:哪一?[天日年月]|什么时候|什么时间|什么日子|何时|几[号月]|哪个?月)"
_THING = re.compile(
    r"(?:证书?|[知定决裁认同告]书|执照|驾照|[^清]单|卡|牌|票|码|奖[状杯]?|金|[拨贷借罚退欠]款|费用?|钱|工资|薪水|补[贴助]|津贴|成绩|分数|结果"
    rf"|名单|合同|协议|保险|保单|贷款|许可|指标|名额|物资|课本|教材)(?:是|在|都|会|要|应该?|应当|到底|一般|大概|通常|最[晚迟早快])*{_WHEN}"
)
"""What is asked of a thing and not of a document: 录取通知书什么时候发, 补贴哪天下发."""
_OF_OTHERS = re.compile(
    rf"(?:各(?:个|自|级)?(?:县|市|区|地|镇|街道|单位|部门|企业|学校|牵头)|(?:自己|本单位|本校|企业|公司|学校|单位)的)[^,，。]{{0,14}}(?:方案|计划|细则|办法|规划|清单)[^,，。]{{0,10}}{_WHEN}"
)
"""A paper that others are to write is no document of the collection: 各县区的方案什么时候编出来."""
_WHILE = re.compile(r"(?:还管用|还有效|还没废止|还没作废|没废止|有效)的?(?:那)?(?:时候|会儿|阵子?|几年)")
"""That a document held at the time is said, not asked: 旧办法还管用的时候，押金几元."""
_RECORDS = re.compile(rf"{_DOCUMENT}(?:是|在|都|到底)*{_WHEN}")
_BODY = r"(?:部门|单位|局|机构|机关|委|(?<=[化改督])办|衙门|政府|法院|科室?(?![技学目])|处室|大队|支队|牵头)"
_WHICH_BODY = rf"哪(?:[个些级]|一?家|几[个家]|[两三]家)?(?![类种])[^,，。?？类种项些]{{0,6}}?{_BODY}"
_WHO = rf"(?:谁|{_WHICH_BODY})"
_ASPECTS = (
    "条件|材料|标准|要求|时间|时限|期限|依据|目标|内容|原则|流程|程序|手续|步骤|主题|主题词|措施|任务|后果|职责|范围"
    "|对象|方式|渠道|情形|上限|下限|电话|地址"
)
_NOT_AFTER_ASPECT = "".join(f"(?<!{aspect})" for aspect in (*_ASPECTS.split("|"), "分别", "各"))
_EXTREME = r"[快慢高低多少短久大小严宽早晚贵]|(?<![组局部队院市县科会行校])长|便宜|划算"

# First match wins; the order goes from the most specific wording to the least.
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "metadata",
        _any(
            r"文号|发文字号|发文机关|发文单位|成文日期|(?:印发|发文|成文|公布)(?:日期|时间|单位)|制定机关|落款|全称|第?几号文|什么号文",
            rf"{_DOCUMENT}的?(?:标题|名称|全名|名字)|{_DOCUMENT}(?:叫|的名字是)什么",
            rf"{_WHEN}[^,，。]{{0,6}}(?:印发|印的|印出|发文|出台|下发|施行|生效|颁布|签发|失效|废止|成文)",
            rf"{_DOCUMENT}[^,，。]{{0,8}}{_WHEN}[^,，。]{{0,4}}(?:发|公布|通过|批[准的]|修[订正改]|改的?(?=[\s,，。?？和、]|$)|[起启]用|实施|执行|出的?|定的?)(?!布会)",
            rf"(?:省|人大|常委会|国务院)[^,，。]{{0,4}}{_WHEN}[^,，。]{{0,2}}批准?的(?=[?？,，。]|$)|{_WHEN}起?(?:才|就|开始)?(?:管用|作数|算数)",
            rf"{_DOCUMENT}[^,，。]{{0,8}}(?:修[订正改]|改)(?:过|的)?(?:了)?(?:(?:几|多少|哪几)次|[吗没么](?=[?？,，。]|$)|(?:日期|时间|是|在)*{_WHEN})",
            r"(?:哪|谁)[^,，。]{0,8}(?:先|早|晚|后)(?:一?些|一?点)?(?:出台|印发|发布|发文|施行|实施|公布|颁布|通过|生效)",
            rf"{_DOCUMENT}[^,，。]{{0,6}}编号|第几号(?:令|文|公告|主席令|政府令)?(?=[?？,，。的呢]|$)|几号令|(?:[几哪]个?|多少个?)版本|哪一?版(?:还?有效|现行|在用)",
            rf"(?:印发|发布|发文|出台|下发|施行|生效|颁布|签发|执行|失效|废止)的?(?:日期|时间)?(?:是|在|到)?{_WHEN}",
            rf"{_DOCUMENT}[^,，。]{{0,6}}(?:有效期|只?管(?:用)?[一二三四五六七八九十两\d]{{1,2}}年|(?:有效|执行|施行|实施)到|有没有(?:废止|失效|作废)|管到|管哪?几年|试行多久|到哪一?[天年]为止|还有效|是否有效|还作数|还能用|还管用|失效|废止|什么时候到期"
            rf"|从{_WHEN}开始)",
            rf"{_DOCUMENT}[^,，。]{{0,6}}[,，]?(?:是|由)?{_WHO}(?:联合)?(?:发|制定|公布|通过|定的|出的)",
            rf"主送|{_DOCUMENT}[^,，。]{{0,6}}(?:发给|印给|下发给)(?:了)?(?:哪|谁|什么)",
            r"(?:谁|哪(?:个|家|几家|两家|三家)?(?:单位|部门|机关|机构)?)(?:联合)?(?:印发|发布|发文|发的文|出台|下发|颁布)",
            r"(?:哪次|第几次)[^,，。]{0,6}会议?[^,，。]{0,4}(?:通过|上过|审议)",
            r"(?:document|file|reference) number|(?:still|no longer) (?:in force|valid|effective)|\b(?:in force|repealed)\b"
            r"|(?:regulation|rules?|measures?|law|notice|plan|procedure|document|announcement)s? .{0,20}expir"
            r"|when (?:did|does|do) .{0,60}\b(?:regulation|ordinance|rules?|measures?|law|notice|plan|procedure|document|announcement)s?\b(?: .{0,30})? (?:start|begin)\b|when (?:was|were|did) .{0,70}\b(?:issued?|published"
            r"|adopted|passed|amended|revised|released|promulgated|take effect|come into (?:force|effect)"
            r"|enter into force)\b",
            r"(?:who|which (?:body|agency|office|department|authority|government)) (?:issued|published"
            r"|adopted|released|promulgated)",
            r"(?:full|official) (?:title|name) of",
        ),
    ),
    (
        "count",
        _any(
            r"(?:一共|总共|共|合计|总计|分成?|分为|[含有设]|列出?了?|提出?了?|包括|包含|规定了?|部署了?|安排了?|编到|写了)"
            r"[^,，。]{0,4}(?:多少|(?<!哪)几)(?:大|个|项|条|章|节|款|部分)?"
            r"(?:条款?(?![产线])|条文|章|节|年度阶段|(?:重点|主要|工作|具体|改革|保障|年度)*(?:任务|措施|举措|行动)|部分|阶段|附件|板块)",
            r"(?:多少|几)(?:条|项|个|大)(?:重点|主要|工作|具体|改革|保障|年度)*(?:任务|措施|举措|条款)",
            r"有(?:多少|几)[条章](?=[?？,，。、和]|$)|编到第?几条|(?:多少|几)章[^,，。]{0,2}(?:多少|几)条|(?:一共|总共|共|合计)[^,，。]{0,3}(?:分|写|有|列)?了?(?:成|为)?(?:多少|几)(?:大)?块(?![钱地])",
            r"(?:列|写|安排|部署|布置|提)(?:出|明)?了?(?:多少|几)[项条件](?:重点|主要|具体)?工作(?!日)",
            r"(?:措施|任务|举措|条文|条款)(?:一共|总共|共|都|有|是)*(?:多少|几)[条项](?=[?？,，。]|$)",
            r"how many (?:articles|clauses|tasks|measures|chapters|sections|parts)",
        ),
    ),
    (
        "procedure",
        _any(
            r"从头到尾[^,，。]{0,4}(?:怎么|如何|怎样)|一步一?步(?:地|的)?[^,，。]{0,4}(?:怎么|如何|怎样)|先(?:找|去|到|跑|做|办|交)(?:谁|什么|哪)[^,，。]{0,4}[,，]?(?:后|再|然后)(?:找|去|到|跑|做|办|交)",
            r"(?:整个|全套|全程|一共|总共)[^,，。]{0,4}(?:走|分|要|过|经过?)(?:哪|多少|几)[几些]?(?:个?环节|步|道)",
        ),
    ),
    (
        "compare",
        _any(
            r"对比|比一?比|比较一?下|(?:有什么|有何|有哪些|什么)(?:区别|差别|差异|不同|不一样|两样)|(?:区别|差别|差异|不同|不一样)(?:吗|在哪|是什么"
            r"|大不大)?(?=[?？,，。]|$)",
            r"(?<!标的额)(?<!去年)(?<!上年)(?<!原来)相比(?!上年|去年|上一年)",
            rf"(?<![在到去往于])哪(?:个|些|几个|座|几座|两个)?(?:城市|市(?!级|场|民|区|直))|哪个(?:地方|地区)|哪边|谁更"
            rf"|谁的?[^,，。、]{{0,6}}(?:{_EXTREME})(?=一?[些点]?(?:[?？,，。]|$))",
            rf"还是[^,，。]{{1,12}}(?:{_EXTREME})(?=[?？,，。一]|$)|哪(?:个|里|儿|一个)[^,，。]{{0,8}}(?:更|最"
            rf"|管得)?(?:{_EXTREME})(?=[?？,，。一]|$)",
            r"各(?:地|市|城市)(?!各|区|县|直)[^,，。]{0,8}(?:怎么|多少|几|什么|如何)|[几五四三两二]个?(?:城市|市|地)[^,，。]{0,10}(?:哪|谁|各"
            r"|分别|都)",
            r"\bcompared?\b|which city|which of the (?:two|three|four|five|cities)|differences? between"
            r"|versus|\bvs\b",
        ),
    ),
    (
        "office",
        _any(
            r"[由归]哪一?[家位]|[归由][那哪]个(?:单位|部门|局)|[交报递送]给谁|谁(?:来|去)[\u4e00-\u9fff]{1,3}(?=[?？,，。]|$)|谁[^,，。]{0,2}(?:抓总|挑大梁|拍板|搭手|把关|兜底|主抓)"
            r"|哪一?[位个][^,，。]{0,3}(?:副?[省市县区]长|领导|局长|主任|书记)",
            r"(?:打头|领头|配合|搭手|参与)的[^,，。]{0,6}(?:都有|有|是)(?:谁|哪)|(?:该|应该?|要|得)(?:去)?(?:问|找)哪[几两三]?[家个](?![市城])",
            r"(?:由|归|找|向|问|让|该|跟)谁|(?<=[头任])的?是谁|谁(?:来|去|给|该|在|会)?(?:牵头|负责|主管|主责|管|承担|配合|落实|实施|办理?|审|批|受理"
            r"|监管|监督|处罚?|报|执法|罚|出钱?|掏|付|补|挑头|领|抓|干|做|定|当|汇总|盯|评|查|追|推|核|签|收|发|提供|组织|召集|协调|认定|指定|包联|付钱|买单"
            r"|接待)",
            rf"{_WHICH_BODY}(?!的[?？]?$)",
            r"(?:牵头|责任|配合|主管|承办|主办|协办|审批|受理|执法|监管|监督|归口)的?(?:单位|部门|机构|机关)",
            r"(?:牵头|负责|主管)的?(?:是|有)|归哪|责任人是|(?:牵头|负责|责任|承办|主管)(?:\s*[?？]?)$",
            r"(?:去|到|上|往|向|找)哪(?:里|儿|个|些|去)?[^,，。]{0,4}(?:投诉|举报|反映|申诉|告状?|说理|评理|维权)|往哪(?:里|儿)?告",
            r"which (?:departments?|offices?|agenc(?:y|ies)|bureaus?|units?|authorit(?:y|ies)|body|bodies)|who (?:is|are) (?:responsible"
            r"|in charge|leading)|who (?:leads?|handles?|approves?|pays|supervises?|enforces?|decides?"
            r"|reviews?|issues?|runs|makes|checks?|inspects?|collects?|organi[sz]es|steps in|bears?|funds?|investigates?|fines)\b",
        ),
    ),
    (
        "definition",
        _any(
            r"什么意思|(?:怎么|如何)(?:拆开|展开)?(?:讲|拆|解释)(?=[?？,，。法]|$)|什么(?:是|叫)(?!否)|(?:所)?指的?(?:是|哪些|什么)|是指|含义|定义|(?:怎么|如何)理解|何谓|所谓|代表什么|对应什么|指谁",
            rf"{_NOT_AFTER_ASPECT}是个?什么(?:东西|概念|平台|标准|政策|机制|制度|模式|活动|计划|行动|项目)?的?(?=[?？,，。]|$)",
            r"(?:做|干|有)什么(?:用|用途|作用|的)(?=[?？,，。]|$)|能(?:做|干)什么|什么用途|是(?:做|干)什么|起什么作用",
            r"(?:按|依|照|用|凭)(?:照|据)?(?:什么|哪个|哪些)标准(?:来)?(?:认定|划定|划分|确定|界定|算)",
            r"(?:怎么|如何|怎样)(?:界定|认定|定性|划分|区分)(?!的?(?:流程|程序|手续|材料))|算是?什么(?!时候|价|钱|水平)|界定(?:标准|为什么|是什么)",
            r"什么样的[^,，。]{1,12}(?:算|叫)|(?:怎么|怎样|如何|(?<!按)什么(?:样的?|情况|行为)?)才算|(?<!按)什么(?:情况|行为)?算(?![的出])",
            r"what (?:is|are) (?:meant by|the meaning|a |an |[“\"'‘])|what does .{1,60} (?:mean|stand for"
            r"|refer to)|meaning of|definition of|stands? for",
        ),
    ),
    (
        "procedure",
        _any(
            r"^(?!.*哪[几些两三][种类]).*(?:流程|步骤|手续(?!费)|(?<!小)程序)(?:是|有|要|走|办)?(?=什么|怎么|怎样|如何|哪|[?？,，。]|$)|(?:什么|哪些"
            r"|哪几个?|怎样的|怎么样的|按哪些?)(?:流程|步骤|手续|(?<!小)程序|环节|步)",
            r"(?:怎么|如何|怎样)(?:才能|去|来|能|进行|一步步)?(?:申请|办|走|弄|操作|申报|备案|报名|投诉|举报|反映|注销|登记|兑现|领|查询|查看|处理|处置|推进"
            r"|开展|组织|推行|推动|解决|参加|报|交|提交|变更|提取|转|退|补办|续|评选|开|设立|成立|用|拿|做|修复|申诉|维权|缴|预约|接入)",
            r"(?:怎么|如何|怎样)办(?=[?？,，。]|$)|分几步|(?:流程|程序|步骤|手续(?!费))(?:都|具体|分别|到底)?(?:是|有|包括)?(?:些什么|啥|什么样|怎样|怎么样|怎么走|怎么办|如何)"
            r"|(?:怎么|如何|怎样)走[^,，。]{0,4}(?:流程|程序|手续)",
            r"how (?:do|can|to|should|does one|would) .{0,60}(?:apply|register|file|process|handle|get"
            r"|obtain|complain|appeal|change|cancel|close|report|claim)|what (?:is|are) the (?:procedure"
            r"|process|steps)|\bprocedures?\b|\bsteps\b|where (?:do|can|should) (?:i|we|firms?|companies)",
        ),
    ),
    (
        "list",
        _any(
            r"哪些|哪几(?![天日年月]|号)|哪[两二三四五六七八九十\d]{1,3}(?!年|月|日|天|号)|列(?:出|举)|清单(?:是|有|里)|一览",
            r"有什么(?!时候)|都有|包括(?:什么|谁)|(?:分别|各)(?:是|有|指|为|要)?什么|具体(?:内容|措施|包括)|(?:要|得|需)(?:交|带|准备|提供|满足"
            r"|符合)(?:什么|哪)",
            r"(?:条件|材料|要求|内容|原则|主题词?|措施|任务|职责|范围|情形)(?:都|分别)?(?:是|有|要)什么|能(?:看到|享受|领|得到|享有|办)什么",
            r"什么(?:样的)?(?:措施|条件|要求|材料|内容|事项|情形|情况|办法|举措|做法|平台|品牌|服务|原则|资料|证件|方式|渠道|功能|行为|企业|人|证明|优惠|支持|政策)",
            r"(?:what|which) (?:are (?!the (?:limit|rate|cap|deadline|fine))|\w+ (?:measures|documents"
            r"|conditions|items|platforms|events)|measures|documents|conditions|items|platforms|services"
            r"|materials|events|regular)|\blist\b",
        ),
    ),
    (
        "deadline",
        _any(
            rf"{_WHEN}|截止|最[晚迟]|多久|多长时间|多快|时限|限期|期限|有效期|任期|公示期|答复期|审限|时长|几点(?:钟|半)?(?![建意要])|(?:周|礼拜|星期)几|营业时间|开放时间|办公时间|服务时间|办理时间(?=[?？是]|$)",
            r"几[天日]|多少[天日]|(?:多少|几)个?(?:工作日|小时|月|分钟|年|礼拜|星期|周)|天数|之前?完成|几月底前|时间(?:\s*[?？]?)$",
            r"by when|\bwhen\b|deadline|how (?:long|fast|soon|quickly|early|late)\b|how many (?:working "
            r"|business |calendar )?(?:days|hours|months|years|weeks|minutes)|time limit",
        ),
    ),
    (
        "figure",
        _any(
            r"多少|几[个家项次成倍名户位件岁度吨人条级张份种类样枚笔块分元万亿场套批折层米平百千十]|第几|前几|多[高大长重远]|百分之几|价钱",
            r"比例|占比|费率|税率|利率|上限|下限|封顶|最[高低多少大小](?!人民|法|检|生活|跑)|金额|额度|标准|指标|目标|价格|排名|名次|频次|场次|总额|份额|满意度"
            r"|覆盖面|红线",
            r"[^效]率(?=[\s?？]|$)|(?:额|数量|数|量|面积|规模|补贴|补助|奖励|押金|保证金|罚款|经费|资金)(?=[\s?？]|$)|不(?:超过|低于)",
            r"(?<![十百好这那前近后头])几(?![乎何]|天前)",
            r"\bpenalt(?:y|ies)\b|how (?:much|many|high|low|large|big|old|often|far)|percentage|percent\b"
            r"|\brate\b|\blimit|maximum|minimum|\btarget|\bfine\b|\bcap\b|ceiling|\bcapped\b|threshold"
            r"|up to what|what (?:share|proportion|amount|size|capacity|deposit|level)"
            r"|\bsubsidy\b.{0,40}\bper\b",
        ),
    ),
)

_ASKS_WHICH = re.compile(r"多少|几|哪|谁|什么|怎么|如何|怎样|多久|多长")
_YES_OR_NO = _any(
    r"(?:吗|么|嘛|没有?|不|不成|否|行不)$|(?:对|是|没错|对不对)吧?$(?<=吧)|(?<!网)(?<!酒)吧$",
    r"是否|能否|可否|会否|是不是|有没有|能不能|可不可以|行不行|会不会|要不要|需不需要|用不用|该不该|算不算|对不对|应不应",
    r"([\u4e00-\u9fff])不\1(?!不)|(?:还|可以|能|允许|必须)[^,，]{1,16}(?:吗|不|么|没)$",
    r"^\s*(?:is|are|am|was|does|do|did|can|could|must|may|will|has|have|should|would)\b",
)
_CLAUSE = re.compile(r"[,，。;；?？!！]+|\.\s")

_QUANTITIES: tuple[tuple[Quantity, re.Pattern[str]], ...] = (
    # What follows 几 or 多少 says what is counted, before anything else does.
    (
        "days",
        _any(
            r"(?:多少|几)个?(?:天|日|工作日|小时|分钟|年|月(?!份|公|底|几)|周|星期|礼拜|季度|学期)(?<!几月)(?!之?前?几)",
            r"how many (?:working |business |calendar )?(?:days|hours|months|years|weeks|minutes)",
        ),
    ),
    (
        "percent",
        _any(r"占(?:比|到)?(?:多少|几成)(?=[?？,，。]|$)|(?:多少|几)份额|份额(?:是|为|有|占)*(?:多少|几成)"),
    ),
    (
        "percent",
        _any(
            r"百分之(?:多少|几)|(?:几|多少)(?:成|个?百分点|个点(?!位))|打几折|[%％]",
            r"(?<!频)(?<!效)率(?:是|为|要|得|应|须|不?[能得]|达|达到|提高|提升|高|到)*(?:多少|几|多高)(?!个)",
        ),
    ),
    (
        "percent",
        _any(
            r"按[^,，。]{1,14}的(?:多少|几成)|(?:基数|工资|收入|价款|金额|总额|造价|费用|投资额?|比重)的(?:多少|几成)(?![元块钱])"
        ),
    ),
    (
        "any",
        _any(
            r"(?:(?:贵|高|多|大|快|长)还是[^,，。]{0,12}(?:低|便宜|少|小|慢|短|贵|高|多|大|快|长))(?!.*(?:多少|几))"
        ),
    ),
    ("any", _any(r"\b(?:cut|reduc|lower)\w*\b(?!.*\b(?:fine|penalt))")),
    (
        "any",
        _any(
            r"(?:涨|增长|增加|提高|提升|下降|降低?|减少|压减|压缩|上浮|下浮|(?<![缴交增])加)(?:了)?(?:到)?多少(?![个家项天日次]|[百千万亿]*[元块钱])"
        ),
    ),
    (
        "count",
        _any(
            r"多[宽重远深厚粗](?!要|大)|(?:绳|链|线|带|杆|管|墙|路|距离|间距|身长|肩高|檐口|围栏|长度|宽度|高度|重量|时速|车速|面积)[^,，。]{0,8}"
            r"(?:多[长高大快]|最[长高大快宽重短低小])(?!时间|可以?罚|罚|补)|(?:多少|几)(?:厘米|毫米|米|公里|千米|公斤|千克|克|吨|斤|升|亩|平方)",
            r"how (?:wide|heavy|tall|deep|far)\b|\b(?:length|width|height|weight|distance)\b",
        ),
    ),
    ("money", _any(r"(?:多少|几)(?:个?[百千万亿]+)?(?:元|块|钱)|(?:几|多少)个?[万亿](?![户家人名个项件])")),
    (
        "rank",
        _any(r"第几(?!条|项|款|章|节|号|次|季|届|年)|前几(?!天|年|日|个月|条|款|项)|排名|名次|位次|\brank"),
    ),
    (
        "count",
        _any(
            r"(?:多少|几)个?(?:[百千万]+)?[个家项次名户位件人倍条吨座所处辆份页平张枚种类样场套批台笔组趟级](?!月|工作日|小时|季度|礼拜|星期)",
            r"(?:多少|几)(?:企业|事项|案例|平方米|公里|亩)|多少次",
            r"how many|number of",
        ),
    ),
    (
        "date",
        _any(
            rf"{_WHEN}|截止|最[晚迟]|(?<!\d)几点(?![建意要])|(?:周|礼拜|星期)几",
            r"\bwhen\b|by what date|deadline",
        ),
    ),
    (
        "days",
        _any(
            r"多久|多长时间|时限|期限|限期|多快|有效期|任期|公示期|答复期|审限|时长|用时|耗时|天数|工期|多长(?!的)",
            r"how (?:long|fast|soon|quickly|early|often)|time limit|time frame",
        ),
    ),
    (
        "percent",
        _any(
            r"比例|费率|税率|利率|占比|比重|覆盖[率面]|[^效]率(?:[^,，。]{0,10}(?:多少|几|多高|目标|要求|达到|是什么)|[\s?？]|$)|下浮|上浮",
            r"percent|\brate\b|\bshare\b|proportion",
        ),
    ),
    (
        "money",
        _any(
            r"(?:[^浪自消免学小经]费|津贴|救助金|抚恤金|慰问金|补偿金?|赔偿金?|违约金|滞纳金|低保金|保证金|养老金|退休金|抚养金|公积金|奖学金|助学金|失业金|丧葬金|补偿款|工资|学费|小费|经费|抚恤)(?![率用者])[^,，。;；率]{0,6}?"
            r"(?:多少|几[元块百千万]|怎么[收交缴算])(?![个家项次天日人户业名位成倍米年月份张笔套台吨])|(?:收|交|缴|罚|领|赔|奖|补贴?|发放?)(?:多少|几)(?=[?？,，。呢啊呀吗]|$)",
            r"多少钱|金额|罚款|(?<![免不])罚[^,，。项]{0,4}(?:多少|几|什么)|(?:怎么|如何)(?:处)?罚|费用|收费|收多少|价(?:格|钱)|工本费|额度|总额"
            r"|押金|奖金|经费",
            r"(?:补贴|补助|奖励?|奖补|资助|资金|贷款?|担保|池)[^,，。]{0,8}(?:多少|几百|几千)|(?:补贴|补助|奖励|奖补|资金)(?=[\s?？]|$)",
            r"\bpenalt(?:y|ies)\b|how much|\bfines?\b|\bamount\b|\bcost\b|\bfees?\b(?! rate)|subsid"
            r"|\bcompliance cost",
        ),
    ),
)
_ANY_QUANTITY = _any(
    r"多少|几(?!乎)|多[高大重远]|目标|指标|标准|[上下]限|封顶|最[高低](?!人民|法|检|生活)",
    r"\bcap\b|ceiling|\blimit|maximum|minimum|up to what|threshold|\btarget|how (?:big|large|high|low)",
)

_FEE = re.compile(
    r"(?:登记|管理|服务|手续|停车|物业|寄养|检测|鉴定|评估|加工|交易|处理|诊疗|挂号|报名|培训|占道|取暖|水|电|气)费(?![率用])"
)

# Words that ask, not words that name the topic: 网吧, 最高人民法院, 最多跑一次 and what is quoted stay whole.
_QUESTION_WORDS = re.compile(
    r"(?P<name>“[^”]*”|「[^」]*」|《[^》]*》|\"[^\"]{2,30}\")"
    r"|请问(?:一下)?|麻烦问(?:一下|下)?|问一?下|想(?:问|知道|了解|咨询)(?:一?下)?|咨询一下|帮我?(?:查|看|问)(?:一?下)?|告诉我|你好|您好|劳驾"
    r"|是?什么时候|何时|多少|多久|多长时间|什么样的?|什么|怎么样|怎么办(?=$|[?？])|怎么|怎样|如何|为什么|哪些|哪几[个家项种]?|哪一?[天日年个家]|哪里|哪儿|哪"
    r"|(?<![十百好这那前近后头])几(?:个(?!人独)|天|号|次|项|家|种|件|份|条)?(?![乎何])|是不是|是否|能不能|能否|可不可以|可否|有没有|会不会|要不要|需不需要|行不行|对不对"
    r"|[吗呢啊呀嘛哦](?![啡])|(?<![网酒水])吧(?![台])|么(?=[?？,，。]|$)|最(?:[快晚迟]|[多少](?!跑)|[高低](?!人民|法|检|生活|工资|保障|价))"
    r"|具体|到底|究竟|大概|分别|谁"
    r"|\b(?:what(?:'s)?|how (?:many|much|long|fast|soon|often|quickly|do|does|can)|how|which|who|when"
    r"|where|why|does|do|did|is|are|can|could|please|tell me)\b"
    r"|[?？!！。,，、]",
    re.IGNORECASE,
)


def kind_of(text: str) -> Kind:
    """Return the kind of a normalised question; `fact` where its wording tells none."""
    text = standard_words(text)
    asks_yes_or_no = _asks_yes_or_no(text)
    for kind, pattern in _KINDS:
        if kind == "procedure" and asks_yes_or_no:
            return "yesno"
        if pattern.search(text) and not (kind == "metadata" and _is_of_a_thing(text)):
            return kind
    return "fact"


def quantity_of(text: str) -> Quantity | None:
    """Return what kind of figure is asked for, None where none is.

    Of several parts the one that asks decides where it says what it asks for: 担保费率，适用的金额门槛是多少 is money.
    """
    text = standard_words(text)
    parts = _CLAUSE.split(text)
    asking = [part for part in parts if _ASKS_WHICH.search(part)]
    if len(asking) == 1 and len(parts) > 1 and (own := _quantity_of(asking[0])) not in (None, "any"):
        return own
    return _quantity_of(text)


def _quantity_of(text: str) -> Quantity | None:
    for quantity, pattern in _QUANTITIES:
        if pattern.search(text):
            return quantity
    if not _ANY_QUANTITY.search(text):
        return None
    return (
        "money"
        if _FEE.search(text) and re.search(r"多少(?!业主|居民|企业|[人户家个天次项名位])", text)
        else "any"
    )


def without_question_words(text: str) -> str:
    """Return the words of a question that name its topic: politeness and interrogatives removed."""
    words = _QUESTION_WORDS.sub(lambda match: match["name"] or " ", standard_words(text))
    return re.sub(r"\s+", " ", words).strip()


def standard_words(text: str) -> str:
    """Put dialect into the standard words: 啥, 咋, 几多, 么子, 好久, 哪旮旯, 几趟."""
    for pattern, standard in _DIALECT:
        text = pattern.sub(standard, text)
    return text


def _is_of_a_thing(text: str) -> bool:
    """True where it is asked when a thing comes, and not when a document does."""
    if _OF_OTHERS.search(text) or _WHILE.search(text):
        return True
    return _THING.search(text) is not None and _RECORDS.search(text) is None


def _asks_yes_or_no(text: str) -> bool:
    """One clause of the question asks yes or no: 能领补贴吗, 罚不罚; 要几天嘛 asks how many."""
    for clause in _CLAUSE.split(text):
        match = _YES_OR_NO.search(clause.strip())
        which = _ASKS_WHICH.search(clause)
        if match and which and match[1] and which.start() < match.start():
            continue  # 几天决定收不收: what is asked stands before
        if match and (not which or (match[0] != "吗" and len(match[0]) > 1)):
            return True
    return False
