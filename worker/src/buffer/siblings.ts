/**
 * The other shards of the team, which insert into the same tables: step 8 of `worker/README.md`.
 *
 * A table remembers so many tokens, whoever they are from. So that the batches of one shard do not
 * push out the token of another's that has no answer yet, each asks the others now and then what
 * they have open, and goes on when what was open last time is not any more.
 */
import { BATCHES_BETWEEN_ROUNDS } from "../limits.ts";
import { STREAMS, type Table, tablesOf } from "../tables/index.ts";
import type { Batches, Turns } from "./batches.ts";
import type { KnownLayout } from "./known_layout.ts";
import { type Layout, ONE_SHARD } from "./layout.ts";
import { siblingNames } from "./names.ts";
import type { Store } from "./store.ts";

/** How far a shard is. */
export interface Progress {
  /** Turns of another storage begin anew. */
  readonly storage: string;
  readonly layout: Layout;
  readonly paused: boolean;
  readonly turns: { readonly [table in Table]?: Turns };
}

/** When this shard last heard that the others had moved on, for one table. */
interface Round {
  readonly layout: number;
  readonly turn: number;
  readonly next: { readonly [name: string]: { readonly storage: string; readonly turn: number } };
}

export interface Hooks {
  /** Tells a shard of this one's layout, and takes over its answer's if that is newer. */
  readonly ask: (name: string) => Promise<Progress>;
  readonly isPaused: () => boolean;
  readonly pause: () => void;
}

/** Set when this shard has taken part in a pause of the team, or in its end. */
export const JOINED = "joined";

type Answers = readonly (readonly [name: string, progress: Progress])[];

export class Siblings {
  readonly #store: Store;
  readonly #batches: Batches;
  readonly #layout: KnownLayout;
  readonly #hooks: Hooks;
  readonly #rounds = new Map<Table, Round>();

  constructor(store: Store, batches: Batches, layout: KnownLayout, hooks: Hooks) {
    this.#store = store;
    this.#batches = batches;
    this.#layout = layout;
    this.#hooks = hooks;
  }

  /** What this shard tells the others. */
  progress(): Progress {
    const turns = Object.fromEntries(tables().map((table) => [table, this.#batches.turns(table)]));
    return {
      storage: this.#store.incarnation(),
      layout: this.#layout.layout,
      paused: this.#hooks.isPaused(),
      turns,
    };
  }

  /** Whether a batch may be sealed for each of these. */
  allow(wanted: readonly Table[]): boolean {
    return this.#isAlone() || this.#held(wanted).length === 0;
  }

  /** Asks the others if one of these is held back. What it notes is for the next sync. */
  async keepUp(wanted: readonly Table[]): Promise<void> {
    const held = this.#isAlone() ? [] : this.#held(wanted);
    if (held.length === 0) {
      return;
    }
    const { number } = this.#layout;
    try {
      const answers = await Promise.all(
        this.#names().map(async (name) => [name, await this.#hooks.ask(name)] as const),
      );
      // If not, they know a newer one, and there may be more of them.
      if (this.#layout.number === number && !this.#joinPause(answers)) {
        for (const table of held) {
          this.#note(table, answers);
        }
      }
    } catch (error) {
      console.warn(`other shards of the team: ${String(error)}`);
    }
  }

  /** A shard that is new since the team was paused is paused with it, and resumed with it. */
  #joinPause(answers: Answers): boolean {
    const isNew = this.#store.meta(JOINED) === undefined;
    const joins = isNew && answers.some(([, { paused }]) => paused);
    if (isNew) {
      this.#store.setMeta(JOINED, 1);
    }
    if (joins) {
      this.#hooks.pause();
    }
    return joins;
  }

  #isAlone(): boolean {
    return this.#layout.number === ONE_SHARD.number;
  }

  /** Also those that bodies no longer go to: they may have open batches for long. */
  #names(): string[] {
    const { layout, name } = this.#layout;
    return siblingNames(name, layout);
  }

  #held(wanted: readonly Table[]): Table[] {
    return wanted.filter((table) => {
      const round = this.#round(table);
      const end = (round?.turn ?? Number.NEGATIVE_INFINITY) + BATCHES_BETWEEN_ROUNDS;
      return round?.layout !== this.#layout.number || this.#batches.turns(table).next >= end;
    });
  }

  #round(table: Table): Round | undefined {
    const known = this.#rounds.get(table);
    if (known !== undefined) {
      return known;
    }
    const stored = this.#store.meta(`round:${table}`);
    const round = typeof stored === "string" ? (JSON.parse(stored) as Round) : undefined;
    if (round !== undefined) {
      this.#rounds.set(table, round);
    }
    return round;
  }

  #note(table: Table, answers: Answers): void {
    const last = this.#round(table)?.next ?? {};
    const next: Record<string, { storage: string; turn: number }> = {};
    for (const [name, { storage, turns }] of answers) {
      const theirs = turns[table] ?? { next: 1, oldest: 1 };
      const before = last[name];
      if (before?.storage === storage && theirs.oldest < before.turn) {
        console.warn(`${table}: ${name} has an open batch ${theirs.oldest}; waiting for it`);
        return;
      }
      next[name] = { storage, turn: theirs.next };
    }
    const { next: turn } = this.#batches.turns(table);
    const round = { layout: this.#layout.number, turn, next };
    this.#rounds.set(table, round);
    this.#store.setMeta(`round:${table}`, JSON.stringify(round));
  }
}

function tables(): Table[] {
  return [...new Set(STREAMS.flatMap(({ kind }) => tablesOf(kind)))];
}
