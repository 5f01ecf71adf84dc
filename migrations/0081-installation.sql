-- Incidents are counted from 1 in every database: by this word others tell those of one database from those of another.
create table installation (
  one boolean primary key default true,
  id text not null default substr(md5(random()::text || clock_timestamp()::text), 1, 8),
  constraint installation_one check (one)
);

insert into installation default values;
comment on table installation is 'Made once, and part of every key by which a channel knows a notice or an incident';
