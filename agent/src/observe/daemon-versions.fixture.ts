/**
 * What programs of several versions print, each with where it comes from: `recorded` = by that very program on a Debian 12;
 * `composed` = by us, in the form that the named version's source or manual gives. Values are ours throughout.
 */
export interface VersionFixture {
  readonly program: "chronyc tracking" | "chronyc sources" | "ntpd" | "timedatectl" | "pmc";
  readonly version: string;
  readonly origin: "recorded" | "composed";
  /** What is particular about it. */
  readonly about: string;
  readonly text: string;
  /** What is read of it, in part; a text = the field by which it is refused. */
  readonly reads: object | string;
}

const CHRONYC = "client.c, process_cmd_tracking: fourteen fields from 3.0 to 4.8";

const TRACKING: readonly VersionFixture[] = [
  {
    program: "chronyc tracking",
    version: "4.0",
    origin: "composed",
    about: `${CHRONYC}; a server by IPv6, whose reference id is a hash`,
    text: "5BC62E1D,2001:db8::123,3,1795000000.123456789,-0.000012345,0.000001000,0.000020000,-12.345,0.001,0.020,0.001500000,0.000400000,64.2,Normal\n",
    reads: { follows: "2001:db8::123", systemOffsetNs: -12_345n, rootDispersionNs: 400_000n, leap: "normal" },
  },
  {
    program: "chronyc tracking",
    version: "4.2",
    origin: "composed",
    about: "not synchronised yet",
    text: "00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1.000000000,0.0,Not synchronised\n",
    reads: { refid: 0, follows: "", stratum: 0, leap: "unsynchronised" },
  },
  {
    program: "chronyc tracking",
    version: "4.3",
    origin: "recorded",
    about: "following a server of this machine's own",
    text: "7F000001,127.0.0.1,3,1795810955.512114206,-0.000001542,0.000000105,0.000000937,0.009,0.002,0.155,0.000005712,0.000004004,2.0,Normal\n",
    reads: { follows: "127.0.0.1", stratum: 3, systemOffsetNs: -1_542n, rootDelayNs: 5_712n, rootDispersionNs: 4_004n },
  },
  {
    program: "chronyc tracking",
    version: "4.5",
    origin: "composed",
    about: "a reference clock, and a second to be inserted",
    text: "50484330,PHC0,1,1795000000.000000001,0.000000004,-0.000000002,0.000000011,8.120,-0.000,0.003,0.000000001,0.000001250,1.0,Insert second\n",
    reads: { follows: "PHC0", stratum: 1, systemOffsetNs: 4n, leap: "insert" },
  },
  {
    program: "chronyc tracking",
    version: "4.6.1",
    origin: "composed",
    about: "its own clock (local)",
    text: "7F7F0101,,10,1795000000.500000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000,0.000000000,0.0,Normal\n",
    reads: { refid: 0x7f7f0101, follows: "", stratum: 10 },
  },
  {
    program: "chronyc tracking",
    version: "a later one",
    origin: "composed",
    about: "a field more than any has: refused, not guessed at",
    text: "5BC62E1D,192.0.2.1,3,1795000000.1,0.0,0.0,0.0,0.0,0.0,0.0,0.1,0.1,64.2,Normal,new\n",
    reads: "field_count",
  },
];

const SOURCES: readonly VersionFixture[] = [
  {
    program: "chronyc sources",
    version: "4.0",
    origin: "composed",
    about: "client.c, process_cmd_sources: ten fields, reach in octal, never = 4294967295",
    text: "^,*,192.0.2.1,2,6,377,12,0.000012000,0.000013000,0.000450000\n^,?,203.0.113.9,0,6,0,4294967295,0.000000000,0.000000000,0.000000000\n",
    reads: [
      { state: "selected", reach: 0xff, offsetNs: -12_000n },
      { state: "unreachable", lastSampleS: null },
    ],
  },
  {
    program: "chronyc sources",
    version: "4.3",
    origin: "recorded",
    about: "one that answers and one that never did",
    text: "^,*,127.0.0.1,2,1,377,2,0.000000446,0.000000551,0.000003750\n^,?,127.0.0.99,0,6,0,4294967295,0.000000000,0.000000000,0.000000000\n",
    reads: [
      { state: "selected", reach: 0xff, offsetNs: -446n, errorNs: 3_750n },
      { state: "unreachable", lastSampleS: null },
    ],
  },
  {
    program: "chronyc sources",
    version: "4.6.1",
    origin: "composed",
    about: "every state, a peer and a reference clock",
    text: [
      "^,+,192.0.2.1,2,6,17,3,0.1,0.1,0.2",
      "^,-,192.0.2.2,2,6,7,3,0.1,0.1,0.2",
      "=,x,192.0.2.3,2,6,3,3,0.1,0.1,0.2",
      "^,~,192.0.2.4,2,6,1,3,0.1,0.1,0.2",
      "#,*,PHC0,0,0,377,1,0.000000001,0.000000002,0.000000025",
    ].join("\n"),
    reads: ["combined", "not_combined", "falseticker", "too_variable", "selected"].map((state) => ({ state })),
  },
  {
    program: "chronyc sources",
    version: "4.3",
    origin: "composed",
    about: "a pool's place without an address yet (sources -a)",
    text: "^,?,ID#0000000003,0,6,0,4294967295,0.000000000,0.000000000,0.000000000\n",
    reads: [{ name: "ID#0000000003", address: null }],
  },
];

