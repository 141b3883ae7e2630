"""Read from the visits of a campaign what the indicators need: one row per visit, in DuckDB."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np

from jiandi.core.estimate.pictures import Pictures, seen_elsewhere

#: What every visit is measured by; see `indicators`. Times in minutes (natural log), distances in metres (log); those from
#: `item_seconds` on come from the form's own log, in seconds (log).
FEATURES = (
    "log_minutes",
    "log_gap",
    "log_metres",
    "overlaps",
    "too_fast",
    "same_spot",
    "same_minute",
    "odd_hours",
    "photo_again",
    "photo_alike",
    "has_words",
    "has_need",
    "no_contact",
    "has_unlisted",
    "n_people",
    "n_needs",
    "hour",
    "pattern",
    "item_seconds",
    "item_spread",
    "item_edits",
    "item_returns",
    "item_jumps",
    "away",
    "resumed",
    "form_errors",
    "log_form_metres",
    "mock_place",
)


@dataclass(frozen=True)
class VisitTable:
    """One row per visit: whose, where, and its features as float arrays of equal length (NaN = not known)."""

    visit_id: np.ndarray
    officer_id: np.ndarray
    village: np.ndarray
    features: dict[str, np.ndarray]


def read_visits(connection: duckdb.DuckDBPyConnection) -> VisitTable:
    """Measure every visit of the snapshot.

    Tables: `visits(visit_id, dwelling_id, village, officer_id, started_at, ended_at, result, lat, lon, photo_sha,
    outbuildings)`, `sightings(visit_id, person_id, present, alone, own_id, danger, need, words)` and, where there,
    `dwellings(dwelling_id, lat, lon)`, `pictures(visit_id, door, officer_id, file, picture, mirrored)` and
    `logs(visit_id, seconds, spread, edits, returns, jumps, away, resumes, errors, lat, lon, is_mocked)`.
    """
    homes = _HOMES if _is_there(connection, "dwellings", "lat") else _NO_HOMES
    logs = "logs" if _is_there(connection, "logs", "seconds") else _NO_LOGS
    columns = connection.execute(_MEASURE.format(homes=homes, logs=logs)).fetchnumpy()
    visit, officer, village = (
        np.ma.filled(columns[name], -1) for name in ("visit_id", "officer_id", "village")
    )
    columns["photo_alike"] = _photo_alike(visit, read_pictures(connection))
    features = {name: np.ma.filled(columns[name].astype(float), np.nan) for name in FEATURES}
    return VisitTable(visit, officer, village, features)


def read_pictures(connection: duckdb.DuckDBPyConnection) -> Pictures:
    """Read the fingerprints of a snapshot's `pictures`, signed 64-bit numbers there; empty where there is no such table."""
    if not _is_there(connection, "pictures", "picture"):
        return Pictures.of(np.zeros((len(_PICTURE_COLUMNS), 0)))
    columns = connection.execute(_PICTURES).fetchnumpy()
    return Pictures.of(np.stack([np.ma.filled(columns[name], -1) for name in _PICTURE_COLUMNS]))


