//! Where the bytes lie: in a folder, or in a bucket of S3.
//!
//! Each upload is up to two objects, `3f/{id}.file` and `3f/{id}.thumbnail`; the first level is the id modulo 256, so that
//! no folder has millions of names. An object is there whole or not at all, and when [`Depot::put`] has returned it is on
//! the disk, or wherever the bucket keeps what it has acknowledged. What is in it is sealed. Every call has a time limit;
//! a place that does not answer is [`MediaError::Away`].

use crate::config::Place;
use crate::desk::Part;
use crate::error::MediaError;
use crate::spool::Spooled;
use bytes::Bytes;
use chat::MediaId;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    ClientOptions, GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload,
    RetryConfig,
};
use secrecy::ExposeSecret as _;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Bytes of one part of a large object: S3 takes none under 5 MiB but the last. Two are in memory for each upload.
const PART: usize = 8 << 20;

/// Most ids in one list: what a sweep looks at, at once.
const LISTED: usize = 1_000;

/// Levels of the first kind.
pub(crate) const SHARDS: u16 = 256;

/// How often a request to S3 is tried again.
const RETRIES: usize = 3;

/// Of the time that one call may take, a request has a third: so a first one that is never answered leaves time for the next.
const OF_IT: u32 = 3;

/// Where the bytes lie.
#[derive(Debug, Clone)]
pub struct Depot {
    objects: Arc<dyn ObjectStore>,
    /// How long one call may take.
    patience: Duration,
}

/// An object that was found by looking through.
pub(crate) struct Found {
    pub(crate) id: MediaId,
    pub(crate) written: SystemTime,
}

impl Depot {
    /// Opens the place; a folder is made if it is not there, and what a crash left half written in it is taken away.
    ///
    /// # Errors
    /// [`MediaError::Broken`] with the reason when it can't be used. Whether a bucket answers is seen with the first object.
    pub fn open(place: &Place, patience: Duration) -> Result<Depot, MediaError> {
        let unusable = |error: &dyn std::fmt::Display| MediaError::Broken(error.to_string());
        let objects: Arc<dyn ObjectStore> = match place {
            Place::Folder(folder) => {
                std::fs::create_dir_all(folder).map_err(|error| unusable(&error))?;
                half_written(folder).map_err(|error| unusable(&error))?;
                let local = LocalFileSystem::new_with_prefix(folder).map_err(|error| unusable(&error))?;
                Arc::new(local.with_fsync(true))
            }
            Place::S3 { endpoint, region, bucket, key } => {
                let plain = endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
                let request = patience / OF_IT;
                let client = ClientOptions::new()
                    .with_connect_timeout(request.min(Duration::from_secs(5)))
                    .with_timeout(request)
                    .with_allow_http(plain);
                let retry =
                    RetryConfig { max_retries: RETRIES, retry_timeout: request, ..RetryConfig::default() };
                let mut s3 = AmazonS3Builder::new()
                    .with_bucket_name(bucket)
                    .with_region(region)
                    .with_client_options(client)
                    .with_retry(retry);
                if let Some(endpoint) = endpoint {
                    s3 = s3.with_endpoint(endpoint);
                }
                if let Some((id, secret)) = key {
                    s3 = s3.with_access_key_id(id).with_secret_access_key(secret.expose_secret());
                }
                Arc::new(s3.build().map_err(|error| unusable(&error))?)
            }
        };
        Ok(Depot { objects, patience })
    }

    /// Keeps sealed bytes that are in memory.
    pub(crate) async fn put(&self, id: MediaId, part: Part, sealed: Vec<u8>) -> Result<(), MediaError> {
        let path = path(id, part);
        self.within(self.objects.put(&path, PutPayload::from(sealed))).await.map(drop)
    }

