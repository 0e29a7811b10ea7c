//! Accounts: who may come in, and what becomes of them.

use super::bench::*;
use crate::{
    Account, AccountChange, AccountState, Added, By, Credential, CredentialId, CredentialKind, NewAccount,
    NewTicket, Profile, Proof, Registered, SecretHash, Ticket, TicketId, TicketKind, Which,
};
use chat::{Timestamp, UserId};

/// Tickets end at this time, and are made an hour before.
const END: Timestamp = Timestamp(3_700_000);
const NOW: Timestamp = Timestamp(100_000);

fn invitation(id: i64, secret: u8, uses_left: u32) -> NewTicket {
    NewTicket {
        ticket: Ticket {
            id: TicketId(id),
            kind: TicketKind::Invitation,
            by: ANN,
            uses_left,
            created_at: NOW,
            expires_at: END,
        },
        secret: SecretHash([secret; 32]),
    }
}

fn link(id: i64, secret: u8, user: UserId) -> NewTicket {
    let invitation = invitation(id, secret, 1);
    NewTicket { ticket: Ticket { kind: TicketKind::Reset(user), ..invitation.ticket }, ..invitation }
}

impl Scene {
    async fn register(&self, user: i64, secret: u8, now: Timestamp) -> Registered {
        let account = NewAccount { id: UserId(user), ..account(UserId(user)) };
        let done = self.store.people().register(&account, &SecretHash([secret; 32]), now).await;
        done.expect("it is tried")
    }

    async fn add_ticket(&self, ticket: &NewTicket) {
        self.store.people().add_ticket(ticket).await.expect("a ticket is made");
    }

    async fn tickets(&self, now: Timestamp) -> Vec<Ticket> {
        self.store.people().tickets(None, 10, now).await.expect("they are read")
    }

    async fn change(&self, user: UserId, change: AccountChange) -> Option<Account> {
        self.store.people().change_account(user, &change).await.expect("it is tried")
    }

    /// Whether somebody who came in by the account as it was may stay.
    async fn stays(&self, account: &Account) -> bool {
        let proof = Proof { user: account.id, by: By::Account(account.token_version) };
        self.store.people().are_good(&[proof], NOW).await.expect("it is looked at")[0]
    }

    async fn ann(&self) -> Account {
        self.store.people().account_of(ANN).await.expect("it is read").expect("ann is there")
    }
}

/// A number finds what the handle finds.
pub async fn an_account_is_found_by_its_number(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let by_handle = scene.store.account(&called(ANN)).await.expect("it is read");
    assert_eq!(scene.store.people().account_of(ANN).await.expect("it is read"), by_handle);
    assert_eq!(scene.store.people().account_of(UserId(999)).await.expect("it is read"), None);
    assert_eq!(scene.ann().await.state, AccountState::Active);
}

/// Whoever is invited comes in once for each use, and not after the end.
pub async fn an_invitation_lets_in_as_often_as_it_says(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.add_ticket(&invitation(1, 7, 2)).await;
    assert_eq!(scene.register(201, 8, NOW).await, Registered::NotInvited, "a secret that is none");
    assert_eq!(scene.register(201, 7, END).await, Registered::NotInvited, "it is over");
    assert_eq!(scene.register(201, 7, NOW).await, Registered::New);
    assert_eq!(scene.register(201, 7, NOW).await, Registered::HandleTaken);
    assert_eq!(scene.tickets(NOW).await[0].uses_left, 1, "a handle that was taken costs no use");
    assert_eq!(scene.register(202, 7, NOW).await, Registered::New);
    assert_eq!(scene.register(203, 7, NOW).await, Registered::NotInvited, "it is used up");
    assert!(scene.tickets(NOW).await.is_empty());
}

/// Tickets are listed by number while they are good, and can be taken back.
pub async fn a_ticket_can_be_taken_back(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.add_ticket(&invitation(2, 7, 1)).await;
    scene.add_ticket(&link(1, 8, BO)).await;
    let people = scene.store.people();
    assert_eq!(scene.tickets(NOW).await, [link(1, 8, BO).ticket, invitation(2, 7, 1).ticket]);
    let rest = people.tickets(Some(TicketId(1)), 10, NOW).await.expect("they are read");
    assert_eq!(rest, [invitation(2, 7, 1).ticket]);
    assert!(scene.tickets(END).await.is_empty());
    assert!(people.end_ticket(TicketId(2)).await.expect("it is tried"));
    assert!(!people.end_ticket(TicketId(2)).await.expect("it is tried"));
    assert_eq!(scene.register(201, 7, NOW).await, Registered::NotInvited);
}

