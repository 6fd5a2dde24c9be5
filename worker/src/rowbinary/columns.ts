/** Writers of columns, for the lists in `traces.ts`, `logs.ts` and `metrics.ts`. */
import { int32From, secondsAt, sint32From } from "../otlp/numbers.ts";
import { type Message, messageNamed, numberNamed } from "../otlp/schema.ts";
import { writeAttribute, writeAttributes } from "./attributes.ts";
import { MessageReader } from "./message.ts";
import { writeVarint64 } from "./varint.ts";
import type { RowWriter } from "./writer.ts";

/** Values that the rows of a resource, a scope or a metric share, encoded once. */
export interface Shared {
  resourceAttributes: Uint8Array;
  resourceSchemaUrl: Uint8Array;
  serviceName: Uint8Array;
  scopeName: Uint8Array;
  scopeVersion: Uint8Array;
  scopeAttributes: Uint8Array;
  scopeDropped: Uint8Array;
  scopeSchemaUrl: Uint8Array;
  metricName: Uint8Array;
  metricDescription: Uint8Array;
  metricUnit: Uint8Array;
  temporality: Uint8Array;
  isMonotonic: Uint8Array;
}

/** Writes one column of the row of `message`. */
export type Column = (out: RowWriter, message: MessageReader, shared: Shared) => void;

export const shared =
  (name: keyof Shared): Column =>
  (out, _message, values) => {
    out.append(values[name]);
  };

export const text = (of: Message, name: string): Column => {
  const number = numberNamed(of, name);
  return (out, message) => {
    out.string(message.bytes, message.from(number), message.end(number));
  };
};

export const attributeMap = (of: Message, name = "attributes"): Column => {
  const number = numberNamed(of, name);
  return (out, message) => {
    writeAttributes(out, message.bytes, message.list(number));
  };
};

/** The value of one attribute of a resource. */
export const attributeNamed = (of: Message, key: string): Column => {
  const number = numberNamed(of, "attributes");
  const keyBytes = new TextEncoder().encode(key);
  return (out, message) => {
    writeAttribute(out, message.bytes, message.list(number), keyBytes);
  };
};

export const bool = (of: Message, name: string): Column => {
  const number = numberNamed(of, name);
  return (out, message) => {
    const isFalse = int32From(message.bytes, message.from(number), message.end(number)) === 0;
    out.byte(isFalse ? 0 : 1);
  };
};

/** Fixed64, sfixed64 and double have the same 64 bits in both formats; 0 if absent. */
export const eightBytes = (of: Message, name: string): Column => {
  const number = numberNamed(of, name);
  return (out, message) => {
    writeEightBytes(out, message, number);
  };
};

export function writeEightBytes(out: RowWriter, message: MessageReader, number: number): void {
  if (message.has(number)) {
    out.copy(message.bytes, message.from(number), message.end(number));
  } else {
    out.uint64(0, 0);
  }
}

/** The lower 32 bits of a varint. */
export const fourBytes = (of: Message, name: string): Column => {
  const number = numberNamed(of, name);
  return (out, message) => {
    out.uint32(int32From(message.bytes, message.from(number), message.end(number)));
  };
};

export const sint32 = (of: Message, name: string): Column => {
  const number = numberNamed(of, name);
  return (out, message) => {
    out.uint32(sint32From(message.bytes, message.from(number), message.end(number)));
  };
};

/** DateTime from nanoseconds. */
export const seconds = (of: Message, name: string): Column => {
  const number = numberNamed(of, name);
  return (out, message) => {
    out.uint32(message.has(number) ? secondsAt(message.bytes, message.from(number)) : 0);
  };
};

/** The name of an enum's value; empty for a value without a name. */
export const named = (of: Message, name: string, names: readonly string[]): Column => {
  const number = numberNamed(of, name);
  return (out, message) => {
    out.ascii(names[int32From(message.bytes, message.from(number), message.end(number))] ?? "");
  };
};

/** An id of zeros is an absent id. */
export const hexId = (of: Message, name: string): Column => {
  const number = numberNamed(of, name);
  return (out, message) => {
    const from = message.from(number);
    const end = message.end(number);
    if (isZeros(message.bytes, from, end)) {
      out.count(0);
    } else {
      out.hex(message.bytes, from, end);
    }
  };
};

/** An id of an exemplar; unlike in other columns, an absent id is stored as zeros. */
export const paddedHexId = (of: Message, name: string): Column => {
  const number = numberNamed(of, name);
  const zeros = new Uint8Array(of.fields[number]?.bytes ?? 0);
  return (out, message) => {
    if (message.from(number) === message.end(number)) {
      out.hex(zeros, 0, zeros.length);
    } else {
      out.hex(message.bytes, message.from(number), message.end(number));
    }
  };
};

function isZeros(bytes: Uint8Array, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    if (bytes[at] !== 0) {
      return false;
    }
  }
  return true;
}

/** A packed list of fixed64 or double. */
export const eightByteArray = (of: Message, name: string): Column => {
  const number = numberNamed(of, name);
  return (out, message) => {
    const from = message.from(number);
    const end = message.end(number);
    out.count(Math.floor((end - from) / 8));
    out.copy(message.bytes, from, from + 8 * Math.floor((end - from) / 8));
  };
};

/** A packed list of varints as Array(UInt64). */
export const varintArray = (of: Message, name: string): Column => {
  const number = numberNamed(of, name);
  return (out, message) => {
    const { bytes } = message;
    const from = message.from(number);
    const end = message.end(number);
    out.count(varintCount(bytes, from, end));
    let start = from;
    for (let at = from; at < end; at++) {
      if ((bytes[at] as number) < 128) {
        writeVarint64(out, bytes, start, at + 1);
        start = at + 1;
      }
    }
  };
};

function varintCount(bytes: Uint8Array, from: number, end: number): number {
  let count = 0;
  for (let at = from; at < end; at++) {
    count += (bytes[at] as number) < 128 ? 1 : 0;
  }
  return count;
}

/** A column of a nested message; an absent message has no fields. */
export const inside = (of: Message, name: string, column: (of: Message) => Column): Column => {
  const number = numberNamed(of, name);
  const child = new MessageReader(messageNamed(of, name));
  const write = column(messageNamed(of, name));
  return (out, message, values) => {
    write(out, child.read(message.bytes, message.from(number), message.end(number)), values);
  };
};

/** A column of a nested structure: an array with an item for each of the repeated messages. */
export const each = (of: Message, name: string, column: (of: Message) => Column): Column => {
  const number = numberNamed(of, name);
  const child = new MessageReader(messageNamed(of, name));
  const write = column(messageNamed(of, name));
  return (out, message, values) => {
    const list = message.list(number);
    out.count(list.count);
    for (let index = 0; index < list.count; index++) {
      write(out, child.read(message.bytes, list.from(index), list.end(index)), values);
    }
  };
};
