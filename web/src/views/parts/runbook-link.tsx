import type { ComponentChildren, JSX } from "preact";

const SAFE = /^(https?:\/\/|\/(?!\/))/;

/** Where a rule's page is; a runbook that is no address is shown as it was written. */
export const RunbookLink = ({ runbook, children }: { readonly runbook: string; readonly children: ComponentChildren }): JSX.Element =>
  SAFE.test(runbook) ? (
    <a href={runbook}>{children}</a>
  ) : (
    <span>
      {children} ({runbook})
    </span>
  );
