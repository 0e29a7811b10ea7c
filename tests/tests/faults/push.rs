//! People who are away are told, whatever happens to their connections and to whoever tells them.

mod crowd; // people with devices, and a Google that tells them

mod cut; // connections that end without a word

mod killed; // whoever tells is killed in the middle
