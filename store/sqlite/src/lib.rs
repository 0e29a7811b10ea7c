//! The embedded engine of the store: one SQLite file that the program brings along.
//!
//! The promise is the one of [`store::Store`]. How it is kept: everything that writes goes through one lane, which
//! commits whatever came while the last commit was on its way (no timer), with an fsync, before it answers.
//! Checkpoints run beside it. Reading never waits for writing. It knows rows and files, and nothing of who asks.

mod options; // where it lies and who listens

mod folder; // one process in one folder

mod reserve; // the last megabytes of the disk

mod connect; // how a connection is set up

mod readers; // those that only read, and whose turn it is

mod open; // the order in which a store comes up

mod failure; // what SQLite's words mean to a caller

mod writer; // the one connection that writes, and its transaction

mod heads; // the ends of the rooms' logs, in memory: as the lane knows them

mod ends; // and as lists ask for them

mod faces; // and what rooms show in them

mod callers; // who asks, in memory, too

mod known; // how all that is kept beside a lane that changes it

mod chunks; // so many rows in one statement

mod keys; // whose body opens with what

mod checkpoint; // the write-ahead log goes back into the file

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

pub use folder::Folder;
pub use options::Options;
pub use store::SqliteStore;
