"""What somebody said, read for a sign that a person is locked up, tied, kept in a shed or left without clothes.

A careful list, not a model: each sentence is cut into clauses; a clause speaks of danger when a word of restraint
stands in it, a person is meant, and neither a denial, an animal, a door nor a child's safety gate explains it.
What a household denies is not cleared by its denial, so denials by somebody named do not quiet a sign.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Sign = Literal["locked", "tied", "hidden", "shed", "exposed", "shut", "bonded"]

_TRADITIONAL = str.maketrans("鎖鐵鏈綁關裡裏門撿囚豬圈欄", "锁铁链绑关里里门捡囚猪圈栏")

_PERSON = r"[人她他女男妇]|媳妇|老婆|妻子|丈夫|老公|婆娘|娃|孩|小囡|闺女|姑娘|儿子|女儿|孙子|孙女|母亲|父亲|妈|爸|爹|娘|婆婆|公公|爷爷|奶奶|老太|老头|老汉|大爷|大娘|大姐|大妈|疯子|傻子|哑巴|智障|患者|病号|侄|姐|弟|妹|嫂|干活的|做活的|帮工|小工|苦力"
_NOT_A_PERSON = re.compile(
    r"没人|无人|有人家|人家|家人|别人|工人|主人|人户|人员|人工|人行|人民|人力|机器人|男方|女方|人畜|人数|有人(?=反映|说|投诉|举报|来电|打电话)|他家|她家|其他|吉他|女贞|妇联|妇幼|孩子气|姐夫家|大爷家|大娘家|[咬伤吓]人"
)
_ANIMAL = re.compile(r"[狗犬羊牛猪鸡鸭鹅驴马骡猫兔]|牲口|牲畜|家畜|家禽|宠物|藏獒")
_ANIMAL_PLACE = re.compile(
    r"[猪羊牛狗鸡驴马兔鸭鹅](圈|棚|栏|舍|窝|笼|屋|槽|绳|粪|链子?)|狗(铁)?链子?|牛马|马上|马路|犬子|牛奶|鸡蛋|马桶|小马村|牛角"
)
_THING = re.compile(
    r"[门窗车柜箱船货抽屉]锁|锁(上)?[门窗车柜箱]|[门窗]上?了?锁|[门窗车柜箱院仓店]|摩托|三轮|手机|账号|井盖|电闸|机井|闸|水泵|农具|柴火|树|秧|菜|粮|铺子|轮胎|头发|鞋带|电线"
)
_SAFETY = re.compile(
    r"安全带|婴儿|学步|防走失|锁在(门|屋|家|车)外|忘(了|记)?带?钥匙|约束带(?=.*(医院|医嘱))|医嘱|保护性约束|石膏|绷带|疫苗|写作业|网课|复习功课"
)
_GATE = re.compile(r"儿童锁|安全锁|童锁|防护栏|护栏|围栏|安全门|儿童门|门栏")
_STORY = re.compile(r"电视剧|电影|小说|游戏|演习|演练|宣传片|普法|讲座|培训|案例")
_FIGURE = re.compile(
    r"锁定|锁屏|封锁|连锁|锁骨|锁事|绑定|捆绑销售|道德绑架|绑腿|关系|关于|关注|关爱|关怀|关心|机关|有关|相关|海关|开关|关键|关节|关停|无关紧要|关照|栓塞|血栓|消防栓|拴娃娃"
)
_NEGATION = re.compile(
    r"(没有|没|未|并未|并没有?|从未|从没|不曾|不存在|未见|无|不是|并非|不再)(被|有|把|见|再|发现|看到|见到|存在|出现|任何|人|他|她|老人|孩子|什么|过)*$"
)
_RELEASED = re.compile(r"解除|已解救|解开了?|放出来了|松开了?|已经?放|打开了锁|不再")

_SIGNS: tuple[tuple[Sign, re.Pattern[str]], ...] = (
    (
        "tied",
        re.compile(
            r"铁链|锁链|链子|脚镣|手铐|铐[着在住]|[拴栓绑捆](着|住|在|起来|起|上|了|人|到)|五花大绑|用绳子?[拴栓绑捆]"
        ),
    ),
    (
        "locked",
        re.compile(
            r"关锁|反锁|从外面?锁|锁(着|住|在|起来|进|了|人)|[被把].{0,6}锁|囚禁|软禁|拘禁|禁锢|关(在|进|起来|着(?![门窗灯电空])|了起来|押)|上了?锁|不(让|许|准|给).{0,6}(出门|出来|出屋|见人|出去)|小黑屋"
        ),
    ),
    (
        "hidden",
        re.compile(
            r"藏(着|在|起来).{0,8}(人|女|妇|孩|娃)|(人|女|妇|孩|娃).{0,6}藏(着|在|起来)|不让(人|别人|外人)(看见|看到|进屋|见)"
        ),
    ),
    (
        "shed",
        re.compile(
            r"(住|睡|养|吃住|关|待|蹲)(在|进|着|到).{0,6}(猪圈|羊圈|牛圈|牛棚|狗窝|羊棚|猪棚|柴房|柴棚|地窖|窝棚|破棚|棚子|磨房)"
        ),
    ),
    (
        "exposed",
        re.compile(
            r"衣不(蔽|遮)体|(裹|披)着?.{0,4}(被子?|床单|麻袋).{0,8}(走|跑|游荡|外|路|村口|乱|雨|雪)|(大冬天|冬天|雪地|零下).{0,8}(光着?脚|赤脚|单衣|没穿)"
        ),
    ),
)
# Where a door locked from outside has somebody behind it, the door is no excuse.
_BEHIND_DOOR = re.compile(
    r"(里面|屋里|屋内|院里|房里).{0,4}(有人|人|哭|喊|叫|声|女|孩|老)|哭(喊|声|叫)|喊救命|呼救|求救|敲(门|墙|窗)声|从[没未]见.{0,5}(女|人|她|孩|老).{0,4}(出来|露面)"
)

# Told without a word of restraint: an opening closed from outside and somebody behind it; somebody said to be away and
# fed in a back room; work without pay by people who cannot leave or speak up. Each needs both halves in one sentence.
_CLOSED = re.compile(
    r"(门|窗|屋|房|棚|院|洞).{0,10}(从?外(面|头|边)?.{0,4}[插闩别顶堵钉拧挂扣缠锁]|(铁丝|铁条|铁皮|木板|砖|水泥).{0,4}[拧钉砌封堵缠])"
    r"|从外(面|头|边)?[插闩别顶堵钉拧扣缠锁]|[用拿](铁丝|铁条|铁皮|木板|砖|水泥).{0,6}(门|窗)|(砖|水泥|木板|铁皮).{0,4}[砌封堵钉](死|了|上|住|起|一半)"
)
_INSIDE = re.compile(
    r"里(面|头|边|屋)?的?.{0,6}(人|咳|哭|喊|叫|呻吟|声|动静)|[敲拍砸捶](墙|门|窗)|(饭|水|馍|馒头|吃的).{0,8}[递送塞端]|[递送塞端].{0,4}(饭|水|馍|馒头|吃的)"
    r"|(不|没)(见|有)?.{0,5}(出来|出屋|晒太阳|露面|见光|见天日)"
)
_SAID_AWAY = re.compile(
    r"(说|讲|称).{0,8}(走亲戚|回娘家|出门|打工|外出|没人住|没有人住|不在家|搬走|走了|跑了)"
)
_FED = re.compile(
    r"(间|里屋|偏房|偏屋|后院|后屋|柴房|地窖|灶|阁楼|杂物房|洞|缝|窗).{0,8}[端送递塞].{0,4}(饭|水|馍|吃)|[端送递塞].{0,4}(饭|水|馍|吃的?).{0,4}(进|到).{0,6}(偏|后|柴|地窖|阁楼|杂物|洞|缝|窗)|[敲拍捶]墙"
)
_NO_PAY = re.compile(
    r"(不|没|未).{0,4}[发给付拿领开结]过?(他们|她们|他|她)?.{0,2}(工钱|工资|钱)|白干活|(干活|做工)不给钱"
)
_HELD_AT_WORK = re.compile(
    r"脑子|智力|智障|傻|哑|聋|不(会|敢|能)?说话|说不清|(不|没)(让|许|准|得|能)(走|出|离|回)|(身份证|手机).{0,4}[收扣拿]|打骂|挨打|有人(看|守)着"
)
_AT_WORK = re.compile(r"窑|砖|厂|工地|工棚|作坊|干活|做工|煤|矿|采石|船上|种植园|养殖场")
_EMPTY = re.compile(r"(没|无)(有)?人|空(屋|房|置)|准备拆|拆迁|装修|施工")


def _told_in_other_words(sentence: str) -> Sign | None:
    """Return the sign of a sentence that names no lock and no chain, when both its halves are there."""
    if _STORY.search(sentence) or _GATE.search(sentence) or _SAFETY.search(sentence):
        return None
    unfree = _NO_PAY.search(sentence) or _CLOSED.search(sentence)
    if unfree and _HELD_AT_WORK.search(sentence) and _AT_WORK.search(sentence):
        return "bonded"
    if _SAID_AWAY.search(sentence) and _FED.search(sentence):
        return "hidden"
    emptied = _EMPTY.sub("", _SAID_AWAY.sub("", sentence))
    animals = _ANIMAL.search(_ANIMAL_PLACE.sub("", emptied)) and not _people_in(emptied)
    return "shut" if _CLOSED.search(emptied) and _INSIDE.search(emptied) and not animals else None


_TAKEN = re.compile(r"把(.{1,10}?)(反?锁|用?.{0,4}绑|[拴栓捆关铐])")
_ANIMAL_OBJECT = re.compile(
    r"[狗犬羊牛猪鸡鸭鹅驴马骡猫兔](被|都|也|就|给|常年|一直)?(用.{0,4})?[拴栓锁关绑捆]|[拴栓锁关绑捆养](着|住|了|在)?.{0,4}[狗犬羊牛猪鸡鸭鹅驴马骡猫兔]"
)
_PLACE = re.compile(
    r"(在|进|到).{0,6}(院子?里?|车库|车里|箱子?|柜子?|仓库|门后|树上|树下|窗[上下]?|床[上下]?|屋|房|窖|棚)"
)
_FORM = re.compile(r"(有|无|没有|未|1)?关锁(情况|现象|史)?(无|否|没有|1|正常)?|有无关锁.*|是否关锁.*")
_FORBIDDING = re.compile(r"不(让|许|准|给)")

STEMS = "锁|链|铐|拴|栓|绑|捆|镣|囚|禁|关|藏|不让|不许|不准|不给|圈|棚|窝|窖|柴房|磨房|小黑屋|蔽体|遮体|裹|披|光脚|光着脚|赤脚|单衣|没穿|砌|封|堵|钉|闩|插|别|顶|拧|扣|缠|墙|饭|水|吃|馍|工钱|工资|钱|挂|铁丝|铁条|铁皮|木板|砖|白干|鎖|鏈|綁|關"
"""Any text with a sign holds one of these; a database may use them to look at few texts closely."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sign heard, and the words it was heard in."""

    sign: Sign
    words: str


