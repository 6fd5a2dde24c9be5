"""How long do services take, and how many requests, relative to a floor and to Terraform?

1 and 10 services are created, updated (name and scaling) and deleted in three ways, one after the
other. Each way has a separate local control plane with the rate limit (10 requests per 10 s) and
the same fixed provisioning delay:

- floor: plain HTTP in the best order, one list for all services, with knowledge of the limit;
- ours: `pulumi up`, `up`, `destroy` of a stack of `Service`s;
- terraform: not Terraform, but the requests of terraform-provider-clickhouse 3.25.3, replayed with
  Terraform's ten workers: four GETs for each read of a service, every 5 s. After a 429 it waits for
  the whole seconds of the reset plus one. A request that is rejected for 61 s fails its resource,
  and a service that was being created is left behind.

`limit` is the time that the rate limit alone requires for that many requests.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local.stack.cloud_processes import ANY_PORTS, CLOUDS, start_clouds, stop_clouds
from local.stack.paths import StackPaths
from local.stack.pulumi_stack import Stack

ROOT = Path(__file__).resolve().parents[1]
WINDOW_REQUESTS = 10
WINDOW_SECONDS = 10.0
# Limit of the provider for a request with all its repeats.
BUDGET_SECONDS = 61.0
POLL_SECONDS = 5.0
WAYS = ("floor", "ours", "terraform")
PHASES = ("create", "update", "delete")
LOOK = "GET /v1/organizations/{organizationId}/services/{serviceId}"

Json = Any

PROGRAM = """
import pulumi
from resources import Service, ServiceArgs, get_organization

args = pulumi.Config().require_object("args")
organization = get_organization().id
for number in range(args["services"]):
    Service(
        f"s{number}",
        ServiceArgs(
            organization_id=organization,
            cloud_provider="aws",
            region="eu-central-1",
            ip_access_list=["127.0.0.1/32"],
            name=f"{args['name']}-{number}",
            num_replicas=args["replicas"],
        ),
    )
"""


@dataclass(frozen=True)
class Figures:
    """The result of a phase.

    Attributes:
        seconds: wall time.
        requests: number of requests, with any response.
        rejected: number of requests that got a 429.
        looks: GET requests for one service, per service.
        failed: resources, or runs of `pulumi`, that ended with an error.
    """

    seconds: float
    requests: int
    rejected: int
    looks: float
    failed: int

    def line(self) -> str:
        """Return the results, and the time that the limit requires."""
        limit = max(0, (self.requests - self.rejected - 1) // WINDOW_REQUESTS) * WINDOW_SECONDS
        ratio = f"{self.seconds / limit:5.2f} x limit" if limit else "   no limit"
        share = 100 * self.rejected / max(1, self.requests)
        failed = f", {self.failed} FAILED" if self.failed else ""
        return (
            f"{self.seconds:7.1f} s {ratio} ({limit:4.0f} s)  {self.requests:4} requests, "
            f"{self.rejected:3} = {share:4.1f} % got a 429, {self.looks:4.1f} reads a service "
            f"= {5 * self.looks / max(5.0, self.seconds):.2f} per 5 s{failed}"
        )


class Api:
    """The local control plane, by plain HTTP."""

    def __init__(self, layout: StackPaths) -> None:
        self.cloud = CLOUDS[0].description(layout.clouds)
        self.http = httpx.Client(
            auth=(self.cloud["key_id"], self.cloud["key_secret"]), timeout=60.0
        )
        self._origin = self.cloud["url"].removesuffix("/v1")

    def provisioning_takes(self, seconds: float) -> None:
        """Set the delay of every later create. The rate limit keeps the vendor's value."""
        faults = {"timing": {"provisioning": seconds}}
        self.http.put(f"{self._origin}/local/faults", json=faults).raise_for_status()

    def counts(self) -> Counter[tuple[str, int]]:
        """Return the number of requests so far, by operation and status."""
        responses = self.http.get(f"{self._origin}/local/counts").json()["responses"]
        return Counter({(a["operation"], a["status"]): a["count"] for a in responses})

    def send(self, method: str, path: str, body: Json = None) -> httpx.Response:
        """Send one request with a path below the organization."""
        url = f"{self.cloud['url']}/organizations/{self.cloud['organization_id']}/{path}"
        return self.http.request(method, url, json=body)


def new_service(number: int) -> Json:
    """Return the body of a create."""
    return {
        "name": f"old-{number}",
        "provider": "aws",
        "region": "eu-central-1",
        "ipAccessList": [{"source": "127.0.0.1/32", "description": ""}],
        "minReplicaMemoryGb": 8,
        "maxReplicaMemoryGb": 356,
        "numReplicas": 3,
    }


