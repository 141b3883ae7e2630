"""What the state of a round allows, apart from who may: each refusal a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import F
from django.db.models.expressions import Combinable

from jiandi.core.forms.audit import FILE_NAME, LARGEST_LOG
from jiandi.core.forms.photos import read_photo
from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Officer
from jiandi.rooms.places.models import Dwelling
from jiandi.rooms.register.models import Household, Person
from jiandi.rooms.screening.models import Campaign, Expected, Visit
from jiandi.rooms.screening.sorting import Reading
from jiandi.rooms.screening.states import CHANNELS, EXCUSES, OUTCOME, PRETEXTS, PURPOSES

MOST_PHOTOS, LARGEST_PHOTO = 5, 6 << 20
Subject = Person | Household | Dwelling


def check_channel(channel: str) -> None:
    """A submission came in one of the four known ways."""
    if channel not in CHANNELS:
        raise Refused(
            "screening.channel",
            Text(
                zh=f"来源“{channel}”不认识。可用:{'、'.join(CHANNELS)}。",
                en=f'The channel "{channel}" is not known: {", ".join(CHANNELS)}.',
            ),
        )


def check_photo_sizes(sizes: Sequence[tuple[str, int]]) -> None:
    """Photographs are few and not too large; asked before they are read."""
    if len(sizes) > MOST_PHOTOS:
        raise Refused(
            "screening.photos_many",
            Text(
                zh=f"一次走访最多附{MOST_PHOTOS}张照片,这里有{len(sizes)}张。请选最说明情况的几张。",
                en=f"A visit takes at most {MOST_PHOTOS} photos; here are {len(sizes)}. Choose those that show most.",
            ),
        )
    for name, size in sizes:
        if size > LARGEST_PHOTO:
            raise Refused(
                "screening.photo_large",
                Text(
                    zh=f"照片“{name[-40:]}”超过{LARGEST_PHOTO >> 20} MB。请用较小的尺寸重拍,或先压缩。",
                    en=f'The photo "{name[-40:]}" is larger than {LARGEST_PHOTO >> 20} MB. Take it at a smaller size, or shrink it first.',
                ),
            )


def is_log(name: str) -> bool:
    """Answer whether a file is the form's own log: ODK clients give it one name."""
    return name.lower() == FILE_NAME


def check_attachments(attachments: Sequence[tuple[str, bytes]]) -> None:
    """What comes with a visit is photographs and at most one log of how the form was filled in."""
    logs = [content for name, content in attachments if is_log(name)]
    if len(logs) > 1 or any(len(content) > LARGEST_LOG for content in logs):
        raise Refused(
            "screening.log_size",
            Text(
                zh=f"一次走访只带一份填表记录({FILE_NAME}),不超过{LARGEST_LOG >> 20} MB。请从手机原样提交。",
                en=f"A visit brings one log of its form ({FILE_NAME}), of {LARGEST_LOG >> 20} MB at most. Send the telephone's own file.",
            ),
        )
    check_photos([one for one in attachments if not is_log(one[0])])


def check_photos(attachments: Sequence[tuple[str, bytes]]) -> None:
    """These are photographs; a file name proves nothing."""
    check_photo_sizes([(name, len(content)) for name, content in attachments])
    for name, content in attachments:
        if read_photo(content) is None:
            raise Refused(
                "screening.photo_kind",
                Text(
                    zh=f"“{name[-40:]}”不是完整的JPEG或PNG照片。请重新拍摄,或在手机上另存为JPEG。",
                    en=f'"{name[-40:]}" is not a whole JPEG or PNG photo. Take it again, or save it as JPEG on the telephone.',
                ),
            )


def check_dates(title: Text, reference_on: date, starts_on: date, ends_on: date) -> None:
    """A round has a name in both languages, ends after it starts, and counts people as of a day before it ends."""
    if not title.zh.strip() or not title.en.strip():
        raise Refused(
            "screening.title",
            Text(zh="请填写中英文名称。", en="Give the round a name in Chinese and in English."),
        )
    if ends_on < starts_on:
        raise Refused(
            "screening.dates",
            Text(
                zh=f"结束日期{ends_on}早于开始日期{starts_on},请改正。",
                en=f"It ends on {ends_on}, before it starts on {starts_on}. Correct one of them.",
            ),
        )
    if reference_on > ends_on:
        raise Refused(
            "screening.dates",
            Text(
                zh=f"基准日{reference_on}晚于结束日期{ends_on}。基准日是清点人数的那一天,请改正。",
                en=f"The reference day {reference_on} is after the end {ends_on}. It is the day as of which people are counted; correct it.",
            ),
        )


def check_open(campaign: Campaign) -> None:
    """Nothing is planned into a round that is over."""
    if campaign.closed_at or campaign.certified_at:
        raise Refused(
            "screening.round_over",
            Text(
                zh="这一轮走访已经结束,不能再排任务。请新开一轮。",
                en="This round is over; open a new one to plan more visits.",
            ),
        )


