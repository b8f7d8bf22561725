"""Every sentence of ours that is not a city's statement. To show an officer: this is all it can say."""

from __future__ import annotations

WELCOME = "您好，我是居住证助手。您在哪个城市居住？直接打字问我就行。"
WELCOME_TO = "您好，我是居住证助手，按{city}的办法回答您。想问什么直接打字。"
HEARD_AS = "我听到的是：「{text}」。不对就再说一遍，或打字。"
HEARD_RIGHT = "对，是这句"
PLACED = "您发的位置在{city}。现在这件事还按{other}办。"
GOES_BY = "好，现在这件事按{city}的办法。"
NOT_PLACED_HERE = "这个位置我认不出是哪个市。现在这件事还按{other}办。"
SCANNED = "您扫的码是{city}的。现在这件事还按{other}办。"
WELCOME_BACK = "您好，我是居住证助手。"
NOT_PLACED = "这个位置我认不出是哪个市。请打字告诉我您住在哪个城市。"
WHICH_CITY = "您住在哪个城市？各市规定不一样，选好了我马上回答。"
WHICH_CITY_OF_SEVERAL = "您问的是哪个城市？您现在住在哪里，就按哪里的规定。"
NOW_ASK = "好，按{city}的办法回答您。请说说您想问什么。"
WHICH_TOPIC = "您是想问下面哪一件？"
IS_IT_THIS = "您是想问下面这件事吗？不是就换个说法。"
ASKED_TOO = "一次先答这几件。没答到的请再问一次，比如：{titles}。"
NOT_UNDERSTOOD = "我没看明白。请换个说法，比如“办居住证要带什么”。"
EMPTY = "我没收到文字。请打字告诉我您想问什么。"
NO_TEXT_IN_IT = "这条里没有文字，我看不懂。请打字告诉我您想问什么。"

SILENT = "{city}的{document}没有写：{subject}。"
UNSAID = "{city}的{document}里，说这件事的条文没有写：{what}。"
UNSAID_NATIONAL = "{city}的{document}没有细写：{what}，要看国家的规定。"
UNSAID_TOO = "上面的条文没有写：{what}。"
WRITTEN = "写了的是：{says}"
NOT_FOUND = "我在{city}的{document}里没有找到这件事。"
NEAREST = "上面是写得最近的条文，它没有直接回答这件事。"
ASK_ELSEWHERE = "想问准，请打 12345 政务热线，或问居住地派出所。"
TERM_PASSED = "{document}自己写的有效期（至{year}年）已经过了。"
NATIONAL_TEXT = "国家的规定不在我这里，请打 12345 或问居住地派出所。"
UNSUPPORTED = "我这里没有{place}的规定，不能乱答。请打当地 12345 问。"
SUPPORTED_CITIES = "我只有{cities}的办法。"

GREETING = "您好！我能查{cities}的居住证办法。您想问什么？"
THANKS = "不客气。还有别的想问，直接打字就行。"
RATED_USEFUL = "谢谢，记下了。"
RATED_USELESS = "记下了，谢谢您说出来。可以换个说法再问，或打 12345。"
RATED_BESIDE = "谢谢您告诉我。"
NOTHING_TO_RATE = "谢谢您告诉我。想问什么，直接打字就行。"
GOODBYE = "好的，祝您顺利。有事再来问我。"
WHO = "我是居住证助手，一个程序，不是真人。我只照各市办法的原文回答。"
WHAT_CAN_YOU = "我能回答居住证的事：谁能办、带什么、多久、多少钱、签注、丢了怎么办。"
NO_HUMAN = "现在回答您的是程序。要找人问，请打 12345 政务热线，或去居住地派出所。"

ABUSE = "让您着急了。您说说遇到了什么事，我尽量查清楚。"
OFF_TOPIC = "这件事我帮不上，我只懂居住证的规定。"
CHAT = "我只懂居住证的事。您可以问：谁能办、带什么、多久、多少钱、签注。"
FORGING = "弄虚作假的事我不能帮，对您自己也不好。"
OTHERS_DATA = "别人的信息我不查，也不能说。自己的事可以问我。"
INJECTION = "我只照居住证办法的原文回答，别的要求做不了。"