/** As they come in the answer to the control message, before ntpq rewrites them. */
const NTPD: readonly VersionFixture[] = [
  {
    program: "ntpd",
    version: "4.2.6p5",
    origin: "composed",
    about: "ntp_control.c: three decimals, leap as a number",
    text: "leap=0, stratum=3, rootdelay=12.412, rootdisp=24.890, refid=192.0.2.7,\r\nreftime=0xe7c53e1a.7e1d7126, clock=0xe7c53e1a.7e1d7126, offset=-0.341\r\n",
    reads: { offsetNs: -341_000n, rootDelayNs: 12_412_000n, rootDispersionNs: 24_890_000n, follows: "192.0.2.7", isSynchronised: true },
  },
  {
    program: "ntpd",
    version: "4.2.8p15",
    origin: "composed",
    about: "six decimals of the offset",
    text: "leap=0, stratum=3, rootdelay=51.133, rootdisp=21.055, refid=185.125.190.56,\r\nreftime=0xe7c53e1a.7e1d7126, clock=0xe7c53f14.86a7ea3a, offset=9.906317\r\n",
    // 250.033 s at 15 ppm, rounded up.
    reads: { offsetNs: 9_906_317n, rootDispersionNs: 21_055_000n + 3_750_501n, stratum: 3 },
  },
  {
    program: "ntpd",
    version: "4.2.8p15",
    origin: "composed",
    about: "a reference clock of its own at stratum 1",
    text: "leap=0, stratum=1, rootdelay=0.000, rootdisp=1.135, refid=PPS,\r\nreftime=0xe7c53e1a.00000000, clock=0xe7c53e1a.00000000, offset=0.000914\r\n",
    reads: { stratum: 1, follows: null, followsItself: false },
  },
  {
    program: "ntpd",
    version: "4.2.8p15",
    origin: "composed",
    about: "the undisciplined local clock, driver 1",
    text: "leap=0, stratum=6, rootdelay=0.000, rootdisp=7.948, refid=127.127.1.0,\r\nreftime=0xe7c53e1a.00000000, clock=0xe7c53e1a.00000000, offset=0.000000\r\n",
    reads: { followsItself: true, follows: null },
  },
  {
    program: "ntpd",
    version: "ntpsec 1.2.2",
    origin: "recorded",
    about: "starting",
    text: "leap=3, stratum=16, rootdelay=0.000, rootdisp=0.030, refid=INIT,\r\nreftime=0x00000000.00000000, offset=0.000000, clock=0xeeb4012b.6bca797f\r\n",
    reads: { stratum: 16, isSynchronised: false },
  },
  {
    program: "ntpd",
    version: "4.2.4p8",
    origin: "composed",
    about: "another name for the dispersion, and no reference time by that name: refused",
    text: "leap=00, stratum=3, rootdelay=12.412, rootdispersion=24.890, refid=192.0.2.7, offset=-0.341\r\n",
    reads: "rootdisp",
  },
  {
    program: "ntpd",
    version: "ntpq 4.2.8p15",
    origin: "composed",
    about: "as ntpq prints it for people, with dates: refused, since a date is no instant",
    text: 'associd=0 status=0615 leap_none, sync_ntp, 1 event, clock_sync,\nversion="ntpd 4.2.8p15@1.3728-o", leap=00, stratum=3,\nrootdelay=12.412, rootdisp=24.890, refid=192.0.2.1,\nreftime=e7c53e1a.7e1d7126  Wed, Mar 22 2023  7:30:18.492,\nclock=e7c53f14.86a7ea3a  Wed, Mar 22 2023  7:34:28.526, offset=-0.341\n',
    reads: "reftime",
  },
];

const timedatectl = (server: string, more: string): string => `       Server: ${server}
Poll interval: 2min 8s (min: 32s; max 34min 8s)
         Leap: normal
      Version: 4
      Stratum: 1
    Reference: GPS
    Precision: 1us (-29)
${more}`;

