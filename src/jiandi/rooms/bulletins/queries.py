"""What of the bulletins may be read, and the three shapes they are published in."""

from __future__ import annotations

from datetime import datetime
from html import escape

from django.db.models import QuerySet
from django.utils import timezone

from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import granting, is_within
from jiandi.rooms.bulletins.models import Bulletin
from jiandi.rooms.bulletins.states import PUBLIC


def bulletins(by: Officer, at: datetime) -> list[Bulletin]:
    """Return the bulletins of the officer's area, newest first; drafts too."""
    areas = granting(by, "bulletins.read_bulletin", at)
    listed = Bulletin.objects.select_related("place").order_by("-number")[:100]
    return [b for b in listed if any(is_within(area, b.place) or is_within(b.place, area) for area in areas)]


def published() -> QuerySet[Bulletin]:
    """Return what anybody may read."""
    return Bulletin.objects.filter(state__in=PUBLIC).select_related("place").order_by("-number")


def markdown(bulletin: Bulletin, language: str) -> str:
    """Return a bulletin as Markdown with YAML front matter, as news tools expect it."""
    is_english = language == "en"
    title = bulletin.title_en if is_english else bulletin.title_zh
    lines = [
        "---",
        f'title: "{title}"',
        f"number: {bulletin.number}",
        f"date: {timezone.localtime(bulletin.published_at).isoformat() if bulletin.published_at else ''}",
        f'place: "{bulletin.place.name}"',
        f"log_size: {bulletin.log_size or 0}",
        f'log_root: "{bulletin.log_root}"',
        "---",
        "",
        f"# {title}",
        "",
    ]
    for claim in bulletin.claims.prefetch_related("corrections").order_by("order"):
        text = claim.text_en if is_english else claim.text_zh
        corrections = list(claim.corrections.all())
        lines += [f"~~{text}~~" if corrections else text, ""]
        for correction in corrections:
            word = "Correction" if is_english else "更正"
            lines += [f"> {word}: {correction.text_en if is_english else correction.text_zh}", ""]
    return "\n".join(lines)


def rss(address: str, language: str) -> str:
    """Return the feed of published bulletins (RSS 2.0); each item carries its log root."""
    items = []
    for bulletin in published().prefetch_related("claims")[:30]:
        title = bulletin.title_en if language == "en" else bulletin.title_zh
        claims = bulletin.claims.all()
        body = "".join(f"<p>{escape(c.text_en if language == 'en' else c.text_zh)}</p>" for c in claims)
        root = f"<p>log {bulletin.log_size or 0} {bulletin.log_root}</p>"
        when = (
            timezone.localtime(bulletin.published_at).strftime("%a, %d %b %Y %H:%M:%S %z")
            if bulletin.published_at
            else ""
        )
        link = escape(f"{address}bulletins/public/{bulletin.slug}/")
        items.append(
            f"<item><title>{escape(title)}</title><link>{link}</link><guid>{link}</guid><pubDate>{when}</pubDate>"
            f"<description>{escape(body + root)}</description></item>"
        )
    name = "Jiandi bulletins" if language == "en" else "见底通报"
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{name}</title>'
        f"<link>{escape(address)}</link><description>{name}</description>{''.join(items)}</channel></rss>"
    )
