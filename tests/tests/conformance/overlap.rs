//! Messages that match more than one subscription of a client.

use crate::corner::{BOTH, Corner, wish};
use mqtt::packet::{Publish, Qos, Version};
use std::collections::BTreeSet;
use tests::{Wire, publish_at, subscribe};

/// Subscribes to each of these, in a SUBSCRIBE of its own that carries this identifier.
async fn subscribes(wire: &mut Wire, corner: &Corner, wishes: &[(&str, Qos, Option<u32>)]) {
    for (filter, qos, id) in wishes {
        let mut asked = subscribe([wish(&corner.topic(filter), *qos)]);
        asked.subscription_id = *id;
        let suback = wire.subscribe(asked).await;
        assert!(!suback.codes[0].is_refusal(), "{filter}: {suback:?}");
    }
}

/// What came of one message, until the connection is quiet.
async fn copies(wire: &mut Wire, corner: &Corner, qos: Qos) -> Vec<Publish> {
    wire.sends(publish_at(qos, &corner.topic("tea/hot"), "x")).await;
    let mut heard = vec![wire.receive().await];
    wire.is_alive().await;
    wire.is_alive().await;
    heard.extend(std::iter::from_fn(|| wire.early()));
    heard
}

#[tokio::test]
pub(crate) async fn a_message_that_matches_several_subscriptions_comes_at_the_greatest_qos() {
    use Qos::{AtLeastOnce, AtMostOnce, ExactlyOnce};
    for version in BOTH {
        for wishes in [
            [("#", AtMostOnce, None), ("tea/+", ExactlyOnce, None), ("tea/hot", AtLeastOnce, None)],
            [("#", ExactlyOnce, None), ("tea/+", AtLeastOnce, None), ("tea/hot", AtMostOnce, None)],
            [("#", AtLeastOnce, None), ("tea/+", AtMostOnce, None), ("tea/hot", ExactlyOnce, None)],
        ] {
            let corner = Corner::open().await;
            let mut wire = corner.client(version, "both").await;
            subscribes(&mut wire, &corner, &wishes).await;
            let heard = copies(&mut wire, &corner, ExactlyOnce).await;
            assert!(heard.iter().any(|copy| copy.qos == ExactlyOnce), "{version:?}: {heard:?}");
        }
    }
}

#[tokio::test]
pub(crate) async fn a_message_that_matches_several_subscriptions_comes_once() {
    for version in BOTH {
        let corner = Corner::open().await;
        let mut wire = corner.client(version, "both").await;
        let wishes = [("#", Qos::AtLeastOnce, None), ("tea/hot", Qos::AtLeastOnce, None)];
        subscribes(&mut wire, &corner, &wishes).await;
        assert_eq!(copies(&mut wire, &corner, Qos::AtLeastOnce).await.len(), 1);
    }
}

#[tokio::test]
pub(crate) async fn a_message_carries_the_identifiers_of_all_subscriptions_it_matches() {
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
        let corner = Corner::open().await;
        let mut wire = corner.client(Version::V5, "both").await;
        let wishes = [
            ("#", Qos::AtLeastOnce, Some(1)),
            ("tea/+", Qos::ExactlyOnce, Some(268_435_455)),
            ("tea/hot", Qos::AtMostOnce, None),
            ("+/hot", Qos::AtLeastOnce, Some(200)),
            ("milk", Qos::AtLeastOnce, Some(4)),
        ];
        subscribes(&mut wire, &corner, &wishes).await;
        let heard = copies(&mut wire, &corner, qos).await;
        let ids: Vec<u32> =
            heard.iter().flat_map(|copy| copy.properties.subscription_ids.iter().copied()).collect();
        let each = ids.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(each, BTreeSet::from([1, 200, 268_435_455]), "none is missing, none is added");
        assert_eq!(heard.len(), 1, "a single copy carries them all");
        assert_eq!(ids.len(), 3);
    }
}

#[tokio::test]
pub(crate) async fn a_message_for_a_subscription_without_identifier_carries_none() {
    let corner = Corner::open().await;
    let mut wire = corner.client(Version::V5, "both").await;
    subscribes(&mut wire, &corner, &[("milk", Qos::AtLeastOnce, Some(4)), ("#", Qos::AtLeastOnce, None)])
        .await;
    let heard = copies(&mut wire, &corner, Qos::AtLeastOnce).await;
    assert!(heard.iter().all(|copy| copy.properties.subscription_ids.is_empty()), "{heard:?}");
}

#[tokio::test]
pub(crate) async fn the_identifier_of_a_subscription_is_that_of_its_last_subscribe() {
    let corner = Corner::open().await;
    let mut wire = corner.client(Version::V5, "both").await;
    let hears = [("tea/hot", Some(1), vec![1]), ("tea/hot", Some(2), vec![2]), ("tea/hot", None, vec![])];
    for (filter, id, expected) in hears {
        subscribes(&mut wire, &corner, &[(filter, Qos::AtLeastOnce, id)]).await;
        let heard = copies(&mut wire, &corner, Qos::AtLeastOnce).await;
        assert_eq!(heard[0].properties.subscription_ids, expected);
    }
}

#[tokio::test]
pub(crate) async fn identifiers_outlive_the_connection_with_their_session() {
    let corner = Corner::open().await;
    let device = corner.device(Version::V5, "away").lasting();
    let mut wire = device.connect().await;
    subscribes(&mut wire, &corner, &[("tea/+", Qos::AtLeastOnce, Some(7))]).await;
    wire.leave().await;
    let mut speaker = corner.client(Version::V5, "speaker").await;
    speaker.sends(publish_at(Qos::AtLeastOnce, &corner.topic("tea/hot"), "x")).await;
    let mut wire = device.connect().await;
    assert_eq!(wire.receive().await.properties.subscription_ids, [7]);
    assert_eq!(copies(&mut wire, &corner, Qos::AtLeastOnce).await[0].properties.subscription_ids, [7]);
}
