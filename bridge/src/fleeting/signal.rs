//! What members of a room tell each other and nobody keeps.

use super::audience::audience;
use super::tell::Message;
use super::{in_time, standing};
use crate::core::Core;
use crate::say::{Not, Speaker, Spoken};
use chat::{Handle, Refusal};
use mqtt::packet::Qos;
use topics::payload::signal;
use topics::{Format, Topic};

/// Passes a signal on.
///
/// # Errors
/// The refusal that its sender is told, and the store's.
pub(super) async fn say(
    core: &Core,
    speaker: &Speaker<'_>,
    (room, format): (&Handle, Format),
    spoken: &Spoken<'_>,
    qos: Qos,
) -> Result<(), Not> {
    let said = signal::read(format, spoken.payload).map_err(Refusal::from)?;
    let (len, limit) = (said.len(), core.config.signal_size);
    if len > limit {
        return Err(Refusal::TooLarge { len, limit }.into());
    }
    let standing = standing(core, room, speaker.user).await?;
    standing.may_signal(core.now())?;
    in_time(&core.fleeting.signal_pace, speaker.user)?;
    let hearers = audience(core, standing.room, speaker.user).await?;
    let origin = speaker.session.map(|session| session.origin);
    let message = Message {
        topic: Topic::Signal(room.clone()),
        write: &|format| signal::write(room, speaker.handle, &said, format),
        qos,
        is_bytes: true,
    };
    core.pass_around(&hearers, &message, |session| {
        session.state().routes.signals(room, origin == Some(session.origin))
    });
    Ok(())
}
