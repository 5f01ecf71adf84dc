-- What a report found, for lists: its manifest alone may have megabytes.

alter table report add column verdicts jsonb;
comment on column report.verdicts is 'The worst verdict of each of its profiles; null = not kept: the report is older than this column';
