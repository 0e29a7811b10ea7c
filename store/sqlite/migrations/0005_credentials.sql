-- Who may come in, and by what. Of a secret only its SHA-256 is here: secrets are random, so a hash gives nothing away.

-- A program's account: it has keys, and no password.
alter table account add column service integer not null default 0;
-- 1 active, 2 deactivated, 3 deleted. A deleted account keeps its handle, so that nobody can be mistaken for it.
alter table account add column state integer not null default 1;
-- When they last proved who they are by a password or a link.
alter table account add column last_login_at integer;
-- What others may know of them.
alter table account add column name text;
alter table account add column about text;
alter table account add column avatar text;

-- What people and programs come in with, beside a password. A row that is gone is a credential that was revoked.
create table credential (
    id          integer primary key,
    user_id     integer not null references account,
    -- 1 login, 2 device token, 3 API key.
    kind        integer not null,
    -- The one MQTT client id it is good for.
    device      text,
    label       text    not null,
    scopes      text    not null,
    secret_hash blob    not null check (length(secret_hash) = 32),
    -- Of a login: the hash of what all its refresh tokens have in common, so that an old one is told from a guess.
    family_hash blob    check (length(family_hash) = 32),
    created_at  integer not null,
    -- Written at most once an hour; who was away longest goes first where there are too many.
    used_at     integer not null,
    expires_at  integer
) strict;

create index credential_of_user on credential (user_id, kind);
-- A device comes in by one credential.
create unique index credential_once_per_device on credential (user_id, device) where device is not null;
create index credential_by_end on credential (expires_at) where expires_at is not null;

-- Invitations, and links that set a lost password anew.
create table ticket (
    id          integer primary key,
    -- Whose password a link sets. Null for an invitation.
    user_id     integer references account,
    made_by     integer not null references account,
    secret_hash blob    not null unique check (length(secret_hash) = 32),
    uses_left   integer not null check (uses_left >= 0),
    created_at  integer not null,
    expires_at  integer not null
) strict;

create index ticket_by_end on ticket (expires_at);

-- Requests that their callers may send twice (Idempotency-Key), and what was answered.
create table request (
    -- 0 for somebody who has not said who they are.
    user_id      integer not null,
    key_hash     blob    not null,
    request_hash blob    not null,
    begun_at     integer not null,
    -- Sealed: it may hold a secret that its caller was given. Null while it is under way.
    answer       blob,
    primary key (user_id, key_hash)
) strict, without rowid;

create index request_by_time on request (begun_at);
