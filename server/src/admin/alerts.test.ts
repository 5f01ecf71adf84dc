import { expect, it } from "vitest";
import { deliveryLine } from "./alerts.ts";

it.each([
  [1, null, "chat  opened: delivered after 1 try"],
  [3, "HTTP 500", "chat  opened: delivered after 3 tries; HTTP 500"],
])("what a channel was told after %i tries is said in one line", (attempts, error, line) => {
  const delivery = {
    key: "1",
    channel: "chat",
    kind: "opened",
    state: "delivered",
    attempts,
    error,
    created_at: "",
    delivered_at: null,
  } as const;
  expect(deliveryLine(delivery)).toBe(line);
});
