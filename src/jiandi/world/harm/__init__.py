"""Planted harm: one function a shape, each with an innocent scene that leaves the same kind of trace."""
