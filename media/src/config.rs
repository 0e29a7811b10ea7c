//! The bounds of uploads, each with its reason.

use crate::kind::Kinds;
use crate::picture;
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;
use store::Allowance;

/// What uploads may be told.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the bytes lie.
    pub place: Place,
    /// Where an upload waits until it is whole: a folder on a disk with room for [`Config::at_once`] of the largest.
    pub spool: PathBuf,
    /// How long one call to a bucket may take, with its retries: a part of 8 MiB on a slow line.
    pub patience: Duration,
    /// Bytes that uploads leave on the disk of [`Config::spool`]: the database lies there, too, and goes on when uploads
    /// have to wait.
    pub keep_free: u64,
    /// Bytes of the largest upload.
    pub largest: u64,
    /// What a picture may be.
    pub picture: picture::Limits,
    /// Which kinds are taken.
    pub kinds: Kinds,
    /// How much one user may have.
    pub allowance: Allowance,
    /// Uploads under way at once; each has a file that waits and a few hundred KiB of memory.
    pub at_once: usize,
    /// Uploads of one user under way at once.
    pub at_once_per_user: usize,
    /// How long nothing may come. A phone that changes its network is back by then.
    pub idle: Duration,
    /// Bytes a second that have to come, on average: who sends less holds a place that others need.
    pub slowest: u64,
    /// Pictures worked on at once. Each takes a core, and memory for [`picture::Limits::memory`] twice.
    pub painters: usize,
    /// How long an upload may stay that no message names.
    pub grace: Duration,
    /// How often is swept.
    pub sweep_every: Duration,
}

/// Where the bytes lie.
#[derive(Debug, Clone)]
pub enum Place {
    /// In a folder.
    Folder(PathBuf),
    /// In a bucket of S3, or of whatever speaks like it.
    S3 {
        /// The address of the service, where it is not Amazon's: `https://s3.example.org`.
        endpoint: Option<String>,
        /// The region; services that know none take any word.
        region: String,
        /// The bucket.
        bucket: String,
        /// Who we are there; without it the machine's role says so.
        key: Option<(String, SecretString)>,
    },
}

impl Config {
    /// The usual bounds for a data folder.
    #[must_use]
    pub fn in_folder(folder: &std::path::Path) -> Config {
        Config {
            place: Place::Folder(folder.join("media")),
            spool: folder.join("media-incoming"),
            patience: Duration::from_secs(60),
            keep_free: 256 << 20,
            largest: 100 << 20,
            picture: picture::Limits::default(),
            kinds: Kinds::default(),
            allowance: Allowance { bytes: 2 << 30, count: 10_000 },
            at_once: 32,
            at_once_per_user: 4,
            idle: Duration::from_secs(20),
            slowest: 8 << 10,
            painters: 2,
            grace: Duration::from_hours(24),
            sweep_every: Duration::from_secs(60),
        }
    }
}
