"""How deep the bottom is: certificates from lotteries, suspicion that orders re-visits, coverage and leads.

Three products that are never mixed: a *certificate* (exact bounds, from probability samples only), *leads* (list
overlaps: where to look) and *suspicion* (which visits to repeat first). A type of one cannot be passed to another.
"""
