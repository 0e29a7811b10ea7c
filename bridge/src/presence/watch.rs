//! Who watches whom.
//!
//! It is held both ways: a change of one person finds their watchers, and a watcher who goes is taken out of those they
//! watched. Watchers are users, not devices: twenty devices of one user cost what one does.

use super::evaluate::View;
use chat::{Handle, UserId};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Instant;

/// See the module.
#[derive(Default)]
pub(super) struct Watch {
    watchers: HashMap<UserId, Watcher>,
    watched: HashMap<UserId, Watched>,
}

/// Somebody who watches.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Watcher {
    /// Whether they watch those around, even if nobody is there yet.
    pub(super) follows: bool,
    /// Who is around them, in order; nobody, if they do not watch those around.
    pub(super) around: Box<[UserId]>,
    /// Whom they watch by name, in order, and whether they may see them.
    pub(super) named: Box<[(UserId, bool)]>,
}

/// Somebody who is watched.
pub(super) struct Watched {
    /// What they are called.
    pub(super) handle: Handle,
    /// Who sees them, in order.
    by: Vec<UserId>,
    /// Who asked for them by name, seeing them or not, in order.
    named_by: Vec<UserId>,
    /// What watchers were told last; nothing yet, where nobody knows.
    pub(super) told: Option<View>,
    /// Whether somebody watches who was told nothing, because nobody knew.
    pub(super) is_awaited: bool,
    /// When they may be told the next time.
    pub(super) next: Instant,
}

/// What changed for a watcher.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Turned {
    /// Whom they see now.
    pub(super) gained: Vec<UserId>,
    /// Whom they see no more: what they are called, what was told of them last, and whether they were around.
    pub(super) lost: Vec<(UserId, Handle, Option<View>, bool)>,
    /// Entries that were looked at.
    pub(super) steps: usize,
}

impl Watcher {
    /// Whom they see, in order.
    fn seen(&self) -> Vec<UserId> {
        let named = self.named.iter().filter(|(_, sees)| *sees).map(|(user, _)| *user);
        let mut seen: Vec<UserId> = self.around.iter().copied().chain(named).collect();
        seen.sort_unstable();
        seen.dedup();
        seen
    }

    pub(super) fn is_around(&self, user: UserId) -> bool {
        self.around.binary_search(&user).is_ok()
    }

    pub(super) fn sees(&self, user: UserId) -> bool {
        let named = self.named.binary_search_by_key(&user, |(named, _)| *named);
        self.is_around(user) || named.is_ok_and(|place| self.named[place].1)
    }
}

/// Puts somebody into a list that is in order.
fn put(list: &mut Vec<UserId>, user: UserId) {
    if let Err(place) = list.binary_search(&user) {
        list.insert(place, user);
    }
}

fn take(list: &mut Vec<UserId>, user: UserId) {
    if let Ok(place) = list.binary_search(&user) {
        list.remove(place);
    }
}

impl Watch {
    pub(super) fn is_empty(&self) -> bool {
        self.watchers.is_empty()
    }

    pub(super) fn watches(&self, user: UserId) -> bool {
        self.watchers.contains_key(&user)
    }

    pub(super) fn watcher(&self, user: UserId) -> Option<&Watcher> {
        self.watchers.get(&user)
    }

    pub(super) fn watched(&mut self, user: UserId) -> Option<&mut Watched> {
        self.watched.get_mut(&user)
    }

    /// When somebody who is watched may be told of next.
    pub(super) fn next_of(&self, user: UserId) -> Option<Instant> {
        self.watched.get(&user).map(|watched| watched.next)
    }

    /// Who sees this user.
    pub(super) fn seers(&self, user: UserId) -> &[UserId] {
        self.watched.get(&user).map_or(&[], |watched| &watched.by)
    }

    /// Of these those who are not watched by anybody yet.
    pub(super) fn unknown(&self, users: impl Iterator<Item = UserId>) -> Vec<UserId> {
        users.filter(|user| !self.watched.contains_key(user)).collect()
    }

    /// What somebody is called who is watched.
    pub(super) fn handle(&self, user: UserId) -> Option<&Handle> {
        self.watched.get(&user).map(|watched| &watched.handle)
    }

    /// Whether somebody asked for this user by name.
    pub(super) fn is_named(&self, user: UserId) -> bool {
        self.watched.get(&user).is_some_and(|watched| !watched.named_by.is_empty())
    }

    /// Who asked for this user by name.
    pub(super) fn named_by(&self, user: UserId) -> Vec<UserId> {
        self.watched.get(&user).map_or_else(Vec::new, |watched| watched.named_by.clone())
    }

