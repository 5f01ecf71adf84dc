const SILENCE_ID = /^\d+$/;

/** A silence has a number, a maintenance window a name. */
export const silencedWords = (silenced_by: string): string =>
  SILENCE_ID.test(silenced_by) ? `silence ${silenced_by}: nobody is told` : `maintenance ${silenced_by}: nobody is told`;
