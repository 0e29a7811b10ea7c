//! What is known of an upload that a message names goes into the log with it, so that whoever hears the message knows at
//! once what it shows.

use super::Not;
use crate::core::Core;
use chat::{Ask, Attached, Content, Draft, Refusal, UserId};

/// The same with what its upload is, if it names one that its sender may see.
pub(super) async fn look_up(
    core: &Core,
    sender: UserId,
    (draft, ask): (Option<Draft>, Ask),
) -> Result<(Option<Draft>, Ask), Not> {
    let Ask::Say(content) = ask else { return Ok((draft, ask)) };
    let Some(attached) = &content.media else { return Ok((draft, Ask::Say(content))) };
    let found = core.store.shelf().media_for(attached.id(), sender, core.now()).await?;
    let media = found.ok_or(Refusal::NoSuchMedia)?.media;
    if let Some(family) = content.kind.family().filter(|family| *family != media.family()) {
        let words = format!(
            "kind `{}` shows an upload of type `{family}/…`, and this one is `{}`",
            content.kind.word(),
            media.kind
        );
        return Err(Refusal::Payload(words).into());
    }
    let media = Some(Attached::Known(Box::new(media)));
    Ok((draft, Ask::Say(Content { media, ..content })))
}
