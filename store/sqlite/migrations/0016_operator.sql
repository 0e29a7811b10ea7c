-- Who works at the machine itself has no account: what they do by command line is by nobody.
create table audit_by_anybody (
    id     integer primary key,
    by_id  integer references account,
    -- The name of the request, and the request without its secrets.
    act    text    not null,
    input  text    not null,
    at     integer not null,
    -- How it ended, as a status of HTTP. Null while it runs.
    status integer
) strict;

insert into audit_by_anybody (id, by_id, act, input, at, status) select id, by_id, act, input, at, status from audit;
drop table audit;
alter table audit_by_anybody rename to audit;
create index audit_by on audit (by_id, id);
