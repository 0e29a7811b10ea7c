-- Every id of a user and a room is a 63-bit snowflake made by the program; times are milliseconds since 1970, never used
-- for order. Handles are compared byte by byte, whatever the database's language is.

-- What is true of the whole database; one row.
create table meta (
    id          smallint primary key check (id = 1),
    -- Which life of the log this is. A restore raises it: cursors of another life may point past the end.
    incarnation bigint   not null,
    -- Follows from the master key: a wrong key is told before anything is touched.
    key_check   bytea    not null
);

-- Who writes, and how far they are; one row, which every transaction that writes updates first. So there is one such
-- transaction at a time, a server whose place was taken writes nothing more, and a COMMIT whose answer was lost is found
-- here: it was done if its number stands in the row.
create table writer (
    id    smallint primary key check (id = 1),
    -- Raised by each server that takes the database.
    epoch bigint   not null,
    -- Counts that server's transactions.
    batch bigint   not null
);

-- People and things that may come in.
create table account (
    id            bigint  primary key,
    -- The name in topics, never reused.
    handle        text    collate "C" not null unique,
    -- An argon2id PHC string; null for one who comes by token only.
    password_hash text,
    admin         boolean not null,
    -- Raised to end every token given before.
    token_version bigint  not null,
    -- Raised by every change of this account's memberships, so that a missed notice is found by comparing.
    rooms_version bigint  not null,
    created_at    bigint  not null
) with (fillfactor = 90);

-- Rooms, and the end of each room's log. Every batch moves the ends of its rooms: what is left free on a page keeps the
-- new row beside the old one, so that no index has to learn of it.
create table room (
    id            bigint   primary key,
    handle        text     collate "C" not null unique,
    -- 1 direct, 2 group.
    kind          smallint not null,
    -- Raised by every change of membership or settings; an entry judged under another version is not taken.
    rules_version bigint   not null,
    -- The last number given. The next entry has the next one: no hole, no second use.
    last_seq      bigint   not null,
    -- How many of them can be unread. Unread = last_n - cursor.read_n, never a count of rows.
    last_n        bigint   not null,
    -- The oldest entry that retention left.
    first_seq     bigint   not null,
    member_count  bigint   not null,
    -- Which master key wrapped the room's key.
    key_id        bigint   not null,
    wrapped_key   bytea    not null,
    created_at    bigint   not null
) with (fillfactor = 70);

-- The one room of two people. A pair is written smaller id first; a person's own room has both the same.
create table direct (
    a       bigint not null,
    b       bigint not null check (a <= b),
    room_id bigint not null references room,
    primary key (a, b)
);

-- Who may hear what: from the entry of joining to the entry of leaving, both included.
create table membership (
    room_id  bigint   not null references room,
    user_id  bigint   not null references account,
    from_seq bigint   not null,
    -- Null while it lasts.
    to_seq   bigint,
    ended_at bigint,
    -- 2 member, 4 owner.
    role     smallint not null,
    -- The account's, repeated so that the members of a large room are listed by name page by page.
    handle   text     collate "C" not null,
    primary key (room_id, user_id, from_seq)
);

create index membership_of_user on membership (user_id, ended_at);
create unique index member_by_handle on membership (room_id, handle) where to_seq is null;

-- What was said. The rows of all rooms lie one after another in the order of their commits; the parts keep the indexes
-- of a large log small, and belong to rooms, so that one room is read from one part.
create table message (
    room_id    bigint   not null,
    -- Counts 1, 2, 3 within a room and skips nothing: a client that has 41 asks for 42.
    seq        bigint   not null,
    -- The room's entries that can be unread, this one included.
    n          bigint   not null,
    sender_id  bigint   not null,
    -- The device it came from, as a number; No Local compares it.
    origin     bigint,
    -- Chosen by the sender's device, best a UUIDv7. Sending a draft again finds the first message.
    draft      uuid,
    -- chat::Kind.
    kind       smallint not null,
    sent_at    bigint   not null,
    expires_at bigint,
    -- Sealed with the sender's key for this room if a person said it (kinds below 32), otherwise in clear.
    body       bytea    not null,
    primary key (room_id, seq)
) partition by hash (room_id);

