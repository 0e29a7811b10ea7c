-- What a room is to one of its people, and whom a message calls by name.

-- What changed since is found by comparing with the number of the transaction that changed it: writer.epoch and
-- writer.batch in one number.
alter table room add column changed bigint not null default 0;
-- The same for a mark that was moved by reading. Who moves it by saying something changes the room.
alter table cursor add column changed bigint not null default 0;

-- What people set for rooms of theirs. Who goes leaves a row in which nothing is set, so that their devices learn of it.
create table conversation (
    user_id     bigint  not null references account,
    room_id     bigint  not null references room,
    changed     bigint  not null,
    -- Until when nothing of it shall ring; null for never, the largest number for ever.
    muted_until bigint,
    pinned      boolean not null,
    archived    boolean not null,
    -- To be shown as unread, whatever the mark says. Reading and saying something take it away.
    marked      boolean not null,
    -- What they began to write: a salt, and what is sealed with the key that follows from it. Saying something erases it.
    unsaid      bytea,
    unsaid_at   bigint,
    primary key (user_id, room_id)
) with (fillfactor = 80);

-- Where saying something takes something away.
create index conversation_waiting on conversation (user_id, room_id) where unsaid is not null or marked;

-- Which messages call whom, as they are worded now: a message that was recalled calls nobody.
create table mention (
    -- 0 for everybody.
    user_id bigint not null,
    room_id bigint not null,
    seq     bigint not null,
    primary key (user_id, room_id, seq)
);

create index mention_of_message on mention (room_id, seq);

analyze conversation, mention;
