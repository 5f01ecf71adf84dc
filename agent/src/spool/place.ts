/** Where a batch stands: its number counts in its epoch. */
export interface Place {
  readonly epoch: number;
  readonly seq: number;
}

export const isBefore = (a: Place, b: Place): boolean => a.epoch < b.epoch || (a.epoch === b.epoch && a.seq < b.seq);

/** The places that batches had in epochs before, from the first to the last of them, and the epoch in which they went on. */
export interface Carried {
  readonly into: number;
  readonly from: Place;
  readonly to: Place;
}
