/**
 * What every batch repeats: deflate (RFC 1950, section 2.2) begins with this text as if it had just been seen, so that a batch of a few rows
 * costs its figures and not its names. Stored evidence can be read with exactly these bytes only: **never to be changed**. A
 * later format takes a dictionary of its own, and the stream says which one it wants by its checksum.
 */
export const BATCH_DICTIONARY = [
  '"trusting","one_vote","fault_budget_reduced","sources_lost","sources_inconsistent","sources_disagree","no_region",',
  '"suspended_or_moved","clocksource_changed","vm_disrupted","ruler_jumped","never_measured","no_exchange_for_an_hour",',
  '"wider_than_a_second","no_usable_evidence","timescale_unknown","leap_unknown","kernel_interleaved","kernel_basic",',
  '"kernel_receive","userland_clock","calibrated_clock","process_clock","simulated""refusals":{"timeout":1,"origin_mismatch":1,',
  '"kiss_rate":1,"send_failed":1,"unsynchronised":1}{"kind":"agent_started","raw_ns":"{"kind":"agent_stopping",',
  '"raw_ns":"{"kind":"clock_stepped","raw_ns":"{"kind":"suspended","raw_ns":"{"kind":"clocksource_changed",',
  '"raw_ns":"{"kind":"vm_disrupted","raw_ns":"{"kind":"ruler_jumped","raw_ns":"{"kind":"process_paused",',
  '"raw_ns":"{"kind":"steal_high","raw_ns":"{"kind":"steal_normal","raw_ns":"{"kind":"clock_moved_by",',
  '"raw_ns":"{"kind":"status_changed","raw_ns":"{"kind":"source_state_changed","raw_ns":"{"kind":"source_resolved",',
  '"raw_ns":"{"kind":"source_denied","raw_ns":"{"kind":"probe_harms_daemon","raw_ns":"{"kind":"vote_void",',
  '"raw_ns":"{"kind":"source_conflict","raw_ns":"{"kind":"bimodal","raw_ns":"{"kind":"stamp_mode_changed",',
  '"raw_ns":"{"kind":"slew_assumption_broken","raw_ns":"{"kind":"drift_assumption_broken",',
  '"raw_ns":"{"kind":"drift_assumption_changed","raw_ns":"{"kind":"frequency_or_step_change",',
  '"raw_ns":"{"kind":"policy_applied","raw_ns":"{"kind":"policy_refused","raw_ns":"{"kind":"spool_degraded",',
  '"raw_ns":"{"kind":"spool_gap","raw_ns":"{"kind":"leap_pending","raw_ns":"{"kind":"leap_applied",',
  '"raw_ns":"{"kind":"leap_indicator_disagrees","raw_ns":"{"kind":"leap_list_refused","raw_ns":"{"kind":"mixed_timescales",',
  '"raw_ns":"","realtime_ns":"1795","boottime_ns":"","source":null,"detail":{"from":"","to":"","why":"","by_ns":"",',
  '"address":"{"version":2,"agent":"","boot_id":"","software":"truebound-agent/0.1.0","sealed_boottime_ns":"",',
  '"sealed_realtime_ns":"179","assumptions":{"rho_ppb":200000,"oscillator_ppb":null,"drift_basis":"assumed","sigma_ppb":2000,',
  '"faults":1,"slew_ppm":83333,"slew_basis":"chrony","stamp_mode":"kernel_interleaved"},"trusting":[],"policy_version":1,',
  '"sources":[{"id":"time.example.net:123","address":"192.0.2.1","origin":"discovered","state":"falseticker","stratum":1,',
  '"refid":null,"leap":3,"lo_ns":null,"hi_ns":null,"delay_ns":null},{"id":"127.0.0.1:123","address":"10.0.0.1","origin":"pool",',
  '"state":"never_answered","stratum":3,"refid":1196446464,"leap":0,"lo_ns":"-1","hi_ns":"1","delay_ns":"1","polls":1,',
  '"replies":1,"refusals":{},"local_reference":false,"timescale":"unknown"},{"id":"","address":"","origin":"declared",',
  '"state":"agrees","stratum":2,"refid":1,"leap":0,"lo_ns":"-","hi_ns":"","delay_ns":"","polls":,"replies":,"refusals":{},',
  '"local_reference":false,"timescale":"utc"}],"bounds":{"raw_ns":{"base":"","d":[0]},"realtime_ns":{"base":"179","d":[0]},',
  '"boottime_ns":{"base":"","d":[0]},"status":["proven"],"reason":[null],"lo_ns":{"base":"-","d":[0]},"hi_ns":{"base":"",',
  '"d":[0]},"since_lo_ns":{"base":"-","d":[0]},"since_hi_ns":{"base":"","d":[0]},"tight_lo_ns":{"base":"-","d":[0]},',
  '"tight_hi_ns":{"base":"","d":[0]},"throughout_lo_ns":{"base":"-","d":[0]},"throughout_hi_ns":{"base":"","d":[0]},',
  '"gap_ns":{"base":"100","d":[0]},"votes":[3],"need":[2],"agree":[[0,1,2,3]]},"terms":{"path_ns":"","root_ns":"",',
  '"precision_ns":"","stamp_ns":"","drift_ns":"","slew_ns":""},"frequency":{"oscillator":[-,],"daemon_slew":[-,]},',
  '"spans":{"from_raw_ns":{"base":"0","d":[]},"from_realtime_ns":{"base":"0","d":[]},"to_raw_ns":{"base":"0","d":[]},',
  '"to_realtime_ns":{"base":"0","d":[]},"lo_ns":{"base":"0","d":[]},"hi_ns":{"base":"0","d":[]},"readings":[],"status":[]},',
  '"exchanges":{"source":[0,1,2,3],"t1_raw_ns":{"base":"","d":[0]},"t2_less_t1_ns":{"base":"179","d":[0]},',
  '"t3_less_t2_ns":{"base":"","d":[0]},"t4_less_t1_ns":{"base":"","d":[0]},"root_delay_raw":[0,0,0,0],"root_dispersion_raw":[1,',
  '1],"precision_server":[-20,-20,-23,-23,-24,-24],"precision_client":[-23,-23],"cap_ns":{"base":"","d":[0]},"slack_ns":[22889,',
  '22889],"stamp_mode":["kernel_interleaved","kernel_interleaved"],"reply":["basic","basic","provisional","interleaved",',
  '"interleaved"]},"events":[]}',
].join("");