do $$
begin
    for part in 0..15 loop
        execute format(
            'create table message_%s partition of message for values with (modulus 16, remainder %s)',
            lpad(part::text, 2, '0'), part);
    end loop;
end $$;

-- By draft first: drafts grow with time, so the index grows at its end.
create unique index message_once_per_draft on message (draft, sender_id, room_id) where draft is not null;

-- What a sender's key in a room follows from. Deleting the row takes away their bodies for ever.
create table sender_key (
    room_id   bigint not null,
    sender_id bigint not null references account,
    salt      bytea  not null check (length(salt) = 32),
    primary key (room_id, sender_id)
);

-- How far a person has read a room, on whatever device. Only grows. No other index, so that a mark that moves stays on
-- its page.
create table cursor (
    user_id  bigint not null,
    room_id  bigint not null,
    read_seq bigint not null,
    -- message.n at read_seq.
    read_n   bigint not null,
    primary key (user_id, room_id)
) with (fillfactor = 60);

-- Rooms in which something waits for a consumer (push, webhooks, search): one row at most for each, however
-- much was said. The log itself is the outbox.
create table due (
    kind     smallint not null,
    room_id  bigint   not null,
    -- The oldest entry the consumer has not seen.
    from_seq bigint   not null,
    due_at   bigint   not null,
    primary key (kind, room_id)
);

create index due_by_time on due (kind, due_at);

-- What devices leave behind when they go. A session's id is never used twice, and below 2^47: it is the upper part of
-- inbound.id.
create sequence session_id maxvalue 140737488355327;

create table session (
    id            bigint  primary key default nextval('session_id'),
    user_id       bigint  not null references account,
    -- The MQTT client id.
    client_id     text    collate "C" not null,
    -- Counts the openings; writes of an earlier one are ignored.
    epoch         bigint  not null,
    -- True after an orderly end, false while connected and after a crash.
    clean         boolean not null,
    -- The log's incarnation when it was saved.
    incarnation   bigint  not null,
    saved_at      bigint  not null,
    -- Seconds it outlives its connection, as granted at its last opening. Null for ever.
    outlives      bigint,
    -- When it may be forgotten. Null while connected, and for one that never expires.
    expires_at    bigint,
    -- Packed lists, see store::packed: filters, places in rooms, unacknowledged packets.
    subscriptions bytea   not null,
    cursors       bytea   not null,
    in_flight     bytea   not null,
    -- Sealed: answers the device has not heard, and its will. Null for none.
    replies       bytea,
    will          bytea,
    -- Seconds from the end of the connection to the will; in clear, so that a start after a crash need not open it.
    will_delay    bigint,
    -- When the will is published. Null while connected.
    will_due      bigint,
    check (will is not null or will_due is null),
    check (will is null or will_delay is not null),
    unique (user_id, client_id)
) with (fillfactor = 70);

create index session_by_expiry on session (expires_at) where expires_at is not null;
-- What was running when the process died is found here without reading everything that is at rest.
create index session_running on session (id) where not clean;
create index session_by_will on session (will_due) where will_due is not null;

-- Packets that became entries: the second sending of a PUBLISH without a draft is found here.
create table inbound (
    -- session.id * 65536 + packet id.
    id      bigint  primary key,
    room_id bigint  not null,
    seq     bigint  not null,
    -- True for QoS 2, whose id waits for its PUBREL.
    held    boolean not null
) with (fillfactor = 80);

-- A planner that knows nothing of a table reads all of it.
analyze meta, writer, account, room, direct, membership, message, sender_key, cursor, due, session, inbound;
