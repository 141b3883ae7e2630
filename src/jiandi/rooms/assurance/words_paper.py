"""The words of a certificate on paper, the same as on its page; a test holds the two against each other."""

from __future__ import annotations

from jiandi.core.values import Text

TITLE = Text(zh="随机复核凭证", en="Certificate of random re-visits")
NUMBER = Text(zh="第{n}号", en="No. {n}")
DEMO = Text(
    zh="演示系统:所有人物、地点、事件均为虚构。",
    en="Demonstration: every person, place and event here is invented.",
)
REVISITED = Text(zh="复核", en="Re-visited")
FALSE = Text(zh="不实", en="False")
UNRESOLVED = Text(zh="未核实(按不实计)", en="Unresolved, counted as false")
EXCUSED = Text(zh="邻里证实在住、外出", en="Excused: lives here, away")
MOST = Text(zh="每万项至多", en="At most, per 10,000 claims")
IF_TRUE = Text(zh="若未核实的全部属实:{v}", en="if all unresolved were true: {v}")
PLAN = Text(zh="抽签前定下的方案", en="Plan, written down before the draw")
LOOK = Text(
    zh="第{k}次:累计{n}项,不实至多{a}项则通过",
    en="look {k}: {n} re-visits in all, passes with at most {a} false",
)
STOPPED = Text(zh="在此结束", en="stopped here")
OVERLOOKED = Text(zh="若复核人没有全看出来", en="Had the inspectors overlooked some")
TARGETED = Text(zh="连同重点核查", en="With the targeted set")
RESTS_ON = Text(zh="成立的前提", en="What it rests on")
PREMISES = (
    Text(
        zh="样本从冻结的名单中抽签得出,无人被替换或略去。",
        en="The sample was drawn by lottery from the frozen list of claims; nobody in it was replaced or left out.",
    ),
    Text(
        zh="复核人来自外乡镇,看不到首次走访内容,并能识别不实之处。",
        en="Inspectors from other towns did not see the first visit; they recognise a false claim when they meet one.",
    ),
    Text(
        zh="说的是冻结之时的走访结果,查出后补做的不改变结果。",
        en="It speaks of the claims as they stood when frozen, before anything found was put right.",
    ),
    Text(
        zh="95%是这套做法兑现承诺的比例,不是本轮无误的概率。",
        en="95 percent is how often the procedure keeps its promise, not the chance that this round is good.",
    ),
)
VILLAGES = Text(zh="各村自己的上限", en="Each village's own bound")
VILLAGES_HINT = Text(
    zh="各村上限按95%置信度单独计算,不是所有村同时成立。各村不沿用全县的上限。复核少,上限就宽,这不是对该村的批评。",
    en="With 95% confidence for each village taken alone, not for all of them together. No village inherits the county's"
    " bound. Few re-visits bound little: that is no reproach to the village.",
)
VILLAGE_COLUMNS = (
    Text(zh="村", en="Village"),
    Text(zh="走访", en="Claims"),
    Text(zh="复核", en="Re-visited"),
    Text(zh="不实或未核实", en="False or unresolved"),
    Text(zh="不实至多", en="False at most"),
)
CHECK = Text(zh="如何核对", en="How to check it")
FRAME_ROOT = Text(zh="抽样框指纹", en="Frame root")
SEED = Text(zh="种子", en="Seed")
THROWN_BY = Text(zh="掷骰子的人", en="Dice thrown by")
LOG = Text(zh="日志", en="Log")
NOT_SIGNED = Text(zh="签发时日志尚未签名", en="not signed yet when issued")
INSPECTORS = Text(zh="复核人(签字)", en="Inspectors (signatures)")
OVERSIGHT = Text(zh="监督单位(盖章)", en="Oversight body (seal)")
QR_NOTE = Text(
    zh="二维码打开的页面上,任何人都能看到本凭证是否有效;数字与指纹也在码中。",
    en="The QR code opens a page where anybody sees whether this certificate stands; its figures and fingerprints are in the"
    " code too.",
)
NO_TYPST = Text(
    zh="本机没有排版程序,不能生成PDF。请管理员安装:pip install 'jiandi[pdf]'。也可用“打印”直接打印本页。",
    en="The typesetter is not installed here, so no PDF can be made. Ask the administrator to run"
    " pip install 'jiandi[pdf]'. The page itself can be printed.",
)
NO_FONT = Text(
    zh="本机没有中文字体,不能生成PDF。请管理员安装一种,例如 apt-get install fonts-wqy-microhei 或 fonts-noto-cjk;或用环境变量 JIANDI_FONT "
    "指明字体文件(.ttf、.ttc、.otf)。也可用“打印”直接打印本页。",
    en="There is no font with Chinese characters here, so no PDF can be made. Ask the administrator to install one, such as"
    " apt-get install fonts-wqy-microhei or fonts-noto-cjk, or to name a font file (.ttf, .ttc, .otf) in the environment"
    " variable JIANDI_FONT. The page itself can be printed.",
)
