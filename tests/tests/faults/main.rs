//! What goes wrong: the process, the disk, the power, a client that does not read.

#![expect(clippy::print_stdout, reason = "what was left out, and why, stands in the output")]

mod load; // senders that never give up

mod sender; // one of them

mod listener; // somebody who hears it all

mod verdict; // what must be in the log afterwards

mod crash; // kill -9

mod queues; // kill -9 while something waits on plain topics

mod uploads; // kill -9 while a file comes

mod start; // what a server finds in its folder

mod full_disk; // no room

mod power_cut; // what was not synced is gone

mod presence; // everybody comes back after a restart

mod push; // who is away is told all the same

mod postgres; // kill -9 of the server, of its database, and of both

mod handover; // chance against a simple model