def signs_in(text: str | None) -> list[Spoken]:
    """Return the signs of restraint or exposure in what somebody said, each once, with the words around it."""
    if not text:
        return []
    found: dict[Sign, Spoken] = {}
    for sentence in re.split(r"[。！？!?\n]", text.translate(_TRADITIONAL)):
        sentence = re.sub(r"[：:“”\"'（）()]", "", sentence)
        clauses = [part for part in re.split(r"[，,；;、\s]", sentence) if part]
        for number, clause in enumerate(clauses):
            around = "".join(clauses[max(0, number - 1) : number + 2])
            sign = _sign_of(clause, around, sentence)
            if sign:
                found.setdefault(sign, Spoken(sign, sentence.strip()[:80]))
        other = None if found else _told_in_other_words("".join(clauses))
        if other:
            found.setdefault(other, Spoken(other, sentence.strip()[:80]))
    return list(found.values())


def _sign_of(clause: str, around: str, sentence: str) -> Sign | None:
    """Return the sign in one clause, with its neighbours for who is meant."""
    if _STORY.search(around) or _GATE.search(around):
        return None
    plain = _FIGURE.sub("", clause)
    for sign, pattern in _SIGNS:
        match = pattern.search(plain)
        if match and not _is_explained(plain, match) and _is_about_person(sign, plain, around, sentence):
            return sign
    return None


