/** Where a batch stands: its number counts in its epoch. */
export interface Place {
  readonly epoch: number;
  readonly seq: number;
}

export const isBefore = (a: Place, b: Place): boolean => a.epoch < b.epoch || (a.epoch === b.epoch && a.seq < b.seq);
