"""The reference pages printed from what the code decides by."""

from __future__ import annotations

from jiandi.rooms.access.roles import ROLES, permissions
from jiandi.rooms.access.verbs import ROOMS, verb_name


def roles_table() -> str:
    """Return the decision table of roles and verbs in Markdown, one table a room."""
    lines = [
        "# Roles and what they may do",
        "",
        "Printed from `src/jiandi/rooms/access/grants/`. A role reaches only the area it is granted over, and no role",
        "passes a wall: whoever is implicated in a matter does not see it, whatever the table says.",
        "",
    ]
    lines += [f"- **{role}** {text.zh} · {text.en}" for role, text in ROLES.items()]
    for room, name in ROOMS.items():
        verbs = [verb for verb in permissions() if verb.startswith(f"{room}.")]
        lines += [
            "",
            f"## {name.en} · {name.zh}",
            "",
            f"| verb | {' | '.join(ROLES)} |",
            f"|---|{':-:|' * len(ROLES)}",
        ]
        for verb in verbs:
            marks = ["●" if role in permissions()[verb].roles else "" for role in ROLES]
            said = verb_name(verb)
            label = f"`{verb}`" if said.en == verb else f"`{verb}` {said.zh}"
            lines.append(f"| {label} | {' | '.join(marks)} |")
    return "\n".join(lines) + "\n"
