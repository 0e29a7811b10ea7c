//! Hearing a room once more: a SUBSCRIBE that names the room and where to begin.
//!
//! The room is covered by the subscription to everything, and begins anew for this one; which is then taken back, so
//! that a session doesn't fill up with them.

use crate::link::Link;
use crate::offline::Offline;
use crate::replay::{ReplayError, Wish};
use rumqttc::{AsyncClient, QoS, SubscribeProperties, SubscribeReasonCode};

/// Tells the server every wish, one after the other, until the connection is lost.
pub(super) async fn ask(link: &Link, mqtt: &AsyncClient) -> Offline {
    loop {
        let wish = link.replays.next().await;
        match wait_for_answer(link, mqtt, &wish).await {
            Ok(answer) => link.replays.answered(&wish, answer),
            Err(why) => return why,
        }
    }
}

async fn wait_for_answer(
    link: &Link,
    mqtt: &AsyncClient,
    wish: &Wish,
) -> Result<Result<(), ReplayError>, Offline> {
    let filter = format!("rooms/{}/said", wish.room);
    // The replay may begin before the SUBACK comes.
    link.inbox.will_rewind(&wish.room, wish.since);
    let subscribed = mqtt
        .try_subscribe_with_properties_tracked(&*filter, QoS::AtLeastOnce, properties(wish))
        .map_err(Offline::lost)?;
    let answer = tokio::time::timeout(link.options.patience.answer, subscribed.wait_async());
    let suback = answer.await.map_err(|_| Offline::Silent)?.map_err(Offline::lost)?;
    if let [SubscribeReasonCode::Success(_)] = suback.return_codes[..] {
        mqtt.try_unsubscribe(&*filter).map_err(Offline::lost)?;
        return Ok(Ok(()));
    }
    link.inbox.will_not_rewind(&wish.room);
    Ok(match suback.return_codes[..] {
        [SubscribeReasonCode::NotAuthorized] => Err(ReplayError::NotAMember),
        ref codes => Err(ReplayError::Refused(format!("{codes:?}"))),
    })
}

fn properties(wish: &Wish) -> SubscribeProperties {
    let mut words = vec![("since".to_owned(), wish.since.to_string())];
    words.extend(wish.newest.map(|newest| ("replay".to_owned(), newest.to_string())));
    SubscribeProperties { id: None, user_properties: words }
}
