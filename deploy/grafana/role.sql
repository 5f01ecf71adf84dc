-- A role for Grafana's PostgreSQL data source: it reads the views grafana_* and tb_minute, asks tb_interval, and nothing else, changes nothing, and no question of it
-- takes longer than half a minute. Run it as the owner of Truebound's schema, after `truebound migrate`, and again after an upgrade:
--   psql "$DATABASE_URL" -f deploy/grafana/role.sql
--   psql "$DATABASE_URL" -c '\password grafana_reader'
do $$
begin
  if not exists (select from pg_roles where rolname = 'grafana_reader') then
    create role grafana_reader login noinherit connection limit 20;
  end if;
end
$$;

alter role grafana_reader set default_transaction_read_only = on;
alter role grafana_reader set statement_timeout = '30s';
grant usage on schema public to grafana_reader;
grant select on
  grafana_host, grafana_host_group, grafana_host_minute, grafana_fleet_minute, grafana_source, grafana_event, grafana_incident, grafana_alert,
  tb_minute
to grafana_reader;
grant execute on function tb_interval(text, bigint) to grafana_reader;
