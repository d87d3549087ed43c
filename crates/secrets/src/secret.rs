//! The type that never prints.

use secrecy::{ExposeSecret, SecretString};

/// A key, token or other credential. Prints as `[redacted]`, has no `Serialize`, is wiped when dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The bare value. Only for building a request or the keychain's own record.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The last four characters, of secrets of twelve or more: enough to recognise, too little to use.
    pub fn last4(&self) -> Option<String> {
        let chars: Vec<char> = self.expose().chars().collect();
        (chars.len() >= 12).then(|| chars[chars.len() - 4..].iter().collect())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

impl std::fmt::Display for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_redacted_however_it_is_printed() {
        let secret = Secret::new("CANARY-4f1c0a77");
        assert_eq!(format!("{secret} {secret:?} {secret:#?}"), "[redacted] [redacted] [redacted]");
        assert_eq!(format!("{:?}", Some(vec![secret])), "Some([[redacted]])");
    }

    #[test]
    fn only_a_long_secret_shows_its_end() {
        assert_eq!(Secret::new("abcdefgh1234").last4().as_deref(), Some("1234"));
        assert_eq!(Secret::new("abcdefg1234").last4(), None);
        assert_eq!(Secret::new("密钥密钥密钥密钥密钥密钥").last4().as_deref(), Some("密钥密钥"));
    }
}
