//! The key of keys: 32 random bytes in a file of their own, which only their owner can read.

use super::file::FileKey;
use super::keys::{RoomKey, Sealer, SessionKey, derive, random, room_place, root};
use crate::{Error, ReportId, RequestKey, SessionId};
use aws_lc_rs::hkdf::Prk;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chat::{MediaId, RoomId};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// What stands above the key in its file.
const ADVICE: &str = "# Natter's master key. Keep a copy in a safe place, apart from the backups: without it no message can be read.";
const KEY_LEN: usize = 32;

/// Opens every other key. It never prints itself, and the bytes it was read from are not kept.
pub struct MasterKey {
    pub(super) root: Prk,
    wrap: Sealer,
    check: [u8; 32],
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

impl MasterKey {
    /// Reads the key from `path`, or makes a new one there; the second value says which.
    ///
    /// # Errors
    /// [`Error::Unusable`] when the file can't be read or made, is no key, or can be read by others.
    pub fn open_or_make(path: &Path) -> Result<(MasterKey, bool), Error> {
        let made = !path.try_exists().map_err(|error| unusable(path, &error))? && make(path)?;
        Ok((MasterKey::open(path)?, made))
    }

    fn open(path: &Path) -> Result<MasterKey, Error> {
        let mode = fs::metadata(path).map_err(|error| unusable(path, &error))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(unusable(path, &format!("others can read it; run `chmod 600 {}`", path.display())));
        }
        let text = fs::read_to_string(path).map_err(|error| unusable(path, &error))?;
        MasterKey::from_text(&text).map_err(|error| unusable(path, &error))
    }

    /// Reads the key as its file or the environment has it: 32 bytes in base64, and comments after `#`.
    ///
    /// # Errors
    /// [`Error::Broken`] when the text is no key; the text is not in the error.
    pub fn from_text(text: &str) -> Result<MasterKey, Error> {
        let no_key = || Error::Broken("a master key is 32 bytes in base64".into());
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (Some(line), None) = (lines.next(), lines.next()) else { return Err(no_key()) };
        let bytes = STANDARD.decode(line).map_err(|_| no_key())?;
        MasterKey::from_bytes(&bytes.try_into().map_err(|_| no_key())?)
    }

    fn from_bytes(bytes: &[u8; KEY_LEN]) -> Result<MasterKey, Error> {
        let root = root(bytes);
        Ok(MasterKey { wrap: Sealer::derive(&root, &[b"wrap"])?, check: derive(&root, &[b"check"])?, root })
    }

    /// What tells this key from another without giving it away. It is stored in the database.
    #[must_use]
    pub fn check(&self) -> &[u8; 32] {
        &self.check
    }

    /// A number for this key, beside what it wraps: tells rows of an earlier key apart while keys are changed.
    #[must_use]
    pub fn id(&self) -> i64 {
        i64::from(u32::from_be_bytes([self.check[0], self.check[1], self.check[2], self.check[3]]))
    }

    /// A fresh key for a room, and how it is stored.
    ///
    /// # Errors
    /// [`Error::Broken`] when the system gives no random bytes.
    pub fn make_room_key(&self, room: RoomId) -> Result<(RoomKey, Vec<u8>), Error> {
        let bytes = random()?;
        Ok((RoomKey::from_bytes(&bytes), self.wrap.seal(&room_place(room), bytes.to_vec())?))
    }

    /// The key of a room, from how it is stored.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] when this master key did not wrap it for this room.
    pub fn open_room_key(&self, room: RoomId, wrapped: Vec<u8>) -> Result<RoomKey, Error> {
        let bytes = self.wrap.open(&room_place(room), wrapped)?;
        let bytes = bytes.try_into().map_err(|_| Error::Damaged("a room key has another length".into()))?;
        Ok(RoomKey::from_bytes(&bytes))
    }

    /// The key of an upload, as it is stored.
    ///
    /// # Errors
    /// [`Error::Broken`] when the cipher refuses, which no key brings about.
    pub fn wrap_file_key(&self, id: MediaId, key: &FileKey) -> Result<Vec<u8>, Error> {
        self.wrap.seal(&media_place(id), key.bytes().to_vec())
    }

    /// The key of an upload, from how it is stored.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] when this master key did not wrap it for this upload.
    pub fn open_file_key(&self, id: MediaId, wrapped: Vec<u8>) -> Result<FileKey, Error> {
        let bytes = self.wrap.open(&media_place(id), wrapped)?;
        let bytes = bytes.try_into().map_err(|_| Error::Damaged("a file's key has another length".into()))?;
        Ok(FileKey::from_bytes(&bytes))
    }

