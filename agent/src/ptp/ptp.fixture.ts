import { type ClockReading, type LeapList, raw, utc } from "@truebound/time";

const SECOND = 1_000_000_000n;

/** TAI − UTC is 37 s, and the list is of this century. */
export const LIST: LeapList = {
  updated: utc(1_600_000_000n * SECOND),
  expires: utc(1_900_000_000n * SECOND),
  rows: [{ from: utc(1_483_228_800n * SECOND), taiMinusUtc: 37 }],
};

export interface Told {
  readonly offset: bigint;
  readonly ingress: bigint;
  readonly portState: string;
  readonly grandmaster: string;
  readonly clockClass: number;
  readonly clockAccuracy: string;
  readonly stepsRemoved: number;
  readonly currentUtcOffset: number;
  readonly appliedUtcOffset: number;
  readonly timeTraceable: 0 | 1;
  readonly logSyncInterval: number;
  readonly delayMechanism: 1 | 2;
  /** Syncs and Follow_Ups that it received; null = it does not count them. */
  readonly received: readonly [bigint, bigint] | null;
  readonly gmPresent: boolean;
  /** What the time status says when all else was read; absent = the same. */
  readonly late?: { readonly ingress?: bigint; readonly offset?: bigint; readonly gmPresent?: boolean };
}

const TOLD: Told = {
  offset: 367n,
  ingress: 1_795_785_490_506_433_225n,
  portState: "SLAVE",
  grandmaster: "42bb53.fffe.a9d203",
  clockClass: 6,
  clockAccuracy: "0x21",
  stepsRemoved: 1,
  currentUtcOffset: 37,
  appliedUtcOffset: 37,
  timeTraceable: 1,
  logSyncInterval: -3,
  delayMechanism: 1,
  received: [4711n, 4711n],
  gmPresent: true,
};

/** As pmc of linuxptp 3.1.1 prints the answers to LOOK_QUESTIONS. */
export function pmcSays(changes: Partial<Told> = {}): string {
  const told = { ...TOLD, ...changes };
  return `sending: GET TIME_STATUS_NP
sending: GET GRANDMASTER_SETTINGS_NP
sending: GET PARENT_DATA_SET
sending: GET TIME_PROPERTIES_DATA_SET
sending: GET PORT_DATA_SET
sending: GET CURRENT_DATA_SET
sending: GET TIME_STATUS_NP
sending: GET PORT_STATS_NP
sending: GET DEFAULT_DATA_SET
${statusOf(told, 0)}	9e5c3b.fffe.ea6dd1-0 seq 1 RESPONSE MANAGEMENT GRANDMASTER_SETTINGS_NP 
		clockClass              248
		clockAccuracy           0xfe
		offsetScaledLogVariance 0xffff
		currentUtcOffset        ${told.appliedUtcOffset}
		leap61                  0
		leap59                  0
		currentUtcOffsetValid   0
		ptpTimescale            0
		timeTraceable           0
		frequencyTraceable      0
		timeSource              0xa0
	9e5c3b.fffe.ea6dd1-0 seq 2 RESPONSE MANAGEMENT PARENT_DATA_SET 
		parentPortIdentity                    42bb53.fffe.a9d203-1
		parentStats                           0
		observedParentOffsetScaledLogVariance 0xffff
		observedParentClockPhaseChangeRate    0x7fffffff
		grandmasterPriority1                  10
		gm.ClockClass                         ${told.clockClass}
		gm.ClockAccuracy                      ${told.clockAccuracy}
		gm.OffsetScaledLogVariance            0x436a
		grandmasterPriority2                  128
		grandmasterIdentity                   ${told.grandmaster}
	9e5c3b.fffe.ea6dd1-0 seq 3 RESPONSE MANAGEMENT TIME_PROPERTIES_DATA_SET 
		currentUtcOffset      ${told.currentUtcOffset}
		leap61                0
		leap59                0
		currentUtcOffsetValid 1
		ptpTimescale          1
		timeTraceable         ${told.timeTraceable}
		frequencyTraceable    1
		timeSource            0x20
	9e5c3b.fffe.ea6dd1-1 seq 4 RESPONSE MANAGEMENT PORT_DATA_SET 
		portIdentity            9e5c3b.fffe.ea6dd1-1
		portState               ${told.portState}
		logMinDelayReqInterval  -3
		peerMeanPathDelay       800
		logAnnounceInterval     -2
		announceReceiptTimeout  3
		logSyncInterval         ${told.logSyncInterval}
		delayMechanism          ${told.delayMechanism}
		logMinPdelayReqInterval 0
		versionNumber           2
	9e5c3b.fffe.ea6dd1-0 seq 5 RESPONSE MANAGEMENT CURRENT_DATA_SET 
		stepsRemoved     ${told.stepsRemoved}
		offsetFromMaster ${told.offset}.0
		meanPathDelay    1000.0
${statusOf({ ...told, ...told.late }, 6)}${told.received === null ? "" : countsOf(told.received)}`;
}

const countsOf = ([syncs, followUps]: readonly [bigint, bigint]): string =>
  `	9e5c3b.fffe.ea6dd1-1 seq 7 RESPONSE MANAGEMENT PORT_STATS_NP 
		portIdentity              9e5c3b.fffe.ea6dd1-1
		rx_Sync                   ${syncs}
		rx_Delay_Req              0
		rx_Pdelay_Req             0
		rx_Pdelay_Resp            0
		rx_Follow_Up              ${followUps}
		rx_Delay_Resp             4702
		rx_Announce               2355
`;

const statusOf = ({ offset, ingress, gmPresent, grandmaster }: Told, seq: number): string =>
  `	9e5c3b.fffe.ea6dd1-0 seq ${seq} RESPONSE MANAGEMENT TIME_STATUS_NP 
		master_offset              ${offset}
		ingress_time               ${ingress}
		cumulativeScaledRateOffset +0.000000000
		scaledLastGmPhaseChange    0
		gmTimeBaseIndicator        0
		lastGmPhaseChange          0x0000'0000000000000000.0000
		gmPresent                  ${gmPresent}
		gmIdentity                 ${grandmaster}
`;

/** RAW began so long before the epoch of the fixture's Sync. */
export const REALTIME_MINUS_RAW = 1_795_785_490_000_000_000n;

/** A look at REALTIME at a RAW instant, 40 ns wide; the clock runs as RAW does. */
export const lookAt = (at: bigint): ClockReading => ({
  rawBefore: raw(at - 20n),
  realtime: utc(at + REALTIME_MINUS_RAW),
  rawAfter: raw(at + 20n),
});
