/**
 * Lets many requests share one transaction: what waits is committed together, by two writers, so that one can gather while the
 * other waits for the disk. Live reports go before backlogs, a host is never in two groups at once, and when too much waits
 * newcomers are turned away at once instead of all being late.
 */
export interface Task<T> {
  readonly host: string;
  /** Batches in it. */
  readonly size: number;
  /** Not a backlog: its host's present waits for it. */
  readonly isLive: boolean;
  readonly work: T;
}

export interface GroupLimits {
  readonly writers: number;
  /** Batches in one transaction, unless a single task holds more. */
  readonly batchesMax: number;
  /** Batches that may wait before backlogs are turned away; about as many as are written in a second. */
  readonly backlogWaitingMax: number;
  /** Live reports that may wait before everybody is turned away: two seconds' work. */
  readonly liveWaitingMax: number;
  /** Batches of one host that may wait: more than one delivery is no sound agent's. */
  readonly hostWaitingMax: number;
}

export const GROUP_LIMITS: GroupLimits = {
  writers: 2,
  batchesMax: 1_000,
  backlogWaitingMax: 4_000,
  liveWaitingMax: 2_000,
  hostWaitingMax: 600,
};

/** One transaction that is over. */
export interface GroupOutcome {
  readonly batches: number;
  /** From when it began to wait for a connection until it was committed or failed. */
  readonly seconds: number;
  readonly isCommitted: boolean;
}

/** Who is told of each. */
export interface GroupWatch {
  /** ms of a monotonic clock. */
  readonly now: () => number;
  readonly ended: (outcome: GroupOutcome) => void;
}

/** Has something done when others had their turn. */
export type NextTurn = (act: () => void) => void;

export const NEXT_OF_LOOP: NextTurn = (act) => void setImmediate(act);

interface Waiting<T, R> extends Task<T> {
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit<T, R> {
  readonly #commit: (group: readonly Task<T>[]) => Promise<readonly R[]>;
  readonly #limits: GroupLimits;
  readonly #watch: GroupWatch | null;
  readonly #nextTurn: NextTurn;
  /** In the order in which they came. */
  #live: Waiting<T, R>[] = [];
  #backlog: Waiting<T, R>[] = [];
  #waiting = 0;
  readonly #waitingOf = new Map<string, number>();
  readonly #busy = new Set<string>();
  #writing = 0;

  /** `commit` gives one result for each task, in their order; where it throws, every one of the group fails so. */
  constructor(
    commit: (group: readonly Task<T>[]) => Promise<readonly R[]>,
    limits: GroupLimits = GROUP_LIMITS,
    watch: GroupWatch | null = null,
    nextTurn = NEXT_OF_LOOP,
  ) {
    this.#commit = commit;
    this.#limits = limits;
    this.#watch = watch;
    this.#nextTurn = nextTurn;
  }

  /** Batches that wait for a writer. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Whether one more would only make all of them late. */
  isFull(isLive: boolean): boolean {
    return isLive ? this.#live.length >= this.#limits.liveWaitingMax : this.#waiting >= this.#limits.backlogWaitingMax;
  }

  /** Whether so much more of one host would only wait behind its own. A first delivery may always wait. */
  isCrowded(host: string, size: number): boolean {
    const waiting = this.#waitingOf.get(host) ?? 0;
    return waiting > 0 && waiting + size > this.#limits.hostWaitingMax;
  }

  submit(task: Task<T>): Promise<R> {
    return new Promise((resolve, reject) => {
      (task.isLive ? this.#live : this.#backlog).push({ ...task, resolve, reject });
      this.#count(task.host, task.size);
      // What else this turn of the event loop brings joins the same group.
      this.#nextTurn(() => this.#write());
    });
  }

  #count(host: string, batches: number): void {
    const left = (this.#waitingOf.get(host) ?? 0) + batches;
    this.#waiting += batches;
    if (left > 0) this.#waitingOf.set(host, left);
    else this.#waitingOf.delete(host);
  }

  #write(): void {
    while (this.#writing < this.#limits.writers) {
      const group = this.#gather();
      if (group.length === 0) return;
      void this.#run(group);
    }
  }

  async #run(group: readonly Waiting<T, R>[]): Promise<void> {
    this.#writing += 1;
    const began = this.#watch?.now() ?? 0;
    let isCommitted = false;
    try {
      const results = await this.#commit(group);
      isCommitted = true;
      for (const [index, task] of group.entries()) task.resolve(results[index] as R);
    } catch (error) {
      for (const task of group) task.reject(error);
    } finally {
      this.#writing -= 1;
      this.#tell(group, began, isCommitted);
      for (const { host } of group) this.#busy.delete(host);
      this.#write();
    }
  }

  #tell(group: readonly Waiting<T, R>[], began: number, isCommitted: boolean): void {
    if (this.#watch === null) return;
    const batches = group.reduce((sum, { size }) => sum + size, 0);
    this.#watch.ended({ batches, seconds: (this.#watch.now() - began) / 1_000, isCommitted });
  }

  /** Live ones first, then what a backlog may add, so that neither starves the other. */
  #gather(): Waiting<T, R>[] {
    const group: Waiting<T, R>[] = [];
    this.#live = this.#take(this.#live, group, this.#limits.batchesMax);
    this.#backlog = this.#take(this.#backlog, group, this.#limits.batchesMax);
    return group;
  }

  /** Moves what fits into the group; returns what stays. A group that is full takes one backlog all the same. */
  #take(queue: readonly Waiting<T, R>[], group: Waiting<T, R>[], most: number): Waiting<T, R>[] {
    let room = most;
    return queue.filter((task) => {
      const first = room === most;
      if (this.#busy.has(task.host) || (task.size > room && !first) || room <= 0) return true;
      room -= task.size;
      this.#busy.add(task.host);
      this.#count(task.host, -task.size);
      group.push(task);
      return false;
    });
  }
}
