import { type HostReading, type Steering, slewAllowance } from "@truebound/time";
import { StampingCards } from "../card-stamps/stamping-cards.ts";
import type { Libc } from "./libc.ts";
import { NicReader } from "./nic-reader.ts";
import { PhcDevice, phcCalls } from "./phc-device.ts";
import { readProcessTable } from "./process-table.ts";

/** The network cards of this host, by what their drivers say, and each card's clock by its device. */
export function openStampingCards(libc: Libc, look: () => HostReading, steering: () => Steering): StampingCards {
  const nics = new NicReader(libc);
  const lookAlso = () => {
    const reading = look();
    return { ...reading, slew: slewAllowance(steering(), reading.kernel ?? null) };
  };
  return new StampingCards({
    interfaceOf: (address) => nics.interfaceOf(address),
    interfaces: () => nics.interfaces(),
    ask: (name) => nics.ask(name),
    mayPtp4lRun,
    openClock: (index) => new PhcDevice(`/dev/ptp${index}`, phcCalls(libc, lookAlso)),
    now: () => process.hrtime.bigint(),
  });
}

/** Where others' processes cannot all be seen, it may. */
function mayPtp4lRun(): boolean {
  const { processes, seesAll } = readProcessTable();
  return !seesAll || processes.some(({ comm }) => comm === "ptp4l");
}
