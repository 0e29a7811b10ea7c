//! From the first byte to the number, and back.
//!
//! An upload has a row before it has a byte, waits sealed until it is whole, is looked at, kept, and only then finished: a
//! crash at any point leaves a row that says what is to be swept out.

mod coming; // on the way in

mod seen; // by whom

mod going; // on the way out

use crate::config::{Config, Place};
use crate::depot::Depot;
use crate::disk;
use crate::error::MediaError;
use crate::kind;
use bytes::Bytes;
use chat::{Media, MediaId, Timestamp, UserId};
use futures_util::stream::BoxStream;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use store::seal::FileKey;
use store::stored::now;
use store::{BegunMedia, NewMedia, Store};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

/// A part of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The file itself.
    File,
    /// The small one of a picture.
    Thumbnail,
}

impl Part {
    /// All of them.
    pub(crate) const ALL: [Part; 2] = [Part::File, Part::Thumbnail];

    /// The word for it, in names of objects and in links.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Part::File => "file",
            Part::Thumbnail => "thumbnail",
        }
    }
}

/// Bytes as they come from somebody.
pub type Incoming = BoxStream<'static, Result<Bytes, MediaError>>;

/// What somebody wants to have kept.
#[derive(Debug, Clone)]
pub struct Upload {
    /// A fresh number.
    pub id: MediaId,
    /// Whose it will be.
    pub owner: UserId,
    /// What it is called.
    pub name: Option<Box<str>>,
    /// How many bytes will come, where that is known.
    pub announced: Option<u64>,
}

/// Takes uploads and gives them back.
pub struct Desk {
    pub(crate) config: Config,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) depot: Depot,
    under_way: Arc<Semaphore>,
    of_users: Mutex<HashMap<UserId, usize>>,
    painters: Arc<Semaphore>,
    /// When it was opened: what was coming before that is lost with its process. One server at a time has a store.
    pub(crate) opened_at: Timestamp,
    /// Something can go.
    pub(crate) loose: Arc<Notify>,
    pub(crate) stop: CancellationToken,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("place", &self.config.place).finish_non_exhaustive()
    }
}

/// One upload of a user that is under way.
struct Seat<'a> {
    desk: &'a Desk,
    user: UserId,
}

/// What has a row and is not finished. Who goes away in the middle of it leaves it behind: then it is given up.
struct Begun {
    store: Arc<dyn Store>,
    loose: Arc<Notify>,
    upload: Upload,
    is_over: bool,
}

impl Begun {
    /// What is held free for it is free again, and what is there of it goes. If the store can't do it now, the row is found
    /// later.
    async fn give_up(store: &dyn Store, loose: &Notify, upload: &Upload) {
        if let Err(error) = store.shelf().drop_media(upload.id, upload.owner).await {
            tracing::debug!(%error, "an upload that failed is swept out later: {error}");
        }
        loose.notify_one();
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if !self.is_over {
            let (store, loose, upload) = (self.store.clone(), self.loose.clone(), self.upload.clone());
            runtime.spawn(async move { Begun::give_up(&*store, &loose, &upload).await });
        }
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut seats = self.desk.of_users.lock();
        if let Some(taken) = seats.get_mut(&self.user) {
            *taken -= 1;
            if *taken == 0 {
                seats.remove(&self.user);
            }
        }
    }
}

impl Desk {
    /// Opens the place. Nothing is swept out before [`Desk::sweep`].
    ///
    /// # Errors
    /// [`MediaError::Broken`] when the place or the spool can't be used.
    pub fn open(config: Config, store: Arc<dyn Store>) -> Result<Arc<Desk>, MediaError> {
        let depot = Depot::open(&config.place, config.patience)?;
        std::fs::create_dir_all(&config.spool).map_err(|error| MediaError::Broken(error.to_string()))?;
        let desk = Arc::new(Desk {
            under_way: Arc::new(Semaphore::new(config.at_once)),
            of_users: Mutex::new(HashMap::new()),
            painters: Arc::new(Semaphore::new(config.painters)),
            opened_at: now(),
            loose: Arc::default(),
            stop: CancellationToken::new(),
            config,
            store,
            depot,
        });
        Ok(desk)
    }

