"""Which records are the same person: cleaning, linking, training, judging a linkage; a library without the service."""

from jiandi.core.linkage.clean import RAW_COLUMNS, clean
from jiandi.core.linkage.evaluate import evaluate
from jiandi.core.linkage.link import Result, default_model, link
from jiandi.core.linkage.relink import relink
from jiandi.core.linkage.repairs import REPAIRS
from jiandi.core.linkage.settings import PROFILES, KindProfile, Settings
from jiandi.core.linkage.tables import Linked, link_tables
from jiandi.core.linkage.train import train
from jiandi.core.linkage.wording import REVIEWS

__all__ = [
    "PROFILES",
    "RAW_COLUMNS",
    "REPAIRS",
    "REVIEWS",
    "KindProfile",
    "Linked",
    "Result",
    "Settings",
    "clean",
    "default_model",
    "evaluate",
    "link",
    "link_tables",
    "relink",
    "train",
]
