/** Under npm one Ctrl-C comes twice: from the terminal, and passed on by npm. Whoever loses patience takes longer than this, ms. */
const ONE_KEY_MS = 1_000;

/** Resolves at the first request to stop; one that comes a second or more after it calls `force`. `now` is monotonic, ms. */
export function stopRequest(force: () => void, now: () => number = () => performance.now()): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    const hear = (signal: NodeJS.Signals) => {
      if (askedAt !== null && now() - askedAt >= ONE_KEY_MS) force();
      askedAt ??= now();
      resolve(signal);
    };
    process.on("SIGINT", hear);
    process.on("SIGTERM", hear);
  });
}
