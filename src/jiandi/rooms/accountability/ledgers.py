"""The ledgers of this room as Excel rows: promises, findings, orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jiandi.core.values import Text
from jiandi.rooms.accountability import commitments, queries
from jiandi.rooms.accountability.finding import KINDS
from jiandi.rooms.accountability.models import Fault, SupervisionOrder
from jiandi.rooms.accountability.states import FAULT_WORDS, PROMISE_WORDS

PROMISES = Text(zh="承诺台账", en="Commitments ledger")
PROMISE_COLUMNS = [
    Text(zh="编号", en="Number"),
    Text(zh="类别", en="Kind"),
    Text(zh="主题", en="Theme"),
    Text(zh="内容", en="What"),
    Text(zh="责任部门", en="Departments"),
    Text(zh="对象", en="About whom"),
    Text(zh="证明标准", en="What would prove it"),
    Text(zh="状态", en="State"),
    Text(zh="证据", en="Evidence"),
    Text(zh="数字", en="Figures"),
    Text(zh="计算时间", en="Computed"),
]
KIND_WORDS = {"diagnosis": Text(zh="问题", en="Diagnosis"), "commitment": Text(zh="承诺", en="Commitment")}
FAULTS = Text(zh="单位问题台账", en="Ledger of findings")
FAULT_COLUMNS = [
    Text(zh="单位", en="Unit"),
    Text(zh="类别", en="Kind"),
    Text(zh="问题", en="What"),
    Text(zh="证据", en="Evidence"),
    Text(zh="发现时间", en="Found"),
    Text(zh="状态", en="State"),
    Text(zh="申辩", en="Replies"),
    Text(zh="决定理由", en="Reason of the decision"),
]
ORDERS = Text(zh="督办台账", en="Ledger of supervision orders")
ORDER_COLUMNS = [
    Text(zh="编号", en="Number"),
    Text(zh="被督办单位", en="Unit"),
    Text(zh="事项", en="Matter"),
    Text(zh="要求", en="Required"),
    Text(zh="签发时间", en="Issued"),
    Text(zh="时限", en="By"),
    Text(zh="回复", en="Reply"),
    Text(zh="回复时间", en="Replied"),
    Text(zh="结果", en="Result"),
]


def joined(texts: Iterable[Text]) -> Text:
    """Return several words as one, in both languages."""
    listed = list(texts)
    return Text(zh="、".join(text.zh for text in listed), en=", ".join(text.en for text in listed))


def promise_rows(lines: Iterable[queries.Line]) -> Iterator[list[object]]:
    """Yield one line per promise."""
    for line in lines:
        figures = Text(
            zh=";".join(f"{each['zh']}{each['value']}" for each in line.figures),
            en="; ".join(f"{each['en']} {each['value']}" for each in line.figures),
        )
        yield [
            line.promise.number,
            KIND_WORDS[line.promise.kind],
            commitments.themes()[line.promise.theme],
            line.promise.text,
            joined(line.promise.departments),
            line.promise.group,
            line.promise.proof,
            PROMISE_WORDS[line.state],
            line.detail,
            figures,
            line.computed_at,
        ]


def fault_rows(found: Iterable[Fault]) -> Iterator[list[object]]:
    """Yield one line per finding."""
    for fault in found:
        yield [
            fault.unit.name,
            KINDS[fault.kind],
            queries.question(fault),
            Text(zh=fault.detail_zh, en=fault.detail_en),
            fault.found_at,
            FAULT_WORDS[fault.state],
            " / ".join(reply.text for reply in fault.replies.all()),
            fault.reason,
        ]


def order_rows(found: Iterable[SupervisionOrder]) -> Iterator[list[object]]:
    """Yield one line per supervision order."""
    for order in found:
        yield [
            order.number,
            order.unit.name,
            order.item,
            order.requirement,
            order.issued_at,
            order.due_on,
            order.reply,
            order.replied_at,
            order.result,
        ]
