"""Structured logs: one JSON object a line to standard error.

Of a fault it is told what failed and where, never the row: PostgreSQL's details quote it whole,
with names, phones and digests. What libraries say goes the same way.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, Final, TextIO

import orjson
import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import Processor

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}
#: From PostgreSQL's word for it to what stands after it: a hint, the statement, the next error.
_DETAIL: Final = re.compile(
    r"\n *DETAIL: .*?(?=\n *HINT: |\n\[SQL|\n\n|\nTraceback |\Z)", re.DOTALL
)


def without_rows(text: str) -> str:
    """A traceback without what the database tells of the row at fault."""
    return _DETAIL.sub("", text)


def _exception_without_rows(
    _: object, __: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if "exception" in event:
        event["exception"] = without_rows(event["exception"])
    return event


PROCESSORS: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    _exception_without_rows,
    structlog.processors.JSONRenderer(serializer=orjson.dumps),
]


class _WithoutRows(logging.Formatter):
    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 - as the library has it
        return without_rows(super().formatException(ei))


def library_handler(stream: TextIO) -> logging.Handler:
    """Tells warnings and faults of libraries."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_WithoutRows("%(levelname)s %(name)s: %(message)s"))
    return handler


def configure_logs(level: str) -> None:
    """Set up the logs of the process."""
    logging.basicConfig(level=logging.WARNING, handlers=[library_handler(sys.stderr)])
    structlog.configure(
        processors=PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.BytesLoggerFactory(file=sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