/// A link sets the password once, and ends everything that came in by the earlier one.
pub async fn a_link_sets_a_lost_password_once(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let before = scene.ann().await;
    scene.add_ticket(&link(1, 7, ANN)).await;
    scene.add_ticket(&invitation(2, 8, 1)).await;
    assert_eq!(
        scene.added(credential(1, ANN, CredentialKind::DeviceToken, Some("phone"))).await,
        Added::New(vec![])
    );
    let reset = |secret: u8, now: Timestamp| {
        let store = scene.store.clone();
        async move {
            let link = SecretHash([secret; 32]);
            store.people().reset_password(&link, "another hash", now).await.expect("it is tried")
        }
    };
    assert_eq!(reset(8, NOW).await, None, "an invitation is no link");
    assert_eq!(reset(7, END).await, None, "it is over");
    let after = reset(7, NOW).await.expect("the link is good");
    assert_eq!(after.password_hash.as_deref(), Some("another hash"));
    assert!(after.token_version > before.token_version);
    assert!(!scene.stays(&before).await && scene.stays(&after).await);
    assert!(scene.credentials(ANN).await.is_empty());
    assert_eq!(reset(7, NOW).await, None, "it is used up");
}

/// Another password ends what came in by the earlier one, but for the credential that is spared.
pub async fn another_password_ends_what_came_in_by_the_earlier_one(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    for (id, device) in [(1, "phone"), (2, "tablet")] {
        scene.added(credential(id, ANN, CredentialKind::Login, Some(device))).await;
    }
    scene.added(credential(3, BO, CredentialKind::Login, Some("phone"))).await;
    let before = scene.ann().await;
    let hash = "another hash".to_owned();
    let change = AccountChange::Password { hash: hash.clone(), only: Some(CredentialId(2)) };
    let after = scene.change(ANN, change).await.expect("ann is there");
    assert_eq!(after.password_hash, Some(hash.clone()));
    assert!(!scene.stays(&before).await && scene.stays(&after).await);
    assert_eq!(scene.credentials(ANN).await, [CredentialId(2)]);
    assert_eq!(scene.credentials(BO).await, [CredentialId(3)], "bo's are bo's");
    let change = AccountChange::Password { hash, only: None };
    assert_eq!(scene.change(UserId(999), change).await, None);
}

/// Who is deactivated is out, and comes in again with what they know.
pub async fn a_deactivated_account_lets_nobody_in_until_it_is_active_again(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let before = scene.ann().await;
    scene.added(credential(1, ANN, CredentialKind::DeviceToken, Some("phone"))).await;
    let out = scene.change(ANN, AccountChange::State(AccountState::Deactivated)).await.expect("ann is there");
    assert_eq!(out.state, AccountState::Deactivated);
    assert!(!scene.stays(&before).await && !scene.stays(&out).await);
    assert!(scene.credentials(ANN).await.is_empty());
    let added = scene.added(credential(2, ANN, CredentialKind::Login, Some("phone"))).await;
    assert_eq!(added, Added::NoSuchUser);
    let again = scene.change(ANN, AccountChange::State(AccountState::Active)).await.expect("ann is there");
    assert_eq!((again.state, &again.password_hash), (AccountState::Active, &before.password_hash));
    assert!(scene.stays(&again).await && !scene.stays(&before).await);
}

/// Of a deleted account its handle stays, and nothing else that is its owner's.
pub async fn a_deleted_account_keeps_only_its_handle(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let people = scene.store.people();
    let profile = Profile { name: Some("Ann".into()), about: None, avatar: None };
    assert!(people.set_profile(ANN, &profile).await.expect("it is tried"));
    scene.add_ticket(&link(1, 7, ANN)).await;
    let gone = scene.change(ANN, AccountChange::State(AccountState::Deleted)).await.expect("ann is there");
    assert_eq!((gone.state, gone.password_hash, gone.admin), (AccountState::Deleted, None, false));
    assert_eq!(people.profile(ANN).await.expect("it is read"), Some(Profile::default()));
    assert!(scene.tickets(NOW).await.is_empty());
    assert!(!people.set_profile(ANN, &profile).await.expect("it is tried"));
    let back = scene.change(ANN, AccountChange::State(AccountState::Active)).await.expect("she was there");
    assert_eq!(back.state, AccountState::Deleted);
    let taken = NewAccount { id: UserId(998), ..account(ANN) };
    assert!(!scene.store.add_account(&taken).await.expect("it is tried"), "the handle stays taken");
}