const TIMEDATECTL: readonly VersionFixture[] = [
  {
    program: "timedatectl",
    version: "247",
    origin: "composed",
    about: "timedatectl.c, print_ntp_status_info; a frequency",
    text: timedatectl(
      "192.0.2.7 (ntp.example.net)",
      "Root distance: 22us (max: 5s)\n       Offset: +316us\n        Delay: 12.004ms\n       Jitter: 1.402ms\n Packet count: 3\n    Frequency: +12.345ppm\n",
    ),
    reads: { offsetNs: 316_000n, rootDispersionNs: 22_000n, rootDelayNs: 12_004_000n, stratum: 2, follows: "192.0.2.7" },
  },
  {
    program: "timedatectl",
    version: "249",
    origin: "composed",
    about: "it has an address and was answered by nobody",
    text: "       Server: 2001:db8::7 (ntp.example.net)\nPoll interval: 0 (min: 32s; max 34min 8s)\n Packet count: 0\n",
    reads: { isSynchronised: false, follows: "2001:db8::7", stratum: 16 },
  },
  {
    program: "timedatectl",
    version: "252",
    origin: "composed",
    about: "the last packet was a spike, which it does not follow: no frequency",
    text: timedatectl(
      "192.0.2.7 (192.0.2.7)",
      "Root distance: 38.803ms (max: 5s)\n       Offset: -1.204512s\n        Delay: 2.411s\n       Jitter: 5.086ms\n Packet count: 18\n",
    ),
    reads: { offsetNs: -1_204_512_000n, isSynchronised: true },
  },
  {
    program: "timedatectl",
    version: "255",
    origin: "composed",
    about: "a host that began in 1970, until its next poll",
    text: timedatectl(
      "192.0.2.7 (ntp.example.net)",
      "Root distance: 1.5ms (max: 5s)\n       Offset: +56y 10month 3w 2d 1h 2min 3.500000s\n        Delay: 12ms\n       Jitter: 0\n Packet count: 1\n    Frequency: +0.000ppm\n",
    ),
    // systemd's year is 365.25 days, its month a twelfth of that.
    reads: { offsetNs: (56n * 31_557_600n + 10n * 2_629_800n + 3n * 604_800n + 2n * 86_400n + 3_723n) * 1_000_000_000n + 500_000_000n },
  },
  {
    program: "timedatectl",
    version: "257",
    origin: "composed",
    about: "its server is not synchronised",
    text: timedatectl(
      "192.0.2.7 (ntp.example.net)",
      "Root distance: 1ms (max: 5s)\n       Offset: +1us\n        Delay: 1ms\n       Jitter: 1us\n Packet count: 2\n    Frequency: +0.000ppm\n",
    ).replace("normal", "not synchronized"),
    reads: { isSynchronised: false },
  },
  {
    program: "timedatectl",
    version: "257",
    origin: "composed",
    about: "stamps in an impossible order: it says no more than the server",
    text: "       Server: 192.0.2.7 (ntp.example.net)\nPoll interval: 32s (min: 32s; max 34min 8s)\n",
    reads: { isSynchronised: false, follows: "192.0.2.7" },
  },
];

const pmc = (masterOffset: string, gmPresent: string, state: string, clockClass: string): string =>
  [
    "sending: GET TIME_STATUS_NP",
    "\te86a64.fffe.f43c5b-0 seq 0 RESPONSE MANAGEMENT TIME_STATUS_NP ",
    `\t\tmaster_offset              ${masterOffset}`,
    "\t\tlastGmPhaseChange          0x0000'0000000000000000.0000",
    `\t\tgmPresent                  ${gmPresent}`,
    "\te86a64.fffe.f43c5b-1 seq 1 RESPONSE MANAGEMENT PORT_DATA_SET ",
    "\t\tportIdentity            e86a64.fffe.f43c5b-1",
    `\t\tportState               ${state}`,
    "\te86a64.fffe.f43c5b-0 seq 2 RESPONSE MANAGEMENT PARENT_DATA_SET ",
    `\t\tgm.ClockClass                         ${clockClass}`,
    "\t\tgm.ClockAccuracy                      0x21",
    "\te86a64.fffe.f43c5b-0 seq 3 RESPONSE MANAGEMENT TIME_PROPERTIES_DATA_SET ",
    "\t\tcurrentUtcOffsetValid 1",
    "\t\ttimeTraceable         1",
    "",
  ].join("\n");

const PMC: readonly VersionFixture[] = [
  {
    program: "pmc",
    version: "3.1",
    origin: "composed",
    about: "it follows a grandmaster that is locked to its reference",
    text: pmc("-62", "true", "SLAVE", "6"),
    reads: { portState: "SLAVE", offsetNs: 62n, clockClass: 6, isTimeTraceable: true },
  },
  {
    program: "pmc",
    version: "4.0",
    origin: "composed",
    about: "the same form; it leads itself",
    text: pmc("0", "false", "GRAND_MASTER", "248"),
    reads: { portState: "GRAND_MASTER", offsetNs: null, clockClass: 248 },
  },
  {
    program: "pmc",
    version: "4.2",
    origin: "composed",
    about: "a card without a link",
    text: pmc("0", "false", "FAULTY", "255"),
    reads: { portState: "FAULTY", clockClass: 255 },
  },
  {
    program: "pmc",
    version: "4.4",
    origin: "composed",
    about: "a state that IEEE 1588 has not: refused",
    text: pmc("0", "true", "TIME_TRANSMITTER", "6"),
    reads: "portState",
  },
];

export const VERSIONS: readonly VersionFixture[] = [...TRACKING, ...SOURCES, ...NTPD, ...TIMEDATECTL, ...PMC];
