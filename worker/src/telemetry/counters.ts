/** Counters in memory. Their values are plain data that can be sent, stored and added up. */
import {
  type CounterName,
  HISTOGRAMS,
  type HistogramName,
  METRICS,
  type Metric,
} from "./metrics.ts";

/**
 * Values by series: the number of a counter, or the counts of a histogram's buckets and then its sum.
 *
 * A series is the name of its metric, and each value of its labels after a space.
 */
export type Sums = { readonly [series: string]: number | readonly number[] };

/** A series with its metric and labels. */
export interface Sample {
  readonly name: string;
  readonly metric: Metric;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | readonly number[];
}

/** One series, and the series whose labels begin with its labels. */
interface Node {
  readonly series: string;
  readonly next: Map<string, Node>;
  /** undefined: nothing has been counted. */
  value: number | number[] | undefined;
}

/**
 * A tree of series, with a lookup per label. Concatenating the name of the series for every count
 * would cost more than 1 us, and a request has several counts.
 */
export class Counters {
  #root = new Map<string, Node>();

  /** Adds to a counter. The values of labels must not contain a space. */
  add(name: CounterName, value: number, ...labels: readonly string[]): void {
    const node = this.#nodeOf(name, labels);
    node.value = Number(node.value ?? 0) + value;
  }

  observe(name: HistogramName, value: number, ...labels: readonly string[]): void {
    const { bounds } = HISTOGRAMS[name];
    const node = this.#nodeOf(name, labels);
    if (typeof node.value !== "object") {
      node.value = new Array<number>(bounds.length + 2).fill(0);
    }
    const counts = node.value;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) {
      bucket++;
    }
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    counts[bounds.length + 1] = (counts[bounds.length + 1] ?? 0) + value;
  }

  #nodeOf(name: string, labels: readonly string[]): Node {
    let node = nodeIn(this.#root, name, "");
    for (const label of labels) {
      node = nodeIn(node.next, label, `${node.series} `);
    }
    return node;
  }

  /** Adds the sums of other counters, which may come from another version of the script. */
  merge(sums: Sums): void {
    for (const [series, value] of Object.entries(sums)) {
      const [name = "", ...labels] = series.split(" ");
      const node = this.#nodeOf(name, labels);
      node.value = added(node.value, value);
    }
  }

  sums(): Sums {
    const sums: Record<string, number | readonly number[]> = {};
    collect(this.#root, sums);
    return sums;
  }

  /** Returns the sums and resets them. */
  take(): Sums {
    const taken = this.sums();
    this.#root = new Map();
    return taken;
  }
}

function nodeIn(nodes: Map<string, Node>, key: string, before: string): Node {
  let node = nodes.get(key);
  if (node === undefined) {
    node = { series: before + key, next: new Map(), value: undefined };
    nodes.set(key, node);
  }
  return node;
}

function collect(nodes: Map<string, Node>, into: Record<string, number | readonly number[]>): void {
  for (const { series, next, value } of nodes.values()) {
    if (value !== undefined) {
      into[series] = typeof value === "number" ? value : [...value];
    }
    collect(next, into);
  }
}

/** If the bounds of a histogram have changed, the earlier counts are dropped. */
function added(known: Node["value"], value: number | readonly number[]): number | number[] {
  if (typeof value === "number") {
    return (typeof known === "number" ? known : 0) + value;
  }
  const before = typeof known === "object" && known.length === value.length ? known : [];
  return value.map((count, index) => count + (before[index] ?? 0));
}

export function summed(all: readonly Sums[]): Sums {
  const counters = new Counters();
  for (const sums of all) {
    counters.merge(sums);
  }
  return counters.sums();
}

/** Return the samples of existing metrics. Sums of an older script may have others. */
export function samplesFrom(sums: Sums): Sample[] {
  return Object.entries(sums).flatMap(([series, value]) => {
    const [name = "", ...values] = series.split(" ");
    const metric = METRICS.get(name);
    if (metric === undefined || !fits(metric, values.length, value)) {
      return [];
    }
    const labels = Object.fromEntries(metric.labels.map((label, i) => [label, values[i] ?? ""]));
    return [{ name, metric, labels, value }];
  });
}

function fits(metric: Metric, labels: number, value: number | readonly number[]): boolean {
  const form =
    metric.type === "counter"
      ? typeof value === "number"
      : typeof value !== "number" && value.length === metric.bounds.length + 2;
  return form && labels === metric.labels.length;
}
