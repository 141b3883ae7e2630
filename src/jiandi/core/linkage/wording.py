"""Why a row is where it is, in one sentence of each language, made in SQL from the answers to the questions."""

from __future__ import annotations

from collections.abc import Sequence

from jiandi.core.linkage.comparisons import QUESTIONS, Question, value_of
from jiandi.core.values import Text

RULES: dict[str, Text] = {
    "owner": Text(zh="该身份证号以此行为准", en="This row stands for its identity number"),
    "same_name": Text(zh="身份证号相同，姓名相同", en="Same identity number, same name"),
    "same_sound": Text(zh="身份证号相同，姓名同音", en="Same identity number, name sounds the same"),
    "turned_name": Text(zh="身份证号、性别、出生日期相同，姓名用字相同而次序不同", en="Same identity number, sex and birth date; the name's characters in another order"),
    "part_of_name": Text(zh="身份证号、性别、出生日期相同，同姓且名有一字相同，同村无双胞胎", en="Same identity number, sex and birth date; same surname and one shared character, no twin in the village"),
    "other_name": Text(zh="身份证号、性别、出生日期、村相同，姓名不同（别名），同村无同日生人", en="Same identity number, sex, birth date and village under another name; nobody else there was born that day"),
    "authority": Text(zh="户籍行自成一人", en="A row of the police register is a person of its own"),
    "new": Text(zh="没有足够依据与他人合并，单独作为一人", en="Not enough evidence to join anybody; kept as a person of its own"),
    "manual": Text(zh="由人工决定", en="Decided by a person"),
    "apart": Text(zh="人工决定不是同一人，单独作为一人", en="A person decided they are not the same; kept apart"),
    "star": Text(zh="与另一行未入册人员高度相符", en="Agrees very strongly with another row of an unlisted person"),
}  # fmt: skip

REVIEWS: dict[str, Text] = {
    "id_conflict": Text(zh="身份证号相同但姓名、性别或出生日期不符：可能误填了他人的号码", en="Same identity number but name, sex or birth date do not fit: perhaps somebody else's number"),
    "untrusted_id": Text(zh="该行的身份证号属于他人，其余项目与此人相符", en="The row's number belongs to somebody else; the rest fits this person"),
    "two_rows": Text(zh="同一份无重复名册中已有此人", en="This person already has a row in the same duplicate-free roster"),
    "sex_differs": Text(zh="性别不同", en="The sexes differ"),
    "low_weight": Text(zh="相符之处不够多", en="Too little agrees"),
    "close_second": Text(zh="另有一人同样相符", en="Somebody else fits nearly as well"),
    "thin_evidence": Text(zh="缺少两项相互独立的依据", en="Two independent pieces of evidence are missing"),
    "sampled": Text(zh="已自动并为一人,抽签抽中请核实", en="Joined automatically; drawn by lot to be checked"),
    "new_pair": Text(zh="两行未入册人员可能是同一人", en="Two rows of unlisted people may be one person"),
}  # fmt: skip

ANSWERS: dict[tuple[str, str], Text] = {
    ("id", "same_valid"): Text(zh="身份证号相同", en="same identity number"),
    ("id", "one_edit"): Text(zh="身份证号差一位", en="identity numbers one edit apart"),
    ("name", "same"): Text(zh="姓名相同", en="same name"),
    ("name", "same_sound"): Text(zh="姓名同音", en="name sounds the same"),
    ("name", "look_alike"): Text(zh="姓名形近", en="name looks alike"),
    ("name", "one_of_two"): Text(zh="同姓、名有一字相同", en="same surname and one character"),
    ("name", "shared_character"): Text(zh="同姓、名有共字", en="same surname and a shared character"),
    ("name", "given_only"): Text(zh="名同姓不同", en="same given name, other surname"),
    ("name", "surname_only"): Text(zh="仅同姓", en="only the surname is the same"),
    ("name", "else"): Text(zh="姓名不同", en="other name"),
    ("birth", "same"): Text(zh="出生日期相同", en="same birth date"),
    ("birth", "same_new_year"): Text(zh="出生日期同为1月1日", en="both born on 1 January"),
    ("birth", "lunar"): Text(zh="出生日期农历公历相合", en="birth dates agree between lunar and solar calendar"),
    ("birth", "near_age"): Text(zh="年龄相合", en="ages agree"),
    ("birth", "one_edit"): Text(zh="出生日期相近", en="birth dates nearly the same"),
    ("birth", "same_year"): Text(zh="出生年份相同", en="same year of birth"),
    ("birth", "two_years"): Text(zh="出生年份相差不超过2年", en="years of birth within two"),
    ("birth", "else"): Text(zh="出生年份不同", en="other year of birth"),
    ("sex", "else"): Text(zh="性别不同", en="other sex"),
    ("village", "same_door"): Text(zh="门牌相同", en="same door"),
    ("village", "same"): Text(zh="同村", en="same village"),
    ("village", "same_town"): Text(zh="同镇", en="same town"),
    ("village", "else"): Text(zh="不同镇", en="other town"),
    ("phone", "same"): Text(zh="电话相同", en="same telephone"),
}  # fmt: skip


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def phrase_sql(table: dict[str, Text], column: str, language: str) -> str:
    """Return SQL that says the sentence belonging to a code column."""
    cases = " ".join(
        f"when {_literal(code)} then {_literal(text.say(language))}" for code, text in table.items()
    )
    return f"case {column} {cases} end"


def answers_sql(
    language: str,
    table: dict[tuple[str, str], Text] = ANSWERS,
    questions: Sequence[Question] = QUESTIONS,
) -> str:
    """Return SQL that lists what agrees and what differs between a row and the person it was compared with."""
    parts = []
    for question in dict.fromkeys(asked for asked, _ in table):
        known = {word: text for (asked, word), text in table.items() if asked == question}
        cases = " ".join(
            f"when {value_of(question, word, questions)} then {_literal(text.say(language))}"
            for word, text in known.items()
        )
        parts.append(f"case gamma_{question} {cases} end")
    return f"concat_ws({_literal('、' if language == 'zh' else ', ')}, {', '.join(parts)})"


def score_sql(language: str, weight: str = "weight", margin: str = "margin") -> str:
    """Return SQL that says the weight and the lead over the second best."""
    said = (
        ("；匹配权重", "，领先第二名") if language == "zh" else ("; match weight ", ", lead over the second ")
    )
    lead = f"case when {margin} is null then '' else {_literal(said[1])} || printf('%.1f', {margin}) end"
    return f"{_literal(said[0])} || printf('%.1f', {weight}) || {lead}"
