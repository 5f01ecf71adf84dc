/** A host's keys as they are under the lock of its row. */
export interface HostKeys {
  /** Newest first; two from the moment when the next one was agreed on until it has signed a batch. */
  readonly keys: readonly Uint8Array[];
  /** Since when the one in use is in use, in days by the clock of the database. */
  readonly days: number;
  /** A person wants another one in its place. */
  readonly rotationWanted: boolean;
}

export const isOneOf = (keys: readonly Uint8Array[], key: Uint8Array): boolean => keys.some((one) => Buffer.compare(one, key) === 0);

/** True when a batch by this key ends the overlap: the older one is refused from then on. */
export const isNext = ([newest, older]: readonly Uint8Array[], key: Uint8Array): boolean =>
  newest !== undefined && older !== undefined && Buffer.compare(newest, key) === 0;

/** Whether the agent should agree on another key. `daysMax` 0 = age is no reason. One that is agreed on already is enough. */
export const wantsRotation = ({ keys, days, rotationWanted }: HostKeys, daysMax: number): boolean =>
  keys.length === 1 && (rotationWanted || (daysMax > 0 && days >= daysMax));
