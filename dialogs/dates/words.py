"""The sentences of computed dates. {…} are filled with days, numbers of days and words of the city's data."""

from __future__ import annotations

GO_BETWEEN = "{opens}到{last}之间去签注。"
OPEN_NOW = "现在就能签，最晚{last}，还剩{left}天。"
LAST_DAY_TODAY = "今天是最后一天，请今天就去签注。"
NEXT_WINDOW = "下一次签注：{opens}到{last}之间。"
MISSED_IF_VOID = "{last}那次要是没签，居住证已经自动失效，请先向原受理机构核实。"
MISSED_IF = "{last}那次要是没签，就已经过期了：可以再问“签注过期了怎么办”。"

HOW_RESIDENCE = "怎么算的：从{start}算，到{full}住满1年；要在这天之前签。"
HOW_ISSUE = "怎么算的：从签发日{start}算，到{full}满1年；要在这天之前签。"
HOW_EXPIRY = "怎么算的：证的有效期到{full}，到期前{window}内签，到期那天也行。"
HOW_EXPIRY_FROM_ISSUE = "怎么算的：{start}发证，有效期{validity}，到{full}；证上印的日子不同，以证为准。"
HOW_FULL_TOLD = "怎么算的：您说{full}满1年；要在这天之前签。"
HOW_PRINTED = "怎么算的：按您说的到期日{full}；办法写的是满1年之前签，请赶早去。"

IN_TIME = "{day}去签，还没有过期。"
VOID = "最后一天是{last}；过了没签，证自动失效。"
VOID_TODAY = "今天算不算过期，没有写明。请今天就去问原受理机构。"
VOID_CHECK = "失效后怎么办没有写。请先向原受理机构核实。"
RESTORED = "能补签，补了就恢复；没补以前，证停用。"
RESTORED_UNTIL = "能补签恢复，最晚{limit}；为稳妥请在{strict}前办。"
RESTORED_TODAY = "能补签恢复，最晚就是{limit}。"
REGISTER_ANEW = "过了{limit}，光补签不行了，要重新报暂住登记。"
KEPT = "补签就恢复，年限连续算；最晚{limit}，为稳妥请在{strict}前办。"
KEPT_TODAY = "补签就恢复，年限连续算；最晚就是{limit}。"
STRICT_IS_PAST = "按严一点的算法已经晚了，请今天就去问{office}。"
RESTARTED = "超过{within}了：居住期限从恢复那天（{counts}）重新算。"
RESTARTED_HOW = "超过以后怎么恢复没有另写，请先问{office}。"
RESTARTED_LIMIT = "停用起{within}内补签才连续，最晚{limit}；{day}已经过了。"
KEPT_LIMIT = "停用起{within}内补签，年限连续；过了就重新算。"
LATE_TODAY = "怎么算的：{full}满1年，最后一天是{last}；{day}这天已经过了。"
LATE_LAST = "怎么算的：{full}满1年，最后一天是{last}；到{day}，已经过了{late}天。"
LATE_EXPIRY = "怎么算的：证到{full}到期，{broken}起停用；到{day}，停用了{late}天。"
COUNTS_FROM = "居住年限从补签那天（{counts}）起连续算；以前的年限还算不算，没有写明，请问{office}。"
HALF_ANEW = "{day}登记的话，满半年是{half}；要不要再等满半年，没有写明，请问{office}。"
ABOUT = "照您说的时间往回推：{line}"
ABOUT_CHECK = "这是推算，以证上的日期为准。"

DEADLINE = "最晚{day}。"
DEADLINE_STRICT = "最晚{day}；为稳妥请在{strict}前办。"
DEADLINE_PAST = "最晚是{day}，已经过了；请尽快去办。"
ISSUED_PAST = "最晚{day}发证，已经过了；可以去问受理窗口。"
ISSUED_BY = "最晚{day}发证。"
ISSUED_BY_AT_MOST = "一般最晚{day}；特殊情况最长到{most}。"
HOW_DAYS = "怎么算的：{start}当天不算，次日起数{within}，是{day}。"
HOW_MONTHS = "怎么算的：从{start}起{within}，到{day}。"
HOW_MOST = "特殊情况最长{within}：从{start}次日数起，是{day}。"
NOT_WORKING_DAY = "{day}不是工作日；能不能顺延没有写，请早点去问。"
ESTIMATED = "{year}年的放假安排还没有公布，先按周一到周五算。"
UNREPORTED = "{day}还没报变更的，居住时间要从重新申报那天算起。"
UNREPORTED_ALREADY = "到{day}还没报变更，居住时间要从重新申报那天算起；今天去办，就从今天算。"
EFFECTIVE = "大约{day}起施行（推算，文件没写具体日期）。"
EFFECTIVE_OTHER = "“{within}后”也可以读成再晚一天，{other}。"
ENDORSE_AFTER_MOVE = "跨县搬家后，{day}起可以去签注。"
SETTLES = "住满{within}是{day}；别的条件看下面原文。"

HALF_YEAR = "满半年是{day}。"
HALF_YEAR_REACHED = "{day}已经满半年了。"
HOW_HALF_YEAR = "怎么算的：从{start}{what}算，满半年是{day}。"
HALF_YEAR_BOTH = "登记和居住都要满半年，晚的那个算数。"
FROM_REGISTRATION = "半年从登记那天算，不从搬来那天算。请说哪天登记的。"
FROM_RESIDENCE = "半年从住下那天算。请说哪天住下的。"
WHAT = {"registration": "登记", "residence": "住下"}

READINGS = "注：{readings}。"
SAY_THE_DAY = "告诉我具体哪一天，我能算出日期。"
SAY_ANCHOR = {
    "residence": "这里从居住满1年算。请说居住从哪天算，我能算出日期。",
    "issue": "这里从签发日算。请说证上的签发日期，我能算出日期。",
    "expiry": "这里从证的到期日算。请说证上哪天到期，我能算出日期。",
}
