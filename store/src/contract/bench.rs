//! A store with people in it, so that a promise reads like what it promises.

use crate::{
    Added, Committed, Credential, CredentialId, CredentialKind, Error, Fate, Inbound, Made, NewAccount,
    NewAct, NewCredential, NewEntry, NewRoom, ReadMark, Resend, SecretHash, SessionId, Store, append,
    create_room,
};
use async_trait::async_trait;
use chat::{
    Act, Change, Content, Deed, Draft, Entry, Handle, Person, Role, RoomId, RoomKind, RulesVersion, Seq,
    Settings, Sign, Timestamp, UserId, Warrant, Windows, Wording,
};
use std::sync::Arc;

/// A place where one store's data lies.
#[async_trait]
pub trait Bench: Send + Sync {
    /// Opens the store in it; what an earlier one left is there.
    async fn open(&self) -> Arc<dyn Store>;

    /// Opens it with another master key.
    async fn open_with_another_key(&self) -> Result<Arc<dyn Store>, Error>;
}

/// A store, ann, bo and cy, and the room `tea` in which ann and bo are.
pub struct Scene {
    /// The store.
    pub store: Arc<dyn Store>,
}

/// The people. Ann and bo are in the room.
pub const ANN: UserId = UserId(101);
/// See [`ANN`].
pub const BO: UserId = UserId(102);
/// Not in the room.
pub const CY: UserId = UserId(103);
/// The room.
pub const TEA: RoomId = RoomId(7_001);
/// Its first rules.
pub const FIRST_RULES: RulesVersion = RulesVersion(1);

/// The name of this.
#[must_use]
pub fn name(text: &str) -> Handle {
    Handle::new(text).expect("a handle in a test is a handle")
}

/// What a person is called.
#[must_use]
pub fn called(user: UserId) -> Handle {
    match user {
        ANN => name("ann"),
        BO => name("bo"),
        CY => name("cy"),
        UserId(other) => name(&format!("user-{other}")),
    }
}

/// Somebody says something in the room, judged by its first rules.
#[must_use]
pub fn say(sender: UserId, text: &str) -> NewEntry {
    NewEntry {
        room: TEA,
        rules: FIRST_RULES,
        sender,
        origin: None,
        draft: None,
        inbound: None,
        at: Timestamp(1_000),
        expires_at: None,
        pause: None,
        act: NewAct::Say(Content::text(text.to_owned())),
    }
}

/// The same under a draft.
#[must_use]
pub fn draft(entry: NewEntry, draft: &str) -> NewEntry {
    NewEntry { draft: Some(Draft::from_text(draft)), ..entry }
}

/// The same in a packet.
#[must_use]
pub fn packet(entry: NewEntry, session: SessionId, packet_id: u16, resend: Resend) -> NewEntry {
    NewEntry { inbound: Some(Inbound { session, packet_id, resend }), ..entry }
}

/// The same, judged by other rules.
#[must_use]
pub fn judged(entry: NewEntry, rules: i64) -> NewEntry {
    NewEntry { rules: RulesVersion(rules), ..entry }
}

/// Somebody comes in.
#[must_use]
pub fn join(user: UserId) -> NewEntry {
    NewEntry { act: NewAct::Join { user, who: called(user) }, ..say(user, "") }
}

/// Somebody goes out.
#[must_use]
pub fn leave(user: UserId) -> NewEntry {
    NewEntry { act: NewAct::Leave { user, who: called(user) }, ..say(user, "") }
}

/// A person as changes name them.
#[must_use]
pub fn person(user: UserId) -> Person {
    Person { id: user, handle: called(user) }
}

/// Somebody changes the room, or who is in it.
#[must_use]
pub fn changes(by: UserId, change: Change) -> NewEntry {
    NewEntry { act: NewAct::Change(change), ..say(by, "") }
}

/// By what right a member does something who was there from the beginning and may pin: without end, and to no words but
/// their own.
pub const MEMBER: Warrant = Warrant {
    hears_from: Seq::FIRST,
    moderates: false,
    pins: true,
    windows: Windows { edit: None, recall: None },
};

/// Somebody does something to a message.
#[must_use]
pub fn does(sender: UserId, deed: Deed, warrant: Warrant) -> NewEntry {
    NewEntry { act: NewAct::Do { deed, warrant }, ..say(sender, "") }
}

