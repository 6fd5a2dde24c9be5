"""Cloudflare on one machine: the part of its REST API that deploys a Worker, over real workerd.

`python -m local.cloudflare --state-dir DIR` serves `http://127.0.0.1:PORT/client/v4` and, over
TLS, the Workers themselves on `https://localhost:EDGE_PORT`. Scripts, bindings and Durable
Objects are kept in the state folder and survive any kill.

What it does not imitate:

- one account, one zone (`localhost`), one API token with every right; no users, roles or scopes;
- the newer declarative `exports` of Durable Object classes (`migrations` are imitated);
- bindings other than plain_text, secret_text, json, durable_object_namespace, service, inherit
  and version_metadata (KV, R2, D1, queues, assets, … are refused by name);
- Python Workers, static assets, routes, cron triggers, tails, Logpush, Smart Placement, gradual
  deployments (a deployment is always one version at 100 %), dispatch namespaces, environments
  other than production; `workers.dev` subdomains are recorded and answer nothing;
- limits of CPU, memory, subrequests and the number of anything;
- the headers `CF-Ray` and `X-Forwarded-*`, HTTP/2 and 3, Browser Integrity Check and all else
  that a zone does to a request before it reaches the Worker (`docs/cloudflare.md`);
- DNS and certificates: a hostname must be `localhost` or one label before `.localhost`. The
  local certificate names `*.localhost`, which OpenSSL (curl, Python) refuses to match, so only
  `localhost` itself verifies everywhere; `cert_id` is made up;
- a network of machines: one process runs everything. A Worker may reach this machine's private
  addresses (real Workers may not) and trusts the local authority. A deploy replaces that
  process: requests under way get five seconds to end, new connections wait some tens of
  milliseconds, idle ones are closed, and every Durable Object is evicted;
- with a single hostname attached the edge answers under any Host header; with several it routes
  by name and answers 404 to the rest, as it does while none is attached.
"""
