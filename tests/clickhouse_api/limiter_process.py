"""Reserve slots in a separate process: `python -m …limiter_process STATE_DIR COUNT`.

The clock does not advance, so the printed slots do not depend on the speed of the process.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from clickhouse_api.limiter import SharedLimiter
from tests.clickhouse_api.clocks import CountingClock


def main() -> None:
    """Reserve COUNT slots and print them."""
    limiter = SharedLimiter(
        state_dir=Path(sys.argv[1]), base_url="http://x/v1", key_id="k", clock=CountingClock()
    )
    print(json.dumps([limiter.reserve_slot(latest=1e9) for _ in range(int(sys.argv[2]))]))


if __name__ == "__main__":
    main()
