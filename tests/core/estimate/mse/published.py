"""Counts and estimates as published, with where they stand. Facts only; each table is given by its occupied patterns.

UK: Silverman (2014), Home Office, six lists merged to five (Bales, Hesketh and Silverman 2015).
Netherlands: Cruyff, van Dijk and van der Heijden (2017), merged to five. New Orleans: Bales, Murphy and Silverman (2020),
in the counts used by Chan, Silverman and Vincent (2021). Western US: Farrell et al., in Chan et al. (2021).
Australia: Lyneham, Dowling and Bricknell (2019). Kosovo: Ball et al. (2002). Korea: in Silverman et al. (2024).
Golf tees: Borchers, Buckland and Zucchini (2002), 250 tees, eight observers. Hepatitis A: Chao et al. (2001).

Estimates: CSV = Chan, Silverman and Vincent (2021) JASA 116; SCV = Silverman, Chan and Vincent (2024) Stat. Comput. 34;
BS = Binette and Steorts (2022) JRSS A 185, the analysis published with it.
"""

from __future__ import annotations

from dataclasses import replace

from jiandi.core.estimate.mse.tables import PatternTable


def table(lists: str, patterns: dict[str, int]) -> PatternTable:
    """A table from names ("A B C") and the people on exactly the lists named by their letters' places ("13")."""
    names = lists.split()
    counts = [0] * 2 ** len(names)
    for places, people in patterns.items():
        counts[sum(1 << int(place) - 1 for place in places)] = people
    return PatternTable(tuple(names), tuple(counts))


UK = table(
    "LA NG PFNCA GO GP",
    {
        "1": 54,
        "2": 463,
        "3": 995,
        "4": 695,
        "5": 316,
        "12": 15,
        "13": 19,
        "14": 3,
        "23": 62,
        "24": 19,
        "25": 1,
        "34": 76,
        "35": 11,
        "45": 8,
        "123": 1,
        "124": 1,
        "234": 4,
        "1234": 1,
    },
)
UK_SIX = table(
    "LA NG PF GO GP NCA",
    {
        "1": 54,
        "2": 463,
        "3": 907,
        "4": 695,
        "5": 316,
        "6": 57,
        "12": 15,
        "13": 19,
        "14": 3,
        "23": 56,
        "24": 19,
        "25": 1,
        "26": 3,
        "34": 69,
        "35": 10,
        "36": 31,
        "45": 8,
        "46": 6,
        "56": 1,
        "123": 1,
        "124": 1,
        "234": 4,
        "236": 3,
        "346": 1,
        "1234": 1,
    },
)
NETHERLANDS = table(
    "IO K P R Z",
    {
        "1": 756,
        "2": 1299,
        "3": 4466,
        "4": 650,
        "5": 632,
        "12": 1,
        "13": 81,
        "14": 5,
        "15": 73,
        "23": 44,
        "25": 4,
        "34": 82,
        "35": 125,
        "45": 2,
        "134": 2,
        "135": 11,
        "345": 1,
    },
)
NEW_ORLEANS = table(
    "A BEFG C D H",
    {
        "1": 25,
        "2": 24,
        "3": 70,
        "4": 33,
        "5": 21,
        "12": 1,
        "13": 1,
        "14": 2,
        "23": 2,
        "24": 2,
        "25": 1,
        "34": 1,
        "123": 1,
        "124": 1,
    },
)
NEW_ORLEANS_EIGHT = table(
    "A B C D E F G H",
    {
        "1": 25,
        "2": 5,
        "3": 70,
        "4": 33,
        "5": 6,
        "6": 6,
        "7": 6,
        "8": 21,
        "13": 1,
        "14": 2,
        "15": 1,
        "26": 1,
        "34": 1,
        "35": 1,
        "37": 1,
        "45": 2,
        "58": 1,
        "137": 1,
        "145": 1,
    },
)
#: The count corrected later: one person more on C and D.
NEW_ORLEANS_CORRECTED = replace(
    NEW_ORLEANS,
    counts=tuple(people + (cell == 0b01100) for cell, people in enumerate(NEW_ORLEANS.counts)),
)
WESTERN = table(
    "A B C D E",
    {
        "1": 52,
        "2": 90,
        "3": 114,
        "4": 45,
        "5": 21,
        "13": 4,
        "14": 2,
        "15": 5,
        "23": 6,
        "24": 1,
        "45": 3,
        "135": 1,
        "234": 1,
    },
)
AUSTRALIA = table(
    "A B C D",
    {
        "1": 34,
        "2": 13,
        "3": 198,
        "4": 100,
        "12": 3,
        "13": 4,
        "14": 1,
        "23": 36,
        "24": 2,
        "123": 6,
        "124": 1,
        "234": 15,
        "1234": 1,
    },
)
KOSOVO = table(
    "EXH ABA OSCE HRW",
    {
        "1": 1131,
        "2": 845,
        "3": 936,
        "4": 306,
        "12": 177,
        "13": 228,
        "14": 106,
        "23": 217,
        "24": 31,
        "34": 123,
        "123": 181,
        "124": 18,
        "134": 42,
        "234": 32,
        "1234": 27,
    },
)
KOREA = table(
    "b c d",
    {"1": 5, "2": 5, "3": 41, "12": 54, "13": 6, "123": 12},
)
HEPATITIS = table(
    "P Q E",
    {"1": 69, "2": 55, "3": 63, "12": 21, "13": 17, "23": 18, "123": 28},
)
GOLF_TEES = table(
    "observer1 observer2 observer3 observer4 observer5 observer6 observer7 observer8",
    {
        "1": 4,
        "2": 4,
        "3": 2,
        "4": 3,
        "5": 7,
        "6": 4,
        "7": 4,
        "8": 18,
        "12": 1,
        "13": 2,
        "15": 3,
        "18": 2,
        "23": 2,
        "25": 1,
        "26": 1,
        "27": 1,
        "28": 2,
        "34": 2,
        "35": 1,
        "36": 1,
        "37": 3,
        "38": 1,
        "47": 1,
        "48": 1,
        "58": 2,
        "78": 1,
        "127": 1,
        "136": 1,
        "145": 1,
        "148": 2,
        "168": 1,
        "236": 1,
        "245": 1,
        "247": 1,
        "258": 1,
        "267": 1,
        "268": 2,
        "348": 2,
        "358": 1,
        "368": 1,
        "458": 1,
        "467": 1,
        "568": 1,
        "578": 1,
        "1235": 1,
        "1278": 1,
        "1346": 1,
        "1347": 1,
        "1378": 1,
        "2378": 1,
        "2457": 1,
        "2458": 1,
        "2567": 1,
        "3468": 1,
        "3678": 1,
        "4568": 1,
        "4578": 1,
        "12348": 1,
        "12357": 1,
        "12358": 1,
        "12378": 1,
        "12467": 1,
        "12568": 2,
        "13456": 1,
        "13468": 1,
        "13478": 1,
        "13568": 2,
        "13578": 1,
        "14568": 1,
        "23457": 1,
        "23467": 1,
        "23468": 1,
        "23478": 1,
        "23567": 2,
        "25678": 1,
        "34567": 1,
        "35678": 1,
        "123456": 1,
        "123468": 1,
        "123478": 1,
        "123568": 1,
        "123578": 1,
        "123678": 1,
        "124578": 2,
        "134578": 2,
        "145678": 1,
        "234578": 1,
        "235678": 2,
        "1234568": 1,
        "1234578": 1,
        "1234678": 1,
        "1235678": 1,
        "1345678": 1,
        "2345678": 1,
        "12345678": 11,
    },
)

