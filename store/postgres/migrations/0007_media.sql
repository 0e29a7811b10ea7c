-- What was uploaded. The bytes lie elsewhere, sealed with the key that stands here: without its row nobody reads them.
create table media (
    id       bigint primary key,
    owner_id bigint   not null references account,
    -- 1 its bytes are coming, 2 it is there, 3 it is erased and its bytes are to be deleted.
    state    smallint not null,
    -- Bytes. Of what is coming: what is held free for it.
    size     bigint   not null,
    -- Wrapped by the master key. Empty when it is erased.
    key      bytea    not null,
    -- Kind, name and looks, sealed with its key. Null until it is there.
    about    bytea,
    begun_at bigint   not null,
    -- Since when nobody names it; null while somebody does.
    loose_at bigint
);

create index media_of_owner on media (owner_id, state, size);
create index media_loose on media (state, loose_at) where loose_at is not null;

-- Which messages name which. Who can hear such a message may see what it names.
create table media_in (
    media_id   bigint not null,
    room_id    bigint not null,
    seq        bigint not null,
    -- When the message stops being shown, and so names nothing any more.
    expires_at bigint,
    primary key (media_id, room_id, seq)
);

create index media_in_message on media_in (room_id, seq);
create index media_in_end on media_in (expires_at) where expires_at is not null;

-- What hangs in somebody's profile, or at a room's door. Everybody may see a user's, members a room's.
create table portrait (
    -- 1 a user's, 2 a room's.
    kind     smallint not null,
    of_id    bigint   not null,
    media_id bigint   not null,
    primary key (kind, of_id)
);

create index portrait_of_media on portrait (media_id);

analyze media, media_in, portrait;
