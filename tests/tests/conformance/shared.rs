//! Subscriptions that several clients of MQTT 5 share.

use crate::corner::{Corner, listen, wish};
use mqtt::ReasonCode;
use mqtt::packet::{Acknowledge, Disconnect, Packet, Publish, Qos, Version};
use std::collections::BTreeMap;
use tests::{Device, Wire, publish_at, retained, subscribe};

/// The filter of the group in this corner.
fn group(corner: &Corner) -> String {
    format!("$share/group/{}", corner.topic("tea"))
}

async fn member(corner: &Corner, name: &str, qos: Qos) -> Wire {
    let mut wire = corner.client(Version::V5, name).await;
    listen(&mut wire, wish(&group(corner), qos)).await;
    wire
}

/// A member whose session lasts.
async fn lasting_member(corner: &Corner, name: &str, qos: Qos) -> (Device, Wire) {
    let device = corner.device(Version::V5, name).lasting();
    let mut wire = device.connect().await;
    listen(&mut wire, wish(&group(corner), qos)).await;
    (device, wire)
}

/// How a session ends for good.
#[derive(Debug, Clone, Copy)]
enum End {
    /// Its time is over.
    Expires,
    /// Its device begins anew.
    CleanStart,
    /// Its device takes leave of it.
    ExpiryOfZero,
}

impl End {
    /// The session of a device ends that is away.
    async fn comes(self, device: Device) {
        match self {
            // A second after it left, which nobody can bring about.
            End::Expires => {}
            End::CleanStart => device.clean().connect().await.leave().await,
            End::ExpiryOfZero => {
                let mut wire = device.connect().await;
                let bye = Disconnect { session_expiry: Some(0), ..Disconnect::new(ReasonCode::Success) };
                wire.send(Packet::Disconnect(Box::new(bye))).await;
                wire.ends().await;
            }
        }
    }
}

/// What the others of the group hear, by number.
async fn receives(wire: &mut Wire, count: usize) -> Vec<String> {
    let mut heard = Vec::new();
    for _ in 0..count {
        heard.push(payload(&wire.receive().await));
    }
    heard.sort();
    heard
}

async fn says(corner: &Corner, qos: Qos, payloads: &[&str]) {
    let mut speaker = corner.client(Version::V5, "speaker").await;
    for payload in payloads {
        speaker.sends(publish_at(qos, &corner.topic("tea"), payload)).await;
    }
}

/// What waits for this client, unacknowledged.
async fn waiting(wire: &mut Wire) -> Vec<Publish> {
    wire.is_alive().await;
    wire.is_alive().await;
    std::iter::from_fn(|| wire.early()).collect()
}

fn payload(publish: &Publish) -> String {
    String::from_utf8_lossy(&publish.payload).into_owned()
}

#[tokio::test]
pub(crate) async fn each_message_goes_to_one_member_and_to_everybody_else_who_listens() {
    let corner = Corner::open().await;
    let mut members =
        [member(&corner, "one", Qos::AtLeastOnce).await, member(&corner, "two", Qos::AtLeastOnce).await];
    let mut other = corner.client(Version::V5, "other-group").await;
    let other_group = format!("$share/other/{}", corner.topic("+"));
    listen(&mut other, wish(&other_group, Qos::AtLeastOnce)).await;
    let mut own = corner.listener(Version::V5, "own", Qos::AtLeastOnce).await;
    let mut speaker = corner.client(Version::V5, "speaker").await;
    let mut heard = BTreeMap::new();
    for number in 0..100 {
        speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea"), number.to_string())).await;
        assert_eq!(own.receive().await.payload, number.to_string());
        assert_eq!(other.receive().await.payload, number.to_string());
        for (place, member) in members.iter_mut().enumerate() {
            for publish in waiting(member).await {
                member.acknowledge(&publish).await;
                heard.entry(payload(&publish)).or_insert_with(Vec::new).push(place);
            }
        }
    }
    for member in &mut members {
        for publish in waiting(member).await {
            heard.entry(payload(&publish)).or_default().push(9);
        }
    }
    assert_eq!(heard.len(), 100, "none is lost");
    assert!(heard.values().all(|places| places.len() == 1), "and none comes twice: {heard:?}");
    assert!(heard.values().any(|places| *places != heard["0"]), "and no member gets them all");
}

#[tokio::test]
pub(crate) async fn a_member_gets_no_more_than_the_qos_it_was_granted() {
    for granted in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
        let corner = Corner::open().await;
        let mut only = member(&corner, "only", granted).await;
        for published in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
            says(&corner, published, &["hot"]).await;
            assert_eq!(only.receive().await.qos, published.min(granted));
        }
    }
}

