//! Where a subscription begins, and what it brings.

use crate::talk::Bodies;
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Unsubscribe, Version};
use tests::{Wire, World, filter, properties, say, subscribe};

async fn subscribes_with(wire: &mut Wire, topic: &str, words: &[(&str, &str)]) -> ReasonCode {
    let mut packet = subscribe([filter(topic)]);
    packet.user_properties = properties(words);
    wire.subscribe(packet).await.codes[0]
}

/// A room `tea` in which ann said so many things, after its first entry.
async fn world_where_ann_said(count: u64) -> World {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let mut ann = world.device("ann", "talker").connect().await;
    for number in 1..=count {
        ann.is_taken(say("tea", &number.to_string(), &[])).await;
    }
    world
}

#[tokio::test]
async fn since_begins_after_the_entry_it_names() {
    let world = world_where_ann_said(5).await;
    let mut bo = world.device("bo", "phone").connect().await;
    assert_eq!(subscribes_with(&mut bo, "rooms/tea/said", &[("since", "4")]).await, ReasonCode::GrantedQos1);
    assert_eq!(bo.hear_all(2).await.bodies(), ["4", "5"]);
    bo.is_quiet().await;
}

#[tokio::test]
async fn since_0_is_the_beginning() {
    let world = world_where_ann_said(120).await;
    let mut bo = world.device("bo", "phone").connect().await;
    subscribes_with(&mut bo, "rooms/tea/said", &[("since", "0")]).await;
    let heard = bo.hear_all(121).await;
    let numbers: Vec<u64> = heard.iter().map(tests::Entry::seq).collect();
    assert_eq!(numbers, (1..=121).collect::<Vec<_>>());
    assert_eq!((heard[0].kind(), heard[0].prev()), ("created".into(), 0));
}

#[tokio::test]
async fn replay_brings_the_gap_marker_and_the_newest() {
    let world = world_where_ann_said(20).await;
    for topic in ["rooms/tea/said", "plain/rooms/tea/said"] {
        let mut bo = world.device("bo", "phone").connect().await;
        subscribes_with(&mut bo, topic, &[("since", "0"), ("replay", "3")]).await;
        let heard = bo.hear_all(4).await;
        let marker = &heard[0];
        assert_eq!([marker.kind(), marker.word("from"), marker.word("to")], ["gap", "1", "18"]);
        assert_eq!(heard[1..].to_vec().bodies(), ["18", "19", "20"]);
        assert_eq!(heard[1].prev(), 18, "what was told as a gap is no gap");
        bo.is_quiet().await;
    }
}

#[tokio::test]
async fn replay_of_more_than_was_missed_brings_all_and_no_marker() {
    let world = world_where_ann_said(3).await;
    let mut bo = world.device("bo", "phone").connect().await;
    subscribes_with(&mut bo, "rooms/tea/said", &[("since", "1"), ("replay", "10")]).await;
    assert_eq!(bo.hear_all(3).await.bodies(), ["1", "2", "3"]);
}

#[tokio::test]
async fn a_wish_that_cannot_be_read_is_refused() {
    let world = world_where_ann_said(1).await;
    let mut bo = world.device("bo", "phone").connect().await;
    let refused = ReasonCode::ImplementationSpecificError;
    for words in [[("since", "soon")], [("since", "-1")], [("replay", "all")]] {
        assert_eq!(subscribes_with(&mut bo, "rooms/tea/said", &words).await, refused, "{words:?}");
    }
    assert_eq!(subscribes_with(&mut bo, "rooms/+/said", &[("since", "0")]).await, refused);
}

#[tokio::test]
async fn a_first_subscription_begins_at_the_end_of_the_log() {
    let world = world_where_ann_said(5).await;
    for version in [Version::V3, Version::V5] {
        let mut bo = world.device("bo", "phone").version(version).connect().await;
        bo.listens("rooms/+/said").await;
        bo.is_quiet().await;
        bo.publish(say("tea", "hello", &[])).await;
        assert_eq!(bo.hear().await.body(), "hello");
        bo.leave().await;
    }
}

