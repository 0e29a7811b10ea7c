//! The client of the crate mqtt5, which is strict: a packet that the standard forbids ends its connection, and with it
//! the program of `tests/mqtt5`, as does anything else that it warns of.

use crate::round::{is_well, open_world};
use tests::mqtt5;

async fn goes_round(version: &str) {
    let mut world = open_world().await;
    let mut round = mqtt5(&[&world.mqtt.to_string(), version]);
    round.wrote("halfway").await;
    world.restart().await;
    is_well(round).await;
}

#[tokio::test]
async fn a_strict_client_goes_the_whole_round_of_mqtt_3_through_a_crash() {
    goes_round("3").await;
}

#[tokio::test]
async fn a_strict_client_goes_the_whole_round_of_mqtt_5_through_a_crash() {
    goes_round("5").await;
}
