-- What waits for one of a group goes to another of it when the session ends.

-- The QoS of a message that waits for the sake of a group, and 0 for any other.
alter table app_queue add column turn smallint not null default 0;

create index app_queue_turns on app_queue (session, message) where turn > 0;

-- Whether the end was an orderly one: of what was begun at QoS 2 then it was noted that nobody else has it, and it waits
-- for no group any more. Otherwise any of it may have been begun.
alter table app_ended add column clean boolean not null default false;
