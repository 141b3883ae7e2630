"""News and posts, read for places and signs of harm: a signal to look, never a finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jiandi.core.values import Refused, Text
from jiandi.rooms.access.models import Installation, Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record, record_batch
from jiandi.rooms.intake.models import Feed, Item
from jiandi.rooms.intake.posts import MOST_BYTES, Post, read_posts
from jiandi.rooms.intake.signs import Gazetteer, signs_of

FILES = (".md", ".markdown", ".xml", ".rss", ".atom")
MOST_FILES = 2000


@dataclass(slots=True)
class FeedOutcome:
    """What became of the files: new items, items known already, and files left out with a sentence each."""

    made: int = 0
    known: int = 0
    problems: list[Text] = field(default_factory=list)


@action
def add_feed(*, by: Officer, at: datetime, name: str, address: str) -> Feed:
    """Name a source of news: a folder of posts or an RSS address."""
    permit(by, "intake.read_feed", at=at)
    if not name.strip() or not address.strip():
        raise Refused(
            "intake.feed_name", Text(zh="请填写来源名称和地址。", en="Write the source's name and address.")
        )
    if Feed.objects.filter(name=name.strip()).exists():
        raise Refused(
            "intake.feed_conflict",
            Text(zh=f"已有来源“{name}”。", en=f'There is already a source named "{name}".'),
        )
    feed = Feed.objects.create(name=name.strip()[:100], address=address.strip()[:300])
    record("intake.add_feed", by=by, at=at, subject=feed)
    return feed


@action
def read_feed(*, by: Officer, at: datetime, feed: Feed, files: Iterable[tuple[str, bytes]]) -> FeedOutcome:
    """Read files (name, content) of a source; the same post twice is one item, a bad file gets a sentence."""
    permit(by, "intake.read_feed", at=at)
    outcome = FeedOutcome()
    posts = _posts(files, outcome)
    known = set(Item.objects.filter(sha256__in=list(posts)).values_list("sha256", flat=True))
    county = Installation.objects.select_related("county").filter(pk=1).first()
    gazetteer = Gazetteer.of_county(county.county if county else None)
    rows = [
        _item(feed, digest, post, gazetteer, county, at)
        for digest, post in posts.items()
        if digest not in known
    ]
    Item.objects.bulk_create(rows, batch_size=500)
    outcome.made = len(rows)
    outcome.known += len(posts) - len(rows)
    Feed.objects.filter(pk=feed.pk).update(last_read_at=at)
    record_batch(
        "intake.read_feed",
        by=by,
        at=at,
        subject=feed,
        subjects_kind="item",
        subject_ids=[row.pk for row in rows],
        payload={"known": outcome.known, "left_out": len(outcome.problems)},
    )
    return outcome


def _posts(files: Iterable[tuple[str, bytes]], outcome: FeedOutcome) -> dict[str, Post]:
    posts: dict[str, Post] = {}
    for name, content in files:
        try:
            for post in read_posts(name[-100:], content):
                outcome.known += post.sha256 in posts
                posts.setdefault(post.sha256, post)
        except Refused as refusal:
            outcome.problems.append(refusal.text)
    return posts


def _item(
    feed: Feed, digest: str, post: Post, gazetteer: Gazetteer, installation: Installation | None, at: datetime
) -> Item:
    words = f"{post.title}\n{post.text}"
    places = gazetteer.places_in(words)
    return Item(
        feed=feed,
        sha256=digest,
        title=post.title or post.text[:60],
        author_outlet=post.outlet,
        published_at=post.published_at,
        link=post.link,
        text=post.text,
        places=[{"id": place.id, "name": place.name} for place in places],
        signs=signs_of(words),
        county=installation.county if installation and places else None,
        read_at=at,
    )


def read_folder(*, by: Officer, at: datetime, folder: Path, feed: Feed | None = None) -> int:
    """Read every post in a folder; returns how many were new. A file that is no post is left out."""
    if not folder.is_dir():
        raise Refused(
            "intake.folder_not_found",
            Text(zh=f"没有文件夹“{folder}”。", en=f'There is no folder "{folder}".'),
        )
    if feed is None:
        name = folder.resolve().name[:100]
        feed = Feed.objects.filter(name=name).first() or add_feed(
            by=by, at=at, name=name, address=str(folder)[:300]
        )
    files = [file for file in sorted(folder.iterdir()) if file.suffix.lower() in FILES and file.is_file()]
    contents = ((file.name, _bounded(file)) for file in files[:MOST_FILES])
    return read_feed(by=by, at=at, feed=feed, files=contents).made


def _bounded(file: Path) -> bytes:
    with file.open("rb") as source:
        return source.read(MOST_BYTES + 1)


@action
def mark_seen(*, by: Officer, at: datetime, item: Item) -> Item:
    """Say that somebody has read a post and looked into what it may mean."""
    permit(by, "intake.read_feed", at=at)
    item.seen_by = by
    Item.objects.filter(pk=item.pk).update(seen_by=by)
    record("intake.mark_seen", by=by, at=at, subject=item, place=item.county)
    return item
