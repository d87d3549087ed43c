//! A desktop session of its own for tests and measurements, and the mark by which everything it
//! started is found again and ended. The session needs Linux; elsewhere only the mark exists.

mod mark;
#[cfg(target_os = "linux")]
mod session;

pub use mark::Mark;
#[cfg(target_os = "linux")]
pub use session::Session;