    /// From now on this user watches so; nobody, if there is nobody. `called` says what people are called who were not
    /// watched before.
    pub(super) fn set(
        &mut self,
        user: UserId,
        watcher: Watcher,
        called: impl Fn(UserId) -> Option<Handle>,
    ) -> Turned {
        let before = self.watchers.remove(&user).unwrap_or_default();
        let (saw, sees) = (before.seen(), watcher.seen());
        let mut turned = Turned { steps: saw.len() + sees.len(), ..Turned::default() };
        for (named, _) in &before.named {
            self.watched.entry(*named).and_modify(|watched| take(&mut watched.named_by, user));
        }
        for (named, _) in &watcher.named {
            if let Some(watched) = self.open(*named, &called) {
                put(&mut watched.named_by, user);
            }
        }
        for one in saw.iter().filter(|one| sees.binary_search(one).is_err()) {
            if let Some(watched) = self.watched.get_mut(one) {
                take(&mut watched.by, user);
                let lost = (*one, watched.handle.clone(), watched.told.clone(), before.is_around(*one));
                turned.lost.push(lost);
            }
        }
        for one in sees.iter().filter(|one| saw.binary_search(one).is_err()) {
            if let Some(watched) = self.open(*one, &called) {
                put(&mut watched.by, user);
                turned.gained.push(*one);
            }
        }
        for one in before.named.iter().map(|(named, _)| named).chain(&saw) {
            self.close(*one);
        }
        if watcher != Watcher::default() {
            self.watchers.insert(user, watcher);
        }
        turned
    }

    /// From now on this user sees somebody whom they asked for by name, or no more; nothing if it is so already.
    pub(super) fn sees(&mut self, seer: UserId, user: UserId, sees: bool) -> Option<Turned> {
        let mut watcher = self.watchers.get(&seer)?.clone();
        let place = watcher.named.binary_search_by_key(&user, |(named, _)| *named).ok()?;
        if std::mem::replace(&mut watcher.named[place].1, sees) == sees {
            return None;
        }
        Some(self.set(seer, watcher, |_| None))
    }

    fn open(&mut self, user: UserId, called: impl Fn(UserId) -> Option<Handle>) -> Option<&mut Watched> {
        match self.watched.entry(user) {
            Entry::Occupied(here) => Some(here.into_mut()),
            Entry::Vacant(place) => Some(place.insert(Watched {
                handle: called(user)?,
                by: Vec::new(),
                named_by: Vec::new(),
                told: None,
                is_awaited: false,
                next: Instant::now(),
            })),
        }
    }

    fn close(&mut self, user: UserId) {
        if self.watched.get(&user).is_some_and(|one| one.by.is_empty() && one.named_by.is_empty()) {
            self.watched.remove(&user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: UserId = UserId(1);
    const BO: UserId = UserId(2);
    const CY: UserId = UserId(3);
    const DI: UserId = UserId(4);

    fn called(user: UserId) -> Option<Handle> {
        Handle::new(&format!("user-{user}")).ok()
    }

    fn watching(around: &[UserId], named: &[(UserId, bool)]) -> Watcher {
        Watcher { follows: true, around: around.into(), named: named.into() }
    }

    #[test]
    fn who_follows_those_around_is_a_watcher_before_anybody_is_there() {
        let mut watch = Watch::default();
        watch.set(ANN, watching(&[], &[]), called);
        assert!(watch.watches(ANN) && !watch.is_empty());
    }

    #[test]
    fn who_is_watched_is_found_and_forgotten_with_the_last_watcher() {
        let mut watch = Watch::default();
        assert_eq!(watch.set(ANN, watching(&[BO, CY], &[(DI, false)]), called).gained, [BO, CY]);
        watch.set(CY, watching(&[BO], &[]), called);
        assert_eq!((watch.seers(BO), watch.seers(DI)), (&[ANN, CY][..], &[][..]));
        assert!(watch.is_named(DI) && !watch.is_named(BO));
        let turned = watch.set(ANN, watching(&[CY], &[(DI, true)]), called);
        assert_eq!((turned.gained, turned.lost.len(), turned.lost[0].3), (vec![DI], 1, true));
        assert_eq!((watch.seers(BO), watch.seers(DI)), (&[CY][..], &[ANN][..]));
        watch.set(ANN, Watcher::default(), called);
        watch.set(CY, Watcher::default(), called);
        assert!(watch.watchers.is_empty() && watch.watched.is_empty());
    }

    #[test]
    fn who_is_around_and_named_is_watched_once() {
        let mut watch = Watch::default();
        watch.set(ANN, watching(&[BO], &[(BO, true)]), called);
        assert_eq!(watch.seers(BO), [ANN]);
        let turned = watch.set(ANN, watching(&[], &[(BO, true)]), called);
        assert_eq!((turned.gained, turned.lost), (vec![], vec![]), "it is seen by name");
        assert!(watch.watcher(ANN).unwrap().sees(BO) && !watch.watcher(ANN).unwrap().is_around(BO));
    }

    #[test]
    fn nobody_is_watched_who_is_not_there() {
        let mut watch = Watch::default();
        watch.set(ANN, watching(&[BO], &[]), |_| None);
        assert!(watch.watched.is_empty());
    }
}