/// A profile is replaced as a whole.
pub async fn a_profile_is_read_as_it_was_set(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let people = scene.store.people();
    assert_eq!(people.profile(ANN).await.expect("it is read"), Some(Profile::default()));
    let profile =
        Profile { name: Some("Ann".into()), about: Some("茶".into()), avatar: Some("/a.png".into()) };
    assert!(people.set_profile(ANN, &profile).await.expect("it is tried"));
    assert_eq!(people.profile(ANN).await.expect("it is read"), Some(profile));
    assert_eq!(people.profile(UserId(999)).await.expect("it is read"), None);
    assert!(!people.set_profile(UserId(999), &Profile::default()).await.expect("it is tried"));
}

/// What is noted of an account is there after the store was opened again.
pub async fn a_login_and_an_administrator_are_noted(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    assert_eq!(scene.ann().await.last_login_at, None);
    scene.change(ANN, AccountChange::LoggedIn(NOW)).await;
    scene.change(ANN, AccountChange::Admin(false)).await;
    let scene = scene.reopened(bench).await;
    let ann = scene.ann().await;
    assert_eq!((ann.last_login_at, ann.admin), (Some(NOW), false));
}

/// Out everywhere means every token that was signed, too.
pub async fn out_everywhere_is_also_for_signed_tokens(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.added(credential(1, ANN, CredentialKind::Login, Some("phone"))).await;
    let before = scene.ann().await;
    let ended = scene.store.people().end_credentials(ANN, Which::All).await.expect("they are ended");
    assert_eq!(ended, [CredentialId(1)]);
    assert!(!scene.stays(&before).await);
    assert!(scene.stays(&scene.ann().await).await);
}

impl Scene {
    /// Ann as she is looked up again and again, and as the list of accounts has her.
    async fn ann_as_before_and_as_she_is(&self) -> (Account, Account) {
        let mut found = self.ann().await;
        for _ in 0..3 {
            found = self.store.account(&called(ANN)).await.expect("it is read").expect("ann is there");
            assert_eq!(found, self.ann().await, "by handle and by number");
        }
        let all = self.store.accounts(None, 100).await.expect("they are read");
        (found, all.into_iter().find(|account| account.id == ANN).expect("ann is there"))
    }

    async fn phone(&self) -> Option<Credential> {
        let held = self.store.people().credential(CredentialId(1), NOW).await.expect("it is read")?;
        assert_eq!(held.account, self.ann().await);
        Some(held.credential)
    }
}

/// Who was looked up a moment ago is looked up as they are now: whatever changed them, it is seen at once.
pub async fn whoever_was_looked_up_before_is_seen_as_they_are_now(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let people = scene.store.people();
    let is_up_to_date = async |what: &str| {
        let (found, there) = scene.ann_as_before_and_as_she_is().await;
        assert_eq!(found, there, "{what}");
    };
    is_up_to_date("as she was made").await;
    assert_eq!(scene.phone().await, None);
    for at in ["at first", "again"] {
        scene.added(credential(2, ANN, CredentialKind::Login, Some("phone"))).await;
        is_up_to_date(&format!("she has a credential {at}")).await;
        people.end_credentials(ANN, Which::One(CredentialId(2))).await.expect("it is ended");
        is_up_to_date(&format!("she has none {at}")).await;
    }
    scene.added(credential(1, ANN, CredentialKind::Login, Some("phone"))).await;
    let added = scene.phone().await.expect("it is there");
    assert_eq!(scene.phone().await, Some(added.clone()));
    people.touch(&[CredentialId(1)], Timestamp(150_000)).await.expect("it is noted");
    assert_eq!(scene.phone().await, Some(Credential { used_at: Timestamp(150_000), ..added }));
    scene.commit(&[leave(ANN)]).await;
    is_up_to_date("she left a room").await;
    scene.change(ANN, AccountChange::Admin(true)).await;
    is_up_to_date("she is an administrator").await;
    scene.change(ANN, AccountChange::LoggedIn(NOW)).await;
    is_up_to_date("she logged in").await;
    let (hash, only) = ("another".to_owned(), Some(CredentialId(1)));
    scene.change(ANN, AccountChange::Password { hash, only }).await;
    is_up_to_date("she has another password").await;
    assert!(scene.phone().await.is_some(), "who set it stays");
    scene.change(ANN, AccountChange::State(AccountState::Deactivated)).await;
    is_up_to_date("she is out").await;
    assert_eq!(scene.phone().await, None);
}
