"""Stage 0: rows as delivered become records that can be compared; what was changed stands beside what was sent.

One pass in DuckDB; names, dates and addresses are read once per distinct spelling. Nothing is thrown away: the delivered name and
address stay in the record, and everything repaired or refused is listed by code in `repairs` (texts in REPAIRS).
"""

from __future__ import annotations

import duckdb

from jiandi.core.codes import code_tables
from jiandi.core.identity import lunar_table, map_dates, numbers_sql
from jiandi.core.identity.number_sql import text_literal
from jiandi.core.identity.phones import no_phone_sql, phone_sql
from jiandi.core.linkage.repairs import BITS
from jiandi.core.names import map_names

RAW_COLUMNS = [
    "record_id",
    "row_id",
    "roster_id",
    "kind",
    "role",
    "name",
    "id_number",
    "birth",
    "sex",
    "age",
    "phone",
    "village",
    "town",
    "address",
    "household_no",
    "reference_on",
]
_FULL_DIGITS = "０１２３４５６７８９"
_GROUPS = [*"一二三四五六七八九十", *("十" + char for char in "一二三四五六七八九"), "二十"]
_GROUPS += ["二十" + char for char in "一二三四五六七八九"] + ["三十"]
_WORK_TABLES = ("clean_names", "clean_births", "clean_doors")


def _flag(code: str, condition: str) -> str:
    return f"(case when {condition} then {BITS[code]} else 0 end)"


def _sex_sql() -> str:
    """Return SQL for the sex, by the words of the code table; a longer text counts by how it begins (男(户主))."""
    written = code_tables()["sex"].written
    words = {code: sorted(word for word, kept in written.items() if kept == code) for code in ("1", "2")}
    listed = {code: ", ".join(text_literal(word) for word in found) for code, found in words.items()}
    text = f"upper(regexp_replace(translate(trim(r.sex), '{_FULL_DIGITS}', '0123456789'), '[.]0+$', ''))"
    return f"""case when r.sex = '男' or r.sex = '1' then 1 when r.sex = '女' or r.sex = '2' then 2 when r.sex is null then null
        when starts_with({text}, '男') or {text} in ({listed["1"]}) then 1
        when starts_with({text}, '女') or {text} in ({listed["2"]}) then 2 end"""


def _age_sql() -> str:
    number = "try_cast(regexp_extract(r.age, '^ *([0-9]{1,3})', 1) as integer)"
    return f"""case when r.age is null then null when regexp_matches(r.age, '[月天日周]') then 0
        when {number} <= 120 then {number} end"""


def _door_sql() -> str:
    """Return SQL for the numbers of an address r.address (第3组12号: 3-12), which name a door inside a village."""
    group = "([一二三四五六七八九十]+)(?:组|队|社)"
    ordinals = "[" + ", ".join(f"'{word}'" for word in _GROUPS) + "]"
    half = f"translate(r.address, '{_FULL_DIGITS}', '0123456789')"
    said = f"coalesce(list_position({ordinals}, regexp_extract({half}, '{group}', 1)), 0)"
    spelled = f"case when regexp_matches({half}, '{group}') then regexp_replace({half}, '{group}', {said} || '组') else {half} end"
    rare = f"regexp_matches(r.address, '[{_FULL_DIGITS}]|[一二三四五六七八九十][组队社]')"
    text = f"case when {rare} then {spelled} else r.address end"
    numbers = f"trim(regexp_replace({text}, '[^0-9]+', '-', 'g'), '-')"
    return numbers


def _stage_sql(raw: str, known_areas: str | None) -> str:
    """Return the SELECT that lays names, numbers, dates, sexes and telephones of each row side by side."""
    read = f"""(select r.* exclude (birth, sex, phone, age), r.sex as sex_raw, r.phone as phone_raw,
        n.name_clean, n.name_py, n.name_shape, n.sur, n.g1, n.g2, n.nlen,
        b.on_day, b.precision as stated_precision, coalesce(b.bits, 0) as birth_bits,
        {_age_sql()} as age_years, {_sex_sql()} as stated_sex, {phone_sql("r.phone")} as phone_found, d.numbers
      from {raw} r
      left join clean_names n on n.raw = r.name
      left join clean_births b on b.raw = r.birth and b.reference_on = r.reference_on
      left join clean_doors d on d.raw = r.address)"""
    return f"""select i.*, case when i.id_status = 'lunar' then s.solar else i.id_birth end as id_solar
      from ({numbers_sql(read, known_areas=known_areas)}) i
      left join (select lunar, min(solar) as solar from lunar_days group by lunar) s
        on i.id_status = 'lunar' and s.lunar = i.id_birth"""


