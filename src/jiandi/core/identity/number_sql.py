"""Identity numbers of a whole DuckDB table: the same rules as `number.read_number`, in SQL, tested to agree.

The check digit is taken by whole-number arithmetic (about twice as fast as by substrings), and the regular
expressions run only on numbers that are not already eighteen clean characters (five times faster).
"""

from __future__ import annotations

from jiandi.core.identity.lunar import lunar_only_dates
from jiandi.core.identity.number import BLANKS, CHECKS, FILLERS, OLDEST_YEARS, WEIGHTS
from jiandi.core.identity.reasons import REASONS

BIT = {code: 1 << at for at, code in enumerate(REASONS)}
_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_HALF = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))


def text_literal(text: str) -> str:
    """Return a string as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def check_sql(first17: str) -> str:
    """Return SQL for the check character of a BIGINT expression holding seventeen digits."""
    terms = (f"{weight} * (({first17} // {10 ** (16 - at)}) % 10)" for at, weight in enumerate(WEIGHTS))
    return f"substr('{CHECKS}', 1 + cast(({' + '.join(terms)}) % 11 as integer), 1)"


def _plain(column: str) -> str:
    half = f"upper(translate({column}, {text_literal(_FULL)}, {text_literal(_HALF)}))"
    return f"regexp_replace(trim({half}, {text_literal(BLANKS)}), '\\.0+$', '')"


def _fillers() -> str:
    return ", ".join(text_literal(word) for word in sorted(FILLERS))


def _read_sql(source: str, key: str, column: str, reference: str) -> str:
    clean = "regexp_full_match(raw, '[0-9]{17}[0-9X]')"
    return f"""
      select *, case when plain is null then raw else regexp_replace(plain, '[^0-9X*?]', '', 'g') end as digits
      from (select {key} as record_id, {column} as raw, {reference} as reference_on,
                   case when {clean} then null else {_plain("raw")} end as plain
            from (select *, {column} as raw from {source}))"""


def _shape_sql() -> str:
    same = "(length(digits) >= 6 and replace(digits, digits[1], '') = '')"
    return f"""case
        when raw is null or (plain is not null and trim(raw, {text_literal(BLANKS)}) = '') then 'missing'
        when plain is not null and regexp_full_match(plain, '[0-9](\\.[0-9]+)?E\\+?[0-9]{{1,2}}') then 'id_scientific'
        when plain is not null and (contains(digits, '*') or contains(digits, '?')) then 'id_masked'
        when plain in ({_fillers()}) or digits = '' or {same}
             or starts_with(digits, '123456') or starts_with(digits, '000000') then 'id_placeholder'
        when plain is null or regexp_full_match(digits, '[0-9]{{17}}[0-9X]') then 'eighteen'
        when regexp_full_match(digits, '[0-9]{{15}}')
             then case when substr(digits, 13) >= '996' then 'id_15_reserved' else 'id_15_to_18' end
        when regexp_full_match(digits, '[0-9]{{17}}[0-9X][0-9]{{2,6}}') then 'id_from_card'
        else 'id_length' end"""


def _first17_sql() -> str:
    return """case shape when 'eighteen' then cast(substr(digits, 1, 17) as bigint)
        when 'id_from_card' then cast(substr(digits, 1, 17) as bigint)
        when 'id_15_to_18' then cast(substr(digits, 1, 6) || '19' || substr(digits, 7) as bigint) end"""


def _fault_sql() -> str:
    """Return SQL naming the first reason against the number, '' where there is none."""
    lunar = ", ".join(map(str, lunar_only_dates()))
    today = "(year(reference_on) * 10000 + month(reference_on) * 100 + day(reference_on))"
    wrong = "case when shape = 'eighteen' and substr(digits, 16) = '000' then 'id_excel_rounded' else 'id_check_digit' end"
    return f"""case when first17 is null then shape
        when shape <> 'id_15_to_18' and substr(digits, 18, 1) <> check_digit then {wrong}
        when not solar and not birth in ({lunar}) then 'id_no_date'
        when birth > {today} then 'id_future'
        when birth < {today} - {OLDEST_YEARS * 10000} then 'id_too_old'
        when not solar then 'id_lunar_date' else '' end"""


def _solar_sql() -> str:
    month, day, year = "(birth // 100 % 100)", "(birth % 100)", "(birth // 10000)"
    leap = f"({year} % 4 = 0 and ({year} % 100 <> 0 or {year} % 400 = 0))"
    last = f"case when {month} in (4, 6, 9, 11) then 30 when {month} = 2 then case when {leap} then 29 else 28 end else 31 end"
    return f"({year} >= 1 and {month} between 1 and 12 and {day} between 1 and {last})"


def _bits_sql(known_areas: str | None) -> str:
    faults = " ".join(f"when '{code}' then {BIT[code]}" for code in REASONS if code.startswith("id_"))
    area = (
        f"number is not null and not substr(number, 1, 6) in (select code from {known_areas})"
        if known_areas
        else "false"
    )
    return f"""(case fault {faults} else 0 end)
        | (case when number is null then 0 when shape = 'id_15_to_18' then {BIT["id_15_to_18"]}
           when shape = 'id_from_card' then {BIT["id_from_card"]} when raw <> number then {BIT["id_tidied"]} else 0 end)
        | (case when {area} then {BIT["id_area_unknown"]} else 0 end)"""


def numbers_sql(
    source: str,
    *,
    key: str = "record_id",
    column: str = "id_number",
    reference: str = "reference_on",
    known_areas: str | None = None,
) -> str:
    """Return a SELECT over `source` with one row per `key` saying what its identity number says.

    Columns: record_id, id18 (usable numbers only), id_status, id_text (also nearly right numbers, for comparing),
    id_first17 BIGINT (usable), id_birth INTEGER as written in the number, id_sex, id_bits (one bit per reason).
    `known_areas` names a table with the column code (six digits).
    """
    near = "case when length(digits) >= 15 and regexp_full_match(substr(digits, 1, 18), '[0-9]+X?') then substr(digits, 1, 18) end"
    whole = (
        "case when shape = 'id_15_to_18' then first17::varchar || check_digit else substr(digits, 1, 18) end"
    )
    return f"""
    select record_id, number as id18,
      case when fault = 'missing' then 'missing' when fault = 'id_placeholder' then 'placeholder'
           when number is null then 'invalid' when fault = 'id_lunar_date' then 'lunar'
           when raw <> number then 'repaired' else 'valid' end as id_status,
      case when number is not null then number when fault in ('id_length', 'id_15_reserved') then {near}
           when first17 is not null and fault <> 'id_excel_rounded' then {whole} end as id_text,
      case when number is not null then first17 end as id_first17,
      case when number is not null then birth end as id_birth,
      case when number is not null then case when first17 % 2 = 1 then 1 else 2 end end::tinyint as id_sex,
      {_bits_sql(known_areas)} as id_bits
    from (select *, case when fault in ('', 'id_lunar_date') then {whole} end as number
      from (select *, {_fault_sql()} as fault
        from (select *, {check_sql("first17")} as check_digit, {_solar_sql()} as solar
          from (select *, cast(first17 // 1000 % 100000000 as integer) as birth
            from (select *, {_first17_sql()} as first17
              from (select *, {_shape_sql()} as shape from ({_read_sql(source, key, column, reference)})))))))"""
