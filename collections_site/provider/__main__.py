"""``python -m collections_site.provider``: the recorded model as a server of its own, for trying the product without a real one.

Prints the address for LLM_BASE_URL and serves until it is stopped.
"""

from __future__ import annotations

import argparse
import sys
import threading

from collections_site.provider.faults import FAULTS
from collections_site.provider.recorded import answerer
from collections_site.provider.server import Provider


def main() -> None:
    """Parse the options and serve."""
    parser = argparse.ArgumentParser(prog="collections_site.provider", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--fault", default="", choices=["", *FAULTS], help="misbehave in this way, always")
    options = parser.parse_args()
    with Provider(answerer(), port=options.port, latency=options.latency, fault=options.fault, keep_requests=False) as provider:
        sys.stdout.write(provider.base_url + "\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
