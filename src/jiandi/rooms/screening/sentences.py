"""The sentences supervisors and workers read about a submission that does not count by itself."""

from jiandi.core.values import Text

CHANGED_BODY = Text(
    zh="同一编号已收到过一份内容不同的走访。先到的一份照旧有效,这一份另存;请比较两份后决定。",
    en="A visit with this id but other content arrived before. The first stays valid, this one is kept beside it; compare the two and decide.",
)
UNKNOWN_FORM = Text(
    zh="表单“{form}”版本“{version}”本系统没有发布过。请走访人更新表单;核对内容后可放行。",
    en="The form “{form}”, version “{version}”, was never published here. Ask the visitor to update; release after checking.",
)
UNKNOWN_TASK = Text(
    zh="任务编号“{task}”不存在。请查对是哪一户,放行时填上正确的任务编号。",
    en="There is no task “{task}”. Find out which door it was and give the right task code when releasing.",
)
UNKNOWN_WORKER = Text(
    zh="走访人“{worker}”没有账号。请核实是谁去的;没有账号的人不能代为走访。",
    en="The visitor “{worker}” has no account. Find out who went; somebody without an account cannot visit for another.",
)
UNKNOWN_PERSON = Text(
    zh="第{number}人的编号“{code}”底数里没有。放行后按名册外新发现的人登记,请先核对是否抄错。",
    en="Person {number} has the code “{code}”, which the register does not know. Once released they count as found on no list; check for a slip first.",
)
ROUND_OVER = Text(
    zh="这一轮走访已经结束。内容已保存;确需计入的,由督导人员放行。",
    en="This round of visits is over. The content is kept; a supervisor can release it if it has to count.",
)
OUTSIDE_AREA = Text(
    zh="这一户不在提交人负责的区域内。请核实是否受托走访后放行。",
    en="This door is outside the area of whoever sent it. Confirm that they went on request, then release.",
)
ANOTHER_WORKER = Text(
    zh="表单写的走访人是“{worker}”,与提交人或指派的人不符。请核实是谁去的。",
    en="The form names “{worker}” as the visitor, who is not the sender or the person assigned. Find out who went.",
)

PHOTO_UNREADABLE = Text(
    zh="这张照片读不出来,无法去掉相机写入的信息,因此不显示。有权限的人员可下载原件。",
    en="This photo cannot be read, so what the camera wrote cannot be taken out and it is not shown. Whoever may can fetch the original.",
)
