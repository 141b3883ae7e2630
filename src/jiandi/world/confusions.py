"""How clerks get names wrong: the world's own tables of same-sounding and look-alike characters."""

from __future__ import annotations

from jiandi.world import names
from jiandi.world.dice import Dice

_SAME_SOUND = (
    "英瑛莺 霞侠遐 杨扬阳 华花 芳方 丽莉利俐 红洪宏虹 军君均钧 健建剑 平萍苹 伟玮炜 明铭鸣 玉育裕 秀绣 兰岚蓝 梅玫枚 "
    "珍真贞 志智治 文雯闻 辉晖徽 娟涓 燕艳雁 俊峻骏 龙隆 张章 王汪 李黎里 周州 徐许 吴伍武 何和荷 林琳霖 罗骆 江姜 "
    "凤奉 淑舒书 香湘乡 春椿 桂贵 金今锦 银寅 德得 福富付 荣蓉容 祥翔详 庆清青 兴星 学雪 义艺怡 仁任 礼理 忠中钟 孝晓 "
    "宝保 喜西熙 成诚城程 永勇 国果 卫未 民敏 强墙 新欣心 胜盛圣 光广 海孩 树书 爱艾 社舍 玲铃灵 琴勤秦 云芸 小晓 "
    "静敬婧 婷亭 娜那 慧惠会 倩茜 颖影 丹单 莹盈营 洁杰捷 媛圆源 浩皓昊 宇雨羽 轩宣 子紫梓 博勃 涵函晗 睿瑞 泽则 嘉佳家 "
    "晨辰宸 天添 思斯 然燃 逸奕艺 哲喆 航杭 乐悦月 诗施 语雨 妍言研 瑶遥 彤桐 馨鑫 楠南 依伊 侯候 曾增 肖萧 付傅 闫阎"
)
_LOOK_ALIKE = (
    "杨扬 王玉 李季 陈阵 吕昌 侯候 佳桂 芬芳 梅海 兰三 英央 贵责 春舂 秀季 霞露 珍诊 淑椒 莲连 凤风 芝乏 娥峨 "
    "根银 财材 发友 旺汪 祥样 兴光 永水 未末 土士 己已 仁任 孝考 寿春 来米 全金 宗宋 建健 卫节 志忘 勇男 平半 "
    "辉挥 林休 龙尤 树村 爱受 波披 刚钢 斌武 峰锋 飞气 亮高 浩洁 鑫金 博搏 俊后 杰木 泽译 豪毫 晨晟 铭名 皓浩 辰晨 "
    "昊吴 哲誓 翔祥 航肮 家冢 欣欧 怡恰 萱宣 婷停 诗持 琪淇 语悟 妍研 雅难 悦阅 瑶摇 彤形 颖颍 曦羲 艺亿 余佘 段叚 邱丘"
)
_OLD_FORMS = (
    "张張 刘劉 陈陳 杨楊 黄黃 赵趙 吴吳 孙孫 马馬 罗羅 郑鄭 谢謝 许許 韩韓 冯馮 邓鄧 肖蕭 叶葉 苏蘇 吕呂 卢盧 钟鐘 谭譚 "
    "陆陸 贾賈 韦韋 邹鄒 闫閻 龙龍 贺賀 顾顧 龚龔 万萬 钱錢 严嚴 兰蘭 华華 丽麗 凤鳳 云雲 爱愛 国國 军軍 东東 强強 "
    "贵貴 财財 发發 荣榮 庆慶 兴興 宝寶 寿壽 来來 学學 义義 礼禮 树樹 莲蓮 银銀 贞貞 红紅 玲玲 艳艷 娟娟 静靜 刚剛 飞飛"
)


def _neighbours(groups: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for group in groups.split():
        for char in group:
            found[char] = found.get(char, "") + "".join(other for other in group if other != char)
    return {char: others for char, others in found.items() if others}


SAME_SOUND = _neighbours(_SAME_SOUND)
LOOK_ALIKE = _neighbours(_LOOK_ALIKE)
OLD_FORMS = _neighbours(_OLD_FORMS)


def _swap(dice: Dice, name: str, table: dict[str, str]) -> str:
    places = [i for i, char in enumerate(name) if char in table]
    if not places:
        return name
    at = places[-1] if dice.chance(0.7) else dice.pick(places)
    return name[:at] + dice.pick(table[name[at]]) + name[at + 1 :]


def same_sound(dice: Dice, name: str) -> str:
    """Write a character that sounds the same."""
    return _swap(dice, name, SAME_SOUND)


def look_alike(dice: Dice, name: str) -> str:
    """Write a character that looks nearly the same."""
    return _swap(dice, name, LOOK_ALIKE)


def old_form(dice: Dice, name: str) -> str:
    """Write a character in its traditional form."""
    return _swap(dice, name, OLD_FORMS)


def shortened(dice: Dice, name: str) -> str:
    """Leave out one character of the given name."""
    family, own = names.split(name)
    return family + dice.pick(own) if len(own) > 1 else name


def spaced(dice: Dice, name: str) -> str:
    """Put a blank inside, as when two-character names are spread to line up."""
    return name[0] + dice.pick((" ", "　", "  ")) + name[1:]


def unreadable(dice: Dice, name: str) -> str:
    """Lose a rare character in a change of encoding."""
    return name[:-1] + "?" if len(name) > 1 else name


def misread(dice: Dice, name: str, kind: str) -> str:
    """Return the name as written by a clerk who makes one kind of mistake."""
    if kind == "alias":
        return names.alias(dice, name)
    return _WAYS[kind](dice, name)


_WAYS = {
    "same_sound": same_sound,
    "look_alike": look_alike,
    "old_form": old_form,
    "shortened": shortened,
    "spaced": spaced,
    "unreadable": unreadable,
}
