"""Runs libchdb as a ClickHouse server. It is run by its path and imports only this folder.

`python server LIBRARY FOLDER HTTP_PORT TCP_PORT [DOOR]` never returns while the server runs. The
library is the npm package `@chdb/lib-linux-x64-gnu` (`-darwin-…` on macOS). With DOOR, only sockets
from this door can connect to the ports, see `port_isolation.py`.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from local.clickhouse.server.file_sandbox import confine
from local.clickhouse.server.port_isolation import close_ports

# libchdb is `clickhouse local`, which listens only after a statement and ends after its last query.
# So the last query never ends.
_QUERIES = (
    "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; "
    "SELECT sleepEachRow(3) FROM numbers(1000000000) FORMAT Null "
    "SETTINGS function_sleep_max_microseconds_per_block = 0, max_block_size = 1"
)


def main() -> int:
    """Serve until a kill. Return only if the engine could not start."""
    library, folder, http_port, tcp_port, *door = sys.argv[1:]
    # Schemas that are sent as strings are cached below the working directory, also with
    # another `format_schema_path` in the configuration.
    os.chdir(folder)
    if door:
        _hide(Path(folder), Path(door[0]), [int(http_port), int(tcp_port)])
    if not confine(Path(folder), readable=[Path(library)]):
        print("no Landlock here: SQL users can read your files", file=sys.stderr, flush=True)
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


def _hide(folder: Path, door: Path, ports: list[int]) -> None:
    """Close the ports, and delete the file with the password hashes after it was read."""
    users = folder / "users.xml"
    if not close_ports(door, ports, then=users.unlink):
        print("no user namespaces: every program reaches the ports", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
