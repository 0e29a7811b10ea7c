//! What uploads promise, in a folder and in a bucket: a real store, a real disk, a real service that speaks S3.

#![allow(clippy::unwrap_used, reason = "where a helper of a test can't go on, the test has failed")]

mod stage; // a desk with people at it

mod taking; // what comes in, and what does not

mod going; // what is swept out

mod bucket; // in S3
