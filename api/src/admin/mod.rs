//! What administrators may: people, programs and their keys, invitations and links.

mod users; // people

mod rooms; // where they meet

mod services; // programs

mod tickets; // invitations and links

mod grants; // who may use the topics of an app

mod tokens; // to connect with, for somebody

mod reports; // what people reported

mod audit; // what administrators did

mod connections; // who is connected

mod whereabouts; // and what has come to them

mod push; // who is told when they are not

pub(crate) mod counters; // numbers, and how the server is set

use crate::method::{Access, Method, Rate};

const LOOK: (Access, Rate) = (Access::Admin, Rate::Read);
const CHANGE: (Access, Rate) = (Access::Admin, Rate::Write);

pub(crate) fn methods() -> Vec<Method> {
    [
        users::methods(),
        rooms::methods(),
        services::methods(),
        tickets::methods(),
        grants::methods(),
        tokens::methods(),
        reports::methods(),
        audit::methods(),
        connections::methods(),
        whereabouts::methods(),
        push::methods(),
        counters::methods(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
