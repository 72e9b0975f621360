"""Every registered measure. The names are a contract: a tile, a chart, a table, a file and a list of rows all ask here."""

from __future__ import annotations

from governance.metrics.base import Metric
from governance.metrics.definitions_customers import CUSTOMERS
from governance.metrics.definitions_disputes import DISPUTES
from governance.metrics.definitions_drafts import DRAFTS
from governance.metrics.definitions_facts import FACTS
from governance.metrics.definitions_time import TIME

METRICS: tuple[Metric, ...] = (*DRAFTS, *DISPUTES, *FACTS, *TIME, *CUSTOMERS)
BY_NAME: dict[str, Metric] = {metric.name: metric for metric in METRICS}

assert len(BY_NAME) == len(METRICS), "two measures have one name"
