-- What is done to a message is an entry of the log like the message itself (message.kind from 48). Beside it stands only
-- what would otherwise have to be searched for.

-- Which entries give a message other words: the last one counts, and a recall erases them all.
create table edit (
    room_id bigint not null,
    -- The message.
    of_seq  bigint not null,
    -- The entry with the other words. At most 100 for one message (chat::Deed::MAX_EDITS).
    seq     bigint not null,
    primary key (room_id, of_seq, seq)
);

-- Signs that people put to messages. The log says who did it when; here is what stands of it.
create table sign (
    room_id bigint not null,
    -- The message.
    of_seq  bigint not null,
    user_id bigint not null,
    -- An emoji or a short word, in clear, so that those of many people are counted (chat::Sign).
    sign    text   collate "C" not null,
    -- The entry that put it.
    seq     bigint not null,
    primary key (room_id, of_seq, user_id, sign)
);

-- How many people have put each, so that a message which everybody likes is shown at the price of any other. At most 50
-- for one message (chat::Deed::MAX_SIGNS). A count moves with every sign: room is left for it on its page.
create table signed (
    room_id bigint not null,
    of_seq  bigint not null,
    sign    text   collate "C" not null,
    people  bigint not null check (people > 0),
    primary key (room_id, of_seq, sign)
) with (fillfactor = 70);

-- Messages that everybody in a room shall find. At most 50 for one room (chat::Deed::MAX_PINS).
create table pin (
    room_id bigint not null,
    -- The message.
    of_seq  bigint not null,
    -- The entry that pinned it.
    seq     bigint not null,
    primary key (room_id, of_seq)
);

-- Which messages answer which, so that a thread is read without opening every message of its room: what a message
-- answers is sealed with its words.
create table reply (
    room_id bigint not null,
    -- The message that is answered.
    of_seq  bigint not null,
    -- The answer.
    seq     bigint not null,
    primary key (room_id, of_seq, seq)
);

analyze edit, sign, signed, pin, reply;
