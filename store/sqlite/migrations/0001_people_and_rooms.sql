-- Who there is and where they meet.
-- Every id is a 63-bit snowflake made by the program; times are milliseconds since 1970, never used for order.

-- What is true of the whole database; one row.
create table meta (
    id          integer primary key check (id = 1),
    -- Which life of the log this is. A restore raises it: cursors of another life may point past the end.
    incarnation integer not null,
    -- Follows from the master key: a wrong key is told before anything is touched.
    key_check   blob    not null
) strict;

-- People and things that may come in.
create table account (
    id            integer primary key,
    -- The name in topics, never reused.
    handle        text    not null unique,
    -- An argon2id PHC string; null for one who comes by token only.
    password_hash text,
    admin         integer not null,
    -- Raised to end every token given before.
    token_version integer not null,
    -- Raised by every change of this account's memberships, so that a missed notice is found by comparing.
    rooms_version integer not null,
    created_at    integer not null
) strict;

-- Rooms, and the end of each room's log.
create table room (
    id            integer primary key,
    handle        text    not null unique,
    -- 1 direct, 2 group.
    kind          integer not null,
    -- Raised by every change of membership or settings; an entry judged under another version is not taken.
    rules_version integer not null,
    -- The last number given. The next entry has the next one: no hole, no second use.
    last_seq      integer not null,
    -- How many of them can be unread. Unread = last_n - cursor.read_n, never a count of rows.
    last_n        integer not null,
    -- The oldest entry that retention left.
    first_seq     integer not null,
    member_count  integer not null,
    -- Which master key wrapped the room's key.
    key_id        integer not null,
    wrapped_key   blob    not null,
    created_at    integer not null
) strict;

-- The one room of two people. A pair is written smaller id first; a person's own room has both the same.
create table direct (
    a       integer not null,
    b       integer not null check (a <= b),
    room_id integer not null references room,
    primary key (a, b)
) strict, without rowid;

-- Who may hear what: from the entry of joining to the entry of leaving, both included.
create table membership (
    room_id  integer not null references room,
    user_id  integer not null references account,
    from_seq integer not null,
    -- Null while it lasts.
    to_seq   integer,
    ended_at integer,
    -- 2 member, 4 owner.
    role     integer not null,
    -- The account's, repeated so that the members of a large room are listed by name page by page.
    handle   text    not null,
    primary key (room_id, user_id, from_seq)
) strict, without rowid;

create index membership_of_user on membership (user_id, ended_at);
create unique index member_by_handle on membership (room_id, handle) where to_seq is null;
