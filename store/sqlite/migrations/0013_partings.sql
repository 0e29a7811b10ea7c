-- Who goes for good: the wish is on the disk before anything of it is done, so that it is finished whatever happens in
-- between.
create table parting (
    user_id integer primary key references account,
    -- Whether what they said goes too.
    erase   integer not null
) strict;

-- The signs of a person who goes are found by it.
create index sign_of_user on sign (user_id, room_id);
