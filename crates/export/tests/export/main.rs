//! Every format is written and read back by a reader that is not ours.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod docx;
mod json;
mod sheets;
mod stage;
mod texts;
