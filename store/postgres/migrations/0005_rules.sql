-- What is set for rooms, what people are in them, and the ways in. What changes of it is an entry of the room's log
-- (message.kind from 33 to 41); here stands what holds now.

-- How a room is shown.
alter table room add column name text;
alter table room add column description text;
-- An id that apps agree on.
alter table room add column avatar text;
-- chat::Joining: 1 open, 2 by request, 3 by invitation.
alter table room add column join_rule smallint not null default 3;
-- chat::History: 1 from the join on, 2 all.
alter table room add column history smallint not null default 1;
-- chat::Role, the least that may: 1 guest, 2 member, 3 admin, 4 owner.
alter table room add column write_role smallint not null default 2;
alter table room add column pin_role smallint not null default 3;
alter table room add column invite_role smallint not null default 2;
-- Null is without end.
alter table room add column member_limit bigint;
-- Seconds between two messages of one person; 0 is no limit.
alter table room add column slow_mode bigint not null default 0;
-- Whether strangers find it.
alter table room add column listed boolean not null default false;

-- In a room of two both write and pin, and nobody is let in.
update room set write_role = 1, pin_role = 1, invite_role = 4 where kind = 1;

create index room_listed on room (handle) where listed;

-- The first entry that may be read, where that is before from_seq, the entry of the join.
alter table membership add column hears_from bigint;
-- Until when they listen only; null if they speak.
alter table membership add column muted_until bigint;

-- Those who manage the room, who are told of all who come and go.
create index membership_of_managers on membership (room_id) where to_seq is null and role >= 3;

-- Who is let in no more.
create table ban (
    room_id bigint not null,
    user_id bigint not null,
    -- The account's, repeated so that they are listed by name.
    handle  text    collate "C" not null,
    by_id   bigint not null,
    at      bigint not null,
    primary key (room_id, user_id)
);

create index ban_by_handle on ban (room_id, handle);

-- Who may come in if they like to: at most one invitation for each person and room.
create table room_invitation (
    room_id    bigint not null,
    user_id    bigint not null,
    by_id      bigint not null,
    role       smallint not null,
    at         bigint not null,
    expires_at bigint not null,
    primary key (room_id, user_id)
);

create index room_invitation_of_user on room_invitation (user_id, at);
create index room_invitation_by_end on room_invitation (expires_at);

-- Links that let in whoever has one. Of its secret only a hash is here.
create table room_link (
    id         bigint primary key,
    room_id    bigint not null,
    hash       bytea   not null unique check (length(hash) = 32),
    by_id      bigint not null,
    role       smallint not null,
    -- Null is without end.
    uses_left  bigint,
    at         bigint not null,
    expires_at bigint
);

create index room_link_of_room on room_link (room_id, id);
create index room_link_by_end on room_link (expires_at) where expires_at is not null;

-- Who would like to be let in.
create table room_request (
    room_id bigint not null,
    user_id bigint not null,
    handle  text    collate "C" not null,
    words   text    not null,
    at      bigint not null,
    primary key (room_id, user_id)
);

create index room_request_by_handle on room_request (room_id, handle);

-- When people said something in slow rooms. Rows of rooms that are slow no more are harmless.
create table last_said (
    room_id bigint not null,
    user_id bigint not null,
    at      bigint not null,
    primary key (room_id, user_id)
);
