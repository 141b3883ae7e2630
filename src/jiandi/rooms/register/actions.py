"""Writes of the register: rosters in and out, authorisations, links, decisions, people found at the door.

The work stands in `actions_<subject>.py`; other rooms call it by the names here.
"""

from __future__ import annotations

from jiandi.rooms.register.actions_authorising import (
    Paper,
    attach_document,
    authorise,
    read_authorisation,
    revoke_authorisation,
)
from jiandi.rooms.register.actions_delivering import Parcel, deliver, deliver_many
from jiandi.rooms.register.actions_entering import (
    deliver_roster,
    hold_roster,
    map_roster,
    refuse_roster,
    withdraw_roster,
)
from jiandi.rooms.register.actions_entitling import answer_entitlement, ask_entitlements
from jiandi.rooms.register.actions_family import end_guardianship, enter_guardianship
from jiandi.rooms.register.actions_found import link_found
from jiandi.rooms.register.actions_life import Told, enter_life_event, note_life_events, undo_life_event
from jiandi.rooms.register.actions_linking import link
from jiandi.rooms.register.actions_looking import look_up, read_person
from jiandi.rooms.register.actions_lotteries import draw_lottery
from jiandi.rooms.register.actions_mapping import confirm_columns
from jiandi.rooms.register.actions_models import adopt_model, compare_model, retire_model, train_model
from jiandi.rooms.register.actions_people import (
    add_found_people,
    add_found_person,
    ask_change,
    decide_change,
    take_back_change,
)
from jiandi.rooms.register.actions_reviewing import decide_pair, undo_decision
from jiandi.rooms.register.actions_stating import state_lists
from jiandi.rooms.register.actions_taking import take_pair
from jiandi.rooms.register.actions_transferring import (
    accept_transfer,
    confirm_transfer,
    offer_transfer,
    own_card,
    revoke_peer,
    trust_peer,
)

__all__ = [
    "Paper",
    "Parcel",
    "Told",
    "accept_transfer",
    "adopt_model",
    "add_found_people",
    "add_found_person",
    "answer_entitlement",
    "ask_change",
    "ask_entitlements",
    "attach_document",
    "authorise",
    "compare_model",
    "confirm_columns",
    "confirm_transfer",
    "decide_change",
    "decide_pair",
    "deliver",
    "deliver_many",
    "deliver_roster",
    "draw_lottery",
    "end_guardianship",
    "enter_guardianship",
    "enter_life_event",
    "hold_roster",
    "link",
    "link_found",
    "look_up",
    "map_roster",
    "note_life_events",
    "offer_transfer",
    "own_card",
    "read_authorisation",
    "read_person",
    "refuse_roster",
    "retire_model",
    "revoke_authorisation",
    "revoke_peer",
    "state_lists",
    "take_back_change",
    "take_pair",
    "train_model",
    "trust_peer",
    "undo_decision",
    "undo_life_event",
    "withdraw_roster",
]
