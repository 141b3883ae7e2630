"""Posts as feed tools export them: Markdown with YAML front matter and an HTML body, or RSS. Read without trusting them."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

import feedparser

from jiandi.core.values import Refused, Text

MOST_BYTES = 1024 * 1024
MOST_TEXT = 20_000
MOST_POSTS = 500
_KEY = re.compile(r"^([A-Za-z][\w-]{0,40}):(?:[ \t]+(.*))?$")
_BREAKS = {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "blockquote", "section", "article"}
_SILENT = {"script", "style", "iframe", "object", "template", "svg", "head", "noscript"}


@dataclass(frozen=True, slots=True)
class Post:
    """One post as plain text; `sha256` is the same for the same title and words."""

    title: str
    outlet: str
    published_at: datetime | None
    link: str
    text: str

    @property
    def sha256(self) -> str:
        """Tell whether two posts say the same, whatever their markup and file name."""
        kept = "".join(letter for letter in self.title + "\n" + self.text if letter.isalnum())
        return hashlib.sha256(kept.encode()).hexdigest()


def read_posts(name: str, content: bytes) -> list[Post]:
    """Return the posts of one file; refuse, in a sentence, what is too large, unreadable or no post."""
    if not content.strip():
        raise Refused("intake.empty_file", Text(zh=f"“{name}”是空的。", en=f'"{name}" is empty.'))
    if len(content) > MOST_BYTES:
        raise Refused(
            "intake.file_too_large",
            Text(zh=f"“{name}”超过1 MB,未读取。", en=f'"{name}" is larger than 1 MB and was not read.'),
        )
    start = content[:400].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf")):
        return _read_rss(name, content)
    return [_read_markdown(name, _decode(name, content))]


def _decode(name: str, content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refused(
        "intake.encoding",
        Text(
            zh=f"“{name}”的文字编码无法识别(应为UTF-8或GB18030)。",
            en=f'The text encoding of "{name}" is neither UTF-8 nor GB18030.',
        ),
    )


def _read_markdown(name: str, text: str) -> Post:
    head, body = front_matter(text)
    title = _first(head.get("title")) or _heading(body)
    plain = plain_text(body)
    if not title and not plain:
        raise Refused(
            "intake.no_post",
            Text(zh=f"“{name}”里没有标题也没有正文。", en=f'"{name}" has neither a title nor a text.'),
        )
    return Post(
        title=plain_text(title)[:300],
        outlet=plain_text(_first(head.get("author")))[:100],
        published_at=moment(_first(head.get("date"))),
        link=web_address(_first(head.get("link")) or _first(head.get("url"))),
        text=plain[:MOST_TEXT],
    )


def front_matter(text: str) -> tuple[dict[str, list[str]], str]:
    """Split a post into its head and body. The head is the little of YAML that feed tools write: `key: value`, lists.

    Anchors, tags, nested mappings and block texts are not read: they would only be ways to be tricked.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    if not lines or lines[0].rstrip() != "---":
        return {}, text
    head: dict[str, list[str]] = {}
    key = ""
    for number, line in enumerate(lines[1:200], start=1):
        if line.rstrip() in ("---", "..."):
            return head, "\n".join(lines[number + 1 :])
        stripped = line.strip()
        found = _KEY.match(line)
        if found:
            key = found[1].lower()
            head[key] = _values(found[2] or "")
        elif key and stripped.startswith("- "):
            head[key] += _values(stripped[2:])
    return {}, text


def _values(raw: str) -> list[str]:
    raw = raw.strip()
    if raw.startswith("[") and raw.endswith("]"):
        return [_unquoted(part) for part in raw[1:-1].split(",") if part.strip()]
    return [_unquoted(raw)] if raw else []


def _unquoted(raw: str) -> str:
    raw = raw.strip()
    if len(raw) >= 2 and raw[0] == raw[-1] == "'":
        return raw[1:-1].replace("''", "'")
    if len(raw) >= 2 and raw[0] == raw[-1] == '"':
        return raw[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return raw


def _first(values: list[str] | None) -> str:
    return values[0] if values else ""


def _heading(body: str) -> str:
    found = re.search(r"^#{1,3}[ \t]+(.{1,300})$", body, re.MULTILINE)
    return found[1] if found else ""


def moment(raw: str) -> datetime | None:
    """Return when a post says it was published; nothing where it says so in no way we know."""
    raw = raw.strip()
    try:
        found: datetime | None = parsedate_to_datetime(raw)
    except (TypeError, ValueError, IndexError):
        found = _iso(raw)
    if found is None:
        return None
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _iso(raw: str) -> datetime | None:
    spaced = re.sub(r"\s+([+-]\d{2}):?(\d{2})$", r"\1:\2", raw)
    try:
        return datetime.fromisoformat(spaced)
    except ValueError:
        return None


def web_address(raw: str) -> str:
    """Return a link if it is one to the web, else nothing: no other scheme ever reaches a page."""
    raw = raw.strip()
    return raw[:500] if re.match(r"https?://[\w.-]+(?:[/:?#]|$)", raw, re.IGNORECASE) else ""


class _Stripper(HTMLParser):
    """Keeps the words of a page and nothing that could run, load or hide."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag in _BREAKS:
            self.kept.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _BREAKS:
            self.kept.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.kept.append(data)


def plain_text(html: str) -> str:
    """Return the words of HTML, paragraphs on lines of their own."""
    stripper = _Stripper()
    stripper.feed(html[:MOST_BYTES])
    stripper.close()
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", "".join(stripper.kept))
    lines = (re.sub(r"[ \t\u00a0\u3000]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _read_rss(name: str, content: bytes) -> list[Post]:
    if b"<!entity" in content.lower():
        raise Refused(
            "intake.hostile",
            Text(zh=f"“{name}”含有实体定义,未读取。", en=f'"{name}" defines entities and was not read.'),
        )
    # Given as a stream: feedparser would take bytes for a file name and open it.
    read = feedparser.parse(io.BytesIO(content), sanitize_html=True, resolve_relative_uris=False)
    if not read.entries:
        raise Refused(
            "intake.no_post",
            Text(zh=f"“{name}”不是订阅源,或没有条目。", en=f'"{name}" is no feed, or has no entries.'),
        )
    outlet = plain_text(str(read.feed.get("title", "")))[:100]
    return [_entry(entry, outlet) for entry in read.entries[:MOST_POSTS]]


def _entry(entry: feedparser.FeedParserDict, outlet: str) -> Post:
    bodies = [part.get("value", "") for part in entry.get("content", [])] or [entry.get("summary", "")]
    return Post(
        title=plain_text(str(entry.get("title", "")))[:300],
        outlet=outlet,
        published_at=moment(str(entry.get("published") or entry.get("updated") or "")),
        link=web_address(str(entry.get("link", ""))),
        text=plain_text("\n".join(str(body) for body in bodies))[:MOST_TEXT],
    )
