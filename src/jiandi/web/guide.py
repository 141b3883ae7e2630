"""What the help page says: the way of one record, what each role does first, the words, the keys, whom to ask."""

from __future__ import annotations

from dataclasses import dataclass

from jiandi.core.values import Text


@dataclass(frozen=True, slots=True)
class Start:
    """What a role does first."""

    role: str
    steps: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the console and what it means here."""

    word: Text
    meaning: Text


WAY: tuple[Word, ...] = (
    Word(
        Text(zh="名册", en="Roster"),
        Text(
            zh="部门按原样交来名册,原件封存;每一行成为一条记录,写明如何修正、为何退回。",
            en="A department delivers its list as it is. The file is sealed; each row becomes a record that says how it was repaired, or why it was refused.",
        ),
    ),
    Word(
        Text(zh="关联", en="Linking"),
        Text(
            zh="凭书面授权,把同一个人、同一户的记录归到一起。拿不准的由数据专员并排比对后判断,判断可以撤销。",
            en="Under a written permission, records of one person and one household are put together. Pairs in doubt wait for the data steward, side by side; every decision can be undone.",
        ),
    ),
    Word(
        Text(zh="排查", en="Round of visits"),
        Text(
            zh="每一户、每一人、每一扇没有登记的门都有走访任务。走访记录交上来以后不能改,只能再走一次。",
            en="Every household, every person and every door behind which nobody is registered gets a visit. A visit sent in is never overwritten; one can only go again.",
        ),
    ),
    Word(
        Text(zh="疑点", en="Alert"),
        Text(
            zh="记录与记录、记录与走访对不上,系统就提出一个问题:理由、来源、第一步怎样做才安全、不能先告诉谁。",
            en="Where records disagree with each other or with a visit, the system asks a question: the reason, the sources, the first safe step, and who must not be told.",
        ),
    ),
    Word(
        Text(zh="个案", en="Case"),
        Text(
            zh="疑点、走访发现或群众线索可以立案:评估、方案、措施、转办,每一步有时限。",
            en="An alert, a finding or a report can open a case: assessment, plan, measures, referrals to units, each with its clock.",
        ),
    ),
    Word(
        Text(zh="核实与回头看", en="Verification and look-backs"),
        Text(
            zh="结果由没有牵涉的人当面核实,写下本人原话;结案后30天、90天再看一次。结案不等于解决。",
            en="Somebody with no part in it meets the person and writes down their own words. After 30 and 90 days somebody looks again: closed is not fixed.",
        ),
    ),
    Word(
        Text(zh="凭证与通报", en="Certificate and bulletin"),
        Text(
            zh="事后随机抽取走访,由外乡镇的人盲核,得出“见底”的界限;通报里的每句话都连着数据。",
            en="Visits are drawn at random afterwards and repeated blind by outsiders; that gives the bound. Each sentence of a bulletin is tied to the figures it stands on.",
        ),
    ),
)

STARTS: tuple[Start, ...] = (
    Start(
        "lead",
        (
            Text(
                zh="看首页:还有多少人没见到,在哪几个村;数字都能点开。",
                en="Look at the home page: who has not been seen, and in which villages. Every figure opens its list.",
            ),
            Text(
                zh="打开“疑点”,先看危险类:受理、安排走访或立案。",
                en="Open Alerts, danger first: take it, arrange a visit, or open a case.",
            ),
            Text(
                zh="在“单位”里看谁不动、谁慢;缺书面授权时,在“名册”里授权关联。",
                en="See in Units who does not act and who is slow. Linking needs your written permission, under Rosters.",
            ),
        ),
    ),
    Start(
        "township",
        (
            Text(
                zh="在“排查进度”里看本镇各村,导出还没见到的人。",
                en="See your villages under Campaigns, and export who has not been seen.",
            ),
            Text(
                zh="在“收件箱”里办理转来的事项;不该由你们办的,写明理由退回。",
                en="Work through the Inbox. What is not yours, hand back with the reason.",
            ),
            Text(
                zh="对本单位的问题有不同意见,在“单位”里答复或申诉。",
                en="Where you disagree with what is held against your unit, reply or appeal under Units.",
            ),
        ),
    ),
    Start(
        "grid",
        (
            Text(
                zh="打开“我的走访”,按顺序一户一户走;见到本人才算见到。",
                en="Open My visits and go door by door in that order. Seen means you met the person.",
            ),
            Text(
                zh="要求单独见的人,请家人回避几分钟;做不到,如实勾选。",
                en="Where somebody should be seen alone, ask the family for a few minutes. If that was not possible, say so.",
            ),
            Text(
                zh="遇到名册上没有的人,直接加上:多发现一个人是好事。",
                en="Somebody on no list? Add them. Finding one more person is good news.",
            ),
            Text(
                zh="有人正处在危险之中:先打110或120,再填表。",
                en="Somebody in danger now: call 110 or 120 first, the form second.",
            ),
        ),
    ),
    Start(
        "doctor",
        (
            Text(
                zh="打开“我的走访”,看今天该去的户和重点人群。",
                en="Open My visits: today's doors and the people who need seeing alone.",
            ),
            Text(
                zh="只记录看到的、听到的,不下结论。",
                en="Write what you saw and heard; draw no conclusion.",
            ),
        ),
    ),
    Start(
        "handler",
        (
            Text(
                zh="打开“收件箱”:先受理,再在时限内答复;不归本部门的,写明理由退回。",
                en="Open the Inbox: accept, then answer within the clock; hand back with a reason what is not your department's.",
            ),
            Text(
                zh="打开“疑点”,看分给本单位的;读理由和来源,再照“第一步”做。",
                en="Open Alerts for those routed to your unit. Read the reason and the sources, then follow the first step.",
            ),
            Text(
                zh="本部门的名册在“名册”里交付。",
                en="Deliver your department's list under Rosters.",
            ),
        ),
    ),
    Start(
        "inspector",
        (
            Text(
                zh="打开“复核”:名单是抽签抽的,去之前看不到原来的记录。",
                en="Open My re-visits. The doors were drawn by lot; you don't see the first visit before you have been there.",
            ),
            Text(
                zh="在“待核实”和“回头看”里,当面、单独听本人说,写下原话。",
                en="Under To verify and Look-backs, hear the person alone and write down their own words.",
            ),
        ),
    ),
    Start(
        "steward",
        (
            Text(
                zh="在“名册”里交付文件,看每一行的下落,把更正单退给来源部门。",
                en="Deliver files under Rosters, see what became of each row, and send the correction list back to the department.",
            ),
            Text(
                zh="在“疑似同人”里并排比对;拿不准就选“说不准”,不要猜。",
                en="Compare pairs under Review. If you can't tell, say so; don't guess.",
            ),
        ),
    ),
    Start(
        "hotline",
        (
            Text(
                zh="在“线索”里登记来电,把回执码念给对方;不必问姓名。",
                en="Write down the call under Reports and read the receipt code out. You need not ask for a name.",
            ),
            Text(
                zh="有人正处在危险之中:先转110,再登记。",
                en="Somebody in danger now: put them through to 110 first, then write it down.",
            ),
        ),
    ),
    Start(
        "overseer",
        (
            Text(
                zh="在“见底凭证”里抽签、看复核结果、签发凭证。",
                en="Under Certificate make the draw, follow the re-visits, issue the certificate.",
            ),
            Text(
                zh="在“覆盖台账”里看各地、各类对象应见多少、见到多少,以及外来信号指到的遗漏。",
                en="See on the Coverage board who was to be reached and who was, by place and list, and the misses outside signals led to.",
            ),
            Text(
                zh="在“紧急查看”“隔离”里看谁越过了权限、谁被隔开;在“日志”里查每一步。",
                en="See under Emergency access and Walls who went past their rights and who is kept out; every step stands in the Log.",
            ),
            Text(zh="答复和申诉由你决定。", en="Replies and appeals are yours to decide."),
        ),
    ),
    Start(
        "press",
        (
            Text(
                zh="在“通报”里用当天数据起草;每句话都要有出处,小于5的数不写具体数。",
                en="Under Bulletins draft from today's figures. Each sentence needs its evidence; numbers below 5 are never given.",
            ),
            Text(
                zh="另一人核对以后,由专班发布。", en="Somebody else checks it; the working group publishes."
            ),
        ),
    ),
    Start(
        "admin",
        (
            Text(
                zh="在“人员与授权”里建账号、给权限、办移交;也可以用Excel批量导入。",
                en="Under Officers create accounts, grant roles and hand work over; Excel lists can be imported.",
            ),
            Text(
                zh="管理员管账号,看不到任何居民的信息。",
                en="An administrator looks after accounts and sees nothing about residents.",
            ),
        ),
    ),
)

WORDS: tuple[Word, ...] = (
    Word(
        Text(zh="疑点", en="Alert"),
        Text(
            zh="记录里的矛盾,指向可能的伤害。是问题,不是结论;“没比对上”“查不到”不能了结疑点。",
            en="A contradiction in the records that points to possible harm. A question, not a verdict. “No match” or “cannot be located” never settles it.",
        ),
    ),
    Word(
        Text(zh="判断", en="Judgement"),
        Text(
            zh="两条记录是不是同一个人,由人判断,写明理由,可以撤销。未判之前一律分开。",
            en="Whether two records are one person. A person decides, gives the reason, and may undo it. Until then they are kept apart.",
        ),
    ),
    Word(
        Text(zh="见到 / 单独见到", en="Seen / seen alone"),
        Text(
            zh="见到:走访的人见了本人。单独见到:身边没有家人和其他人,能自由说话。两者分开统计。",
            en="Seen: the visitor met the person. Seen alone: no relative or anyone else in earshot, free to speak. The two are counted apart.",
        ),
    ),
    Word(
        Text(zh="依规认定", en="Excused"),
        Text(
            zh="按规定认定在外、不必当面见的人。单独列出,从不算作“见到”。",
            en="Away under the rules, with the ground on record. Listed apart and never counted as seen.",
        ),
    ),
    Word(
        Text(zh="名册外发现", en="Found on no list"),
        Text(
            zh="走访见到、任何名册上都没有的人。人数多不是坏事,分母随之变大。",
            en="Met at a door and on no department's list. More is not bad news; the denominator grows.",
        ),
    ),
    Word(
        Text(zh="见底凭证", en="Certificate"),
        Text(
            zh="对随机抽取的走访盲核以后,用一句话说明:在多大把握下,最多有多少走访不实;也写明没有覆盖到谁。不是“一个不漏”的保证。",
            en="After blind re-visits drawn at random, one sentence: with what confidence, at most how many claimed visits are false, and who is not covered. Never a promise that nobody is missing.",
        ),
    ),
    Word(
        Text(zh="先去复核", en="Where to re-visit first"),
        Text(
            zh="几项指标提示先去看哪里。复核和本人答复之前,不说谁造假。",
            en="Indicators that say where to look first. Before a re-visit and the worker's own reply nobody is called false.",
        ),
    ),
    Word(
        Text(zh="隔离", en="Wall"),
        Text(
            zh="疑点、线索、个案牵涉的单位和人,看不到它,也不知道有它。",
            en="Units and officers implicated in an alert, report or case cannot see it, or learn that it exists.",
        ),
    ),
    Word(
        Text(zh="紧急查看", en="Emergency access"),
        Text(
            zh="有人危险、等不及授权时,写明理由先看;当事人的上级监督员随后审查,日志里永远留着。",
            en="When somebody is in danger and there is no time for a grant: give the reason, look, and an overseer reviews it. It stays in the log for good.",
        ),
    ),
    Word(
        Text(zh="转办与时限", en="Referral and clock"),
        Text(
            zh="请别的单位办一件事,只给办事需要的内容。时限从转出起算,超时会显示在双方页面上。",
            en="Asking another unit for one thing, with only what it needs to do it. The clock runs from sending; both sides see when it is overdue.",
        ),
    ),
    Word(
        Text(zh="四类问题", en="The four faults"),
        Text(
            zh="不作为、慢作为、乱作为、假作为:只算单位,不给个人打分;单位可以答复和申诉。",
            en="No action, slow, improper, fake. Measured for units, never as a score on a person; units may reply and appeal.",
        ),
    ),
    Word(
        Text(zh="回执码", en="Receipt code"),
        Text(
            zh="群众反映问题后得到的一串字,凭它看答复、补充情况;系统不问姓名。",
            en="What somebody gets who told us something. It opens the answers and lets them add more; no name is asked.",
        ),
    ),
    Word(
        Text(zh="日志与封签", en="Log and its root"),
        Text(
            zh="每一步都进日志,只增不改;每天的封签打印并公布,谁都可以核对日志有没有被动过。",
            en="Every step enters a log that only grows. Its daily root is printed and published, so anybody can check that nothing was changed.",
        ),
    ),
)

KEYS: tuple[tuple[str, Text], ...] = (
    ("/", Text(zh="光标跳到“查找人员”", en="Put the cursor into “Find a person”")),
    ("a", Text(zh="疑点页:受理", en="On an alert: I take it")),
    ("w", Text(zh="疑点页:开始核实", en="On an alert: start verifying")),
    ("v", Text(zh="疑点页:安排走访", en="On an alert: arrange the visit")),
    ("o", Text(zh="疑点页:立案", en="On an alert: open a case")),
    (
        "Tab",
        Text(
            zh="第一次按:跳过菜单到正文;之后依次到每个按钮和输入框",
            en="First press: skip the menu; then every button and field in turn",
        ),
    ),
)

ASK: tuple[Word, ...] = (
    Word(
        Text(zh="有人正处在危险之中", en="Somebody is in danger now"),
        Text(
            zh="110(报警)、120(急救)。先打电话,再做记录。",
            en="110 (police), 120 (ambulance). Call first, write afterwards.",
        ),
    ),
    Word(
        Text(zh="妇女权益", en="Women's rights"),
        Text(zh="12338(妇联)。", en="12338 (women's federation)."),
    ),
    Word(
        Text(zh="登录、密码、权限", en="Log-in, password, rights"),
        Text(
            zh="找管理员。密码忘了,管理员可以发一次性密码;权限不够,说明要办哪件事。",
            en="The administrator. They can hand out a one-time password; for more rights, say which task you need them for.",
        ),
    ),
    Word(
        Text(zh="居民信息不对", en="Something about a resident is wrong"),
        Text(
            zh="在这个人的页面上申请更正,由数据专员处理,并退回来源部门。",
            en="Ask for a change on that person's page; the data steward decides, and tells the department it came from.",
        ),
    ),
    Word(
        Text(zh="不敢通过本单位说", en="You cannot say it through your own unit"),
        Text(
            zh="用公开的“反映问题”页面,不必登录,也不必写姓名;写明涉及的单位,它就看不到。",
            en="Use the public page for reports: no log-in, no name. Name the unit it is about, and that unit will not see it.",
        ),
    ),
)