class Floor:
    """The smallest number of requests, each sent as soon as the limit allows."""

    def __init__(self, api: Api, services: int) -> None:
        self._api = api
        self._services = services
        self._sent: list[float] = []
        self._ids: list[str] = []

    def create(self) -> int:
        """Send a POST for each service, then one list every 5 s."""
        for number in range(self._services):
            made = self._send("POST", "services", new_service(number))
            self._ids.append(made["service"]["id"])
        self._until(lambda states: set(states.values()) == {"running"})
        return 0

    def update(self) -> int:
        """Send two PATCHes for each service."""
        for number, service in enumerate(self._ids):
            self._send("PATCH", f"services/{service}", {"name": f"new-{number}"})
            self._send("PATCH", f"services/{service}/replicaScaling", {"numReplicas": 2})
        return 0

    def delete(self) -> int:
        """Stop all services and wait, then delete all services and wait."""
        for service in self._ids:
            self._send("PATCH", f"services/{service}/state", {"command": "stop"})
        self._until(lambda states: set(states.values()) == {"stopped"})
        for service in self._ids:
            self._send("DELETE", f"services/{service}")
        self._until(lambda states: not states)
        return 0

    def _send(self, method: str, path: str, body: Json = None) -> Json:
        if len(self._sent) >= WINDOW_REQUESTS:
            # A little later. Otherwise a request with a shorter delay than the first would be
            # rejected.
            due = self._sent[-WINDOW_REQUESTS] + WINDOW_SECONDS + 0.05
            time.sleep(max(0.0, due - time.monotonic()))
        response = self._api.send(method, path, body).raise_for_status()
        self._sent.append(time.monotonic())
        return response.json().get("result")

    def _until(self, holds: Callable[[dict[str, str]], bool]) -> None:
        while not holds({s["id"]: s["state"] for s in self._send("GET", "services")}):
            time.sleep(POLL_SECONDS)


class GaveUp(Exception):
    """A request of the replay was rejected for longer than its budget."""


class Terraform:
    """The requests of terraform-provider-clickhouse."""

    def __init__(self, api: Api, services: int) -> None:
        self._api = api
        self._services = services
        self._ids: list[str] = []

    def create(self) -> int:
        """Send the POST, wait, set the password, read."""

        def one(number: int) -> None:
            made = self._send("POST", "services", new_service(number)).json()["result"]["service"]
            service = f"services/{made['id']}"
            while self._read(service)["state"] == "provisioning":
                time.sleep(POLL_SECONDS)
            self._send("PATCH", f"{service}/password", {})
            self._read(service)
            self._ids.append(service)

        return self._each(one, range(self._services))

    def update(self) -> int:
        """Read, then PATCH service, scaling and password, then read again."""

        def one(service: str) -> None:
            self._read(service)
            self._send("PATCH", service, {"name": "new"})
            self._send("PATCH", f"{service}/replicaScaling", {"numReplicas": 2})
            self._send("PATCH", f"{service}/password", {})
            self._read(service)

        return self._each(one, self._ids)

    def delete(self) -> int:
        """Read, stop, wait, repeat the DELETE after each 409, wait for the 404."""

        def one(service: str) -> None:
            self._read(service)
            self._send("GET", service)
            self._send("PATCH", f"{service}/state", {"command": "stop"})
            while self._read(service)["state"] != "stopped":
                time.sleep(POLL_SECONDS)
            while self._send("DELETE", service).status_code == 409:
                time.sleep(2 * POLL_SECONDS)
            while self._send("GET", service).status_code != 404:
                time.sleep(POLL_SECONDS)

        return self._each(one, self._ids)

    def _each(self, one: Callable[[Any], None], items: Any) -> int:
        def succeeds(item: Any) -> bool:
            try:
                one(item)
            except GaveUp:
                return False
            return True

        with ThreadPoolExecutor(max_workers=10) as workers:
            return list(workers.map(succeeds, list(items))).count(False)

    def _read(self, service: str) -> Json:
        found = self._send("GET", service)
        for part in ("privateEndpointConfig", "backupConfiguration", "serviceQueryEndpoint"):
            self._send("GET", f"{service}/{part}")
        return found.json()["result"]

    def _send(self, method: str, path: str, body: Json = None) -> httpx.Response:
        deadline = time.monotonic() + BUDGET_SECONDS
        while True:
            response = self._api.send(method, path, body)
            if response.status_code != 429:
                return response
            if time.monotonic() > deadline:
                raise GaveUp
            time.sleep(int(float(response.headers.get("X-RateLimit-Reset", 0))) + 1)