def _is_there(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    known = connection.execute(
        "SELECT count(*) FROM information_schema.columns WHERE table_name = ? AND column_name = ?",
        [table, column],
    ).fetchone()
    return bool(known and known[0])


def _photo_alike(visit: np.ndarray, pictures: Pictures) -> np.ndarray:
    """Whether a visit has a picture much like one of another door; NaN where it has none that can be compared."""
    alike = np.full(len(visit), np.nan)
    if len(pictures) and len(visit):
        at = np.minimum(np.searchsorted(visit, pictures.visit_id), len(visit) - 1)  # visits come in order
        is_known = visit[at] == pictures.visit_id
        alike[at[is_known]] = 0
        alike[at[is_known & seen_elsewhere(pictures)]] = 1
    return alike


_PICTURE_COLUMNS = ("visit_id", "door", "officer_id", "file_no", "picture", "mirrored")
_PICTURES = """
SELECT visit_id, door, officer_id, dense_rank() OVER (ORDER BY file) AS file_no, picture, mirrored
FROM pictures ORDER BY visit_id
"""

_HOMES = (
    "SELECT dwelling_id, any_value(lat) AS lat, any_value(lon) AS lon FROM dwellings GROUP BY dwelling_id"
)
_NO_HOMES = "SELECT NULL::BIGINT AS dwelling_id, NULL::DOUBLE AS lat, NULL::DOUBLE AS lon WHERE false"

_NO_LOGS = """(SELECT NULL::BIGINT AS visit_id, NULL::DOUBLE AS seconds, NULL::DOUBLE AS spread, NULL::DOUBLE AS edits,
  NULL::DOUBLE AS returns, NULL::INT AS jumps, NULL::DOUBLE AS away, NULL::INT AS resumes, NULL::INT AS errors,
  NULL::DOUBLE AS lat, NULL::DOUBLE AS lon, NULL::INT AS is_mocked WHERE false)"""

_MEASURE = """
WITH seen AS (
  SELECT visit_id, count(*) AS people,
    count(*) FILTER (coalesce(trim(need), '') NOT IN ('', 'none', 'no', '无')) AS needs,
    count(*) FILTER (coalesce(danger, 'none') NOT IN ('', 'none')) AS dangers,
    max((person_id IS NULL)::INT) AS has_unlisted,
    max((coalesce(trim(words), '') <> '')::INT) AS has_words,
    hash(list_sort(list(concat_ws('/', present, alone::VARCHAR, own_id::VARCHAR, danger)))) AS answers
  FROM sightings GROUP BY visit_id
),
spots AS (
  SELECT officer_id, round(lat, 5) AS lat5, round(lon, 5) AS lon5, count(DISTINCT dwelling_id) AS homes
  FROM visits WHERE lat IS NOT NULL GROUP BY ALL HAVING homes >= 3
),
photos AS (
  SELECT photo_sha FROM visits WHERE coalesce(photo_sha, '') <> '' GROUP BY photo_sha HAVING count(*) > 1
),
homes AS ({homes}),
walk AS (
  SELECT *,
    date_diff('second', lag(ended_at) OVER day, started_at) / 60.0 AS gap,
    111.195 * sqrt(pow(lat - lag(lat) OVER day, 2)
      + pow((lon - lag(lon) OVER day) * cos(radians(lat)), 2)) AS km,
    count(*) OVER (PARTITION BY officer_id, date_trunc('minute', started_at)) AS starts
  FROM visits
  WINDOW day AS (PARTITION BY officer_id, started_at::DATE ORDER BY started_at, visit_id)
)
SELECT w.visit_id, w.officer_id, w.village,
  CASE WHEN is_met THEN ln(greatest(date_diff('second', w.started_at, w.ended_at) / 60.0, 0.1)) END AS log_minutes,
  CASE WHEN gap IS NOT NULL THEN ln(greatest(least(gap, 240), 0.1)) END AS log_gap,
  CASE WHEN w.lat IS NOT NULL AND h.lat IS NOT NULL THEN
    ln(greatest(111195 * sqrt(pow(w.lat - h.lat, 2) + pow((w.lon - h.lon) * cos(radians(h.lat)), 2)), 1))
  END AS log_metres,
  (gap < 0)::INT AS overlaps,
  CASE WHEN km IS NULL THEN NULL ELSE (km > 0.2 AND km > 80 * greatest(gap, 0) / 60)::INT END AS too_fast,
  CASE WHEN w.lat IS NULL THEN NULL ELSE (s.homes IS NOT NULL)::INT END AS same_spot,
  (starts > 1)::INT AS same_minute,
  (hour_of >= 21 OR hour_of < 6.5)::INT AS odd_hours,
  CASE WHEN coalesce(w.photo_sha, '') = '' THEN NULL ELSE (p.photo_sha IS NOT NULL)::INT END AS photo_again,
  CASE WHEN is_met THEN coalesce(has_words, 0) END AS has_words,
  CASE WHEN is_met THEN (coalesce(needs + dangers, 0) > 0)::INT END AS has_need,
  (w.result IN ('no_contact', 'refused'))::INT AS no_contact,
  CASE WHEN is_met THEN coalesce(has_unlisted, 0) END AS has_unlisted,
  CASE WHEN is_met THEN coalesce(people, 0) END AS n_people,
  CASE WHEN is_met THEN coalesce(needs + dangers, 0) END AS n_needs,
  hour_of AS hour,
  CASE WHEN is_met THEN (hash(answers, w.outbuildings) % 4503599627370496)::DOUBLE END AS pattern,
  l.seconds AS item_seconds, l.spread AS item_spread, l.edits AS item_edits, l.returns AS item_returns,
  l.jumps AS item_jumps, l.away, (l.resumes > 0)::INT AS resumed, l.errors AS form_errors,
  CASE WHEN l.lat IS NOT NULL AND h.lat IS NOT NULL THEN
    ln(greatest(111195 * sqrt(pow(l.lat - h.lat, 2) + pow((l.lon - h.lon) * cos(radians(h.lat)), 2)), 1))
  END AS log_form_metres,
  l.is_mocked AS mock_place
FROM (SELECT *, result = 'met' AS is_met, hour(started_at) + minute(started_at) / 60.0 AS hour_of FROM walk) w
LEFT JOIN seen USING (visit_id)
LEFT JOIN homes h ON h.dwelling_id = w.dwelling_id
LEFT JOIN spots s ON s.officer_id = w.officer_id AND s.lat5 = round(w.lat, 5) AND s.lon5 = round(w.lon, 5)
LEFT JOIN photos p ON p.photo_sha = w.photo_sha
LEFT JOIN {logs} l ON l.visit_id = w.visit_id
ORDER BY w.visit_id
"""
