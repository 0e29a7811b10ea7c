//! Credentials: what somebody comes in with, and how it ends. Requests that come twice are here too: they are their
//! callers' affair as well.

use super::bench::*;
use crate::{
    Added, Begun, By, CredentialId, CredentialKind, Proof, RequestKey, Rotated, Rotation, SecretHash, Which,
};
use chat::{Timestamp, UserId};
use std::sync::Arc;

const NOW: Timestamp = Timestamp(100_000);
const LATER: Timestamp = Timestamp(200_000);
const END: Timestamp = Timestamp(300_000);

fn rotation(id: i64, used: u8, next: u8) -> Rotation {
    Rotation {
        id: CredentialId(id),
        family: FAMILY,
        used: SecretHash([used; 32]),
        next: SecretHash([next; 32]),
        now: NOW,
        expires_at: END,
    }
}

fn key(user: Option<UserId>) -> RequestKey {
    RequestKey { user, key: SecretHash([1; 32]) }
}

impl Scene {
    async fn rotate(&self, rotation: Rotation) -> Rotated {
        self.store.people().rotate(&rotation).await.expect("it is tried")
    }

    async fn good(&self, proofs: &[(UserId, i64)], now: Timestamp) -> Vec<bool> {
        let proofs: Vec<Proof> = proofs
            .iter()
            .map(|(user, id)| Proof { user: *user, by: By::Credential(CredentialId(*id)) })
            .collect();
        self.store.people().are_good(&proofs, now).await.expect("they are looked at")
    }

    async fn begin(&self, user: Option<UserId>, request: u8, now: Timestamp) -> Begun {
        let stale = Timestamp(now.0 - 60_000);
        let request = SecretHash([request; 32]);
        self.store.people().begin_request(&key(user), &request, now, stale).await.expect("it begins")
    }

    async fn end(&self, user: Option<UserId>, answer: Option<&[u8]>) {
        self.store.people().end_request(&key(user), answer).await.expect("it ends");
    }
}

/// A credential is found by its number, with its owner, until it ends.
pub async fn a_credential_is_found_until_it_ends(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let mut new = credential(1, ANN, CredentialKind::DeviceToken, Some("phone"));
    new.credential.expires_at = Some(END);
    assert_eq!(scene.added(new.clone()).await, Added::New(vec![]));
    let scene = scene.reopened(bench).await;
    let people = scene.store.people();
    let held = people.credential(CredentialId(1), NOW).await.expect("it is read").expect("it is there");
    assert_eq!((held.credential, held.secret, held.account.id), (new.credential, new.secret, ANN));
    assert_eq!(people.credential(CredentialId(1), END).await.expect("it is read"), None);
    assert_eq!(people.credential(CredentialId(2), NOW).await.expect("it is read"), None);
    assert_eq!(people.credentials(ANN, END).await.expect("they are read"), []);
    assert_eq!(scene.good(&[(ANN, 1), (BO, 1), (ANN, 2)], NOW).await, [true, false, false]);
    assert_eq!(scene.good(&[(ANN, 1)], END).await, [false]);
    let nobody = credential(2, UserId(999), CredentialKind::ApiKey, None);
    assert_eq!(scene.added(nobody).await, Added::NoSuchUser);
}

