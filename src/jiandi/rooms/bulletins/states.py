"""A bulletin's way: drafted, checked by someone else, published; corrected where a sentence was wrong."""

from jiandi.core.values import Text
from jiandi.rooms.bulletins.models import Bulletin

State = Bulletin.State

MOVES: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.CHECKED}),
    State.CHECKED: frozenset({State.PUBLISHED, State.DRAFT}),
    State.PUBLISHED: frozenset({State.CORRECTED}),
    State.CORRECTED: frozenset({State.CORRECTED}),
}

NAMES: dict[str, Text] = {
    State.DRAFT: Text(zh="草稿", en="Draft"),
    State.CHECKED: Text(zh="已核对", en="Checked"),
    State.PUBLISHED: Text(zh="已发布", en="Published"),
    State.CORRECTED: Text(zh="已更正", en="Corrected"),
}
PUBLIC = (State.PUBLISHED, State.CORRECTED)
