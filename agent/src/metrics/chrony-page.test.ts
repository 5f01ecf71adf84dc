import { describe, expect, it } from "vitest";
import { parseSources, parseTracking } from "../observe/chronyc.ts";
import { type ChronyTestimony, chronyPage } from "./chrony-page.ts";

/** As chronyc -c prints them: whatever chrony_exporter shows of these fields has the very sign that stands here. */
const TRACKING =
  "7F000001,127.0.0.1,3,1795456489.657266803,-0.000002090,0.000000119,0.000000926,0.182,0.049,0.651,0.000009002,0.000001646,0.3,Normal";
const SOURCES =
  "^,*,127.0.0.1,2,-2,377,7,0.000001515,0.000001634,0.000005296\n=,x,192.0.2.9,4,10,16,600,-1.500000000,-1.500000000,2.000000000";

function testimony(tracking = TRACKING): ChronyTestimony {
  const read = parseTracking(tracking);
  if ("field" in read) throw new Error(`Cannot read ${read.field}`);
  return {
    tracking: { kind: "ok", value: read, malformed: [] },
    sources: { kind: "ok", value: parseSources(SOURCES).sources, malformed: [] },
  };
}
const page = (told = testimony()) => chronyPage(told, "text").split("\n");

describe("chrony_exporter's names", () => {
  it.each([
    ["system_time_seconds", -0.00000209],
    ["last_offset_seconds", 0.000000119],
    ["rms_offset_seconds", 0.000000926],
    ["frequency_ppms", 0.182],
    ["residual_frequency_ppms", 0.049],
    ["skew_ppms", 0.651],
    ["root_delay_seconds", 0.000009002],
    ["root_dispersion_seconds", 0.000001646],
    ["update_interval_seconds", 0.3],
    ["stratum", 3],
    ["remote_reference", 1],
  ])("tracking_%s is %d, as chronyc prints it", (name, value) => {
    const line = page().find((one) => one.startsWith(`chrony_tracking_${name} `));
    expect(Number(line?.split(" ")[1])).toBe(value);
  });
  it("say that a local clock is no remote reference", () => {
    expect(page(testimony(TRACKING.replace("7F000001,127.0.0.1", "7F7F0101,")))).toContain("chrony_tracking_remote_reference 0");
  });
  it("show sources with chronyd's signs, its states by the exporter's names, and reach as a share", () => {
    const labels = '{source_address="192.0.2.9",source_name="192.0.2.9"}';
    expect(page()).toEqual(
      expect.arrayContaining([
        'chrony_sources_last_sample_offset_seconds{source_address="127.0.0.1",source_name="127.0.0.1"} 0.000001515',
        `chrony_sources_last_sample_offset_seconds${labels} -1.5`,
        `chrony_sources_reachability_ratio${labels} 0.375`,
        `chrony_sources_reachability_success${labels} 0`,
        `chrony_sources_polling_interval_seconds${labels} 1024`,
        'chrony_sources_state_info{source_address="192.0.2.9",source_name="192.0.2.9",source_state="falseticket",source_mode="peer"} 1',
      ]),
    );
  });
});
