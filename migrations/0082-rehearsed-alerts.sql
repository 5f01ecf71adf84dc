-- Whether an alert rests on a declared fault is a matter of each alert: a real one may follow a rehearsal.

alter table alert add column rehearsal boolean not null default false;
