"""The tutorial, read out of the story test: its numbered docstring, then each step's words and what the step does."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
STORY = ROOT / "tests" / "stories" / "test_one_record.py"
PAGE = ROOT / "docs" / "tutorial" / "one-record.md"

OPENING = """# The way of one record

<!-- Written by `python -m tests.docs.write` from tests/stories/test_one_record.py. Change that file, not this one. -->

This page follows one record through all of Jiandi. The county, the village, the woman and her papers are invented, and named so: 甄可见
reads "truly can be seen". Nothing here is a picture of what the system would look like one day: the code below is the test that runs on
every change, on both databases, and this page is written from it. The same story is clicked in a browser by
`tests/browser/test_one_record.py`.

Run it yourself:

```
./jiandi test tests/stories
```

Each dotted word such as `cases.open_case` is three things at once: a function, a permission, and the name of the event that says it
happened. So a trace of the record is a list of functions you can open. Each room keeps them in `src/jiandi/rooms/<room>/actions.py`.
"""
CLOSING = """
## Where to go on

- What each verb needs and who may use it: [permissions](../reference/permissions.md). What may follow what: [states](../reference/states.md).
- The rules that ask: [rules](../reference/rules.md). The clocks that run: [clocks](../reference/clocks.md).
- How to add a rule, a clock or a field: [CONTRIBUTING](../../CONTRIBUTING.md). What keeps the case from those it concerns:
  [SECURITY](../../SECURITY.md).
"""


def page() -> str:
    """Return the tutorial as Markdown."""
    source = STORY.read_text(encoding="utf-8")
    tree = ast.parse(source)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    titles = re.findall(r"^\d+\. (.+(?:\n {3}.+)*)", ast.get_docstring(tree) or "", re.MULTILINE)
    steps = _steps(functions["test_one_record"])
    if len(titles) != len(steps):
        raise ValueError(f"The story's docstring numbers {len(titles)} steps, its test takes {len(steps)}.")
    parts = [OPENING]
    for number, (title, name) in enumerate(zip(titles, steps, strict=True), start=1):
        parts.append(_section(number, title, functions[name], source))
    parts.append(_trace(tree))
    return "\n".join(parts) + CLOSING


def _steps(story: ast.FunctionDef) -> list[str]:
    """Return the functions the test calls, in order."""
    calls = [node.value for node in story.body if isinstance(node, ast.Expr | ast.Assign)]
    return [call.func.id for call in calls if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)]


def _section(number: int, title: str, step: ast.FunctionDef, source: str) -> str:
    words = textwrap.dedent(ast.get_docstring(step) or "")
    paragraphs = [" ".join(part.split()) for part in words.split("\n\n")]
    prose = "\n\n".join(textwrap.fill(part, 130, break_long_words=False) for part in paragraphs)
    lines = source.splitlines()[step.body[1].lineno - 1 : step.end_lineno]
    code = textwrap.dedent("\n".join(lines))
    return f"## {number}. {' '.join(title.split())}\n\n{prose}\n\n```python\n{code}\n```\n"


def _trace(tree: ast.Module) -> str:
    """Return what `jiandi trace` prints, from the list the test holds it against."""
    found = next(
        node
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id == "STEPS"
    )
    verbs: list[str] = eval(compile(ast.Expression(found.value), str(STORY), "eval"), {})
    return "## The trace\n\nWhat `jiandi trace` names, in this order:\n\n```\n" + "\n".join(verbs) + "\n```\n"
