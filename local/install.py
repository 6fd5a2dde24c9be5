"""Installs all that the project needs into the checkout. It needs only Python.

Run it with `python3 local/install.py`. A step is skipped if its source (a lock file) has not
changed. Package managers use their usual caches.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATE = ROOT / ".local"
BIN = STATE / "bin"
VENV_PYTHON = ROOT / ".venv" / "bin" / "python"

# The newest CLI whose modules can be built outside Pulumi's own repository, and the newest
# Python language host that is not a separate module yet.
PULUMI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
PULUMI_VERSION = "v3.250.0"
LANGUAGE_HOST_PACKAGE = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
# An installed CLI may be older than the SDK in the lock file by some months, but not by years.
PULUMI_OLDEST = (3, 200)
NODE_OLDEST = 20
GO_OLDEST = (1, 25)


class MissingTool(Exception):
    """This machine lacks a tool. The message is one line that names what to install."""


def main() -> int:
    """Install what is missing and print each step."""
    parser = argparse.ArgumentParser(prog="python3 local/install.py", description=__doc__)
    parser.add_argument(
        "--browser",
        action="store_true",
        help="install only Chromium, for test_beacons.py, with apt-get as root",
    )
    wants_browser = parser.parse_args().browser
    try:
        if wants_browser:
            return install_browser()
        check_tools()
        install_python_packages()
        install_node_packages("local")
        if (ROOT / "worker" / "package-lock.json").exists():
            install_node_packages("worker")
        install_pulumi()
        install_cloudflare_plugin()
    except MissingTool as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        command = " ".join(str(part) for part in error.cmd[:4])
        print(f"error: `{command} …` ended with {error.returncode}, see above", file=sys.stderr)
        return 1
    return 0


def install_browser() -> int:
    """Install Chromium as a Debian package; if that fails, the tests that need it are skipped."""
    if shutil.which("chromium") is None and shutil.which("apt-get") and os.geteuid() == 0:
        with progress("Chromium"):
            install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
            for command in (["apt-get", "update", "-qq"], install):
                subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if shutil.which("chromium") is None:
        say("Chromium is not installed (needs apt-get, root and a network): its tests are skipped")
    return 0


def check_tools() -> None:
    """Raise MissingTool for the first tool that is absent or too old."""
    if sys.version_info < (3, 11):  # noqa: UP036 (this file runs before anything is installed)
        raise MissingTool(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise MissingTool(f"{tool} is not on PATH: install Node.js {NODE_OLDEST} or newer")
    node = output_of("node", "--version").lstrip("v")
    if int(node.split(".")[0]) < NODE_OLDEST:
        raise MissingTool(f"Node.js {NODE_OLDEST} or newer is needed, this is {node}")


def install_python_packages() -> None:
    """Create `.venv` with exactly the packages of requirements.lock."""
    lock = ROOT / "requirements.lock"

    def install() -> None:
        uv = shutil.which("uv")
        if uv:
            run(uv, "venv", "--quiet", "--allow-existing", str(ROOT / ".venv"))
            command = [uv, "pip", "sync", "--quiet", "--python", str(VENV_PYTHON)]
        else:
            run(sys.executable, "-m", "venv", str(ROOT / ".venv"))
            command = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--requirement"]
        run(*command, str(lock), "--require-hashes")

    once("Python packages", [lock], VENV_PYTHON, install)


def install_node_packages(folder: str) -> None:
    """Create `FOLDER/node_modules` with the packages of its lock file. Run no install scripts."""
    path = ROOT / folder
    once(
        f"Node packages of {folder}/",
        [path / "package-lock.json"],
        path / "node_modules",
        lambda: run("npm", "ci", "--ignore-scripts", "--loglevel=error", cwd=path),
    )


def install_pulumi() -> None:
    """Use the Pulumi CLI on PATH, or build one into `.local/bin` from its Go modules."""
    installed = installed_pulumi()
    if installed:
        say(f"Pulumi CLI: using {installed}")
        return
    modules = Path(__file__).parent / "pulumi_cli"
    sums = [modules / name / "go.sum" for name in ("cli", "language_python")]
    once("Pulumi CLI", sums, BIN / "pulumi", lambda: build_pulumi(modules))


def installed_pulumi() -> str | None:
    """Return the path of a usable `pulumi` that was not built here, or None."""
    path = os.pathsep.join(
        part for part in os.environ.get("PATH", "").split(os.pathsep) if Path(part) != BIN
    )
    pulumi = shutil.which("pulumi", path=path)
    # Without its language host a CLI cannot run a Python program.
    if pulumi is None or shutil.which("pulumi-language-python", path=path) is None:
        return None
    found = re.match(r"v?(\d+)\.(\d+)", output_of(pulumi, "version"))
    if found is None or (int(found[1]), int(found[2])) < PULUMI_OLDEST:
        return None
    return pulumi


def build_pulumi(modules: Path) -> None:
    """Compile the CLI and its Python language host, and copy the SDK's two launchers.

    Raises:
        MissingTool: Go is missing or older than 1.25.
    """
    if shutil.which("go") is None:
        raise MissingTool(
            "pulumi is not on PATH, nor is go to build it: install Pulumi, or Go 1.25 or newer"
        )
    found = re.search(r"go(\d+)\.(\d+)", output_of("go", "version"))
    if found is None or (int(found[1]), int(found[2])) < GO_OLDEST:
        raise MissingTool(
            f"Go 1.25 or newer is needed to build Pulumi, this is {found and found[0]}"
        )
    BIN.mkdir(parents=True, exist_ok=True)
    version = f"-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={PULUMI_VERSION}"
    go_build(modules / "cli", PULUMI_PACKAGE, BIN / "pulumi", f"-s -w {version}")
    host = BIN / "pulumi-language-python"
    go_build(modules / "language_python", LANGUAGE_HOST_PACKAGE, host, "-s -w")
    sdk = Path(output_of("go", "list", "-m", "-f", "{{.Dir}}", SDK_MODULE, cwd=modules / "cli"))
    for file in ("cmd/pulumi-language-python-exec", "dist/pulumi-resource-pulumi-python"):
        target = BIN / Path(file).name
        # Files of the module cache are read-only, and a copy would be, too.
        target.unlink(missing_ok=True)
        shutil.copyfile(sdk / "python" / file, target)
        target.chmod(0o755)


def go_build(module: Path, package: str, target: Path, flags: str) -> None:
    """Run `go build` and print a line of progress every few seconds."""
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly"}
    say(f"  downloading the modules of {target.name}")
    run("go", "mod", "download", cwd=module, env=environment, quiet=True)
    listed = output_of("go", "list", "-deps", package, cwd=module, env=environment)
    total = len(listed.splitlines())
    process = subprocess.Popen(
        ["go", "build", "-v", "-trimpath", "-ldflags", flags, "-o", str(target), package],
        cwd=module,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None  # noqa: S101 (requested above)
    lines, last = [], time.monotonic()
    for done, line in enumerate(process.stderr, start=1):
        lines.append(line)
        if time.monotonic() - last > 10:
            last = time.monotonic()
            say(f"  compiling {target.name}: {done} of at most {total} packages")
    if process.wait() != 0:
        print("".join(lines[-20:]), file=sys.stderr)
        raise subprocess.CalledProcessError(process.returncode, ["go", "build", package])


def install_cloudflare_plugin() -> None:
    """Install the official Cloudflare plugin, or if it cannot be downloaded, the stand-in."""
    stand_in = BIN / "pulumi-resource-cloudflare"
    home = STATE / "pulumi-home"
    if list(home.glob("plugins/resource-cloudflare-v*/pulumi-resource-cloudflare")):
        stand_in.unlink(missing_ok=True)
        return
    if stand_in.exists():
        return
    pulumi = str(BIN / "pulumi") if (BIN / "pulumi").exists() else "pulumi"
    version = output_of(
        str(VENV_PYTHON),
        "-c",
        "import importlib.metadata as m; print(m.version('pulumi-cloudflare'))",
    )
    say(f"Cloudflare plugin {version}: downloading the official one")
    command = [pulumi, "plugin", "install", "resource", "cloudflare", version]
    environment = {**os.environ, "PULUMI_HOME": str(home), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        asked = subprocess.run(
            command, env=environment, capture_output=True, timeout=120, check=False
        )
        if asked.returncode == 0:
            say("Cloudflare plugin: the official one")
            return
    except subprocess.TimeoutExpired:
        pass
    BIN.mkdir(parents=True, exist_ok=True)
    stand_in.write_text(
        "#!/bin/sh\n"
        "# Written by local/install.py, because the official plugin cannot be downloaded here.\n"
        f'PYTHONPATH="{ROOT}" exec "{VENV_PYTHON}" -m local.pulumi_resource_cloudflare "$@"\n'
    )
    stand_in.chmod(0o755)
    say("Cloudflare plugin: it cannot be downloaded here, the project's stand-in is used")


def once(title: str, sources: list[Path], product: Path, install: Callable[[], None]) -> None:
    """Call `install` unless `product` was already built from the same `sources`."""
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    stamp = STATE / "installed" / re.sub(r"\W+", "-", title).strip("-").lower()
    if product.exists() and stamp.exists() and stamp.read_text() == digest:
        return
    with progress(title):
        install()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest)


@contextmanager
def progress(title: str) -> Iterator[None]:
    """Print the beginning of a step, and at its end the duration."""
    say(f"{title}: installing")
    begun = time.monotonic()
    yield
    say(f"{title}: installed in {time.monotonic() - begun:.0f} s")


def say(text: str) -> None:
    """Print a line without delay, also to a pipe."""
    print(text, flush=True)


def run(
    *command: str, cwd: Path = ROOT, env: dict[str, str] | None = None, quiet: bool = False
) -> None:
    """Run a command that must succeed."""
    subprocess.run(command, cwd=cwd, env=env, check=True, capture_output=quiet)


def output_of(*command: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a command that must succeed. Return its output, without white space around it."""
    result = subprocess.run(
        command, cwd=cwd, env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    return result.stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main())
