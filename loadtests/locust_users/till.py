"""A till as a user of Locust: it calls with the service's own client."""

from __future__ import annotations

import itertools
import uuid
from collections import deque
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from locust import User
from locust.exception import RescheduleTask

from checkout.client import CheckoutClient
from loadtests.locust_users.basket_deck import Deck
from loadtests.locust_users.call_loop import CallLoop
from loadtests.locust_users.session_till import SessionTillClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from google.protobuf.message import Message
    from locust.env import Environment

    from checkout.client import messages
    from loadtests.locust_users.plan import Plan

Answer = TypeVar("Answer", bound="Message")
#: Deadlines are so much longer than a till's: here an answer that comes late is told as late.
TIMEOUT_FACTOR: Final = 10
#: Sales that a till remembers, to take their goods back.
SOLD_KEPT: Final = 50


class Tills:
    """What the users of a process share: the loop of their calls, connections, baskets."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.calls = CallLoop()
        self.deck = Deck(folder / plan.baskets, plan.time_zone)
        self._tokens = plan.tokens
        self._kind = SessionTillClient if plan.over_session else CheckoutClient
        self._clients: dict[tuple[str, str], CheckoutClient] = {}
        self._numbers = itertools.count()

    def client(self, target: str, store: str) -> CheckoutClient:
        """The connection of a store."""
        at = target, store
        if at not in self._clients:

            async def connect() -> CheckoutClient:
                return self._kind(target, self._tokens[store], timeout_factor=TIMEOUT_FACTOR)

            answered = self.calls.ask(connect)
            if answered.value is None:
                raise RuntimeError(f"no client: {answered.error}")
            # Another user may have been as quick.
            return self._clients.setdefault(at, answered.value)
        return self._clients[at]

    def next_number(self) -> int:
        """Of a user."""
        return next(self._numbers)

    def stop(self) -> None:
        """Close what is open."""

        async def close() -> None:
            for client in self._clients.values():
                await client.__aexit__(None, None, None)

        self.calls.ask(close)
        self.calls.stop()


class Till(User):
    """One till of a store; what it does is its class's `tasks`."""

    abstract = True
    #: Set before the first user begins, in the process that runs it.
    tills: ClassVar[Tills]
    target: ClassVar[str]
    spend_every: ClassVar[int] = 0
    guest_every: ClassVar[int] = 0

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.number = self.tills.next_number()
        stores = self.tills.deck.stores
        self.store = stores[self.number % len(stores)]
        self.client = self.tills.client(self.target, self.store)
        self.baskets: Iterator[messages.Receipt] = self.tills.deck.of_till(self.store, self.number)
        self.sold: deque[str] = deque(maxlen=SOLD_KEPT)
        self._customers = itertools.count(self.number)

    def next_receipt(self) -> messages.Receipt:
        """Of the next customer: with a card or without, with points to spend or not."""
        receipt = next(self.baskets)
        customer = next(self._customers)
        if self.guest_every and customer % self.guest_every == 0:
            receipt.ClearField("identifier")
            del receipt.coupons[:]
        elif self.spend_every and customer % self.spend_every == 1:
            receipt.points_max = True
        return receipt

    @staticmethod
    def new_purchase() -> str:
        """The id of another sale."""
        return uuid.uuid4().hex

    def ask(self, name: str, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer to a call, which Locust is told of.

        Raises:
            RescheduleTask: there was none; the customer is left.
        """
        answered = self.tills.calls.ask(call)
        value = answered.value
        self.environment.events.request.fire(
            request_type="grpc",
            name=name,
            response_time=answered.took_s * 1_000,
            response_length=0 if value is None else value.ByteSize(),
            exception=answered.error,
            context={},
        )
        if value is None:
            raise RescheduleTask
        return value

    def complain(self, name: str, what: str) -> None:
        """Tell of an answer that is wrong: a failure beside the call that was counted."""
        self.environment.events.request.fire(
            request_type="check",
            name=name,
            response_time=0.0,
            response_length=0,
            exception=WrongAnswerError(what),
            context={},
        )
        raise RescheduleTask


class WrongAnswerError(Exception):
    """An answer came, and is not what it should be."""
