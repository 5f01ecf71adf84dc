import { type Check, check, type Verdict } from "./check.ts";
import type { DoctorFacts } from "./facts.ts";

const RUNGS: Readonly<Record<string, Verdict>> = { kernel_interleaved: "ok", kernel_basic: "note", kernel_receive: "note" };

/** Which rung of the ladder takes the stamps, and why none above it does. */
export function checkStamps({ stamps }: DoctorFacts): Check {
  const chosen = stamps.find(({ outcome }) => outcome.startsWith("chosen"));
  if (chosen === undefined) return check("stamps", "bad", "no way to take stamps works here", "report this: the last rung always should");
  const passed = stamps.filter((one) => one !== chosen).map(({ mode, outcome }) => `${mode} passed over: ${outcome}`);
  const says = [`taken by ${chosen.mode}`, ...passed].join("; ");
  const verdict = RUNGS[chosen.mode] ?? "warn";
  const todo =
    verdict === "warn"
      ? ["without kernel stamps bounds are tens of µs wider; see native_code, and whether a sandbox forbids socket options"]
      : [];
  return check("stamps", verdict, says, ...todo);
}

export function checkNativeCode({ nativeCode: { loaded, why } }: DoctorFacts): Check {
  if (loaded) return check("native_code", "ok", "koffi is loaded: CLOCK_MONOTONIC_RAW and kernel stamps can be read");
  const todo = "install the optional dependency koffi (npm ci, without --omit=optional) for this platform";
  return check("native_code", "warn", `not loaded: ${why ?? "no reason given"}; MONOTONIC stands in for RAW, so S is added to rho`, todo);
}

interface Kind {
  readonly verdict: Verdict;
  readonly says: string;
  readonly do?: string;
}

const CLOCKSOURCES: Readonly<Record<string, Kind>> = {
  tsc: { verdict: "ok", says: "read without a system call, and a paused machine shows a gap" },
  arch_sys_counter: { verdict: "ok", says: "read without a system call" },
  "kvm-clock": {
    verdict: "note",
    says: "a pause or move of this virtual machine leaves no gap in it: only an exchange or a migration marker shows that",
  },
  hyperv_clocksource_tsc_page: { verdict: "ok", says: "read without a system call" },
  xen: { verdict: "note", says: "a pause or move of this virtual machine may leave no gap in it" },
};

const SLOW: Kind = {
  verdict: "warn",
  says: "each read takes about a microsecond or more, and the kernel may have given up a better one as unstable",
  do: "look for 'clocksource' in dmesg; where the hardware has a stable TSC, boot with tsc=reliable or mend the firmware",
};

export function checkClocksource({ clocksource }: DoctorFacts): Check {
  if (clocksource === null)
    return check("clocksource", "unknown", "cannot read /sys/devices/system/clocksource/clocksource0/current_clocksource");
  const known = ["hpet", "acpi_pm", "jiffies", "refined-jiffies"].includes(clocksource) ? SLOW : CLOCKSOURCES[clocksource];
  const { verdict, says, do: todo } = known ?? { verdict: "note" as const, says: "not one that we know" };
  return check("clocksource", verdict, `${clocksource}: ${says}`, ...(todo === undefined ? [] : [todo]));
}
