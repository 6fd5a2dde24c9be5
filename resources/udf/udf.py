"""`Udf`: a function of one's own code that queries can call, built by ClickHouse Cloud.

Operations: `udfUploadSessionCreate`, `udfCreate`, `udfGet`, `udfVersionCreate`, `udfDelete`; the
code itself is uploaded to where the first one says.

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

Another organization or function name replaces it. Any other change, of the definition or of the
code, publishes a new version and waits until it is built; older versions stay, and stay attached
where they are, until an attachment names the new one. A build that fails is an error that says
why, and the next `pulumi up` tries again. Versions that somebody else publishes show on
`pulumi refresh`, and the next `up` publishes ours again. Deleting it deletes all versions, and
detaches it everywhere.

An existing function is taken over with `adopt=True`: as it is where its definition is as asked
for, since nobody can read its code. One that an interrupted run of this resource made is taken
over by itself, on the machine where it ran (see `udf_publication`); a function is never made
twice, as its name is its id.
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
# What a version is published with, beside its code.
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

# The vendor's builds install packages.
_BUILD_SECONDS = 1800.0
# A function that was detached a moment ago is still in use.
_DELETE_SECONDS = 900.0
_UPLOAD_SECONDS = 300.0
_LARGEST = 2**31 - 1


@dataclass(kw_only=True)
class UdfArgs:
    """What it takes, what it gives, and its code; times are in milliseconds unless they say else.

    Attributes:
        organization_id: UUID of the organization. Replaces.
        runtime: `python3.11`, which runs `main.py`, or `native`. In place.
        type: `executable`, a process for each query, or `executable_pool`. In place.
        arguments: mappings of `name` and `type` (a ClickHouse type), in order. In place.
        return_type: a ClickHouse type. In place.
        function_name: how queries call it: a letter, then letters, digits and `_`, 64 at most.
            Default: the Pulumi name. Replaces.
        files: the code: path -> text. For Python, `main.py` and, for packages to install,
            `requirements.txt`. It stands in the state as it is, so no secrets. In place.
        archive: or the path of a ZIP file with the code, without symbolic links. Its content
            counts. In place.
        return_name: name of the result, for formats that have names. In place.
        pool_size: processes of an `executable_pool`. In place.
        command_read_timeout: for its answer. In place.
        command_write_timeout: for its input. In place.
        max_command_execution_time: seconds. In place.
        memory_limit_mib: 1 to 1048576 MiB. In place.
        send_chunk_header: whether the number of rows comes before them. In place.
        deterministic: whether equal arguments give equal results. In place.
        format: of input and output; `TabSeparated` by default of the server. In place.
        sandbox_type: `basic`, or `netenable` for network access. In place.
        adopt: take over a function of this name that is there already. Default: no.
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
    legal = isinstance(value, list) and all(
        isinstance(one, Mapping)
        and set(one) == {"name", "type"}
        and all(isinstance(part, str) and part for part in one.values())
        for one in value
    )
    if not legal:
        checker.reject(name, "a list of mappings of name and type")


def _check_files(checker: Checker, name: str) -> None:
    value = checker.known(name)
    if value is None:
        return
    legal = isinstance(value, Mapping) and all(isinstance(part, str) for part in value.values())
    if not legal or not value:
        checker.fail(name, "is not a mapping of paths to strings")


def _derived(_checker: Checker, _name: str) -> None:
    """`rules` computes it."""


def _by_digest(_old: Any, _new: Any) -> bool:
    """Code is compared by its digest, wherever it comes from."""
    return True


def _whole(*, maximum: int = _LARGEST) -> Field:
    return Field(check=number(minimum=1, maximum=maximum), clears=True)


