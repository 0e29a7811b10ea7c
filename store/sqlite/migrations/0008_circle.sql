-- Whom people know, and whom they keep away.

-- A tie has a row for each of the two, so that each list is read by one key.
create table contact (
    user_id  integer not null references account,
    other_id integer not null references account,
    -- 1 the other asked, 2 this one asked, 3 contacts (store::Tie).
    tie      integer not null,
    since    integer not null,
    primary key (user_id, other_id)
) strict, without rowid;

-- Who keeps whom away.
create table block (
    user_id  integer not null references account,
    other_id integer not null references account,
    since    integer not null,
    primary key (user_id, other_id)
) strict, without rowid;

-- A room of two is closed while one of them keeps the other away: whose room it is, by the room.
create index direct_by_room on direct (room_id);
