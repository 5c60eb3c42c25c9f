"""``python -m bench [--json] [--quick]``."""

from __future__ import annotations

import sys

from bench.run import main

if __name__ == "__main__":
    sys.exit(main(as_json="--json" in sys.argv[1:], quick="--quick" in sys.argv[1:]))
