//! What was uploaded, who may see it, and when it goes.

use super::bench::*;
use crate::seal::FileKey;
use crate::{Allowance, BegunMedia, Fate, NewAct, NewEntry, NewMedia, Portrait, Sweep};
use chat::{
    Attached, Change, Content, History, Joining, Kind, Media, MediaId, NewSettings, Picture, Timestamp,
    UserId,
};

/// Room for ten bytes three times.
const FEW: Allowance = Allowance { bytes: 1_000, count: 3 };
/// Nothing is old enough.
const NOW: Sweep =
    Sweep { coming_before: Timestamp(0), loose_before: Timestamp(0), now: Timestamp(0), limit: 100 };

fn photo(id: i64) -> Media {
    let picture = Picture { width: 4, height: 3, blurhash: "L00000fQfQfQfQfQfQfQfQfQfQfQ".into() };
    let name = Some("kettle.png".into());
    Media { id: MediaId(id), kind: "image/png".into(), size: 10, name, picture: Some(picture) }
}

async fn begin(scene: &Scene, id: i64, owner: UserId) -> (BegunMedia, FileKey) {
    let key = FileKey::fresh().expect("there is a key");
    let new = NewMedia { id: MediaId(id), owner, held: 400, key: key.clone(), at: Timestamp(1_000) };
    (scene.store.shelf().begin_media(&new, FEW).await.expect("it is tried"), key)
}

async fn finish(scene: &Scene, key: &FileKey, id: i64) -> bool {
    let finished = scene.store.shelf().finish_media(key, &photo(id), Timestamp(1_100)).await;
    finished.expect("it is tried")
}

async fn uploaded(scene: &Scene, id: i64, owner: UserId) -> FileKey {
    let (begun, key) = begin(scene, id, owner).await;
    assert_eq!(begun, BegunMedia::Begun);
    assert!(finish(scene, &key, id).await);
    key
}

async fn sees(scene: &Scene, id: i64, user: UserId) -> bool {
    let found = scene.store.shelf().media_for(MediaId(id), user, Timestamp(2_000)).await;
    found.expect("it is looked up").is_some()
}

async fn sweep(scene: &Scene, sweep: Sweep) -> Vec<i64> {
    let erased = scene.store.shelf().sweep_media(sweep).await.expect("it is swept");
    let mut erased: Vec<i64> = erased.into_iter().map(|id| id.0).collect();
    erased.sort_unstable();
    erased
}

fn show(sender: UserId, id: i64) -> NewEntry {
    let media = Some(Attached::Known(Box::new(photo(id))));
    let content = Content { kind: Kind::Image, media, ..Content::text("look") };
    NewEntry { act: NewAct::Say(content), ..say(sender, "") }
}

/// An upload has to end before anybody finds it, and is found as it was described.
pub async fn an_upload_is_there_when_it_is_finished(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (begun, key) = begin(&scene, 7, ANN).await;
    assert_eq!(begun, BegunMedia::Begun);
    assert!(!sees(&scene, 7, ANN).await);
    assert!(finish(&scene, &key, 7).await && !finish(&scene, &key, 7).await);
    let scene = scene.reopened(bench).await;
    let found = scene.store.shelf().media(MediaId(7)).await.expect("it is looked up").expect("it is there");
    assert_eq!((found.owner, found.media, found.at), (ANN, photo(7), Timestamp(1_000)));
    let link = found.key.signature("a link").expect("it is signed");
    assert!(key.has_signed("a link", &link).expect("it is compared"));
}

/// An allowance counts what is there and what is held free, and not what was erased.
pub async fn an_allowance_is_kept(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (_, first) = begin(&scene, 1, ANN).await;
    begin(&scene, 2, ANN).await;
    assert_eq!(begin(&scene, 3, ANN).await.0, BegunMedia::TooManyBytes);
    assert_eq!(begin(&scene, 4, BO).await.0, BegunMedia::Begun);
    // Ten bytes came of the four hundred.
    assert!(finish(&scene, &first, 1).await);
    assert_eq!(begin(&scene, 5, ANN).await.0, BegunMedia::Begun);
    assert_eq!(begin(&scene, 6, ANN).await.0, BegunMedia::TooMany);
    assert!(scene.store.shelf().drop_media(MediaId(2), ANN).await.expect("it is tried"));
    assert_eq!(begin(&scene, 6, ANN).await.0, BegunMedia::Begun);
}

