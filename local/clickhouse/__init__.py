"""ClickHouse Cloud on one machine: its control-plane API over real ClickHouse processes.

`python -m local.clickhouse --state-dir DIR` serves the API; each service is an embedded
ClickHouse with its own data folder behind a front that adds TLS, accounts and user statements.
`README.md` beside this file says how it is built.

What it does not imitate
- **Operations**: all of the document answer but `postgresServiceCertsGet` (501: there is no
  Postgres that could have a certificate). Services, keys, their sub-resources, roles, members,
  invitations, ClickPipes, ClickStack, saved queries, Postgres services, BYOC infrastructure and
  UDFs are kept and go through their states, and what they refer to must exist. They do nothing:
  no row moves, no alert is evaluated, no Postgres runs; of a function's archive `main.py` is
  compiled, nothing is installed, and no query can call it. Snapshots, notifications, logs, metrics,
  slow queries and costs are empty lists; the activity log knows the organization's beginning alone.
  Filters of empty lists are accepted and not used.
- **Members**: two from the beginning, an admin and a developer, since an invitation is never
  accepted. Keys take system roles only.
- **Server settings**: four of the vendor's many (`handlers/service_parts.py`); they are kept, the
  engine does not see them.
- **ClickPipes** connect to nothing: wrong brokers, buckets and passwords work, schema discovery
  finds no fields, destination tables are not made. That a pipe needs its service running (424) is
  what the document says of UDFs alone.
- **Guesses**: the vendor's document names no errors. Their wording is ours; status codes are
  the vendor's where somebody reported them, and 404 for an unknown organization, 401 for a wrong
  key and 409 for a command in a wrong state are assumed. Roles of keys are kept, not enforced,
  except that a key with the role `query_endpoints` alone may not use this API; nor are the
  policies of roles, nor quotas. That every role is granted `control-plane:organization:view` is
  a guess at which permission the vendor adds.
- **The data plane**: one engine per service, whatever its replicas and memory say. Tables are
  plain MergeTree, not SharedMergeTree: deduplication follows `non_replicated_deduplication_window`,
  there is no Keeper and no system.query_log. `async_insert` is accepted and not queued. A
  secondary service of a warehouse has its own, empty data and its own users, but for the password
  of `default`, which is the primary's. A service's IP access list is kept, not enforced: everybody
  comes from 127.0.0.1. Upgrades and scheduled scaling never happen. The mysql endpoint is listed,
  and nothing listens there. Files outside the engine's folder cannot be opened, where the
  kernel has Landlock; where it has not, SQL users can open all files of the cloud's owner. The
  table function `file()` is rejected everywhere. The scalar function `file()`, INSERT … FROM
  INFILE and, for the admin, ENGINE = File and SOURCE(FILE) are not rejected, as ClickHouse Cloud
  does. They open any file of the engine's folder, where rows are encrypted. `README.md` lists what
  they can read.
- **Backups** are the engine's own, whole each time, of running primaries as they are configured to
  be made and on demand (`admin.py`); a service made from one has its tables, views and rows. Users
  are in none, an idle service is not woken for one, and a bucket of one's own is not written to.
  One outlives its service until its retention is over. None is encrypted: with
  `backupEncryptionConfig` the new service only says that it is.
- **BYOC infrastructure** has no machines: its services are engines like all others. They have to be
  in its region and to say their size, and it has to be ready (409, a guess).
- **Users**: CREATE/ALTER/DROP USER, CREATE/DROP ROLE, GRANT and REVOKE of privileges and roles,
  CREATE/ALTER/DROP SETTINGS PROFILE with bounds, and the SHOW statements of these work over
  https, for `default` alone; over the native protocol they are refused. They are kept in the
  engine's users file, and what that cannot carry is refused (NOT_IMPLEMENTED): quotas, row
  policies, HOST and VALID UNTIL, settings of a role (a profile `TO` it is), profiles inside of
  profiles or TO ALL, a DEFAULT ROLE other than all, RENAME, a user and a role of one name. Each
  user has a profile `of_NAME` of its own, which system tables and SHOW CREATE USER show, and
  system.settings_profiles does not tell whom a profile is for. Each change exchanges the engine
  (0.2 s): queries in flight end first (after 30 s they are ended) and new ones wait, sessions
  with their temporary tables end, and idle native connections are closed. `currentUser()` of
  `default` reads `_admin_`.
- **Secrets at rest**: `cloud.json` holds the first API key in plain text (mode 0600); of
  passwords and other keys only hashes are kept, and of credentials (ClickPipes, buckets) nothing.
"""
