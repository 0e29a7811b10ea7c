//! Whose a topic is: chat's, an app's, everybody's, or the server's own.
//!
//! The page gives chat six first levels and the apps one. Every other topic is open: nobody may use it, unless the
//! server was told to open them. Whoever routes plain MQTT asks here first, and asks the page's own grammar
//! ([`crate::Address`], [`crate::filter`]) only about chat.
//!
//! Start at [`Realm::of`].

/// The first levels that are chat's.
const CHAT: [&str; 6] = ["rooms", "users", "me", "rpc", "plain", "cbor"];

/// Whose a topic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Realm<'a> {
    /// A topic of chat, or one that looks like it.
    Chat,
    /// `apps/{app}` or one below it.
    App(&'a str),
    /// `$SYS` or one below it: the server speaks there, and nobody else.
    Server,
    /// Any other.
    Open,
}

impl<'a> Realm<'a> {
    /// Whose this topic is.
    #[must_use]
    pub fn of(topic: &'a str) -> Realm<'a> {
        let (first, rest) = topic.split_once('/').unwrap_or((topic, ""));
        match first {
            "apps" => Realm::App(rest.split('/').next().unwrap_or_default()),
            "$SYS" => Realm::Server,
            first if CHAT.contains(&first) => Realm::Chat,
            _ => Realm::Open,
        }
    }
}

/// Which realms a filter reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// It could match a topic that looks like chat's.
    pub chat: bool,
    /// It could match one that does not.
    pub plain: bool,
}

impl Reach {
    /// Which realms this filter reaches; of a shared one, ask about what stands behind the group.
    #[must_use]
    pub fn of(filter: &str) -> Reach {
        let first = filter.split('/').next().unwrap_or_default();
        let anywhere = matches!(first, "+" | "#");
        let chat = CHAT.contains(&first);
        Reach { chat: anywhere || chat, plain: anywhere || !chat }
    }
}

/// The group and the filter of a shared subscription; nothing for another. `[MQTT5-4.8.2-1]`, `[MQTT5-4.8.2-2]`
#[must_use]
pub fn shared(filter: &str) -> Option<(&str, &str)> {
    let (group, filter) = filter.strip_prefix("$share/")?.split_once('/')?;
    let is_group = !group.is_empty() && !group.contains(['+', '#']);
    (is_group && !filter.is_empty()).then_some((group, filter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_has_one_owner() {
        let of = |topic| Realm::of(topic);
        assert_eq!(of("rooms/tea/said"), Realm::Chat);
        assert_eq!(of("plain/anything"), Realm::Chat);
        assert_eq!(of("apps/meter/7/up"), Realm::App("meter"));
        assert_eq!(of("apps"), Realm::App(""));
        assert_eq!(of("$SYS/broker/uptime"), Realm::Server);
        assert_eq!([of("/rooms"), of("roomsy/a"), of("TopicA"), of("$other")], [Realm::Open; 4]);
    }

    #[test]
    fn a_filter_whose_first_level_is_a_wildcard_reaches_both() {
        let both = Reach { chat: true, plain: true };
        assert_eq!([Reach::of("#"), Reach::of("+/tea/said")], [both; 2]);
        assert_eq!(Reach::of("rooms/#"), Reach { chat: true, plain: false });
        assert_eq!(Reach::of("/#"), Reach { chat: false, plain: true });
    }

    #[test]
    fn a_shared_filter_is_a_group_and_a_filter() {
        assert_eq!(shared("$share/workers/apps/meter/#"), Some(("workers", "apps/meter/#")));
        assert_eq!(
            [shared("$share//a"), shared("$share/a+/b"), shared("$share/a"), shared("$share/a/")],
            [None; 4]
        );
    }
}
