import { describe, expect, it } from "vitest";
import { type AgentFacts, agentPage } from "./agent-page.ts";
import { present } from "./present.fixture.ts";

const facts = (more: Partial<AgentFacts> = {}): AgentFacts => ({
  present: present({}),
  ageNs: 500_000_000n,
  limitNs: null,
  steps: 2,
  version: "0.1.0",
  ...more,
});
const page = (more: Partial<AgentFacts> = {}): string[] =>
  agentPage(facts(more), "text")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

describe("what a host says of its clock", () => {
  it("has bounds outward, an estimate of the tight one, and the frequency's sign turned from the slope's", () => {
    const said = page({ limitNs: 1_000_000 });
    const value = (series: string) => Number(said.find((line) => line.startsWith(`${series} `))?.split(" ")[1]);
    expect(value('truebound_clock_error_bound_seconds{tier="guaranteed"}')).toBeGreaterThanOrEqual(3e-6);
    expect(value('truebound_clock_offset_lower_bound_seconds{tier="guaranteed"}')).toBeLessThanOrEqual(-1e-6);
    expect(value("truebound_clock_offset_seconds")).toBe(1e-6);
    expect(value("truebound_clock_frequency_error_lower_bound_ratio")).toBe(-3e-6);
    expect(value("truebound_clock_frequency_error_upper_bound_ratio")).toBe(1e-6);
    expect(value("truebound_clock_frequency_error_bound_ratio")).toBe(3e-6);
    expect([value("truebound_clock_limit_seconds"), value("truebound_clock_steps_total"), value("truebound_clock_votes_wanted")]).toEqual([
      1e-3, 2, 3,
    ]);
  });
  it("says nothing of what is unknown", () => {
    const said = page({ present: present({ offset: null, tight: null, status: "unknown" }) });
    expect(said).toContain('truebound_clock_status{status="unknown"} 1');
    for (const line of said) expect(line).not.toMatch(/bound_seconds|clock_offset_seconds|limit_seconds/);
  });
  it("says why nothing is taken from the kernel, while that is so", () => {
    const { row, ...rest } = present({});
    const refused = page({ present: { ...rest, row: { ...row, reading: { kernelRefusal: "offset_glitch" } } } });
    expect(refused).toContain('truebound_kernel_discipline_refused_info{why="offset_glitch"} 1');
    for (const line of page()) expect(line).not.toMatch(/kernel_discipline/);
  });
  it("says of a clock that was not read for long only that", () => {
    expect(page({ ageNs: 91_000_000_000n })).toEqual([
      "truebound_clock_steps_total 2",
      "truebound_agent_reading_age_seconds 91",
      'truebound_agent_info{version="0.1.0",stamp_mode="kernel_basic"} 1',
    ]);
  });
  it("counts exchanges through cards that stamp, by what came of it", () => {
    const cards = [{ interface: "eth0", state: "on" as const, stamps: null, exchanges: { both: 7, clock_stepped: 1 } }];
    expect(page({ cards })).toEqual(
      expect.arrayContaining([
        'truebound_agent_hardware_stamps_total{interface="eth0",outcome="both"} 7',
        'truebound_agent_hardware_stamps_total{interface="eth0",outcome="clock_stepped"} 1',
      ]),
    );
  });
  it("says of a clock that was never read nothing", () => {
    expect(page({ present: null })).toEqual(["truebound_clock_steps_total 2", 'truebound_agent_info{version="0.1.0"} 1']);
  });
});