POLICE = "您现在有危险，请马上打 110 报警。"
FIRE = "请马上打 119 报火警，先离开危险的地方。"
AMBULANCE = "请马上打 120 叫救护车。"
SUICIDE = "请先别一个人扛，马上打 110 或 120，也可打 12356，让人陪着您。"
FRAUD = "请马上打 110 报警，钱还可能追回来。"
AFTER_EMERGENCY = "人安全了，居住证的事再问我。"

NOTHING_RUNNING = "现在没有在办的事。直接问就行，也可以从下面开始。"

PAUSED = "现在存不下，刚才这一步没有办成，前面填的都还在。请过一会儿再发一次。"
BUSY = "您前面那句话还在办，请等几秒再发一次。"
TOO_MANY = "您发得太快了，我跟不上。请过一分钟再发。"
CROWDED = "现在问的人太多，请过一分钟再发一次。"
PRIVATE_NUMBERS = "您发了身份证号、手机号这类号码。我不会记下，请别再发。"
PRIVATE_ASK_AGAIN = "请去掉号码，再问一遍。"

CHOOSE = "请选一个，回复序号："
ASK_NEXT = "还可以问，回复序号："
READ_THERE = "依据是{place}，太长了，这里放不下。"
PROOF_FAILED = "这条回答没有通过核对，我先不发。请打 12345 问。"
FAULT = "我这边出了点问题，请过一会儿再问，或打 12345。"

CHECK_ELIGIBLE = "照您说的，条件都够，可以去申领。"
CHECK_NOT_YET_ON = "还差时间：最早{day}可以申领。"
CHECK_NOT_YET = "还差时间，现在还不能申领。"
CHECK_NOT_ELIGIBLE = "照您说的，按{city}的{document}还不能申领。"
CHECK_NOT_ELIGIBLE_AS_READ = "照字面看还不能申领；有一处办法没写清，请先问受理的地方。"
CHECK_ONE_IS_ENOUGH = "（有其中之一就行）"
CHECK_PEOPLE = "港澳台居民、外国人按国家规定办，请问当地公安机关。"
CHECK_READINGS = "（注：{readings}）"
CHECK_NEED_MORE = "还有几样没弄清，先不下结论。"
CHECK_MET = {True: "符合", False: "不符合", None: "还要弄清"}
CHECK_RELATED = "可以看"
CHECK_MISSING = "要弄清的：{what}。"
CHECK_PRESUMED = "您没提的，按不适用算：{what}。"
CHECK_NEXT = "接下来："
CHECK_NOT_BINDING = "这是预审，最终以受理机构审核为准。"
CHECK_REMEDIES = "怎样才够："
CHECK_NEAREST = "{what}：{code}，一般就够"
CHECK_CHANGES = {
    "wait": ("再等到{day}", "时间满了再去申领"),
    "register": ("先去登记；今天登记的话，满半年是{day}", "先去登记，从登记那天起满半年"),
    "live_in_town": ("", "要住在县（市、区）政府所在地的城区"),
    "live_in_another_county": ("", "要住在户口所在县（区）以外"),
    "live_outside_the_districts": ("", "市辖区之间的不算，要住在别的县（旗、市）"),
    "settle": ("", "该办城镇户口的，去问落户"),
}
"""Each change of a counterfactual: with the day on which it is enough, and without."""

