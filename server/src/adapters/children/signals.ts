/** Resolves at the first request to stop; the second one calls `force`. */
export function stopRequest(force: () => void): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const hear = (signal: NodeJS.Signals) => {
      if (asked) force();
      asked = true;
      resolve(signal);
    };
    process.on("SIGINT", hear);
    process.on("SIGTERM", hear);
  });
}
