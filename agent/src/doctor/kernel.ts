import { about, midpoint } from "@truebound/time";
import { KERNEL_REFUSAL_WORDS } from "@truebound/wire";
import type { PtpClock } from "../observe/ptp-clock.ts";
import { type Check, check } from "./check.ts";
import type { DoctorFacts } from "./facts.ts";

/** What the kernel says of its discipline (adjtimex), by which S is narrower than the worst. */
export function checkDiscipline({ discipline }: DoctorFacts): Check {
  switch (discipline.kind) {
    case "said":
      return check("discipline", "ok", "the kernel says how the clock is disciplined (adjtimex), and that is believed");
    case "refused":
      return check(
        "discipline",
        "warn",
        `what adjtimex says is not believed (${discipline.why}): ${KERNEL_REFUSAL_WORDS[discipline.why]}; so the fastest that the kernel can go is assumed`,
        "look again: a daemon that sets it anew clears it; a kernel that goes on saying so wants an update",
      );
    case "denied":
      return check(
        "discipline",
        "warn",
        "adjtimex may not be asked here; so the fastest that the kernel can go is assumed",
        "allow the call, which reads only: systemd's ProtectClock=yes forbids it, and so may a sandbox's filter",
      );
    case "no_native_code":
      return check("discipline", "warn", "adjtimex cannot be asked without native code; see native_code");
    default:
      return discipline satisfies never;
  }
}

/** Whether a move of this machine shows. */
export function checkMarker({ machine: { isVirtual, marker } }: DoctorFacts): Check {
  switch (marker.kind) {
    case "marker":
      return check("vm_marker", "ok", "/dev/vmclock0 tells when this virtual machine was moved");
    case "unreadable":
      return check(
        "vm_marker",
        "warn",
        `/dev/vmclock0 is there and cannot be used: ${marker.why.replaceAll("_", " ")}`,
        "let the agent's user read it (the unit has DeviceAllow=/dev/vmclock0 r)",
      );
    case "absent":
      return isVirtual
        ? check("vm_marker", "note", "no /dev/vmclock0: a move of this virtual machine shows only when its sources were asked again")
        : check("vm_marker", "ok", "no virtual machine, so nothing moves it");
    default:
      return marker satisfies never;
  }
}

const HIGH = 0.05;

/** Processor time that the hypervisor kept, since boot: userland stamps are late by it. */
export function checkSteal({ machine: { cpuTimes } }: DoctorFacts): Check {
  if (cpuTimes === null || cpuTimes.total === 0) return check("steal", "unknown", "/proc/stat cannot be read, or does not count it");
  const share = cpuTimes.steal / cpuTimes.total;
  const says = `${(share * 100).toFixed(1)} % of the processors' time since boot was kept by the hypervisor`;
  if (share <= HIGH) return check("steal", "ok", says);
  return check(
    "steal",
    "warn",
    `${says}: what is not stamped by the kernel is late by it`,
    "give this machine processors of its own, or fewer neighbours",
  );
}

const STATES: Readonly<Record<Exclude<PtpClock["state"], "read">, string>> = {
  denied: "may not be read by this user",
  absent: "has no device here",
  failed: "cannot be read",
  no_native_code: "cannot be read without native code",
};

/** Clocks of the hardware, where there are any: shown, and no source. */
export function checkPtpClocks({ machine: { ptpClocks } }: DoctorFacts): Check[] {
  if (ptpClocks.length === 0) return [];
  const said = ptpClocks.map(({ device, driver, state, minusRealtime }) => {
    const name = driver === null ? device : `${device} (${driver})`;
    return minusRealtime === null || state !== "read"
      ? `${name} ${STATES[state as Exclude<PtpClock["state"], "read">]}`
      : `${name} is ${about(midpoint(minusRealtime))} ${midpoint(minusRealtime) < 0n ? "behind" : "ahead of"} REALTIME (it may keep TAI)`;
  });
  return [check("ptp_clocks", "note", `${said.join("; ")}; no bound rests on them`)];
}