    /// Begins to sweep out what nobody names.
    pub fn sweep(self: &Arc<Desk>) {
        tokio::spawn(crate::sweep::run(self.clone()));
    }

    /// Sweeps no more.
    pub fn close(&self) {
        self.stop.cancel();
    }

    /// Bytes of the largest upload.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.config.largest
    }

    /// Takes what comes, and says what it is. When this returns it is on the disk, and only its owner sees it.
    ///
    /// # Errors
    /// [`MediaError`]; then nothing is kept of it.
    pub async fn take(&self, upload: Upload, coming: &mut Incoming) -> Result<Media, MediaError> {
        let _permit = self.under_way.try_acquire().map_err(|_| MediaError::Busy)?;
        let _seat = self.seat(upload.owner)?;
        let held = upload.announced.unwrap_or(self.config.largest);
        if held > self.config.largest {
            return Err(MediaError::TooLarge(self.config.largest));
        }
        self.has_room_for(upload.announced.unwrap_or(0), 0).await?;
        let key = FileKey::fresh()?;
        let new = NewMedia { id: upload.id, owner: upload.owner, held, key: key.clone(), at: now() };
        let (store, loose) = (self.store.clone(), self.loose.clone());
        // Before it has a row: who goes away while that is made leaves it behind, too.
        let mut begun = Begun { store, loose, upload, is_over: false };
        let taken = match self.store.shelf().begin_media(&new, self.config.allowance).await {
            Ok(BegunMedia::Begun) => self.take_begun(&begun.upload, &key, coming).await,
            Ok(BegunMedia::TooMany) => Err(MediaError::TooMany(self.config.allowance.count)),
            Ok(BegunMedia::TooManyBytes) => Err(MediaError::TooManyBytes(self.config.allowance.bytes)),
            Err(error) => Err(error.into()),
        };
        let has_no_row = matches!(taken, Err(MediaError::TooMany(_) | MediaError::TooManyBytes(_)));
        if taken.is_err() && !has_no_row {
            Begun::give_up(&*self.store, &self.loose, &begun.upload).await;
        }
        begun.is_over = true;
        taken
    }

    /// Whether an upload of so many bytes, of which some wait already, leaves on the disk what others need.
    ///
    /// Its bytes are there twice for a moment where they are kept in a folder: where they wait, and where they go.
    async fn has_room_for(&self, bytes: u64, waiting: u64) -> Result<(), MediaError> {
        let copies = if matches!(self.config.place, Place::Folder(_)) { 2 } else { 1 };
        let more = bytes.saturating_mul(copies).saturating_sub(waiting);
        disk::has_free(self.config.spool.clone(), more.saturating_add(self.config.keep_free)).await
    }

    fn seat(&self, user: UserId) -> Result<Seat<'_>, MediaError> {
        let mut seats = self.of_users.lock();
        let taken = seats.entry(user).or_default();
        if *taken >= self.config.at_once_per_user {
            return Err(MediaError::Busy);
        }
        *taken += 1;
        Ok(Seat { desk: self, user })
    }

    async fn take_begun(
        &self,
        upload: &Upload,
        key: &FileKey,
        coming: &mut Incoming,
    ) -> Result<Media, MediaError> {
        let (spooled, kind) = self.spool(upload, key, coming).await?;
        let (id, size) = (upload.id, spooled.bytes);
        let mut media = Media { id, kind: kind.into(), size, name: upload.name.clone(), picture: None };
        if kind::is_picture(kind) {
            self.paint(&mut media, key, spooled).await?;
        } else {
            self.depot.put_spooled(id, Part::File, spooled).await?;
        }
        match self.store.shelf().finish_media(key, &media, now()).await? {
            true => Ok(media),
            // It took so long that it was swept out.
            false => Err(MediaError::TooSlow(self.config.slowest)),
        }
    }
}
