//! What `topics.md` promises to the author of a client, as far as names and payloads go.

mod access;
#[cfg(test)]
mod cbor;
mod filters;
mod grammar;
mod hostile;
mod now; // what nobody keeps

mod page;
mod refusals;
mod rpc;
mod said;
mod say;
#[cfg(test)]
mod told;
#[cfg(test)]
mod twins;

use chat::Handle;

fn handle(text: &str) -> Handle {
    Handle::new(text).expect("tests use good handles")
}

/// The rows of a text table: each line between bars, its cells trimmed.
fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().filter(|line| line.contains('|')).map(|line| {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        cells.try_into().expect("every row has every cell")
    })
}
