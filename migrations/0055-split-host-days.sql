-- What was received of a host on a day may be more than one file takes: then it lies in several, noted at once.

alter table archive_host add column day_rows bigint;

comment on column archive_host.day_rows is 'Rows of the host''s day in all files that were noted with this one; null = this block is all';
