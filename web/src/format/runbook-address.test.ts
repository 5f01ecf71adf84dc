import { expect, it } from "vitest";
import { runbookAddress } from "./runbook-address.ts";

it.each([
  ["http://127.0.0.1:8123/runbook/near_limit", "/runbook/near_limit"],
  ["https://clocks.example.net/runbook/near_limit", "/runbook/near_limit"],
  ["/runbook/near_limit", "/runbook/near_limit"],
  ["https://wiki.example/runbook/our_own", "https://wiki.example/runbook/our_own"],
  ["https://wiki.example/ops/runbook/near_limit", "https://wiki.example/ops/runbook/near_limit"],
  ["javascript:alert(1)", null],
  ["//evil.example/runbook/near_limit", null],
])("the runbook %s leads to %s", (runbook, address) => expect(runbookAddress(runbook, "near_limit")).toBe(address));
