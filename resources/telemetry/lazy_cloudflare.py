"""Load the few names of `pulumi_cloudflare` that the stack uses, without the whole package.

Importing the package takes more than 5 s of CPU: its generated `_inputs` and `outputs` modules are
12 MB of classes for some two hundred resources, and every submodule imports both. A `pulumi up`
that changes nothing would spend most of its time there.

So this module registers a shell as the package in `sys.modules`. The shell has the package's
`__path__`, so Python finds its submodules, but its `__init__` does not run. Its `_inputs` and
`outputs` contain only the classes that the loaded submodules use, and the classes that those use.
The source of these classes is the package's own, so the classes and their names are the same.

If the package is already imported, has another layout, or lacks a name, this module imports it the
usual way, which is slower and always correct.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.util
import marshal
import os
import re
import sys
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

__all__ = [
    "Provider",
    "WorkersCustomDomain",
    "WorkersScript",
    "WorkersScriptBindingArgs",
    "WorkersScriptObservabilityArgs",
    "WorkersScriptObservabilityIssuesArgs",
    "WorkersScriptObservabilityLogsArgs",
    "WorkersScriptObservabilityTracesArgs",
]

if TYPE_CHECKING:
    from pulumi_cloudflare import (
        Provider,
        WorkersCustomDomain,
        WorkersScript,
        WorkersScriptBindingArgs,
        WorkersScriptObservabilityArgs,
        WorkersScriptObservabilityIssuesArgs,
        WorkersScriptObservabilityLogsArgs,
        WorkersScriptObservabilityTracesArgs,
    )

PACKAGE = "pulumi_cloudflare"
_SUBMODULES = ("provider", "workers_custom_domain", "workers_script")
_HOMES = {
    "Provider": "provider",
    "WorkersCustomDomain": "workers_custom_domain",
    "WorkersScript": "workers_script",
    "WorkersScriptBindingArgs": "_inputs",
    "WorkersScriptObservabilityArgs": "_inputs",
    "WorkersScriptObservabilityIssuesArgs": "_inputs",
    "WorkersScriptObservabilityLogsArgs": "_inputs",
    "WorkersScriptObservabilityTracesArgs": "_inputs",
}
# A class statement with its decorators, up to the next line that begins in the first column.
_CLASS = re.compile(r"^(?:@[^\n]*\n)*class (\w+)[^\n]*\n(?:(?:[ \t][^\n]*)?\n)*", re.MULTILINE)
_NAME = re.compile(r"\b[A-Z]\w+")


class _Unexpected(Exception):
    """The package has another layout than this module expects."""


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    package = _load()
    if package is not None:
        return getattr(sys.modules[f"{PACKAGE}.{_HOMES[name]}"], name)
    return getattr(importlib.import_module(PACKAGE), name)


def _load() -> ModuleType | None:
    """Return the shell with its classes, or None if the usual import is needed."""
    loaded = sys.modules.get(PACKAGE)
    if loaded is not None:
        return loaded if getattr(loaded, "__shell__", False) else None
    before = set(sys.modules)
    try:
        return _shell()
    except (_Unexpected, ImportError, AttributeError, NameError, OSError, SyntaxError):
        for name in set(sys.modules) - before:
            if name == PACKAGE or name.startswith(f"{PACKAGE}."):
                del sys.modules[name]
        return None


def _shell() -> ModuleType:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise _Unexpected
    shell = importlib.util.module_from_spec(spec)
    shell.__dict__["__shell__"] = True
    sys.modules[PACKAGE] = shell
    folder = Path(next(iter(spec.submodule_search_locations)))
    wanted = "".join((folder / f"{name}.py").read_text() for name in _SUBMODULES)
    for name in ("_inputs", "outputs"):
        module = _partial_module(folder, name, _names_in(wanted, of=name))
        setattr(shell, name, module)
    for name in _SUBMODULES:
        importlib.import_module(f"{PACKAGE}.{name}")
    missing = [name for name, home in _HOMES.items() if not hasattr(_submodule(home), name)]
    if missing:
        raise _Unexpected
    return shell


def _submodule(name: str) -> ModuleType:
    return sys.modules[f"{PACKAGE}.{name}"]


def _names_in(text: str, *, of: str) -> set[str]:
    # Submodules star-import `_inputs`, and reach into `outputs` by its name.
    if of == "outputs":
        return set(re.findall(r"\boutputs\.([A-Z]\w+)", text))
    return set(_NAME.findall(text))


def _partial_module(folder: Path, name: str, wanted: set[str]) -> ModuleType:
    """Return a module with the head of the real module and the wanted classes."""
    spec = importlib.util.spec_from_loader(f"{PACKAGE}.{name}", loader=None)
    if spec is None:
        raise _Unexpected
    module = importlib.util.module_from_spec(spec)
    module.__package__ = PACKAGE
    sys.modules[spec.name] = module
    exec(_code(folder / f"{name}.py", wanted), module.__dict__)  # noqa: S102 - source of the package
    return module


def _code(path: Path, wanted: set[str]) -> CodeType:
    """Return the compiled classes, from a cache next to this module's own compiled file."""
    seen = path.stat()
    key = repr((sys.version, str(path), seen.st_size, seen.st_mtime_ns, sorted(wanted)))
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    cache = Path(__file__).parent / "__pycache__" / f"{PACKAGE}.{path.stem}.{digest}.marshal"
    with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
        cached = marshal.loads(cache.read_bytes())  # noqa: S302 - as trusted as a .pyc
        if isinstance(cached, CodeType):
            return cached
    code = compile(_classes(path, wanted), str(path), "exec")
    with contextlib.suppress(OSError):  # a read-only installation has no cache
        cache.parent.mkdir(exist_ok=True)
        written = cache.with_suffix(f".{os.getpid()}")
        written.write_bytes(marshal.dumps(code))
        written.replace(cache)
    return code


def _classes(path: Path, wanted: set[str]) -> str:
    source = path.read_text()
    found = {match.group(1): match for match in _CLASS.finditer(source)}
    if not found:
        raise _Unexpected
    chosen: set[str] = set()
    pending = wanted & found.keys()
    while pending:
        chosen |= pending
        bodies = "".join(found[item].group() for item in pending)
        pending = (set(_NAME.findall(bodies)) & found.keys()) - chosen
    head = source[: source.index("__all__")]
    classes = "\n".join(found[item].group() for item in found if item in chosen)
    return f"{head}__all__ = {sorted(chosen)}\n{classes}"
