//! Where devices are reached while their people are away, and what came of it.

use crate::house::{House, text};
use chat::{Handle, RoomId, Seq};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;
use store::stored::now;
use store::{Outcome, PushDevice, Settled, Settling, Take};

mod registering; // where a device is

mod told; // what came of telling it something

mod loud; // and what is never told

const APPLE: &str = "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0";
const P256DH: &str =
    "BLn9b-VR0ca83knDNZ32dCHGyjJp-1riX9ZTN40MqV8K_LpQmLqxC_DoHvqvFXO_nGdAB4W9dogZb_sM-uV4JbY";

fn apple(token: &str) -> Value {
    json!({ "app": "natter", "provider": "apns", "address": token })
}

fn subscription() -> Value {
    let keys = json!({ "p256dh": P256DH, "auth": "_ordMnz7uTCmrpBTeUV4Bw" });
    json!({ "endpoint": "https://push.example.org/planted-endpoint", "expirationTime": null, "keys": keys })
}

fn browser() -> Value {
    json!({ "app": "natter", "provider": "web", "address": subscription() })
}

fn at(device: &str) -> String {
    format!("/v1/push/devices/{device}")
}

async fn devices(house: &House, token: &str) -> Vec<String> {
    let list = house.get(token, "/v1/push/devices").await.good();
    list["devices"].as_array().unwrap().iter().map(|one| text(&one["device"])).collect()
}

/// What the store knows of somebody's devices.
async fn kept(house: &House, user: &str) -> Vec<PushDevice> {
    let account = house.bridge.user(&Handle::new(user).unwrap()).await.unwrap();
    house.store.pushes().push_devices(account.id).await.unwrap()
}

/// What came of telling a device something of a place.
fn came(
    of: &PushDevice,
    (room, seq): (RoomId, Seq),
    by: i64,
    (word, reason): (&'static str, &str),
) -> Settled {
    let (is_dead, at) = (word != "sent", now());
    let number = Outcome::number(at, u32::try_from(seq.0 & 0xffff).unwrap());
    let outcome = Outcome { number, word, reason: reason.into(), id: "number-1".into(), is_dead };
    Settled {
        device: of.id,
        user: of.user,
        way: (of.app.clone(), of.provider.clone()),
        room,
        seq,
        since: at,
        by,
        what: if is_dead { Settling::Dropped } else { Settling::Told },
        outcome: Some(outcome),
        at,
    }
}

/// What is answered while somebody tells devices what they are to be told, as a worker would.
async fn while_told<T>(house: &House, provider: &str, asked: impl Future<Output = T>) -> T {
    tokio::select! {
        answer = asked => answer,
        never = tell(house, provider) => match never {},
    }
}

async fn tell(house: &House, provider: &str) -> Infallible {
    let pushes = house.store.pushes();
    loop {
        let (provider, hold) = (provider.to_owned(), Duration::from_secs(30));
        let take = Take { provider, by: 7, now: now(), hold, limit: 10 };
        for note in pushes.take_notes(&take).await.unwrap() {
            let place = (note.room, note.what.unwrap().1);
            pushes.settle(&[came(&note.device, place, note.by, ("sent", ""))]).await.unwrap();
        }
        // Nobody is told when there is something to take.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
