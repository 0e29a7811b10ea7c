//! The bytes, for who has a token and may see them, or has a link that somebody made who may.

use super::{File, Id, part_of};
use crate::ask::Ask;
use crate::problem::{Code, Problem};
use crate::words::At;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chat::Timestamp;
use media::{Desk, MediaError, Part};
use serde::{Deserialize, Serialize};
use store::StoredMedia;
use store::stored::now;
use utoipa::ToSchema;

/// How long a link is good for if nobody says otherwise, in seconds: as long as a page is looked at.
const USUAL: u32 = 3_600;
/// And at most: a week. Who leaves a room does not take back the links that were made before.
const MOST: u32 = 7 * 86_400;

/// A file, by token or by link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ThisFile {
    media: Id,
    /// Of a link: until when it is good, in milliseconds since 1970.
    until: Option<u64>,
    /// Of a link: what makes it one of ours.
    signature: Option<String>,
    /// Whether it is to be saved, though it could be shown.
    #[serde(default)]
    save: bool,
}

/// A link to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLink {
    media: Id,
    /// `file`, or `thumbnail`; `file` without it.
    part: Option<String>,
    /// Seconds that it is good for, up to a week; an hour without it.
    #[schema(minimum = 1, maximum = 604_800)]
    expires_in: Option<u32>,
}

/// A link.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Link {
    /// Where, on this server.
    url: String,
    /// Until when.
    expires_at: At,
}

pub(super) async fn content(ask: Ask, input: ThisFile) -> Result<File, Problem> {
    let found = found(&ask, &input, Part::File).await?;
    Ok(File::whole(ask.media().clone(), found, input.save))
}

pub(super) async fn thumbnail(ask: Ask, input: ThisFile) -> Result<File, Problem> {
    let found = found(&ask, &input, Part::Thumbnail).await?;
    let bytes = ask.media().thumbnail(&found).await?;
    Ok(File::small(&found, bytes))
}

async fn found(ask: &Ask, input: &ThisFile, part: Part) -> Result<StoredMedia, Problem> {
    let found = match (&input.until, &input.signature, ask.caller()) {
        (Some(until), Some(signature), _) => {
            let until = Timestamp(i64::try_from(*until).unwrap_or(i64::MAX));
            let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
            let linked = ask.media().linked(input.media.0, part, (until, &signature)).await;
            // Who tries links out is counted as whoever guesses passwords.
            if matches!(linked, Err(MediaError::NotFound)) {
                ask.api.rates.stranger(ask.asker.address)?;
            }
            linked?
        }
        (None, None, Ok(caller)) => ask.media().seen_by(input.media.0, caller.account.id).await?,
        (None, None, Err(nobody)) => {
            ask.api.rates.stranger(ask.asker.address)?;
            return Err(nobody);
        }
        _ => return Err(Problem::bad_request("a link has both `until` and `signature`")),
    };
    part_of(&found, part)?;
    Ok(found)
}

pub(super) async fn make(ask: Ask, input: NewLink) -> Result<Link, Problem> {
    let part = match input.part.as_deref() {
        None | Some("file") => Part::File,
        Some("thumbnail") => Part::Thumbnail,
        Some(_) => return Err(Problem::bad_request("`part` is `file` or `thumbnail`")),
    };
    let seconds = input.expires_in.unwrap_or(USUAL);
    if !(1..=MOST).contains(&seconds) {
        return Err(Problem::new(Code::Invalid, format!("`expires_in` is from 1 to {MOST}")));
    }
    let found = ask.media().seen_by(input.media.0, ask.caller()?.account.id).await?;
    part_of(&found, part)?;
    let until = Timestamp(now().0 + i64::from(seconds) * 1_000);
    let signature = URL_SAFE_NO_PAD.encode(Desk::signature(&found, part, until)?);
    let place = match part {
        Part::File => "content",
        Part::Thumbnail => "thumbnail",
    };
    let url = format!("/v1/media/{}/{place}?until={}&signature={signature}", found.media.id, until.0);
    Ok(Link { url, expires_at: At(until) })
}
