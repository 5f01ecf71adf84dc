-- A host that slept says both ends in one batch, however long that was. Those are few, and what looks a day around finds them
-- here. Halves: the difference of two ends may not fit; what is no longer than a day is not in it, some ns apart.
create index evidence_long on evidence (host_id, last_utc_ns) include (first_utc_ns)
  where last_utc_ns / 2 - first_utc_ns / 2 > 43199999999999;
create index audit_span_long on audit_span (host_id, minute_ns) include (until_ns)
  where until_ns / 2 - minute_ns / 2 > 43199999999999;
