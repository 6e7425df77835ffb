"""What a frame of a worker belongs to: the parts of a quote and of a confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from loadtests.service.sampled import NAMES


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a call, and where its code lies: how a file's path ends, or what it contains."""

    name: str
    about: str
    places: tuple[str, ...]


_BACKGROUND: Final = ("/workers/", "/psycopg", "/pgqueuer/")
_GATE: Final = ("/api/", "/flows/directory", "/deadline.py")
_REQUEST: Final = (
    *("/api/decode", "/api/violations", "/engine/documents", "/flows/identifiers", "_codes.py"),
)
_ANSWER: Final = ("/api/encode", "/api/moments", "/engine/tilllines")
_STREAM: Final = Part("stream", "frames of a Session", ("/api/session", "/api/deadlines"))
_THREADS: Final = Part(
    "threads", "gRPC's own threads, while the main one waits", ("/selectors.py",)
)
#: Everything else on the main thread: gRPC's tasks, callbacks and serialisation, which are C, and
#: the event loop that runs them and us.
REST: Final = Part("grpc", "grpc.aio and the event loop", ())

#: The innermost frame that is named here decides, by the first part that names it.
OF_A_QUOTE: Final = (
    Part("answer", "the answer's message", _ANSWER),
    Part("request", "from the message to a sale, limits of the contract, digests", _REQUEST),
    Part(
        "member", "the member's rows out of their cached form", ("/cache/members", "/flows/members")
    ),
    Part(
        "cache",
        "asking Valkey, with its socket",
        ("/cache/", "/redis/", "/asyncio/streams", "/asyncio/selector_events"),
    ),
    Part(
        "facts",
        "what the engine is told of the member, limits and coupons",
        ("/flows/sale_facts", "/flows/limit_slots", "/flows/coupon_facts"),
    ),
    Part("token", "hashes of what is priced and paid, the signature", ("sameness", "quote_token")),
    Part("views", "tier and balances", ("/flows/pricing", "/flows/tier_view", "/ledger/")),
    Part("engine", "the evaluation, and the flow that calls it", ("/engine/", "/flows/quote.py")),
    _STREAM,
    Part("gate", "room, token, time left; the servicer", _GATE),
    Part("background", "what a worker does beside", (*_BACKGROUND, "/store/", "/asyncpg/")),
    _THREADS,
    REST,
)
OF_A_CONFIRM: Final = (
    Part(
        "answer",
        "the answer's message, and its stored form",
        (*_ANSWER, "/flows/answers", "/engine/stored_outcome"),
    ),
    Part("slip", "the words of the slip", ("/wording/", "/engine/slip", "/textwrap")),
    Part("request", "from the message to a sale, limits of the contract, digests", _REQUEST),
    Part("cache", "telling Valkey what changed", ("/cache/", "/redis/")),
    Part(
        "facts",
        "what the engine is told of the member, limits and coupons",
        ("/flows/sale_facts", "/flows/limit_slots", "/flows/coupon_facts", "/flows/members"),
    ),
    Part("token", "hashes of what is priced and paid", ("sameness", "quote_token")),
    Part("engine", "the evaluation", ("/engine/",)),
    Part("background", "what a worker does beside", _BACKGROUND),
    Part(
        "statements",
        "rows out of PostgreSQL and into it, with its socket",
        ("/store/", "/asyncpg/", "/asyncio/selector_events", "/asyncio/streams"),
    ),
    Part("ledger", "lots, postings, entries, rows of limits and budgets", ("/ledger/",)),
    Part("fold", "the fold of a batch: locks, claims, points, what is written", ("/flows/",)),
    _STREAM,
    Part("gate", "room, token, time left; the servicer", _GATE),
    _THREADS,
    REST,
)


def part_of(frames: list[str], parts: tuple[Part, ...]) -> str:
    """The name of the part that a stack belongs to, its outermost frame first."""
    for frame in reversed(frames):
        file, _, _ = frame.partition(NAMES)
        for part in parts:
            if any(place in file for place in part.places):
                return part.name
    return REST.name
