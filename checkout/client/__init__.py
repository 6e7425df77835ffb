"""The typed client of both services: what admin, loaders, load tests and the demo call with.

    async with CheckoutClient("127.0.0.1:50051", token) as till:
        quote = await till.quote(purchase_id, receipt)

`messages` holds the contract's messages. Errors arrive as `CallRefusedError` with the reason of the
contract. Calls are repeated by the channel when nothing was written (`UNAVAILABLE`); mutating ones
carry a request id, so that repeating them is safe.
"""

from __future__ import annotations

from checkout.client import messages
from checkout.client.clients import CheckoutClient
from checkout.client.errors import CallRefusedError
from checkout.client.operators import OperatorClient
from checkout.client.receipts import identifier_message, receipt_message

__all__ = [
    "CallRefusedError",
    "CheckoutClient",
    "OperatorClient",
    "identifier_message",
    "messages",
    "receipt_message",
]
