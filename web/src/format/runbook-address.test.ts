import { expect, it } from "vitest";
import { runbookAddress } from "./runbook-address.ts";

it.each([
  ["http://127.0.0.1:8123/runbook/host_silent", "/runbook/host_silent"],
  ["https://clocks.example.net/runbook/near_limit", "/runbook/near_limit"],
  ["/runbook/near_limit", "/runbook/near_limit"],
  ["https://wiki.example/runbook/our-own", "https://wiki.example/runbook/our-own"],
  ["https://wiki.example/ops/runbook/near_limit", "https://wiki.example/ops/runbook/near_limit"],
  ["javascript:alert(1)", null],
  ["//evil.example/runbook/near_limit", null],
])("the runbook %s leads to %s", (runbook, address) => expect(runbookAddress(runbook)).toBe(address));
