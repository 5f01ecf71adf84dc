const SAFE = /^(https?:\/\/|\/(?!\/))/;
const HOST = /^https?:\/\/[^/?#]+/;

/**
 * Where a runbook leads from this page; null = it is no address. The page that comes with Truebound for the finding is served
 * beside this one, whatever address other people reach it by.
 */
export function runbookAddress(runbook: string, finding: string): string | null {
  const path = runbook.replace(HOST, "");
  if (path === `/runbook/${finding}`) return path;
  return SAFE.test(runbook) ? runbook : null;
}
