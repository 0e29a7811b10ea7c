-- A list of conversations asks for all rooms of a person at once: what it has to know of each is found in one place,
-- however far apart the rooms are.
drop index membership_of_user;
create index membership_of_user on membership (user_id, ended_at, room_id, from_seq, hears_from, role);
