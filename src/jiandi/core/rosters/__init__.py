"""Departments' rosters: which kinds exist, how their columns are recognised, how their rows become records."""