#: Posterior median and 95% interval of the graph average (BS); to the unit.
DGA = {
    "UK": (UK, 23_016, 10_408, 33_481),
    "Netherlands": (NETHERLANDS, 50_270, 41_616, 203_328),
    "New Orleans": (NEW_ORLEANS, 869, 514, 1_763),
    "Western US": (WESTERN, 2_128, 1_340, 3_868),
    "Australia": (AUSTRALIA, 2_255, 1_186, 7_314),
}
#: Estimate of the stepwise model, and the published 95% interval where there is one (CSV, BS; Korea: SCV's software).
STEPWISE = {
    "UK": (UK, 11_313.0, (9_366.9, 15_219.2)),
    "Netherlands": (NETHERLANDS, 121_521.6, (48_001.9, 173_698.2)),
    "New Orleans, 8 lists": (NEW_ORLEANS_EIGHT, 1_183.7, (717, 1_657)),
    "New Orleans": (NEW_ORLEANS, 1_034.2, (589, 1_703)),
    "Western US": (WESTERN, 2_483.4, (1_293, 3_670)),
    "Australia": (AUSTRALIA, 6_496.0, (2_157.8, 16_062.2)),
    "Korea": (KOREA, 268.8, None),
}
#: Estimate with independent lists (BS; New Orleans with eight lists: CSV).
INDEPENDENCE = {
    "UK": (UK, 13_444.1, (12_004.0, 15_160.3)),
    "Netherlands": (NETHERLANDS, 52_923.9, (48_640.9, 57_776.9)),
    "New Orleans, 8 lists": (NEW_ORLEANS_EIGHT, 996.7, (644, 1_618)),
    "New Orleans": (NEW_ORLEANS, 1_034.2, (673.5, 1_771.3)),
    "Western US": (WESTERN, 2_007.1, (1_440.5, 2_971.4)),
    "Australia": (AUSTRALIA, 827.2, (725.5, 964.0)),
}
#: Estimate and interval of the model of least BIC among all hierarchical ones up to an order (SCV, Table 6).
BIC = {
    "UK, pairs": (UK, 2, 22_991, (11_456, 43_894)),
    "UK, all orders": (UK, 4, 25_311, (11_168, 56_052)),
    "New Orleans, corrected": (NEW_ORLEANS_CORRECTED, 2, 981, (397, 1_505)),
    "Kosovo, pairs": (KOSOVO, 2, 14_342, (12_451, 16_273)),
    "Kosovo, all orders": (KOSOVO, 3, 10_357, (6_947, 18_010)),
    "Korea": (KOREA, 2, 157, (128, 349)),
}
#: The same by walking downhill (SCV, Table 6).
DOWNHILL = {"UK": (UK, 12_262), "UK, 6 lists": (UK_SIX, 12_350)}
#: Ten lists hidden in turn (BS): mean log relative error, and how often the interval held the truth.
LIST_DROP_TABLES = (UK, NETHERLANDS, NEW_ORLEANS, WESTERN, AUSTRALIA)
LIST_DROP = {"dga": -0.34, "independence": -0.29, "stepwise": -0.17, "dga coverage": 0.80}
GOLF_TEES_TRUTH = 250
