-- Which messages answer which, so that a thread is read without opening every message of its room: what a message
-- answers is sealed with its words. Those said before this table was there are in no thread.
create table reply (
    room_id integer not null,
    -- The message that is answered.
    of_seq  integer not null,
    -- The answer.
    seq     integer not null,
    primary key (room_id, of_seq, seq)
) strict, without rowid;
