//! A message of another room becomes what is said here.
//!
//! It is said as it is worded now, by whoever repeats it, and names where it was said first. Who may not read it hears
//! that there is no such message, as of one that is not.

use super::Not;
use crate::core::Core;
use chat::{Act, Ask, Content, Deed, Forwarded, Handle, Objection, Refusal, Seq, UserId};

/// The words of what is asked for.
pub(super) async fn worded(core: &Core, user: UserId, ask: Ask) -> Result<Ask, Not> {
    match ask {
        Ask::Forward { room, of } => repeat(core, user, room, of).await.map(Ask::Say),
        other => Ok(other),
    }
}

async fn repeat(core: &Core, user: UserId, room: Handle, of: Seq) -> Result<Content, Not> {
    let none = || Refusal::from(Objection::NoSuchMessage);
    let (store, now) = (&*core.store, core.now());
    let standing = store.standing(&room, user).await?.ok_or_else(none)?;
    let intervals = store.intervals(user, standing.room).await?;
    if !intervals.iter().any(|one| one.from_seq <= of && one.to_seq.is_none_or(|to| of <= to)) {
        return Err(none().into());
    }
    let found = store.pick(&[(standing.room, of)]).await?.pop();
    let entry = found.filter(|entry| entry.expires_at.is_none_or(|end| now < end)).ok_or_else(none)?;
    let content = match entry.act {
        Act::Said(content) => content,
        Act::Recalled => return Err(Refusal::from(Objection::Recalled).into()),
        _ => return Err(none().into()),
    };
    let edit = store.upshots(standing.room, &[of], user, now).await?.pop().and_then(|upshot| upshot.edit);
    let (body, data) = match edit.map(|edit| edit.act) {
        Some(Act::Did(Deed::Edit { wording, .. })) => (wording.body, wording.data),
        _ => (content.body, content.data),
    };
    // What was repeated already goes on naming where it was said first.
    let origin = content.forwarded.unwrap_or_else(|| Box::new(Forwarded { room, seq: of, from: entry.from }));
    let (kind, media) = (content.kind, content.media);
    Ok(Content { kind, data, media, forwarded: Some(origin), ..Content::text(body) })
}
