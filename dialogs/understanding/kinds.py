"""Messages that are not a question about the regulation: greetings, abuse, other subjects, emergencies, numbers sent in the open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Manner(StrEnum):
    """What a message is, apart from a question about the regulation."""

    SUICIDE = "suicide"
    FIRE = "fire"
    AMBULANCE = "ambulance"
    POLICE = "police"
    FRAUD = "fraud"
    PRIVATE_NUMBERS = "private_numbers"
    INJECTION = "injection"
    ABUSE = "abuse"
    OFF_TOPIC = "off_topic"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    WHO = "who"
    WHAT_CAN_YOU = "what_can_you"
    HUMAN = "human"
    HOTLINE = "hotline"
    PRECHECK = "precheck"
    DECLARE = "declare"
    REMIND = "remind"


EMERGENCIES = (Manner.SUICIDE, Manner.FIRE, Manner.AMBULANCE, Manner.POLICE, Manner.FRAUD)

_PATTERNS: dict[Manner, re.Pattern[str]] = {
    manner: re.compile(pattern)
    for manner, pattern in {
        Manner.SUICIDE: r"自杀|活着没(?:啥)?意思|不如死|药都买好|不想活|跳楼|割腕|轻生|想死|寻短见|喝农药|不活了",
        Manner.FIRE: r"着火|起火(?!了?.{0,8}(?:责任|谁赔|谁管|咋处理))|失火|火灾|煤气(?:泄漏|漏)|燃气(?:泄漏|漏)|漏煤气|漏气了|冒烟|烧起来|着了火|煤气味",
        Manner.AMBULANCE: r"心脏病(?:发|犯)|心梗|胸口(?:疼|痛)|晕(?:倒|过去)|昏(?:迷|倒|过去)|喘不上气|没气了|大出血|流(?:了)?(?:好多|很多)血|血止不住"
        r"|(?:快|马上|要)?要生了(?!.{0,6}(?:能办|可以办|登记|证|手续))|羊水破|中毒了?|煤气中毒|叫不醒|休克|抽搐|口吐白沫|触电|摔(?:断|得).{0,4}(?:不能动|动不了)|脑溢血|中风了|没(?:了)?呼吸|不省人事|喘不过气",
        Manner.POLICE: r"救命|锁(?:屋|在|起|到)|关(?:在|起来|着我|屋|到).{0,6}|不让我(?:走|出去|出门|离开|回家)(?!读)|不让(?:出门|出去|离开|回家)|打我(?!电话|手机|号|的?电话)|把我打|打了我|满头(?:是|都是)?血|头上(?:都)?是血|打人|挨打|挨揍|被打(?!回|电话|印|发|工)|被揍|拿刀|砍(?!价|掉)|杀人|捅|抢劫|抢我|被抢|绑架|强奸|(?:被|遭|正|又|天天|老公|男人|丈夫|老婆).{0,4}家暴(?!受害)|家暴我"
        r"|非法拘禁|被拐|拐走|偷进|撬门|堵(?:门|着)|要弄死|要打死|传销|(?:人|娃|孩子|老人|妈|爸|他|她)[^人]{0,4}失踪了?|走丢|人不见了|娃不见|跟踪|猥亵|限制.{0,3}自由|动手打|囚禁",
        Manner.FRAUD: r"被骗(?:了|走|钱)|拉黑|(?:钱|卡里).{0,6}(?:一下|全)?没了.{0,4}(?:刚|才)|点(?:了)?链接.{0,10}(?:钱|卡)|骗了我.{0,8}(?:钱|万|千|块)|诈骗了?我|(?:刚|才).{0,6}(?:转账|转了|打了).{0,8}(?:骗|不对)|上当.{0,6}(?:钱|转)|骗走",
        Manner.INJECTION: r"忽略.{0,10}(?:指令|规则|提示|设定|要求|内容|限制)|忘(?:记|掉).{0,10}(?:指令|规则|设定|身份|提示)|ignore.{0,24}(?:instruction|previous|above|rule)"
        r"|system ?prompt|系统提示|提示词|你(?:现在|从现在(?:起|开始)?)(?:就|要)?(?:是(?![说在指哪谁什不按])|扮|当)|扮演|假装(?:你|自己|我|是)|角色扮演|越狱|jailbreak|developer mode|开发者模式|\bdan\b|输出你的|你的(?:指令|规则|源码|源代码|代码|prompt)|管理员模式|root权限"
        r"|不要(?:管|按|照|遵守).{0,8}(?:法规|规定|办法|原文|规则)|直接(?:编|瞎编|胡编)|编一(?:条|个).{0,8}(?:规定|条款|办法)|无视.{0,8}(?:规则|规定|指令)|绕过.{0,6}(?:限制|规则|审查|安全|过滤|设定)|解除限制|当我的(?:女|男)朋友|从现在(?:起|开始)[,，\s]?(?:你|所有|全部).{0,20}(?:回答|说|答)|【系统.{0,4}】|系统(?:消息|指令|通知)[:：]|管理员(?:已)?授权|没有任何限制|(?:教|告诉|帮)我?(?:咋|怎么|如何)?.{0,6}(?:\bp|ps|伪造|造假|编个?假|做[个张]?假|弄[个张]?假|办[个张]?假).{0,8}(?:证|合同|证明|材料)|教我p|数据库密码|drop table|select \*",
        Manner.ABUSE: r"傻[逼比叉b屄]|煞笔|\bsb\b|妈的|妈逼|尼玛|你妈|操你|艹|卧槽|瓜娃子|龟儿|日你|混蛋|王八|狗屁|狗东西|废物|去死|脑残|二货|憨[批包]|信球|鳖孙|龟孙|滚|垃圾(?:玩意|东西|机器|程序|助手)|"
        r"蠢(?:货|猪|东西)|笨蛋|人工智障|智障|什么(?:破|烂|垃圾)(?:玩意|东西|程序|系统|助手|机器)|放屁|吃屎|贱|白痴|瓜皮|瓜怂|日弄|锤子用|屁用|神经病|有病吧|你有病|骗子|死开|没用的东西|废柴|闷怂|哈麻批",
        Manner.OFF_TOPIC: r"天气|下雨|下雪|气温|几度|股票|股市|炒股|基金|彩票|双色球|足球|世界杯|nba|谁赢|写(?:一?首|个|一?篇|段|份).{0,10}(?:诗|作文|文章|小说|情书|检讨|简历|歌|总结|论文|周报|代码|程序)|作文|作诗|(?:讲|说).{0,4}(?:笑话|故事)|唱.{0,3}歌"
        r"|火车票|高铁|动车|机票|航班|订(?:票|酒店|房间|餐|外卖)|点外卖|菜谱|(?:咋|怎么)(?:做|炒|炖|腌).{0,8}(?:菜|肉|饭|鱼|鸡|汤|面|馍|排骨)|红烧|翻译|英语|算命|星座|运势|八字|电影|电视剧|游戏|王者荣耀|原神|打车|python|java\b|写代码|编程|头(?:疼|痛)|感冒|发烧|咳嗽|拉肚子|吃(?:什么|啥)药|看(?:什么|啥)科|肚子(?:疼|痛)|牙(?:疼|痛)"
        r"|征婚|找对象|相亲|女朋友|男朋友|汇率|比特币|新闻|几点(?:了|钟)|星期几|今天(?:几|多少)号|等于几|数学题|1\+1|减肥|化妆|手机(?:哪|推荐|多少)|推荐.{0,8}(?:电影|餐|饭店|手机|歌|书|酒店|景点|好吃)|好吃的|哪家好吃|特产|美食|高考分数线|总统|打仗|战争|世界上|地球|宇宙|快递到哪|淘宝|拼多多|抖音|减脂|养猫|养狗|宠物|孩子起名|取名|油价|金价|猪价|粮价|充话费|话费|流量|wifi|水电费|交电费|电费|股市|国足|冠军|笑话|谜语|脑筋急转弯",
        Manner.HUMAN: r"人工(?:客服|服务)?$|转人工|找(?:个)?(?:真人|人工|客服)|真人客服|和人说|跟真人|客服在",
        Manner.REMIND: r"提醒我|到(?:时候|期)(?:了)?(?:提醒|喊我|叫我|通知|告诉我)|设(?:个|置)?.{0,4}提醒|帮.{0,4}记(?:着|住|一下|到).{0,10}(?:签注|到期|日子)|喊我一声|通知我一声|给我.{0,3}提醒|能.{0,3}提醒|定个闹钟",
        Manner.DECLARE: r"我要(?:自主)?申报|(?<![人能以友事家叫让])帮我(?:自主)?(?:申报|登记)(?!行|可|能|中|得|要)|我要登记$|(?:开始|进行|做个?)(?:自主)?申报|自主申报一下|填.{0,3}申报|我想(?:自主)?申报(?:居住|信息|一下)?|替我(?:申报|登记)|(?:在这|这里).{0,4}(?:申报|登记)一下|申报(?:一下)?居住信息$|办个?(?:自主)?申报",
        Manner.PRECHECK: r"预审|(?:帮|给|替|跟)(?:我|俺|额|咱)?(?:查查|看看|算算|测测|测一?下|评估|审一?下|核对|查一?下|看一?下|判断|算一?下|瞧瞧|过一?遍|瞅瞅|对一?下|看哈|查哈|捋).{0,14}(?:能不能|够不够|符不符|是不是|条件|资格|能办|办得|行不行|可不可以|够格|能申|差啥)|(?:测|查|算)一?下.{0,8}(?:资格|能不能办|条件)|资格(?:测试|自测|评估|审查|预审)|自测|开始预审|做个?预审|(?:查|测)(?:我|俺)(?:够|能)",
    }.items()
}

_WHOLE: dict[Manner, re.Pattern[str]] = {
    manner: re.compile(pattern)
    for manner, pattern in {
        Manner.GREETING: r"(?:你好|您好|请问|老师|早安|晚安|同志|nihao|hello|hi|嗨|哈[啰喽]|早上?好|晚上好|中午好|下午好|上午好|在[吗么嘛不]|在不在|有人[吗么没嘛不]*|喂|老师好|你好[呀啊哇哈]|您?吃了[吗么没]|嘿|师傅好|乡党|老乡好|hey|同志你好|在没)+[啊呀哦哈]?",
        Manner.THANKS: r"(?:(?:好的?|行|嗯|哦|知道了|晓得了|明白了?|懂了|中|要得|得行|可以|ok|收到|好嘞|清楚了|了解了?)[啊了吧呀哈啦哦]?)*+(?:(?:太|多|非常|真是?)?(?:谢谢|感谢|多谢|谢了|谢啦|thanks|thank you|3q|辛苦|麻烦您?了|难为你|劳慰|谢).{0,8})|(?:(?:好的?|行|嗯|哦|知道了|晓得了|明白了?|懂了|中|要得|得行|ok|收到|好嘞|清楚了|了解了?|没事了|没了|不用了|可以了|不问了|没问题了)[哈啊了吧呀]?)++",
        Manner.GOODBYE: r"(?:.{0,6}(?:再见|拜拜|bye|88|回头见|先走了|下了|挂了|不聊了|回见).{0,6})",
        Manner.WHO: r".{0,6}(?:你(?:到底)?是(?:谁|哪个|什么|啥|不是|真人|人|机器|ai|哪[里家]|公安|政府|个)|机器人|真人还是|你叫(?:啥|什么)|(?:你|您)(?:是)?(?:真人|活人)|是人(?:还是|吗|不)|你是ai|谁(?:做|开发|研发)的你|官方的[吗么不]).{0,12}",
        Manner.WHAT_CAN_YOU: r".{0,6}(?:你(?:能|会|可以)(?:干|做|回答|帮|说|查|告诉).{0,4}(?:啥|什么|哪些|些啥|点啥)|能(?:问|查)(?:啥|什么|哪些)|(?:咋|怎么)(?:用|使用)你?|有(?:啥|什么)功能|你能干嘛|你会(?:啥|什么|干啥)|能帮我(?:干|做)?(?:啥|什么)|使用说明|帮助|怎么问你?|help).{0,6}",
        Manner.HOTLINE: r".{0,14}(?:报警|火警|急救|热线|12345|12348|12333|政务).{0,6}(?:电话|号码|多少|打(?:啥|什么|哪个|几|多少)|是(?:啥|什么|干)).{0,6}",
    }.items()
}

_PRIVATE = re.compile(
    r"(?<!\d)(?:\+?86[ -]?)?(?:[1-8]\d{5}[ -]?(?:19|20)\d{2}[ -]?(?:0\d|1[0-2])[ -]?(?:[0-2]\d|3[01])[ -]?\d{3}[\dx]|[1-8]\d{5}\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}"
    r"|1[3-9]\d[ -]?\d{4}[ -]?\d{4}|(?:62|4\d|5[1-5])\d{2}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?)(?![\d])",
    re.IGNORECASE,
)


_NUMBER_WITH_NAME = re.compile(
    rf"(?:我的?|俺的?)?(?:身份证|证件|手机|电话|银行卡|卡)?(?:号码?|号)?(?:是|为|[:：])?\s*{_PRIVATE.pattern}",
    re.IGNORECASE,
)
"""A private number with the words that only announce it: 身份证号是… is no question about identity cards."""


@dataclass(frozen=True)
class Manners:
    """The manners found, strongest first; empty for a plain message."""

    found: tuple[Manner, ...]

    def __contains__(self, manner: Manner) -> bool:
        return manner in self.found

    @property
    def emergency(self) -> Manner | None:
        """The emergency, if there is one."""
        return next((manner for manner in self.found if manner in EMERGENCIES), None)


def manners_of(text: str) -> Manners:
    """Return what else a normalised message is than a question about the regulation."""
    found = [manner for manner, pattern in _PATTERNS.items() if pattern.search(text)]
    if _PRIVATE.search(text):
        found.append(Manner.PRIVATE_NUMBERS)
    bare = re.sub(r"[\s,，.。!！?？~、…]+", "", text)
    found += [manner for manner, pattern in _WHOLE.items() if bare and pattern.fullmatch(bare)]
    return Manners(tuple(sorted(found, key=list(Manner).index)))


def without_private_numbers(text: str) -> str:
    """Return `text` with identity, telephone and card numbers taken out."""
    return _NUMBER_WITH_NAME.sub(" ", text)
