//! What a subscription brings.

use crate::opening::{bo_listens, tea_for_two};
use crate::talk::Bodies;
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Unsubscribe, Version};
use tests::{World, filter, say, subscribe};

#[tokio::test]
async fn filters_that_overlap_give_one_copy_with_all_their_identifiers() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    for (topic, id) in [("rooms/+/said", 1), ("rooms/tea/said", 2), ("rooms/+/said/#", 3)] {
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
    use ReasonCode::{GrantedQos1, NotAuthorized, SharedSubscriptionsNotSupported, Success};
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
        ("cbor/#", GrantedQos1),
        ("rooms/+/receipts", Success),
        ("cbor/rooms/tea/receipts", Success),
        ("plain/rooms/tea/receipts", NotAuthorized),
        ("rooms/cellar/receipts", NotAuthorized),
        ("rooms/cellar/said", NotAuthorized),
        ("rooms/attic/said", NotAuthorized),
        ("rooms/tea/say", NotAuthorized),
        ("#", NotAuthorized),
        ("somewhere/else", NotAuthorized),
        ("$SYS/#", NotAuthorized),
        ("$share/group/rooms/+/said", NotAuthorized),
        ("$share/group/me/replies", SharedSubscriptionsNotSupported),
    ] {
        assert_eq!(new.subscribe(subscribe([filter(topic)])).await.codes, [code], "{topic}");
        let in_old = if code.is_refusal() { ReasonCode::UnspecifiedError } else { code };
        assert_eq!(old.subscribe(subscribe([filter(topic)])).await.codes, [in_old], "{topic}");
    }
    // One SUBSCRIBE, an answer for each.
    let suback = new.subscribe(subscribe(["rooms/#", "#", "me/#"].map(filter))).await;
    assert_eq!(suback.codes, [GrantedQos1, NotAuthorized, GrantedQos1]);
}

#[tokio::test]
async fn a_message_that_expired_is_not_delivered() {
    let (world, mut ann) = tea_for_two().await;
    let (phone, bo) = bo_listens(&world).await;
    bo.leave().await;
    let mut brief = say("tea", "now or never", &[]);
    brief.properties.message_expiry = Some(1);
    ann.is_taken(brief).await;
    let mut later = say("tea", "no hurry", &[]);
    later.properties.message_expiry = Some(3600);
    ann.is_taken(later).await;
    // What is awaited here is time itself: seconds of the server's own clock, and nobody is told when they are over.
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
