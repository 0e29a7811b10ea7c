-- Messages on topics that are none of chat's. See store::Apps.

-- What waits: once, however many sessions it waits for. It goes with its last row in app_queue.
create table app_message (
    -- A snowflake: the rows are in the order in which they are delivered.
    id    integer primary key,
    topic text    not null,
    -- Payload and properties, sealed with a key that follows from the id.
    body  blob    not null,
    -- As it was published.
    qos   integer not null,
    at    integer not null
) strict;

create table app_queue (
    -- session.id; one that ended is in app_ended until its rows are swept out.
    session    integer not null,
    message    integer not null,
    -- How it is delivered, packed: see store::messages.
    how        blob    not null,
    -- Bytes of topic, payload and properties.
    size       integer not null,
    -- 1 where the message waits for others, too, which app_shared counts.
    shared     integer not null,
    -- When it is delivered no more. Null for never.
    expires_at integer,
    primary key (session, message)
) strict, without rowid;

create index app_queue_expiry on app_queue (expires_at) where expires_at is not null;

-- In how many queues a message is that was put into several. What was put into one is not here, so that the usual message
-- is written once and deleted once.
create table app_shared (
    message integer primary key,
    queues  integer not null
) strict;

-- Sessions that ended and left a queue. It may be long, so it is swept out in pieces.
create table app_ended (
    session integer primary key
) strict;

-- What sessions listen to.
create table app_filter (
    session integer not null,
    -- SHA-256 of the filter.
    key     blob    not null,
    filter  text    not null,
    -- What the bridge keeps with it.
    how     blob    not null,
    primary key (session, key)
) strict, without rowid;

-- What topics retain.
create table app_retained (
    -- SHA-256 of the topic.
    key        blob    not null primary key,
    topic      text    not null,
    -- The message's, from which the key of its body follows. It may be in app_message as well, or not any more.
    id         integer not null,
    body       blob    not null,
    qos        integer not null,
    at         integer not null,
    expires_at integer
) strict;

create index app_retained_expiry on app_retained (expires_at) where expires_at is not null;

-- What people may do with the topics of an app.
create table app_grant (
    app     text    not null,
    -- 0 is everybody.
    user_id integer not null,
    -- Filters that they may subscribe to and publish on, as JSON lists.
    read    text    not null,
    write   text    not null,
    primary key (app, user_id)
) strict, without rowid;
