//! On the way in: bytes become a file that is sealed and known, and a picture one that is safe.

use super::{Desk, Incoming, Part, Upload};
use crate::error::MediaError;
use crate::kind::{self, LOOKED_AT};
use crate::picture;
use crate::spool::{Spool, Spooled};
use bytes::Bytes;
use chat::Media;
use futures_util::StreamExt as _;
use std::time::{Duration, Instant};
use store::seal::{FileKey, PieceSealer};

/// How long a picture may wait for its turn.
const TURN: Duration = Duration::from_secs(30);

/// Before the first rate is taken: a connection has to get going.
const FIRST: Duration = Duration::from_secs(20);

impl Desk {
    /// Takes the bytes as they come, and sees what they are.
    pub(super) async fn spool(
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
            if spool.add(&bytes).await? {
                self.has_room_for(spool.bytes(), spool.bytes()).await?;
            }
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
    pub(super) async fn paint(
        &self,
        media: &mut Media,
        key: &FileKey,
        spooled: Spooled,
    ) -> Result<(), MediaError> {
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
