"""A certificate as PDF says what its page says, runs nothing that stands in a name, and says what is missing to make one."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.utils import translation

from jiandi.core.values import Refused
from jiandi.rooms.access.models import Unit
from jiandi.rooms.assurance import fonts, paper
from jiandi.rooms.assurance.models import Certificate, Draw, Throw
from jiandi.rooms.places.models import Place
from jiandi.rooms.screening.models import Campaign, Form

HAS_ALL = paper.typst is not None and fonts.chinese_font() is not None
needs_font = pytest.mark.skipif(not HAS_ALL, reason="no typst, or no font with Chinese characters")
#: Would stop the typesetter, or be run by it, were it read as markup.
HOSTILE = '"]#panic("x") #read("/etc/passwd") *粗* $x^2$ @ref <l> \\ `raw` #[ /* https://x'


@pytest.fixture
def certificate(county):
    """A certificate whose county, village and thrower have names nobody should be able to set type with."""
    form = Form.objects.create(
        form_id="visit", version="2026110101", title_zh="走访", title_en="Visit", published_at=county.MONDAY
    )
    campaign = Campaign.objects.create(
        title_zh=f"秋季{HOSTILE}"[:100], title_en="Autumn", place_id=county.COUNTY, form=form, reference_on="2026-11-02",
        starts_on="2026-11-03", ends_on="2026-11-20", opened_at=county.MONDAY, opened_by=county.officer("lead"),
    )  # fmt: skip
    draw = Draw.objects.create(
        campaign=campaign, made_at=county.MONDAY, made_by=county.officer("overseer"), frame_size=5000, frame_root="a" * 64,
        seed_commitment="b" * 64, machine_commitment="c" * 64, seed_sealed=b"", seed_revealed="d" * 64 + "|1234|5612",
        revealed_at=county.FRIDAY, plan=[[284, 0], [547, 1]], claim_per_10000=100,
    )  # fmt: skip
    Throw.objects.create(draw=draw, officer=county.officer("lead"), thrown_at=county.MONDAY, dice_sealed=b"")
    Place.objects.filter(pk=county.VILLAGE_A1).update(full_name=HOSTILE)
    Unit.objects.filter(pk=county.officer("lead").unit_id).update(name=HOSTILE[:60])
    return Certificate.objects.create(
        draw=draw, look=1, issued_at=county.FRIDAY, issued_by=county.officer("overseer"), sampled=284, false_found=0, unresolved=2,
        excused=1, bound_per_10000=123.4, bound_without_unresolved_per_10000=99.0, claim_holds=False, sentence_zh=f"一句话{HOSTILE}",
        sentence_en=f"One sentence {HOSTILE}", not_covered_zh="不涵盖的人", not_covered_en="Out of frame: people away",
        villages=[[county.VILLAGE_A1, 100, 6, 0, 39], [county.VILLAGE_B1, 120, 5, 1, 80]],
        streams={"text_zh": "连同重点", "text_en": "With targets"}, detection={"text_zh": "已知个案说明", "text_en": "Known cases showed"},
        log_size=7, log_root="e" * 64,
    )  # fmt: skip


def strings(value):
    """Every text in a structure."""
    if isinstance(value, str):
        yield value.replace("\u200b", "")
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_paper_says_what_the_page_says(county, certificate, client, language):
    """Each heading, label, premise and village of the page's letter stands in what the typesetter is given."""
    client.force_login(county.officer("lead"))
    client.cookies["jiandi_language"] = language
    letter = client.get(f"/assurance/certificate/{certificate.pk}/").content.decode()
    letter = letter.split('<article class="letter">')[1].split("</article>")[0]
    pieces = [html.unescape(p).strip() for p in re.split(r"<[^>]*>", letter)]
    with translation.override("en" if language == "en" else "zh-hans"):
        data = paper.sheet(certificate, qr="x")
    told = re.sub(r"\s", "", "".join(strings(data)))

    missing = [p for p in pieces if len(p) > 1 and re.sub(r"\s", "", p) not in told]
    assert missing == []


def test_no_village_inherits_the_countys_bound(certificate):
    section = next(s for s in paper.sheet(certificate, qr="x")["sections"] if s["rows"])

    assert [row[1:] for row in section["rows"]] == [["100", "6", "0", "39%"], ["120", "5", "1", "66.7%"]]
    assert "123.4" not in str(section["rows"])


def test_a_withdrawn_certificate_says_so_on_paper_too(county, certificate):
    assert paper.sheet(certificate, qr="x")["notice"] == ""
    Certificate.objects.filter(pk=certificate.pk).update(
        withdrawn_at=county.FRIDAY, withdrawn_by=county.officer("overseer"), withdrawn_why="figures"
    )
    certificate.refresh_from_db()
    assert "撤回" in paper.sheet(certificate, qr="x")["notice"]


@needs_font
@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_set_on_a4_whatever_stands_in_a_name(county, certificate, client, language):
    client.force_login(county.officer("lead"))
    client.cookies["jiandi_language"] = language
    answer = client.get(f"/assurance/certificate/{certificate.pk}/certificate.pdf")

    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-") and b"595.27" in answer.content.replace(b"595.28", b"595.27")
    again = client.get(f"/assurance/certificate/{certificate.pk}/certificate.pdf")
    assert again.content == answer.content


@needs_font
def test_a_name_is_text_to_the_typesetter_and_nothing_else():
    """What goes in as data comes out letter by letter: typst never reads it as markup."""
    source = b"#let data = json(bytes(sys.inputs.data))\n#metadata(data.name)<name>"
    data = {"data": json.dumps({"name": HOSTILE})}
    told = paper.typst.query(source, "<name>", field="value", one=True, sys_inputs=data)

    assert json.loads(told) == HOSTILE


def test_without_a_font_it_says_what_to_install(county, certificate, client, settings):
    settings.FONT = "/nowhere/font.ttf"
    client.force_login(county.officer("lead"))
    client.cookies["jiandi_language"] = "en"
    answer = client.get(f"/assurance/certificate/{certificate.pk}/certificate.pdf", follow=True)

    told = answer.content.decode()
    assert answer.redirect_chain and ("fonts-wqy-microhei" in told or "jiandi[pdf]" in told)


def test_without_the_typesetter_it_says_what_to_install(certificate, monkeypatch):
    monkeypatch.setattr(paper, "typst", None)
    with pytest.raises(Refused, match=r"jiandi\[pdf\]"):
        paper.certificate_pdf(certificate, qr="x")


def test_the_setting_points_at_a_font(settings, tmp_path):
    for name, found in (("some.ttf", True), ("some.txt", False), ("none.otf", False)):
        path = tmp_path / name
        if name != "none.otf":
            path.write_bytes(b"")
        settings.FONT = str(path)
        assert (fonts.chinese_font() == path) is found


def test_a_file_that_is_no_font_is_refused(certificate, settings, tmp_path):
    (tmp_path / "some.ttf").write_bytes(b"no font")
    settings.FONT = str(tmp_path / "some.ttf")
    with pytest.raises(Refused, match=r"JIANDI_FONT|jiandi\[pdf\]"):
        paper.certificate_pdf(certificate, qr="x")


@pytest.mark.parametrize(("username", "status"), [("inspector_a", 404), ("grid_a1", 404), (None, 302)])
def test_who_may_not_read_the_certificate_gets_no_pdf(county, certificate, client, username, status):
    if username:
        client.force_login(county.officer(username))

    assert client.get(f"/assurance/certificate/{certificate.pk}/certificate.pdf").status_code == status
