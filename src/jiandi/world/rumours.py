"""What the public tells: reports from villages, noise among them, and invented news in the shape of an export."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from jiandi.world.calendar import TODAY, iso
from jiandi.world.dice import Dice
from jiandi.world.geography import Geography, VillagePlace

MOST_REPORTS = 20
_NOISE = (
    "村口的桥栏杆坏了,请修一下。",
    "快递站周末不开门。",
    "谢谢网格员帮我奶奶办了卡。",
    "养老金什么时候发?",
    "广场舞声音太大。",
    "听说隔壁镇要修路,是真的吗?",
    "我家的果树被人砍了两棵。",
    "狗没拴绳,吓到孩子。",
)
_HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>请看 <a href=\"javascript:void(0)\">这里</a> '; DROP TABLE reports;--"
_NEWS = (
    ("明溪县启动冬季走访,逐户见人", "要闻", "县里召开会议,要求进屋入户、见到本人,不以电话代替。"),
    ("望溪镇开展留守儿童安全课", "民生", "志愿者为孩子们讲防溺水和自我保护,并登记想参加陪读的家庭。"),
    (
        "短视频里的“好爸爸”引发关注",
        "社会",
        "一段视频里父亲独自照顾三个孩子,网友问:孩子的母亲在哪里?记者将继续了解。",
    ),
    (
        "村民反映砖厂工棚住着不说话的工人",
        "社会",
        "多位村民称工人很少外出,是否签有合同、是否领到工钱,有关部门表示将核实。",
    ),
    ("县医院开通无身份证明人员绿色通道", "健康", "对说不清身份的就诊者先救治、再由公安和民政依法核实身份。"),
    ("婚姻登记档案补录工作进行中", "政务", "民政部门对早年手工档案逐份扫描,发现缺证件的将逐份核查。"),
    ("冬季送煤到户,老人说想有人说说话", "民生", "听泉镇干部在走访中记录了老人们的心愿。"),
)


class Rumours:
    """Collects reports while villages stream past and writes them with the news at the end."""

    def __init__(self, out: Path, places: Geography, seed: int) -> None:
        self.out, self.places = out, places
        self.dice = Dice(seed, -1, "rumours")
        self.reports: list[dict[str, Any]] = []

    def __enter__(self) -> Rumours:
        return self

    def listen(self, place: VillagePlace, reports: list[dict[str, Any]]) -> None:
        """Hear what a village tells; only the first reports are kept, as a county has so many ears."""
        self.reports += reports[: max(0, MOST_REPORTS - 9 - len(self.reports))]
        if len(self.reports) < MOST_REPORTS and self.dice.chance(0.3):
            self.reports.append(_report(place.code, self.dice.pick(_NOISE), self.dice))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        if kind is None:
            self._write()

    def _write(self) -> None:
        code = self.places.villages[0].code
        while len(self.reports) < MOST_REPORTS - 2:
            self.reports.append(
                _report(self.dice.pick(self.places.villages).code, self.dice.pick(_NOISE), self.dice)
            )
        self.reports.append(dict(self.reports[0]))
        self.reports.append(_report(code, _HOSTILE, self.dice))
        ordered = sorted(self.reports, key=lambda report: report["received_on"])
        with (self.out / "reports.jsonl").open("w", encoding="utf-8") as file:
            for report in ordered:
                line = report | {"received_on": iso(report["received_on"])}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        _write_news(self.out / "feeds", self.places)


def _report(code: str, body: str, dice: Dice) -> dict[str, Any]:
    return {
        "received_on": TODAY - dice.whole(1, 25),
        "place_code": code,
        "body": body,
        "about_name": "",
        "danger": False,
    }


def _rfc(day: int) -> str:
    """Return a day as RSS writes it."""
    found = date.fromordinal(day)
    return format_datetime(datetime.combine(found, time(9, 30), timezone(timedelta(hours=8))))


def _write_news(folder: Path, places: Geography) -> None:
    """Write the posts as Markdown with front matter and an HTML body, and the newest as RSS."""
    folder.mkdir(parents=True, exist_ok=True)
    village = places.villages[len(places.villages) // 2]
    items = []
    for n, (title, category, body) in enumerate(_NEWS):
        on = iso(TODAY - 40 + 5 * n)
        html = f"<p>{body}</p>\n<p>(本报记者 白川)地点:{village.county}{village.town}</p>\n"
        front = f'---\ntitle: "{title}"\ncategories:\n  - {category}\ndate: {on} 09:30:00 +0800\nauthor: 明溪日报(虚构)\n---\n'
        (folder / f"{on}-news-{n + 1:02d}.md").write_text(front + html, encoding="utf-8")
        items.append(
            f"<item><title>{title}</title><link>https://news.example/{n + 1}</link><guid>mingxi-{n + 1}</guid>"
            f"<pubDate>{_rfc(TODAY - 40 + 5 * n)}</pubDate><description><![CDATA[{html}]]></description></item>"
        )
    rss = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>明溪日报(虚构)</title>'
        f"<link>https://news.example/</link><description>虚构的新闻</description>{''.join(items[-4:])}</channel></rss>\n"
    )
    (folder / "mingxi.xml").write_text(rss, encoding="utf-8")
