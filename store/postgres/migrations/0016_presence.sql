-- How people show that they are there. Who has no row shows it as everybody does who set nothing.

create table presence (
    user_id    bigint   primary key references account,
    -- 1 everyone, 2 contacts and people in common rooms, 3 nobody (chat::Visibility); null if it was never set.
    visibility smallint,
    -- What they say of it: a salt, and what is sealed with the key that follows from it.
    text       bytea,
    -- When they were here last. It is noted now and then, and when they go.
    last_seen  bigint,
    -- Devices that said something else than online, for the time after a restart: nine bytes each.
    devices    bytea
);

create index presence_with_devices on presence (user_id) where devices is not null;
