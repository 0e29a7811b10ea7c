-- In a room of thousands few are told who comes, goes or puts a sign to something (chat::Reach).

-- Whether few are told of the entry.
alter table message add column few boolean not null default false;
-- The last entry before it that everybody is told; null where that is the entry just before.
alter table message add column before bigint;

-- The last entry that everybody in the room is told. A room begins with one.
alter table room add column last_told bigint not null default 1;
update room set last_told = last_seq;

-- Messages whose signs few were told of: everybody is yet to be told how many there are.
create table uncounted (
    room_id bigint not null,
    -- The message.
    of_seq  bigint not null,
    -- The entry that changed its signs last, and whose it is.
    seq     bigint not null,
    by_id   bigint not null,
    primary key (room_id, of_seq)
);
