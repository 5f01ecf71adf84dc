import { describe, expect, it } from "vitest";
import { exposeFamily, expositionEnd, expositionFormat } from "./exposition.ts";

const GAUGE = { name: "truebound_clock_offset_seconds", kind: "gauge", help: "Reference minus local" } as const;

describe("a family as Prometheus reads it", () => {
  it("has its help and kind also where nothing is known", () => {
    expect(exposeFamily(GAUGE, [], "text")).toBe(
      "# HELP truebound_clock_offset_seconds Reference minus local\n# TYPE truebound_clock_offset_seconds gauge\n",
    );
  });
  it.each([
    [1e-7, "1e-7"],
    [0, "0"],
    [-0.25, "-0.25"],
    [Number.POSITIVE_INFINITY, "+Inf"],
    [Number.NEGATIVE_INFINITY, "-Inf"],
    [Number.NaN, "NaN"],
  ])("writes %d as %s", (value, written) => {
    expect(exposeFamily(GAUGE, [{ labels: {}, value }], "text")).toMatch(
      new RegExp(`^truebound_clock_offset_seconds ${verbatim(written)}$`, "m"),
    );
  });
  it("escapes what a host chose for its name", () => {
    const text = exposeFamily(GAUGE, [{ labels: { host: 'a"b\\c\nd', site: "x" }, value: 1 }], "text");
    expect(text.split("\n")[2]).toBe('truebound_clock_offset_seconds{host="a\\"b\\\\c\\nd",site="x"} 1');
  });
  it("shows an exemplar only in OpenMetrics", () => {
    const family = { name: "x_seconds", kind: "histogram", help: "X" } as const;
    const sample = { part: "bucket", labels: { le: "1" }, value: 2, exemplar: { labels: { sample_id: "h/1/2" }, value: 0.5 } } as const;
    expect(exposeFamily(family, [sample], "text")).toContain('x_seconds_bucket{le="1"} 2\n');
    expect(exposeFamily(family, [sample], "openmetrics")).toContain('x_seconds_bucket{le="1"} 2 # {sample_id="h/1/2"} 0.5\n');
  });
  it("names a counter in OpenMetrics without the ending of its samples", () => {
    const text = exposeFamily({ name: "looks_total", kind: "counter", help: "Looks" }, [{ labels: {}, value: 1 }], "openmetrics");
    expect(text).toBe("# HELP looks Looks\n# TYPE looks counter\nlooks_total 1\n");
  });
});

describe("the form of a page", () => {
  it.each([
    [undefined, "text"],
    ["*/*", "text"],
    [
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5",
      "openmetrics",
    ],
  ])("for Accept: %s is %s", (accept, format) => expect(expositionFormat(accept)).toBe(format));
  it("ends OpenMetrics, so that a page that was cut is told from a whole one", () => {
    expect([expositionEnd("text"), expositionEnd("openmetrics")]).toEqual(["", "# EOF\n"]);
  });
});

const verbatim = (text: string) => text.replace(/[+.]/g, "\\$&");
