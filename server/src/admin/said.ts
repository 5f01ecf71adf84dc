const TEXT = /^[\u0020-\u007e\u00a0-\ud7ff]{1,500}$/;

/** A change that nobody can account for is none. */
export function saidBy({ reason, who }: { readonly reason?: string; readonly who?: string }): { reason: string; who: string } | string {
  if (reason === undefined || who === undefined) return "Cannot do that without --reason and --who: they are kept for good";
  if (!TEXT.test(reason) || !TEXT.test(who)) return "Cannot take --reason or --who: each is a line of at most 500 characters";
  return { reason, who };
}
