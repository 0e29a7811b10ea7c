//! The order in which a store comes up: take the database, look at it without touching it, and only then bring its
//! tables up to date, raise the epoch and start what writes.

use crate::connect;
use crate::conversations;
use crate::failure::{error, within};
use crate::link::{self, Link, PATIENCE};
use crate::options::{Options, place};
use crate::pushes::PostgresPushes;
use crate::readers::Readers;
use crate::session;
use crate::writer::Writer;
use sqlx::Executor as _;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::PgConnection;
use std::sync::Arc;
use std::time::Duration;
use store::lane::Lane;
use store::seal::Keyring;
use store::{Error, MasterKey};

/// How long bringing the tables up to date may take: an index over a large log is made meanwhile.
const MIGRATION: Duration = Duration::from_secs(6 * 60 * 60);

/// What runs once the store is up.
pub(crate) struct Running {
    pub(crate) lane: Lane<Writer>,
    pub(crate) readers: Readers,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) incarnation: u64,
    pub(crate) pushes: PostgresPushes,
}

/// Brings it up.
pub(crate) async fn open(options: Options) -> Result<Running, Error> {
    let Options { database, master, consumers, on_fatal } = options;
    let place = place(&database);
    let explained = |error| explain(&place, error);
    let mut conn = connect::writer(&database).await.map_err(explained)?;
    if !link::hold(&mut conn).await? {
        return Err(Error::Locked(place));
    }
    look(&mut conn, &place, &master).await.map_err(explained)?;
    migrate(&mut conn, &place).await.map_err(explained)?;
    let incarnation = first_words(&mut conn, &master).await?;
    let epoch = sqlx::query_scalar!("update writer set epoch = epoch + 1, batch = 0 returning epoch");
    let epoch = within(PATIENCE, epoch.fetch_one(&mut conn)).await?;
    let waiting = conversations::waiting(&mut conn).await?;
    let readers = Readers { pool: connect::readers(&database) };
    let keys = Arc::new(Keyring::new(master));
    let pushes =
        PostgresPushes { readers: readers.clone(), writers: connect::pushers(&database), keys: keys.clone() };
    let link = Link::new(database, epoch, conn);
    let (ring, read, fatal) = (keys.clone(), readers.clone(), on_fatal.clone());
    let lane = Lane::start(
        |stop| Writer::new(link, ring, (consumers, incarnation), read, waiting, stop, fatal),
        on_fatal,
    )?;
    lane.write(session::BrokenOff).await?;
    Ok(Running { lane, readers, keys, incarnation: incarnation.cast_unsigned(), pushes })
}

/// Brings up the part that tells people who are away, beside the server that has the database.
pub(crate) async fn beside(options: Options) -> Result<PostgresPushes, Error> {
    let Options { database, master, .. } = options;
    let place = place(&database);
    let mut conn = connect::writer(&database).await.map_err(|error| explain(&place, error))?;
    let version = look(&mut conn, &place, &master).await.map_err(|error| explain(&place, error))?;
    connect::close(conn).await;
    if version < newest() {
        let why = "no server of this version has opened it yet; start one with the role `broker` first";
        return Err(Error::Unusable { path: place.into(), why: why.into() });
    }
    let readers = Readers { pool: connect::readers(&database) };
    Ok(PostgresPushes { readers, writers: connect::pushers(&database), keys: Arc::new(Keyring::new(master)) })
}

/// Looks at a database that may have been there before, and says which tables it has. Whatever is wrong is found here,
/// before anything is changed.
async fn look(conn: &mut PgConnection, place: &str, master: &MasterKey) -> Result<i64, Error> {
    let server = sqlx::query!(
        r#"select pg_is_in_recovery() as "is_standby!", current_setting('fsync') = 'on' as "is_durable!",
                  current_schema() is not null as "has_schema!",
                  to_regclass('_sqlx_migrations') is not null as "is_ours!",
                  (select count(*) from pg_class c where c.relnamespace = current_schema()::regnamespace
                   and c.relkind in ('r', 'p')) as "tables!""#
    );
    let server = within(PATIENCE, server.fetch_one(&mut *conn)).await?;
    let unusable = |why: &str| Error::Unusable { path: place.into(), why: why.into() };
    if server.is_standby {
        return Err(unusable("it is a standby, which takes no writes; name the primary"));
    }
    if !server.has_schema {
        return Err(unusable("its user has no schema to make tables in"));
    }
    if !server.is_durable {
        tracing::error!(
            "the database runs with fsync off: what is acknowledged may be lost when its machine fails"
        );
    }
    if server.tables == 0 {
        return Ok(0);
    }
    if !server.is_ours {
        return Err(unusable("it has tables, but not Natter's; give Natter a database of its own"));
    }
    check(conn, master).await
}

async fn check(conn: &mut PgConnection, master: &MasterKey) -> Result<i64, Error> {
    let found = sqlx::query_scalar::<_, i64>("select coalesce(max(version), 0) from _sqlx_migrations");
    let found = within(PATIENCE, found.fetch_one(&mut *conn)).await?;
    let known = newest();
    if found > known {
        return Err(Error::NewerVersion { found, known });
    }
    if found == 0 {
        return Ok(0);
    }
    let stored = sqlx::query_scalar!("select key_check from meta");
    match within(PATIENCE, stored.fetch_optional(conn)).await? {
        Some(check) if check != master.check() => Err(Error::WrongMasterKey),
        _ => Ok(found),
    }
}

/// The version of the tables as this program knows them.
fn newest() -> i64 {
    migrations().iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Only the holder of our lock migrates, so that the library's own, which waits without an end, is not needed.
fn migrations() -> Migrator {
    let mut migrations = sqlx::migrate!();
    migrations.set_locking(false);
    migrations
}

async fn migrate(conn: &mut PgConnection, place: &str) -> Result<(), Error> {
    let limit = MIGRATION.as_millis();
    let longer = format!("set statement_timeout = {limit}; set lock_timeout = {limit}");
    within(PATIENCE, conn.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(longer)))).await?;
    match migrations().run_direct(None, conn, false).await {
        Ok(()) => {}
        Err(MigrateError::Execute(failure) | MigrateError::ExecuteMigration(failure, _)) => {
            return Err(error(failure));
        }
        Err(other) => return Err(Error::Unusable { path: place.into(), why: other.to_string() }),
    }
    let usual = sqlx::raw_sql("reset statement_timeout; reset lock_timeout");
    within(PATIENCE, conn.execute(usual)).await.map(drop)
}

/// The rows of `meta` and `writer`: made with the database, found at every later start.
async fn first_words(conn: &mut PgConnection, master: &MasterKey) -> Result<i64, Error> {
    let insert = sqlx::query!(
        "with made as (insert into writer (id, epoch, batch) values (1, 0, 0) on conflict (id) do nothing)
         insert into meta (id, incarnation, key_check) values (1, 1, $1) on conflict (id) do nothing",
        &master.check()[..]
    );
    within(PATIENCE, insert.execute(&mut *conn)).await?;
    let incarnation = sqlx::query_scalar!("select incarnation from meta");
    within(PATIENCE, incarnation.fetch_one(conn)).await
}

/// What is found at the start is said of the database: a person has to look at it.
fn explain(place: &str, error: Error) -> Error {
    match error {
        Error::Unavailable(why) | Error::Damaged(why) | Error::Broken(why) => {
            Error::Unusable { path: place.into(), why }
        }
        other => other,
    }
}
