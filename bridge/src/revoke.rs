//! A proof that is no longer good ends what came in by it, at once.
//!
//! Whoever revokes has told the store first: from then on no CONNECT comes in by that proof. Then every session that
//! did is ended here. One that was checked before and has its seat after is found too: what was revoked lately is
//! remembered, and each session is held against it when it is seated. What another program did to the store is found
//! by looking at all proofs again every half minute.

use crate::accounts;
use crate::core::Core;
use crate::session::Session;
use chat::UserId;
use mqtt::ReasonCode;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{By, CredentialId, Proof};

/// How long a revocation is remembered: longer than any connection takes from its CONNECT to its seat.
const REMEMBERED: Duration = Duration::from_secs(180);
/// Users whose revocations are remembered; past it those that are over go, and the look at all proofs finds the rest.
const USERS: usize = 10_000;
/// How often all proofs are looked at.
const INTERVAL: Duration = Duration::from_secs(30);
/// Proofs in one question: the store's limit.
const AT_ONCE: usize = 500;
/// What has ended is forgotten so much at a time, so that no transaction is long.
const FORGOTTEN: u32 = 500;
/// Answers to requests that may come twice are kept for a day: by then their caller has heard, or has given up.
const ANSWERS: i64 = 86_400_000;

/// What is no longer good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revoked {
    /// This credential.
    One(CredentialId),
    /// All credentials of the user that were made before this one would be, but one.
    Credentials { before: i64, but: Option<CredentialId> },
    /// Proofs by the account as it was before this token version.
    Versions(i64),
}

impl Revoked {
    fn covers(self, by: By) -> bool {
        match (self, by) {
            (Revoked::One(gone), By::Credential(id)) => gone == id,
            (Revoked::Credentials { before, but }, By::Credential(id)) => id.0 < before && but != Some(id),
            (Revoked::Versions(version), By::Account(earlier)) => earlier < version,
            _ => false,
        }
    }
}

/// What was revoked lately.
#[derive(Debug, Default)]
pub(crate) struct Revocations(Mutex<HashMap<UserId, Vec<(Instant, Revoked)>>>);

impl Revocations {
    fn note(&self, user: UserId, revoked: &[Revoked]) {
        let mut users = self.0.lock();
        if users.len() >= USERS {
            users.retain(|_, noted| {
                noted.retain(|(at, _)| at.elapsed() < REMEMBERED);
                !noted.is_empty()
            });
        }
        if users.len() < USERS || users.contains_key(&user) {
            let noted = users.entry(user).or_default();
            noted.retain(|(at, _)| at.elapsed() < REMEMBERED);
            noted.extend(revoked.iter().map(|revoked| (Instant::now(), *revoked)));
        }
    }

    /// Whether this proof was revoked lately.
    pub(crate) fn covers(&self, proof: Proof) -> bool {
        let users = self.0.lock();
        users.get(&proof.user).is_some_and(|noted| noted.iter().any(|(_, revoked)| revoked.covers(proof.by)))
    }
}

impl Core {
    /// Ends what came in by these proofs of the user. The store has them no more.
    pub(crate) fn revoke(&self, user: UserId, revoked: &[Revoked], code: ReasonCode) {
        self.revocations.note(user, revoked);
        for session in self.people.of(user) {
            if let Some(proof) = session.proof()
                && revoked.iter().any(|revoked| revoked.covers(proof.by))
            {
                session.outbound.end(code);
            }
        }
    }
}

/// Looks at all proofs now and then, notes which credentials were used, forgets what has ended and sees off who goes,
/// until the server stops.
pub(crate) async fn watch(core: Arc<Core>) {
    let mut tick = tokio::time::interval(INTERVAL);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    tick.tick().await;
    accounts::finish(&core).await;
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = core.stop.cancelled() => return,
        }
        look(&core, &core.sessions.all()).await;
        tidy(&core).await;
        accounts::finish(&core).await;
    }
}

async fn look(core: &Core, sessions: &[Arc<Session>]) {
    let proven: Vec<_> = sessions.iter().filter_map(|one| Some((one, one.proof()?))).collect();
    for some in proven.chunks(AT_ONCE) {
        let proofs: Vec<Proof> = some.iter().map(|(_, proof)| *proof).collect();
        match core.store.people().are_good(&proofs, core.now()).await {
            Ok(good) => {
                // Meanwhile some may have shown a fresh one.
                let gone = some
                    .iter()
                    .zip(good)
                    .filter(|((session, proof), good)| !good && session.proof() == Some(*proof));
                gone.for_each(|((session, _), _)| session.outbound.end(ReasonCode::NotAuthorized));
            }
            Err(error) => tracing::warn!(%error, "proofs could not be looked at: {error}"),
        }
    }
}

async fn tidy(core: &Core) {
    let now = core.now();
    for some in core.doorkeeper.used.take().chunks(AT_ONCE) {
        if let Err(error) = core.store.people().touch(some, now).await {
            tracing::warn!(%error, "which credentials are in use could not be noted: {error}");
        }
    }
    let since = chat::Timestamp(now.0 - ANSWERS);
    if let Err(error) = core.store.people().forget_ended(now, since, FORGOTTEN).await {
        tracing::warn!(%error, "what has ended could not be forgotten: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_revoked_is_that_and_nothing_else() {
        let of = |by| Proof { user: UserId(1), by };
        let (phone, tablet) = (By::Credential(CredentialId(5)), By::Credential(CredentialId(6)));
        let revocations = Revocations::default();
        revocations.note(UserId(1), &[Revoked::One(CredentialId(5))]);
        assert!(revocations.covers(of(phone)) && !revocations.covers(of(tablet)));
        assert!(!revocations.covers(Proof { user: UserId(2), by: phone }));

        let revocations = Revocations::default();
        let all = Revoked::Credentials { before: 7, but: Some(CredentialId(6)) };
        revocations.note(UserId(1), &[all, Revoked::Versions(3)]);
        assert!(revocations.covers(of(phone)) && !revocations.covers(of(tablet)));
        assert!(!revocations.covers(of(By::Credential(CredentialId(7)))), "made afterwards");
        assert!(revocations.covers(of(By::Account(2))) && !revocations.covers(of(By::Account(3))));
    }
}