def check_reason(reason: str) -> None:
    """A decision carries its reason, for whoever reads it in a year."""
    if len(reason.strip()) < 2:
        raise Refused("screening.reason", Text(zh="请写明理由。", en="Write down the reason."))


def check_decision(by: Officer, visit: Visit, reason: str) -> None:
    """A waiting visit is decided once, with a reason, by somebody other than the visitor."""
    check_reason(reason)
    if visit.state != Visit.State.QUARANTINED:
        raise Refused(
            "screening.decided_conflict",
            Text(
                zh="这份走访已经处理过了,请刷新页面。",
                en="This visit has been decided already; reload the page.",
            ),
        )
    if visit.worker_id == by.pk:
        raise Refused(
            "screening.own_visit",
            Text(
                zh="不能放行或搁置自己的走访,请交给其他督导人员。",
                en="You cannot decide about your own visit; pass it to another supervisor.",
            ),
        )


def check_release(by: Officer, visit: Visit, reading: Reading, reason: str) -> None:
    """A released visit has a door, a visitor with an account, and is the only one of its id that counts."""
    check_decision(by, visit, reason)
    if reading.door is None:
        raise Refused(
            "screening.unknown_task",
            Text(zh="请填上正确的任务编号后再放行。", en="Give the right task code to release this visit."),
        )
    if reading.worker is None:
        raise Refused(
            "screening.unknown_worker",
            Text(
                zh="走访人没有账号,不能放行。请由有账号的人重新走访。",
                en="The visitor has no account, so this cannot count. Have somebody with an account visit again.",
            ),
        )
    others = Visit.objects.filter(instance_id=visit.instance_id, state=Visit.State.APPLIED)
    if others.exists():
        raise Refused(
            "screening.changed_body",
            Text(
                zh="同一编号已有一份有效。请搁置这一份;如它才是对的,请走访人用新表单重报。",
                en="Another visit of this id already counts. Keep this one aside; if it is the right one, have the visitor send a fresh form.",
            ),
        )


def check_excuse(by: Officer, expected: Expected, reason: str) -> None:
    """Only a claim can be excused, for a listed reason, by somebody other than the person who claimed it."""
    if reason not in EXCUSES:
        listed_zh = "、".join(text.zh for text in EXCUSES.values())
        listed_en = "; ".join(text.en for text in EXCUSES.values())
        raise Refused(
            "screening.excuse",
            Text(
                zh=f"请从所列理由中选择:{listed_zh}。", en=f"Choose one of the listed reasons: {listed_en}."
            ),
        )
    if Expected.Outcome.EXCUSED not in OUTCOME[expected.outcome]:
        raise Refused(
            "screening.nothing_to_excuse",
            Text(
                zh="只有走访后称外出、不住此处、去世或未联系上的人才能准予说明;还没走访的请先走访。",
                en="Only somebody whom a visit found away, elsewhere, dead or unreachable can be excused; visit first.",
            ),
        )
    if expected.visit is not None and expected.visit.worker_id == by.pk:
        raise Refused(
            "screening.own_visit",
            Text(
                zh="不能为自己的走访准予说明,请交给同事。",
                en="You cannot excuse what you claimed yourself; pass it to a colleague.",
            ),
        )


def check_pretext(pretext: str) -> None:
    """The reason given at the door is one of those that are true of every visit."""
    if pretext not in PRETEXTS:
        raise Refused(
            "screening.pretext",
            Text(
                zh=f"入户事由只能从所列中选:{'、'.join(text.zh for text in PRETEXTS.values())}。",
                en=f"Choose one of the listed reasons for calling: {'; '.join(text.en for text in PRETEXTS.values())}.",
            ),
        )


def check_task(purpose: str, pretext: str, named: Sequence[Subject | None]) -> Subject:
    """A task is about a person, else a household, else a door, and its reason for calling is true."""
    check_pretext(pretext)
    if purpose not in PURPOSES or purpose == "round":
        raise Refused(
            "screening.purpose",
            Text(zh="补充走访的类别只能是复核或跟进。", en="An added visit is a re-visit or a follow-up."),
        )
    subject = next((subject for subject in named if subject is not None), None)
    if subject is None:
        raise Refused(
            "screening.no_subject",
            Text(zh="请指定一人、一户或一处房屋。", en="Name a person, a household or a door."),
        )
    return subject


def moved(was: str, now: str) -> dict[str, Combinable]:
    """Return how a village's counters move when one person's outcome changes."""
    return {was: F(was) - 1, now: F(now) + 1}


def check_certified(campaign: Campaign) -> None:
    """The night's listing is erased after the round is certified, not before: re-visits still need it."""
    if campaign.certified_at is None:
        raise Refused(
            "screening.not_certified",
            Text(
                zh="这一轮还没有签发凭证,名单仍需用于复核,不能清除。",
                en="This round has no certificate yet; re-visits still need the listing.",
            ),
        )
