//! People, and what they come in with: what they do themselves.

mod enter; // in, and in again

mod me; // one's own account

pub(crate) mod credentials; // what one comes in with

pub(crate) mod seen; // as it is answered

use crate::method::Method;

pub(crate) fn methods() -> Vec<Method> {
    [enter::methods(), me::methods(), credentials::methods()].into_iter().flatten().collect()
}
