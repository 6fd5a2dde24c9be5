/** Encodes the rows of an export request, in the order in which it holds them. */
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

/** Where in a request the rows of a table are: the names of fields in `otlp/schema.ts`. */
export interface ShardLayout {
  readonly request: Message;
  readonly resources: string;
  readonly scopes: string;
  /** Spans, log records or metrics. */
  readonly items: string;
  /** The field of a metric whose data points are the rows; absent: the items are. */
  readonly metric?: string;
}

/** One at work: it keeps its place in a request. */
export class RowEncoder {
  readonly #columns: readonly Column[];
  readonly #shared = nothingShared();
  readonly #request: Level;
  readonly #resource: Level;
  readonly #scope: Level;
  /** Null where the items themselves are the rows. */
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
   * Write the request's rows; yield after a row whenever there `isEnough` for the caller to take.
   *
   * @throws NotEncodable the bytes are no such request.
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

  /** Lists of rows that share all that `#shared` has by then. */
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

  /** Shares what the message has for its rows; returns the messages inside. */
  #enter({ reader, shared, list }: Level, request: Uint8Array, from: number, end: number): Ranges {
    reader.read(request, from, end);
    share(this.#shared, shared, reader);
    return reader.list(list);
  }
}

/** A message that holds the rows, or holds others that do. */
interface Level {
  readonly reader: MessageReader;
  /** The field with what is inside. */
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
