//! The control socket: how a command reaches the server that runs on the same data folder.
//!
//! The socket lies in the data folder and only its owner may open it; whoever can is the administrator. A command
//! sends one request and hears answers until one that is the last. Without a server the command opens the folder
//! itself and performs the same request, so both ways say the same words.

mod words; // requests and answers

mod line; // words on a wire: one JSON object a line, of bounded length

mod perform; // a request meets the bridge

mod ask; // or the API

mod audited; // what is done leaves a row

mod inbox; // the rooms of a user

mod listener; // the server's side

mod caller; // the command's side

pub(crate) use caller::{answers, ask, call, token};
pub(crate) use listener::{Listener, listen};
pub(crate) use perform::{Desk, perform};
pub(crate) use words::{Answer, Request, Text};

/// The socket's name in the data folder.
const SOCKET: &str = "control.sock";
