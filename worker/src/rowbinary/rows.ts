/** Encodes the rows of an export request, in its order. */
import { type Message, messageNamed, numberNamed } from "../otlp/schema.ts";
import type { Column } from "./columns.ts";
import { MessageReader, type Ranges } from "./message.ts";
import {
  nothingShared,
  ofMetric,
  ofPoints,
  ofResource,
  ofScope,
  type SharedColumns,
  share,
} from "./shared.ts";
import type { RowWriter } from "./writer.ts";

/** The path to the rows of a table in a request, by the names of `otlp/schema.ts`. */
export interface ShardLayout {
  readonly request: Message;
  readonly resources: string;
  readonly scopes: string;
  /** Spans, log records or metrics. */
  readonly items: string;
  /** The field of a metric whose data points are the rows; absent: the items are the rows. */
  readonly metric?: string;
}

/** The encoder of one batch, which has a position in a request. */
export class RowEncoder {
  readonly #columns: readonly Column[];
  readonly #shared = nothingShared();
  readonly #request: Level;
  readonly #resource: Level;
  readonly #scope: Level;
  /** null: the items are the rows. */
  readonly #metric: MetricLevels | null;
  readonly #row: MessageReader;

  constructor(layout: ShardLayout, columns: readonly Column[]) {
    const resource = messageNamed(layout.request, layout.resources);
    const scope = messageNamed(resource, layout.scopes);
    const item = messageNamed(scope, layout.items);
    this.#columns = columns;
    this.#request = level(layout.request, layout.resources, []);
    this.#resource = level(resource, layout.scopes, ofResource(resource));
    this.#scope = level(scope, layout.items, ofScope(scope));
    if (layout.metric === undefined) {
      this.#metric = null;
      this.#row = new MessageReader(item);
      return;
    }
    const points = messageNamed(item, layout.metric);
    this.#metric = {
      item: level(item, layout.metric, ofMetric(item)),
      points: level(points, "dataPoints", ofPoints(points)),
    };
    this.#row = new MessageReader(messageNamed(points, "dataPoints"));
  }

  /**
   * Write the rows of a request. Yield after a row whenever `isEnough` returns true.
   *
   * @throws NotEncodable the bytes are not such a request.
   */
  *encode(request: Uint8Array, out: RowWriter, isEnough: () => boolean): Generator<void> {
    const shared = this.#shared;
    for (const rows of this.#lists(request)) {
      for (let index = 0; index < rows.count; index++) {
        const row = this.#row.read(request, rows.from(index), rows.end(index));
        for (const write of this.#columns) {
          write(out, row, shared);
        }
        if (isEnough()) {
          yield;
        }
      }
    }
  }

  /** Yields lists of rows; all rows of a list share the values in `#shared`. */
  *#lists(request: Uint8Array): Generator<Ranges> {
    const resources = this.#enter(this.#request, request, 0, request.length);
    for (let index = 0; index < resources.count; index++) {
      const [from, end] = [resources.from(index), resources.end(index)];
      yield* this.#listsOfScopes(request, this.#enter(this.#resource, request, from, end));
    }
  }

  *#listsOfScopes(request: Uint8Array, scopes: Ranges): Generator<Ranges> {
    for (let index = 0; index < scopes.count; index++) {
      const items = this.#enter(this.#scope, request, scopes.from(index), scopes.end(index));
      if (this.#metric === null) {
        yield items;
      } else {
        yield* this.#listsOfMetrics(request, items, this.#metric);
      }
    }
  }

  *#listsOfMetrics(request: Uint8Array, metrics: Ranges, of: MetricLevels): Generator<Ranges> {
    for (let index = 0; index < metrics.count; index++) {
      const metric = of.item.reader.read(request, metrics.from(index), metrics.end(index));
      if (metric.has(of.item.list)) {
        share(this.#shared, of.item.shared, metric);
        yield this.#enter(of.points, request, metric.from(of.item.list), metric.end(of.item.list));
      }
    }
  }

  /** Encodes the values that the message shares with its rows. Returns its nested messages. */
  #enter({ reader, shared, list }: Level, request: Uint8Array, from: number, end: number): Ranges {
    reader.read(request, from, end);
    share(this.#shared, shared, reader);
    return reader.list(list);
  }
}

/** A message that contains rows, directly or in nested messages. */
interface Level {
  readonly reader: MessageReader;
  /** The field with the rows or the nested messages. */
  readonly list: number;
  readonly shared: SharedColumns;
}

interface MetricLevels {
  readonly item: Level;
  readonly points: Level;
}

function level(message: Message, list: string, shared: SharedColumns): Level {
  return { reader: new MessageReader(message), list: numberNamed(message, list), shared };
}
