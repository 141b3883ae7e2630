"""The stages of the main job, in order."""

from jiandi.commands import casework, mainjob
from jiandi.commands.mainjob import Stage
from jiandi.core.values import Text

STAGES: tuple[Stage, ...] = (
    Stage("world", Text(zh="虚构县及其真相", en="An invented county"), mainjob.make_world),
    Stage("set_up", Text(zh="区划、门牌、人员", en="Places, doors, officers"), mainjob.set_up),
    Stage("deliver", Text(zh="接收各部门名册", en="Departments' rosters"), mainjob.deliver),
    Stage("link", Text(zh="比对归并到人", en="Link to people"), mainjob.link),
    Stage("plan", Text(zh="排走访", en="Plan the doors"), mainjob.plan),
    Stage("check_lists", Text(zh="名册交叉核对", en="Cross-checks of the lists"), mainjob.check_lists),
    Stage("visit", Text(zh="走访", en="Visits"), mainjob.visit),
    Stage(
        "know_again", Text(zh="走访发现的人与名册比对", en="People found, on the rosters"), mainjob.know_again
    ),
    Stage("listen", Text(zh="线索与报道", en="Reports and news"), mainjob.listen),
    Stage("check", Text(zh="交叉核对", en="Cross-checks"), mainjob.check),
    Stage("casework", Text(zh="个案办理", en="Cases"), casework.work_cases),
    Stage("assure", Text(zh="抽查与凭证", en="Re-visits, certificate"), mainjob.assure),
    Stage("account", Text(zh="四类问题与承诺", en="Faults and commitments"), mainjob.account),
    Stage("tell", Text(zh="通报", en="Bulletin"), mainjob.tell),
)
