import { describe, expect, it } from "vitest";
import { bundleOf } from "./bundle.ts";
import { parseDiagnostics } from "./diagnostics-request.ts";
import { toldSettings } from "./told-settings.ts";
import { metricsWithoutNames } from "./without-names.ts";

describe("the settings in a bundle", () => {
  const environment = {
    DATABASE_URL: "postgres://ada:geheim@db.example.net:5433/clocks",
    TRUEBOUND_TSA_URL: "https://user:geheim@tsa.example.net/r",
    AWS_SECRET_ACCESS_KEY: "geheim",
    TRUEBOUND_HTTP_PORT: "8123",
    TRUEBOUND_DATA_DIR: "/srv/bank",
    TRUEBOUND_LABELS: "desk=equities",
    TRUEBOUND_REPORTS: "daily,monthly",
    PATH: "/usr/bin",
    MY_PASSWORD: "geheim",
  };
  it("tell values that can name nobody, and that the others are set", () => {
    expect(toldSettings(environment, false)).toEqual({
      DATABASE_URL: "(set; postgres://…:5433)",
      TRUEBOUND_TSA_URL: "(set; https://…)",
      AWS_SECRET_ACCESS_KEY: "(set; a secret)",
      TRUEBOUND_HTTP_PORT: "8123",
      TRUEBOUND_DATA_DIR: "(set; a path)",
      TRUEBOUND_LABELS: "(set)",
      TRUEBOUND_REPORTS: "daily,monthly",
    });
  });
  it.each(["postgres://ada:p@geheim/word@db/clocks", "postgres://ada:12/geheim@db/clocks"])(
    "tell nothing of what was quoted wrongly: %s",
    (url) => {
      for (const withNames of [false, true])
        expect(toldSettings({ DATABASE_URL: url }, withNames)).toEqual({ DATABASE_URL: "(set; a secret)" });
    },
  );
  it("tell names where these are wanted, and still no secret", () => {
    const told = toldSettings(environment, true);
    expect(told).toMatchObject({ DATABASE_URL: "(set; postgres://db.example.net:5433/clocks)", TRUEBOUND_LABELS: "desk=equities" });
    expect(JSON.stringify(told)).not.toMatch(/geheim|ada/);
  });
});

it("the metrics in a bundle keep their figures, and each name becomes the same word", () => {
  const text = [
    "# HELP a_seconds Of a host.",
    'a_seconds{host="db-1 \\"x\\"",tier="guaranteed"} 0.5',
    'a_seconds{host="web",tier="tight"} 0.25 # {sample_id="web/1/2"} 1',
    'b{host="db-1 \\"x\\"",source="ntp.example"} 1',
    "c 7",
    "",
  ].join("\n");
  expect(metricsWithoutNames(text)).toBe(
    [
      "# HELP a_seconds Of a host.",
      'a_seconds{host="host-1",tier="guaranteed"} 0.5',
      'a_seconds{host="host-2",tier="tight"} 0.25',
      'b{host="host-1",source="source-1"} 1',
      "c 7",
      "",
    ].join("\n"),
  );
});

it("a bundle says first what is in it", () => {
  const doctor = { at: null, version: "1", state: "pass" as const, not_fine: 0, checks: [], servers: [] };
  const whole = { about: { n: 2n ** 64n }, settings: {}, doctor, database: "away", metrics: "m", log: null, withNames: false };
  const files = bundleOf(whole);
  expect(files.map(({ name }) => name)).toEqual([
    "README.txt",
    "about.json",
    "settings.json",
    "doctor.json",
    "database.json",
    "metrics.txt",
  ]);
  expect([files[1]?.text, files[4]?.text]).toEqual(['{\n  "n": "18446744073709551616"\n}\n', '{\n  "unknown": "away"\n}\n']);
  for (const { name } of files.slice(1)) expect(files[0]?.text).toMatch(new RegExp(`^${name} +\\S`, "m"));
  expect(bundleOf({ ...whole, log: "l", withNames: true })[0]?.text).toContain("postgres.log");
});

it("the command takes a file and whether names are wanted, and nothing else", () => {
  expect(parseDiagnostics(["--out", "/x.tar.gz", "--with-names"])).toEqual({ out: "/x.tar.gz", withNames: true });
  expect(parseDiagnostics([])).toEqual({ out: null, withNames: false });
  for (const odd of [["x"], ["--names"]]) expect(typeof parseDiagnostics(odd)).toBe("string");
});
