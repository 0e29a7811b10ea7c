//! Where a message is, for who looks after the server: that somebody did not get something can be looked into without
//! reading what it says.

use super::LOOK;
use crate::ask::Ask;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};
use crate::rooms::ThisMessage;
use crate::whereabouts::{ReachedByDevice, WhereaboutsByDevice, is_small, people};
use crate::words::At;
use chat::Seq;

pub(super) fn methods() -> Vec<Method> {
    let path = (Verb::Get, "/v1/admin/rooms/{room}/messages/{seq}/whereabouts");
    let whereabouts =
        Method::new("admin.whereabouts", path, LOOK, "Where a message is, device by device", place);
    vec![whereabouts.may(&[Code::NotFound])]
}

async fn place(ask: Ask, input: ThisMessage) -> Result<WhereaboutsByDevice, Problem> {
    let none = || Problem::not_found("message");
    let seq = Seq(input.seq.number());
    let room = ask.store().places().card(&input.room.0).await?.ok_or_else(|| Problem::not_found("room"))?.id;
    if seq.0 > i64::MAX.cast_unsigned() {
        return Err(none());
    }
    let found = ask.store().pick(&[(room, seq)]).await?.pop();
    let message = found.filter(|entry| entry.act.kind().was_message()).ok_or_else(none)?;
    let reached = match is_small(&ask, room).await? {
        true => {
            let mut members = ask.store().receipts().progress(room, None, 100).await?;
            members.retain(|one| one.person.user != message.sender && one.joined <= message.seq);
            let people = people(&ask, &message, members).await?;
            Some(people.into_iter().map(ReachedByDevice::from).collect())
        }
        false => None,
    };
    Ok(WhereaboutsByDevice {
        room: input.room,
        seq: message.seq.0,
        stored_at: At(message.at),
        people: reached,
    })
}
