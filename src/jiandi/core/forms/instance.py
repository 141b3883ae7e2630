"""A strict reader of form instances: no document types, no entities, bounded depth, count and size."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.etree import ElementTree

from jiandi.core.values import Refused, Text

# Parsers accept 200,000 levels and 700,000 elements without complaint; a real visit has 3 levels and some dozens.
LIMIT_BYTES = 1_000_000
LIMIT_DEPTH = 64
LIMIT_NODES = 50_000


@dataclass(slots=True)
class Instance:
    """The values of one form instance: leaves by name, rows of the repeat, the meta block, the root's attributes."""

    form_id: str = ""
    version: str = ""
    values: dict[str, str] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)
    repeated: list[tuple[str, str]] = field(
        default_factory=list
    )  # (where, value) of a leaf that stands twice


def read(xml: bytes, *, repeats: tuple[str, ...]) -> Instance:
    """Read an instance; `repeats` names the elements under the root that come as rows."""
    root = _tree(xml)
    found = Instance(root.get("id", ""), root.get("version", ""))
    if not found.form_id:
        raise Refused("forms.not_a_form", _NOT_A_FORM)
    values = found.values
    for child in root:
        tag = _local(child.tag) if child.tag[0] == "{" else child.tag
        if tag in repeats:
            row: dict[str, str] = {}
            found.rows.append(row)
            _leaves(child, row, found, f"{tag} {len(found.rows)} / ")
        elif len(child):
            _leaves(child, found.meta, found, f"{tag} / ")
        elif tag in values:
            found.repeated.append((tag, (child.text or "").strip()))
        else:
            values[tag] = (child.text or "").strip()
    return found


def _tree(xml: bytes) -> ElementTree.Element:
    """Parse what is small, whole and carries no document type; entities cannot be declared without one."""
    if len(xml) > LIMIT_BYTES:
        raise Refused("forms.too_large", _TOO_LARGE)
    if not xml or xml.isspace():
        raise Refused("forms.empty", _EMPTY)
    # No zero bytes: in UTF-16, which the parser obeys whatever we tell it, a document type would look different.
    if b"\x00" in xml:
        raise Refused("forms.cut_off", _CUT_OFF.filled(line=1, column=xml.index(b"\x00") + 1))
    if b"<!DOCTYPE" in xml:
        raise Refused("forms.document_type", _DOCUMENT_TYPE)
    if xml.count(b"<") > 2 * LIMIT_NODES:
        raise Refused("forms.too_deep", _TOO_DEEP)
    parser = ElementTree.XMLParser(encoding="utf-8")
    try:
        parser.feed(xml)
        return parser.close()
    except ElementTree.ParseError as wrong:
        line, column = wrong.position
        raise Refused("forms.cut_off", _CUT_OFF.filled(line=line, column=column + 1)) from None


def _leaves(block: ElementTree.Element, into: dict[str, str], found: Instance, where: str) -> None:
    for leaf in block:
        tag = leaf.tag
        if tag[0] == "{":
            tag = _local(tag)
        if tag in into:
            found.repeated.append((where + tag, (leaf.text or "").strip()))
            continue
        text = leaf.text
        into[tag] = text.strip() if text else ""
        if len(leaf):
            _check_depth(leaf)


def _check_depth(element: ElementTree.Element) -> None:
    """Refuse a nest of groups; walked by hand, because recursion is what a hostile file is after."""
    level, depth = [element], 3
    while level:
        level = [below for above in level for below in above]
        depth += 1
        if depth > LIMIT_DEPTH:
            raise Refused("forms.too_deep", _TOO_DEEP)


def _local(tag: str) -> str:
    """Return a name without its namespace."""
    return tag.rpartition("}")[2]


_EMPTY = Text(
    zh="提交内容是空的。表单仍在手机上,请重新提交。",
    en="The submission is empty. The form is still on the phone; send it again.",
)
_TOO_LARGE = Text(
    zh="表单超过1 MB。请去掉粘贴的长文字或文件,照片应作为附件提交。",
    en="The form is larger than 1 MB. Remove pasted text or files; photos belong in attachments.",
)
_TOO_DEEP = Text(
    zh="表单层次过深或行数过多,不像一次入户走访。请用正式表单重新填写。",
    en="The form has too many levels or rows to be a visit. Fill in the published form again.",
)
_CUT_OFF = Text(
    zh="表单不完整或已损坏(第{line}行第{column}列)。表单仍在手机上,请重新提交。",
    en="The form is cut off or damaged (line {line}, column {column}). It is still on the phone; send it again.",
)
_DOCUMENT_TYPE = Text(
    zh="表单里含有文档类型声明(DOCTYPE),正式表单不会有。请用正式表单重新填写。",
    en="The form carries a document type (DOCTYPE), which no published form does. Fill in the published form again.",
)
_NOT_A_FORM = Text(
    zh="这不是一份表单:根元素没有 id。请用正式表单重新填写。",
    en="This is not a form: its root element has no id. Fill in the published form again.",
)
