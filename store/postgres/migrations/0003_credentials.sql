-- Who may come in, and by what. Of a secret only its SHA-256 is here: secrets are random, so a hash gives nothing away.

alter table account
    -- A program's account: it has keys, and no password.
    add column service       boolean  not null default false,
    -- 1 active, 2 deactivated, 3 deleted. A deleted account keeps its handle, so that nobody can be mistaken for it.
    add column state         smallint not null default 1,
    -- When they last proved who they are by a password or a link.
    add column last_login_at bigint,
    -- What others may know of them.
    add column name          text,
    add column about         text,
    add column avatar        text;

-- What people and programs come in with, beside a password. A row that is gone is a credential that was revoked.
create table credential (
    id          bigint   primary key,
    user_id     bigint   not null references account,
    -- 1 login, 2 device token, 3 API key.
    kind        smallint not null,
    -- The one MQTT client id it is good for.
    device      text     collate "C",
    label       text     not null,
    scopes      text     not null,
    secret_hash bytea    not null check (length(secret_hash) = 32),
    -- Of a login: the hash of what all its refresh tokens have in common, so that an old one is told from a guess.
    family_hash bytea    check (length(family_hash) = 32),
    created_at  bigint   not null,
    -- Written at most once an hour; who was away longest goes first where there are too many.
    used_at     bigint   not null,
    expires_at  bigint
) with (fillfactor = 90);

create index credential_of_user on credential (user_id, kind);
-- A device comes in by one credential.
create unique index credential_once_per_device on credential (user_id, device) where device is not null;
create index credential_by_end on credential (expires_at) where expires_at is not null;

-- Invitations, and links that set a lost password anew.
create table ticket (
    id          bigint primary key,
    -- Whose password a link sets. Null for an invitation.
    user_id     bigint references account,
    made_by     bigint not null references account,
    secret_hash bytea  not null unique check (length(secret_hash) = 32),
    uses_left   bigint not null check (uses_left >= 0),
    created_at  bigint not null,
    expires_at  bigint not null
);

create index ticket_by_end on ticket (expires_at);

-- Requests that their callers may send twice (Idempotency-Key), and what was answered.
create table request (
    -- 0 for somebody who has not said who they are.
    user_id      bigint not null,
    key_hash     bytea  not null,
    request_hash bytea  not null,
    begun_at     bigint not null,
    -- Sealed: it may hold a secret that its caller was given. Null while it is under way.
    answer       bytea,
    primary key (user_id, key_hash)
);

create index request_by_time on request (begun_at);

analyze account, credential, ticket, request;
