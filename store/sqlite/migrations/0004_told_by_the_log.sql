-- What the log tells by itself is not written beside it a second time: a page for each message that a batch of many
-- rooms would have to write (docs/performance.md).

-- The end of a room's log is its last entry.
alter table room drop column last_seq;
alter table room drop column last_n;
create view room_with_end as
    select r.*, m.seq as last_seq, m.n as last_n
    from room r cross join message m
         on m.room_id = r.id and m.seq = (select max(e.seq) from message e where e.room_id = r.id);

-- Who says something has read what was before. Those marks are written later, many at once; up to this message.id
-- they are.
alter table meta add column marked integer not null default 0;
update meta set marked = (select coalesce(max(id), 0) from message);
