"""A till that asks the echo and the service for the same, in turn: the floor of quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from locust import constant, task

from loadtests.locust_users.till import Till

if TYPE_CHECKING:
    from locust.env import Environment


class ComparedTill(Till):
    """One quote of a whole basket after the other, without a pause."""

    abstract = True
    echo_target: ClassVar[str]
    #: Whom all ask at the moment.
    asks_echo: ClassVar[bool] = True
    wait_time = constant(0)

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.echo = self.tills.client(self.echo_target, self.store)

    @task
    def quote(self) -> None:
        """The same receipts and the same client, whoever answers."""
        receipt = next(self.baskets)
        name, client = ("Echo", self.echo) if self.asks_echo else ("Quote", self.client)
        self.ask(name, lambda: client.quote("compared", receipt))
