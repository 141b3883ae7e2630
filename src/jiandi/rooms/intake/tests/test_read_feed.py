"""Posts: read for places and signs, hostile ones refused, the same one once. All invented."""

import contextlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from jiandi.core.values import Refused
from jiandi.rooms.access.queries import events_of
from jiandi.rooms.intake import actions, posts
from jiandi.rooms.intake.models import Feed, Item
from jiandi.rooms.intake.signs import Gazetteer, Named, signs_of
from jiandi.rooms.places.models import Level, Place
from tests.people import COUNTY, MONDAY, TOWN_A, TOWN_B, VILLAGE_A1, VILLAGE_B1

POST = """---
title: '清溪镇:_石桥村_砖厂的工棚里,有人不说话'
categories:
 - 新媒体
 - 首页
headimg: 'https://img.example/a.png'
author: 明溪日报(虚构)
comments: false
date: Wed, 25 Nov 2026 11:00:00 GMT
link: https://news.example/1
---

<div>
<p>
村民说,工棚里有一位妇女<strong>说不清身份</strong>,孩子没上学。
</p>
<script>alert('坏')</script><style>p{}</style>
<p align="center"><img src="https://img.example/a.png" onerror="alert(1)"></p>
<p>(本报记者)&amp;&nbsp;白川</p>
</div>
"""
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>明溪日报(虚构)</title><link>https://news.example/</link>
<item><title>白果村有老人无人照料</title><link>https://news.example/2</link><pubDate>Wed, 25 Nov 2026 11:00:00 GMT</pubDate>
<description><![CDATA[<p>邻居说她<b>没饭吃</b>。</p><script>x()</script>]]></description></item>
<item><title>另一条</title><link>javascript:alert(1)</link><pubDate>昨天</pubDate><description>县里开会</description></item>
</channel></rss>"""


def test_it_reads_a_post_as_feed_tools_export_it():
    (post,) = posts.read_posts("a.md", POST.encode())

    assert post.title == "清溪镇:_石桥村_砖厂的工棚里,有人不说话"
    assert post.outlet == "明溪日报(虚构)" and post.link == "https://news.example/1"
    assert post.published_at.isoformat() == "2026-11-25T11:00:00+00:00"
    assert post.text == "村民说,工棚里有一位妇女说不清身份,孩子没上学。\n(本报记者)& 白川"


def test_it_reads_the_head_with_lists_quotes_and_nothing_dangerous():
    head, body = posts.front_matter(
        '---\ntitle: "他说\\"好\\""\ntags: [一, \'二\']\nlist:\n  - 三\n  - "四"\nbad: !!python/object x\nempty:\n---\nbody\n---\nmore'
    )

    assert head["title"] == ['他说"好"'] and head["tags"] == ["一", "二"] and head["list"] == ["三", "四"]
    assert head["bad"] == ["!!python/object x"] and head["empty"] == []
    assert body == "body\n---\nmore"


def test_it_takes_a_post_without_a_head_or_an_end_to_it():
    assert posts.read_posts("a.md", "# 标题\n正文".encode())[0].title == "标题"
    assert posts.front_matter("---\ntitle: x\nno end")[0] == {}


@pytest.mark.parametrize(
    ("raw", "iso"),
    [
        ("2026-11-01 09:30:00 +0800", "2026-11-01T01:30:00+00:00"),
        ("2026-11-01T09:30:00+08:00", "2026-11-01T01:30:00+00:00"),
        ("2026-11-01", "2026-11-01T00:00:00+00:00"),
        ("Fri, 25 Feb 2022 11:00:00 GMT", "2022-02-25T11:00:00+00:00"),
    ],
)
def test_it_reads_dates_as_they_are_written(raw, iso):
    assert posts.moment(raw).isoformat() == iso


@pytest.mark.parametrize("raw", ["", "昨天", "99999-01-01", "0001-01-01T00:00:00+14:00", "Fri, 99 Foo 2022"])
def test_it_takes_no_date_where_there_is_none(raw):
    assert posts.moment(raw) is None


def test_it_reads_rss_from_bytes_without_what_could_run():
    first, second = posts.read_posts("x.xml", RSS.encode())

    assert (
        first.title == "白果村有老人无人照料"
        and first.text == "邻居说她没饭吃。"
        and first.outlet == "明溪日报(虚构)"
    )
    assert second.link == "" and second.published_at is None


def test_it_reads_gb18030():
    assert posts.read_posts("a.md", POST.encode("gb18030"))[0].outlet == "明溪日报(虚构)"


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "intake.empty_file"),
        (b"  \n", "intake.empty_file"),
        (b"x" * (1024 * 1024 + 1), "intake.file_too_large"),
        (b"\xff\xff\xff\x00", "intake.encoding"),
        (b"---\nauthor: x\n---\n<script>x</script>", "intake.no_post"),
        (b'<?xml version="1.0"?><html><body>no feed</body></html>', "intake.no_post"),
        (b"<rss><channel>", "intake.no_post"),
        (BOMB.encode(), "intake.hostile"),
    ],
)
def test_it_refuses_files_that_are_no_post(content, code):
    with pytest.raises(Refused) as refused:
        posts.read_posts("名字.md", content)
    assert refused.value.code == code


def test_it_never_opens_a_file_named_by_a_feed(tmp_path):
    with pytest.raises(Refused):
        posts.read_posts("x.xml", b"<?xml /etc/passwd")


@given(st.text(max_size=400))
def test_it_never_fails_on_any_text(text):
    try:
        for post in posts.read_posts("a.md", text.encode()):
            assert "<script" not in post.text.lower() or "<script" in text.lower()
            assert post.link == "" or post.link.lower().startswith("http")
    except Refused:
        pass


@given(st.binary(max_size=400))
def test_it_never_fails_on_any_bytes(content):
    for start in (b"", b"<?xml version='1.0'?>", b"---\n"):
        with contextlib.suppress(Refused):
            posts.read_posts("a", start + content)


def test_it_tells_the_same_words_whatever_the_markup():
    one = posts.read_posts("a.md", "---\ntitle: 标题\n---\n<p>正文。</p>".encode())[0]
    two = posts.read_posts("b.md", "# 标题\n".encode() + b"---")[0]
    three = posts.read_posts("c.md", "---\ntitle: '标题'\nauthor: 别家\n---\n<div>正文</div>".encode())[0]

    assert one.sha256 == three.sha256 != two.sha256


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("后屋里锁着一个女人", ["restraint"]),
        ("有人说不清身份,像是被拐来的", ["identity", "trafficking"]),
        ("孩子没上学,常被殴打", ["violence", "child"]),
        ("工棚住着不说话的工人,是否领到工钱", ["labour"]),
        ("老人独自在家没饭吃", ["alone"]),
        ("县里召开会议,要求进屋入户", []),
        ("锁定目标,封锁消息", []),
    ],
)
def test_it_hears_signs_of_harm(text, signs):
    assert signs_of(text) == signs


@pytest.mark.django_db
class TestInTheDatabase:
    """Everything that needs places and people."""

    def _read(self, county, *files):
        feed = Feed.objects.first() or actions.add_feed(
            by=county.officer("press"), at=MONDAY, name="明溪日报", address="./feeds"
        )
        return actions.read_feed(by=county.officer("press"), at=MONDAY, feed=feed, files=files)

    def test_it_finds_the_smallest_places_named(self, county):
        places = Gazetteer.of_county(Place.objects.get(pk=COUNTY))

        assert places.places_in("清溪镇石桥村的砖厂") == [Named(VILLAGE_A1, "石桥村")]
        assert places.places_in("清溪镇和白果村") == [Named(TOWN_A, "清溪镇"), Named(VILLAGE_B1, "白果村")]
        assert places.places_in("别处") == [] and Gazetteer.of_county(None).places_in("石桥村") == []

    def test_it_takes_a_shared_name_only_with_its_town(self, county):
        Place.objects.create(
            id=990101102299, name="石桥村", level=Level.VILLAGE, parent_id=TOWN_B, county_id=COUNTY, town_id=TOWN_B,
            village_id=990101102299, full_name="x",
        )  # fmt: skip
        places = Gazetteer.of_county(Place.objects.get(pk=COUNTY))

        assert places.places_in("石桥村的砖厂") == []
        assert places.places_in("柳树镇石桥村的砖厂") == [Named(990101102299, "石桥村")]

    def test_it_reads_files_once_and_names_those_it_left_out(self, county):
        outcome = self._read(
            county, ("a.md", POST.encode()), ("b.md", POST.encode()), ("c.xml", RSS.encode()), ("d", b"")
        )

        assert (outcome.made, outcome.known, len(outcome.problems)) == (3, 1, 1)
        item = Item.objects.get(title__startswith="清溪镇")
        assert item.places == [{"id": VILLAGE_A1, "name": "石桥村"}] and item.county_id == COUNTY
        assert item.signs == ["identity", "child"]
        again = self._read(county, ("a.md", POST.encode()))
        assert (again.made, again.known) == (0, 1)
        assert [event.verb for event in events_of("feed", item.feed_id)] == [
            "intake.add_feed",
            "intake.read_feed",
            "intake.read_feed",
        ]

    def test_it_reads_a_folder_and_skips_what_is_no_post(self, county, tmp_path):
        (tmp_path / "a.md").write_text(POST, encoding="utf-8")
        (tmp_path / "b.xml").write_text(RSS, encoding="utf-8")
        (tmp_path / "c.bin").write_bytes(b"\0")
        (tmp_path / "d.md").write_bytes(b"x" * (1024 * 1024 + 5))

        assert actions.read_folder(by=county.officer("engine"), at=MONDAY, folder=tmp_path) == 3
        assert actions.read_folder(by=county.officer("engine"), at=MONDAY, folder=tmp_path) == 0
        with pytest.raises(Refused, match="no folder"):
            actions.read_folder(by=county.officer("engine"), at=MONDAY, folder=tmp_path / "none")

    def test_it_refuses_a_second_source_of_the_same_name_and_other_roles(self, county):
        self._read(county)
        for name in ("明溪日报", " "):
            with pytest.raises(Refused):
                actions.add_feed(by=county.officer("press"), at=MONDAY, name=name, address="x")
        with pytest.raises(Refused):
            actions.add_feed(by=county.officer("grid_a1"), at=MONDAY, name="别的", address="x")

    def test_it_marks_a_post_as_looked_into(self, county):
        self._read(county, ("a.md", POST.encode()))
        item = Item.objects.get()

        actions.mark_seen(by=county.officer("press"), at=MONDAY, item=item)

        assert Item.objects.get().seen_by == county.officer("press")
        assert [event.verb for event in events_of("item", item.pk)] == ["intake.mark_seen"]

    def test_it_shows_the_news_with_places_and_signs(self, county, client):
        client.force_login(county.officer("press"))
        client.cookies["jiandi_language"] = "en"
        client.post(reverse("intake:feeds"), {"name": "明溪日报", "address": "./feeds"})
        again = client.post(reverse("intake:feeds"), {"name": "明溪日报", "address": "./feeds"})
        assert "already a source" in again.content.decode()
        files = [SimpleUploadedFile("a.md", POST.encode()), SimpleUploadedFile("b.md", b"")]

        page = client.post(
            reverse("intake:read_files", args=[Feed.objects.get().pk]), {"files": files}, follow=True
        )

        assert "1 new" in page.content.decode() and "is empty" in page.content.decode()
        found = client.get(reverse("intake:feeds"), {"sign": "identity", "seen": "no"}).content.decode()
        assert "石桥村" in found and "Identity unknown" in found
        assert "No source" not in found
        item = Item.objects.get()
        text = client.get(reverse("intake:item", args=[item.pk])).content.decode()
        assert "说不清身份" in text and "alert(" not in text
        client.post(reverse("intake:item", args=[item.pk]))
        assert Item.objects.get().seen_by == county.officer("press")
        assert (
            "清溪镇"
            not in client.get(reverse("intake:feeds"), {"sign": "labour"})
            .content.decode()
            .split("Sources")[0]
        )
