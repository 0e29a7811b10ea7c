//! People from a file, for a server that is not here.

use anyhow::{Context, ensure};
use bench::{Crowd, Folk, Load};
use std::path::Path;

/// The largest file, in bytes: the most people with long tokens, and the most rooms.
const LARGEST: u64 = 128 << 20;

/// Whom the load takes, from this file.
pub(super) fn read(file: &Path, load: &Load, crowd: Crowd) -> anyhow::Result<Folk> {
    let about = || format!("cannot take people from `{}`", file.display());
    let length = std::fs::metadata(file).with_context(about)?.len();
    ensure!(length <= LARGEST, "`{}` has over {} MiB", file.display(), LARGEST >> 20);
    let folk = Folk::read(&std::fs::read_to_string(file).with_context(about)?).with_context(about)?;
    let taken = if load.is_talk() { folk.seated(crowd) } else { folk.first(load.people()) };
    taken.with_context(about)
}
