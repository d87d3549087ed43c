//! The operating system's keychain, and the type that never prints.
//!
//! A secret comes in from the user once, lives in the keychain (or, when the user chose so, in this
//! run only), and leaves for exactly one place: the request that needs it. No file ever holds one.

mod keychain;
mod keys;
mod platform;
mod secret;

use std::collections::BTreeMap;

pub use keychain::{Keychain, KeychainError};
pub use keys::{Keys, Source};
pub use secret::Secret;

/// A provider's secrets by the name of their field.
pub type Fields = BTreeMap<String, Secret>;
