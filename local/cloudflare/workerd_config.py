"""Builds workerd's configuration (`workerd.capnp`) for an account.

The configuration has the secrets of all scripts, so it is always a private file and never an
argument.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.cloudflare.bindings import MODULE_TYPES
from local.cloudflare.state import Binding, CloudflareAccount, Module, Script, Version
from local.processes.certificates import Certificates

__all__ = ["V8_FLAGS", "ConfigWriter", "service_name"]

# A request has 7 kB of native memory, which is freed when V8 collects a few hundred bytes of heap
# that refer to the request. V8 counts only the heap: by default an empty Worker grows by
# 230 MiB before the first collection. With an initial heap of 4 MiB and a small nursery it grows by
# 40 MiB, at the same CPU time per request. The real service limits
# every isolate to 128 MB by other means.
V8_FLAGS = ("--initial-old-space-size=4", "--max-semi-space-size=1")

# The client address of each socket: both listen on the loopback interface only.
_CLIENT_ADDRESSES = {"edge": "127.0.0.1", "edge6": "::1"}

# The compatibility date that the real service uses for an upload without one.
_OLDEST_DATE = "2021-11-02"
_PROBE = "__probe__.js"
_PROBE_CODE = """\
import * as exported from {main};
import {{ DurableObject, WorkerEntrypoint }} from "cloudflare:workers";
const methods = (value) => {{
  const names = new Set();
  for (let o = value; o && o !== Object.prototype; o = Object.getPrototypeOf(o))
    for (const name of Object.getOwnPropertyNames(o))
      if (name !== "constructor" && typeof o[name] === "function") names.add(name);
  return [...names];
}};
const describe = (value) => {{
  if (Object(value) !== value) return {{ kind: "primitive", methods: [] }};
  if (typeof value !== "function") return {{ kind: "handlers", methods: methods(value) }};
  if (!value.prototype) return {{ kind: "function", methods: [] }};
  // Before `DurableObject` existed, a class without a base class was a Durable Object.
  const kind = value.prototype instanceof WorkerEntrypoint ? "entrypoint" : "class";
  return {{ kind, methods: methods(value.prototype) }};
}};
export default {{
  fetch: () => Response.json(
    Object.fromEntries(Object.entries(exported).map(([name, value]) => [name, describe(value)]))),
}};
"""
_ROUTER_CODE = """\
const missing = () => new Response("no Worker is attached to this hostname\\n", { status: 404 });
export default {
  fetch(request, env) {
    const service = env.HOSTNAMES[new URL(request.url).hostname];
    return service === undefined ? missing() : env[service].fetch(request);
  },
};
"""
_DELETED_CODE = """\
export default {
  fetch: () => new Response("the Worker behind this binding was deleted\\n", { status: 500 }),
};
"""


def service_name(script: str) -> str:
    """Return the name of a script's service in the configuration."""
    return f"script {script}"


