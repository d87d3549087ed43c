//! Coze's tokens: their first letters say what they are and how long they live.

use std::time::Duration;

use shiwen_secrets::Secret;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a token of Coze is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// `pat_`: the user chose a life of 1 to 30 days when making it, and it cannot be prolonged.
    Personal,
    /// `sat_`: of a service; can be permanent.
    Service,
    /// `czs_`, `czu_`: the result of a login; the browser's lasts 15 minutes, a service's at most a day.
    Oauth,
    /// `cztei_`: seen for reading histories, not documented; short-lived.
    History,
    Unknown,
}

impl TokenKind {
    /// The longest that such a token lives; none where it may be permanent or nobody says.
    pub const fn longest_life(self) -> Option<Duration> {
        match self {
            Self::Personal => Some(Duration::from_secs(30 * DAY.as_secs())),
            Self::Oauth => Some(DAY),
            Self::Service | Self::History | Self::Unknown => None,
        }
    }
}

/// What a token is, by its first letters. Nothing of it is kept.
pub fn token_kind(token: &Secret) -> TokenKind {
    let token = token.expose().trim();
    let begins = |prefix: &str| token.starts_with(prefix);
    if begins("pat_") {
        TokenKind::Personal
    } else if begins("sat_") {
        TokenKind::Service
    } else if begins("czs_") || begins("czu_") {
        TokenKind::Oauth
    } else if begins("cztei_") {
        TokenKind::History
    } else {
        TokenKind::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_first_letters() {
        let kind = |prefix: &str| token_kind(&Secret::new(format!("{prefix}fixture")));
        assert_eq!(kind("pat_"), TokenKind::Personal);
        assert_eq!(kind(" sat_"), TokenKind::Service);
        assert_eq!(kind("czu_"), TokenKind::Oauth);
        assert_eq!(kind("czs_"), TokenKind::Oauth);
        assert_eq!(kind("cztei_"), TokenKind::History);
        for other in ["", "PAT_", "patience", "x_pat_"] {
            assert_eq!(kind(other), TokenKind::Unknown, "{other}");
        }
    }

    #[test]
    fn a_personal_token_lives_thirty_days_at_most() {
        assert_eq!(TokenKind::Personal.longest_life(), Some(Duration::from_secs(2_592_000)));
        assert_eq!(TokenKind::Service.longest_life(), None);
    }
}
