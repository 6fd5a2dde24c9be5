/**
 * Redrives (sends again) or drops dead letters, by id or by filter, a bounded number per call.
 *
 * The rows of a redriven dead letter are inserted exactly once. It becomes a chunk and a batch in one
 * transaction, and the batch has a new number and so a new token. A body becomes a dead letter only if
 * none of its rows are in the table (step 11 of `worker/README.md`).
 */
import { DEAD_LETTERS_PER_CALL, MAX_OPEN_BATCHES, REDRIVE_BYTES_PER_CALL } from "../limits.ts";
import type { Batches } from "./batches.ts";
import type { DeadLetters, LetterFilter, StoredLetter } from "./dead_letters.ts";
import type { BufferHooks } from "./hooks.ts";
import type { Store } from "./store.ts";

/** The result of a call with a filter. */
export interface FilterResult {
  readonly ids: string[];
  /** The number left for the next call. */
  readonly remaining: number;
}

type Hooks = Pick<BufferHooks, "deliverNow" | "onDeadLettersDropped" | "onStored" | "statementFor">;

export class Redriver {
  readonly #store: Store;
  readonly #batches: Batches;
  readonly #letters: DeadLetters;
  readonly #hooks: Hooks;

  constructor(store: Store, batches: Batches, letters: DeadLetters, hooks: Hooks) {
    this.#store = store;
    this.#batches = batches;
    this.#letters = letters;
    this.#hooks = hooks;
  }

  /** Returns the ids that were found, or null if all of them would exceed the open batches. */
  redrive(ids: readonly string[]): string[] | null {
    return ids.length > this.#freeBatches() ? null : this.#redriveEach(this.#found(ids));
  }

  /** Redrives up to the limit of open batches. A body that is rejected again is a new dead letter. */
  redriveMatching(filter: LetterFilter): FilterResult {
    const found = this.#letters.matching(filter, this.#freeBatches());
    return this.#filterResult(filter, this.#redriveEach(firstBytes(found)));
  }

  /** Drops dead letters permanently. Returns the ids that were found. */
  drop(ids: readonly string[]): string[] {
    return this.#dropEach(this.#found(ids));
  }

  dropMatching(filter: LetterFilter): FilterResult {
    const found = this.#letters.matching(filter, DEAD_LETTERS_PER_CALL);
    return this.#filterResult(filter, this.#dropEach(found));
  }

  #freeBatches(): number {
    return Math.max(0, MAX_OPEN_BATCHES - this.#batches.open().length);
  }

  #found(ids: readonly string[]): StoredLetter[] {
    return ids.map((id) => this.#letters.find(id)).filter((letter) => letter !== null);
  }

  #filterResult(filter: LetterFilter, ids: string[]): FilterResult {
    return { ids, remaining: this.#letters.countMatching(filter) };
  }

  #redriveEach(letters: readonly StoredLetter[]): string[] {
    this.#inOne(() => {
      for (const letter of letters) {
        const body = this.#letters.body(letter);
        this.#letters.delete(letter);
        const statement = this.#hooks.statementFor(letter.table);
        this.#batches.sealRedriven(letter.stream, letter.table, {
          body,
          atMs: Date.now(),
          statement,
        });
      }
    });
    this.#hooks.onStored(letters.reduce((total, { bytes }) => total + bytes, 0));
    this.#hooks.deliverNow();
    return letters.map(({ id }) => id);
  }

  #dropEach(letters: readonly StoredLetter[]): string[] {
    this.#inOne(() => {
      for (const letter of letters) {
        this.#letters.delete(letter);
      }
    });
    this.#hooks.onDeadLettersDropped(letters);
    this.#hooks.deliverNow(); // sets the alarm to the next expiry
    return letters.map(({ id }) => id);
  }

  #inOne(act: () => void): void {
    try {
      this.#store.transaction(act);
    } catch (error) {
      this.#store.dropCachedCounts();
      this.#letters.dropCachedCounts();
      throw error;
    }
  }
}

/** Return the first dead letters, at least one, up to the bytes of one call. */
function firstBytes(letters: readonly StoredLetter[]): StoredLetter[] {
  let total = 0;
  return letters.filter(({ bytes }, index) => {
    total += bytes;
    return index === 0 || total <= REDRIVE_BYTES_PER_CALL;
  });
}
