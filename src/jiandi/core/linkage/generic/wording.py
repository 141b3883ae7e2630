"""Why the generic profile put two rows together or doubts them, in both languages."""

from __future__ import annotations

from jiandi.core.values import Text

ANSWERS: dict[tuple[str, str], Text] = {
    ("id", "same"): Text(zh="编号相同", en="same id"),
    ("id", "one_edit"): Text(zh="编号差一位", en="ids one edit apart"),
    ("id", "else"): Text(zh="编号不同", en="other id"),
    ("last", "same"): Text(zh="姓相同", en="same last name"),
    ("last", "swapped"): Text(zh="姓名颠倒", en="first and last name swapped"),
    ("last", "close"): Text(zh="姓相近", en="last names nearly the same"),
    ("last", "alike"): Text(zh="姓有些像", en="last names somewhat alike"),
    ("last", "else"): Text(zh="姓不同", en="other last name"),
    ("first", "same"): Text(zh="名相同", en="same first name"),
    ("first", "known_as"): Text(zh="名是同一名字的不同叫法", en="two forms of one first name"),
    ("first", "may_be"): Text(zh="名可能是同一名字的简称", en="one first name may be short for the other"),
    ("first", "initial"): Text(zh="名的首字母相同", en="first name given as an initial"),
    ("first", "close"): Text(zh="名相近", en="first names nearly the same"),
    ("first", "alike"): Text(zh="名有些像", en="first names somewhat alike"),
    ("first", "else"): Text(zh="名不同", en="other first name"),
    ("birth", "same"): Text(zh="出生日期相同", en="same birth date"),
    ("birth", "year_alone"): Text(zh="出生年份相同", en="same year of birth"),
    ("birth", "one_edit"): Text(zh="出生日期相差一处", en="birth dates one edit apart"),
    ("birth", "two_parts"): Text(zh="出生日期有两项相同", en="two parts of the birth date are the same"),
    ("birth", "near_year"): Text(zh="出生年份相近", en="years of birth within two"),
    ("birth", "else"): Text(zh="出生日期不同", en="other birth date"),
    ("sex", "else"): Text(zh="性别不同", en="other sex"),
    ("phone", "same"): Text(zh="电话相同", en="same telephone"),
    ("email", "same"): Text(zh="电子邮箱相同", en="same e-mail"),
    ("street", "same_door"): Text(zh="街道门牌相同", en="same street and number"),
    ("street", "same"): Text(zh="街道相同", en="same street"),
    ("street", "close"): Text(zh="街道相近", en="streets nearly the same"),
    ("place", "same_postcode"): Text(zh="邮编相同", en="same postcode"),
    ("place", "same"): Text(zh="地点相同", en="same place"),
    ("place", "one_edit"): Text(zh="邮编差一位", en="postcodes one edit apart"),
    ("place", "else"): Text(zh="地点不同", en="other place"),
}  # fmt: skip
ALIKE = Text(zh="与另一行逐项相同", en="every cell as in another row")
ALONE = Text(
    zh="没有足够依据与他人合并,单独作为一人",
    en="Not enough evidence to join anybody; kept as a person of its own",
)
CENTRE = Text(zh="此行代表这一人", en="This row stands for its person")
DECIDED = Text(zh="由人工决定", en="Decided by a person")
REASONS: dict[str, Text] = {
    "contradiction": Text(zh="多处相符,但有一处像是另一个人", en="Much agrees, but something speaks for two people"),
    "rival": Text(zh="这个简称同样可能指另一个人", en="The short name may as well stand for somebody else"),
    "outvoted": Text(zh="两行相符,但两人的其余各行多数不符", en="These rows agree, but most other rows of the two do not"),
    "thin_evidence": Text(zh="缺少两项相互独立的依据", en="Two independent pieces of evidence are missing"),
    "low_weight": Text(zh="相符之处不够多", en="Too little agrees"),
}  # fmt: skip
