//! What the bridge promises a device, tried without a socket.

#![allow(clippy::unwrap_used, reason = "where a helper of a test can't go on, the test has failed")]

mod company; // people and rooms

mod ground; // where their store is

mod device; // what they hear with

mod watched_store; // a store that shows when cursors are written, and can refuse it

mod chat; // what is said is heard

mod forward; // here and elsewhere

mod ears; // what a device heard, held against what it had to hear

mod handover; // from the log to live and back, whatever happens in between

mod evening; // whatever people do to messages and rooms, everything agrees with the plainest model

mod credentials; // what devices come in with

mod certificates; // without a word of their own

mod renewal; // and what they show before it runs out

mod sessions; // what a device finds when it is back

mod share; // connections of a service that share what rooms say

mod told; // what users hear that is in no room's log

mod large; // rooms of thousands

mod crowd; // and of a hundred thousand

mod circle; // who keeps whom away

mod presence; // who is there

mod storm; // also when a thousand come back at once

mod fleeting; // what nobody keeps

mod connections; // who is connected

mod limits; // how much somebody may do whom nobody knows

mod order; // who is shown out is out

mod receipts; // who has it, and who is told

mod cursors; // what a crash between two writes of cursors may not take
