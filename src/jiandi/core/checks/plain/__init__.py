"""Slow plain twins of the rules: the same specs, the same answers, easy to read and to hold against the law."""

from collections.abc import Mapping

from jiandi.core.checks.plain import (
    answers,
    care,
    families,
    identity,
    illness,
    marriage,
    missing,
    money,
    papers,
    screening,
    unseen,
)
from jiandi.core.checks.plain.county import Answer, County, Twin, answers_of, read_county

TWINS: Mapping[str, Twin] = {
    "R1": identity.married_without_papers,
    "R2": marriage.dated_backwards,
    "R3": papers.documents_disagree,
    "R4": identity.adult_without_identity,
    "R5": marriage.spouse_without_trace,
    "R6": identity.unattended_birth,
    "R7": marriage.too_young,
    "R8": illness.impaired_without_service,
    "R9": illness.clue_outside_the_file,
    "R9b": illness.town_rate_too_low,
    "R10": care.follow_ups_met_nobody,
    "R11": care.restrained,
    "R12": care.one_hand_holds_all,
    "R12b": money.payee_of_many,
    "R12c": money.stranger_draws_for_the_unfound,
    "R13": care.after_death,
    "R14": screening.visits_that_cannot_be,
    "R14b": unseen.nobody_saw,
    "R14c": unseen.screened_unseen,
    "R15": unseen.named_but_not_in_the_house,
    "R16": screening.not_in_class,
    "R16b": screening.whereabouts_unknown,
    "R17": families.parents_unproven,
    "R18": families.barred_carer,
    "R19": families.left_without_contact,
    "R20": missing.descriptions_alike,
    "R21": missing.no_match_is_no_clearance,
    "R22": answers.violence_again,
    "R23": money.entitled_not_served,
    "R24": unseen.alone_and_no_answer,
    "R25": papers.under_another_name,
    "R26": answers.income_from_an_image,
    "R27": papers.arrivals_of_an_old_case,
    "R28": screening.too_perfect,
    "R29": answers.said_done_but_not,
}

__all__ = ["TWINS", "Answer", "County", "Twin", "answers_of", "read_county"]
