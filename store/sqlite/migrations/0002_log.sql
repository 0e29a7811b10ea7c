-- What was said, and how far it was read.

-- The logs of all rooms, one row after another in the order of their commits. A table that only grows at its end
-- writes few pages for a batch; rows clustered by room would dirty a page for each (docs/decisions/0003).
create table message (
    id         integer primary key,
    room_id    integer not null,
    -- Counts 1, 2, 3 within a room and skips nothing: a client that has 41 asks for 42.
    seq        integer not null,
    -- The room's entries that can be unread, this one included.
    n          integer not null,
    sender_id  integer not null,
    -- The device it came from, as a number; No Local compares it.
    origin     integer,
    -- Chosen by the sender's device, best a UUIDv7. Sending a draft again finds the first message.
    draft      blob,
    -- chat::Kind.
    kind       integer not null,
    sent_at    integer not null,
    expires_at integer,
    -- Sealed with the sender's key for this room if a person said it (kinds below 32), otherwise in clear.
    body       blob    not null
) strict;

create unique index message_by_place on message (room_id, seq);
-- By draft first: drafts grow with time, so the index too grows at its end.
create unique index message_once_per_draft on message (draft, sender_id, room_id) where draft is not null;

-- What a sender's key in a room follows from. Deleting the row takes away their bodies for ever.
create table sender_key (
    room_id   integer not null,
    sender_id integer not null references account,
    salt      blob    not null check (length(salt) = 32),
    primary key (room_id, sender_id)
) strict, without rowid;

-- How far a person has read a room, on whatever device. Only grows.
create table cursor (
    user_id  integer not null,
    room_id  integer not null,
    read_seq integer not null,
    -- message.n at read_seq.
    read_n   integer not null,
    primary key (user_id, room_id)
) strict, without rowid;

-- Rooms in which something waits for a consumer (push, webhooks, search): one row at most for each, however
-- much was said. The log itself is the outbox.
create table due (
    kind     integer not null,
    room_id  integer not null,
    -- The oldest entry the consumer has not seen.
    from_seq integer not null,
    due_at   integer not null,
    primary key (kind, room_id)
) strict, without rowid;

create index due_by_time on due (kind, due_at);
