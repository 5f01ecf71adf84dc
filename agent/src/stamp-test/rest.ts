const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * ms to wait before a round: between none and twice the mean, never in step with anything. By multiples of the golden ratio,
 * so that the rounds begin at all phases of whatever grain a stamp has.
 */
export const restBefore = (round: number, meanMs: number): number => Math.round(2 * meanMs * ((round * GOLDEN) % 1));