#[tokio::test]
pub(crate) async fn a_message_at_qos_2_that_was_begun_with_a_member_is_finished_with_it() {
    let corner = Corner::open().await;
    let (device, mut begun) = lasting_member(&corner, "begun", Qos::ExactlyOnce).await;
    says(&corner, Qos::ExactlyOnce, &["hot"]).await;
    let sent = begun.message().await;
    let mut other = member(&corner, "other", Qos::ExactlyOnce).await;
    drop(begun);
    let mut begun = device.connect().await;
    let again = begun.receive().await;
    assert_eq!((again.packet_id, again.dup), (sent.packet_id, true));
    other.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn a_message_at_qos_2_that_was_begun_goes_to_nobody_else_when_its_session_ends() {
    let corner = Corner::open().await;
    let device = corner.device(Version::V5, "begun").lasting().receive_maximum(1);
    let mut begun = device.connect().await;
    listen(&mut begun, wish(&group(&corner), Qos::ExactlyOnce)).await;
    says(&corner, Qos::ExactlyOnce, &["begun", "never sent"]).await;
    assert_eq!(begun.message().await.payload, "begun");
    let mut other = member(&corner, "other", Qos::ExactlyOnce).await;
    drop(begun);
    End::CleanStart.comes(device).await;
    assert_eq!(other.receive().await.payload, "never sent");
    other.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn a_message_at_qos_2_that_was_begun_where_no_session_lasts_goes_to_nobody_else() {
    let corner = Corner::open().await;
    let mut begun = corner.device(Version::V5, "begun").receive_maximum(1).connect().await;
    listen(&mut begun, wish(&group(&corner), Qos::ExactlyOnce)).await;
    says(&corner, Qos::ExactlyOnce, &["begun", "never sent"]).await;
    assert_eq!(begun.message().await.payload, "begun");
    let mut other = member(&corner, "other", Qos::ExactlyOnce).await;
    drop(begun);
    assert_eq!(other.receive().await.payload, "never sent");
    other.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn what_waits_for_a_member_goes_to_another_when_its_session_ends() {
    for end in [End::Expires, End::CleanStart, End::ExpiryOfZero] {
        let corner = Corner::open().await;
        let mut device = corner.device(Version::V5, "ends").lasting().receive_maximum(1);
        device.hello.session_expiry = Some(if matches!(end, End::Expires) { 1 } else { 3_600 });
        let mut wire = device.connect().await;
        listen(&mut wire, wish(&group(&corner), Qos::ExactlyOnce)).await;
        wire.leave().await;
        says(&corner, Qos::AtLeastOnce, &["one", "two"]).await;
        says(&corner, Qos::ExactlyOnce, &["three"]).await;
        let mut other = member(&corner, "other", Qos::ExactlyOnce).await;
        end.comes(device).await;
        assert_eq!(receives(&mut other, 3).await, ["one", "three", "two"], "{end:?}");
        other.is_quiet().await;
    }
}

#[tokio::test]
pub(crate) async fn what_waits_for_a_member_goes_on_waiting_for_another_that_is_away() {
    let corner = Corner::open().await;
    let (ends, wire) = lasting_member(&corner, "ends", Qos::AtLeastOnce).await;
    wire.leave().await;
    let numbers: Vec<String> = (100..400).map(|number| number.to_string()).collect();
    says(&corner, Qos::AtLeastOnce, &numbers.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let (away, wire) = lasting_member(&corner, "away", Qos::AtLeastOnce).await;
    wire.leave().await;
    End::CleanStart.comes(ends).await;
    let mut back = away.connect().await;
    for number in numbers {
        assert_eq!(back.receive().await.payload, number, "in its order");
    }
    back.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn what_goes_to_another_member_comes_as_that_one_wishes() {
    let corner = Corner::open().await;
    let (ends, wire) = lasting_member(&corner, "ends", Qos::ExactlyOnce).await;
    wire.leave().await;
    let mut speaker = corner.client(Version::V5, "speaker").await;
    let mut kept = retained(Qos::ExactlyOnce, &corner.topic("tea"), "kept");
    kept.properties.message_expiry = Some(60);
    kept.properties.user_properties = vec![("unit".into(), "celsius".into())];
    speaker.sends(kept).await;
    let mut other = corner.client(Version::V5, "other").await;
    let mut asked = subscribe([wish(&group(&corner), Qos::AtLeastOnce)]);
    asked.subscription_id = Some(12);
    asked.subscriptions[0].retain_as_published = true;
    other.subscribe(asked).await;
    End::CleanStart.comes(ends).await;
    let heard = other.receive().await;
    assert_eq!((heard.qos, heard.retain, heard.dup), (Qos::AtLeastOnce, true, false));
    assert_eq!(heard.properties.subscription_ids, [12]);
    assert_eq!(heard.properties.user_properties, [("unit".into(), "celsius".into())]);
    assert!(heard.properties.message_expiry.is_some_and(|left| left <= 60));
}

#[tokio::test]
pub(crate) async fn what_a_member_leaves_is_not_for_those_who_share_another_filter() {
    let corner = Corner::open().await;
    let (ends, wire) = lasting_member(&corner, "ends", Qos::AtLeastOnce).await;
    wire.leave().await;
    let mut leaves = member(&corner, "leaves", Qos::AtLeastOnce).await;
    says(&corner, Qos::AtLeastOnce, &["under way"]).await;
    assert_eq!(leaves.message().await.payload, "under way");
    let mut other = corner.client(Version::V5, "other").await;
    listen(&mut other, wish(&format!("$share/group/{}", corner.topic("+")), Qos::AtLeastOnce)).await;
    // First it waits for the one who is away, and then it is that one's no more.
    leaves.leave().await;
    let mut same = member(&corner, "same", Qos::AtLeastOnce).await;
    End::CleanStart.comes(ends).await;
    assert_eq!(same.receive().await.payload, "under way");
    other.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn a_message_that_a_member_refuses_goes_to_nobody_else() {
    for qos in [Qos::AtLeastOnce, Qos::ExactlyOnce] {
        let corner = Corner::open().await;
        let mut refuses = member(&corner, "refuses", Qos::ExactlyOnce).await;
        says(&corner, qos, &["refused"]).await;
        let sent = refuses.message().await;
        let mut other = member(&corner, "other", Qos::ExactlyOnce).await;
        let refusal =
            Acknowledge::new(sent.packet_id.expect("it has one"), ReasonCode::ImplementationSpecificError);
        let refusal = if qos == Qos::AtLeastOnce { Packet::Puback(refusal) } else { Packet::Pubrec(refusal) };
        refuses.send(refusal).await;
        refuses.is_quiet().await;
        refuses.leave().await;
        says(&corner, qos, &["next"]).await;
        assert_eq!(other.receive().await.payload, "next");
    }
}

#[tokio::test]
pub(crate) async fn what_a_member_leaves_unacknowledged_at_qos_1_goes_to_another() {
    let corner = Corner::open().await;
    let mut leaves = member(&corner, "leaves", Qos::AtLeastOnce).await;
    says(&corner, Qos::AtLeastOnce, &["one", "two"]).await;
    assert_eq!(leaves.message().await.payload, "one");
    assert_eq!(leaves.message().await.payload, "two");
    let mut other = member(&corner, "other", Qos::AtLeastOnce).await;
    leaves.leave().await;
    let mut heard = vec![payload(&other.receive().await), payload(&other.receive().await)];
    heard.sort();
    assert_eq!(heard, ["one", "two"]);
    other.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn a_member_that_unsubscribes_gets_no_more_and_the_others_get_all() {
    let corner = Corner::open().await;
    let mut leaves = member(&corner, "leaves", Qos::AtLeastOnce).await;
    let mut stays = member(&corner, "stays", Qos::AtLeastOnce).await;
    let unsuback = leaves.unsubscribe(&[&group(&corner)]).await;
    assert_eq!(unsuback.codes, [ReasonCode::Success]);
    let numbers: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    says(&corner, Qos::AtLeastOnce, &numbers.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for number in numbers {
        assert_eq!(stays.receive().await.payload, number);
    }
    leaves.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn a_shared_subscription_brings_nothing_that_is_kept() {
    let corner = Corner::open().await;
    let mut speaker = corner.client(Version::V5, "speaker").await;
    speaker.sends(retained(Qos::AtLeastOnce, &corner.topic("tea"), "kept")).await;
    member(&corner, "only", Qos::AtLeastOnce).await.is_quiet().await;
}

#[tokio::test]
pub(crate) async fn a_message_by_a_share_carries_the_identifier_of_its_member() {
    let corner = Corner::open().await;
    let mut only = corner.client(Version::V5, "only").await;
    let mut asked = subscribe([wish(&group(&corner), Qos::AtLeastOnce)]);
    asked.subscription_id = Some(12);
    only.subscribe(asked).await;
    says(&corner, Qos::AtLeastOnce, &["hot"]).await;
    assert_eq!(only.receive().await.properties.subscription_ids, [12]);
}
