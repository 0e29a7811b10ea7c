//! What MQTT 3.1.1 and MQTT 5.0 ask of a server, statement by statement.
//!
//! [`statements`] lists every normative statement of both standards with the tests that prove it; `docs/conformance.md` is
//! that list as a page. The tests speak to one running server byte by byte, each in a [`corner`] of its own. They
//! follow the standards: what a text is, then the packets in the order in which they are met, then behaviour.

mod statements; // the list, and its page

mod corner; // one server for all

mod raw; // packets byte by byte

mod strings; // texts and lengths

mod heads; // first bytes and packet ids

mod connect; // who comes, and how

mod keep_alive; // how long they may be silent

mod sessions; // what stays of them

mod wills; // and what they leave

mod connack; // what they are told

mod publish; // messages

mod retained; // that are kept

mod forwarding; // with all that they say

mod expiry; // for a time

mod aliases; // by short names

mod overlap; // matched more than once

mod flow; // how many at once

mod answers; // what is answered

mod subscribe; // who hears what

mod disconnect; // the end

mod delivery; // step by step

mod order; // and in order

mod filters; // which topics a filter matches

mod shared; // several who are one

mod websocket; // browsers

mod behaviour; // what others test beside that

mod strictness; // and what no client may send