    /// The key of what a session leaves behind.
    ///
    /// # Errors
    /// [`Error::Broken`] when it can't be derived, which no input brings about.
    pub fn session_key(&self, id: SessionId) -> Result<SessionKey, Error> {
        Ok(SessionKey(Sealer::derive(&self.root, &[b"session", &id.0.to_be_bytes()])?))
    }

    /// The key that follows from the master key for this purpose.
    pub(super) fn derived(&self, purpose: &[&[u8]]) -> Result<Sealer, Error> {
        Sealer::derive(&self.root, purpose)
    }

    /// Seals what was answered to the request of this key.
    ///
    /// # Errors
    /// [`Error::Broken`] when the cipher refuses, which no input brings about.
    pub fn seal_answer(&self, key: &RequestKey, plain: Vec<u8>) -> Result<Vec<u8>, Error> {
        self.answer(key)?.seal(&key.key.0, plain)
    }

    /// Opens what [`MasterKey::seal_answer`] sealed for the same request.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] when it is not that.
    pub fn open_answer(&self, key: &RequestKey, sealed: Vec<u8>) -> Result<Vec<u8>, Error> {
        self.answer(key)?.open(&key.key.0, sealed)
    }

    /// Seals somebody's words about a report: `part` is which.
    ///
    /// # Errors
    /// [`Error::Broken`] when the cipher refuses, which no words bring about.
    pub fn seal_report(&self, id: ReportId, part: &str, words: &str) -> Result<Vec<u8>, Error> {
        self.report(id)?.seal(part.as_bytes(), words.as_bytes().to_vec())
    }

    /// Opens what [`MasterKey::seal_report`] sealed for the same part of the same report.
    ///
    /// # Errors
    /// [`Error::NotAuthentic`] when it is not that.
    pub fn open_report(&self, id: ReportId, part: &str, sealed: Vec<u8>) -> Result<String, Error> {
        let plain = self.report(id)?.open(part.as_bytes(), sealed)?;
        String::from_utf8(plain).map_err(|_| Error::Damaged("a report is no text".into()))
    }

    fn report(&self, id: ReportId) -> Result<Sealer, Error> {
        Sealer::derive(&self.root, &[b"report", &id.0.to_be_bytes()])
    }

    fn answer(&self, key: &RequestKey) -> Result<Sealer, Error> {
        let user = key.user.map_or(0, |user| user.0);
        Sealer::derive(&self.root, &[b"answer", &user.to_be_bytes()])
    }
}

/// What is bound to a wrapped key of an upload, so that it is none of a room.
fn media_place(id: MediaId) -> [u8; 13] {
    let mut place = *b"media........";
    place[5..].copy_from_slice(&id.0.to_be_bytes());
    place
}

/// Makes the file whole or not at all, also when two processes try at once; false if the other one was first.
fn make(path: &Path) -> Result<bool, Error> {
    let text = format!("{ADVICE}\n{}\n", STANDARD.encode(random()?));
    let fresh = path.with_extension(format!("new-{}", std::process::id()));
    let made = write_new(&fresh, &text).and_then(|()| match fs::hard_link(&fresh, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        other => other.map(|()| true),
    });
    let removed = fs::remove_file(&fresh);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let made = made.and_then(|made| removed.and_then(|()| File::open(folder)?.sync_all()).map(|()| made));
    made.map_err(|error| unusable(path, &error))
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn unusable(path: &Path, why: &dyn std::fmt::Display) -> Error {
    Error::Unusable { path: path.to_owned(), why: why.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_made_once_is_found_again_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let (first, made) = MasterKey::open_or_make(&path).unwrap();
        assert!(made);
        let (again, made) = MasterKey::open_or_make(&path).unwrap();
        assert!(!made);
        assert_eq!(first.check(), again.check());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_others_can_read_is_refused_with_its_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        MasterKey::open_or_make(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let error = MasterKey::open_or_make(&path).unwrap_err().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_repeated() {
        for text in ["", "hunter2", "AAAA\nAAAA", "# only a comment"] {
            let error = MasterKey::from_text(text).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_room_key_opens_only_for_its_room_and_its_master() {
        let text = |byte: u8| STANDARD.encode([byte; KEY_LEN]);
        let (ours, theirs) =
            (MasterKey::from_text(&text(1)).unwrap(), MasterKey::from_text(&text(2)).unwrap());
        let (_, wrapped) = ours.make_room_key(RoomId(7)).unwrap();
        assert!(ours.open_room_key(RoomId(7), wrapped.clone()).is_ok());
        assert!(ours.open_room_key(RoomId(8), wrapped.clone()).is_err());
        assert!(theirs.open_room_key(RoomId(7), wrapped).is_err());
        assert_ne!((ours.check(), ours.id()), (theirs.check(), theirs.id()));
    }
}
