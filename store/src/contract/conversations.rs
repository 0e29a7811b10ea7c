//! Lists of conversations, and what people set for their rooms.

use super::bench::*;
use crate::{Conversation, Moment, NewEntry, NewRoom, ReadMark, Settings, SettingsChange, Unsaid};
use chat::{Act, Change, EventKind, Handle, NewSettings, Role, RoomId, RoomKind, Seq, Timestamp, UserId};

const ATTIC: RoomId = RoomId(7_002);
const CELLAR: RoomId = RoomId(7_003);
const NOW: Timestamp = Timestamp(9_000);

/// A scene with the rooms `tea`, `attic` and `cellar`, in which ann and bo are.
async fn three_rooms(bench: &dyn Bench) -> Scene {
    let scene = Scene::set(bench).await;
    scene.make(room(ATTIC, "attic", &[ANN, BO])).await;
    scene.make(room(CELLAR, "cellar", &[ANN, BO])).await;
    scene
}

fn said_in(room: RoomId, at: i64, entry: NewEntry) -> NewEntry {
    NewEntry { room, at: Timestamp(at), ..entry }
}

impl Scene {
    async fn list_since(&self, user: UserId, since: Option<Moment>) -> Vec<Conversation> {
        self.store.conversations().list(user, since, None, 200, NOW).await.expect("it is read")
    }

    async fn since(&self, user: UserId, since: Moment) -> Vec<String> {
        self.list_since(user, Some(since)).await.into_iter().map(|one| one.handle.to_string()).collect()
    }

    async fn gone(&self, user: UserId, since: Moment) -> Vec<Handle> {
        self.store.conversations().gone(user, since, 100).await.expect("it is read")
    }

    async fn now(&self) -> Moment {
        self.store.conversations().moment().await.expect("it is read")
    }

    pub(super) async fn conversation(&self, user: UserId, room: RoomId) -> Conversation {
        let found = self.store.conversations().conversation(user, room, NOW).await;
        found.expect("it is read").expect("they are in the room")
    }

    async fn set_for(&self, user: UserId, room: RoomId, change: SettingsChange) -> bool {
        self.store.conversations().set(user, room, &change).await.expect("it is set")
    }

    async fn write_some(&self, user: UserId, text: &str) -> bool {
        let unsaid = Unsaid { text: text.into(), at: Timestamp(1_500) };
        self.store.conversations().keep_unsaid(user, TEA, &unsaid).await.expect("it is kept")
    }

    async fn begun(&self, user: UserId) -> Option<String> {
        self.conversation(user, TEA).await.unsaid.map(|unsaid| unsaid.text.into())
    }
}

const MARKED: SettingsChange =
    SettingsChange { marked: Some(true), muted_until: None, pinned: None, archived: None, push_level: None };

/// Every room one is in, with what is new in it; and no other.
pub async fn a_list_tells_what_is_new_where_something_was_said_last_first(bench: &dyn Bench) {
    let scene = three_rooms(bench).await;
    let pair = RoomId(7_004);
    let direct =
        NewRoom { kind: RoomKind::Direct, by: BO, from: called(BO), ..room(pair, "pair", &[BO, CY]) };
    scene.make(direct).await;
    scene
        .commit(&[
            said_in(CELLAR, 2_000, say(ANN, "one")),
            said_in(TEA, 3_000, say(ANN, "two")),
            said_in(TEA, 3_000, say(ANN, "three")),
            said_in(ATTIC, 1_000, say(BO, "four")),
        ])
        .await;
    let list = scene.list_since(BO, None).await;
    let seen: Vec<_> = list.iter().map(|one| (one.handle.as_str(), one.last_seq.0, one.unread)).collect();
    assert_eq!(seen, [("tea", 3, 2), ("cellar", 2, 1), ("attic", 2, 0), ("pair", 1, 0)]);
    let tea = &list[0];
    assert_eq!((tea.room, tea.kind, tea.role, &tea.with), (TEA, RoomKind::Group, Role::Member, &None));
    assert_eq!(tea.last.as_ref().map(words), Some("three".into()));
    assert_eq!((tea.last_at, tea.read_seq, tea.mentions), (Timestamp(3_000), Seq(0), 0));
    assert_eq!((tea.settings, &tea.unsaid), (Settings::default(), &None));
    assert_eq!((list[2].read_seq, list[3].with.clone()), (Seq(2), Some(called(CY))));
    assert_eq!(scene.conversation(ANN, TEA).await.role, Role::Owner);
    assert_eq!(scene.list_since(UserId(404), None).await, []);
    let stranger = scene.store.conversations().conversation(CY, TEA, NOW).await.expect("it is read");
    assert_eq!(stranger, None);
}

