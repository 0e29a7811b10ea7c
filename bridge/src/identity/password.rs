//! What people know: argon2id (19 MiB, 2 passes), behind a bounded pool.
//!
//! One check costs about 15 ms and 19 MiB, so a crowd at the door could stand the server still. At most all
//! cores but one check at a time, and only a short line may wait.

use super::{IdentityError, exposed};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use secrecy::SecretString;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// How many may wait: at 65 checks a second on one core, most of a second's worth.
const LINE: usize = 50;

/// Checks and makes hashes.
pub(super) struct Passwords {
    cores: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// Checked for users who do not exist, so that the time does not tell.
    nobody: Arc<std::sync::OnceLock<String>>,
}

impl Passwords {
    pub(super) fn new() -> Passwords {
        let cores =
            std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1));
        Passwords {
            cores: Arc::new(Semaphore::new(cores)),
            waiting: AtomicUsize::new(0),
            nobody: Arc::default(),
        }
    }

    /// Whether the password fits the hash; for no hash it takes as long and is false.
    pub(super) async fn verify(
        &self,
        password: SecretString,
        hash: Option<String>,
    ) -> Result<bool, IdentityError> {
        let nobody = self.nobody.clone();
        self.run(move || match hash {
            Some(hash) => fits(&password, &hash),
            None => {
                let hash = nobody.get_or_init(|| make(&SecretString::from("nobody")).unwrap_or_default());
                fits(&password, hash);
                false // whatever somebody guessed
            }
        })
        .await
    }

    /// A PHC string for a new password.
    pub(super) async fn hash(&self, password: SecretString) -> Result<String, IdentityError> {
        self.run(move || make(&password)).await?
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, IdentityError> {
        let place = Place::take(&self.waiting)?;
        let permit = self.cores.clone().acquire_owned().await.map_err(|_| IdentityError::Busy)?;
        drop(place);
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(|error| IdentityError::Hash(error.to_string()))
    }
}

/// A place in the line, given back when it is left, however that happens.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Result<Place<'a>, IdentityError> {
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        let place = Place(waiting);
        if before < LINE { Ok(place) } else { Err(IdentityError::Busy) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn fits(password: &SecretString, hash: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|hash| Argon2::default().verify_password(exposed(password).as_bytes(), &hash).is_ok())
}

fn make(password: &SecretString) -> Result<String, IdentityError> {
    let hash = Argon2::default().hash_password(exposed(password).as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| IdentityError::Hash(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::new();
        let hash = passwords.hash(SecretString::from("tea at four")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(passwords.verify(SecretString::from("tea at four"), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(SecretString::from("tea at five"), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        let passwords = Passwords::new();
        assert!(!passwords.verify(SecretString::from("nobody"), None).await.unwrap());
    }
}
