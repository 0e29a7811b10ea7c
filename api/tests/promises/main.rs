//! What the API promises whoever asks by HTTP: a real client, a real socket, the embedded store.

#![allow(clippy::unwrap_used, reason = "where a helper of a test can't go on, the test has failed")]

mod house; // a server with people in it

mod entering; // register, log in, go on, go

mod media; // what people upload

mod mine; // one's own account

mod tokens; // what one comes in with

mod grants; // what one may do with the topics of apps

mod circle; // whom one knows

mod server; // what administrators see of the server

mod push; // where devices are reached while their people are away

mod reports; // what is reported, and what is kept of administrators

mod rooms; // where people meet

mod rules; // what they set there, and who may what

mod ways; // and how others come in

mod lists; // what is new in them, and what one sets for them

mod receipts; // who has a message, and who read it

mod ruling; // what administrators may

mod twice; // a request that comes again

mod manners; // problems, limits, headers

mod document; // what can be asked, as it is published

mod standing; // how somebody stands to a room

mod prepared; // what has to be there for them to ask about

mod authorization; // and so who may ask what
