import { setTimeout as pause } from "node:timers/promises";
import { type ClockReading, type HostReading, type PartsPerBillion, type Steering, slewAllowance } from "@truebound/time";
import { loadLibc } from "../adapters/libc.ts";
import { PhcDevice, phcCalls } from "../adapters/phc-device.ts";
import { lookAtPtp4l } from "../adapters/pmc.ts";
import type { IntervalSource, Knowledge } from "../interval-source/ports.ts";
import { readPhcOptions } from "../phc/phc-options.ts";
import { PhcSource } from "../phc/phc-source.ts";
import type { Source } from "../probe/source.ts";
import { type PtpOptions, readPtpOptions } from "../ptp/ptp-options.ts";
import { PtpSource } from "../ptp/ptp-source.ts";

/** The host's own clocks, by which others are carried to RAW. */
export interface ClockPorts {
  readonly look: () => HostReading;
  readonly steering: () => Steering;
  /** False = something that is slewed stands in for RAW. */
  readonly hasRaw: boolean;
}

/** A PTP port, or a card's clock, by its line in the settings; null = it is neither, or cannot be used here. */
export function openClockSource(source: Source, ports: ClockPorts, { leapList }: Knowledge): IntervalSource | null {
  // A card's clock is read beside RAW: where nothing reads that, nobody can say when it was.
  if (!ports.hasRaw) return null;
  const { kind, host, options = {} } = source;
  if (kind === "ptp") {
    const read = readPtpOptions(host, options);
    return typeof read === "string" ? null : openPort(read, ports, leapList);
  }
  const read = kind === "phc" ? readPhcOptions(host, options) : "of another kind";
  return typeof read === "string" ? null : new PhcSource(read, deviceAt(read.device, ports), leapList);
}

function openPort(options: PtpOptions, ports: ClockPorts, leapList: Knowledge["leapList"]): IntervalSource {
  const { socket, domain, clock } = options;
  const shared = { ask: () => lookAtPtp4l({ socket, domain }), leapList, pause: (ms: number) => pause(ms, undefined, { ref: false }) };
  if (clock === "realtime")
    return new PtpSource(options, { ...shared, look: ports.look, slew: () => slewOf(ports), close: () => undefined });
  const device = deviceAt(clock, ports);
  const look = (): ClockReading | string => device.read();
  return new PtpSource(options, { ...shared, look, slew: () => device.maxSlew() ?? slewOf(ports), close: () => device.close() });
}

const deviceAt = (path: string, ports: ClockPorts): PhcDevice =>
  new PhcDevice(
    path,
    phcCalls(loadLibc().libc, () => ({ ...ports.look(), slew: slewOf(ports) })),
  );

const slewOf = ({ look, steering }: ClockPorts): PartsPerBillion => slewAllowance(steering(), look().kernel ?? null);
