import { expect, it } from "vitest";
import { childEnvironment } from "./child-environment.ts";

const PIN = "A".repeat(43);

it("a child knows its server, also where TLS was set after it enrolled, and no way into the database", () => {
  const given = { PATH: "/bin", DATABASE_URL: "postgres://x", AWS_SECRET_ACCESS_KEY: "s", TRUEBOUND_SERVER_PINS: "another's" };
  expect(childEnvironment(given, { agentsUrl: "https://127.0.0.1:8125", pins: [PIN, PIN] })).toEqual({
    PATH: "/bin",
    TRUEBOUND_SERVER_URL: "https://127.0.0.1:8125",
    TRUEBOUND_SERVER_PINS: `${PIN},${PIN}`,
  });
  expect(childEnvironment({ PATH: "/bin" }, { agentsUrl: "http://127.0.0.1:8125", pins: [] })).toEqual({
    PATH: "/bin",
    TRUEBOUND_SERVER_URL: "http://127.0.0.1:8125",
  });
});
