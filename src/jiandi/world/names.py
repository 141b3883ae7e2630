"""Invented people's names: a hundred weighted surnames, given-name characters by sex and generation."""

from __future__ import annotations

from jiandi.world.calendar import parts
from jiandi.world.dice import Dice, Table, fading

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
COMPOUND = ("欧阳", "上官", "司马", "诸葛")
_SURNAME_TABLE = Table(
    [(char, 8.0 / (rank + 3)) for rank, char in enumerate(SURNAMES)] + [(name, 0.02) for name in COMPOUND]
)

_MEN = (
    "福德贵金根生财发旺荣华富祥庆有才兴长春明清玉山水土木林海文武学义仁礼信忠孝宝寿喜来成保全永远宗",
    "国建军卫民志强伟勇平华明东红兵新胜利文忠学德安荣成立永光辉海江山林生有根保全银金龙虎树春祥爱社",
    "伟强军勇杰涛超明磊鹏波刚辉斌峰俊飞宇亮健凯浩刘志海龙文东旭鑫建林晓小振洪永春雷冬阳帅坤威彬",
    "浩宇轩子博文俊杰涵睿泽梓豪嘉佳晨铭皓一天瑞思源昊然逸辰明哲宸翔航煜鑫琪奕霖乐诚皓旭家承恩佑",
)
_WOMEN = (
    "秀英桂兰珍玉梅芳凤素淑香翠菊月荣花金银巧云莲春彩霞惠贞爱美娥妹喜腊冬芝仙琴琼瑞果粉改换招来",
    "秀芳丽英红玲梅兰霞燕萍华敏桂珍淑凤春娟艳爱琴云荣小玉美香莲菊翠银平群素会彩利巧改花转先书社",
    "丽娟艳敏静燕霞芳玲婷红梅小晓娜莉萍慧琴雪倩文颖丹莹洁琳华云秀春海佳立亚娇媛蕾晶平利彩巧冬伟",
    "涵欣怡梓萱雨婷思佳诗子可琪语嘉妍雅静悦心依晨一诺瑶媛彤馨颖楠若曦紫艺甜乐宁希月果冉沐瑾",
)
_GIVEN = {(1, i): fading(chars) for i, chars in enumerate(_MEN)} | {
    (2, i): fading(chars) for i, chars in enumerate(_WOMEN)
}
_PET = Table([("小", 3.0), ("阿", 1.0), ("老", 1.0), ("大", 1.0), ("二", 1.5), ("三", 1.0)])
_NICKNAMES = (
    "哑巴",
    "老幺",
    "毛妮",
    "狗剩",
    "铁蛋",
    "二丫",
    "三妮",
    "黑娃",
    "小老",
    "石头",
    "外地嫂",
    "豆子",
)


def cohort(birth: int) -> int:
    """Return the naming generation of a birthday: before 1956, to 1976, to 1997, later."""
    year = parts(birth)[0]
    return 0 if year < 1956 else 1 if year < 1976 else 2 if year < 1997 else 3


def surname(dice: Dice) -> str:
    """Return a surname as common as it is."""
    return dice.from_table(_SURNAME_TABLE)


def given(dice: Dice, sex: int, birth: int, shared: str = "") -> str:
    """Return a given name of the sex and generation; `shared` is a generation character of brothers and sisters."""
    table = _GIVEN[(sex, cohort(birth))]
    if shared:
        return shared + dice.from_table(table)
    if dice.chance(0.16):
        return dice.from_table(table)
    return dice.from_table(table) + dice.from_table(table)


def full(dice: Dice, sex: int, birth: int, family: str = "") -> str:
    """Return a whole name."""
    return (family or surname(dice)) + given(dice, sex, birth)


def split(name: str) -> tuple[str, str]:
    """Return surname and given name."""
    cut = 2 if name[:2] in COMPOUND else 1
    return name[:cut], name[cut:]


def alias(dice: Dice, name: str) -> str:
    """Return what neighbours call someone: a pet form, a milk name, another given name with the same surname."""
    family, own = split(name)
    u = dice.u()
    if u < 0.35:
        return dice.from_table(_PET) + own[-1:]
    if u < 0.55:
        return dice.pick(_NICKNAMES)
    return family + dice.pick(_WOMEN[1]) + own[-1:]
