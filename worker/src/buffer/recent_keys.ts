/**
 * Keys in the order of their arrival, each with the row that stores it.
 *
 * The keys are stored as arrays of numbers: 200,000 keys use 9 MB, while a Map of strings uses 24 MB
 * of V8's heap. An isolate may have several buffers. A ring holds the keys. A hash index of at least
 * twice as many slots maps a key to its place in the ring.
 */

/** A stored row with keys. */
export interface RecentRow {
  /** Row numbers only increase, independent of clocks. */
  readonly id: number;
  readonly atMs: number;
}

/** The length of half a SHA-256. A collision is likely only after 2^64 bodies. */
export const KEY_BYTES = 16;
const WORDS = 4;
const FIRST_CAPACITY = 1024;
const EMPTY = 0;

type Words = readonly [number, number, number, number];

export class RecentKeys {
  readonly #mostKeys: number;
  #words = new Uint32Array(WORDS * FIRST_CAPACITY);
  #ids = new Float64Array(FIRST_CAPACITY);
  #times = new Float64Array(FIRST_CAPACITY);
  /** Place in the ring plus one; `EMPTY` where no key is. */
  #index = new Uint32Array(2 * FIRST_CAPACITY);
  #first = 0;
  #size = 0;

  /** Args: `mostKeys` is the expected maximum at one time. */
  constructor(mostKeys: number) {
    this.#mostKeys = mostKeys;
  }

  get size(): number {
    return this.#size;
  }

  /** Returns the row of a key; null if the key is absent. */
  rowOf(key: string): RecentRow | null {
    const entry = this.#index[this.#slotOf(wordsFrom(key))] as number;
    return entry === EMPTY ? null : this.#rowAt(entry - 1);
  }

  /** Adding an existing key has no effect. */
  add(key: string, row: RecentRow): void {
    if (this.#size === this.#ids.length) {
      this.#grow();
    }
    const words = wordsFrom(key);
    const slot = this.#slotOf(words);
    if (this.#index[slot] === EMPTY) {
      const place = (this.#first + this.#size) % this.#ids.length;
      this.#words.set(words, WORDS * place);
      this.#ids[place] = row.id;
      this.#times[place] = row.atMs;
      this.#index[slot] = place + 1;
      this.#size++;
    }
  }

  /** The row of the oldest key; null if there are none. */
  firstRow(): RecentRow | null {
    return this.#size === 0 ? null : this.#rowAt(this.#first);
  }

  #rowAt(place: number): RecentRow {
    return { id: this.#ids[place] as number, atMs: this.#times[place] as number };
  }

  deleteFirst(): void {
    this.#vacate(this.#slotOf(this.#wordsAt(this.#first)));
    this.#first = (this.#first + 1) % this.#ids.length;
    this.#size--;
  }

  #wordsAt(place: number): Words {
    const at = WORDS * place;
    return [
      this.#words[at] as number,
      this.#words[at + 1] as number,
      this.#words[at + 2] as number,
      this.#words[at + 3] as number,
    ];
  }

  /** The slot of the key in the index, or the free slot for it. */
  #slotOf(words: Words): number {
    let slot = this.#homeOf(words);
    for (;;) {
      const entry = this.#index[slot] as number;
      if (entry === EMPTY || this.#isAt(entry - 1, words)) {
        return slot;
      }
      slot = this.#after(slot);
    }
  }

  #isAt(place: number, [first, second, third, fourth]: Words): boolean {
    const at = WORDS * place;
    return (
      this.#words[at] === first &&
      this.#words[at + 1] === second &&
      this.#words[at + 2] === third &&
      this.#words[at + 3] === fourth
    );
  }

  #after(slot: number): number {
    return slot + 1 === this.#index.length ? 0 : slot + 1;
  }

  /** Uses only bits of the hash. The first word is not used: it begins with the kind of the body. */
  #homeOf([, second, third]: Words): number {
    return ((second ^ Math.imul(third, 0x9e3779b1)) >>> 0) % this.#index.length;
  }

  /** Empty a slot, and move up the keys whose search passed the slot. */
  #vacate(slot: number): void {
    let hole = slot;
    for (let next = this.#after(hole); ; next = this.#after(next)) {
      const entry = this.#index[next] as number;
      if (entry === EMPTY) {
        this.#index[hole] = EMPTY;
        return;
      }
      const home = this.#homeOf(this.#wordsAt(entry - 1));
      const isBetween = hole < next ? hole < home && home <= next : hole < home || home <= next;
      if (!isBetween) {
        this.#index[hole] = entry;
        hole = next;
      }
    }
  }

  #grow(): void {
    const capacity = Math.max(this.#size + 1, Math.min(2 * this.#size, this.#mostKeys));
    const words = new Uint32Array(WORDS * capacity);
    const ids = new Float64Array(capacity);
    const times = new Float64Array(capacity);
    for (let number = 0; number < this.#size; number++) {
      const place = (this.#first + number) % this.#size;
      words.set(this.#words.subarray(WORDS * place, WORDS * (place + 1)), WORDS * number);
      ids[number] = this.#ids[place] as number;
      times[number] = this.#times[place] as number;
    }
    this.#words = words;
    this.#ids = ids;
    this.#times = times;
    this.#first = 0;
    this.#index = new Uint32Array(2 * capacity);
    for (let place = 0; place < this.#size; place++) {
      this.#index[this.#slotOf(this.#wordsAt(place))] = place + 1;
    }
  }
}

function wordsFrom(key: string): Words {
  return [word(key, 0), word(key, 8), word(key, 16), word(key, 24)];
}

function word(key: string, from: number): number {
  return Number.parseInt(key.slice(from, from + 8), 16);
}