/// A device comes in by one credential; only a login may follow a login.
pub async fn a_device_comes_in_by_one_credential(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let people = scene.store.people();
    let of = |id, kind| credential(id, ANN, kind, Some("phone"));
    let has_any = async || {
        scene.store.account(&called(ANN)).await.expect("it is read").expect("ann is there").has_credentials
    };
    assert!(!has_any().await && !people.is_bound(ANN, "phone", NOW).await.expect("it is read"));
    assert_eq!(scene.added(of(1, CredentialKind::Login)).await, Added::New(vec![]));
    assert!(has_any().await && people.is_bound(ANN, "phone", NOW).await.expect("it is read"));
    assert!(!people.is_bound(BO, "phone", NOW).await.expect("it is read"), "bo's phone is another");
    assert_eq!(scene.added(of(2, CredentialKind::DeviceToken)).await, Added::DeviceTaken);
    assert_eq!(scene.added(of(3, CredentialKind::Login)).await, Added::New(vec![CredentialId(1)]));
    people.end_credentials(ANN, Which::One(CredentialId(3))).await.expect("it is ended");
    let mut token = of(4, CredentialKind::DeviceToken);
    token.credential.expires_at = Some(END);
    assert_eq!(scene.added(token).await, Added::New(vec![]));
    assert_eq!(scene.added(of(5, CredentialKind::Login)).await, Added::DeviceTaken);
    let mut late = of(6, CredentialKind::Login);
    late.credential.created_at = END;
    assert_eq!(scene.added(late).await, Added::New(vec![]), "what has ended holds no device");
    let keys =
        [credential(7, ANN, CredentialKind::ApiKey, None), credential(8, ANN, CredentialKind::ApiKey, None)];
    for key in keys {
        assert_eq!(scene.added(key).await, Added::New(vec![]), "keys have no device to meet at");
    }
}

/// One login too many takes the place of the one not used for longest; of tokens and keys it is refused.
pub async fn there_are_so_many_credentials_and_no_more(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let login = |id: i64, device| credential(id, ANN, CredentialKind::Login, Some(device));
    scene.added(login(1, "phone")).await;
    scene.added(login(2, "tablet")).await;
    scene.store.people().touch(&[CredentialId(1)], LATER).await.expect("it is noted");
    let third = crate::NewCredential { most: 2, ..login(3, "desk") };
    assert_eq!(scene.added(third).await, Added::New(vec![CredentialId(2)]));
    let token = |id: i64, device| crate::NewCredential {
        most: 1,
        ..credential(id, ANN, CredentialKind::DeviceToken, Some(device))
    };
    assert_eq!(scene.added(token(4, "lamp")).await, Added::New(vec![]), "they are counted by kind");
    assert_eq!(scene.added(token(5, "door")).await, Added::TooMany);
    assert_eq!(scene.credentials(ANN).await, [CredentialId(1), CredentialId(3), CredentialId(4)]);
}

/// A refresh token is good once, and the next one after it.
pub async fn a_refresh_token_is_good_once(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.added(credential(1, ANN, CredentialKind::Login, Some("phone"))).await;
    let Rotated::Fresh(held) = scene.rotate(rotation(1, 1, 50)).await else { panic!("it was good") };
    assert_eq!((held.account.id, held.credential.expires_at), (ANN, Some(END)));
    assert_eq!(held.credential.device.as_deref(), Some("phone"));
    assert!(matches!(scene.rotate(rotation(1, 50, 51)).await, Rotated::Fresh(_)));
    let scene = scene.reopened(bench).await;
    assert!(matches!(scene.rotate(rotation(1, 51, 52)).await, Rotated::Fresh(_)));
    let late = Rotation { now: END, ..rotation(1, 52, 53) };
    assert_eq!(scene.rotate(late).await, Rotated::Unknown, "it is over");
}

/// A refresh token that comes twice ends its login; a guess does not.
pub async fn a_reused_refresh_token_ends_its_login(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.added(credential(1, ANN, CredentialKind::Login, Some("phone"))).await;
    scene.added(credential(2, ANN, CredentialKind::Login, Some("tablet"))).await;
    assert!(matches!(scene.rotate(rotation(1, 1, 50)).await, Rotated::Fresh(_)));
    let guess = Rotation { family: SecretHash([99; 32]), ..rotation(1, 99, 51) };
    assert_eq!(scene.rotate(guess).await, Rotated::Unknown);
    assert_eq!(scene.credentials(ANN).await, [CredentialId(1), CredentialId(2)], "a guess ends nothing");
    assert_eq!(scene.rotate(rotation(1, 1, 51)).await, Rotated::Reused(ANN));
    assert_eq!(
        scene.rotate(rotation(1, 50, 51)).await,
        Rotated::Unknown,
        "who had the newest is out as well"
    );
    assert_eq!(scene.credentials(ANN).await, [CredentialId(2)], "other logins go on");
}

