-- What is told of an incident waits for what is late of earlier ones of the same cause.
create index incident_by_cause on incident (cause_key, id);
