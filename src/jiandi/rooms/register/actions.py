"""Writes of the register: rosters in and out, authorisations, links, decisions, people found at the door.

The work stands in `actions_<subject>.py`; other rooms call it by the names here.
"""

from __future__ import annotations

from jiandi.rooms.register.actions_authorising import authorise
from jiandi.rooms.register.actions_delivering import Parcel, deliver, deliver_many
from jiandi.rooms.register.actions_entering import (
    deliver_roster,
    hold_roster,
    map_roster,
    refuse_roster,
    withdraw_roster,
)
from jiandi.rooms.register.actions_found import link_found
from jiandi.rooms.register.actions_linking import link
from jiandi.rooms.register.actions_looking import look_up, read_person
from jiandi.rooms.register.actions_lotteries import draw_lottery
from jiandi.rooms.register.actions_mapping import confirm_columns
from jiandi.rooms.register.actions_people import (
    add_found_people,
    add_found_person,
    ask_change,
    decide_change,
)
from jiandi.rooms.register.actions_reviewing import decide_pair, undo_decision
from jiandi.rooms.register.actions_taking import take_pair

__all__ = [
    "Parcel",
    "add_found_people",
    "add_found_person",
    "ask_change",
    "authorise",
    "confirm_columns",
    "decide_change",
    "decide_pair",
    "deliver",
    "deliver_many",
    "deliver_roster",
    "draw_lottery",
    "hold_roster",
    "link",
    "link_found",
    "look_up",
    "map_roster",
    "read_person",
    "refuse_roster",
    "take_pair",
    "undo_decision",
    "withdraw_roster",
]
