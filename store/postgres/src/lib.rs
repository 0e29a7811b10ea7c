//! The engine of the store over PostgreSQL, for deployments that have one.
//!
//! The promise is the one of [`store::Store`]. How it is kept: everything that writes goes through one lane, one
//! transaction for each batch, in a handful of statements however large the batch. A COMMIT whose answer was lost is
//! found out and never guessed, and a server whose place another one took writes nothing more ([`writer`]). Reading has
//! connections of its own. Every call to the database has a time limit. It knows rows, and nothing of who asks.

mod options; // which database and who listens

mod connect; // how a connection is set up

mod open; // the order in which a store comes up

mod failure; // what PostgreSQL's words mean to a caller

mod link; // the connection that writes, lost and found

mod writer; // its transaction

mod readers; // the connections that read

mod keys; // whose body opens with what

mod accounts; // who there is

mod credentials; // what they come in with

mod tickets; // what lets them in for the first time, or again

mod partings; // who goes for good

mod circle; // whom they know, and whom they keep away

mod presence; // how they show that they are there

mod oversight; // what is reported, and what administrators did

mod requests; // what they may ask twice

mod rooms; // where they meet

mod standing; // and how somebody meets a room

mod members; // who may hear what

mod media; // what was uploaded

mod log; // what was said

mod marks; // how far it was read

mod receipts; // and how far messages have come

mod conversations; // what a room is to one of its people

mod session; // what a device leaves behind

mod messages; // what was said on topics that are none of chat's

mod filters; // who listens to them

mod grants; // and who may

mod store; // the trait, line by line

mod people; // the part of it that knows who may come in

mod places; // and the part that knows rooms beyond their logs

mod shelf; // the part of it that knows what was uploaded

mod pushes; // the part that knows who is told when they are away

mod apps; // and the part that knows topics that are none of chat's

mod ways; // and the ways into them

pub use options::Options;
pub use pushes::PostgresPushes;
pub use store::PostgresStore;