/// Before it is said only its owner sees an upload; after that, whoever can hear the message.
pub async fn who_can_hear_a_message_sees_what_it_names(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    uploaded(&scene, 7, ANN).await;
    assert!(sees(&scene, 7, ANN).await && !sees(&scene, 7, BO).await);
    assert_eq!(scene.put(show(ANN, 7)).await, stored(2, 1));
    let said = scene.page(1, 2, 1).await.remove(0);
    assert_eq!(
        said.act,
        chat::Act::Said(match show(ANN, 7).act {
            NewAct::Say(content) => content,
            _ => unreachable!("it is said"),
        })
    );
    assert!(sees(&scene, 7, BO).await && !sees(&scene, 7, CY).await);
    // Who comes later does not hear the message, and who leaves has heard it.
    scene.put(join(CY)).await;
    scene.put(judged(leave(BO), 2)).await;
    assert!(sees(&scene, 7, BO).await && !sees(&scene, 7, CY).await);
    scene.put(judged(show(ANN, 7), 3)).await;
    assert!(sees(&scene, 7, CY).await);
}

/// Where newcomers may read what was said before they came, they see what it shows, and may pass it on.
pub async fn newcomers_see_what_they_may_read(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    uploaded(&scene, 7, ANN).await;
    scene.put(show(ANN, 7)).await;
    let (join, history) = (Some(Joining::Open), Some(History::All));
    let open = NewSettings { join, history, ..NewSettings::default() };
    scene.put(changes(ANN, Change::Set(Box::new(open)))).await;
    assert!(!sees(&scene, 7, CY).await);
    assert_eq!(scene.put(changes(CY, Change::Join { who: person(CY), link: None })).await, stored(4, 1));
    assert!(sees(&scene, 7, CY).await);
    assert_eq!(scene.put(judged(show(CY, 7), 3)).await, stored(5, 2));
}

/// A message names only what its sender may see.
pub async fn a_message_names_only_what_its_sender_sees(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (_, key) = begin(&scene, 7, ANN).await;
    assert_eq!(scene.put(show(ANN, 7)).await, Fate::NoSuchMedia);
    assert!(finish(&scene, &key, 7).await);
    assert_eq!(scene.put(show(BO, 7)).await, Fate::NoSuchMedia);
    assert_eq!(scene.put(show(ANN, 404)).await, Fate::NoSuchMedia);
    assert_eq!(scene.put(show(ANN, 7)).await, stored(2, 1));
    // Whoever heard it may pass it on.
    assert_eq!(scene.put(show(BO, 7)).await, stored(3, 2));
}

/// What a message names stays; what none names goes after a while, and what was taken back at once.
pub async fn what_no_message_names_goes(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    for id in [1, 2, 3] {
        uploaded(&scene, id, ANN).await;
    }
    scene.commit(&[show(ANN, 1), show(ANN, 1), show(ANN, 2)]).await;
    assert_eq!(sweep(&scene, NOW).await, [0; 0]);
    let later = Sweep { loose_before: Timestamp(1_101), ..NOW };
    assert_eq!(sweep(&scene, later).await, [3]);
    assert!(!sees(&scene, 3, ANN).await);
    // It is told until its bytes are gone.
    assert_eq!(sweep(&scene, NOW).await, [3]);
    scene.store.shelf().forget_media(&[MediaId(3), MediaId(1)]).await.expect("they are forgotten");
    // Another message still names the first one.
    scene.commit(&[recall(ANN, 2), recall(ANN, 4)]).await;
    let soon = Sweep { loose_before: Timestamp(1), ..NOW };
    assert!(!sees(&scene, 2, BO).await);
    assert_eq!(sweep(&scene, soon).await, [2]);
    assert!(sees(&scene, 1, BO).await);
    // Said and taken back in one batch comes to the same.
    scene.commit(&[recall(ANN, 3), show(ANN, 1), recall(ANN, 8)]).await;
    assert_eq!(sweep(&scene, soon).await, [1, 2]);
}

/// A message that ran out names nothing any more.
pub async fn what_ran_out_names_nothing(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    uploaded(&scene, 7, ANN).await;
    scene.put(NewEntry { expires_at: Some(Timestamp(1_500)), ..show(ANN, 7) }).await;
    assert!(!sees(&scene, 7, BO).await);
    let sweeping = Sweep { loose_before: Timestamp(1), ..NOW };
    assert_eq!(sweep(&scene, Sweep { now: Timestamp(1_499), ..sweeping }).await, [0; 0]);
    assert_eq!(sweep(&scene, Sweep { now: Timestamp(1_500), ..sweeping }).await, [7]);
}

