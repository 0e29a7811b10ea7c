//! Where a password comes from: a flag, standard input, or a person who types it, a new one twice.

use anyhow::{Context, ensure};
use chat::Handle;
use secrecy::{ExposeSecret, SecretString};
use std::io::{BufRead, IsTerminal};

/// The longest password read, in bytes. Hashing takes its time by design; this is not what should make it longer.
const LONGEST: usize = 1024;

/// The password for `name`.
pub(crate) fn of(
    name: &Handle,
    flag: Option<SecretString>,
    from_stdin: bool,
) -> anyhow::Result<SecretString> {
    let password = match flag {
        Some(password) => password,
        None if from_stdin => self::from_stdin()?,
        None => asked(name)?,
    };
    let length = password.expose_secret().len();
    ensure!(length > 0, "a password can't be empty");
    ensure!(length <= LONGEST, "a password may have {LONGEST} bytes at most");
    Ok(password)
}

/// What proves that a command speaks for `name`: their password, or a token of theirs.
pub(crate) fn known(name: &Handle, from_stdin: bool) -> anyhow::Result<SecretString> {
    let proof = if from_stdin {
        self::from_stdin()?
    } else {
        ensure!(
            std::io::stdin().is_terminal(),
            "nobody is here to type a password; give it, or a token, with --password-stdin"
        );
        prompt(format!("Password, or a token, of {name}: "))?
    };
    ensure!(!proof.expose_secret().is_empty(), "a password can't be empty");
    Ok(proof)
}

/// The password of a user who is not ours to ask about, from the first line of standard input.
pub(crate) fn from_stdin() -> anyhow::Result<SecretString> {
    first_line(std::io::stdin().lock())
}

fn first_line(input: impl BufRead) -> anyhow::Result<SecretString> {
    let mut line = String::new();
    input
        .take(LONGEST as u64 + 3)
        .read_line(&mut line)
        .context("cannot read the password from standard input")?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n'])))
}

fn asked(name: &Handle) -> anyhow::Result<SecretString> {
    ensure!(
        std::io::stdin().is_terminal(),
        "nobody is here to type a password; give it with --password-stdin or --password"
    );
    let first = prompt(format!("Password for {name}: "))?;
    let again = prompt("The same again: ".to_owned())?;
    ensure!(first.expose_secret() == again.expose_secret(), "the two passwords differ; nothing was changed");
    Ok(first)
}

fn prompt(words: String) -> anyhow::Result<SecretString> {
    rpassword::prompt_password(words).map(SecretString::from).context("cannot ask for a password")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_from_standard_input_is_its_first_line() {
        for text in ["tea time\nmore", "tea time\r\n", "tea time"] {
            assert_eq!(first_line(text.as_bytes()).unwrap().expose_secret(), "tea time");
        }
    }

    #[test]
    fn an_empty_or_endless_password_is_refused() {
        let ann = Handle::new("ann").unwrap();
        assert!(of(&ann, Some("".into()), false).is_err());
        assert!(of(&ann, Some("x".repeat(LONGEST + 1).into()), false).is_err());
        assert!(of(&ann, Some("x".repeat(LONGEST).into()), false).is_ok());
    }
}
