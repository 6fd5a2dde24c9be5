"""The stored state of the organization and of each service, a JSON file for each."""

from __future__ import annotations

import datetime
import shutil
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from local.processes.durable_files import load_json, save_json

__all__ = ["ENGINE", "LocalOrganization", "ServiceRecord", "load_services", "now_text"]

Json = Any

# Folder of the engine in a service's folder. SQL can read every file in it
# (`server/file_sandbox.py`), so the password hashes and the record are outside it.
ENGINE = "engine"


def now_text() -> str:
    """Return the current time in the API's format."""
    now = datetime.datetime.now(datetime.UTC)
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class LocalOrganization:
    """The only organization of this cloud.

    Attributes:
        deleted_services: ids of deleted services: the API returns 404 for them, and 400 for an id
            that never existed.
        parts: objects of the organization by their kind: `roles`, `invitations`, `postgres`, ….
    """

    file: Path
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    name: str = "Local"
    created_at: str = field(default_factory=now_text)
    core_dumps: bool = True
    private_endpoints: list[dict[str, str]] = field(default_factory=list)
    deleted_services: list[str] = field(default_factory=list)
    parts: dict[str, Json] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path) -> LocalOrganization:
        """Load the organization, or create and save it."""
        organization = cls(file=file, **load_json(file, {}))
        organization.save()
        return organization

    def save(self) -> None:
        """Save durably."""
        save_json(self.file, {k: v for k, v in asdict(self).items() if k != "file"})


@dataclass
class ServiceRecord:
    """The stored state of a service, without its data.

    Attributes:
        folder: contains `service.json`, the accounts, and the engine's files and data in `engine`.
        ports: protocol -> public port.
        fields: fields of the API that are not computed.
        parts: sub-resources by name: `backupConfiguration`, `queryEndpoint`, ….
    """

    folder: Path
    id: str
    ports: dict[str, int]
    fields: dict[str, Json]
    parts: dict[str, Json] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> ServiceRecord | None:
        """Load the record of a folder, or return None if it has none."""
        saved = load_json(folder / "service.json", None)
        return None if saved is None else cls(folder=folder, **saved)

    @property
    def state(self) -> str:
        """Return the state, as in the API."""
        return str(self.fields["state"])

    def save(self) -> None:
        """Save durably."""
        saved = {"id": self.id, "ports": self.ports, "fields": self.fields, "parts": self.parts}
        save_json(self.folder / "service.json", saved)


def load_services(folder: Path, organization: LocalOrganization) -> list[ServiceRecord]:
    """Load all services in the order of creation. Delete the files of deleted services."""
    records = []
    for path in folder.glob("*"):
        record = ServiceRecord.load(path)
        if path.name in organization.deleted_services or record is None:
            # A kill interrupted a delete, or a create before its response.
            shutil.rmtree(path)
            continue
        records.append(record)
    return sorted(records, key=lambda record: str(record.fields["createdAt"]))
