//! `natter chat`: rooms, messages and a line to type in, in a terminal.
//!
//! [`state`] is what is known, [`view`] what it looks like; both are plain code over plain values. [`live`] carries
//! events to the one and wishes to the [`hands`], and decides nothing. Whatever comes from others is made fit for a
//! terminal by [`clean`] before it is kept. Modules stand in the order in which a key meets them.

mod screen; // the terminal, taken and given back

mod keys; // what a key means

mod editor; // the line being typed

mod command; // what it means when it is entered

mod state; // what is known

mod clean; // words of others, fit for a terminal

mod wrap; // words in rows

mod rows; // messages in rows

mod layout; // what stands where

mod view; // what it looks like

mod hands; // what is wished, done

mod live; // events in, wishes out

pub(crate) use live::run;