@dataclass(frozen=True)
class ConfigWriter:
    """Builds the configuration for an account, or for the trial of one version.

    Args:
        directory: folder of the configuration, whose file names are relative to it.
    """

    directory: Path
    modules: Path
    objects: Path
    certificates: Certificates

    def account(
        self, account: CloudflareAccount, *, sockets: Sequence[str], generation: str
    ) -> str:
        """Return the configuration of an account. The control socket responds with `generation`."""
        edge = self._edge_service(account)
        services = [
            _worker("control", [_es_module("control.js", _constant_response(generation))]),
            self._disk(),
            self._internet(),
            _worker("deleted", [_es_module("gone.js", _DELETED_CODE)]),
            self._router(account),
            *(self._script(script, account) for script in account.scripts.values()),
        ]
        listening = [
            '(name = "control", http = (), service = "control")',
            *(self._tls_socket(name, edge) for name in sockets),
        ]
        return _config(services, listening)

    def trial(self, version: Version) -> str:
        """Return the configuration of a trial: the control socket responds with the exports.

        The version has no network and no storage.
        """
        modules = [self._module(module) for module in version.modules]
        texts = [_plain_binding(b) for b in version.bindings if b["type"] in _PLAIN]
        if version.main_module is not None:
            main = json.dumps("./" + version.main_module)
            modules.insert(0, _es_module(_PROBE, _PROBE_CODE.format(main=main)))
            services = [_worker("script", modules, version=version, bindings=texts)]
            return _config(services, ['(name = "control", http = (), service = "script")'])
        script = self._service_worker(version, texts, "script")
        probe = _worker("probe", [_es_module("probe.js", _constant_response("{}"))])
        return _config([script, probe], ['(name = "control", http = (), service = "probe")'])

    def _edge_service(self, account: CloudflareAccount) -> str:
        """Return the service of the edge. A single script needs no router, which is slower."""
        targets = {domain.service for domain in account.domains.values()}
        return service_name(targets.pop()) if len(targets) == 1 else "router"

    def _router(self, account: CloudflareAccount) -> str:
        domains = account.domains.values()
        table = json.dumps({domain.hostname: domain.service for domain in domains})
        bindings = [f"(name = {_text('HOSTNAMES')}, json = {_text(table)})"]
        for script in sorted({domain.service for domain in domains}):
            target = _text(service_name(script))
            bindings.append(f"(name = {_text(script)}, service = {target})")
        return _worker("router", [_es_module("router.js", _ROUTER_CODE)], bindings=bindings)

    def _script(self, script: Script, account: CloudflareAccount) -> str:
        version = script.deployed
        bindings = [_binding(b, script=script, account=account) for b in version.bindings]
        name = service_name(script.name)
        if version.main_module is None:
            return self._service_worker(version, bindings, name)
        classes = [
            f"(className = {_text(namespace.class_name)}, "
            f"uniqueKey = {_text(namespace.unique_key)}, "
            f"enableSql = {'true' if namespace.sqlite else 'false'})"
            for namespace in script.namespaces
        ]
        storage = ""
        if classes:
            storage = (
                f"durableObjectNamespaces = {_list(classes)}, "
                'durableObjectStorage = (localDisk = "durable-objects"),'
            )
        modules = [self._module(module) for module in version.modules]
        return _worker(name, modules, version=version, bindings=bindings, more=storage)

    def _service_worker(self, version: Version, bindings: Iterable[str], name: str) -> str:
        source = self._embed(self.modules / version.modules[0].sha256)
        return (
            f"(name = {_text(name)}, worker = (serviceWorkerScript = {source}, "
            f"{_compatibility(version)} bindings = {_list(bindings)}))"
        )

    def _module(self, module: Module) -> str:
        kind = MODULE_TYPES[module.content_type]
        return (
            f"(name = {_text(module.name)}, {kind} = {self._embed(self.modules / module.sha256)})"
        )

    def _disk(self) -> str:
        path = _text(str(self.objects.resolve()))
        return f'(name = "durable-objects", disk = (path = {path}, writable = true))'

    def _internet(self) -> str:
        # Unlike in the real service, Workers can reach private addresses: ClickHouse has one.
        trusted = self._embed(self.certificates.ca_file)
        return (
            '(name = "internet", network = (allow = ["public", "private"], tlsOptions = '
            f"(trustBrowserCas = true, trustedCertificates = [{trusted}])))"
        )

    def _tls_socket(self, name: str, service: str) -> str:
        key = self._embed(self.certificates.key_file)
        chain = self._embed(self.certificates.certificate_file)
        # Cloudflare sets the header itself and overwrites the client's:
        # https://developers.cloudflare.com/fundamentals/reference/http-headers/#cf-connecting-ip
        # workerd replaces a request's header of this name (`HttpOptions` in its schema).
        address = _text(_CLIENT_ADDRESSES[name])
        injected = f'[(name = "CF-Connecting-IP", value = {address})]'
        return (
            f"(name = {_text(name)}, https = (options = (injectRequestHeaders = {injected}), "
            f"tlsOptions = (keypair = (privateKey = {key}, certificateChain = {chain}))), "
            f"service = {_text(service)})"
        )

    def _embed(self, file: Path) -> str:
        # The path is relative, because workerd looks for an absolute path in its import path.
        return f"embed {_text(os.path.relpath(file.resolve(), self.directory.resolve()))}"