/// However many use one refresh token at once, one of them is first, and then the login is over.
pub async fn one_of_many_that_use_a_refresh_token_at_once_is_first(bench: &dyn Bench) {
    let scene = Arc::new(Scene::set(bench).await);
    scene.added(credential(1, ANN, CredentialKind::Login, Some("phone"))).await;
    let uses = (0..8).map(|i| {
        let scene = scene.clone();
        tokio::spawn(async move { scene.rotate(rotation(1, 1, 100 + i)).await })
    });
    let mut fresh = 0;
    for used in uses.collect::<Vec<_>>() {
        fresh += usize::from(matches!(used.await.expect("nobody panics"), Rotated::Fresh(_)));
    }
    assert_eq!(fresh, 1);
    assert!(scene.credentials(ANN).await.is_empty());
}

/// One, the others, or all; never somebody else's.
pub async fn credentials_are_ended_one_by_one_or_together(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let people = scene.store.people();
    for (id, device) in [(1, "phone"), (2, "tablet"), (3, "desk")] {
        scene.added(credential(id, ANN, CredentialKind::Login, Some(device))).await;
    }
    let end = |user, which| async move { people.end_credentials(user, which).await.expect("they are ended") };
    assert_eq!(end(BO, Which::One(CredentialId(1))).await, []);
    assert_eq!(end(ANN, Which::One(CredentialId(1))).await, [CredentialId(1)]);
    assert_eq!(scene.good(&[(ANN, 1), (ANN, 2)], NOW).await, [false, true]);
    assert_eq!(end(ANN, Which::Others(CredentialId(3))).await, [CredentialId(2)]);
    assert_eq!(end(ANN, Which::All).await, [CredentialId(3)]);
    assert_eq!(end(ANN, Which::All).await, []);
}

/// A request that comes twice is done once, and both hear the same.
pub async fn a_request_that_comes_twice_is_done_once(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!(scene.begin(Some(ANN), 7, NOW).await, Begun::New);
    assert_eq!(scene.begin(Some(ANN), 7, NOW).await, Begun::Running);
    assert_eq!(scene.begin(Some(BO), 8, NOW).await, Begun::New, "bo's keys are bo's");
    assert_eq!(scene.begin(None, 9, NOW).await, Begun::New, "and nobody's are nobody's");
    scene.end(Some(ANN), Some(b"made")).await;
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.begin(Some(ANN), 7, NOW).await, Begun::Answered(b"made".to_vec()));
    assert_eq!(scene.begin(Some(ANN), 8, NOW).await, Begun::Another);
}

/// A request that could not be done leaves its key free; one that was lost with its process does so after a while.
pub async fn a_request_that_was_not_done_may_come_again(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!(scene.begin(Some(ANN), 7, NOW).await, Begun::New);
    scene.end(Some(ANN), None).await;
    assert_eq!(scene.begin(Some(ANN), 8, NOW).await, Begun::New);
    let while_it_runs = Timestamp(NOW.0 + 60_000);
    assert_eq!(scene.begin(Some(ANN), 8, while_it_runs).await, Begun::Running);
    let lost = Timestamp(NOW.0 + 60_001);
    assert_eq!(scene.begin(Some(ANN), 8, lost).await, Begun::New);
}

/// What has ended goes, so that nothing grows for ever.
pub async fn what_has_ended_is_forgotten(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    for (id, end) in [(1, Some(LATER)), (2, Some(END)), (3, None)] {
        let mut new = credential(id, ANN, CredentialKind::ApiKey, None);
        new.credential.expires_at = end;
        scene.added(new).await;
    }
    scene.begin(Some(ANN), 7, NOW).await;
    scene.end(Some(ANN), Some(b"made")).await;
    let forget = |now, since| scene.store.people().forget_ended(now, since, 10);
    assert_eq!(forget(LATER, NOW).await.expect("they are forgotten"), 1);
    assert_eq!(forget(LATER, LATER).await.expect("they are forgotten"), 1, "the request");
    assert_eq!(scene.begin(Some(ANN), 8, NOW).await, Begun::New);
    assert_eq!(scene.credentials(ANN).await, [CredentialId(2), CredentialId(3)]);
}
