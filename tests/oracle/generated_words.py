"""What generated rules and members may name: the dictionaries of the partner."""

from __future__ import annotations

LISTS = ("vip", "staff")
SEGMENTS = ("families", "students", "sleepers")
TAGS_OF_MEMBERS = ("early", "loud")
#: Custom attributes of members, with their types.
ATTRIBUTES_OF_MEMBERS = {
    "city": "text",
    "children": "number",
    "newsletter": "yes_no",
    "since": "date",
}
#: Values that attributes have in rules and, also under other names, in facts.
VALUES = {
    "text": ("Riga", "Paris"),
    "number": (0, 1, 2, 3),
    "yes_no": (False, True),
    "date": ("2026-11-20", "2026-11-21", "2027-01-01"),
}
ACTIVITIES = ("app_opened", "review")
WINDOWS = (7, 30)
GENDERS = ("f", "m")
CARD_TYPES = ("plastic", "virtual")
LIFECYCLES = ("new", "active", "lost")
CONSENTS = ("email", "push")
SERIES = ("autumn", "winter")
CERTIFICATES = ("money", "cinema")
#: Codes of certificates that customers show, and when they end.
CERTIFICATE_CODES = ("C-1", "C-10", "C-2", "c-1", "P-1", "P-2", "0")
ENDS = ("", "2026-11-22T10:00:00Z", "2026-12-31T21:00:00Z", "2028-02-29T00:00:00Z")
PROBLEMS = ("unknown", "not_active", "blocked", "expired", "used_up")
GIFTS = ("mug", "balloon")
COUPONS = ("SAVE", "save", "OLD", "VIP", "10%")
COUPON_FAULTS = ("already_used", "not_yet_valid", "expired", "other_member", "blocked")
UNKNOWN_COUPONS = ("NOSUCH", "0")
CHANNELS = ("till", "app", "self_checkout")
TERMINALS = ("t1", "t2")
TENDERS = ("cash", "card")
BINS = ("4", "4111", "51")
TOKENS = ("token-1", "token-2")
LANGUAGES = ("en", "lv")
PERMISSIONS = ("seller", "boss")

WORDS = {
    "segments": list(SEGMENTS),
    "tags": list(TAGS_OF_MEMBERS),
    "attributes": ATTRIBUTES_OF_MEMBERS,
    "activities": list(ACTIVITIES),
    "card_types": list(CARD_TYPES),
    "lifecycles": list(LIFECYCLES),
    "consents": list(CONSENTS),
    "member_lists": list(LISTS),
    "coupon_series": list(SERIES),
    "certificate_series": list(CERTIFICATES),
    "gifts": list(GIFTS),
}
