//! The promises of the broker, seen from a socket and from the application behind it.

#![allow(clippy::unwrap_used, reason = "a test that finds nothing where something must be has failed")]

mod stage; // a broker with an application that does what the test says

mod answers; // PUBACK and PUBREC

mod deliveries; // what is sent to a client

mod slow; // who reads slowly

mod arrival; // CONNECT and what it is answered

mod authentication; // AUTH and a fresh proof

mod takeover; // one connection for each device

mod endings; // how connections end, and their wills

mod inbound; // what a client may send

mod limits; // how much of it

mod drain; // the end of the server

mod detached; // without a socket

mod ports; // where connections come in

mod websocket; // browsers

mod clients; // clients that nobody here wrote
