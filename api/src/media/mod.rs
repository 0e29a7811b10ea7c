//! What people upload, and who may see it.

mod file; // one of them on its way out

mod link; // and who may see it without a token

use crate::ask::Ask;
use crate::method::{Access, Done, Method, Rate, Verb};
use crate::problem::{Code, Problem};
use bridge::identity::Scope;
use chat::MediaId;
pub(crate) use file::File;
use media::{MediaError, Part, Upload};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

const LOOK: (Access, Rate) = (Access::Scope(Scope::MessagesRead), Rate::Read);
const LINKED: (Access, Rate) = (Access::Link(Scope::MessagesRead), Rate::Read);
const CHANGE: (Access, Rate) = (Access::Scope(Scope::MessagesWrite), Rate::Write);

/// The number of an upload, as digits.
#[derive(Debug, Clone, Copy)]
struct Id(MediaId);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Id, D::Error> {
        let text = String::deserialize(from)?;
        MediaId::from_digits(&text).map(Id).ok_or_else(|| serde::de::Error::custom("no number of an upload"))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl PartialSchema for Id {
    fn schema() -> RefOr<Schema> {
        let digits = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9]{1,19}$"));
        RefOr::T(Schema::Object(digits.description(Some("The number of an upload, as digits.")).build()))
    }
}

impl ToSchema for Id {}

/// A file, as the body of the request. What it is, the server finds out by looking at it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewFile {
    /// What it is called.
    #[schema(min_length = 1, max_length = 255)]
    name: Option<String>,
}

/// An upload.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct This {
    media: Id,
}

/// What was uploaded.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Media {
    /// Its number: a message names it by this.
    id: Id,
    /// What it is (MIME).
    #[serde(rename = "type")]
    kind: String,
    /// Its bytes.
    size: u64,
    /// What its uploader called it.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Of a picture: points from left to right, upright.
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    /// Of a picture: points from top to bottom.
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    /// Of a picture: how it looks from far away (blurha.sh).
    #[serde(skip_serializing_if = "Option::is_none")]
    blurhash: Option<String>,
}

impl From<chat::Media> for Media {
    fn from(media: chat::Media) -> Media {
        let (size, picture) = (Some(&media.picture).cloned().flatten(), media.picture);
        Media {
            id: Id(media.id),
            kind: media.kind.into(),
            size: media.size,
            name: media.name.map(Into::into),
            width: size.as_ref().map(|seen| seen.width),
            height: size.map(|seen| seen.height),
            blurhash: picture.map(|seen| seen.blurhash.into()),
        }
    }
}

pub(crate) fn methods() -> Vec<Method> {
    vec![
        Method::new("media.upload", (Verb::Post, "/v1/media"), CHANGE, "Upload a file", upload)
            .takes_a_file()
            .creates()
            .may(&[
                Code::TooMany,
                Code::QuotaFull,
                Code::TooSlow,
                Code::TooLarge,
                Code::KindNotTaken,
                Code::Invalid,
                Code::NoSpace,
            ]),
        Method::new("media.get", (Verb::Get, "/v1/media/{media}"), LOOK, "What an upload is", get)
            .may(&[Code::NotFound]),
        Method::file("media.content", "/v1/media/{media}/content", LINKED, "The file", link::content)
            .may(&[Code::NotFound, Code::NoSuchRange]),
        Method::file(
            "media.thumbnail",
            "/v1/media/{media}/thumbnail",
            LINKED,
            "A small picture",
            link::thumbnail,
        )
        .may(&[Code::NotFound, Code::NoSuchRange]),
        Method::new(
            "media.link",
            (Verb::Post, "/v1/media/{media}/link"),
            LOOK,
            "A link with which anybody sees it for a while",
            link::make,
        )
        .may(&[Code::NotFound, Code::Invalid]),
        Method::new(
            "media.delete",
            (Verb::Delete, "/v1/media/{media}"),
            CHANGE,
            "Delete an upload of mine that no message shows",
            delete,
        )
        .may(&[Code::NotFound]),
    ]
}

async fn upload(ask: Ask, input: NewFile) -> Result<Media, Problem> {
    let name = input.name.map(named).transpose()?;
    let coming = ask.coming.clone().ok_or_else(Problem::by_http_only)?;
    let bytes = coming.bytes.lock().take().ok_or_else(Problem::by_http_only)?;
    let (owner, id) = (ask.caller()?.account.id, ask.bridge().media_id()?);
    let desk = ask.media().clone();
    // Whoever sends it may go away: then what is there of it is put away all the same.
    let taking = tokio::spawn(async move {
        let upload = Upload { id, owner, name, announced: coming.announced };
        let mut bytes = bytes;
        let taken = desk.take(upload, &mut bytes).await;
        *coming.bytes.lock() = Some(bytes);
        taken
    });
    Ok(taking.await.map_err(|error| Problem::internal(&error))??.into())
}

/// A name that file systems and headers can bear: without what separates folders, and without what can't be seen.
fn named(name: String) -> Result<Box<str>, Problem> {
    let fits = matches!(name.len(), 1..=chat::Media::MAX_NAME)
        && !name.chars().any(|one| one.is_control() || matches!(one, '/' | '\\'))
        && !matches!(name.as_str(), "." | "..");
    match fits {
        true => Ok(name.into()),
        false => Err(Problem::new(
            Code::Invalid,
            format!("a name has 1 to {} bytes, and no slashes in it", chat::Media::MAX_NAME),
        )),
    }
}

async fn get(ask: Ask, input: This) -> Result<Media, Problem> {
    let found = ask.media().seen_by(input.media.0, ask.caller()?.account.id).await?;
    Ok(found.media.into())
}

async fn delete(ask: Ask, input: This) -> Result<Done, Problem> {
    ask.media().delete(input.media.0, ask.caller()?.account.id).await?;
    Ok(Done)
}

/// What there is no link for, or not a good one, looks like what is not there.
fn part_of(found: &store::StoredMedia, part: Part) -> Result<(), MediaError> {
    match part {
        Part::Thumbnail if found.media.picture.is_none() => Err(MediaError::NotFound),
        Part::File | Part::Thumbnail => Ok(()),
    }
}