/// Somebody gives their own message other words.
#[must_use]
pub fn edit(sender: UserId, of: u64, text: &str) -> NewEntry {
    does(sender, Deed::Edit { of: Seq(of), wording: Wording::text(text.to_owned()) }, MEMBER)
}

/// Somebody takes their own message back.
#[must_use]
pub fn recall(sender: UserId, of: u64) -> NewEntry {
    does(sender, Deed::Recall { of: Seq(of) }, MEMBER)
}

/// Somebody puts a sign to a message.
#[must_use]
pub fn react(sender: UserId, of: u64, sign: &str) -> NewEntry {
    does(sender, Deed::React { of: Seq(of), sign: sign_of(sign) }, MEMBER)
}

/// Somebody takes their sign back.
#[must_use]
pub fn unreact(sender: UserId, of: u64, sign: &str) -> NewEntry {
    does(sender, Deed::Unreact { of: Seq(of), sign: sign_of(sign) }, MEMBER)
}

/// The sign.
#[must_use]
pub fn sign_of(text: &str) -> Sign {
    Sign::new(text).expect("a sign in a test is a sign")
}

/// A user to be.
#[must_use]
pub fn account(user: UserId) -> NewAccount {
    NewAccount {
        id: user,
        handle: called(user),
        password_hash: Some(format!("hash of {user}")),
        admin: user == ANN,
        service: false,
        created_at: Timestamp(user.0),
    }
}

/// What all refresh tokens of a login in a test have in common.
pub const FAMILY: SecretHash = SecretHash([200; 32]);

/// A credential to be, whose secret is its number.
#[must_use]
pub fn credential(id: i64, user: UserId, kind: CredentialKind, device: Option<&str>) -> NewCredential {
    let secret = u8::try_from(id).expect("a test has few credentials");
    NewCredential {
        credential: Credential {
            id: CredentialId(id),
            user,
            kind,
            device: device.map(str::to_owned),
            label: format!("number {id}"),
            scopes: "rooms:read".into(),
            created_at: Timestamp(50_000 + id),
            used_at: Timestamp(50_000 + id),
            expires_at: None,
        },
        secret: SecretHash([secret; 32]),
        family: (kind == CredentialKind::Login).then_some(FAMILY),
        most: 20,
    }
}

/// A room to be, ann's.
#[must_use]
pub fn room(id: RoomId, handle: &str, members: &[UserId]) -> NewRoom {
    let role = |user: UserId| if user == ANN { Role::Owner } else { Role::Member };
    NewRoom {
        id,
        handle: name(handle),
        kind: RoomKind::Group,
        by: ANN,
        from: called(ANN),
        members: members.iter().map(|user| (*user, called(*user), role(*user))).collect(),
        settings: Settings::of(RoomKind::Group),
        at: Timestamp(500),
    }
}

/// It is in the log now.
#[must_use]
pub fn stored(seq: u64, n: u64) -> Fate {
    Fate::stored(Seq(seq), n)
}

/// It had been there.
#[must_use]
pub fn duplicate(seq: u64, n: u64) -> Fate {
    Fate::Duplicate { seq: Seq(seq), n, at: Timestamp(1_000) }
}

