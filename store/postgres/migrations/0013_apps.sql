-- Messages on topics that are none of chat's. See store::Apps. The tables are not analyzed: one of which it is known that it
-- is empty is read from end to end by plans that outlive that.

-- What waits: once, however many sessions it waits for. It goes with its last row in app_queue.
create table app_message (
    -- A snowflake: the rows are in the order in which they are delivered.
    id    bigint   primary key,
    topic text     collate "C" not null,
    -- Payload and properties, sealed with a key that follows from the id.
    body  bytea    not null,
    -- As it was published.
    qos   smallint not null,
    at    bigint   not null
);

create table app_queue (
    -- session.id; one that ended is in app_ended until its rows are swept out.
    session    bigint  not null,
    message    bigint  not null,
    -- How it is delivered, packed: see store::messages.
    how        bytea   not null,
    -- Bytes of topic, payload and properties.
    size       bigint  not null,
    -- Whether the message waits for others, too, which app_shared counts.
    shared     boolean not null,
    -- When it is delivered no more. Null for never.
    expires_at bigint,
    primary key (session, message)
);

create index app_queue_expiry on app_queue (expires_at) where expires_at is not null;

-- In how many queues a message is that was put into several. What was put into one is not here, so that the usual message
-- is written once and deleted once.
create table app_shared (
    message bigint primary key,
    queues  bigint not null
) with (fillfactor = 80);

-- Sessions that ended and left a queue. It may be long, so it is swept out in pieces.
create table app_ended (
    session bigint primary key
);

-- What sessions listen to.
create table app_filter (
    session bigint not null,
    -- SHA-256 of the filter: an index holds no key of 65,535 bytes.
    key     bytea  not null,
    filter  text   collate "C" not null,
    -- What the bridge keeps with it.
    how     bytea  not null,
    primary key (session, key)
);

-- What topics retain.
create table app_retained (
    -- SHA-256 of the topic.
    key        bytea    primary key,
    topic      text     collate "C" not null,
    -- The message's, from which the key of its body follows. It may be in app_message as well, or not any more.
    id         bigint   not null,
    body       bytea    not null,
    qos        smallint not null,
    at         bigint   not null,
    expires_at bigint
) with (fillfactor = 80);

create index app_retained_expiry on app_retained (expires_at) where expires_at is not null;

-- What people may do with the topics of an app.
create table app_grant (
    app     text   collate "C" not null,
    -- 0 is everybody.
    user_id bigint not null,
    -- Filters that they may subscribe to and publish on.
    read    text[] not null,
    write   text[] not null,
    primary key (app, user_id)
);
