"""What the questions, the answers and the cautions of a model card are called, in both languages."""

from __future__ import annotations

from jiandi.core.linkage.generic.wording import ANSWERS as GENERIC_SAID
from jiandi.core.linkage.wording import ANSWERS as SAID
from jiandi.core.values import Text

TITLES: dict[str, Text] = {
    "id": Text(zh="证件号码", en="Identity number"),
    "name": Text(zh="姓名", en="Name"),
    "last": Text(zh="姓", en="Last name"),
    "first": Text(zh="名", en="First name"),
    "birth": Text(zh="出生日期", en="Birth date"),
    "sex": Text(zh="性别", en="Sex"),
    "village": Text(zh="住处", en="Place"),
    "phone": Text(zh="电话", en="Telephone"),
    "email": Text(zh="电子邮箱", en="E-mail"),
    "street": Text(zh="街道", en="Street"),
    "place": Text(zh="地点", en="Place"),
}
_OTHER = Text(zh="以上都不是", en="none of these")
# What the sentences beside a score leave unsaid, because it speaks neither for nor against.
RESIDENT: dict[tuple[str, str], Text] = SAID | {
    ("id", "same_birth_sequence"): Text(zh="号码中出生日期和顺序号相同", en="birth and sequence within the number are the same"),
    ("id", "two_valid"): Text(zh="两个不同的有效号码", en="two different valid numbers"),
    ("sex", "same"): Text(zh="性别相同", en="same sex"),
    ("phone", "else"): Text(zh="电话不同", en="other telephone"),
}  # fmt: skip
GENERIC: dict[tuple[str, str], Text] = GENERIC_SAID | {
    ("first", "swapped"): Text(zh="姓名颠倒", en="first and last name swapped"),
    ("sex", "same"): Text(zh="性别相同", en="same sex"),
    ("phone", "else"): Text(zh="电话不同", en="other telephone"),
    ("email", "else"): Text(zh="电子邮箱不同", en="other e-mail"),
    ("street", "else"): Text(zh="街道不同", en="other street"),
    ("place", "same_region"): Text(zh="地区相同", en="same region"),
}
ANSWERS_OF = {"cn-resident": RESIDENT, "generic": GENERIC}


def answer_title(profile: str, question: str, word: str) -> Text:
    """Return what an answer is called."""
    return ANSWERS_OF[profile].get((question, word), _OTHER)


NOT_FOR: tuple[Text, ...] = (
    Text(
        zh="不能用来判断一个人:权重说的是两行名册像不像同一人,不说这个人怎样。",
        en="To judge a person: a weight says whether two rows look like one person, never what somebody is like.",
    ),
    Text(
        zh="不能用来决定给不给待遇、派不派人走访,也不能作为处罚或强制的依据。",
        en="To decide on a benefit or a visit, or as grounds for a penalty or for force.",
    ),
    Text(
        zh="不能用来认人像、找亲属,或在授权书以外的数据上使用。",
        en="To recognise faces, to look for kin, or on data outside the written authorisation.",
    ),
    Text(
        zh="不能代替人工判定:人判过的对,任何分数都改不了。",
        en="In place of people's decisions: no score changes what a person has decided.",
    ),
)
LIMITS: tuple[Text, ...] = (
    Text(
        zh="学习用的是号码相同且有效的行。没有号码的行更难比,这里的数字不说明它们比得多准。",
        en="It learns from rows with one valid number. Rows without a number are harder, and nothing here says how well those are linked.",
    ),
    Text(
        zh="误填他人号码的行也会被当作同一人来学;各部门互相抄来的错误会让“相同”显得比实际更可靠。",
        en="Rows under somebody else's number teach it too, and errors copied from office to office make agreement look better than it is.",
    ),
    Text(
        zh="各问题按互不相关计分;同住一户的人姓氏、住处、电话往往一起相同,分数会偏高,所以另有把关,不只看分数。",
        en="Questions count as independent; people of one household share surname, place and telephone, so weights run high. That is why a weight alone joins nobody.",
    ),
    Text(
        zh="它只说明学习那天的名册。名册换了来源或写法,应重新学习并再看差异。",
        en="It speaks of the rosters of the day it was learnt. When their sources or habits change, learn again and look at the differences again.",
    ),
)
GENERIC_LIMITS: tuple[Text, ...] = (
    Text(
        zh="学习时没有可靠的标签:真对各回答的比例是推算的(EM),没有留出部分来检验。",
        en="It learnt without labels: how often true pairs give each answer is fitted (EM), and nothing was held out to check it.",
    ),
    *LIMITS[2:],
)
NOT_A_RATE = Text(
    zh="这不是登记册的查全率,也不是误合率:都是有有效号码的行,号码被遮住;真正靠打分的是没有号码的行,更难。"
    "够自动合并权重也还不会合并,另须两项独立依据并明显领先第二名。区间按各对互不相关计算。",
    en="This is neither the register's recall nor its rate of wrong merges: these rows have valid numbers, hidden here; the rows that depend on scores have none, and are harder. "
    "Reaching the automatic weight joins nobody yet: two independent pieces of evidence and a clear lead over the second are needed too. Intervals take pairs as independent.",
)
HELD: dict[str, Text] = {
    "true": Text(zh="号码相同的两行(真对)", en="Two rows of one number (true pairs)"),
    "namesakes": Text(
        zh="同名、年龄相邻而号码不同的两行(少数可能是一人两号或误填他人号码)",
        en="Two namesakes close in age under two numbers (a few may be one person with two, or somebody else's number)",
    ),
    "chance": Text(zh="抽签抽出的两行(偶然对)", en="Two rows drawn by lot (chance pairs)"),
}