/// Page after page has each room once, also where much was taken in one millisecond.
pub async fn a_list_is_read_page_by_page(bench: &dyn Bench) {
    let scene = three_rooms(bench).await;
    for id in 0..7 {
        scene.make(room(RoomId(7_100 + id), &format!("room-{id}"), &[ANN])).await;
    }
    scene.put(said_in(CELLAR, 2_000, say(ANN, "hello"))).await;
    let all: Vec<RoomId> = scene.list_since(ANN, None).await.iter().map(|one| one.room).collect();
    assert_eq!((all.len(), all[0]), (10, CELLAR));
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let page = scene.store.conversations().list(ANN, None, after, 3, NOW).await.expect("it is read");
        after = page.last().map(|last| (last.last_at, last.room));
        paged.extend(page.iter().map(|one| one.room));
        if page.len() < 3 {
            break;
        }
    }
    assert_eq!(paged, all);
}

/// An entry that ran out is not shown; its place still says where the log ends.
pub async fn a_list_shows_no_entry_that_ran_out(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.put(NewEntry { expires_at: Some(NOW), ..say(ANN, "gone") }).await;
    let tea = scene.conversation(BO, TEA).await;
    assert_eq!((tea.last_seq, tea.last), (Seq(2), None));
}

/// What was said, read, set or begun since; who came in; and nothing of what had been before.
pub async fn what_changed_since_a_moment_is_told(bench: &dyn Bench) {
    let scene = three_rooms(bench).await;
    scene.put(said_in(CELLAR, 2_000, say(ANN, "one"))).await;
    scene.mark(ANN, 1).await;
    let then = scene.now().await;
    assert_eq!(scene.since(BO, then).await, [""; 0]);
    scene.put(say(ANN, "two")).await;
    assert_eq!(scene.since(BO, then).await, ["tea"]);
    let then = scene.now().await;
    scene.mark(BO, 2).await;
    assert_eq!(scene.since(BO, then).await, ["tea"]);
    assert_eq!(scene.since(ANN, then).await, [""; 0]);
    let then = scene.now().await;
    scene.mark(BO, 1).await;
    assert_eq!(scene.since(BO, then).await, [""; 0], "a mark that does not move is no change");
    scene.set_for(BO, ATTIC, SettingsChange { pinned: Some(true), ..SettingsChange::default() }).await;
    assert_eq!(scene.since(BO, then).await, ["attic"]);
    assert!(scene.write_some(BO, "well").await);
    assert_eq!(scene.since(BO, then).await, ["tea", "attic"]);
    let then = scene.now().await;
    scene.put(join(CY)).await;
    assert_eq!(scene.since(CY, then).await, ["tea"]);
    let then = scene.now().await;
    scene.make(room(RoomId(7_009), "loft", &[ANN, CY])).await;
    assert_eq!(scene.since(CY, then).await, ["loft"]);
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.since(CY, then).await, ["loft"]);
    scene.mark(BO, 3).await;
    assert_eq!(scene.since(BO, then).await, ["tea"]);
}

/// Who went out is told so by every device; who came back is in the room.
pub async fn a_room_that_one_went_out_of_is_gone(bench: &dyn Bench) {
    let scene = three_rooms(bench).await;
    let then = scene.now().await;
    scene.put(leave(BO)).await;
    assert_eq!((scene.since(BO, then).await, scene.gone(BO, then).await), (vec![], vec![name("tea")]));
    assert_eq!(scene.gone(ANN, then).await, []);
    let later = scene.now().await;
    assert_eq!(scene.gone(BO, later).await, []);
    scene.put(judged(join(BO), 2)).await;
    assert_eq!((scene.since(BO, then).await, scene.gone(BO, then).await), (vec!["tea".into()], vec![]));
    scene.commit(&[judged(leave(BO), 3), judged(join(CY), 4), judged(leave(CY), 5)]).await;
    assert_eq!(
        (scene.gone(BO, later).await, scene.gone(CY, later).await),
        (vec![name("tea")], vec![name("tea")])
    );
}

