//! Where the history lives.

use std::path::PathBuf;

/// The program's identifier names its data folder. It must never change.
pub const FOLDER_NAME: &str = "app.shiwen.desktop";

/// The platform's data folder for this program; none where the system names no home.
pub fn default_folder() -> Option<PathBuf> {
    Some(dirs::data_dir()?.join(FOLDER_NAME))
}

/// The system's folder for downloads; none where it names neither that nor a home.
pub(crate) fn downloads() -> Option<PathBuf> {
    dirs::download_dir().or_else(|| Some(dirs::home_dir()?.join("Downloads")))
}