/// An upload whose sender went away is found, and so are bytes that belong to nobody.
pub async fn what_was_never_finished_is_found(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    let (_, key) = begin(&scene, 7, ANN).await;
    let scene = scene.reopened(bench).await;
    assert_eq!(sweep(&scene, Sweep { coming_before: Timestamp(1_000), ..NOW }).await, [0; 0]);
    assert_eq!(sweep(&scene, Sweep { coming_before: Timestamp(1_001), ..NOW }).await, [7]);
    assert!(!finish(&scene, &key, 7).await);
    let asked = [9, 7, 8].map(MediaId);
    let unknown = || scene.store.shelf().unknown_media(&asked);
    assert_eq!(unknown().await.expect("they are looked up"), [9, 8].map(MediaId));
    scene.store.shelf().forget_media(&[MediaId(7)]).await.expect("it is forgotten");
    assert_eq!(unknown().await.expect("they are looked up"), asked);
}

/// Only its owner drops an upload, and only while no message names it.
pub async fn an_owner_drops_what_no_message_names(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    uploaded(&scene, 1, ANN).await;
    uploaded(&scene, 2, ANN).await;
    scene.put(show(ANN, 2)).await;
    let dropped =
        async |id, user| scene.store.shelf().drop_media(MediaId(id), user).await.expect("it is tried");
    assert!(!dropped(1, BO).await && !dropped(2, ANN).await && !dropped(404, ANN).await);
    assert!(dropped(1, ANN).await && !dropped(1, ANN).await);
    assert!(!sees(&scene, 1, ANN).await && sees(&scene, 2, ANN).await);
}

/// Who goes for good and takes along what they said takes along what they uploaded, too, whoever passed it on.
pub async fn what_an_erased_person_uploaded_opens_for_nobody(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    for (id, owner) in [(1, BO), (2, BO), (3, ANN)] {
        uploaded(&scene, id, owner).await;
    }
    scene.commit(&[show(BO, 1), show(ANN, 3)]).await;
    scene.put(show(ANN, 1)).await;
    while scene.store.people().erase(BO, 1).await.expect("it is erased") {}
    for user in [ANN, BO] {
        assert!(!sees(&scene, 1, user).await && !sees(&scene, 2, user).await && sees(&scene, 3, user).await);
    }
    assert_eq!(scene.put(show(ANN, 1)).await, Fate::NoSuchMedia);
    assert_eq!(sweep(&scene, NOW).await, [1, 2]);
}

/// What hangs somewhere stays as long as it hangs: everybody sees a user's portrait, members a room's.
pub async fn a_portrait_is_seen_where_it_hangs(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    for id in [1, 2, 3] {
        uploaded(&scene, id, ANN).await;
    }
    let hang = async |place, id: Option<i64>, by| {
        scene.store.shelf().hang(place, id.map(MediaId), by).await.expect("it is tried")
    };
    let (user, tea) = (Portrait::User(ANN), Portrait::Room(TEA));
    assert!(hang(user, Some(1), ANN).await && hang(tea, Some(2), ANN).await);
    assert!(!hang(Portrait::User(BO), Some(3), BO).await && !hang(user, Some(404), ANN).await);
    // What hangs there already may be another's.
    assert!(hang(tea, Some(2), BO).await);
    assert!(sees(&scene, 1, CY).await && sees(&scene, 2, BO).await && !sees(&scene, 2, CY).await);
    let later = Sweep { loose_before: Timestamp(1_101), ..NOW };
    assert_eq!(sweep(&scene, later).await, [3]);
    // Another takes its place, or none.
    uploaded(&scene, 4, ANN).await;
    assert!(hang(user, Some(4), ANN).await && hang(tea, None, ANN).await);
    let soon = Sweep { loose_before: Timestamp(1), ..NOW };
    assert_eq!(sweep(&scene, soon).await, [1, 2, 3]);
    assert!(sees(&scene, 4, CY).await);
}

