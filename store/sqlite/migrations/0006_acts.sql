-- What is done to a message is an entry of the log like the message itself (message.kind from 48). Beside it stands only
-- what would otherwise have to be searched for.

-- Which entries give a message other words: the last one counts, and a recall erases them all.
create table edit (
    room_id integer not null,
    -- The message.
    of_seq  integer not null,
    -- The entry with the other words. At most 100 for one message (chat::Deed::MAX_EDITS).
    seq     integer not null,
    primary key (room_id, of_seq, seq)
) strict, without rowid;

-- Signs that people put to messages. The log says who did it when; here is what stands of it.

create table sign (
    room_id integer not null,
    -- The message.
    of_seq  integer not null,
    user_id integer not null,
    -- An emoji or a short word, in clear, so that those of many people are counted (chat::Sign).
    sign    text    not null,
    -- The entry that put it.
    seq     integer not null,
    primary key (room_id, of_seq, user_id, sign)
) strict, without rowid;

-- How many people have put each, so that a message which everybody likes is shown at the price of any other. At most 50
-- for one message (chat::Deed::MAX_SIGNS).
create table signed (
    room_id integer not null,
    of_seq  integer not null,
    sign    text    not null,
    people  integer not null check (people > 0),
    primary key (room_id, of_seq, sign)
) strict, without rowid;

-- Messages that everybody in a room shall find. At most 50 for one room (chat::Deed::MAX_PINS).
create table pin (
    room_id integer not null,
    -- The message.
    of_seq  integer not null,
    -- The entry that pinned it.
    seq     integer not null,
    primary key (room_id, of_seq)
) strict, without rowid;
