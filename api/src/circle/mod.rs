//! Whom one knows, and whom one keeps away.

mod contacts; // wanted by both

mod blocks; // not wanted at all

use crate::method::{Access, Method, Rate};
use bridge::identity::Scope;

const LOOK: (Access, Rate) = (Access::Scope(Scope::RoomsRead), Rate::Read);
const CHANGE: (Access, Rate) = (Access::Scope(Scope::RoomsWrite), Rate::Write);

pub(crate) fn methods() -> Vec<Method> {
    [contacts::methods(), blocks::methods()].into_iter().flatten().collect()
}
