"""The parties to a transaction: who is on a restricted-party list (parts 740, 744 and 764), by name.

A list goes from a publisher's bytes (`lists`) to entries, and these to a snapshot with an index; a name is
cleaned, its words weighed and aligned with those of the few listed names that the index finds.
"""

from rules.parties.comparison import compare
from rules.parties.entries import Entry, citation_of, decode_entry, encode_entry, packaged_entries
from rules.parties.lists import InvalidList, PublishedList, read_list
from rules.parties.match import Match
from rules.parties.named import matches_of
from rules.parties.parties import ELSEWHERE, NOT_LOADED, Parties
from rules.parties.snapshot import Delta, Policy, RestrictedParties, version_of

__all__ = [
    "ELSEWHERE",
    "NOT_LOADED",
    "Delta",
    "Entry",
    "InvalidList",
    "Match",
    "Parties",
    "Policy",
    "PublishedList",
    "RestrictedParties",
    "citation_of",
    "compare",
    "decode_entry",
    "encode_entry",
    "matches_of",
    "packaged_entries",
    "read_list",
    "version_of",
]
