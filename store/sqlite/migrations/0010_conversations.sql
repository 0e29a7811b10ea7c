-- What a room is to one of its people, and whom a message calls by name.

-- Counts the changes below that are no entries of a log: what changed since is found by comparing. A room that something
-- was said in is found by the number of its last message.
alter table meta add column changes integer not null default 0;
-- meta.changes when the mark was moved by reading. Who moves it by saying something changes the room.
alter table cursor add column changed integer not null default 0;

-- What people set for rooms of theirs. Who goes leaves a row in which nothing is set, so that their devices learn of it.
create table conversation (
    user_id     integer not null references account,
    room_id     integer not null references room,
    -- meta.changes.
    changed     integer not null,
    -- Until when nothing of it shall ring; null for never, the largest number for ever.
    muted_until integer,
    pinned      integer not null,
    archived    integer not null,
    -- To be shown as unread, whatever the mark says. Reading and saying something take it away.
    marked      integer not null,
    -- What they began to write: a salt, and what is sealed with the key that follows from it. Saying something erases it.
    unsaid      blob,
    unsaid_at   integer,
    primary key (user_id, room_id)
) strict, without rowid;

-- Where saying something takes something away.
create index conversation_waiting on conversation (user_id, room_id) where unsaid is not null or marked <> 0;

-- Which messages call whom, as they are worded now: a message that was recalled calls nobody.
create table mention (
    -- 0 for everybody.
    user_id integer not null,
    room_id integer not null,
    seq     integer not null,
    primary key (user_id, room_id, seq)
) strict, without rowid;

create index mention_of_message on mention (room_id, seq);
