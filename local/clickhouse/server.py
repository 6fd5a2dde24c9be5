"""The program of one engine: libchdb as a ClickHouse server. Run by path, imports nothing of ours.

`python server.py LIBRARY FOLDER HTTP_PORT TCP_PORT` never returns while the server runs. The
library is the npm package `@chdb/lib-linux-x64-gnu` (`-darwin-…` on macOS).
"""

from __future__ import annotations

import ctypes
import os
import sys

# libchdb is `clickhouse local`, which listens only when told to and ends with its last query:
# so the last query is one that never does.
_QUERIES = (
    "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; "
    "SELECT sleepEachRow(3) FROM numbers(1000000000) FORMAT Null "
    "SETTINGS function_sleep_max_microseconds_per_block = 0, max_block_size = 1"
)


def main() -> int:
    """Serve until killed; returns only when the engine could not start."""
    library, folder, http_port, tcp_port = sys.argv[1:5]
    # Schemas that arrive as text are cached below the working directory, whatever the
    # configuration's `format_schema_path` says.
    os.chdir(folder)
    arguments = [
        "clickhouse",
        f"--path={folder}/data",
        f"--config-file={folder}/config.xml",
        "--listen_host=127.0.0.1",
        f"--http_port={http_port}",
        f"--tcp_port={tcp_port}",
        "--multiquery",
        f"--query={_QUERIES}",
    ]
    run = ctypes.CDLL(library).query_stable_v2
    run.restype = ctypes.c_void_p
    run(len(arguments), (ctypes.c_char_p * len(arguments))(*(a.encode() for a in arguments)))
    print("the engine did not start; is its data folder or a port in use?", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
