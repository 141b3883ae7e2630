"""The certificate as a PDF of A4 pages: what the page says, set by typst; data goes in as data and never as markup."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import segno
from django.utils import timezone

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.language import reader
from jiandi.rooms.access.models import Installation
from jiandi.rooms.assurance import checking, fonts, queries
from jiandi.rooms.assurance import words_paper as words
from jiandi.rooms.assurance.models import Certificate

try:
    import typst
except ImportError:  # the extra `pdf` is not installed; the page still prints
    typst = None  # type: ignore[assignment]  # asked for below

TEMPLATE = Path(__file__).with_name("certificate.typ")
_PIECE = 32  # characters of a fingerprint after which a line may break


def qr_svg(content: str) -> bytes:
    """Return a QR code as a picture."""
    out = io.BytesIO()
    segno.make(content, error="m").save(
        out, kind="svg", scale=3, border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    return out.getvalue()


def certificate_pdf(certificate: Certificate, *, qr: str) -> bytes:
    """Return the certificate as a PDF in the reader's language; refuses, saying what to install, where something is missing.

    The same certificate gives the same bytes, in the same language and with the same font.
    """
    font = fonts.chinese_font()
    if typst is None:
        raise Refused("assurance.no_typst", words.NO_TYPST)
    if font is None:
        raise Refused("assurance.no_font", words.NO_FONT)
    known = typst.Fonts(False, True, [str(font.parent)])
    families = [one.family for one in known.fonts() if one.path == str(font)]
    if not families:
        raise Refused("assurance.no_font", words.NO_FONT)
    data = sheet(certificate, qr=qr) | {"font": families[0]}
    compiler = typst.Compiler(TEMPLATE.read_bytes(), font_paths=known, sys_inputs={"data": json.dumps(data)})
    made = compiler.compile(format="pdf", timestamp=int(certificate.issued_at.timestamp()))
    assert isinstance(made, bytes)  # one document, not a list of pages
    return made


def sheet(certificate: Certificate, *, qr: str) -> dict[str, Any]:
    """Return everything the certificate says, in the reader's language, as the template takes it: words, never markup."""
    language, draw = reader(), certificate.draw
    place, stands = draw.campaign.place, checking.standing(certificate)
    return {
        "lang": language,
        "demo": _say(words.DEMO) if Installation.objects.filter(pk=1, is_demo=True).exists() else "",
        "title": _say(words.TITLE),
        "subtitle": " · ".join(
            (
                place.full_name,
                _half(draw.campaign, "title"),
                f"{timezone.localtime(certificate.issued_at):%Y-%m-%d %H:%M}",
                _say(words.NUMBER.filled(n=certificate.pk)),
            )
        ),
        "footer": f"{place.full_name} · {_say(words.TITLE)} {_say(words.NUMBER.filled(n=certificate.pk))}",
        "notice": "" if stands.name == "valid" else _say(stands.text),
        "paragraphs": [_half(certificate, "sentence"), _half(certificate, "not_covered")],
        "facts": _figures(certificate),
        "sections": list(_sections(certificate)),
        "boxes": [_say(words.INSPECTORS), _say(words.OVERSIGHT)],
        "qr": list(qr_svg(qr)),
        "qr_note": _say(words.QR_NOTE),
    }


def _say(text: Text) -> str:
    return text.say(reader())


def _half(thing: Any, name: str) -> str:
    """The half of something in two languages that the reader reads."""
    key = f"{name}_{reader()}"
    return str(thing[key] if isinstance(thing, dict) else getattr(thing, key))


def _number(value: float) -> str:
    return f"{value:,.1f}" if value != int(value) else f"{int(value):,}"


def _fact(name: Text, value: object, *, mono: bool = False) -> dict[str, Any]:
    said = value.say(reader()) if isinstance(value, Text) else str(value)
    pieces = [said[start : start + _PIECE] for start in range(0, len(said), _PIECE)]
    return {"name": _say(name), "value": "\u200b".join(pieces) if mono else said, "mono": mono}


def _figures(certificate: Certificate) -> list[dict[str, Any]]:
    looks = [
        _say(words.LOOK.filled(k=k, n=n, a=a))
        + (f" · {_say(words.STOPPED)}" if k == certificate.look else "")
        for k, (n, a) in enumerate(certificate.draw.plan, start=1)
    ]
    best = words.IF_TRUE.filled(v=_number(certificate.bound_without_unresolved_per_10000))
    most = f"{_number(certificate.bound_per_10000)} ({_say(best)})"
    return [
        _fact(words.REVISITED, _number(certificate.sampled)),
        _fact(words.FALSE, certificate.false_found),
        _fact(words.UNRESOLVED, certificate.unresolved),
        _fact(words.EXCUSED, certificate.excused),
        _fact(words.MOST, most),
        _fact(words.PLAN, "\n".join(looks)),
    ]


def _section(title: Text, **parts: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"paragraphs": [], "items": [], "columns": [], "rows": [], "facts": []}
    return {"title": _say(title), **empty, **parts}


def _sections(certificate: Certificate) -> Iterable[dict[str, Any]]:
    if certificate.detection:
        yield _section(words.OVERLOOKED, paragraphs=[_half(certificate.detection, "text")])
    if certificate.streams:
        yield _section(words.TARGETED, paragraphs=[_half(certificate.streams, "text")])
    yield _section(words.RESTS_ON, items=[_say(one) for one in words.PREMISES])
    lines = queries.village_lines(certificate)
    if lines:
        yield _section(
            words.VILLAGES,
            paragraphs=[_say(words.VILLAGES_HINT)],
            columns=[_say(one) for one in words.VILLAGE_COLUMNS],
            rows=[
                [
                    line.name,
                    _number(line.claims),
                    str(line.sampled),
                    str(line.false),
                    f"{_number(line.most_percent)}%",
                ]
                for line in lines
            ],
        )
    yield _section(words.CHECK, facts=list(_fingerprints(certificate)))


def _fingerprints(certificate: Certificate) -> Iterable[dict[str, Any]]:
    draw = certificate.draw
    throws = draw.throws.select_related("officer__unit").order_by("pk")
    thrown = " · ".join(f"{one.officer.name} ({one.officer.unit.name})" for one in throws)
    yield _fact(words.FRAME_ROOT, draw.frame_root, mono=True)
    yield _fact(words.SEED, draw.seed_revealed or "—", mono=True)
    yield _fact(words.THROWN_BY, thrown or "—")
    if certificate.log_root:
        yield _fact(words.LOG, f"{certificate.log_size} · {certificate.log_root}", mono=True)
    else:
        yield _fact(words.LOG, words.NOT_SIGNED)