_PLAIN = {"plain_text", "secret_text", "json"}


def _binding(binding: Binding, *, script: Script, account: CloudflareAccount) -> str:
    name, kind = _text(binding["name"]), binding["type"]
    if kind in _PLAIN:
        return _plain_binding(binding)
    if kind == "version_metadata":
        return f"(name = {name}, json = {_text(json.dumps(_version_metadata(script)))})"
    if kind == "service":
        return f"(name = {name}, service = {_service_target(binding, account)})"
    owner = binding.get("script_name") or script.name
    if owner not in account.scripts:
        return f'(name = {name}, service = "deleted")'
    class_name = _text(binding["class_name"])
    return (
        f"(name = {name}, durableObjectNamespace = (className = {class_name}, "
        f"serviceName = {_text(service_name(owner))}))"
    )


def _plain_binding(binding: Binding) -> str:
    name = _text(binding["name"])
    if binding["type"] != "json":
        return f"(name = {name}, text = {_text(binding['text'])})"
    value = binding["json"]
    return (
        f"(name = {name}, json = {_text(value if isinstance(value, str) else json.dumps(value))})"
    )


def _service_target(binding: Binding, account: CloudflareAccount) -> str:
    if binding["service"] not in account.scripts:
        return '"deleted"'
    target = f"name = {_text(service_name(binding['service']))}"
    if binding.get("entrypoint"):
        target += f", entrypoint = {_text(binding['entrypoint'])}"
    return f"({target})"


def _version_metadata(script: Script) -> dict[str, str]:
    version = script.deployed
    tag = (version.settings.get("annotations") or {}).get("workers/tag", "")
    return {"id": version.id, "tag": tag, "timestamp": version.created_on}


def _config(services: Iterable[str], sockets: Iterable[str]) -> str:
    return (
        'using Workerd = import "/workerd/workerd.capnp";\n'
        "const config :Workerd.Config = (\n"
        f"services = {_list(services)},\nsockets = {_list(sockets)},\n"
        f"v8Flags = {_list(map(_text, V8_FLAGS))},\n);\n"
    )


def _worker(
    name: str,
    modules: Iterable[str],
    *,
    version: Version | None = None,
    bindings: Iterable[str] = (),
    more: str = "",
) -> str:
    return (
        f"(name = {_text(name)}, worker = (modules = {_list(modules)}, "
        f"{_compatibility(version)} {more} bindings = {_list(bindings)}))"
    )


def _compatibility(version: Version | None) -> str:
    # The Workers in this file have the date of the runtime for which they were written.
    settings = {"compatibility_date": "2026-01-01"} if version is None else version.settings
    flags = _list(_text(flag) for flag in settings.get("compatibility_flags") or [])
    date = settings.get("compatibility_date") or _OLDEST_DATE
    return f"compatibilityDate = {_text(date)}, compatibilityFlags = {flags},"


def _es_module(name: str, code: str) -> str:
    return f"(name = {_text(name)}, esModule = {_text(code)})"


def _constant_response(text: str) -> str:
    return f"export default {{ fetch: () => new Response({json.dumps(text)}) }};"


def _list(items: Iterable[str]) -> str:
    return "[" + ",\n".join(items) + "]"


def _text(value: str) -> str:
    """Return a string literal of Cap'n Proto's text format, which has C's escapes."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(_escape(char) for char in escaped) + '"'


def _escape(char: str) -> str:
    # Characters beyond ASCII are not escaped, because an escape is a byte and not a character.
    return f"\\x{ord(char):02x}" if ord(char) < 0x20 or ord(char) == 0x7F else char
