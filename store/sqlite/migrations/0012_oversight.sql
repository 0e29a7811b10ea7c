-- What is reported, what is decided on it, and what administrators did.

create table report (
    id         integer primary key,
    by_id      integer not null references account,
    -- What: a message (room, seq, and who said it), a user, or a room; 0 for what it is not about.
    room_id    integer not null,
    seq        integer not null,
    user_id    integer not null,
    -- Sealed: why, in the words of who reports.
    reason     blob    not null,
    at         integer not null,
    -- 1 dismissed, 2 upheld (store::Verdict). Null while it waits.
    verdict    integer,
    decided_by integer references account,
    -- Sealed: words for other administrators.
    note       blob,
    decided_at integer,
    check ((verdict is null) = (decided_by is null) and (verdict is null) = (note is null)
           and (verdict is null) = (decided_at is null))
) strict;

-- The same report while it waits is one.
create unique index report_waiting on report (by_id, room_id, seq, user_id) where verdict is null;
create index report_decided on report (id) where verdict is not null;
create index report_open on report (id) where verdict is null;

-- Every act of an administrator, written before it is done.
create table audit (
    id     integer primary key,
    by_id  integer not null references account,
    -- The name of the request, and the request without its secrets.
    act    text    not null,
    input  text    not null,
    at     integer not null,
    -- How it ended, as a status of HTTP. Null while it runs.
    status integer
) strict;

create index audit_by on audit (by_id, id);
