-- Who is told when they are away, and what is to be told.

-- Where a device is reached, app by app.
create table push_device (
    id            bigint primary key,
    user_id       bigint not null references account,
    -- The MQTT client id.
    device        text    not null,
    app           text    not null,
    -- apns, fcm, web, log.
    provider      text    not null,
    -- What sort of address it is and how it wants to be told, as the giver writes it.
    how           text    not null,
    -- Sealed.
    address       bytea    not null,
    -- SHA-256 of app, provider and address: an address is one device's at a time.
    address_key   bytea    not null unique,
    registered_at bigint not null,
    -- Why it is not used until it registers again.
    disabled      text,
    disabled_at   bigint,
    check ((disabled is null) = (disabled_at is null)),
    unique (user_id, device, app)
);

-- Hours in which nothing is told.
create table push_quiet (
    user_id   bigint primary key references account,
    -- Minutes after midnight; the second may be one of the next day.
    from_minute smallint not null,
    to_minute   smallint not null,
    -- Whose midnight: a name of the IANA database.
    zone      text    not null
);

-- What a device is to be told of a room and what it was told: one row, however much is said there.
create table push_note (
    device_id   bigint not null references push_device on delete cascade,
    -- 0 is a test and no room.
    room_id     bigint not null,
    user_id     bigint not null,
    provider    text    not null,
    -- What is to be told. Null for nothing.
    from_seq    bigint,
    seq         bigint,
    -- When the first of it was said.
    since       bigint,
    -- Whether what was told is to be taken back.
    takes_back  boolean not null default false,
    -- What the device shows: from where, and up to where; 0 for nothing.
    told_from   bigint not null default 0,
    told_seq    bigint not null default 0,
    -- Up to where it was told or given up.
    done_seq    bigint not null default 0,
    attempts    integer not null default 0,
    -- When it is tried. Null where nothing is to be done.
    next_at     bigint,
    -- Who tells it now, and until when nobody else does.
    taken_by    bigint,
    taken_until bigint,
    primary key (device_id, room_id)
);

create index push_note_next on push_note (provider, next_at) where next_at is not null;
create index push_note_shown on push_note (user_id, room_id) where told_seq > 0;
create index push_note_of_room on push_note (room_id, user_id);

-- What was told lately: a few rows for each device, and those of which nobody heard.
create table push_delivery (
    -- Grows with time.
    number    bigint primary key,
    device_id bigint not null,
    user_id   bigint not null,
    app       text    not null,
    provider  text    not null,
    room_id   bigint not null,
    seq       bigint not null,
    outcome   text    not null,
    reason    text    not null,
    name      text    not null,
    is_dead   boolean not null,
    at        bigint not null
);

create index push_delivery_of_device on push_delivery (device_id, number);
create index push_delivery_dead on push_delivery (number) where is_dead;
create index push_delivery_of_message on push_delivery (room_id, seq);

-- How often what came of it.
create table push_outcome (
    app      text    not null,
    provider text    not null,
    outcome  text    not null,
    reason   text    not null,
    times    bigint not null,
    last_at  bigint not null,
    -- Milliseconds from what was said to this, all of them together.
    waited   bigint not null,
    primary key (app, provider, outcome, reason)
);

-- PushLevel; null for what is usual in a room of its size.
alter table conversation add column push_level smallint;
create index conversation_loud on conversation (room_id, user_id) where push_level = 1;
