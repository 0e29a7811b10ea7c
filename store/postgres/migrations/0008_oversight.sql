-- What is reported, what is decided on it, and what administrators did.

create table report (
    id         bigint primary key,
    by_id      bigint not null references account,
    -- What: a message (room, seq, and who said it), a user, or a room; 0 for what it is not about.
    room_id    bigint not null,
    seq        bigint not null,
    user_id    bigint not null,
    -- Sealed: why, in the words of who reports.
    reason     bytea    not null,
    at         bigint not null,
    -- 1 dismissed, 2 upheld (store::Verdict). Null while it waits.
    verdict    smallint,
    decided_by bigint references account,
    -- Sealed: words for other administrators.
    note       bytea,
    decided_at bigint,
    check ((verdict is null) = (decided_by is null) and (verdict is null) = (note is null)
           and (verdict is null) = (decided_at is null))
);

-- The same report while it waits is one.
create unique index report_waiting on report (by_id, room_id, seq, user_id) where verdict is null;
create index report_decided on report (id) where verdict is not null;
create index report_open on report (id) where verdict is null;

-- Every act of an administrator, written before it is done.
create table audit (
    id     bigint primary key,
    by_id  bigint not null references account,
    -- The name of the request, and the request without its secrets.
    act    text    not null,
    input  text    not null,
    at     bigint not null,
    -- How it ended, as a status of HTTP. Null while it runs.
    status smallint
);

create index audit_by on audit (by_id, id);
