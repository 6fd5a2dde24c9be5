"""`Udf`: a user-defined function, built by ClickHouse Cloud, that queries can call.

Operations: `udfUploadSessionCreate`, `udfCreate`, `udfGet`, `udfVersionCreate`, `udfDelete`. The
first one returns the URL to which the code is uploaded.

    twice = Udf(
        "twice",
        UdfArgs(
            organization_id=warehouse.organization_id,
            runtime="python3.11",
            type="executable_pool",
            arguments=[{"name": "x", "type": "UInt64"}],
            return_type="UInt64",
            files={"main.py": "for x in open(0):\\n    print(2 * int(x), flush=True)\\n"},
            pool_size=2,
        ),
    )
    UdfAttachment(
        "twice in the warehouse",
        UdfAttachmentArgs(
            organization_id=warehouse.organization_id,
            service_id=warehouse.id,
            function_name=twice.function_name,
            version=twice.version,
        ),
    )

A change of the organization or of the function name replaces the function. Any other change, of the
definition or of the code, publishes a new version and waits until it is built. Older versions stay.
A service that has an older version keeps it until its attachment names the new one. A failed build
is an error with its reason, and the next `pulumi up` tries again. A version that another client
publishes shows on `pulumi refresh`, and the next `up` publishes the program's version again.
Deleting the resource deletes all versions and detaches the function from every service.

`adopt=True` adopts an existing function. If its definition matches the program's, nothing is
published: the API returns no code, so the code cannot be compared. A function that an interrupted
run of this resource created is adopted automatically, but only on the machine of that run (see
`publish_note`). A function is never created twice, because its name is its id.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pulumi
from pulumi.dynamic import CheckFailure, ReadResult, Resource

from resources.base import Change, DeclarativeProvider, Live, marks_of, plain
from resources.base import pulumi_engine as engine
from resources.base.checker import Checker, is_known
from resources.base.create_note import IN_FLIGHT_SECONDS
from resources.base.errors import ResourceError
from resources.base.fields import ORGANIZATION, Field, choice, flag, number, text
from resources.base.ownership import Owner
from resources.base.polling import Poller
from resources.udf.publish_note import Publication
from resources.udf.udf_archive import code_digest, packed, problem_of

if TYPE_CHECKING:
    from clickhouse_api import Client, models

__all__ = ["Udf", "UdfArgs", "UdfProvider"]

RUNTIMES = ("python3.11", "native")
TYPES = ("executable", "executable_pool")
SANDBOXES = ("basic", "netenable")
# The fields of a version, in addition to its code.
DEFINITION = (
    "runtime",
    "type",
    "arguments",
    "return_type",
    "return_name",
    "pool_size",
    "command_read_timeout",
    "command_write_timeout",
    "max_command_execution_time",
    "memory_limit_mib",
    "send_chunk_header",
    "deterministic",
    "format",
    "sandbox_type",
)
NAME = r"[A-Za-z][A-Za-z0-9_]{0,63}"

# ClickHouse Cloud's builds install packages.
_BUILD_SECONDS = 1800.0
# A function is still in use for a moment after it was detached.
_DELETE_SECONDS = 900.0
_UPLOAD_SECONDS = 300.0
_LARGEST = 2**31 - 1


@dataclass(kw_only=True)
class UdfArgs:
    """The definition and the code of a function. Times are in milliseconds unless noted otherwise.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        runtime: `python3.11`, which runs `main.py`, or `native`. In place.
        type: `executable`, a process for each query, or `executable_pool`. In place.
        arguments: mappings of `name` and `type` (a ClickHouse type), in order. In place.
        return_type: a ClickHouse type. In place.
        function_name: the name in queries: a letter, then letters, digits and `_`, 64 at most.
            Default: the Pulumi name. Replaces.
        files: the code: path -> content. For Python, `main.py` and, for packages to install,
            `requirements.txt`. The state has the code in plain text, so it must contain no secrets.
            In place.
        archive: the path of a ZIP file with the code, instead of `files`, without symbolic links.
            A change of its content publishes a version. In place.
        return_name: name of the result, for formats with names. In place.
        pool_size: processes of an `executable_pool`. In place.
        command_read_timeout: limit for reading its output. In place.
        command_write_timeout: limit for writing its input. In place.
        max_command_execution_time: seconds. In place.
        memory_limit_mib: 1 to 1048576 MiB. In place.
        send_chunk_header: whether the number of rows is sent before the rows. In place.
        deterministic: whether equal arguments give equal results. In place.
        format: of input and output. Default of the server: `TabSeparated`. In place.
        sandbox_type: `basic`, or `netenable` for network access. In place.
        adopt: adopt an existing function of this name. Default: False.
    """

    organization_id: pulumi.Input[str]
    runtime: pulumi.Input[str]
    type: pulumi.Input[str]
    arguments: pulumi.Input[Sequence[pulumi.Input[Mapping[str, str]]]]
    return_type: pulumi.Input[str]
    function_name: pulumi.Input[str] | None = None
    files: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None = None
    archive: pulumi.Input[str] | None = None
    return_name: pulumi.Input[str] | None = None
    pool_size: pulumi.Input[int] | None = None
    command_read_timeout: pulumi.Input[int] | None = None
    command_write_timeout: pulumi.Input[int] | None = None
    max_command_execution_time: pulumi.Input[int] | None = None
    memory_limit_mib: pulumi.Input[int] | None = None
    send_chunk_header: pulumi.Input[bool] | None = None
    deterministic: pulumi.Input[bool] | None = None
    format: pulumi.Input[str] | None = None
    sandbox_type: pulumi.Input[str] | None = None
    adopt: pulumi.Input[bool] | None = None


def _check_arguments(checker: Checker, name: str) -> None:
    value = checker.known(name)
    if value is None:
        return
    valid = isinstance(value, list) and all(
        isinstance(one, Mapping)
        and set(one) == {"name", "type"}
        and all(isinstance(part, str) and part for part in one.values())
        for one in value
    )
    if not valid:
        checker.reject(name, "a list of mappings of name and type")


def _check_files(checker: Checker, name: str) -> None:
    value = checker.known(name)
    if value is None:
        return
    valid = isinstance(value, Mapping) and all(isinstance(part, str) for part in value.values())
    if not valid or not value:
        checker.fail(name, "is not a mapping of paths to strings")


def _derived(_checker: Checker, _name: str) -> None:
    """Accept any value: `rules` computes it."""


def _by_digest(_old: Any, _new: Any) -> bool:
    """Return True: the code is compared by its digest, from a file or an archive."""
    return True


def _whole(*, maximum: int = _LARGEST) -> Field:
    return Field(check=number(minimum=1, maximum=maximum), clears=True)


class UdfProvider(DeclarativeProvider):
    """Publishes versions of a function and deletes the function."""

    display_name = "function"
    fields: ClassVar = {
        "organization_id": ORGANIZATION,
        "function_name": Field(
            check=text(pattern=NAME, allowed="a letter, then letters, digits and _, 64 at most"),
            required=True,
            replaces=True,
        ),
        "runtime": Field(check=choice(RUNTIMES), required=True),
        "type": Field(check=choice(TYPES), required=True),
        "arguments": Field(check=_check_arguments, required=True),
        "return_type": Field(check=text(), required=True),
        "return_name": Field(
            check=text(pattern=NAME, allowed="a letter, then letters, digits and _"), clears=True
        ),
        "pool_size": _whole(),
        "command_read_timeout": _whole(),
        "command_write_timeout": _whole(),
        "max_command_execution_time": _whole(),
        "memory_limit_mib": _whole(maximum=1 << 20),
        "send_chunk_header": Field(check=flag, clears=True),
        "deterministic": Field(check=flag, clears=True),
        "format": Field(check=text(), clears=True),
        "sandbox_type": Field(check=choice(SANDBOXES), clears=True),
        "files": Field(check=_check_files, readable=False, same=_by_digest),
        "archive": Field(check=text(), readable=False, same=_by_digest),
        "code_sha256": Field(check=_derived, readable=False),
    }

    def rules(self, checker: Checker) -> None:
        """Require one source of code, and code that the build accepts."""
        checker.flag("adopt")
        inputs = checker.inputs
        if "pool_size" in inputs and inputs.get("type") == "executable":
            checker.reject("pool_size", "nothing for type executable")
        given = [name for name in ("files", "archive") if name in inputs]
        if len(given) != 1:
            both = "are both set" if given else "are both absent"
            checker.fail("files", f"and archive {both}, allowed: one of them")
        elif not checker.failures and is_known(inputs[given[0]]):
            problem = problem_of(inputs)
            if problem is not None:
                checker.failures.append(CheckFailure(given[0], problem))
            else:
                inputs["code_sha256"] = code_digest(inputs)

    def read(self, resource_id: str, props: dict[str, Any]) -> ReadResult:
        """Read the function. If it is deleted, delete its note as well."""
        result = super().read(resource_id, props)
        if not result.id:
            self._publication(props).forget()
        return result

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """Return the newest version of the function."""
        return plain(client.udf.udf_get(props["organization_id"], resource_id))

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """Return the definition. The code of a version of another client is unknown."""
        shown = {**super().shown(live, wanted), **{n: live.get(n) for n in ("version", "status")}}
        if wanted.get("version") not in (None, live.get("version")):
            shown["code_sha256"] = f"that of version {live.get('version')} of another client"
        return shown

    def differences(self, live: Live, wanted: Mapping[str, Any]) -> list[str]:
        """Add the code if the version is building or unfinished, so that `sync` examines it."""
        names = super().differences(live, wanted)
        unsure = live.get("left") or live.get("status") == "building"
        return [*names, "code_sha256"] if unsure else names

    def ensure(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress
    ) -> tuple[str, Live | None]:
        """Return the function to adopt, an unfinished one, or a new one. Never create it twice.

        Raises:
            ResourceError: a function of another owner has the name.
        """
        name = props["function_name"]
        live = self._observed(client, name, props)
        if live is None:
            return name, self._publish(client, props, None, progress)
        if props.get("adopt"):
            return name, live
        if not self._publication(props).made_it():
            raise ResourceError(
                f"function {name} exists: it was created by hand, by another stack, or by an "
                "interrupted run on another machine; `adopt=True` adopts it"
            )
        return name, {**live, "left": True}

    def require_existing(self, resource_id: str) -> None:
        """Raise an error, because a deleted function has also lost its attachments."""
        raise ResourceError(
            f"function {resource_id} is deleted; `pulumi refresh` updates the state"
        )

    def sync(self, change: Change) -> Live:
        """Publish a version, unless a lost response did so, and wait until it is built."""
        live, news = change.live, change.news
        progress = engine.Progress(engine.urn_in(news))
        published = live is not None and self._publication(news).has(
            live.get("version"), _digest(news)
        )
        if live is None or not published or live.get("status") == "error":
            live = self._publish(change.client, news, live, progress)
        return _wait_until_built(
            live,
            lambda: self.observe(change.client, change.resource_id, news),
            Poller(f"function {change.resource_id}", _BUILD_SECONDS, progress),
        )

    def remove(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> None:
        """Delete all versions."""
        from clickhouse_api import errors

        def is_deleted() -> bool:
            try:
                client.udf.udf_delete(props["organization_id"], resource_id)
            except errors.Conflict:
                return False
            except errors.NotFound:
                pass
            return True

        progress = engine.Progress(engine.urn_in(props))
        Poller(f"function {resource_id}", _DELETE_SECONDS, progress).until(
            is_deleted(), is_deleted, bool, state_of=lambda _: "in use", goal="can be deleted"
        )
        self._publication(props).forget()

    def _publish(
        self,
        client: Client,
        props: Mapping[str, Any],
        live: Live | None,
        progress: engine.Progress,
    ) -> Live:
        """Upload the code and publish it as the first or the next version."""
        from clickhouse_api import errors

        name, before = props["function_name"], int((live or {}).get("version") or 0)
        progress(f"function {name}: uploading its code")
        upload_id = _upload(client, props)
        request = {n: props[n] for n in DEFINITION if n in props} | {"upload_id": upload_id}
        self._publication(props).write(after_version=before, digest=_digest(props))
        try:
            return plain(_post(client, props, request, is_first=live is None))
        except errors.ClickHouseApiError as error:
            if not error.maybe_applied:
                raise
            found = self._find(client, props, before, progress)
            if found is None:
                raise ResourceError(
                    f"publishing function {name}: {error}. The version has not appeared since; if "
                    "it does, the next `pulumi up` adopts it"
                ) from error
            return found

    def _find(
        self, client: Client, props: Mapping[str, Any], before: int, progress: engine.Progress
    ) -> Live | None:
        """Return the version whose response was lost, or None if it does not appear in time."""
        name = props["function_name"]

        def published() -> Live | None:
            live = self._observed(client, name, props)
            return live if live and int(live.get("version") or 0) > before else None

        poller = Poller(f"function {name}", IN_FLIGHT_SECONDS, progress)
        return poller.find(published, message=f"a response was lost, looking for function {name}")

    def _publication(self, props: Mapping[str, Any]) -> Publication:
        return Publication(Owner.of(props), props["organization_id"], props["function_name"])


class Udf(Resource, module="clickhouse", name="Udf"):
    """A function. Its `id` is its name."""

    function_name: pulumi.Output[str]
    """The name in queries of the services to which it is attached."""
    version: pulumi.Output[int]
    """The newest version. An attachment with this output follows it."""
    status: pulumi.Output[str]
    """The status of that version: `ready`."""

    def __init__(
        self,
        resource_name: str,
        args: UdfArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            **vars(args),
            "function_name": args.function_name or resource_name,
            "version": None,
            "status": None,
        }
        marks = marks_of(type(self), resource_name, opts)
        super().__init__(UdfProvider(), resource_name, {**props, **marks}, opts)


def _digest(props: Mapping[str, Any]) -> str:
    """Return the digest of the definition and the code together."""
    parts = {name: props[name] for name in (*DEFINITION, "code_sha256") if name in props}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _upload(client: Client, props: Mapping[str, Any]) -> str:
    """Upload the code to the URL from the API. The URL is a secret and valid for one version."""
    import httpx

    session = client.udf.udf_upload_session_create(props["organization_id"])
    where = f"uploading the code of function {props['function_name']}"
    try:
        response = httpx.put(
            str(session.upload_url),
            content=packed(props),
            headers={"Content-Type": "application/zip"},
            follow_redirects=False,
            timeout=_UPLOAD_SECONDS,
        )
    except httpx.HTTPError as error:
        raise ResourceError(f"{where}: {type(error).__name__}") from None
    if not response.is_success:
        raise ResourceError(f"{where}: HTTP {response.status_code}")
    return str(session.upload_id)


def _post(
    client: Client, props: Mapping[str, Any], request: Mapping[str, Any], *, is_first: bool
) -> models.Udf:
    from clickhouse_api import models

    organization_id, name = props["organization_id"], props["function_name"]
    pool = request["type"] == "executable_pool"
    if is_first:
        first = models.UdfPoolCreateRequest if pool else models.UdfExecutableCreateRequest
        whole = {**request, "function_name": name}
        return client.udf.udf_create(organization_id, first.model_validate(whole))
    following = (
        models.UdfPoolVersionCreateRequest if pool else models.UdfExecutableVersionCreateRequest
    )
    return client.udf.udf_version_create(organization_id, name, following.model_validate(request))


def _wait_until_built(live: Live, look: Callable[[], Live], poller: Poller) -> Live:
    """Wait until the newest version is built.

    Raises:
        ResourceError: the build failed; the message has the reason.
        WaitFailed: the build has not ended at the deadline.
    """

    def done(seen: Live) -> bool:
        if seen.get("status") == "error":
            raise ResourceError(
                f"{poller.subject}: building version {seen.get('version')} failed: "
                f"{seen.get('error')}"
            )
        return seen.get("status") == "ready"

    return poller.until(live, look, done, state_of=lambda s: str(s.get("status")), goal="is built")