/// What one sets is set until one sets something else; nobody else sees it.
pub async fn what_somebody_sets_for_a_room_is_theirs(bench: &dyn Bench) {
    let scene = three_rooms(bench).await;
    let until = Timestamp(5_000);
    let change = SettingsChange { muted_until: Some(Some(until)), archived: Some(true), ..MARKED };
    assert!(scene.set_for(BO, TEA, change).await);
    let expected =
        Settings { muted_until: Some(until), pinned: false, archived: true, marked: true, push_level: None };
    assert_eq!(scene.conversation(BO, TEA).await.settings, expected);
    let other = SettingsChange { pinned: Some(true), archived: Some(false), ..SettingsChange::default() };
    assert!(scene.set_for(BO, TEA, other).await);
    let scene = scene.reopened(bench).await;
    let expected = Settings { pinned: true, archived: false, ..expected };
    assert_eq!(scene.conversation(BO, TEA).await.settings, expected);
    assert_eq!(scene.conversation(BO, ATTIC).await.settings, Settings::default());
    assert_eq!(scene.conversation(ANN, TEA).await.settings, Settings::default());
    let for_ever = SettingsChange { muted_until: Some(Some(Settings::FOR_EVER)), ..other };
    scene.set_for(BO, TEA, for_ever).await;
    assert_eq!(scene.conversation(BO, TEA).await.settings.muted_until, Some(Settings::FOR_EVER));
    scene.set_for(BO, TEA, SettingsChange { muted_until: Some(None), ..other }).await;
    assert_eq!(scene.conversation(BO, TEA).await.settings.muted_until, None);
    assert!(!scene.set_for(CY, TEA, other).await, "a stranger sets nothing");
    assert!(!scene.write_some(CY, "let me in").await);
}

/// Looked at again and again, each time it is what holds then.
pub async fn a_list_that_was_looked_at_shows_what_changed_after_that(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let shown = async || {
        let one = scene.conversation(BO, TEA).await;
        (one.last.as_ref().map(words), one.name, one.unread)
    };
    let words_of = |text: &str| Some(text.to_owned());
    scene.commit(&[say(ANN, "tea?"), say(ANN, "now?")]).await;
    assert_eq!(shown().await, (words_of("now?"), None, 2));
    scene.mark(BO, 2).await;
    assert_eq!(shown().await, (words_of("now?"), None, 1));
    let name = NewSettings { name: Some("Tea".into()), ..NewSettings::default() };
    scene.put(changes(ANN, Change::Set(Box::new(name)))).await;
    let (last, named, unread) = shown().await;
    assert_eq!((last.is_some(), named.as_deref(), unread), (true, Some("Tea"), 1));
    scene.put(judged(say(ANN, "well?"), 2)).await;
    assert_eq!(shown().await, (words_of("well?"), Some("Tea".into()), 2));
    scene.make(room(ATTIC, "attic", &[ANN, BO])).await;
    assert_eq!(scene.conversation(BO, ATTIC).await.last_seq, Seq(1));
    scene.put(NewEntry { room: ATTIC, ..say(BO, "dust") }).await;
    let attic = scene.conversation(ANN, ATTIC).await;
    assert_eq!((attic.last_seq, attic.unread), (Seq(2), 1));
    scene.put(NewEntry { room: ATTIC, ..recall(BO, 2) }).await;
    assert_eq!(scene.conversation(ANN, ATTIC).await.last_seq, Seq(3));
}

