"""The account's state: scripts with their versions, Durable Object namespaces, domains."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from local.processes.durable_files import load_json, save_json, write_private

__all__ = [
    "Binding",
    "CloudflareAccount",
    "Domain",
    "Identity",
    "Module",
    "Namespace",
    "Script",
    "Store",
    "Version",
    "new_id",
    "now",
]

# A binding is the JSON object of the upload, because its fields depend on its type.
Binding = dict[str, Any]


def now() -> str:
    """Return the current time in the API's format."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def new_id() -> str:
    """Return 32 hex digits, the form of the ids of accounts, zones, namespaces and domains."""
    return secrets.token_hex(16)


@dataclass(frozen=True)
class Identity:
    """The ids and the API token of this cloud, created at the first start."""

    api_token: str = field(default_factory=lambda: secrets.token_urlsafe(30))
    account_id: str = field(default_factory=new_id)
    token_id: str = field(default_factory=new_id)
    user_id: str = field(default_factory=new_id)
    zone_id: str = field(default_factory=new_id)
    zone_name: str = "localhost"
    created_on: str = field(default_factory=now)


@dataclass(frozen=True)
class Module:
    """One uploaded part. The store has its bytes in a file whose name is `sha256`."""

    name: str
    content_type: str
    sha256: str


@dataclass(frozen=True)
class Namespace:
    """The storage of a Durable Object class. `unique_key`, its folder's name, never changes."""

    id: str
    class_name: str
    sqlite: bool
    unique_key: str


@dataclass(frozen=True)
class Version:
    """One upload: code, bindings and settings, whether deployed or not."""

    id: str
    number: int
    created_on: str
    source: str
    modules: tuple[Module, ...]
    main_module: str | None
    bindings: tuple[Binding, ...]
    settings: dict[str, Any]
    handlers: tuple[str, ...]
    named_handlers: tuple[dict[str, Any], ...]
    startup_time_ms: int

    @property
    def etag(self) -> str:
        """Return a digest of the content only, as the real service does."""
        digest = hashlib.sha256()
        for module in self.modules:
            digest.update(f"{module.name}\0{module.content_type}\0{module.sha256}\0".encode())
        return digest.hexdigest()


@dataclass(frozen=True)
class Script:
    """A Worker: its versions (the newest last), the deployed one, and what all versions share."""

    name: str
    tag: str
    created_on: str
    modified_on: str
    versions: tuple[Version, ...]
    deployed_id: str
    deployment_id: str
    migration_tag: str | None = None
    namespaces: tuple[Namespace, ...] = ()
    subdomain: dict[str, bool] = field(default_factory=dict)

    @property
    def deployed(self) -> Version:
        """Return the version that serves requests."""
        return next(version for version in self.versions if version.id == self.deployed_id)

    def with_version(self, version: Version, *, deploy: bool) -> Script:
        """Return this script with one more version. Only the newest ten versions are kept."""
        newest = (*self.versions, version)
        newest = tuple(v for v in newest if v in newest[-10:] or v.id == self.deployed_id)
        script = replace(self, versions=newest, modified_on=version.created_on)
        return script.with_deployed(version.id) if deploy else script

    def with_deployed(self, version_id: str) -> Script:
        """Return this script with another deployed version."""
        return replace(
            self, deployed_id=version_id, deployment_id=str(uuid.uuid4()), modified_on=now()
        )


@dataclass(frozen=True)
class Domain:
    """A hostname attached to a script."""

    id: str
    hostname: str
    service: str
    environment: str
    cert_id: str


@dataclass(frozen=True)
class CloudflareAccount:
    """All state that can change. It is immutable, so a failed change can be undone."""

    scripts: Mapping[str, Script] = field(default_factory=dict)
    domains: Mapping[str, Domain] = field(default_factory=dict)

    def with_script(self, script: Script) -> CloudflareAccount:
        """Return the account with this script added or replaced."""
        return replace(self, scripts={**self.scripts, script.name: script})

    def without_script(self, name: str) -> CloudflareAccount:
        """Return the account without the script and the domains attached to it."""
        return replace(
            self,
            scripts={key: value for key, value in self.scripts.items() if key != name},
            domains={key: value for key, value in self.domains.items() if value.service != name},
        )

    def with_domain(self, domain: Domain) -> CloudflareAccount:
        """Return the account with this domain added or replaced."""
        return replace(self, domains={**self.domains, domain.id: domain})

    def without_domain(self, domain_id: str) -> CloudflareAccount:
        """Return the account without this domain."""
        return replace(
            self, domains={key: value for key, value in self.domains.items() if key != domain_id}
        )


class Store:
    """The state folder: `identity.json`, `account.json` and a file per module.

    Every file may contain secrets, so only its owner can read it.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.modules = directory / "modules"
        self.objects = directory / "durable-objects"
        for folder in (directory, self.modules, self.objects):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def identity(self) -> Identity:
        """Return the ids and the token. The first call creates them."""
        path = self.directory / "identity.json"
        saved = load_json(path, None)
        if saved is not None:
            return Identity(**saved)
        identity = Identity()
        save_json(path, dataclasses.asdict(identity))
        return identity

    def load(self) -> CloudflareAccount:
        """Return the account that was saved last."""
        saved = load_json(self.directory / "account.json", {"scripts": [], "domains": []})
        scripts = [_script(value) for value in saved["scripts"]]
        domains = [Domain(**value) for value in saved["domains"]]
        return CloudflareAccount(
            scripts={script.name: script for script in scripts},
            domains={domain.id: domain for domain in domains},
        )

    def save(self, account: CloudflareAccount) -> None:
        """Save `account` for the next start."""
        value = {
            "scripts": [dataclasses.asdict(script) for script in account.scripts.values()],
            "domains": [dataclasses.asdict(domain) for domain in account.domains.values()],
        }
        save_json(self.directory / "account.json", value)

    def add_module(self, name: str, content_type: str, content: bytes) -> Module:
        """Store the bytes of a part. Equal bytes are stored once."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not (self.modules / sha256).exists():
            write_private(self.modules / sha256, content)
        return Module(name=name, content_type=content_type, sha256=sha256)

    def read_module(self, module: Module) -> bytes:
        """Return the bytes of a part."""
        return (self.modules / module.sha256).read_bytes()

    def delete_unused(self, account: CloudflareAccount) -> None:
        """Delete the modules and Durable Object folders that `account` does not contain."""
        scripts = account.scripts.values()
        used = {m.sha256 for s in scripts for version in s.versions for m in version.modules}
        keys = {namespace.unique_key for script in scripts for namespace in script.namespaces}
        for path in self.modules.iterdir():
            if path.name not in used:
                path.unlink(missing_ok=True)
        for folder in self.objects.iterdir():
            if folder.name not in keys:
                for path in sorted(folder.rglob("*"), reverse=True):
                    path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
                folder.rmdir()


def _script(value: dict[str, Any]) -> Script:
    return Script(
        **{
            **value,
            "versions": tuple(_version(version) for version in value["versions"]),
            "namespaces": tuple(Namespace(**namespace) for namespace in value["namespaces"]),
        }
    )


def _version(value: dict[str, Any]) -> Version:
    return Version(
        **{
            **value,
            "modules": tuple(Module(**module) for module in value["modules"]),
            "bindings": tuple(value["bindings"]),
            "handlers": tuple(value["handlers"]),
            "named_handlers": tuple(value["named_handlers"]),
        }
    )