def _is_explained(clause: str, match: re.Match[str]) -> bool:
    """Tell whether the clause denies the restraint, tells of its end, or speaks of something made for safety."""
    before = clause[: match.start()]
    denied = _NEGATION.search(before) and not _FORBIDDING.match(match[0])
    return bool(_SAFETY.search(clause) or denied or _RELEASED.search(clause) or _FORM.fullmatch(clause))


def _is_about_person(sign: Sign, clause: str, around: str, sentence: str) -> bool:
    """Tell whether a person is what is locked or tied: not an animal, not a door, not a thing put away."""
    if sign == "locked" and _BEHIND_DOOR.search(sentence):
        return True
    taken = _TAKEN.search(clause)
    if taken:
        return bool(_people_in(taken[1])) and not _THING.search(taken[1])
    if _ANIMAL_OBJECT.search(_ANIMAL_PLACE.sub("", clause)):
        return False
    if _ANIMAL.search(_ANIMAL_PLACE.sub("", clause)) or _THING.search(_without_places(clause)):
        return bool(_people_in(clause))
    return bool(_people_in(around)) or "关锁" in clause


def _people_in(text: str) -> list[str]:
    return re.findall(_PERSON, _NOT_A_PERSON.sub("", text))


def _without_places(clause: str) -> str:
    """Take out the places where a person may be kept, so that `locked in the yard` is not read as a locked yard."""
    return _PLACE.sub("", clause)