    /// Keeps what waited in a spool.
    pub(crate) async fn put_spooled(
        &self,
        id: MediaId,
        part: Part,
        mut spooled: Spooled,
    ) -> Result<(), MediaError> {
        let first = spooled.next(PART).await?;
        if first.len() < PART {
            return self.put(id, part, first).await;
        }
        let path = path(id, part);
        let mut upload = self.within(self.objects.put_multipart(&path)).await?;
        let put = self.put_parts(&mut *upload, first, &mut spooled).await;
        if put.is_err() {
            // What is there of it would lie in the bucket for ever. If it can't be reached now, its own rule for uploads that
            // were begun and never ended has to do it.
            self.within(upload.abort()).await.ok();
        }
        put
    }

    async fn put_parts(
        &self,
        upload: &mut dyn MultipartUpload,
        first: Vec<u8>,
        spooled: &mut Spooled,
    ) -> Result<(), MediaError> {
        let mut next = first;
        while !next.is_empty() {
            self.within(upload.put_part(PutPayload::from(next))).await?;
            next = spooled.next(PART).await?;
        }
        self.within(upload.complete()).await.map(drop)
    }

    /// Sealed bytes, all of them, or up to the end of the object: its caller asks for no more than it has room for.
    pub(crate) async fn read(&self, id: MediaId, part: Part, range: Range<u64>) -> Result<Bytes, MediaError> {
        let path = path(id, part);
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        self.within(async { self.objects.get_opts(&path, options).await?.bytes().await }).await
    }

    /// Deletes all objects of an upload. That one is not there is no error.
    pub(crate) async fn delete(&self, id: MediaId) -> Result<(), MediaError> {
        for part in Part::ALL {
            match self.within(self.objects.delete(&path(id, part))).await {
                Ok(()) | Err(MediaError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Objects of one shard, in no order, a thousand at a time.
    pub(crate) fn look_through(&self, shard: u16) -> BoxStream<'static, Result<Vec<Found>, MediaError>> {
        let listed = self.objects.list(Some(&Path::from(format!("{shard:02x}"))));
        let found = listed.try_ready_chunks(LISTED).map(|objects| {
            let objects = objects.map_err(|error| away(&error.1))?;
            let found = objects.into_iter().filter_map(|object| {
                Some(Found { id: id_of(&object.location)?, written: object.last_modified.into() })
            });
            Ok(found.collect())
        });
        found.boxed()
    }

    /// Waits for an answer.
    async fn within<T>(&self, asked: impl Future<Output = object_store::Result<T>>) -> Result<T, MediaError> {
        let answered = tokio::time::timeout(self.patience, asked).await;
        let answered =
            answered.map_err(|_| MediaError::Away(format!("no answer within {:?}", self.patience)))?;
        answered.map_err(|error| away(&error))
    }
}

fn path(id: MediaId, part: Part) -> Path {
    let shard = id.0.rem_euclid(i64::from(SHARDS));
    Path::from(format!("{shard:02x}/{id}.{}", part.word()))
}

fn id_of(path: &Path) -> Option<MediaId> {
    MediaId::from_digits(path.filename()?.split('.').next()?)
}

/// What the place said. Whatever it is: the same may work later, when somebody has put the place in order.
fn away(error: &object_store::Error) -> MediaError {
    match error {
        object_store::Error::NotFound { .. } => MediaError::NotFound,
        other => match disk_of(other) {
            Some(disk) => MediaError::disk(disk),
            None => MediaError::Away(other.to_string()),
        },
    }
}

/// What the file system said, where that was it.
fn disk_of(error: &object_store::Error) -> Option<&std::io::Error> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(disk) = error.downcast_ref() {
            return Some(disk);
        }
        cause = error.source();
    }
    None
}

/// Files that were being written at a crash have a `#` in their names; nobody else writes here when a folder is opened.
fn half_written(folder: &std::path::Path) -> std::io::Result<()> {
    for shard in std::fs::read_dir(folder)? {
        let shard = shard?;
        if !shard.file_type()?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(shard.path())? {
            let file = file?;
            if file.file_name().to_string_lossy().contains('#') {
                std::fs::remove_file(file.path())?;
            }
        }
    }
    Ok(())
}
