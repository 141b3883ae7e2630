"""Who may be entitled to stand on a protection list and stands on none: questions from the files, never verdicts.

Asks only what no check asks. Disability subsidies and destitute care are R23's question, school is R16b's, severe mental
disorder R9's: see docs/decisions/2026-11-30-who-asks-about-entitlements.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from jiandi.core.values import Text

OLD_AGE = 80
LEFT_BEHIND_UNTIL = 16
CHILD_UNTIL = 18


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One question: the list it is about, what must be delivered to ask it, where it stands, what is said, how it can be wrong."""

    id: str
    group: str
    title: Text
    needs: tuple[str, ...]
    basis: Text
    says: Text
    risks: Text
    sql: str  # person_id, facts (a struct of the words in `says`), rows (a list of row ids)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person one question is about, with the reason in words and the rows it stands on."""

    entitlement: Entitlement
    person_id: int
    reason: Text
    rows: tuple[int, ...]

    @property
    def key(self) -> str:
        """Return what the question is known by from run to run."""
        return f"{self.entitlement.id}:{self.person_id}"


_LIVING = "SELECT * FROM people WHERE died_on IS NULL"
_PARENTS = f"""
    born AS (SELECT child_person AS person_id, min(row_id) AS birth_row, min(mother_person) AS mother, min(father_person) AS father
        FROM rows_birth WHERE child_person IS NOT NULL GROUP BY 1
        HAVING count(DISTINCT mother_person) = 1 AND count(DISTINCT father_person) = 1),
    minors AS (SELECT b.*, p.name FROM born b JOIN ({_LIVING}) p USING (person_id) WHERE date_sub('year', p.birth_on, DAY) < {CHILD_UNTIL}),
    died AS (SELECT subject_person AS person_id, min(row_id) AS row_id FROM rows_death
        WHERE subject_person IS NOT NULL AND died_on IS NOT NULL GROUP BY 1)"""

