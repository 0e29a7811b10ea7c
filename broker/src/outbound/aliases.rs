//! Short names we give to topics on the way to one client. `[MQTT5-3.3.2-8]`
//!
//! The first topics a client hears get one each; when all are given, the one that was used longest ago gets another
//! topic. A topic as short as its name needs none. A connection that hears no such topic keeps nothing.

use mqtt::Alias;
use std::num::NonZeroU16;

/// A topic of so many bytes is hardly longer than the property that stands for it.
const SHORT: usize = 8;

/// Topics with names, the one used last at the end.
#[derive(Debug, Default)]
pub(super) struct Aliases(Vec<(NonZeroU16, Box<str>)>);

impl Aliases {
    /// How the topic is named in the packet that is written next; `most` is at least 1. `fits` says whether a name can
    /// be told: a packet that tells one is larger than a packet without.
    pub(super) fn of(&mut self, topic: &str, most: u16, fits: impl FnOnce(Alias) -> bool) -> Option<Alias> {
        if topic.len() <= SHORT {
            return None;
        }
        if let Some(place) = self.0.iter().position(|(_, known)| **known == *topic) {
            let known = self.0.remove(place);
            let number = known.0;
            self.0.push(known);
            return Some(Alias::Known(number));
        }
        let next = u16::try_from(self.0.len() + 1).ok().and_then(NonZeroU16::new)?;
        let number = if next.get() <= most { next } else { self.0.first()?.0 };
        if !fits(Alias::New(number)) {
            return None;
        }
        self.0.retain(|(taken, _)| *taken != number);
        self.0.push((number, topic.into()));
        Some(Alias::New(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(aliases: &mut Aliases, topic: &str) -> Option<(bool, u16)> {
        aliases.of(topic, 2, |_| true).map(|alias| match alias {
            Alias::New(number) => (true, number.get()),
            Alias::Known(number) => (false, number.get()),
        })
    }

    #[test]
    fn a_topic_is_told_once_and_named_from_then_on() {
        let mut aliases = Aliases::default();
        let topics =
            ["apps/meter/one", "apps/meter/two", "apps/meter/one", "apps/meter/three", "apps/meter/one"];
        let names = topics.map(|topic| name(&mut aliases, topic));
        // The third takes the name of the second, which was used longest ago.
        let expected = [(true, 1), (true, 2), (false, 1), (true, 2), (false, 1)].map(Some);
        assert_eq!(names, expected);
    }

    #[test]
    fn a_name_that_would_make_the_packet_too_large_is_not_given() {
        let mut aliases = Aliases::default();
        assert_eq!(aliases.of("apps/meter/one", 2, |_| false), None);
        assert_eq!(name(&mut aliases, "apps/meter/one"), Some((true, 1)));
    }

    #[test]
    fn short_topics_stay_as_they_are() {
        assert_eq!(name(&mut Aliases::default(), "a/b"), None);
    }
}
