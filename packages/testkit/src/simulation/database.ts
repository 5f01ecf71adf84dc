import type { SeededRandom } from "../sim/random.ts";
import type { Scheduler } from "./scheduler.ts";
import { emptyTables, type Tables } from "./tables.ts";

/** The database, or the way to it, is away: nothing is known of what was under way. */
export class Outage extends Error {}

/** What the database says of a row that is there already; SQLSTATE 23505. */
export class Refused extends Error {}

/** One change of the tables. It is done twice, on the transaction's own view and on what is committed: it must do the same on both. */
export type Write = (tables: Tables) => void;

export interface DatabaseFaults {
  /** A statement that loses its connection. */
  readonly lostStatement: number;
  /** A commit that is made, and whose answer gets lost. */
  readonly lostCommit: number;
  /** ms that a statement takes at most. */
  readonly slowestMs: number;
}

/**
 * What the server asks of PostgreSQL, as far as it rests on that: READ COMMITTED views that see their own writes, locks of rows
 * that are waited for or skipped and held to the end, commits that happen whole or not at all, and that may have happened
 * although nobody heard of it.
 */
export class SimDatabase {
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  #committed: Tables = emptyTables();
  #locks = new Map<string, Transaction>();
  #queues = new Map<string, (() => void)[]>();
  #open = new Set<Transaction>();
  #seats = new Map<string, object>();
  #isDown = false;
  /** The clock of its machine less true UTC, ns. */
  clockError = 0n;
  faults: DatabaseFaults = { lostStatement: 0, lostCommit: 0, slowestMs: 4 };

  constructor(scheduler: Scheduler, random: SeededRandom) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  /** As of now; what is given must not be written to. */
  get committed(): Tables {
    return this.#committed;
  }

  get clock(): bigint {
    return this.#scheduler.utc + this.clockError;
  }

  /** Crashes: all that is not committed is gone. */
  fall(): void {
    this.#isDown = true;
    for (const one of this.#open) one.abort();
    this.#seats.clear();
  }

  rise(): void {
    this.#isDown = false;
  }

  /** A change that a person makes, at once. */
  edit(change: (tables: Tables) => void): void {
    const tables = this.#committed.copy();
    change(tables);
    this.#committed = tables;
  }

  /** A backup, or a replica that lagged, takes its place. */
  restore(tables: Tables): void {
    this.fall();
    this.#committed = tables;
    this.#isDown = false;
  }

  /** What is committed never changes: a commit puts another in its place. */
  backup(): Tables {
    return this.#committed;
  }

  /** An advisory lock that goes with its session. False = somebody else has it. */
  takeSeat(name: string, session: object): boolean {
    if (this.#seats.has(name)) return this.#seats.get(name) === session;
    this.#seats.set(name, session);
    return true;
  }

  hasSeat(name: string, session: object): boolean {
    return this.#seats.get(name) === session;
  }

  leaveSeat(name: string, session: object): void {
    if (this.#seats.get(name) === session) this.#seats.delete(name);
  }

  /** @param session whose process; where that dies its transactions are rolled back. */
  async transaction<T>(session: Session, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const transaction = new Transaction(this);
    this.#open.add(transaction);
    session.add(transaction);
    try {
      await transaction.statement();
      const result = await work(transaction);
      await this.#commit(transaction);
      return result;
    } finally {
      transaction.abort();
      session.delete(transaction);
    }
  }

  /** A statement's way there and back. */
  async travel(): Promise<void> {
    await this.#scheduler.pause(this.#random.between(0.05, this.faults.slowestMs));
    if (this.#isDown) throw new Outage("the database is away");
    if (this.#random.next() < this.faults.lostStatement) throw new Outage("the connection to the database was lost");
  }

  lock(row: string, transaction: Transaction): boolean {
    const holder = this.#locks.get(row);
    if (holder !== undefined && holder !== transaction) return false;
    this.#locks.set(row, transaction);
    return true;
  }

  /** Resolves when whoever holds the row lets go of it. */
  wait(row: string): Promise<void> {
    return new Promise((resolve) => this.#queues.set(row, [...(this.#queues.get(row) ?? []), resolve]));
  }

  /** Its locks go to those who wait; what it wrote and did not commit is gone. */
  release(transaction: Transaction): void {
    this.#open.delete(transaction);
    for (const [row, holder] of this.#locks) {
      if (holder !== transaction) continue;
      this.#locks.delete(row);
      const waiting = this.#queues.get(row) ?? [];
      this.#queues.delete(row);
      for (const wake of waiting) this.#scheduler.after(0, wake);
    }
  }

  async #commit(transaction: Transaction): Promise<void> {
    await this.travel();
    if (!this.#open.has(transaction)) throw new Outage("the transaction was aborted");
    const tables = this.#committed.copy();
    if (transaction.writes.length > 0) tables.xid += 1n;
    for (const write of transaction.writes) write(tables);
    this.#committed = tables;
    this.release(transaction);
    if (transaction.writes.length > 0 && this.#random.next() < this.faults.lostCommit)
      throw new Outage("the connection to the database was lost while it committed");
  }
}

/** The transactions of one server process. */
export class Session extends Set<Transaction> {
  end(): void {
    for (const one of this) one.abort();
  }
}

export class Transaction {
  readonly #database: SimDatabase;
  readonly writes: Write[] = [];
  #own: Tables | null = null;
  #isOver = false;

  constructor(database: SimDatabase) {
    this.#database = database;
  }

  /** What is committed now, with what this transaction has written. */
  get tables(): Tables {
    if (this.writes.length === 0) return this.#database.committed;
    if (this.#own === null) {
      this.#own = this.#database.committed.copy();
      this.#own.xid += 1n;
      for (const write of this.writes) write(this.#own);
    }
    return this.#own;
  }

  async statement(): Promise<void> {
    await this.#database.travel();
    if (this.#isOver) throw new Outage("the transaction was aborted");
    this.#own = null;
  }

  /** Takes effect for itself at once, and for others with the commit. Throws what the database refuses. */
  write(write: Write): void {
    const tables = this.tables === this.#database.committed ? this.#database.committed.copy() : this.tables;
    if (this.writes.length === 0) tables.xid += 1n;
    write(tables);
    this.writes.push(write);
    this.#own = tables;
  }

  async hold(rows: readonly string[], wait: boolean): Promise<string[]> {
    const held: string[] = [];
    for (const row of [...rows].sort()) {
      while (wait && !this.#database.lock(row, this)) {
        await this.#database.wait(row);
        if (this.#isOver) throw new Outage("the transaction was aborted");
      }
      if (this.#database.lock(row, this)) held.push(row);
    }
    return held;
  }

  abort(): void {
    this.#isOver = true;
    this.#database.release(this);
  }
}