/**
 * The same for batches of hosts in a mesh. **Never to be changed** either. What stands last is found soonest, so it ends as such
 * batches do.
 */
export const MESH_DICTIONARY = [
  BATCH_DICTIONARY,
  '"peers_only","host_unreachable":1,"network_unreachable":1,"connection_refused":1,"address_changed":1,"disrupted":1,"suspended":1,',
  '"state":"never_answered","state":"stale","state":"unsynchronised","state":"falseticker","state":"vote_void",',
  '"state":"inconsistent_with_itself","kind":"target","answers":null,"trouble":"Cannot answer peers on [::]:","assignment":null,',
  '"own":{"lo_ns":null,"hi_ns":null,"rests_on":[]},"refid 1","address 10.0.0.1","refid 33","address 192.168.1.1","refid 2",',
  '"polls":1,"replies":1,"refusals":{"timeout":1}},"polls":2,"replies":2,"refusals":{}}],"slope_min_ppb":[-2000,null],',
  '"exchanges":{"source":[],"t1_raw_ns":{"base":"0","d":[]},"t2_less_t1_ns":{"base":"0","d":[]},"t3_less_t2_ns":{"base":"0",',
  '"events":[],"mesh":{"assignment":"","ruler":,"answers":{"address":null,"port":8126},"trouble":null,"requests":{"answered":,',
  '"stranger":0,"not_a_request":0,"over_limit":0,"unsent":0},"own":{"lo_ns":"-","hi_ns":"","rests_on":["address 1","refid ","address 2",',
  '"refid "]},"peers":[{"id":"","kind":"agent","state":"agrees","delay_ns":"","polls":,"replies":,"refusals":{}},{"id":"",',
  '"kind":"agent","state":"no_vote","delay_ns":"1","polls":1,"replies":1,"refusals":{}}],"edges":{"peer":[0,1,2,3,4,5],"raw_ns":{"base":"",',
  '"d":[0]},"ruler":[,],"lo_ns":{"base":"-","d":[0]},"hi_ns":{"base":"","d":[0]},"tight_lo_ns":{"base":"0","d":[null,null]},',
  '"tight_hi_ns":{"base":"0","d":[null,null]},"slope_min_ppb":[null,null],"slope_max_ppb":[null,null]}}}',
].join("");
