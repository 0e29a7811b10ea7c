//! Devices and what they were told, as it is answered: without their addresses.

use crate::problem::Problem;
use crate::words::{At, Name, Number};
use chat::{Handle, RoomId, UserId};
use push_worker::Manner;
use serde::Serialize;
use std::collections::HashMap;
use store::stored::now;
use store::{Delivery, Note, NoteContext, PushDevice, Pushes};
use utoipa::ToSchema;

/// A device that is reached by a provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PushDeviceSeen {
    /// Its MQTT client id.
    device: String,
    app: String,
    /// `apns`, `fcm`, `web` or `log`.
    provider: String,
    /// `token`, `installation` or `subscription`.
    #[schema(value_type = Option<String>)]
    kind: Option<push_worker::Kind>,
    /// `production` or `sandbox`.
    #[schema(value_type = Option<String>)]
    environment: Option<push_worker::Environment>,
    /// `alert`, `mutable_content` or `background`.
    #[schema(value_type = Option<String>)]
    form: Option<push_worker::Form>,
    /// Whether words of messages may be in what it is told.
    content: Option<bool>,
    /// When it last registered.
    registered_at: At,
    /// Absent while it is used.
    disabled: Option<PushDisabled>,
}

/// Why a device is not used until it registers again.
#[derive(Debug, Serialize, ToSchema)]
struct PushDisabled {
    /// What the provider said.
    reason: String,
    at: At,
}

/// Devices, by client id and app.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PushDevices {
    pub(crate) devices: Vec<PushDeviceSeen>,
}

/// An attempt to tell a device something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PushDelivery {
    at: At,
    app: String,
    provider: String,
    /// Whether it was for a test, and of no room.
    test: bool,
    /// Of which room, where it may still be seen.
    room: Option<Name>,
    /// Of which room otherwise.
    room_id: Option<Number>,
    /// Up to which entry of it.
    seq: Option<u64>,
    /// How it ended: see docs/push.md.
    outcome: String,
    /// What the provider said.
    reason: Option<String>,
    /// The provider's number for it.
    id: Option<String>,
}

/// Attempts, the last one first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PushLog {
    pub(crate) deliveries: Vec<PushDelivery>,
}

impl PushDeviceSeen {
    pub(crate) fn of(device: PushDevice) -> PushDeviceSeen {
        // What another version wrote is not told, rather than told wrongly.
        let manner: Option<Manner> = serde_json::from_str(&device.how).ok();
        PushDeviceSeen {
            device: device.device,
            app: device.app,
            provider: device.provider,
            kind: manner.map(|manner| manner.kind),
            environment: manner.map(|manner| manner.environment),
            form: manner.map(|manner| manner.form),
            content: manner.map(|manner| manner.content),
            registered_at: At(device.registered_at),
            disabled: device.disabled.map(|(reason, at)| PushDisabled { reason, at: At(at) }),
        }
    }
}

impl PushDelivery {
    /// `handles`: of the rooms that may be seen.
    pub(crate) fn of(one: Delivery, handles: &HashMap<RoomId, Handle>) -> PushDelivery {
        let ((app, provider), (room, seq), (outcome, reason, id)) = (one.way, one.place, one.outcome);
        let told = |text: String| Some(text).filter(|text| !text.is_empty());
        let (test, handle) = (room == Note::TEST, handles.get(&room));
        PushDelivery {
            at: At(one.at),
            app,
            provider,
            test,
            room: handle.cloned().map(Name),
            room_id: (!test && handle.is_none()).then_some(Number(room.0)),
            seq: (!test).then_some(seq.0),
            outcome,
            reason: told(reason),
            id: told(id),
        }
    }
}

/// Those of these devices, or of one, that are registered for an app, or for any; there is one at least.
pub(crate) fn only(
    mut devices: Vec<PushDevice>,
    device: Option<&str>,
    app: Option<&str>,
) -> Result<Vec<PushDevice>, Problem> {
    devices.retain(|one| device.is_none_or(|device| one.device == device));
    devices.retain(|one| app.is_none_or(|app| one.app == app));
    if devices.is_empty() { Err(Problem::not_found("device")) } else { Ok(devices) }
}

/// What these devices of one user were told lately, the last first.
pub(crate) async fn lately(pushes: &dyn Pushes, devices: &[PushDevice]) -> Result<Vec<Delivery>, Problem> {
    let mut all = Vec::new();
    for device in devices {
        all.extend(pushes.deliveries(device.id).await?);
    }
    all.sort_by_key(|one| std::cmp::Reverse(one.number));
    all.truncate(Delivery::KEPT as usize);
    Ok(all)
}

/// The names of the rooms of these attempts that `user` may see.
pub(crate) async fn handles(
    pushes: &dyn Pushes,
    user: UserId,
    of: &[Delivery],
    sees: fn(&NoteContext) -> bool,
) -> Result<HashMap<RoomId, Handle>, Problem> {
    let mut rooms: Vec<RoomId> =
        of.iter().map(|one| one.place.0).filter(|room| *room != Note::TEST).collect();
    rooms.sort_unstable();
    rooms.dedup();
    let places: Vec<_> = rooms.iter().map(|room| (user, *room)).collect();
    let found = pushes.note_contexts(&places, now()).await?;
    let seen = rooms.into_iter().zip(found).filter_map(|(room, context)| Some((room, context?)));
    Ok(seen.filter(|(_, context)| sees(context)).map(|(room, context)| (room, context.handle)).collect())
}