CHECK_SILENT = "{document}没有写"
NO_OFFICES = "地址、电话和办公时间我这里没有，去之前请打 12345 问。"
OFFICE = "{name}：{told}{checked}"
OFFICE_CHECKED = "（{day}核对）"
MORE_OFFICES = "还有 {count} 处，请打 12345 问。"
CHECK_CONDITIONS = {
    "people": "身份",
    "inside_city": "户口地和居住地",
    "town": "住在城区",
    "clock": "住满半年",
    "clock.registration": "登记满半年",
    "clock.residence": "住满半年",
    "conditions": "就业、住所、就读占一样",
    "basis.employment": "稳定就业",
    "basis.housing": "稳定住所",
    "basis.study": "连续就读",
    "should_hold_local_urban_hukou": "该办当地城镇户口",
    "interrupted": "中间断过",
    "has_id_card": "没有身份证",
    "materials_no_id": "没有身份证怎么办",
    "other_id": "其他有效身份证明",
    "address_changed": "换过地址",
    "proxy": "别人代办",
    "registration_proxy": "别人代为登记",
    "school_collective": "学校统一办",
    "materials_home": "住所证明",
    "materials_job": "就业证明",
    "materials": "申领材料",
    "registration_how": "去哪里登记",
    "entrusted": "街道、乡镇代办理",
    "exempt_study": "上学、培训的登记",
    "registration_deadline": "几天内登记",
}
CHECK_CODES = {
    "labor_contract": "签了劳动合同",
    "public_employer": "机关、事业单位录用",
    "biz_licence_23": "在城镇做生意，有营业执照",
    "gig_no_contract": "外卖、零工，没有合同",
    "no_contract_job": "在单位上班，没有合同",
    "primary_sector": "种地、养殖",
    "own_house": "自己的房",
    "rent_contract": "租房，有合同",
    "rent_no_contract_landlord_cert": "租房没合同，房东开了证明",
    "rent_no_contract_no_cert": "租房没合同，也没证明",
    "employer_dorm": "单位宿舍",
    "school_dorm": "学校宿舍",
    "training_dorm": "培训机构的住处",
    "relative_home": "借住亲戚朋友家",
    "none_fixed": "没有固定住处",
    "fulltime_enrolled": "全日制学校在读，有学籍",
    "study_no_local_xueji": "在读，学籍在外地",
    "training_class": "上培训班",
    "kindergarten": "上幼儿园",
}
CHECK_HOW = frozenset(
    "proxy registration_proxy school_collective materials_home materials_job materials registration_how entrusted"
    " exempt_study materials_no_id other_id registration_deadline".split()
)
"""Reasons that decide nothing and say how to go about it."""

CHECK_KEYS = {
    "hukou_place": "户口在哪里",
    "hukou_city": "户口在哪个市",
    "hukou_county": "户口在哪个区、县",
    "hukou_township": "户口在乡镇还是县城",
    "residence_county": "住在哪个区、县",
    "residence_area": "住在城区、县城还是乡镇",
    "registered": "登记过没有",
    "registered_on": "哪天登记的（登记的地方能查到）",
    "moved_on": "哪天搬来的",
    "change_reported_on": "换地址哪天报的",
    "basis": "有没有工作、住处，或者在读书",
    "basis_employment": "是什么样的工作，签没签合同",
    "basis_housing": "住的是什么房，有没有合同或证明",
    "basis_study": "上的是什么学，有没有当地学籍",
    "county_employment_rule": "您这种工作算不算，问住地县（区）公安",
    "employment_proof": "拿什么证明工作，问受理窗口",
    "housing_proof": "拿什么证明住处，问受理窗口",
    "local_definition_of_employment": "您这种工作算不算，问受理窗口",
    "local_definition_of_study": "您这种学习算不算，问受理窗口",
    "local_interpretation_of_non_local_hukou": "本市户口换区县住算不算，问受理窗口",
    "id_card": "没有身份证能用什么代替，问受理窗口",
    "interruption_effect": "中间断过怎么算，问受理窗口",
    "address_change_effect": "换地址后时间怎么算，问受理窗口",
}

HOTLINES = {
    "110": "110：报警",
    "119": "119：火警",
    "120": "120：急救",
    "12345": "12345：政务服务热线，办事咨询、投诉",
    "12348": "12348：法律服务热线",
    "12333": "12333：人社服务热线，就业、社保、工资",
}
"""The fixed table of numbers: nothing else of the program writes a telephone number."""