#[tokio::test]
async fn filters_that_overlap_give_one_copy_with_all_their_identifiers() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    for (topic, id) in [("rooms/+/said", 1), ("rooms/tea/said", 2), ("rooms/#", 3)] {
        let mut packet = subscribe([filter(topic)]);
        packet.subscription_id = Some(id);
        assert_eq!(ann.subscribe(packet).await.codes, [ReasonCode::GrantedQos1], "{topic}");
    }
    ann.is_taken(say("tea", "hello", &[])).await;
    let mut ids = ann.hear().await.publish.properties.subscription_ids;
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3]);
    ann.is_quiet().await;
}

#[tokio::test]
async fn with_no_local_a_device_hears_everybody_but_itself() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let phone = world.device("ann", "phone").lasting();
    let mut ann = phone.connect().await;
    let mut laptop = world.device("ann", "laptop").connect().await;
    let mut wanted = filter("rooms/tea/said");
    wanted.no_local = true;
    ann.subscribe(subscribe([wanted])).await;

    ann.is_taken(say("tea", "from this phone", &[])).await;
    laptop.is_taken(say("tea", "from the laptop", &[])).await;
    let heard = ann.hear().await;
    assert_eq!(heard.body(), "from the laptop");
    assert_eq!(heard.prev(), 1, "its own message is not on its way");
    ann.is_quiet().await;

    // The same when it comes as a replay.
    ann.is_taken(say("tea", "from this phone again", &[])).await;
    ann.leave().await;
    laptop.is_taken(say("tea", "meanwhile", &[])).await;
    let mut ann = phone.connect().await;
    assert_eq!(ann.hear().await.body(), "meanwhile");
    ann.is_quiet().await;
}

#[tokio::test]
async fn who_unsubscribes_hears_nothing_more() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    for version in [Version::V3, Version::V5] {
        let mut ann = world.device("ann", "phone").version(version).connect().await;
        ann.listens("rooms/+/said").await;
        ann.publish(say("tea", "one", &[])).await;
        ann.hear().await;
        let packet_id = ann.fresh_id();
        let filters = vec!["rooms/+/said".to_owned(), "rooms/tea/said".to_owned()];
        ann.send(Packet::Unsubscribe(Box::new(Unsubscribe {
            packet_id,
            filters,
            user_properties: Vec::new(),
        })))
        .await;
        let Packet::Unsuback(unsuback) = ann.answer().await else { panic!("expected an UNSUBACK") };
        if version == Version::V5 {
            assert_eq!(unsuback.codes, [ReasonCode::Success, ReasonCode::NoSubscriptionExisted]);
        }
        ann.publish(say("tea", "two", &[])).await;
        // It hears of this one alone: what is said between the two is not heard later either.
        ann.listens("rooms/+/said").await;
        ann.publish(say("tea", "three", &[])).await;
        assert_eq!(ann.hear().await.body(), "three");
        ann.is_quiet().await;
        ann.leave().await;
    }
}

#[tokio::test]
async fn a_filter_is_granted_if_it_could_bring_something_and_refused_with_its_reason_otherwise() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    world.room("cellar", ["bo"]).await;
    let mut new = world.device("ann", "new").connect().await;
    let mut old = world.device("ann", "old").v3().connect().await;
    use ReasonCode::{GrantedQos1, NotAuthorized, SharedSubscriptionsNotSupported};
    for (topic, code) in [
        ("rooms/+/said", GrantedQos1),
        ("rooms/tea/said", GrantedQos1),
        ("rooms/#", GrantedQos1),
        ("rooms/tea/#", GrantedQos1),
        ("+/+/said", GrantedQos1),
        ("me/#", GrantedQos1),
        ("me/replies", GrantedQos1),
        ("plain/#", GrantedQos1),
        ("plain/rooms/+/said", GrantedQos1),
        ("rooms/cellar/said", NotAuthorized),
        ("rooms/attic/said", NotAuthorized),
        ("rooms/tea/say", NotAuthorized),
        ("#", NotAuthorized),
        ("somewhere/else", NotAuthorized),
        ("$SYS/#", NotAuthorized),
        ("$share/group/rooms/+/said", SharedSubscriptionsNotSupported),
    ] {
        assert_eq!(new.subscribe(subscribe([filter(topic)])).await.codes, [code], "{topic}");
        let in_old = if code == GrantedQos1 { code } else { ReasonCode::UnspecifiedError };
        assert_eq!(old.subscribe(subscribe([filter(topic)])).await.codes, [in_old], "{topic}");
    }
    // One SUBSCRIBE, an answer for each.
    let suback = new.subscribe(subscribe(["rooms/#", "#", "me/#"].map(filter))).await;
    assert_eq!(suback.codes, [GrantedQos1, NotAuthorized, GrantedQos1]);
}

