"""What anybody who holds a printed certificate may learn: whether it stands, and how to check it. Nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from django.utils import timezone

from jiandi.core.values import Text
from jiandi.rooms.access import journal
from jiandi.rooms.assurance.models import Certificate

CODE = 24  # hexadecimal digits of the fingerprint in the address: nobody guesses one, and a changed figure changes it
# Chosen from a list, so that no name and no suspicion gets onto a public page.
REASONS: dict[str, Text] = {
    "draw": Text(zh="抽样过程有误", en="the draw was not held as it should be"),
    "revisits": Text(zh="复核结果有误", en="re-visits were not what was written down"),
    "figures": Text(zh="数字有误", en="a figure is wrong"),
    "log": Text(zh="日志核对不符", en="the log does not agree"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a certificate stands: valid, superseded or withdrawn, in a sentence."""

    name: str
    text: Text


def binding_lines(certificate: Certificate) -> str:
    """Return a certificate's figures and every fingerprint, line by line."""
    draw = certificate.draw
    lines = (
        f"JIANDI CERTIFICATE {certificate.pk}",
        f"DRAW {draw.pk} LOOK {certificate.look} N {draw.frame_size} n {certificate.sampled}",
        f"FALSE {certificate.false_found} UNRESOLVED {certificate.unresolved} EXCUSED {certificate.excused}",
        f"AT MOST {certificate.bound_per_10000:g} PER 10000",
        f"FRAME {draw.frame_root}",
        f"SEED {draw.seed_commitment}",
        f"LOG {certificate.log_size} {certificate.log_root}",
    )
    return "\n".join(lines)


def code_of(certificate: Certificate) -> str:
    """Return the code in a certificate's public address, made from every figure and fingerprint it prints."""
    return hashlib.sha256(binding_lines(certificate).encode()).hexdigest()[:CODE]


def qr_content(certificate: Certificate, address: str) -> str:
    """Return what the QR code holds: the address, and after it what a browser never sends, the figures and fingerprints."""
    pairs = [line.replace(" ", "=", 1).replace(" ", ".") for line in binding_lines(certificate).split("\n")]
    return f"{address}#{';'.join(pairs)}"


def by_code(certificate_id: int, code: str) -> Certificate | None:
    """Return a certificate by number and code; a wrong code is answered like a number that does not exist."""
    found = Certificate.objects.select_related("draw__campaign__place").filter(pk=certificate_id).first()
    if found is None or not hmac.compare_digest(code_of(found), code):
        return None
    return found


def standing(certificate: Certificate) -> Standing:
    """Return whether a certificate stands."""
    if certificate.withdrawn_at is not None:
        why = REASONS.get(certificate.withdrawn_why, Text(zh="", en=""))
        day = timezone.localdate(certificate.withdrawn_at)
        said = Text(
            zh=f"已于{day}撤回:{why.zh}。不得再引用。",
            en=f"Withdrawn on {day}: {why.en}. It must not be cited.",
        )
        return Standing("withdrawn", said)
    later = Certificate.objects.filter(
        draw__campaign__place=certificate.draw.campaign.place_id,
        issued_at__gt=certificate.issued_at,
        withdrawn_at__isnull=True,
    ).order_by("issued_at")
    newest = later.first()
    if newest is not None:
        day = timezone.localdate(newest.issued_at)
        return Standing(
            "superseded",
            Text(
                zh=f"此地{day}已出具更新的凭证。本凭证只说明它自己那一轮。",
                en=f"A later certificate was issued for this place on {day}. This one speaks of its own round only.",
            ),
        )
    return Standing("valid", Text(zh="有效。", en="Valid."))


def log_key() -> str:
    """Return the public key of the log, as it is printed."""
    return base64.b64encode(journal.public_key()).decode()
