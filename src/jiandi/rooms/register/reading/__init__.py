"""Delivered files, whatever they are, to lines of cells: told apart by their bytes, opened where they can do no harm."""
