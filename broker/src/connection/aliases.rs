//! Short names a client gave to topics on this connection. `[MQTT5-3.3.2-7]`

use mqtt::ReasonCode;
use mqtt::packet::Publish;
use std::num::NonZeroU16;

/// At most [`mqtt::Limits::topic_alias_maximum`] of them; an alias over it is no alias.
#[derive(Debug, Default)]
pub(super) struct Aliases(Vec<(NonZeroU16, Box<str>)>);

impl Aliases {
    /// Puts the topic where its alias stood, and learns what a new alias means.
    pub(super) fn resolve(&mut self, publish: &mut Publish, maximum: u16) -> Result<(), ReasonCode> {
        let Some(alias) = publish.properties.topic_alias.take() else { return Ok(()) };
        if alias.get() > maximum {
            return Err(ReasonCode::TopicAliasInvalid);
        }
        let known = self.0.iter_mut().find(|(known, _)| *known == alias);
        match known {
            // [MQTT5-3.3.2-12]: an alias that was never set, without a topic, is a protocol error.
            None if publish.topic.is_empty() => return Err(ReasonCode::ProtocolError),
            None => self.0.push((alias, publish.topic.as_str().into())),
            Some((_, topic)) if publish.topic.is_empty() => publish.topic = topic.to_string(),
            Some((_, topic)) => *topic = publish.topic.as_str().into(),
        }
        Ok(())
    }
}
