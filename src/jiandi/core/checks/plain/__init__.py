"""Slow plain twins of the rules that decide most about people: the same specs, the same answers, easy to read."""

from collections.abc import Mapping

from jiandi.core.checks.plain import care, identity, screening
from jiandi.core.checks.plain.county import Answer, County, Twin, answers_of, read_county

TWINS: Mapping[str, Twin] = {
    "R1": identity.married_without_papers,
    "R4": identity.adult_without_identity,
    "R6": identity.unattended_birth,
    "R10": care.follow_ups_met_nobody,
    "R11": care.restrained,
    "R12": care.one_hand_holds_all,
    "R13": care.after_death,
    "R14": screening.visits_that_cannot_be,
    "R16": screening.not_in_class,
    "R28": screening.too_perfect,
}

__all__ = ["TWINS", "Answer", "County", "Twin", "answers_of", "read_county"]