/// It is there on every device, until something is said or it is taken back.
pub async fn what_was_begun_is_kept_until_something_is_said(bench: &dyn Bench) {
    let scene = three_rooms(bench).await;
    assert!(scene.write_some(BO, "the ket").await && scene.write_some(BO, "the kettle ☕").await);
    let kept = scene.conversation(BO, TEA).await.unsaid;
    assert_eq!(kept, Some(Unsaid { text: "the kettle ☕".into(), at: Timestamp(1_500) }));
    scene.commit(&[say(ANN, "well?"), said_in(ATTIC, 1_000, say(BO, "elsewhere")), react(BO, 2, "+1")]).await;
    let scene = scene.reopened(bench).await;
    assert_eq!(scene.begun(BO).await, Some("the kettle ☕".into()));
    assert_eq!(scene.begun(ANN).await, None);
    let then = scene.now().await;
    scene.put(say(BO, "the kettle ☕ is on")).await;
    assert_eq!((scene.begun(BO).await, scene.since(BO, then).await), (None, vec!["tea".into()]));
    scene.write_some(BO, "more").await;
    scene.write_some(BO, "").await;
    assert_eq!(scene.begun(BO).await, None);
}

/// Reading takes the mark away, however little there was to read, and so does saying something.
pub async fn a_room_marked_as_unread_is_so_until_it_is_read(bench: &dyn Bench) {
    let scene = three_rooms(bench).await;
    scene.mark(BO, 1).await;
    scene.set_for(BO, TEA, MARKED).await;
    scene.put(say(ANN, "hello")).await;
    assert!(scene.conversation(BO, TEA).await.settings.marked);
    let scene = scene.reopened(bench).await;
    let then = scene.now().await;
    scene.mark(BO, 1).await;
    assert!(!scene.conversation(BO, TEA).await.settings.marked);
    assert_eq!(scene.since(BO, then).await, ["tea"]);
    scene.set_for(BO, TEA, MARKED).await;
    scene.put(say(BO, "hello")).await;
    assert!(!scene.conversation(BO, TEA).await.settings.marked);
}

/// Who comes back finds nothing of what they had set.
pub async fn who_goes_out_leaves_nothing_set(bench: &dyn Bench) {
    let scene = three_rooms(bench).await;
    scene.set_for(BO, TEA, SettingsChange { pinned: Some(true), ..MARKED }).await;
    scene.write_some(BO, "well").await;
    scene.commit(&[leave(BO), judged(join(BO), 2)]).await;
    let tea = scene.conversation(BO, TEA).await;
    assert_eq!((tea.settings, tea.unsaid), (Settings::default(), None));
}

/// Marks that come to the disk together are told once: as the furthest.
pub async fn marks_that_move_together_are_told_as_one(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    for _ in 0..3 {
        scene.put(say(ANN, "hello")).await;
    }
    let mark = |seq| ReadMark { user: BO, room: TEA, seq: Seq(seq) };
    scene.store.mark_read(&[mark(2), mark(4), mark(3)]).await.expect("a mark is moved");
    let own = scene.store.read(BO.own_room(), Seq(1), Seq(u64::MAX), 100, NOW).await.expect("it is read");
    let told = own.iter().filter_map(|entry| match &entry.act {
        Act::Told(event) => event.data.clone(),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [r#"{"seq":4}"#.into()]);
    assert_eq!(scene.unread(BO).await, (4, 0));
}

/// What one device sets, begins or reads, the others hear on the user's own path; what changed nothing is not told.
pub async fn what_one_device_changes_is_told_to_the_others(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    scene.put(say(ANN, "hello")).await;
    scene.set_for(BO, TEA, MARKED).await;
    scene.write_some(BO, "well").await;
    scene.mark(BO, 2).await;
    scene.mark(BO, 1).await;
    let own = scene.store.read(BO.own_room(), Seq(1), Seq(u64::MAX), 100, NOW).await.expect("it is read");
    let told = own.iter().filter_map(|entry| match &entry.act {
        Act::Told(event) => Some((event.kind, event.room.clone(), event.data.clone())),
        _ => None,
    });
    let tea = || Some(name("tea"));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            (EventKind::RoomSet, tea(), None),
            (EventKind::RoomSet, tea(), None),
            (EventKind::RoomRead, tea(), Some(r#"{"seq":2}"#.into())),
            (EventKind::RoomSet, tea(), None),
        ]
    );
}
