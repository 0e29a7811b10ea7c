//! Requests to the server of a data folder, by its control socket.

use crate::control::{self, Answer, Request};
use anyhow::Context;
use std::path::Path;

/// Requests at once: half of what the control socket answers at once, so that a person gets through.
pub(super) const AT_ONCE: usize = 16;

/// All answers to a request but the last, which says that it was done; a refusal is an error.
pub(super) async fn ask(folder: &Path, request: &Request) -> anyhow::Result<Vec<Answer>> {
    control::answers(folder, request).await?.with_context(|| no_server(folder))
}

/// What to do where nobody answers.
pub(super) fn no_server(folder: &Path) -> String {
    format!(
        "no server runs on `{}`; name its folder with --data, or start one with `natter serve`",
        folder.display()
    )
}