#[tokio::test]
async fn a_message_that_expired_is_not_delivered() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let phone = world.device("bo", "phone").lasting();
    let mut bo = phone.connect().await;
    bo.listens("rooms/+/said").await;
    bo.leave().await;
    let mut ann = world.device("ann", "phone").connect().await;
    let mut brief = say("tea", "now or never", &[]);
    brief.properties.message_expiry = Some(1);
    ann.is_taken(brief).await;
    let mut later = say("tea", "no hurry", &[]);
    later.properties.message_expiry = Some(3600);
    ann.is_taken(later).await;
    // What is awaited here is time itself.
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;

    let mut bo = phone.connect().await;
    let heard = bo.hear().await;
    assert_eq!((heard.body(), heard.prev()), ("no hurry".into(), 1));
    let left = heard.publish.properties.message_expiry.expect("it goes with the message");
    assert!((1..3600).contains(&left), "{left} s are left");
    bo.is_quiet().await;
}

#[tokio::test]
async fn what_is_larger_than_a_device_takes_is_left_out_for_it_alone() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let mut small = world.device("bo", "watch").lasting();
    small.hello.maximum_packet_size = 1_000.try_into().ok();
    let mut watch = Some(small.connect().await);
    let mut phone = world.device("bo", "phone").connect().await;
    watch.as_mut().expect("it is here").listens("rooms/+/said").await;
    phone.listens("rooms/+/said").await;
    let mut ann = world.device("ann", "phone").connect().await;

    for round in ["live", "replayed"] {
        ann.is_taken(say("tea", "short", &[])).await;
        ann.is_taken(say("tea", &"long ".repeat(400), &[])).await;
        ann.is_taken(say("tea", "short again", &[])).await;
        let mut watch = match watch.take() {
            Some(watch) => watch,
            None => small.connect().await,
        };
        let heard = watch.hear_all(2).await;
        assert_eq!(heard.bodies(), ["short", "short again"], "{round}");
        assert_eq!(heard[1].prev(), heard[0].seq(), "{round}: what could never come is no gap");
        watch.is_quiet().await;
        watch.leave().await;
        assert_eq!(phone.hear_all(3).await[1].body().len(), 2_000, "{round}");
    }
}

/// What is in the queue already comes; then the marker, then the newest.
#[tokio::test]
async fn a_device_that_comes_back_may_ask_for_the_newest_only() {
    const MISSED: usize = 4_000;
    const WANTED: usize = 10;
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let phone = world.device("bo", "phone").lasting();
    let mut bo = phone.connect().await;
    bo.listens("rooms/+/said").await;
    bo.leave().await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.say_all("tea", (0..MISSED).map(|number| number.to_string())).await;

    let mut bo = phone.connect().await;
    subscribes_with(&mut bo, "rooms/+/said", &[("replay", "10")]).await;
    let mut heard = Vec::new();
    while heard
        .last()
        .is_none_or(|entry: &tests::Entry| entry.kind() == "gap" || entry.seq() <= MISSED as u64)
    {
        heard.push(bo.hear().await);
    }
    bo.is_quiet().await;

    let marker = heard.iter().position(|entry| entry.kind() == "gap").expect("the rest is told as a gap");
    assert_eq!(heard.len(), marker + 1 + WANTED);
    let (from, to) = (heard[marker].word("from"), heard[marker].word("to"));
    let before = heard[..marker].last().map_or(1, tests::Entry::seq);
    assert_eq!((from, to), ((before + 1).to_string(), (MISSED + 1 - WANTED).to_string()));
    for (entry, seq) in
        heard[..marker].iter().zip(2..).chain(heard[marker + 1..].iter().zip((MISSED + 2 - WANTED) as u64..))
    {
        assert_eq!((entry.seq(), entry.prev()), (seq, seq - 1));
    }
}
