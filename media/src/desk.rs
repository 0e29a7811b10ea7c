//! From the first byte to the number, and back.
//!
//! An upload has a row before it has a byte, waits sealed until it is whole, is looked at, kept, and only then finished: a
//! crash at any point leaves a row that says what is to be swept out.

use crate::config::Config;
use crate::depot::Depot;
use crate::error::MediaError;
use crate::kind::{self, LOOKED_AT};
use crate::picture;
use crate::spool::{Spool, Spooled};
use bytes::Bytes;
use chat::{Media, MediaId, Timestamp, UserId};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::seal::{FileKey, PieceSealer};
use store::stored::now;
use store::{BegunMedia, NewMedia, Store, StoredMedia};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

/// How long a picture may wait for its turn.
const TURN: Duration = Duration::from_secs(30);

/// Before the first rate is taken: a connection has to get going.
const FIRST: Duration = Duration::from_secs(20);

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
    pub(crate) loose: Notify,
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
        let depot = Depot::open(&config.place)?;
        std::fs::create_dir_all(&config.spool).map_err(|error| MediaError::Broken(error.to_string()))?;
        let desk = Arc::new(Desk {
            under_way: Arc::new(Semaphore::new(config.at_once)),
            of_users: Mutex::new(HashMap::new()),
            painters: Arc::new(Semaphore::new(config.painters)),
            opened_at: now(),
            loose: Notify::new(),
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
        let key = FileKey::fresh()?;
        let new = NewMedia { id: upload.id, owner: upload.owner, held, key: key.clone(), at: now() };
        match self.store.shelf().begin_media(&new, self.config.allowance).await? {
            BegunMedia::Begun => {}
            BegunMedia::TooMany => return Err(MediaError::TooMany(self.config.allowance.count)),
            BegunMedia::TooManyBytes => return Err(MediaError::TooManyBytes(self.config.allowance.bytes)),
        }
        let taken = self.take_begun(&upload, &key, coming).await;
        if taken.is_err() {
            self.abandon(&upload).await;
        }
        taken
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

    /// What is held free for it is free again, and what is there of it goes. If the store can't do it now, the row is found
    /// later.
    async fn abandon(&self, upload: &Upload) {
        if let Err(error) = self.store.shelf().drop_media(upload.id, upload.owner).await {
            tracing::debug!(%error, "an upload that failed is swept out later: {error}");
        }
        self.loose.notify_one();
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

    /// Takes the bytes as they come, and sees what they are.
    async fn spool(
        &self,
        upload: &Upload,
        key: &FileKey,
        coming: &mut Incoming,
    ) -> Result<(Spooled, &'static str), MediaError> {
        // A picture is written again when it is safe, so it waits as another part: a key seals a piece once.
        let mut first = Vec::new();
        let begun = Instant::now();
        let mut came = 0;
        while first.len() < LOOKED_AT {
            let Some(bytes) = self.next(coming, begun, &mut came).await? else { break };
            first.extend_from_slice(&bytes);
        }
        if first.is_empty() {
            return Err(MediaError::Empty);
        }
        let whole = first.len() < LOOKED_AT;
        let kind = kind::of(&first[..first.len().min(LOOKED_AT)], whole);
        if !self.config.kinds.take(kind) {
            return Err(MediaError::Kind(kind.to_owned()));
        }
        let is_picture = kind::is_picture(kind);
        let most =
            if is_picture { self.config.picture.bytes.min(self.config.largest) } else { self.config.largest };
        let most = upload.announced.map_or(most, |announced| announced.min(most));
        if upload.announced.is_some_and(|announced| announced > most) {
            return Err(MediaError::TooLarge(most));
        }
        let part = if is_picture { "spool" } else { Part::File.word() };
        let mut spool = Spool::new(&self.config.spool, key.part(part)?).await?;
        let mut next = Some(Bytes::from(first));
        while let Some(bytes) = next {
            if spool.bytes() + bytes.len() as u64 > most {
                return Err(MediaError::TooLarge(most));
            }
            spool.add(&bytes).await?;
            next = self.next(coming, begun, &mut came).await?;
        }
        match upload.announced.is_some_and(|announced| announced != spool.bytes()) {
            true => Err(MediaError::BrokenOff),
            false => Ok((spool.end().await?, kind)),
        }
    }

    /// What comes next, in time.
    async fn next(
        &self,
        coming: &mut Incoming,
        begun: Instant,
        came: &mut u64,
    ) -> Result<Option<Bytes>, MediaError> {
        let slow = || MediaError::TooSlow(self.config.slowest);
        let Some(bytes) = tokio::time::timeout(self.config.idle, coming.next()).await.map_err(|_| slow())?
        else {
            return Ok(None);
        };
        let bytes = bytes?;
        *came += bytes.len() as u64;
        let allowed = FIRST + Duration::from_secs(*came / self.config.slowest.max(1));
        if begun.elapsed() > allowed { Err(slow()) } else { Ok(Some(bytes)) }
    }

    /// Makes a picture safe and small, and keeps both.
    async fn paint(&self, media: &mut Media, key: &FileKey, spooled: Spooled) -> Result<(), MediaError> {
        let turn = tokio::time::timeout(TURN, self.painters.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| MediaError::Busy)?.map_err(|_| MediaError::Busy)?;
        let file = spooled.open(&key.part("spool")?).await?;
        let (kind, limits) = (media.kind.clone(), self.config.picture);
        // The turn goes along: it is over when the work is, also if nobody waits for it any more.
        let work = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            picture::prepare(&kind, file.into(), limits)
        });
        let prepared = work.await.map_err(|error| MediaError::Picture(error.to_string()))?;
        let prepared = prepared.map_err(|unfit| MediaError::Picture(unfit.to_string()))?;
        media.size = prepared.file.len() as u64;
        media.picture = Some(prepared.picture);
        for (part, bytes) in [(Part::File, &prepared.file[..]), (Part::Thumbnail, &prepared.thumbnail)] {
            self.depot.put(media.id, part, sealed(&key.part(part.word())?, bytes)?).await?;
        }
        Ok(())
    }

    /// An upload that this user may see.
    ///
    /// # Errors
    /// [`MediaError::NotFound`], also for what they may not see; [`MediaError::Store`].
    pub async fn seen_by(&self, id: MediaId, user: UserId) -> Result<StoredMedia, MediaError> {
        self.store.shelf().media_for(id, user, now()).await?.ok_or(MediaError::NotFound)
    }

    /// An upload that a link of ours leads to, as long as the link is good.
    ///
    /// # Errors
    /// [`MediaError::NotFound`], also for links that are none of ours or over; [`MediaError::Store`].
    pub async fn linked(
        &self,
        id: MediaId,
        part: Part,
        (until, signature): (Timestamp, &[u8]),
    ) -> Result<StoredMedia, MediaError> {
        if until < now() {
            return Err(MediaError::NotFound);
        }
        let found = self.store.shelf().media(id).await?.ok_or(MediaError::NotFound)?;
        match found.key.has_signed(&link(id, part, until), signature)? {
            true => Ok(found),
            false => Err(MediaError::NotFound),
        }
    }

    /// What makes a link to a part of it one of ours, until then.
    ///
    /// # Errors
    /// [`MediaError::Store`], which no link brings about.
    pub fn signature(found: &StoredMedia, part: Part, until: Timestamp) -> Result<[u8; 32], MediaError> {
        Ok(found.key.signature(&link(found.media.id, part, until))?)
    }

    /// Deletes an upload of this user that no message names.
    ///
    /// # Errors
    /// [`MediaError::NotFound`] if there is none such; [`MediaError::Store`].
    pub async fn delete(&self, id: MediaId, owner: UserId) -> Result<(), MediaError> {
        let dropped = self.store.shelf().drop_media(id, owner).await?;
        self.loose.notify_one();
        if dropped { Ok(()) } else { Err(MediaError::NotFound) }
    }

    /// Something was taken back: what nobody names is swept out soon.
    pub fn sweep_soon(&self) {
        self.loose.notify_one();
    }

    /// The whole of a thumbnail: it is small.
    ///
    /// # Errors
    /// [`MediaError::NotFound`] for what has none; [`MediaError::Away`].
    pub async fn thumbnail(&self, found: &StoredMedia) -> Result<Bytes, MediaError> {
        if found.media.picture.is_none() {
            return Err(MediaError::NotFound);
        }
        // How long it is stands nowhere; a thumbnail of 512 pixels has less than a few pieces.
        let mut coming = self.depot.read(found.media.id, Part::Thumbnail, 0..THUMBNAIL_MOST).await?;
        let mut whole = Vec::new();
        while let Some(bytes) = coming.next().await {
            whole.extend_from_slice(&bytes?);
        }
        opened(&found.key.part(Part::Thumbnail.word())?, &whole)
    }

    /// Bytes of the file from the first to the last of a range that lies inside it, as they come.
    ///
    /// # Errors
    /// [`MediaError::Away`], and [`MediaError::NotFound`] for a file that is gone.
    pub async fn read(
        &self,
        found: &StoredMedia,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes, MediaError>> + Send + use<>, MediaError> {
        let pieces = range.start / PIECE..PieceSealer::pieces(range.end);
        let size = found.media.size;
        let last = PieceSealer::pieces(size) - 1;
        let sealed = pieces.start * SEALED..(pieces.end * SEALED).min(PieceSealer::sealed_len(size));
        let coming = self.depot.read(found.media.id, Part::File, sealed).await?;
        let sealer = found.key.part(Part::File.word())?;
        let reading =
            Reading { coming, sealer, index: pieces.start, last, rest: Vec::new(), range, ended: false };
        Ok(futures_util::stream::try_unfold(reading, async |mut reading| {
            Ok(reading.next().await?.map(|bytes| (bytes, reading)))
        }))
    }
}

const PIECE: u64 = PieceSealer::PIECE as u64;
const SEALED: u64 = PieceSealer::SEALED as u64;

/// More than any thumbnail has: 512 by 512 points of four bytes, sealed.
const THUMBNAIL_MOST: u64 = 2 << 20;

/// What a link says, as it is signed.
fn link(id: MediaId, part: Part, until: Timestamp) -> String {
    format!("{id} {} {}", part.word(), until.0)
}

/// All pieces of a small part.
fn sealed(sealer: &PieceSealer, bytes: &[u8]) -> Result<Vec<u8>, MediaError> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let last = PieceSealer::pieces(bytes.len() as u64) - 1;
    for (index, piece) in (0..).zip(bytes.chunks(PieceSealer::PIECE)) {
        let mut piece = piece.to_vec();
        sealer.seal(index, index == last, &mut piece)?;
        out.extend_from_slice(&piece);
    }
    Ok(out)
}

