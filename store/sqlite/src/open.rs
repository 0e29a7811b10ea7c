//! The order in which a store comes up: take the folder, look at the file without touching it, and only then
//! open it for writing, bring its tables up to date and start what runs beside.

use crate::callers::Callers;
use crate::checkpoint::Checkpointer;
use crate::connect;
use crate::conversations;
use crate::ends::Ends;
use crate::faces::Faces;
use crate::failure::error;
use crate::folder::{Folder, unusable};
use crate::heads::{self, Heads};
use crate::marks::{Arrears, recover};
use crate::options::Options;
use crate::readers::Readers;
use crate::reserve::Reserve;
use crate::session;
use crate::standing::Standings;
use crate::writer::{Memory, Shore, Writer};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Connection as _, SqliteConnection};
use std::path::Path;
use std::sync::Arc;
use store::lane::Lane;
use store::seal::Keyring;
use store::{Error, MasterKey};

static MIGRATIONS: Migrator = sqlx::migrate!();

/// What runs once the store is up.
pub(crate) struct Running {
    pub(crate) lane: Lane<Writer>,
    pub(crate) readers: Readers,
    pub(crate) keys: Arc<Keyring>,
    pub(crate) arrears: Arc<Arrears>,
    pub(crate) ends: Arc<Ends>,
    pub(crate) faces: Arc<Faces>,
    pub(crate) callers: Arc<Callers>,
    pub(crate) standings: Standings,
    pub(crate) incarnation: u64,
}

/// Brings it up.
pub(crate) async fn open(options: Options) -> Result<Running, Error> {
    let folder = Folder::take(&options.folder)?;
    let path = folder.database();
    if !folder.make_database()? {
        look(&path, &options.master).await.map_err(|error| explain(&path, error))?;
    }
    let mut conn = connect::writer(&path, options.max_pages).await.map_err(|error| explain(&path, error))?;
    migrate(&mut conn, &path).await?;
    let incarnation = first_words(&mut conn, &options.master).await?;
    let readers = connect::readers(&path).await?;
    let on_fatal: Arc<dyn Fn(Error) + Send + Sync> = Arc::from(options.on_fatal);
    let checkpointer = Checkpointer::start(&path, on_fatal.clone()).await?;
    let reserve = Reserve::new(folder.reserve(), options.reserve);
    let keys = Arc::new(Keyring::new(options.master));
    let arrears = Arc::new(recover(&mut conn).await?);
    let now = conversations::now(&mut conn).await?;
    let ends = Arc::new(Ends::new(now));
    let others = (now.other, conversations::waiting(&mut conn).await?);
    let shore = Shore { folder, readers: readers.clone(), checkpointer, reserve };
    let faces = Arc::new(Faces::new());
    let callers = Arc::new(Callers::beside(&mut conn).await?);
    let heads = heads::known();
    let standings = Standings::beside(heads.clone());
    let memory = Memory {
        heads: Heads::new(heads),
        arrears: arrears.clone(),
        ends: ends.clone(),
        faces: faces.clone(),
        callers: callers.clone(),
    };
    let writer = Writer::new(conn, keys.clone(), memory, options.consumers, incarnation, others, shore);
    let lane = Lane::start(|_| writer, on_fatal)?;
    end_what_broke_off(&lane).await?;
    let incarnation = incarnation.cast_unsigned();
    Ok(Running { lane, readers, keys, arrears, ends, faces, callers, standings, incarnation })
}

/// A full disk is no reason not to come up: what was said can be read. The second try has what was kept back.
async fn end_what_broke_off(lane: &Lane<Writer>) -> Result<(), Error> {
    for _ in 0..2 {
        match lane.write(session::BrokenOff).await {
            Err(Error::Full) => {}
            done => return done,
        }
    }
    tracing::error!("the disk is full: sessions that broke off do not begin to expire before the next start");
    Ok(())
}

/// Looks at a file that was there before. Whatever is wrong is found here, before anything is changed.
async fn look(path: &Path, master: &MasterKey) -> Result<(), Error> {
    let mut conn = connect::look(path).await?;
    let looked = check(&mut conn, path, master).await;
    conn.close().await.map_err(error)?;
    looked
}

async fn check(conn: &mut SqliteConnection, path: &Path, master: &MasterKey) -> Result<(), Error> {
    let tables: i64 = scalar(conn, "select count(*) from sqlite_schema where type = 'table'").await?;
    let ours: i64 =
        scalar(conn, "select count(*) from sqlite_schema where name = '_sqlx_migrations'").await?;
    if tables == 0 {
        return Ok(());
    }
    if ours == 0 {
        return Err(unusable(path, &"it is a database, but not one of Natter's"));
    }
    let found: i64 = scalar(conn, "select coalesce(max(version), 0) from _sqlx_migrations").await?;
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0);
    if found > known {
        return Err(Error::NewerVersion { found, known });
    }
    if found == 0 {
        return Ok(());
    }
    let stored: Option<Vec<u8>> =
        sqlx::query_scalar("select key_check from meta").fetch_optional(conn).await.map_err(error)?;
    match stored {
        Some(check) if check != master.check() => Err(Error::WrongMasterKey),
        _ => Ok(()),
    }
}

async fn scalar(conn: &mut SqliteConnection, sql: &'static str) -> Result<i64, Error> {
    sqlx::query_scalar(sql).fetch_one(conn).await.map_err(error)
}

/// Damage found at the start is said of the file: a person has to look at it.
fn explain(path: &Path, error: Error) -> Error {
    match error {
        Error::Damaged(why) | Error::Broken(why) => unusable(path, &why),
        other => other,
    }
}

async fn migrate(conn: &mut SqliteConnection, path: &Path) -> Result<(), Error> {
    match MIGRATIONS.run_direct(None, conn, false).await {
        Ok(()) => Ok(()),
        Err(MigrateError::Execute(failure) | MigrateError::ExecuteMigration(failure, _)) => {
            Err(error(failure))
        }
        Err(other) => Err(unusable(path, &other)),
    }
}

/// The one row of `meta`: made with the database, read at every later start.
async fn first_words(conn: &mut SqliteConnection, master: &MasterKey) -> Result<i64, Error> {
    let check = &master.check()[..];
    let insert = sqlx::query!(
        "insert into meta (id, incarnation, key_check) values (1, 1, ?) on conflict (id) do nothing",
        check
    );
    insert.execute(&mut *conn).await.map_err(error)?;
    let incarnation = sqlx::query_scalar!("select incarnation from meta");
    incarnation.fetch_one(conn).await.map_err(error)
}
