//! The program as a person meets it: started, asked, stopped, and told wrong things.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod natter; // the program in a folder of its own

mod wire; // packets by hand

mod serving; // starts, answers, ends

mod commands; // with a server and without

mod asking; // the API, by command line

mod talking; // say and listen

mod mistakes; // clear words

mod keeping; // keys, modes, secrets

mod loading; // load, and what is counted

mod pushing; // apps that tell who is away

mod api; // what is asked by HTTP

mod returning; // being away, and what is missed
