"""The disks of one engine, arranged so that reading its files gives a SQL user no rows.

libchdb lets every SQL user read each file of the folder `engine` with the scalar function `file()`,
and with `INSERT … FROM INFILE`: no privilege and no setting of libchdb restricts them. Therefore:

- Rows are encrypted. The key is in the environment of the engine and in a file of the cloud.
  Landlock prevents the engine from reading either (`server/file_sandbox.py`).
- Definitions of databases and tables are not encrypted, because ClickHouse cannot load them from an
  encrypted disk. Every SQL user can read them.
- Deduplication logs are not encrypted, because an encrypted disk buffers a token in memory, and a
  killed engine would lose the token of an insert that it has acknowledged. The path contains the
  UUID of the table.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from local.processes.durable_files import write_private

__all__ = ["EngineStorage", "PlainData", "load_storage_key"]

_KEY = "LOCAL_CLICKHOUSE_STORAGE_KEY"
_KEY_BYTES = 16  # of AES-128


class PlainData(Exception):
    """The data was stored by a version of the local cloud that did not encrypt rows."""


@dataclass(frozen=True)
class EngineStorage:
    """The folders of one engine.

    Attributes:
        folder: the folder `engine` of the service.
        key: hex, the same for all services of a cloud: a backup of one can be restored to another.
    """

    folder: Path
    key: str

    @property
    def data(self) -> Path:
        """Return the folder of all other data."""
        return self.folder / "data"

    @property
    def rows(self) -> Path:
        """Return the folder of the encrypted disk: parts of tables, by the UUID of the table."""
        return self.data / "encrypted"

    @property
    def deduplication_logs(self) -> Path:
        """Return the folder of the disk for deduplication logs, by the UUID of the table."""
        return self.data / "deduplication"

    @property
    def definitions(self) -> Path:
        """Return the folder of the disk for the definitions of databases and tables."""
        return self.data / "definitions"

    def prepare(self) -> None:
        """Create the files and folders that ClickHouse needs at its start.

        Raises:
            PlainData: the folder has unencrypted rows, which this configuration cannot read.
        """
        if (self.data / "store").exists() and not self.rows.exists():
            raise PlainData(
                f"{self.data} was stored by an older version of the local cloud, without "
                "encryption, and cannot be read: delete this service and create it again"
            )
        metadata = self.data / "metadata"
        metadata.mkdir(parents=True, exist_ok=True)
        default = metadata / "default"
        # ClickHouse reads the UUID of the database `default` from the text of this link. It creates
        # the link on the disk of the definitions, but looks for it here. The target is not used.
        if not default.is_symlink():
            default.symlink_to(f"nowhere/{uuid.uuid4()}")

    def environment(self) -> Mapping[str, str]:
        """Return the variable with the key. SQL can read `config.xml`, which has only its name."""
        return {_KEY: self.key}

    def config(self) -> str:
        """Return the elements of `config.xml`.

        ClickHouse stores deduplication logs on the first disk of a table's policy. No part is
        smaller than the limit of that disk, so all parts are stored on the second, encrypted one.
        """
        key = f'<key_hex from_env="{_KEY}"/>'
        named_collections = self.data / "named_collections"
        return f"""<storage_configuration><disks>
<encrypted_files><type>local</type>{_path(self.rows)}</encrypted_files>
<default><type>encrypted</type><disk>encrypted_files</disk><path></path>{key}</default>
<deduplication><type>local</type>{_path(self.deduplication_logs)}</deduplication>
<definitions><type>local</type>{_path(self.definitions)}</definitions>
</disks><policies><default><volumes>
<deduplication><disk>deduplication</disk><max_data_part_size_bytes>1</max_data_part_size_bytes>
</deduplication>
<rows><disk>default</disk></rows>
</volumes></default></policies></storage_configuration>
<database_disk><disk>definitions</disk></database_disk>
<named_collections_storage><type>local_encrypted</type>{_path(named_collections)}
<algorithm>aes_128_ctr</algorithm>{key}</named_collections_storage>"""


def load_storage_key(path: Path) -> str:
    """Return the key of a cloud in hex. Create the key if the file does not exist."""
    if not path.exists():
        write_private(path, secrets.token_hex(_KEY_BYTES).encode())
    return path.read_text(encoding="ascii")


def _path(folder: Path) -> str:
    return f"<path>{escape(str(folder))}/</path>"
