//! `natter grant`: who may use the topics of an app.

use super::Asking;
use anyhow::Context;
use chat::Handle;
use clap::{Args, Subcommand};
use std::str::FromStr;

#[derive(Debug, Subcommand)]
pub(crate) enum Grant {
    /// List what was granted
    List {
        /// Only of this app
        app: Option<String>,
        /// Only what was granted to this user alone
        #[arg(long, value_name = "NAME")]
        user: Option<Handle>,
        #[command(flatten)]
        asking: Asking,
    },
    /// Grant a user, or everybody, what they may do in an app, in the place of what they were granted there before
    Add {
        /// The app: the level behind apps/
        app: String,
        #[command(flatten)]
        whom: Whom,
        /// What they may subscribe to: a filter of what stands behind apps/APP/; a level may be {user} or {device}
        #[arg(long, value_name = "PATTERN", required_unless_present = "write", num_args = 1..)]
        read: Vec<String>,
        /// What they may publish to, likewise
        #[arg(long, value_name = "PATTERN", num_args = 1..)]
        write: Vec<String>,
        #[command(flatten)]
        asking: Asking,
    },
    /// Take a grant away; it ends at once for who is connected, too
    End {
        /// The app
        app: String,
        #[command(flatten)]
        whom: Whom,
        #[command(flatten)]
        asking: Asking,
    },
}

/// A user, or everybody: to leave the name out is no way to say the latter.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Whom {
    /// The user's handle
    pub(crate) user: Option<Handle>,
    /// Everybody
    #[arg(long)]
    pub(crate) everybody: bool,
}

/// A pattern of an app, as it is typed for a token: `meter:{device}/#`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfApp {
    app: String,
    pattern: String,
}

/// What a token grants.
#[derive(Debug, Args)]
pub(crate) struct Patterns {
    /// What its bearer may subscribe to in an app, such as 'meter:{device}/#'
    #[arg(long, value_name = "APP:PATTERN", num_args = 1..)]
    read: Vec<OfApp>,
    /// What its bearer may publish to in an app, such as 'meter:{device}/up'
    #[arg(long, value_name = "APP:PATTERN", num_args = 1..)]
    write: Vec<OfApp>,
}

impl FromStr for OfApp {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<OfApp> {
        let (app, pattern) =
            text.split_once(':').context("write an app, `:` and a pattern, such as meter:{device}/#")?;
        Ok(OfApp { app: app.to_owned(), pattern: pattern.to_owned() })
    }
}

impl Patterns {
    /// One grant for each app.
    pub(crate) fn grants(self) -> Vec<topics::grant::Grant> {
        let mut grants: Vec<topics::grant::Grant> = Vec::new();
        let both = self
            .read
            .into_iter()
            .map(|one| (one, true))
            .chain(self.write.into_iter().map(|one| (one, false)));
        for (OfApp { app, pattern }, is_read) in both {
            let place = grants.iter().position(|grant| grant.app == app).unwrap_or_else(|| {
                grants.push(topics::grant::Grant { app, read: Vec::new(), write: Vec::new() });
                grants.len() - 1
            });
            let grant = &mut grants[place];
            if is_read { &mut grant.read } else { &mut grant.write }.push(pattern);
        }
        grants
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_one_app_become_one_grant() {
        let of = |text: &str| text.parse::<OfApp>().unwrap();
        let patterns =
            Patterns { read: vec![of("meter:a:b/#"), of("lamp:#")], write: vec![of("meter:{user}/up")] };
        let grants = patterns.grants();
        let [meter, lamp] = &grants[..] else { panic!("{grants:?}") };
        assert_eq!(
            (&meter.read[..], &meter.write[..]),
            (&["a:b/#".to_owned()][..], &["{user}/up".to_owned()][..])
        );
        assert_eq!((lamp.app.as_str(), lamp.read.len(), lamp.write.len()), ("lamp", 1, 0));
        assert!("meter".parse::<OfApp>().is_err());
    }
}
