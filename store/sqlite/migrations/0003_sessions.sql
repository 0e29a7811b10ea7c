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
    -- Seconds it outlives its connection, as granted at its last opening. Null for ever.
    outlives      integer,
    -- When it may be forgotten. Null while connected, and for one that never expires.
    expires_at    integer,
    -- Packed lists, see src/session/packed.rs: filters, places in rooms, unacknowledged packets.
    subscriptions blob    not null,
    cursors       blob    not null,
    in_flight     blob    not null,
    -- Sealed: answers the device has not heard, and its will. Null for none.
    replies       blob,
    will          blob,
    -- Seconds from the end of the connection to the will; in clear, so that a start after a crash need not open it.
    will_delay    integer,
    -- When the will is published. Null while connected.
    will_due      integer,
    check (will is not null or will_due is null),
    check (will is null or will_delay is not null),
    unique (user_id, client_id)
) strict;

create index session_by_expiry on session (expires_at) where expires_at is not null;
-- What was running when the process died is found here without reading everything that is at rest.
create index session_running on session (id) where clean = 0;
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
