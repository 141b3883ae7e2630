"""How big and how strange a delivered file may be before it is refused unread."""

from __future__ import annotations

from dataclasses import dataclass

from jiandi.core.numbering import ROW_MASK, SHEET_BITS

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Measured on this project's own files: real workbooks shrink 5 to 40 times; a bomb shrinks 800 times."""

    csv_bytes: int = 4096 * MB
    workbook_bytes: int = 300 * MB
    unpacked_bytes: int = 4096 * MB
    unpacked_ratio: int = 200  # only looked at above 20 MB unpacked
    columns: int = 300
    rows: int = ROW_MASK
    sheet_rows: int = 1 << SHEET_BITS  # of each, where a file has several: as many as a spreadsheet can have
    cell_chars: int = 32_000  # Excel's own limit is 32,767

    def child_memory(self, unpacked: int) -> int:
        """Return the address space of the reading child: 512 MB, growing with the unpacked size up to 4 GB."""
        return min(512 * MB + 3 * unpacked, 4096 * MB)

    def child_seconds(self, unpacked: int) -> int:
        """Return the processor seconds of the reading child: 20, and one more for every 5 MB unpacked."""
        return 20 + unpacked // (5 * MB)


LIMITS = Limits()
