//! Any bytes: no panic, memory in measure, and what was read can be written and read again.
#![no_main]

#[path = "../../tests/bytes/harness/mod.rs"]
mod harness;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| harness::check(bytes));
