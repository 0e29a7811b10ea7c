-- In a room of thousands few are told who comes, goes or puts a sign to something (chat::Reach).

-- 1 where few are told of the entry; null where everybody is.
alter table message add column few integer;
-- The last entry before it that everybody is told; null where that is the entry just before.
alter table message add column before integer;

-- Messages whose signs few were told of: everybody is yet to be told how many there are.
create table uncounted (
    room_id integer not null,
    -- The message.
    of_seq  integer not null,
    -- The entry that changed its signs last, and whose it is.
    seq     integer not null,
    by_id   integer not null,
    primary key (room_id, of_seq)
) strict, without rowid;

drop view room_with_end;
create view room_with_end as
    select r.*, m.seq as last_seq, m.n as last_n,
           case when m.few = 1 then coalesce(m.before, m.seq - 1) else m.seq end as last_told
    from room r cross join message m
         on m.room_id = r.id and m.seq = (select max(e.seq) from message e where e.room_id = r.id);
