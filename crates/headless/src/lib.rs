//! A desktop session of its own for tests and measurements, and the mark by which everything it
//! started is found again and ended. The session needs Linux; elsewhere only the mark exists.

#[cfg(target_os = "linux")]
mod desktop;
mod mark;
#[cfg(target_os = "linux")]
mod notices;
#[cfg(target_os = "linux")]
mod taskbar;
#[cfg(target_os = "linux")]
mod tray;

#[cfg(target_os = "linux")]
pub use desktop::Desktop;
pub use mark::Mark;
#[cfg(target_os = "linux")]
pub use notices::{Notice, Notices};
#[cfg(target_os = "linux")]
pub use taskbar::Taskbar;
#[cfg(target_os = "linux")]
pub use tray::{MenuItem, Tray};
