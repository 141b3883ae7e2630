"""The form a worker sends in, as the XML instance a phone would send."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from jiandi.world.calendar import iso

VERSION = "2026110101"
_HEAD = (
    f'<data id="visit" version="{VERSION}" xmlns:orx="http://openrosa.org/xforms">'
    "<orx:meta><orx:instanceID>uuid:{}</orx:instanceID></orx:meta>"
)


@dataclass(slots=True)
class Met:
    """One person of a visit."""

    listed: str
    name: str
    sex: str
    birth_year: str
    present: str
    alone: str = "no"
    own_id: str = "unknown"
    danger: str = "none"
    need: str = ""
    words: str = ""

    def xml(self) -> str:
        """Return the person's group."""
        return (
            f"<person><listed>{escape(self.listed)}</listed><name>{escape(self.name)}</name><sex>{self.sex}</sex>"
            f"<birth_year>{self.birth_year}</birth_year><present>{self.present}</present><alone>{self.alone}</alone>"
            f"<own_id>{self.own_id}</own_id><danger>{self.danger}</danger><need>{escape(self.need)}</need>"
            f"<words>{escape(self.words)}</words></person>"
        )


def as_listed(
    expected: dict[str, Any], present: str, *, alone: str = "no", own_id: str = "unknown", words: str = ""
) -> Met:
    """Write somebody down as the worker's list has them."""
    return Met(
        expected["code"],
        expected.get("name") or "",
        str(expected.get("sex") or ""),
        str(expected.get("birth_year") or ""),
        present,
        alone,
        own_id,
        words=words,
    )


@dataclass(slots=True)
class Submission:
    """One visit as sent."""

    task: str
    dwelling: str
    worker: str
    uuid: str
    day: int
    start: float
    minutes: float
    lat: float
    lon: float
    accuracy: float
    result: str
    outbuildings: str = "none"
    photo: str = ""
    note: str = ""
    came: str = ""  # on a re-visit: does the home say that somebody came in this round?
    people: list[Met] = field(default_factory=list)

    def xml(self) -> bytes:
        """Return the bytes of the instance."""
        return (
            f"{_HEAD.format(self.uuid)}<start>{moment(self.day, self.start)}</start>"
            f"<end>{moment(self.day, self.start + self.minutes)}</end><task>{escape(self.task)}</task>"
            f"<dwelling>{escape(self.dwelling)}</dwelling><worker>{escape(self.worker)}</worker>"
            f"<location>{self.lat:.6f} {self.lon:.6f} 0 {self.accuracy:.1f}</location><result>{self.result}</result>"
            f"<outbuildings>{self.outbuildings}</outbuildings><photo>{self.photo}</photo>{self._came()}"
            f"{''.join([person.xml() for person in self.people])}<note>{escape(self.note)}</note></data>"
        ).encode()

    def _came(self) -> str:
        return f"<came>{self.came}</came>" if self.came else ""


def moment(day: int, minutes: float) -> str:
    """Return a moment of a day in China's time, to the second."""
    seconds = min(int(minutes * 60), 86_399)
    return f"{iso(day)}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000+08:00"
