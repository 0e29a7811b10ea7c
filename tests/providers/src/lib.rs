//! Apple, Google and a browser's push service, as far as tests need them: servers on this machine that speak the real
//! protocols, know what is sent to them and refuse what the real ones refuse.
//!
//! The promise: what they take, the real ones take, as far as their documents say; what they answer has the real ones' form.
//! A test can make them answer anything else, late, or not at all. They share no code with `push-worker`, not even
//! for what both sides of a protocol compute, so that none is the measure of itself; that is why they are a crate of their
//! own, which the tests of `push-worker` and those of the whole system stand on.

#![allow(
    clippy::missing_panics_doc,
    reason = "they serve tests, which panic when something is not as it should be"
)]

mod authority; // whom a test trusts

mod exchange; // what came, what is said

mod server; // HTTP/2 and TLS

mod apple; // APNs

mod google; // FCM HTTP v1, and its tokens

mod browser; // Web Push

mod others; // programs that nobody here wrote

pub use apple::{Apple, TeamKey};
pub use authority::Authority;
pub use browser::{Browser, Opened};
pub use exchange::{Heard, Said, Script};
pub use google::Google;
pub use others::{Program, node, python};