fn opened(sealer: &PieceSealer, bytes: &[u8]) -> Result<Bytes, MediaError> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut pieces = (0..).zip(bytes.chunks(PieceSealer::SEALED)).peekable();
    while let Some((index, piece)) = pieces.next() {
        let mut piece = piece.to_vec();
        sealer.open(index, pieces.peek().is_none(), &mut piece)?;
        out.extend_from_slice(&piece);
    }
    Ok(out.into())
}

/// A stretch of a file on its way out.
struct Reading {
    coming: Incoming,
    sealer: PieceSealer,
    /// The piece that comes next, and the last of the file.
    index: u64,
    last: u64,
    /// Sealed bytes that are not a whole piece yet.
    rest: Vec<u8>,
    range: Range<u64>,
    ended: bool,
}

impl Reading {
    async fn next(&mut self) -> Result<Option<Bytes>, MediaError> {
        if self.index * PIECE >= self.range.end {
            return Ok(None);
        }
        while self.rest.len() < PieceSealer::SEALED && !self.ended {
            match self.coming.next().await {
                Some(bytes) => self.rest.extend_from_slice(&bytes?),
                None => self.ended = true,
            }
        }
        let later = self.rest.split_off(self.rest.len().min(PieceSealer::SEALED));
        let mut piece = std::mem::replace(&mut self.rest, later);
        self.sealer.open(self.index, self.index == self.last, &mut piece)?;
        let start = self.index * PIECE;
        self.index += 1;
        let from = usize::try_from(self.range.start.saturating_sub(start)).unwrap_or(usize::MAX);
        let to = usize::try_from(self.range.end - start).unwrap_or(usize::MAX).min(piece.len());
        Ok(Some(Bytes::from(piece).slice(from.min(to)..to)))
    }
}