class UdfProvider(DeclarativeProvider):
    """Publishes versions of a function, and deletes it."""

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
        """The code comes from one place, and is what the build will accept."""
        checker.flag("adopt")
        inputs = checker.inputs
        if "pool_size" in inputs and inputs.get("type") == "executable":
            checker.reject("pool_size", "nothing for type executable")
        given = [name for name in ("files", "archive") if name in inputs]
        if len(given) != 1:
            said = "are both set" if given else "are both absent"
            checker.fail("files", f"and archive {said}, allowed: one of them")
        elif not checker.failures and is_known(inputs[given[0]]):
            problem = problem_of(inputs)
            if problem is not None:
                checker.failures.append(CheckFailure(given[0], problem))
            else:
                inputs["code_sha256"] = code_digest(inputs)

    def read(self, resource_id: str, props: dict[str, Any]) -> ReadResult:
        """What the API says now; a function that is gone will be made anew."""
        result = super().read(resource_id, props)
        if not result.id:
            self._publication(props).forget()
        return result

    def observe(self, client: Client, resource_id: str, props: Mapping[str, Any]) -> Live:
        """The newest version of the function."""
        return plain(client.udf.udf_get(props["organization_id"], resource_id))

    def shown(self, live: Live, wanted: Mapping[str, Any]) -> Live:
        """The definition; of a version that is not ours, nobody knows the code."""
        shown = {**super().shown(live, wanted), **{n: live.get(n) for n in ("version", "status")}}
        if wanted.get("version") not in (None, live.get("version")):
            shown["code_sha256"] = f"that of version {live.get('version')}, which is not ours"
        return shown

    def differences(self, live: Live, wanted: Mapping[str, Any]) -> list[str]:
        """What is being built, or was left by an interrupted run, is looked at by `sync`."""
        names = super().differences(live, wanted)
        unsure = live.get("left") or live.get("status") == "building"
        return [*names, "code_sha256"] if unsure else names

    def ensure(
        self, client: Client, props: Mapping[str, Any], progress: engine.Progress
    ) -> tuple[str, Live | None]:
        """The one to adopt, what an interrupted run left, or a new one. Never made twice.

        Raises:
            ResourceError: somebody else's is there.
        """
        name = props["function_name"]
        live = self._observed(client, name, props)
        if live is None:
            return name, self._publish(client, props, None, progress)
        if props.get("adopt"):
            return name, live
        if not self._publication(props).made_it():
            raise ResourceError(
                f"there is a function {name} already, made by hand, by another stack, or by an "
                "interrupted run on another machine: `adopt=True` takes it over"
            )
        return name, {**live, "left": True}

    def require_existing(self, resource_id: str) -> None:
        """A name can be made again, but whoever uses it must know."""
        raise ResourceError(f"function {resource_id} is gone; `pulumi refresh` will notice that")

    def sync(self, change: Change) -> Live:
        """Publish a version, unless that was done and nobody heard the answer; wait for it."""
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
        """All versions go."""
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
        """Upload the code and make a version of it: the first one, or the next."""
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
                    f"publishing function {name}: {error}. It has not appeared since; if it does, "
                    "the next `pulumi up` deals with it"
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
    """A function; `id` is its name."""

    function_name: pulumi.Output[str]
    """How queries call it, where it is attached."""
    version: pulumi.Output[int]
    """The newest version, which an attachment can follow."""
    status: pulumi.Output[str]
    """Of that version: `ready`."""

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
    """Of definition and code together."""
    said = {name: props[name] for name in (*DEFINITION, "code_sha256") if name in props}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _upload(client: Client, props: Mapping[str, Any]) -> str:
    """Put the code where the API says; that address is a secret, and good for one version."""
    import httpx

    session = client.udf.udf_upload_session_create(props["organization_id"])
    where = f"uploading the code of function {props['function_name']}"
    try:
        answer = httpx.put(
            str(session.upload_url),
            content=packed(props),
            headers={"Content-Type": "application/zip"},
            follow_redirects=False,
            timeout=_UPLOAD_SECONDS,
        )
    except httpx.HTTPError as error:
        raise ResourceError(f"{where}: {type(error).__name__}") from None
    if not answer.is_success:
        raise ResourceError(f"{where}: HTTP {answer.status_code}")
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
    """Wait for the newest version.

    Raises:
        ResourceError: it could not be built; says why.
        WaitFailed: it is still being built at the deadline.
    """

    def done(seen: Live) -> bool:
        if seen.get("status") == "error":
            raise ResourceError(
                f"{poller.subject}: version {seen.get('version')} could not be built: "
                f"{seen.get('error')}"
            )
        return seen.get("status") == "ready"

    return poller.until(live, look, done, state_of=lambda s: str(s.get("status")), goal="is built")
