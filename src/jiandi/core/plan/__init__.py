"""Visits as walkable days: the doors of a village in an order one can walk, cut into days of work."""
