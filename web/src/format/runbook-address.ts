const SAFE = /^(https?:\/\/|\/(?!\/))/;
const HOST = /^https?:\/\/[^/?#]+/;

/**
 * Where a runbook leads from this page; null = it is no address. The page that comes with Truebound for the finding is served
 * beside this one, whatever address other people reach it by.
 */
export function runbookAddress(runbook: string, finding: string): string | null {
  if (isOwnRunbook(runbook, finding)) return `/runbook/${finding}`;
  return SAFE.test(runbook) ? runbook : null;
}

/** Whether it is the page that comes with Truebound. */
export const isOwnRunbook = (runbook: string, finding: string): boolean => runbook.replace(HOST, "") === `/runbook/${finding}`;
