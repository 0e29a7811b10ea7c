//! A new migration is a reason to build again; the macro that takes them in can't say so itself.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
