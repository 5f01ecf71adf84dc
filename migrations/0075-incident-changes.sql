-- Each server looks once a second for incidents that changed within the last minute, whatever their number.
create index incident_by_change on incident (changed_at);
