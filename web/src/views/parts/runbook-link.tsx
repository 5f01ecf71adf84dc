import type { ComponentChildren, JSX } from "preact";
import { runbookAddress } from "../../format/runbook-address.ts";

interface RunbookLinkProps {
  readonly runbook: string;
  /** What its rule looks for. */
  readonly finding: string;
  readonly children: ComponentChildren;
}

/** Where a rule's page is; a runbook that is no address is shown as it was written. */
export function RunbookLink({ runbook, finding, children }: RunbookLinkProps): JSX.Element {
  const address = runbookAddress(runbook, finding);
  if (address !== null) return <a href={address}>{children}</a>;
  return (
    <span>
      {children} ({runbook})
    </span>
  );
}
