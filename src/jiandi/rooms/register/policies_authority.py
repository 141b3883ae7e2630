"""What a written permission to compare rosters allows, and what must be true of one: each refusal a sentence."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from jiandi.core.papers import kind_of_paper
from jiandi.core.values import Refused, Text
from jiandi.rooms.register.models_authority import Authorisation

MOST_BYTES = 20 * 1024 * 1024  # a scan of ten pages in colour
KINDS_ACCEPTED = Text(zh="PDF、JPG 或 PNG", en="PDF, JPG or PNG")


def check_authorisation(authorisation: Authorisation, at: datetime) -> None:
    """Linkage runs under a written authorisation in force (Network Data Security Regulations, arts 15-17)."""
    if authorisation.revoked_at is not None and authorisation.revoked_by is not None:
        on, who = timezone.localdate(authorisation.revoked_at), authorisation.revoked_by.name
        raise Refused(
            "register.authorisation_revoked",
            Text(
                zh=f"授权书{authorisation.number}已由{who}于{on}提前终止(理由:{authorisation.revoked_reason}),不能再据此比对。请登记新的授权。",
                en=f"Authorisation {authorisation.number} was ended early by {who} on {on} (reason: {authorisation.revoked_reason}); nothing may be compared under it any more. Record a new one.",
            ),
        )
    if authorisation.state_on(timezone.localdate(at)) != "in_force":
        raise Refused(
            "register.authorisation_not_in_force",
            Text(
                zh=f"授权书{authorisation.number}的有效期是{authorisation.starts_on}至{authorisation.ends_on},今天不能用。请登记新的授权。",
                en=f"Authorisation {authorisation.number} holds from {authorisation.starts_on} to {authorisation.ends_on}, not today. Record a new one.",
            ),
        )


def check_period(starts_on: date, ends_on: date) -> None:
    """An authorisation ends after it begins, and within three years."""
    if not starts_on <= ends_on or (ends_on - starts_on).days > 3 * 366:
        raise Refused(
            "register.authorisation_period",
            Text(
                zh="授权的起止日期不对(最长三年)。",
                en="The authorisation's dates are wrong (three years at most).",
            ),
        )


def check_signer(*, issued_by: str, signed_by: str, signed_office: str) -> None:
    """A permission nobody answers for permits nothing."""
    if not all(word.strip() for word in (issued_by, signed_by, signed_office)):
        raise Refused(
            "register.signer_missing",
            Text(
                zh="请写明授权书由谁签发:单位、姓名、职务,三项都要有。",
                en="Say who signed the authorisation: unit, name and office, all three.",
            ),
        )


def check_paper(content: bytes) -> str:
    """Return the kind of a signed document; it is a whole PDF or picture of a size that can be kept."""
    if not content:
        raise Refused(
            "register.document_empty",
            Text(
                zh="授权书文件是空的。请重新扫描或拍照后再附上。",
                en="The signed document is empty. Scan or photograph it again and attach that.",
            ),
        )
    check_paper_size(len(content))
    kind = kind_of_paper(content)
    if kind is None:
        raise Refused(
            "register.document_unreadable",
            Text(
                zh=f"授权书文件不是完整的{KINDS_ACCEPTED.zh}(按内容识别,与文件名无关)。请附上签字盖章后的扫描件或照片。",
                en=f"The signed document is no whole {KINDS_ACCEPTED.en} (told by its content, not its name). Attach a scan or photograph of the signed paper.",
            ),
        )
    return kind


def check_paper_size(size: int) -> None:
    """Too large a file is refused before it is read."""
    if size > MOST_BYTES:
        most, has = MOST_BYTES >> 20, -(-size >> 20)
        raise Refused(
            "register.document_too_large",
            Text(
                zh=f"授权书文件有{has} MB,最大{most} MB。请降低扫描精度后再附上。",
                en=f"The signed document has {has} MB; {most} MB at most. Scan it at a lower resolution and attach that.",
            ),
        )


def check_no_document(authorisation: Authorisation) -> None:
    """A signed document is attached once: what a run relied on is never exchanged afterwards."""
    if authorisation.document_sha256:
        raise Refused(
            "register.document_conflict",
            Text(
                zh=f"授权书{authorisation.number}已附有签字文件,不能更换。内容有变的,请终止这份授权并登记新的。",
                en=f"Authorisation {authorisation.number} has its signed document already; it is never replaced. If its content changed, end this one and record a new one.",
            ),
        )


def check_revocable(authorisation: Authorisation, at: datetime) -> None:
    """Only what still permits, or will, can be ended early."""
    state = authorisation.state_on(timezone.localdate(at))
    if state == "revoked":
        raise Refused(
            "register.revocation_conflict",
            Text(
                zh=f"授权书{authorisation.number}已经终止过了。请刷新页面。",
                en=f"Authorisation {authorisation.number} was ended already. Reload the page.",
            ),
        )
    if state == "after":
        raise Refused(
            "register.authorisation_over",
            Text(
                zh=f"授权书{authorisation.number}已于{authorisation.ends_on}到期,不用再终止。",
                en=f"Authorisation {authorisation.number} ran out on {authorisation.ends_on}; there is nothing to end.",
            ),
        )
