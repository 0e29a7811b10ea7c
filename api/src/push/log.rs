//! What a device was told lately.

use super::seen::{PushDelivery, PushLog, handles, lately};
use super::{LOOK, ThisPushDevice, registered};
use crate::ask::Ask;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new(
            "push.log",
            (Verb::Get, "/v1/push/devices/{device}/log"),
            LOOK,
            "What a device of mine was told lately, and what came of it",
            list,
        )
        .may(&[Code::NotFound]),
    ]
}

async fn list(ask: Ask, input: ThisPushDevice) -> Result<PushLog, Problem> {
    let devices = registered(&ask, &input.device, input.app.as_deref()).await?;
    let pushes = ask.store().pushes();
    let found = lately(pushes, &devices).await?;
    let handles = handles(pushes, ask.caller()?.account.id, &found, |room| room.is_member).await?;
    Ok(PushLog { deliveries: found.into_iter().map(|one| PushDelivery::of(one, &handles)).collect() })
}
