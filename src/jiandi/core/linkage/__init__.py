"""Which records are the same person: cleaning, linking, training, judging a linkage; a library without the service."""

from jiandi.core.linkage.card import Card, card_figures, card_lines, make_card
from jiandi.core.linkage.clean import RAW_COLUMNS, clean
from jiandi.core.linkage.differences import differences
from jiandi.core.linkage.evaluate import evaluate
from jiandi.core.linkage.link import Result, link
from jiandi.core.linkage.model import default_model, digest
from jiandi.core.linkage.model_check import check_model
from jiandi.core.linkage.relink import relink
from jiandi.core.linkage.repairs import REPAIRS
from jiandi.core.linkage.settings import PROFILES, KindProfile, Settings
from jiandi.core.linkage.tables import Linked, link_tables
from jiandi.core.linkage.train import FEWEST_LABELS, count_labels, train
from jiandi.core.linkage.wording import REVIEWS

__all__ = [
    "FEWEST_LABELS",
    "PROFILES",
    "RAW_COLUMNS",
    "REPAIRS",
    "REVIEWS",
    "Card",
    "KindProfile",
    "Linked",
    "Result",
    "Settings",
    "card_figures",
    "card_lines",
    "check_model",
    "clean",
    "count_labels",
    "default_model",
    "differences",
    "digest",
    "evaluate",
    "link",
    "link_tables",
    "make_card",
    "relink",
    "train",
]
