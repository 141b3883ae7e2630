"""The coverage board counted afresh, as a whole: nothing on it was moved step by step."""

from __future__ import annotations

from datetime import datetime

from jiandi.rooms.access.models import Officer
from jiandi.rooms.access.permissions import permit
from jiandi.rooms.access.recording import action, record
from jiandi.rooms.assurance import boards
from jiandi.rooms.assurance.models import Board, BoardCell
from jiandi.rooms.screening.models import Campaign


@action
def count_board(*, by: Officer, at: datetime, campaign: Campaign) -> Board:
    """Count who was to be reached and who was, for each place and each protection list, in place of the last count."""
    permit(by, "assurance.count_board", at=at, place=campaign.place)
    BoardCell.objects.filter(board__campaign=campaign).delete()
    board, _ = Board.objects.update_or_create(
        campaign=campaign,
        defaults={"counted_at": at, "counted_by": by, "rosters": boards.rosters_of(campaign)},
    )
    cells = list(boards.cells_of(campaign))
    for cell in cells:
        cell.board = board
    BoardCell.objects.bulk_create(cells, batch_size=500)
    everybody = [cell for cell in cells if cell.group == boards.EVERYBODY]
    told = {
        name: sum(getattr(cell, name) for cell in everybody) for name in ("listed", "unlisted_found", "seen")
    }
    record("assurance.count_board", by=by, at=at, subject=board, place=campaign.place, payload=told)
    return board
