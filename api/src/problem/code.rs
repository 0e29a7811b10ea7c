//! The sorts of problems, in words that never change.

/// Why a request was not done. The words are for ever: they stand in `docs/api.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// It can't be read.
    BadRequest,
    /// Nobody said who they are.
    NoCredentials,
    /// They are not who they say.
    WrongCredentials,
    /// They are, and may not come in.
    Deactivated,
    /// They may not do this.
    NotAllowed,
    /// Nobody may register.
    RegistrationClosed,
    /// Who registers must be invited.
    NotInvited,
    /// There is no such thing, or not for them.
    NotFound,
    /// There is such a thing, and this can't be done with it.
    MethodNotAllowed,
    /// The handle is another's.
    HandleTaken,
    /// The device comes in by another token.
    DeviceTaken,
    /// They have as many as they may.
    TooMany,
    /// The same request is being done.
    RequestRunning,
    /// The draft was used for another message.
    DraftReused,
    /// Their uploads have as many bytes as they may.
    QuotaFull,
    /// The bytes came too slowly.
    TooSlow,
    /// More bytes than it may have.
    TooLarge,
    /// No JSON.
    UnsupportedMediaType,
    /// Files of this kind are not taken.
    KindNotTaken,
    /// There are no such bytes in it.
    NoSuchRange,
    /// It can be read, and can't be done as it is.
    Invalid,
    /// The key was used for another request.
    KeyReused,
    /// Too much for too long.
    RateLimited,
    /// We broke.
    Internal,
    /// Not now.
    Unavailable,
    /// There is no room for it on the server.
    NoSpace,
}

impl Code {
    /// All of them.
    pub const ALL: [Code; 26] = [
        Code::BadRequest,
        Code::NoCredentials,
        Code::WrongCredentials,
        Code::Deactivated,
        Code::NotAllowed,
        Code::RegistrationClosed,
        Code::NotInvited,
        Code::NotFound,
        Code::MethodNotAllowed,
        Code::HandleTaken,
        Code::DeviceTaken,
        Code::TooMany,
        Code::RequestRunning,
        Code::DraftReused,
        Code::QuotaFull,
        Code::TooSlow,
        Code::TooLarge,
        Code::UnsupportedMediaType,
        Code::KindNotTaken,
        Code::NoSuchRange,
        Code::Invalid,
        Code::KeyReused,
        Code::RateLimited,
        Code::Internal,
        Code::Unavailable,
        Code::NoSpace,
    ];

    /// Its word, its status and its title.
    #[must_use]
    pub fn words(self) -> (&'static str, u16, &'static str) {
        match self {
            Code::BadRequest => ("bad_request", 400, "The request can't be read"),
            Code::NoCredentials => ("no_credentials", 401, "Say who you are"),
            Code::WrongCredentials => ("wrong_credentials", 401, "These credentials are not right"),
            Code::Deactivated => ("deactivated", 403, "This account is deactivated"),
            Code::NotAllowed => ("not_allowed", 403, "You may not do this"),
            Code::RegistrationClosed => ("registration_closed", 403, "Nobody may register here"),
            Code::NotInvited => ("not_invited", 403, "Who registers here must be invited"),
            Code::NotFound => ("not_found", 404, "There is no such thing, or not for you"),
            Code::MethodNotAllowed => ("method_not_allowed", 405, "This can't be done with it"),
            Code::HandleTaken => ("handle_taken", 409, "This handle is taken"),
            Code::DeviceTaken => ("device_taken", 409, "This device comes in by another token"),
            Code::TooMany => ("too_many", 409, "There are as many as there may be"),
            Code::RequestRunning => ("request_running", 409, "The same request is being done"),
            Code::DraftReused => ("draft_reused", 409, "This draft was used for another message"),
            Code::QuotaFull => ("quota_full", 409, "There is no room left for this"),
            Code::TooSlow => ("too_slow", 408, "This came too slowly"),
            Code::TooLarge => ("too_large", 413, "This has too many bytes"),
            Code::UnsupportedMediaType => ("unsupported_media_type", 415, "The body must be JSON"),
            Code::KindNotTaken => ("kind_not_taken", 415, "Files of this kind are not taken"),
            Code::NoSuchRange => ("no_such_range", 416, "There are no such bytes in it"),
            Code::Invalid => ("invalid", 422, "This can't be done as it is"),
            Code::KeyReused => ("key_reused", 422, "This Idempotency-Key was used for another request"),
            Code::RateLimited => ("rate_limited", 429, "Too many requests"),
            Code::Internal => ("internal", 500, "Something went wrong here"),
            Code::Unavailable => ("unavailable", 503, "Not just now"),
            Code::NoSpace => ("no_space", 507, "There is no room for it on the server"),
        }
    }

    /// The word of it.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.words().0
    }

    /// The status of HTTP.
    #[must_use]
    pub fn status(self) -> u16 {
        self.words().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_has_a_word_of_its_own() {
        let words: HashSet<&str> = Code::ALL.into_iter().map(Code::word).collect();
        assert_eq!(words.len(), Code::ALL.len());
    }

    #[test]
    fn the_page_has_every_code_and_its_status_and_no_other() {
        let page = include_str!("../../../docs/api.md");
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
        let rows = rows.filter_map(|row| row.split_once("` | "));
        let written: Vec<(&str, u16)> =
            rows.filter_map(|(code, rest)| Some((code, rest.split(' ').next()?.parse().ok()?))).collect();
        let known: Vec<(&str, u16)> =
            Code::ALL.into_iter().map(|code| (code.word(), code.status())).collect();
        assert_eq!(written, known);
    }
}