class Ours:
    """`pulumi` on a stack of `Service`s."""

    def __init__(self, layout: StackPaths, services: int) -> None:
        folder = layout.state / "program"
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text("name: bench\nruntime: python\n")
        (folder / "__main__.py").write_text(PROGRAM)
        self._settings = layout.state / "bench.yaml"
        self._settings.write_text("config: {}\n")
        self._services = services
        self._stack = Stack(
            layout,
            "bench",
            program=folder,
            config_file=self._settings,
            environment={"PYTHONPATH": str(ROOT)},
        )
        self._stack.ensure()

    def create(self) -> int:
        """`pulumi up`."""
        return self._up({"services": self._services, "name": "old", "replicas": 3})

    def update(self) -> int:
        """`pulumi up` with another name and scaling."""
        return self._up({"services": self._services, "name": "new", "replicas": 2})

    def delete(self) -> int:
        """`pulumi destroy`."""
        return self._run("destroy", "--yes", "--skip-preview")

    def _up(self, args: Json) -> int:
        self._run("config", "set", "args", json.dumps(args))
        return self._run("up", "--yes", "--skip-preview")

    def _run(self, *arguments: str) -> int:
        result = self._stack.run(*arguments, capture=True)
        if result.returncode:
            print(result.stdout, result.stderr)
        return int(result.returncode != 0)


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.control_plane",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--services",
        type=int,
        nargs="+",
        default=[1, 10],
        metavar="N",
        help="number of services in parallel; default: 1, then 10",
    )
    parser.add_argument(
        "--provisioning",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="time from the create until the service runs; default %(default)s",
    )
    parser.add_argument(
        "--ways", nargs="+", choices=WAYS, default=WAYS, help="default: all, one after the other"
    )
    options = parser.parse_args()
    for services in options.services:
        print(f"{services} services, running {options.provisioning:.0f} s after the create")
        report({way: measure(way, services, options.provisioning) for way in options.ways})
    return 0


def measure(way: str, services: int, provisioning: float) -> list[Figures]:
    """Measure each phase of one way."""
    with clouds() as layout:
        api = Api(layout)
        api.provisioning_takes(provisioning)
        deployment = begin(way, layout, api, services)
        figures = []
        for phase in PHASES:
            # Each phase begins with an empty window, so the previous phase does not delay it.
            time.sleep(WINDOW_SECONDS + 0.5)
            before = api.counts()
            begun = time.monotonic()
            failed = getattr(deployment, phase)()
            seconds = time.monotonic() - begun
            counted = api.counts() - before
            now = Figures(
                seconds=seconds,
                requests=counted.total(),
                rejected=sum(n for (_, status), n in counted.items() if status == 429),
                looks=sum(n for (operation, _), n in counted.items() if operation == LOOK)
                / services,
                failed=failed,
            )
            print(f"  {way:<9} {phase:<6} {now.line()}", flush=True)
            figures.append(now)
        return figures


def begin(way: str, layout: StackPaths, api: Api, services: int) -> Floor | Ours | Terraform:
    """Return one of the three ways."""
    if way == "ours":
        return Ours(layout, services)
    return Floor(api, services) if way == "floor" else Terraform(api, services)


def report(measured: dict[str, list[Figures]]) -> None:
    """Print each way relative to the floor."""
    if "floor" not in measured:
        return
    floor = total(measured["floor"])
    for way, figures in measured.items():
        mine = total(figures)
        print(
            f"  {way:<9} all    {mine[0]:7.1f} s = {mine[0] / floor[0]:5.2f} x floor, "
            f"{mine[1]:4} requests = {mine[1] / floor[1]:5.2f} x floor"
        )


def total(figures: list[Figures]) -> tuple[float, int]:
    """Return seconds and requests of all phases, because a phase of the floor may take no time."""
    return sum(f.seconds for f in figures), sum(f.requests for f in figures)


@contextmanager
def clouds() -> Iterator[StackPaths]:
    """Start local clouds with a separate state folder."""
    with tempfile.TemporaryDirectory(prefix="bench-control-plane-") as folder:
        layout = StackPaths(ROOT, Path(folder) / "state")
        list(start_clouds(layout.clouds, ANY_PORTS))
        try:
            yield layout
        finally:
            list(stop_clouds(layout.clouds))


if __name__ == "__main__":
    raise SystemExit(main())