/// The words of an entry, or what it tells.
#[must_use]
pub fn words(entry: &Entry) -> String {
    match &entry.act {
        Act::Said(content) => String::from_utf8_lossy(&content.body).into_owned(),
        Act::Recalled => "recalled".into(),
        Act::Did(Deed::Edit { of, wording }) => {
            format!("{of} says {}", String::from_utf8_lossy(&wording.body))
        }
        Act::Did(Deed::Recall { of }) => format!("{of} is recalled"),
        Act::Did(Deed::React { of, sign }) => format!("{of} {}", sign.as_str()),
        Act::Did(Deed::Unreact { of, sign }) => format!("{of} no {}", sign.as_str()),
        Act::Did(Deed::Pin { of }) => format!("{of} is pinned"),
        Act::Did(Deed::Unpin { of }) => format!("{of} is not pinned"),
        Act::Created { .. } => "created".into(),
        Act::Joined { who } => format!("{who} came"),
        Act::Left { who } => format!("{who} left"),
        Act::Told(event) => event.kind.word().into(),
        Act::Banned { who } => format!("{who} is banned"),
        Act::Unbanned { who } => format!("{who} is banned no more"),
        Act::Appointed { who, role } => format!("{who} is {}", role.word()),
        Act::Muted { who, until: Some(until) } => format!("{who} is muted until {}", until.0),
        Act::Muted { who, until: None } => format!("{who} is muted"),
        Act::Unmuted { who } => format!("{who} speaks again"),
        Act::HandedOver { who } => format!("{who} is the owner"),
        Act::Reactions { of, signs } => {
            let signs: Vec<_> =
                signs.iter().map(|(sign, people)| format!("{people} {}", sign.as_str())).collect();
            format!("{of}: {}", signs.join(", "))
        }
        Act::Set(new) => format!("{new:?}"),
        Act::Invited { who, role, until } => format!("{who} is invited as {} until {}", role.word(), until.0),
        Act::Uninvited { who } => format!("{who} is invited no more"),
        Act::Requested { who } => format!("{who} asks to be let in"),
        Act::Declined { who } => format!("{who} asks no more"),
        Act::LinkMade { link, role, uses, until } => {
            format!("link {} for {} {uses:?} until {until:?}", link.0, role.word())
        }
        Act::LinkEnded { link } => format!("no link {}", link.0),
    }
}

impl Scene {
    /// Opens the store and brings everybody in.
    pub async fn set(bench: &dyn Bench) -> Scene {
        let scene = Scene { store: bench.open().await };
        for user in [ANN, BO, CY] {
            assert!(scene.store.add_account(&account(user)).await.expect("an account is made"));
        }
        scene.make(room(TEA, "tea", &[ANN, BO])).await;
        scene
    }

    /// Closes the store and opens it again.
    pub async fn reopened(self, bench: &dyn Bench) -> Scene {
        self.store.close().await.expect("the store closes");
        drop(self.store);
        Scene { store: bench.open().await }
    }

    /// Makes a room that was not there.
    pub async fn make(&self, room: NewRoom) -> Committed<NewRoom> {
        let (made, proof) = create_room(&*self.store, room).await.expect("a room is made");
        assert_eq!(made, Made::New);
        proof.expect("a new room has its proof")
    }

    /// Commits a batch; what became of each.
    pub async fn commit(&self, batch: &[NewEntry]) -> Vec<Fate> {
        self.store.commit(batch).await.expect("the batch is committed")
    }

    /// Commits one entry.
    pub async fn put(&self, entry: NewEntry) -> Fate {
        self.commit(&[entry]).await[0]
    }

    /// Commits a batch of which every entry is stored now.
    pub async fn proofs(&self, batch: Vec<NewEntry>) -> Vec<Committed<NewEntry>> {
        let settled =
            append(&*self.store, batch).await.map_err(|(error, _)| error).expect("the batch is committed");
        settled.into_iter().map(|one| one.map_err(|(_, fate)| fate).expect("it is stored")).collect()
    }

    /// Adds a credential.
    pub async fn added(&self, new: NewCredential) -> Added {
        self.store.people().add_credential(&new).await.expect("it is tried")
    }

    /// The user's credentials.
    pub async fn credentials(&self, user: UserId) -> Vec<CredentialId> {
        let there = self.store.people().credentials(user, Timestamp(100_000)).await.expect("they are read");
        there.into_iter().map(|one| one.id).collect()
    }

    /// Everything in the log of the room after `after`, as words.
    pub async fn log(&self, after: u64) -> Vec<String> {
        self.page(after, u64::MAX, 500).await.iter().map(words).collect()
    }

    /// A page of the room.
    pub async fn page(&self, after: u64, to: u64, limit: u32) -> Vec<Entry> {
        self.store.read(TEA, Seq(after), Seq(to), limit, Timestamp(2_000)).await.expect("a page is read")
    }

    /// Marks the room as read.
    pub async fn mark(&self, user: UserId, seq: u64) {
        self.store.mark_read(&[ReadMark { user, room: TEA, seq: Seq(seq) }]).await.expect("a mark is moved");
    }

    /// How far somebody read, and what is unread.
    pub async fn unread(&self, user: UserId) -> (u64, u64) {
        let (seq, unread) = self.store.unread(user, TEA).await.expect("a mark is read");
        (seq.0, unread)
    }
}