/// What stands for a room stays as long as it does, and is seen by who may know of the room; it is its sender's own.
pub async fn a_rooms_picture_is_seen_by_who_may_see_the_room(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    for (id, owner) in [(1, ANN), (2, ANN), (3, BO)] {
        uploaded(&scene, id, owner).await;
    }
    let wear = |by, id: &str| {
        let avatar = if id.is_empty() { String::new() } else { format!("/v1/media/{id}/thumbnail") };
        changes(
            by,
            Change::Set(Box::new(NewSettings { avatar: Some(avatar.into()), ..NewSettings::default() })),
        )
    };
    let avatar = async || {
        let card = scene.store.places().card(&name("tea")).await.expect("it is read").expect("tea is there");
        card.settings.about.avatar
    };
    assert_eq!(scene.put(wear(ANN, "3")).await, Fate::NoSuchMedia);
    assert_eq!(scene.put(wear(ANN, "404")).await, Fate::NoSuchMedia);
    assert_eq!(scene.put(wear(ANN, "1")).await, stored(2, 0));
    assert_eq!(scene.put(wear(ANN, "1")).await, Fate::Unchanged);
    assert_eq!(avatar().await.as_deref(), Some("/v1/media/1/thumbnail"));
    let shown = scene.conversation(BO, TEA).await;
    assert_eq!(shown.avatar.as_deref(), Some("/v1/media/1/thumbnail"));
    // Members see it; others when they are invited, or when strangers may see the room.
    assert!(sees(&scene, 1, BO).await && !sees(&scene, 1, CY).await);
    let (role, until) = (chat::Role::Member, Timestamp(2_001));
    assert_eq!(scene.put(changes(BO, Change::Invite { who: person(CY), role, until })).await, stored(3, 0));
    assert!(sees(&scene, 1, CY).await);
    scene.put(changes(BO, Change::Uninvite { who: person(CY) })).await;
    assert!(!sees(&scene, 1, CY).await);
    let listed = |listed| NewSettings { listed: Some(listed), ..NewSettings::default() };
    scene.put(changes(ANN, Change::Set(Box::new(listed(true))))).await;
    assert!(sees(&scene, 1, CY).await);
    scene.put(changes(ANN, Change::Set(Box::new(listed(false))))).await;
    // Nobody sweeps it out or deletes it while it stands there.
    let later = Sweep { loose_before: Timestamp(1_101), ..NOW };
    assert_eq!(sweep(&scene, later).await, [2, 3]);
    assert!(!scene.store.shelf().drop_media(MediaId(1), ANN).await.expect("it is tried"));
    // Another takes its place in one batch with that it is taken away.
    uploaded(&scene, 4, ANN).await;
    scene.commit(&[wear(ANN, "4"), wear(ANN, ""), wear(ANN, "4")]).await;
    let soon = Sweep { loose_before: Timestamp(1), ..NOW };
    assert_eq!(sweep(&scene, soon).await, [1, 2, 3]);
    assert!(sees(&scene, 4, BO).await);
    assert_eq!(scene.put(wear(ANN, "")).await, stored(10, 0));
    assert_eq!((avatar().await, sweep(&scene, soon).await), (None, vec![1, 2, 3, 4]));
}

/// A room begins with its picture, and has none where that went.
pub async fn a_room_begins_with_its_picture(bench: &dyn Bench) {
    let scene = Scene::set(bench).await;
    uploaded(&scene, 1, ANN).await;
    for (room_id, handle, id, hangs) in [(7_010, "one", 1, true), (7_011, "two", 404, false)] {
        let mut new = room(chat::RoomId(room_id), handle, &[ANN]);
        new.settings.about.avatar = Some(format!("/v1/media/{id}/content").into());
        scene.make(new).await;
        let card = scene.store.places().card(&name(handle)).await.expect("it is read").expect("it is there");
        assert_eq!(card.settings.about.avatar.is_some(), hangs, "{handle}");
    }
    assert_eq!(sweep(&scene, Sweep { loose_before: Timestamp(1_101), ..NOW }).await, [0; 0]);
    let shown = async || scene.conversation(ANN, chat::RoomId(7_010)).await.avatar;
    assert!(shown().await.is_some());
    // Who goes for good takes it along, and the room shows no place where nothing is.
    while scene.store.people().erase(ANN, 1).await.expect("it is erased") {}
    let card = scene.store.places().card(&name("one")).await.expect("it is read").expect("it is there");
    assert_eq!((card.settings.about.avatar, shown().await), (None, None));
}
