-- How far messages have come to people.

-- Up to where some device of theirs has acknowledged everything, in rooms of at most 1,000 members. What was read was
-- delivered as well: behind read_seq this says nothing.
alter table cursor add column delivered_seq bigint not null default 0;
