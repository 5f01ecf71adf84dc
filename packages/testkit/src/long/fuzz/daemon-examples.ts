/** Right answers, as programs gave them; each target bends them. */

/** ntpsec 1.2.2 over UDP: starting, following, orphaned. */
export const NTPD: readonly string[] = [
  "leap=3, stratum=16, rootdelay=0.000, rootdisp=0.030, refid=INIT,\r\nreftime=0x00000000.00000000, offset=0.000000, clock=0xeeb4012b.6bca797f\r\n",
  "leap=3, stratum=4, rootdelay=0.033, rootdisp=62.583, refid=192.0.2.1,\r\nreftime=0xeeb40138.3ad2ed29, offset=0.000000, clock=0xeeb4013a.7d5f81b2\r\n",
  "leap=0, stratum=5, rootdelay=0.000, rootdisp=0.000, refid=127.0.0.1,\r\nreftime=0x00000000.00000000, offset=0.000000, clock=0xeeb40061.f257402a\r\n",
];
export const NTPD_DATAGRAMS: readonly Uint8Array[] = [
  new Uint8Array(
    Buffer.from(
      "1682004d001600000000008f6c6561703d302c207374726174756d3d352c20726f6f7464656c61793d302e3030302c20726f6f74646973703d302e3030302c2072656669643d3132372e302e302e312c0d0a72656674696d653d307830303030303030302e30303030303030302c206f66667365743d302e3030303030302c20636c6f636b3d307865656234303036312e66323537343032610d0a00",
      "hex",
    ),
  ),
];
/** linuxptp 3.1.1. */
export const PMC: readonly string[] = [
  `sending: GET TIME_STATUS_NP
sending: GET PORT_DATA_SET
sending: GET PARENT_DATA_SET
sending: GET TIME_PROPERTIES_DATA_SET
	9e5c3b.fffe.ea6dd1-0 seq 0 RESPONSE MANAGEMENT TIME_STATUS_NP 
		master_offset              -123
		ingress_time               1795785490506433225
		cumulativeScaledRateOffset +0.000000000
		scaledLastGmPhaseChange    0
		gmTimeBaseIndicator        0
		lastGmPhaseChange          0x0000'0000000000000000.0000
		gmPresent                  true
		gmIdentity                 42bb53.fffe.a9d203
	9e5c3b.fffe.ea6dd1-1 seq 1 RESPONSE MANAGEMENT PORT_DATA_SET 
		portIdentity            9e5c3b.fffe.ea6dd1-1
		portState               SLAVE
		logMinDelayReqInterval  0
		peerMeanPathDelay       0
	9e5c3b.fffe.ea6dd1-0 seq 2 RESPONSE MANAGEMENT PARENT_DATA_SET 
		parentPortIdentity                    42bb53.fffe.a9d203-1
		parentStats                           0
		grandmasterPriority1                  10
		gm.ClockClass                         248
		gm.ClockAccuracy                      0xfe
	9e5c3b.fffe.ea6dd1-0 seq 3 RESPONSE MANAGEMENT TIME_PROPERTIES_DATA_SET 
		currentUtcOffset      37
		currentUtcOffsetValid 0
		timeTraceable         0
		timeSource            0xa0
`,
];
/** systemd's timedatectl. */
export const TIMESYNCD: readonly string[] = [
  `       Server: 192.0.2.7 (ntp.example.net)
Poll interval: 8min 32s (min: 32s; max 34min 8s)
         Leap: normal
      Version: 4
      Stratum: 2
    Reference: 596DFB18
    Precision: 1us (-23)
Root distance: 38.803ms (max: 5s)
       Offset: -5.086ms
        Delay: 273.384ms
       Jitter: 10month 2w 1d 13h 28min 23.169258s
 Packet count: 17
    Frequency: -0.870ppm
`,
];
export const OWN_HOST: readonly string[] = [
  '{"name":"web-1","status":"proven","reason":null,"worst_error_ns":"750001","earliest":"2026-11-23T14:50:00.123206789Z","latest":"2026-11-23T14:50:00.124206790Z","words":"within 751 \u00b5s of UTC"}',
  '{"name":"web-1","status":"unknown","reason":"never_measured","worst_error_ns":null,"earliest":null,"latest":null,"words":"unknown"}',
];
export const OPINIONS: readonly string[] = [
  '{"id":7,"kind":"answer","t1_ms":1795445400123,"t4_ms":1795445400164,"replied_ns":"40900000","elapsed_ns":"41000000","origin_ms":1795445400123,"receive_ms":1795445400143,"transmit_ms":1795445400143,"root_delay_ms":1,"root_dispersion_ms":2,"leap":0,"mode":4,"stratum":2,"precision":236}',
  '{"id":7,"kind":"failed","reason":"timeout","says":"Timeout waiting for NTP response."}',
];
