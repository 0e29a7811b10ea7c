-- What devices leave behind when they go.

create table session (
    -- Never used twice, and below 2^47: it is the upper part of inbound.id.
    id            integer primary key autoincrement check (id < 140737488355328),
    user_id       integer not null references account,
    -- The MQTT client id.
    client_id     text    not null,
    -- Counts the openings; writes of an earlier one are ignored.
    epoch         integer not null,
    -- 1 after an orderly end, 0 while connected and after a crash.
    clean         integer not null,
    -- The log's incarnation when it was saved.
    incarnation   integer not null,
    saved_at      integer not null,
    -- When it may be forgotten. Null while connected, and for one that never expires.
    expires_at    integer,
    -- Packed lists, see src/session/packed.rs: filters, places in rooms, unacknowledged packets.
    subscriptions blob    not null,
    cursors       blob    not null,
    in_flight     blob    not null,
    -- Sealed: answers the device has not heard, and its will. Null for none.
    replies       blob,
    will          blob,
    -- When the will is published.
    will_due      integer,
    unique (user_id, client_id)
) strict;

create index session_by_expiry on session (expires_at) where expires_at is not null;
create index session_by_will on session (will_due) where will_due is not null;

-- Packets that became entries: the second sending of a PUBLISH without a draft is found here.
create table inbound (
    -- session.id * 65536 + packet id.
    id      integer primary key,
    room_id integer not null,
    seq     integer not null,
    -- 1 for QoS 2, whose id waits for its PUBREL.
    held    integer not null
) strict;
