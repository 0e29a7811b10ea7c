//! What can be asked: accounts, rooms and history, over HTTP and by requests over MQTT.
//!
//! Everything that can be asked stands once in one table ([`Method`]): its name, its path, who may ask it, how often, what
//! it takes and what it gives. Routes, the OpenAPI document and requests by MQTT all come out of that table, so none of
//! them can say something else. What is asked goes to the bridge, as a PUBLISH does: there is one way in. This crate
//! knows HTTP and JSON, and neither SQL nor sockets.

mod host; // what the program around tells

mod config; // the bounds, and why

mod problem; // why not, in stable words

mod words; // names, numbers and secrets as they are written

mod cursor; // where a list goes on

mod method; // one row of the table

mod rates; // how often

mod ask; // who asks, from where

mod audited; // what administrators do is written down

mod perform; // may they, not too often, not twice; then it is done

mod accounts; // people, and what they come in with

mod circle; // whom one knows, and whom one keeps away

mod presence; // how people are

mod whereabouts; // where a message is

mod rooms; // where people meet, and what was said there

mod push; // what wakes them

mod reports; // what people report

mod media; // what people upload

mod admin; // what administrators may

mod table; // everything that can be asked

mod openapi; // the table as a document

mod page; // the document, readable

mod serve; // from HTTP to a method and back

mod rpc; // and from MQTT

pub use ask::Asker;
pub use config::{Config, Origins, PushApp};
pub use host::{Count, Counted, Host};
pub use method::{Access, Carries, Method, Rate, Verb};
pub use perform::{Admitted, Answer, Api};
pub use problem::{Code, Problem};
pub use serve::router;
