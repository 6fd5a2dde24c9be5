/**
 * The worker with counters for everything that Cloudflare bills. `counts.py` runs it as the main
 * module.
 *
 * The runtime counts rows (`rowsWritten`, `rowsRead`). This module counts calls and alarms. The
 * script of the worker is the one that is deployed.
 */
import worker, { IngestBuffer as Buffer } from "index.js";

export * from "index.js";

/** Number of latest cursors that may still be read. The counts have the rows of older cursors. */
const OPEN_CURSORS = 64;

const counts = {
  requests: 0,
  calls: 0,
  bodies: 0,
  alarms: 0,
  alarm_writes: 0,
  syncs: 0,
  active_ms: 0,
  rows_read: 0,
  chunks: 0,
  key_rows: 0,
  rows_written: {},
};
const cursors = [];
let active = 0;
let activeSinceMs = 0;

/** The table that a statement writes, e.g. `chunks`. */
function tableOf(statement) {
  return /(?:INTO|FROM|UPDATE|TABLE|TRIGGER)\s+(?:IF (?:NOT )?EXISTS\s+)?(\w+)/i.exec(statement)?.[1];
}

function countStatements(sql) {
  const prototype = Object.getPrototypeOf(sql);
  if (prototype.exec.counts) {
    return;
  }
  const { exec } = prototype;
  prototype.exec = function (statement, ...values) {
    const cursor = exec.call(this, statement, ...values);
    const { rowsWritten } = cursor;
    if (rowsWritten > 0) {
      const table = tableOf(statement) ?? "other";
      counts.rows_written[table] = (counts.rows_written[table] ?? 0) + rowsWritten;
    }
    if (/^INSERT.* INTO chunks/.test(statement)) {
      counts.chunks++;
    } else if (/^INSERT.* INTO recent_keys/.test(statement)) {
      counts.key_rows++;
    }
    cursors.push(cursor);
    if (cursors.length > OPEN_CURSORS) {
      counts.rows_read += cursors.shift().rowsRead;
    }
    return cursor;
  };
  prototype.exec.counts = true;
}

function countCalls(storage, method, counter) {
  const prototype = Object.getPrototypeOf(storage);
  const original = prototype[method];
  if (original.counts) {
    return;
  }
  prototype[method] = function (...values) {
    counts[counter]++;
    return original.apply(this, values);
  };
  prototype[method].counts = true;
}

/** Measure the time with operations in progress. Cloudflare charges overlapping ones once. */
async function whileActive(run) {
  if (active++ === 0) {
    activeSinceMs = Date.now();
  }
  try {
    return await run();
  } finally {
    if (--active === 0) {
      counts.active_ms += Date.now() - activeSinceMs;
    }
  }
}

export class IngestBuffer extends Buffer {
  constructor(ctx, env) {
    countStatements(ctx.storage.sql);
    countCalls(ctx.storage, "setAlarm", "alarm_writes");
    countCalls(ctx.storage, "deleteAlarm", "alarm_writes");
    countCalls(ctx.storage, "sync", "syncs");
    super(ctx, env);
  }

  async append(bodies, ...values) {
    counts.calls++;
    counts.bodies += bodies.length;
    return await whileActive(() => super.append(bodies, ...values));
  }

  async alarm(...values) {
    counts.alarms++;
    await whileActive(() => super.alarm(...values));
  }
}

export default {
  ...worker,
  async fetch(request, env, ctx) {
    if (request.method === "GET" && request.url.endsWith("/counts")) {
      const read = cursors.reduce((total, { rowsRead }) => total + rowsRead, counts.rows_read);
      return Response.json({ ...counts, rows_read: read });
    }
    counts.requests++;
    return await worker.fetch(request, env, ctx);
  },
};
