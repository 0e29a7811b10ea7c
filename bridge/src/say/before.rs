//! What is sent again is answered as it was the first time, whatever its sender may by now.
//!
//! Somebody who was muted, shown out or banned since may not know that what they said before is in the log: the answer was
//! lost. So what is refused and may have been sent before goes into the lane all the same, judged by no rules: the
//! commit finds it by its draft or its packet, or it comes back and is refused as it was. Both are looked for under their
//! sender alone, so nobody learns of anything but what they sent themselves. Of a message that can't be read any more
//! it is not asked either what it says: whatever was said on under this draft is what was sent.

use super::judge::{Made, read_said, turn};
use super::{Not, Speaker, Spoken};
use crate::core::Core;
use crate::lane::Judge;
use chat::{Ask, Content, Forwarded, Handle, Refusal, RulesVersion, Seq, Standing, Warrant};
use std::sync::Arc;
use std::time::Instant;
use store::{NewAct, NewEntry, Resend};
use topics::{Address, Topic};

/// A command that finds what was sent before, or is refused like this.
///
/// # Errors
/// The refusal, where it can't have been sent before.
pub(super) async fn look(
    core: &Arc<Core>,
    speaker: &Speaker<'_>,
    spoken: &Spoken<'_>,
    address: &Address,
    refusal: Refusal,
) -> Result<(Made, Instant), Not> {
    let (draft, ask) = read_said(address.format, spoken)?;
    let inbound = spoken.inbound_beside(draft);
    let is_resent = draft.is_some() || inbound.is_some_and(|inbound| inbound.resend != Resend::New);
    // What may be taken later is sent again anyway.
    if !is_resent || matches!(refusal, Refusal::Quota(_)) {
        return Err(refusal.into());
    }
    let Some(standing) = met(core, speaker, &address.topic).await? else { return Err(refusal.into()) };
    // To be refused is not free of limits, where it costs a look.
    let Ok(turn) = turn(core, speaker, spoken, None) else { return Err(refusal.into()) };
    let entry = NewEntry {
        room: standing.room,
        rules: RulesVersion::NONE,
        sender: speaker.user,
        origin: speaker.session.map(|session| session.origin),
        draft,
        inbound,
        at: core.now(),
        expires_at: None,
        pause: None,
        act: act(core, ask, &standing.handle, speaker.handle),
    };
    let made = Made::Entry {
        entry: Box::new(entry),
        from: speaker.handle.clone(),
        room: standing.handle,
        judge: Judge::Refused(refusal),
        deadline: turn + core.config.commit_wait,
    };
    Ok((made, turn))
}

/// The room, if they were ever in it.
async fn met(core: &Core, speaker: &Speaker<'_>, to: &Topic) -> Result<Option<Standing>, Not> {
    let room = match to {
        Topic::Say(room) => room.clone(),
        Topic::SayTo(user) => {
            let Some(other) = core.store.account(user).await? else { return Ok(None) };
            let pair = (speaker.user.min(other.id), speaker.user.max(other.id));
            match core.store.direct(pair).await? {
                Some(room) => room,
                None => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    let Some(standing) = core.store.standing(&room, speaker.user).await? else { return Ok(None) };
    let was_in = !core.store.intervals(speaker.user, standing.room).await?.is_empty();
    Ok(was_in.then_some(standing))
}

/// What is compared with what was sent before. It is done by no right, and never done.
fn act(core: &Core, ask: Ask, room: &Handle, from: &Handle) -> NewAct {
    match ask {
        Ask::Say(content) => NewAct::Say(content),
        Ask::Do(deed) => {
            let windows = core.config.windows;
            NewAct::Do {
                deed,
                warrant: Warrant { hears_from: Seq::FIRST, moderates: false, pins: false, windows },
            }
        }
        Ask::Forward { .. } => {
            let origin = Forwarded::lost(room.clone(), from.clone());
            NewAct::Say(Content { forwarded: Some(Box::new(origin)), ..Content::text("") })
        }
    }
}
