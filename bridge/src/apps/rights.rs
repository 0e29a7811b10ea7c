//! Who may use which topic.
//!
//! What is open needs no right. What is an app's is used by grant: some are kept in the store and may change at any
//! time, some came with a token and last as long as its connection, or as the subscriptions that it made. An app for
//! which nobody was ever granted anything is as open as everything else, where topics are open.

use chat::UserId;
use parking_lot::RwLock;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use topics::grant::{Grant, allows};
use topics::realm::Realm;

/// Grants that came with a token.
pub(crate) type Claims = Arc<[Grant]>;

/// All grants of the store.
#[derive(Debug)]
pub(crate) struct Grants {
    given: RwLock<Given>,
    /// Raised by every change.
    version: AtomicU64,
    /// Whether topics are open.
    open: bool,
}

/// By whom they are for (nobody is everybody), then by app: what one device may do is found without a look at others'.
#[derive(Debug, Default)]
struct Given {
    all: BTreeMap<(Option<UserId>, String), Grant>,
    /// How many there are for each app.
    apps: HashMap<String, usize>,
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
        Grants { given: RwLock::default(), version: AtomicU64::new(1), open }
    }

    /// Whether topics are open.
    pub(crate) fn are_topics_open(&self) -> bool {
        self.open
    }

    /// Puts one grant in the place of the one there was for the same app and user; an empty one takes it away.
    pub(crate) fn put(&self, user: Option<UserId>, grant: Grant) {
        let mut given = self.given.write();
        given.take((user, grant.app.clone()));
        if !grant.read.is_empty() || !grant.write.is_empty() {
            given.add(user, grant);
        }
        drop(given);
        self.version.fetch_add(1, Ordering::Release);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.given.read().all.len()
    }

    /// What this user, or everybody, was granted in this app.
    pub(super) fn get(&self, user: Option<UserId>, app: &str) -> Option<Grant> {
        self.given.read().all.get(&(user, app.to_owned())).cloned()
    }

    /// Those that are sought, in no particular order.
    pub(super) fn list(
        &self,
        is_sought: impl Fn(Option<UserId>, &str) -> bool,
    ) -> Vec<(Option<UserId>, Grant)> {
        let given = self.given.read();
        let sought = given.all.iter().filter(|((user, app), _)| is_sought(*user, app));
        sought.map(|((user, _), grant)| (*user, grant.clone())).collect()
    }

    /// What this device may do.
    pub(crate) fn of(&self, holder: Holder<'_>) -> Rights {
        let version = self.version.load(Ordering::Acquire);
        let given = self.given.read();
        let stored = given.of(None).chain(given.of(Some(holder.user)));
        let (mut read, mut write) = (Vec::new(), Vec::new());
        for grant in stored.chain(holder.claims) {
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
        self.open && !self.given.read().apps.contains_key(app)
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

impl Given {
    fn add(&mut self, user: Option<UserId>, grant: Grant) {
        *self.apps.entry(grant.app.clone()).or_default() += 1;
        self.all.insert((user, grant.app.clone()), grant);
    }

    fn take(&mut self, key: (Option<UserId>, String)) {
        if self.all.remove(&key).is_none() {
            return;
        }
        let (_, app) = key;
        if let Entry::Occupied(mut many) = self.apps.entry(app) {
            *many.get_mut() -= 1;
            if *many.get() == 0 {
                many.remove();
            }
        }
    }

    /// What is for this user, or for everybody.
    fn of(&self, user: Option<UserId>) -> impl Iterator<Item = &Grant> {
        let from = self.all.range((user, String::new())..);
        from.take_while(move |((whose, _), _)| *whose == user).map(|(_, grant)| grant)
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

    #[test]
    fn an_app_is_by_grant_until_the_last_grant_is_taken_away() {
        let grants = Grants::new(true);
        let none = || Grant { app: "meter".into(), read: Vec::new(), write: Vec::new() };
        for user in [None, Some(UserId(8)), Some(UserId(8))] {
            grants.put(user, grant("meter", &["#"]));
        }
        assert_eq!(grants.count(), 2);
        let may = || grants.may_write(&rights(&grants), "apps/meter/bo/up");
        grants.put(Some(UserId(8)), none());
        assert!(!may());
        grants.put(None, none());
        grants.put(None, none());
        assert!(may());
    }
}
