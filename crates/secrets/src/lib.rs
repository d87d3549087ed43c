//! The operating system's keychain, and the type that never prints.

mod secret;

pub use secret::Secret;
