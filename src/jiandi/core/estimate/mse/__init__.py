"""Leads from list overlaps by multiple-systems estimation: about how many people may be on no list, and where to look.

Every result is a `Lead`: it says where to look and can never be made into a certificate. Lists that agree with each
other show agreement, not completeness, and people invisible to every list cannot be inferred from lists.
"""
