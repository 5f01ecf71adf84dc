-- The log of evidence and what was declared for audits, append-only for the server. Run this as the owner of the schema, after each migration, with the name of the
-- role as which servers connect:
--   psql -v server=truebound_server -f log-grants.sql
-- That role must own none of these tables: an owner can take triggers away, and TRUNCATE.

revoke all on log_shard, log_run, log_entry, log_head, log_anchor, log_path, log_tile, log_pending, log_host, log_block, log_scrub,
  log_difference from :"server";
grant select, insert on log_shard, log_run, log_entry, log_head, log_anchor, log_path to :"server";
-- The last tile of a level grows; a trigger refuses all else.
grant select, insert on log_tile to :"server";
grant update (hashes) on log_tile to :"server";
-- Of a month in which nothing is kept drop_spent_shard takes the tiles, by its owner's rights, once it has seen that it is one.
grant select, insert, delete on log_pending to :"server";
grant select, insert, update on log_host to :"server";
grant select, update on log_scrub to :"server";
grant select, insert, update, delete on log_block, log_difference to :"server";

-- What people declared for audits.
revoke all on audit_scope, audit_exemption, audit_exemption_end, audit_inventory, audit_version from :"server";
grant select, insert on audit_scope, audit_exemption, audit_exemption_end, audit_inventory, audit_version to :"server";

-- Who signs reports off, and what was signed.
revoke all on report_signer, report_signoff from :"server";
grant select, insert on report_signer, report_signoff to :"server";
