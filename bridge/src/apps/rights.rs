//! Who may use which topic.
//!
//! What is open needs no right. What is an app's is used by grant: some are kept in the store and may change at any
//! time, some came with a token and last as long as its connection, or as the subscriptions that it made. An app for
//! which nobody was ever granted anything is as open as everything else, where topics are open.

use chat::UserId;
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use topics::grant::{Grant, allows};
use topics::realm::Realm;

/// Grants that came with a token.
pub(crate) type Claims = Arc<[Grant]>;

/// All grants of the store.
#[derive(Debug)]
pub(crate) struct Grants {
    by_app: RwLock<HashMap<String, Vec<(Option<UserId>, Grant)>>>,
    /// Raised by every change.
    version: AtomicU64,
    /// Whether topics are open.
    open: bool,
}

/// What one device may do, as of a version of the grants.
#[derive(Debug, Default)]
pub(crate) struct Rights {
    version: u64,
    read: Vec<String>,
    write: Vec<String>,
    is_admin: bool,
}

/// Whose rights.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder<'a> {
    pub(crate) user: UserId,
    pub(crate) handle: &'a str,
    pub(crate) device: &'a str,
    pub(crate) claims: &'a [Grant],
    /// Whether it may see how the server is.
    pub(crate) is_admin: bool,
}

impl Grants {
    pub(crate) fn new(open: bool) -> Grants {
        Grants { by_app: RwLock::default(), version: AtomicU64::new(1), open }
    }

    /// Whether topics are open.
    pub(crate) fn are_topics_open(&self) -> bool {
        self.open
    }

    /// Puts one grant in the place of the one there was for the same app and user; an empty one takes it away.
    pub(crate) fn put(&self, user: Option<UserId>, grant: Grant) {
        let mut by_app = self.by_app.write();
        let grants = by_app.entry(grant.app.clone()).or_default();
        grants.retain(|(whose, _)| *whose != user);
        if grant.read.is_empty() && grant.write.is_empty() {
            if grants.is_empty() {
                by_app.remove(&grant.app);
            }
        } else {
            grants.push((user, grant));
        }
        drop(by_app);
        self.version.fetch_add(1, Ordering::Release);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.by_app.read().values().map(Vec::len).sum()
    }

    /// What this device may do.
    pub(crate) fn of(&self, holder: Holder<'_>) -> Rights {
        let version = self.version.load(Ordering::Acquire);
        let by_app = self.by_app.read();
        let stored = by_app.values().flatten();
        let stored = stored.filter(|(user, _)| user.is_none_or(|user| user == holder.user));
        let (mut read, mut write) = (Vec::new(), Vec::new());
        for grant in stored.map(|(_, grant)| grant).chain(holder.claims) {
            read.extend(grant.filters(&grant.read, holder.handle, holder.device));
            write.extend(grant.filters(&grant.write, holder.handle, holder.device));
        }
        Rights { version, read, write, is_admin: holder.is_admin }
    }

    /// Whether these were worked out before a grant changed.
    pub(crate) fn have_changed_since(&self, rights: &Rights) -> bool {
        rights.version != self.version.load(Ordering::Acquire)
    }

    /// Whether somebody with these rights may publish there.
    pub(crate) fn may_write(&self, rights: &Rights, topic: &str) -> bool {
        self.may(topic, &rights.write)
    }

    /// Whether somebody with these rights may hear what is published there.
    pub(crate) fn may_read(&self, rights: &Rights, topic: &str) -> bool {
        match Realm::of(topic) {
            Realm::Server => rights.is_admin,
            _ => self.may(topic, &rights.read),
        }
    }

    fn may(&self, topic: &str, filters: &[String]) -> bool {
        match Realm::of(topic) {
            Realm::Chat | Realm::Server => false,
            Realm::Open => self.open && !topic.starts_with("$share/"),
            Realm::App(app) => self.is_open(app) || allows(filters, topic),
        }
    }

    /// Whether everybody may use this app's topics.
    fn is_open(&self, app: &str) -> bool {
        self.open && !self.by_app.read().contains_key(app)
    }

    /// Whether a filter could match something that somebody with these rights may hear.
    pub(crate) fn may_subscribe(&self, rights: &Rights, filter: &str) -> bool {
        let reaches = |own: &String| topics::pattern::overlap(own, filter);
        match Realm::of(filter) {
            Realm::Chat => false,
            Realm::Server => rights.is_admin,
            Realm::Open if self.open => !filter.starts_with("$share/"),
            Realm::Open => rights.read.iter().any(reaches),
            Realm::App(app) => self.is_open(app) || rights.read.iter().any(reaches),
        }
    }
}

/// Whether what a filter matches is looked at one by one: an app's topics are heard by grant, and grants change.
pub(crate) fn is_limited(filter: &str) -> bool {
    let first = filter.split('/').next().unwrap_or_default();
    matches!(first, "apps" | "$SYS" | "+" | "#")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(app: &str, read: &[&str]) -> Grant {
        let read = read.iter().map(|one| (*one).to_owned()).collect();
        Grant { app: app.into(), read, write: vec!["{device}/up".into()] }
    }

    fn rights(grants: &Grants) -> Rights {
        grants.of(Holder { user: UserId(7), handle: "ann", device: "phone", claims: &[], is_admin: false })
    }

    #[test]
    fn an_app_is_used_by_grant_and_by_nobody_else() {
        let grants = Grants::new(false);
        grants.put(None, grant("meter", &["{user}/#"]));
        let held = rights(&grants);
        assert!(grants.may_read(&held, "apps/meter/ann/1") && !grants.may_read(&held, "apps/meter/bo/1"));
        assert!(
            grants.may_write(&held, "apps/meter/phone/up") && !grants.may_write(&held, "apps/meter/ann/1")
        );
        assert!(!grants.may_write(&held, "TopicA") && !grants.may_write(&held, "rooms/tea/say"));
        let may = ["apps/#", "apps/meter/+/1", "+/meter/#"].map(|filter| grants.may_subscribe(&held, filter));
        assert_eq!(may, [true; 3]);
        assert!(!grants.may_subscribe(&held, "apps/meter/bo/#") && !grants.may_subscribe(&held, "TopicA/#"));
    }

    #[test]
    fn where_topics_are_open_an_app_with_grants_is_still_by_grant() {
        let grants = Grants::new(true);
        assert!(grants.may_write(&rights(&grants), "apps/meter/bo/up"));
        grants.put(Some(UserId(8)), grant("meter", &["#"]));
        assert!(!grants.may_write(&rights(&grants), "apps/meter/bo/up"));
        assert!(
            grants.may_write(&rights(&grants), "apps/lamp/1") && grants.may_write(&rights(&grants), "TopicA")
        );
        assert!(!grants.may_write(&rights(&grants), "$SYS/broker/uptime"));
        assert!(!grants.may_write(&rights(&grants), "rooms/tea/say"));
    }

    #[test]
    fn a_grant_that_is_taken_away_is_gone_and_whoever_held_it_is_told_to_look() {
        let grants = Grants::new(false);
        grants.put(Some(UserId(7)), grant("meter", &["#"]));
        let held = rights(&grants);
        assert!(grants.may_read(&held, "apps/meter/x") && !grants.have_changed_since(&held));
        grants.put(Some(UserId(7)), Grant { app: "meter".into(), read: Vec::new(), write: Vec::new() });
        assert!(grants.have_changed_since(&held) && !grants.may_read(&rights(&grants), "apps/meter/x"));
        assert_eq!(grants.count(), 0);
    }
}
