/**
 * The OTLP trace messages as tables: which field number is what.
 *
 * Numbers and types are those of opentelemetry-proto 1.x (`trace_service.proto`, `trace.proto`,
 * `resource.proto`, `common.proto`). A field that is not listed is skipped by its wire type, as
 * every protobuf reader does with fields newer than itself.
 */

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_LEN = 2;
export const WIRE_FIXED32 = 5;

/** What a varint stands for; a sender may write more bits, which readers cut off. */
export type Integer = "bool" | "int32" | "int64";

export interface Field {
  readonly wire: number;
  readonly integer?: Integer;
  /** The message inside, for fields that hold one. */
  readonly message?: Message;
  readonly repeated?: true;
  /** The only lengths a sender may use besides 0; ids are 16 or 8 bytes. */
  readonly bytes?: number;
}

export interface Message {
  readonly name: string;
  readonly fields: { readonly [number: number]: Field };
}

const bool: Field = { wire: WIRE_VARINT, integer: "bool" };
const int32: Field = { wire: WIRE_VARINT, integer: "int32" };
const int64: Field = { wire: WIRE_VARINT, integer: "int64" };
const fixed64: Field = { wire: WIRE_FIXED64 };
const fixed32: Field = { wire: WIRE_FIXED32 };
const text: Field = { wire: WIRE_LEN };
const id = (bytes: number): Field => ({ wire: WIRE_LEN, bytes });
const one = (message: Message): Field => ({ wire: WIRE_LEN, message });
const many = (message: Message): Field => ({ wire: WIRE_LEN, message, repeated: true });

const anyFields: { [number: number]: Field } = {
  1: text,
  2: bool,
  3: int64,
  4: fixed64,
  7: text,
};
export const ANY_VALUE: Message = { name: "AnyValue", fields: anyFields };
export const KEY_VALUE: Message = { name: "KeyValue", fields: { 1: text, 2: one(ANY_VALUE) } };
export const ARRAY_VALUE: Message = { name: "ArrayValue", fields: { 1: many(ANY_VALUE) } };
export const KEY_VALUE_LIST: Message = { name: "KeyValueList", fields: { 1: many(KEY_VALUE) } };
anyFields[5] = one(ARRAY_VALUE);
anyFields[6] = one(KEY_VALUE_LIST);

const RESOURCE: Message = { name: "Resource", fields: { 1: many(KEY_VALUE), 2: int32 } };
const SCOPE: Message = {
  name: "InstrumentationScope",
  fields: { 1: text, 2: text, 3: many(KEY_VALUE), 4: int32 },
};
const EVENT: Message = {
  name: "Event",
  fields: { 1: fixed64, 2: text, 3: many(KEY_VALUE), 4: int32 },
};
const LINK: Message = {
  name: "Link",
  fields: { 1: id(16), 2: id(8), 3: text, 4: many(KEY_VALUE), 5: int32, 6: fixed32 },
};
const STATUS: Message = { name: "Status", fields: { 2: text, 3: int32 } };
export const SPAN: Message = {
  name: "Span",
  fields: {
    1: id(16),
    2: id(8),
    3: text,
    4: id(8),
    5: text,
    6: int32,
    7: fixed64,
    8: fixed64,
    9: many(KEY_VALUE),
    10: int32,
    11: many(EVENT),
    12: int32,
    13: many(LINK),
    14: int32,
    15: one(STATUS),
    16: fixed32,
  },
};
const SCOPE_SPANS: Message = {
  name: "ScopeSpans",
  fields: { 1: one(SCOPE), 2: many(SPAN), 3: text },
};
const RESOURCE_SPANS: Message = {
  name: "ResourceSpans",
  fields: { 1: one(RESOURCE), 2: many(SCOPE_SPANS), 3: text },
};
export const TRACE_REQUEST: Message = {
  name: "ExportTraceServiceRequest",
  fields: { 1: many(RESOURCE_SPANS) },
};
