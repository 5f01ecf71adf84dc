/** What this machine takes for UTC: good for telling a person that something is past, and for nothing that is kept or judged. */
export const wallClock = (): bigint => BigInt(Date.now()) * 1_000_000n;
