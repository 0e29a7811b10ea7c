-- What is set for rooms, what people are in them, and the ways in. What changes of it is an entry of the room's log
-- (message.kind from 33 to 41); here stands what holds now.

-- How a room is shown.
alter table room add column name text;
alter table room add column description text;
-- An id that apps agree on.
alter table room add column avatar text;
-- chat::Joining: 1 open, 2 by request, 3 by invitation.
alter table room add column join_rule integer not null default 3;
-- chat::History: 1 from the join on, 2 all.
alter table room add column history integer not null default 1;
-- chat::Role, the least that may: 1 guest, 2 member, 3 admin, 4 owner.
alter table room add column write_role integer not null default 2;
alter table room add column pin_role integer not null default 3;
alter table room add column invite_role integer not null default 2;
-- Null is without end.
alter table room add column member_limit integer;
-- Seconds between two messages of one person; 0 is no limit.
alter table room add column slow_mode integer not null default 0;
-- Whether strangers find it.
alter table room add column listed integer not null default 0;

-- In a room of two both write and pin, and nobody is let in.
update room set write_role = 1, pin_role = 1, invite_role = 4 where kind = 1;

create index room_listed on room (handle) where listed = 1;

drop view room_with_end;
create view room_with_end as
    select r.*, m.seq as last_seq, m.n as last_n
    from room r cross join message m
         on m.room_id = r.id and m.seq = (select max(e.seq) from message e where e.room_id = r.id);

-- The first entry that may be read, where that is before from_seq, the entry of the join.
alter table membership add column hears_from integer;
-- Until when they listen only; null if they speak.
alter table membership add column muted_until integer;

-- Those who manage the room, who are told of all who come and go.
create index membership_of_managers on membership (room_id) where to_seq is null and role >= 3;

-- Who is let in no more.
create table ban (
    room_id integer not null,
    user_id integer not null,
    -- The account's, repeated so that they are listed by name.
    handle  text    not null,
    by_id   integer not null,
    at      integer not null,
    primary key (room_id, user_id)
) strict, without rowid;

create index ban_by_handle on ban (room_id, handle);

-- Who may come in if they like to: at most one invitation for each person and room.
create table room_invitation (
    room_id    integer not null,
    user_id    integer not null,
    by_id      integer not null,
    role       integer not null,
    at         integer not null,
    expires_at integer not null,
    primary key (room_id, user_id)
) strict, without rowid;

create index room_invitation_of_user on room_invitation (user_id, at);
create index room_invitation_by_end on room_invitation (expires_at);

-- Links that let in whoever has one. Of its secret only a hash is here.
create table room_link (
    id         integer primary key,
    room_id    integer not null,
    hash       blob    not null unique check (length(hash) = 32),
    by_id      integer not null,
    role       integer not null,
    -- Null is without end.
    uses_left  integer,
    at         integer not null,
    expires_at integer
) strict;

create index room_link_of_room on room_link (room_id, id);
create index room_link_by_end on room_link (expires_at) where expires_at is not null;

-- Who would like to be let in.
create table room_request (
    room_id integer not null,
    user_id integer not null,
    handle  text    not null,
    words   text    not null,
    at      integer not null,
    primary key (room_id, user_id)
) strict, without rowid;

create index room_request_by_handle on room_request (room_id, handle);

-- When people said something in slow rooms. Rows of rooms that are slow no more are harmless.
create table last_said (
    room_id integer not null,
    user_id integer not null,
    at      integer not null,
    primary key (room_id, user_id)
) strict, without rowid;