def _judged_sql(stage: str) -> str:
    """Return the SELECT that settles birth, sex and telephone and adds up what was repaired."""
    to_date = "make_date(id_solar // 10000, id_solar // 100 % 100, id_solar % 100)"
    stated_day = "(on_day is not null and stated_precision in ('day', 'lunar'))"
    from_id = f"(not {stated_day} and id_solar is not null)"
    day = "(year(on_day) * 10000 + month(on_day) * 100 + day(on_day))"
    tails = "|".join(f"{digit}+" for digit in "0123456789")
    fillers = "'13800138000', '12345678', '13812345678', '13912345678', '13712345678'"
    filler = f"(regexp_full_match(phone_found, '...({tails})') or phone_found in ({fillers}))"
    no_phone = no_phone_sql("phone_raw")
    return f"""
    select *, {stated_day} as birth_stated, stated_sex is not null as sex_stated,
      case when {from_id} then {to_date} when on_day is not null then on_day
           when age_years is not null then make_date(year(reference_on) - age_years, 1, 1) end as birth_on,
      case when {from_id} then case when id_status = 'lunar' then 'lunar' else 'day' end
           when on_day is not null then stated_precision when age_years is not null then 'age' end as birth_precision,
      case when {stated_day} then {day} else id_solar end::integer as birth,
      coalesce(stated_sex, id_sex)::tinyint as sex_code,
      case when not {filler} then phone_found end as phone_clean,
      id_bits | birth_bits
      | {_flag("name_missing", "name_clean is null")} | {_flag("name_tidied", "name_clean <> name")}
      | {_flag("name_gap", "contains(name_clean, '?')")}
      | {_flag("sex_unreadable", "case when stated_sex is null then not trim(sex_raw) in ('', '0', '9', '未知', '不详') end")}
      | {_flag("sex_from_id", "stated_sex is null and id_sex is not null")}
      | {_flag("sex_conflicts_id", "stated_sex <> id_sex")}
      | {_flag("birth_from_id", from_id)}
      | {_flag("birth_from_age", f"on_day is null and not {from_id} and age_years is not null")}
      | {_flag("phone_tidied", f"phone_found <> phone_raw and not {filler}")}
      | {_flag("phone_placeholder", f"case when phone_found is null then {no_phone} else {filler} end")}
      | {_flag("phone_unusable", f"case when phone_found is null then trim(phone_raw) <> '' and not {no_phone} end")} as bits
    from ({stage})"""


def _codes_sql() -> str:
    codes = ", ".join(f"case when all_bits & {bit} <> 0 then '{code}' end" for code, bit in BITS.items())
    return f"case when all_bits = 0 then [] else list_filter([{codes}], lambda code: code is not null) end"


def _records_sql(stage: str) -> str:
    lunar_twin = "coalesce(j.id_birth = l.lunar or d.lunar = j.birth, false)"
    conflict = f"j.birth_stated and j.id_solar is not null and j.birth <> j.id_solar and not {lunar_twin}"
    return f"""
    select record_id, row_id, roster_id, kind, role, name, name_clean, name_py, name_shape, sur, g1, g2, nlen,
      id18, id_status, id_text, id_first17, birth_on, birth_precision, birth_stated, birth, birth_lun,
      year(birth_on)::integer as birth_year, sex_code as sex, sex_stated, phone_clean as phone, village, town,
      address, case when contains(numbers, '-') then numbers end as door, household_no, reference_on,
      {_codes_sql()} as repairs
    from (select j.*, l.lunar as birth_lun, bits | {_flag("birth_conflicts_id", conflict)} as all_bits
      from ({_judged_sql(stage)}) j
      left join lunar_days l on l.solar = j.birth
      left join lunar_days d on d.solar = j.id_solar and j.birth_stated and j.birth <> j.id_solar)"""


def clean(
    con: duckdb.DuckDBPyConnection,
    *,
    raw: str = "raw_records",
    into: str = "records",
    known_areas: str | None = None,
) -> dict[str, int]:
    """Create the temporary table `into` with one comparable record per row of `raw`; return how many rows met each repair.

    `raw` holds RAW_COLUMNS, text as delivered but for the numbers record_id, row_id, roster_id, village, town and the
    date reference_on; `known_areas` names a table with the column code. Records carry name_clean, name_py, name_shape,
    sur, g1, g2, nlen; id18 (usable numbers only), id_status, id_text, id_first17; birth_on, birth_precision
    (day, month, year, lunar, age), birth_stated, birth and birth_lun as whole numbers; sex 1, 2 or null, sex_stated;
    phone, door (numbers of the address), and repairs.
    """
    map_names(con, source=raw, column="name", into="clean_names")
    map_dates(con, source=raw, column="birth", into="clean_births")
    lunar_table(con)
    con.execute(f"""create or replace temp table clean_doors as select address as raw, {_door_sql()} as numbers
      from (select distinct address from {raw} where address is not null) r""")
    # Temporary: a table that is to be kept is compressed and logged as it is written, for twice the cost of cleaning it.
    con.execute(f"create or replace temp table {into} as {_records_sql(_stage_sql(raw, known_areas))}")
    counts = con.execute(
        f"select code, count(*) from (select unnest(repairs) as code from {into}) group by code order by code"
    )
    counted = {code: count for code, count in counts.fetchall()}
    for table in _WORK_TABLES:
        con.execute(f"drop table if exists {table}")
    return counted
