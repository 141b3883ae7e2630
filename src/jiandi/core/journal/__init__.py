"""A log that cannot be changed unnoticed: canonical events, salted leaves, a Merkle tree, signed checkpoints.

The database stores leaves, a sequencer orders them, and anybody holding an export and one printed root can check that
nothing was edited, removed or put in between, without trusting the server (RFC 6962; C2SP tlog-checkpoint).
"""
