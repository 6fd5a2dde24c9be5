"""What the cloud remembers, one small JSON file per thing, each replaced whole."""

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
    """This moment as the API writes it."""
    now = datetime.datetime.now(datetime.UTC)
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class LocalOrganization:
    """The only organization of this cloud.

    Attributes:
        gone_services: ids of deleted ones: the API answers 404 for them, and 400 for an id that
            never was one.
        parts: what else belongs to it, by name: `roles`, `invitations`, `postgres`, ….
    """

    file: Path
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    name: str = "Local"
    created_at: str = field(default_factory=now_text)
    core_dumps: bool = True
    private_endpoints: list[dict[str, str]] = field(default_factory=list)
    gone_services: list[str] = field(default_factory=list)
    parts: dict[str, Json] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path) -> LocalOrganization:
        """The saved one, or a new one, saved."""
        organization = cls(file=file, **load_json(file, {}))
        organization.save()
        return organization

    def save(self) -> None:
        """Durable before this returns."""
        save_json(self.file, {k: v for k, v in asdict(self).items() if k != "file"})


@dataclass
class ServiceRecord:
    """All that is kept of one service but its data.

    Attributes:
        folder: holds `service.json`, the accounts, and the engine's files and data in `engine`.
        ports: protocol -> public port.
        fields: what the API shows, as far as it is not computed.
        parts: sub-resources by name: `backupConfiguration`, `queryEndpoint`, ….
    """

    folder: Path
    id: str
    ports: dict[str, int]
    fields: dict[str, Json]
    parts: dict[str, Json] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path) -> ServiceRecord | None:
        """The record in a folder, or None where there is none."""
        saved = load_json(folder / "service.json", None)
        return None if saved is None else cls(folder=folder, **saved)

    @property
    def state(self) -> str:
        """As the API names it."""
        return str(self.fields["state"])

    def save(self) -> None:
        """Durable before this returns."""
        saved = {"id": self.id, "ports": self.ports, "fields": self.fields, "parts": self.parts}
        save_json(self.folder / "service.json", saved)


def load_services(folder: Path, organization: LocalOrganization) -> list[ServiceRecord]:
    """All services in their order of creation; what is left of deleted ones is removed."""
    records = []
    for path in folder.glob("*"):
        record = ServiceRecord.load(path)
        if path.name in organization.gone_services or record is None:
            # Killed in the middle of a delete, or of a create that was never answered.
            shutil.rmtree(path)
            continue
        records.append(record)
    return sorted(records, key=lambda record: str(record.fields["createdAt"]))
