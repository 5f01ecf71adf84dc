-- Who called a source false, and when: what hosts told of their sources, found by host and by the name that it has there.

create index host_event_of_source on host_event (host_id, source, at_ns) where kind in ('source_state_changed', 'source_resolved');
