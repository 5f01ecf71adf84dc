import type { DaemonSource, DaemonTracking } from "../observe/chronyc.ts";
import type { DaemonWitness, OtherDaemons, Testimony } from "../observe/ports.ts";
import { type DaemonKind, type RunningDaemon, runningDaemon } from "../observe/running-daemon.ts";
import { Chronyc } from "./chronyc.ts";
import { askNtpd } from "./ntp-control-udp.ts";
import { askPtp4l } from "./pmc.ts";
import { readProcessTable } from "./process-table.ts";
import { askTimesyncd } from "./timedatectl.ts";

/** Whoever steers this host's clock as a witness. Only those that run are asked, but chronyd, which may run unseen. */
export class HostDaemon implements DaemonWitness {
  readonly #chronyc = new Chronyc();
  readonly everySeconds = this.#chronyc.everySeconds;

  sources(): Promise<Testimony<readonly DaemonSource[]>> {
    return this.#chronyc.sources();
  }

  tracking(): Promise<Testimony<DaemonTracking>> {
    return this.#chronyc.tracking();
  }

  running(): RunningDaemon {
    return runningDaemon(readProcessTable());
  }

  async others({ daemons, bystanders }: RunningDaemon): Promise<OtherDaemons> {
    const runs = (wanted: DaemonKind) => [...daemons, ...bystanders].some(({ kind }) => kind === wanted);
    const [ntpd, timesyncd, ptp4l] = await Promise.all([
      runs("ntpd") ? askNtpd() : null,
      runs("timesyncd") ? askTimesyncd() : null,
      runs("ptp4l") ? askPtp4l() : null,
    ]);
    return { ...(ntpd && { ntpd }), ...(timesyncd && { timesyncd }), ...(ptp4l && { ptp4l }) };
  }
}
