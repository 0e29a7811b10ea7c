//! What people may upload, and where it goes.

use super::value::{count, size, time};
use super::written::{Remedy, Written};
use super::{Config, ConfigError, DAY, SECOND};
use ::media::{Kinds, Place};
use std::path::Path;
use toml::Value;

/// The variables that everybody uses who speaks with S3, for the one secret of it.
const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const KEY_SECRET: &str = "AWS_SECRET_ACCESS_KEY";

/// `[media]`.
#[derive(Debug, Clone)]
pub(super) struct Uploads {
    /// The bucket; none for a folder beside the database.
    bucket: Option<String>,
    endpoint: Option<String>,
    region: String,
    bounds: ::media::Config,
}

impl Config {
    /// What people may upload, and where it goes. The key to a bucket comes from the environment.
    pub(crate) fn media(&self) -> ::media::Config {
        let Uploads { bucket, endpoint, region, bounds } = self.uploads.clone();
        let usual = ::media::Config::in_folder(&self.data);
        let place = match bucket {
            None => usual.place,
            Some(bucket) => {
                let variable = |name| std::env::var(name).ok().filter(|text: &String| !text.is_empty());
                let key = variable(KEY_ID).zip(variable(KEY_SECRET));
                let key = key.map(|(id, secret)| (id, secret.into()));
                Place::S3 { endpoint, region, bucket, key }
            }
        };
        ::media::Config { place, spool: usual.spool, ..bounds }
    }
}

/// Reads the section.
pub(super) fn read(w: &mut Written) -> Result<Uploads, ConfigError> {
    let usual = ::media::Config::in_folder(Path::new("."));
    let (picture, allowance) = (usual.picture, usual.allowance);
    Ok(Uploads {
        bucket: w.take("media.place", None, place)?,
        endpoint: w.take("media.s3_endpoint", None, endpoint)?,
        region: w.take("media.s3_region", "us-east-1".to_owned(), region)?,
        bounds: ::media::Config {
            keep_free: w.take("media.keep_free", usual.keep_free, size(0, 1 << 50))?,
            largest: w.take("media.largest", usual.largest, size(1 << 10, 1 << 40))?,
            picture: ::media::picture::Limits {
                bytes: w.take("media.picture", picture.bytes, size(1 << 10, 1 << 30))?,
                pixels: u64::from(w.take("media.pixels", pixels(picture.pixels), count(1, 1_000_000_000))?),
                memory: w.take("media.picture_memory", picture.memory, size(1 << 20, 16 << 30))?,
            },
            kinds: w.take("media.kinds", usual.kinds.clone(), kinds)?,
            allowance: store::Allowance {
                bytes: w.take("media.bytes_per_user", allowance.bytes, size(1 << 10, 1 << 50))?,
                count: w.take("media.uploads_per_user", allowance.count, count(1, 100_000_000))?,
            },
            at_once: w.take("media.at_once", usual.at_once, count(1, 10_000))?,
            at_once_per_user: w.take("media.at_once_per_user", usual.at_once_per_user, count(1, 1_000))?,
            idle: w.take("media.idle", usual.idle, time(SECOND, 600 * SECOND))?,
            slowest: w.take("media.slowest", usual.slowest, size(1, 1 << 30))?,
            painters: w.take("media.pictures_at_once", usual.painters, count(1, 256))?,
            grace: w.take("media.grace", usual.grace, time(60 * SECOND, 366 * DAY))?,
            ..usual
        },
    })
}

fn pixels(usual: u64) -> u32 {
    u32::try_from(usual).unwrap_or(u32::MAX)
}

/// `"folder"`, or a bucket.
fn place(value: &Value) -> Result<Option<String>, Remedy> {
    let text = value.as_str().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    match text.strip_prefix("s3://") {
        None if text == "folder" => Ok(None),
        Some(bucket) if !bucket.is_empty() && bucket.bytes().all(plain) => Ok(Some(bucket.to_owned())),
        _ => Err("write \"folder\", or a bucket such as \"s3://natter-media\"".to_owned()),
    }
}

/// `"amazon"`, or where else a service is that speaks like it.
fn endpoint(value: &Value) -> Result<Option<String>, Remedy> {
    match value.as_str() {
        Some("amazon") => Ok(None),
        Some(url) if url.starts_with("https://") || url.starts_with("http://") => Ok(Some(url.to_owned())),
        _ => Err("write \"amazon\", or an address such as \"https://s3.example.org\"".to_owned()),
    }
}

fn region(value: &Value) -> Result<String, Remedy> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let text = value.as_str().filter(|text| !text.is_empty() && text.bytes().all(plain));
    text.map(str::to_owned).ok_or_else(|| "write a region, such as \"eu-central-1\"".to_owned())
}

/// A list of types, or a text with commas; `"usual"` for what people send each other.
fn kinds(value: &Value) -> Result<Kinds, Remedy> {
    let list: Option<Vec<String>> = match value {
        Value::String(text) if text == "usual" => return Ok(Kinds::default()),
        Value::Array(list) => list.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
        Value::String(text) => Some(text.split(',').map(|part| part.trim().to_owned()).collect()),
        _ => None,
    };
    let read = list.ok_or_else(String::new).and_then(Kinds::new);
    read.map_err(|_| {
        "write a list of types, such as [\"image/*\", \"application/pdf\"], or \"usual\"".to_owned()
    })
}
