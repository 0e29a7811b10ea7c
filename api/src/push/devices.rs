//! Where devices are reached.

use super::given::PushRegistration;
use super::seen::{PushDeviceSeen, PushDevices};
use super::{CHANGE, LOOK, ThisPushDevice, apps, sees};
use crate::ask::Ask;
use crate::method::{Done, Method, Nothing, Verb};
use crate::problem::{Code, Problem};
use push_worker::{Manner, Target};
use secrecy::ExposeSecret;
use store::PushAddress;

pub(super) fn methods() -> Vec<Method> {
    let device = "/v1/push/devices/{device}";
    vec![
        Method::new(
            "push.devices",
            (Verb::Get, "/v1/push/devices"),
            LOOK,
            "My devices that are reached while I am away",
            list,
        ),
        Method::new(
            "push.register",
            (Verb::Put, device),
            CHANGE,
            "Say where a device of mine is reached, or say it again",
            register,
        )
        .may(&[Code::Invalid, Code::TooMany]),
        Method::new("push.remove", (Verb::Delete, device), CHANGE, "Have a device told nothing more", remove)
            .may(&[Code::NotFound]),
    ]
}

async fn list(ask: Ask, _: Nothing) -> Result<PushDevices, Problem> {
    let caller = ask.caller()?;
    let found = ask.store().pushes().push_devices(caller.account.id).await?;
    let devices = found.into_iter().filter(|one| sees(caller, &one.device));
    Ok(PushDevices { devices: devices.map(PushDeviceSeen::of).collect() })
}

/// A device speaks for itself alone: the address of another could not be its own.
async fn register(ask: Ask, input: PushRegistration) -> Result<PushDeviceSeen, Problem> {
    let caller = ask.caller()?;
    if caller.device.as_ref().is_some_and(|own| *own != input.device) {
        let words = "this credential is of another device, which can register itself only";
        return Err(Problem::new(Code::NotAllowed, words));
    }
    let provider = apps::provider(&ask.api.config.push, &input.app, &input.provider)?;
    let target = Target::read(provider, input.kind(provider), input.address.0.expose_secret())
        .map_err(|error| Problem::new(Code::Invalid, error.to_string()))?;
    let manner = Manner {
        kind: target.kind(),
        environment: input.environment(),
        form: input.form(),
        content: input.content,
    };
    let way = (input.app, provider.as_str().to_owned());
    let (user, address) = (caller.account.id, PushAddress::from(&target));
    let kept = ask.bridge().register_push(user, input.device, way, manner.written(), address).await?;
    Ok(PushDeviceSeen::of(kept))
}

async fn remove(ask: Ask, input: ThisPushDevice) -> Result<Done, Problem> {
    let caller = ask.caller()?;
    let ThisPushDevice { device, app } = input;
    let pushes = ask.store().pushes();
    match sees(caller, &device) && pushes.unregister_push(caller.account.id, &device, app.as_deref()).await? {
        true => Ok(Done),
        false => Err(Problem::not_found("device")),
    }
}
