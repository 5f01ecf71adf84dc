import { FINDINGS } from "@truebound/wire";

const SAFE = /^(https?:\/\/|\/(?!\/))/;
const OURS = new RegExp(`^https?://[^/?#]+(/runbook/(?:${FINDINGS.join("|")}))$`);

/**
 * Where a runbook leads from this page; null = it is no address. A page that comes with Truebound is served beside this one,
 * whatever address other people reach it by.
 */
export const runbookAddress = (runbook: string): string | null => OURS.exec(runbook)?.[1] ?? (SAFE.test(runbook) ? runbook : null);
