-- Who may call everybody in a room (chat::Role, the least that may). Before, it was who managed it; in a room of two both
-- may.
alter table room add column call_role smallint not null default 3;
update room set call_role = 1 where kind = 1;
