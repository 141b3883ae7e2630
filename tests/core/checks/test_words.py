"""What counts as a sign of restraint in what people say, and what only sounds like it."""

from __future__ import annotations

import pytest

from jiandi.core.checks.words import STEMS, signs_in

SIGNS = """
邻居家媳妇被铁链锁在猪圈旁的棚屋里
看见一个女人脖子上拴着铁链
她被关在柴房，不让出门
老人被反锁在屋里，每天只送一顿饭
门从外面锁着，里面有女人哭
有个疯女人，裹着被子在村口走，大冬天
儿子把他爹绑在床上
精神病人常年拴在树下
家属否认关锁患者
患者被关锁
关锁情况：有
孩子被锁在家里一整天，没人管
像狗一样拴着那个女人
把媳妇跟狗拴在一起
用绳子捆住老太太的手
不许那个女的见人，也不许出门
院门常年反锁，从没见过他家女人出来
那家把人藏在地窖里
老人住在牛棚里，没有被子
听到后院屋里有人哭喊，窗户钉死，门上锁
被锁在屋里的妇女
他说没有锁人，可是我看见她脚上有链子
有人被鐵鏈鎖著
东屋的门拿铁丝缠死了，里头老有咳嗽声
窗户让人用砖堵上，馒头从缝里塞进去
地窖口压着石板，门从外头闩着，半夜有人拍门
他说媳妇跑了，可是后院偏房天天送饭进去
小屋木板钉死，里面的人好几个月没露面
采石场那几个哑巴干了两年活，没给过工钱
作坊里的小工脑子不灵光，身份证被收走，老板不发工资
工棚里做活的不敢说话，夜里门从外面锁
门从外面挂着，里面老有人咳嗽
用铁条别住的门里有人哭
用木板把窗户弄得死死的，里面有人哭
他们在窑上白干活，都不会说话
""".strip().splitlines()

LOOK_ALIKES = """
门口拴着一条狗
家里没人，大门锁着
猪圈里养了三头猪
老人在羊圈旁喂羊
未发现关锁
没有被锁
无关锁
老人没有被关在屋里
家里装了儿童安全门，孩子关在里面玩
村里的牛拴在树下，老人在旁边放牛
狗用铁链拴着，老人一个人住
牛拴在老人屋后
电动车被锁在楼道里
手机锁屏打不开
关锁情况：无
关锁已解除
忘带钥匙，老人被锁在门外
鸡关在笼子里
村干部把公章锁在柜子里
他把农具锁在仓库里
她把孩子的自行车锁在楼下
他家的狗被拴在院里咬人
老人出门了，门锁着
院门锁着，邻居说老人去女儿家了
敲门没人应，门反锁
关心老人生活，关系和睦
电视剧里有个女人被锁着
有无关锁：无
孩子胳膊绑着绷带
道路封锁，老人出行不便
没有发现有人被锁
家里养了两只羊，关在羊圈里
关节疼，下雨天不出门
老人关着门睡觉
孩子关在房间里写作业
羊关在圈里，大娘每天去喂
老屋窗户用砖封了，没人住，请问能不能拆
猪圈门从外面顶着，里面的猪叫得厉害
儿子说出门打工了，奶奶天天给孙子端饭
工地拖欠工资，工人要求马上发钱
公司没发工资，大家去劳动局反映
食堂阿姨从窗口递饭给学生
窗户用木板钉上防台风，屋里东西都搬走了
邻居装修敲墙太吵，白天没人管
他说搬走了，房子空着
冬天窗缝漏风，老人咳嗽，请帮忙修
不让孩子下水库游泳，家里送饭到学校
""".strip().splitlines()


@pytest.mark.parametrize("said", SIGNS)
def test_it_hears_a_sign(said):
    assert signs_in(said)


@pytest.mark.parametrize("said", LOOK_ALIKES)
def test_it_leaves_a_look_alike_alone(said):
    assert signs_in(said) == []


@pytest.mark.parametrize("said", SIGNS)
def test_every_sign_holds_a_stem_the_database_looks_for(said):
    assert any(stem in said for stem in STEMS.split("|"))


def test_it_hears_nothing_in_silence():
    assert signs_in(None) == [] and signs_in("") == []


def test_it_quotes_the_sentence_it_heard_it_in():
    (spoken,) = signs_in("天气很好。有个女人被锁在屋里，没人管。")

    assert spoken.sign == "locked" and spoken.words == "有个女人被锁在屋里，没人管"