RULES: tuple[Entitlement, ...] = (
    Entitlement(
        id="elderly80",
        group="elderly80",
        title=Text(zh="高龄津贴", en="Old-age allowance"),
        needs=("hukou", "elderly"),
        basis=Text(
            zh="老年人权益保障法第33条:80周岁以上低收入老年人津贴,年龄和标准由当地规定",
            en="Law on the elderly, art. 33: an allowance from eighty for those with little income; local rules set age and amount",
        ),
        says=Text(
            zh="户籍在本地,年满{age}周岁,不在高龄津贴名册中。",
            en="Registered here, {age} years old, and not on the old-age allowance list.",
        ),
        risks=Text(zh="在外地领取;当地只发给低收入老人", en="drawn elsewhere; paid to low incomes only"),
        sql=f"""SELECT p.person_id, {{'age': date_sub('year', p.birth_on, DAY)}} AS facts, [min(h.row_id)] AS rows
            FROM ({_LIVING}) p JOIN rows_hukou h ON h.subject_person = p.person_id
            ANTI JOIN (SELECT subject_person AS person_id FROM rows_elderly) e ON e.person_id = p.person_id
            WHERE date_sub('year', p.birth_on, DAY) >= {OLD_AGE} GROUP BY p.person_id, p.birth_on""",
    ),
    Entitlement(
        id="lbc",
        group="lbc",
        title=Text(zh="留守儿童台账", en="Left-behind children's ledger"),
        needs=("left_behind", "lbc"),
        basis=Text(
            zh="国发〔2016〕13号:不满十六周岁的留守儿童一人一档",
            en="State Council 2016 no. 13: a file for every left-behind child under sixteen",
        ),
        says=Text(
            zh="乡镇名单写明是留守儿童,不在民政(教育)的留守儿童台账中。",
            en="The township's list calls the child left behind; the ledger of civil affairs or education does not have the child.",
        ),
        risks=Text(
            zh="父母已返乡;两份名单时间不同", en="a parent came back; the lists are of different days"
        ),
        sql=f"""SELECT p.person_id, {{'age': 0}} AS facts, [min(l.row_id)] AS rows
            FROM ({_LIVING}) p JOIN rows_left_behind l ON l.subject_person = p.person_id
            ANTI JOIN (SELECT subject_person AS person_id FROM rows_lbc) c ON c.person_id = p.person_id
            WHERE contains(l.category, '儿童') AND (p.birth_on IS NULL OR date_sub('year', p.birth_on, DAY) < {LEFT_BEHIND_UNTIL})
            GROUP BY p.person_id""",
    ),
    Entitlement(
        id="orphan",
        group="orphan",
        title=Text(zh="孤儿保障", en="Orphan's allowance"),
        needs=("birth", "death", "orphan"),
        basis=Text(
            zh="国办发〔2010〕54号:不满十八周岁,父母死亡或查找不到",
            en="General Office 2010 no. 54: under eighteen, parents dead or not to be found",
        ),
        says=Text(
            zh="未满十八周岁,出生证明上的父母都在死亡名册中,本人不在孤儿名册中。",
            en="Under eighteen; both parents on the birth certificate are in the death file; the child is in no orphan file.",
        ),
        risks=Text(zh="已被收养;父母认错", en="adopted since; a parent linked wrongly"),
        sql=f"""WITH {_PARENTS}
            SELECT m.person_id, {{'age': 0}} AS facts, [birth_row, a.row_id, b.row_id] AS rows
            FROM minors m JOIN died a ON a.person_id = m.mother JOIN died b ON b.person_id = m.father
            ANTI JOIN (SELECT subject_person AS person_id FROM rows_orphan) o ON o.person_id = m.person_id""",
    ),
    Entitlement(
        id="unattended",
        group="orphan",
        title=Text(zh="事实无人抚养儿童", en="Child without care in fact"),
        needs=("birth", "death", "orphan", "disability"),
        basis=Text(
            zh="民发〔2019〕62号:父母一方死亡,另一方重残等(范围以当地文件为准)",
            en="Civil Affairs 2019 no. 62: one parent dead and the other severely disabled or the like (local papers set the range)",
        ),
        says=Text(
            zh="未满十八周岁,父母一方在死亡名册中,另一方持一、二级残疾证,本人不在保障名册中。",
            en="Under eighteen; one parent is in the death file, the other certified severely disabled; the child is in no file of care.",
        ),
        risks=Text(zh="由祖父母实际抚养不影响申请;已被收养", en="adopted since; care by grandparents changes nothing"),
        sql=f"""WITH {_PARENTS},
            severe AS (SELECT subject_person AS person_id, min(row_id) AS row_id FROM rows_disability
                WHERE grade IN ('1', '2') GROUP BY 1)
            SELECT m.person_id, {{'age': 0}} AS facts, [birth_row, d.row_id, s.row_id] AS rows
            FROM minors m JOIN died d ON d.person_id IN (m.mother, m.father)
            JOIN severe s ON s.person_id = CASE WHEN d.person_id = m.mother THEN m.father ELSE m.mother END
            ANTI JOIN died b ON b.person_id = s.person_id
            ANTI JOIN (SELECT subject_person AS person_id FROM rows_orphan) o ON o.person_id = m.person_id""",
    ),
)  # fmt: skip
BY_ID: dict[str, Entitlement] = {rule.id: rule for rule in RULES}


def ask(con: duckdb.DuckDBPyConnection, *, at: date) -> Iterator[Candidate]:
    """Yield everybody each question is about on a day. Reads people and rows_<kind> as the register's snapshot lays them.

    A question whose files were not delivered is not asked; `lacking` says which.
    """
    tables = _tables(con)
    for rule in RULES:
        if lacking(rule, tables):
            continue
        rows = con.execute(rule.sql.replace("DAY", f"DATE '{at.isoformat()}'") + " ORDER BY 1").fetchall()
        for person, facts, sources in rows:
            yield Candidate(rule, person, rule.says.filled(**facts), tuple(sorted(set(sources))))


def lacking(rule: Entitlement, tables: set[str]) -> list[str]:
    """Return the kinds of roster a question needs and does not have."""
    return [kind for kind in rule.needs if f"rows_{kind}" not in tables]


def _tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
