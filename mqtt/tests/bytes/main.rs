//! What the crate promises about bytes, tried from every side. Run one part with `cargo test -p mqtt corpus`.

mod corpus; // packets made by hand, each with its verdict

mod fit; // answers for receivers with little room

mod frame; // one message for many

mod harness; // what must hold for any bytes

mod oracle; // a codec that others wrote

mod round_trip; // written and read again, with slips and without

mod strategies; // any packet at all
