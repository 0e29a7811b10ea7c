//! How much room there is on a disk.

use crate::error::MediaError;
use std::path::PathBuf;

/// Whether the disk of `folder` has at least so many bytes free, for whoever is not root.
///
/// # Errors
/// [`MediaError::Full`] if it has not; [`MediaError::Away`] if it does not say.
pub(crate) async fn has_free(folder: PathBuf, wanted: u64) -> Result<(), MediaError> {
    let asked = tokio::task::spawn_blocking(move || rustix::fs::statvfs(&folder)).await;
    let disk = asked.map_err(|error| MediaError::Broken(error.to_string()))?;
    let disk = disk.map_err(|error| MediaError::disk(&error.into()))?;
    if disk.f_bavail.saturating_mul(disk.f_frsize) < wanted { Err(MediaError::Full) } else { Ok(()) }
}
