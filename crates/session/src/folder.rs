//! Where the history lives.

use std::{
    fs::DirEntry,
    path::{Path, PathBuf},
};

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

/// What a data folder takes on the disk, in bytes. That of a sandbox inside it is not counted: it is a folder of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct DataSize {
    /// The database with all that lies beside it, histories that were kept aside among it.
    pub history: f64,
    /// Kept works, and pictures that were fetched to be shown.
    pub works: f64,
    pub backups: f64,
}

impl DataSize {
    /// Looks at every file. What cannot be read counts as nothing: this is said to the user, and nothing rests on it.
    pub fn of(folder: &Path) -> Self {
        let files = entries(folder).filter(|entry| entry.path().is_file());
        Self {
            history: files.map(|entry| bytes(&entry)).sum(),
            works: within(&folder.join("works")) + within(&folder.join("cache")),
            backups: within(&folder.join("backups")),
        }
    }
}

fn within(folder: &Path) -> f64 {
    let one = |entry: DirEntry| match entry.file_type() {
        // A link may lead anywhere, back to here as well.
        Ok(kind) if kind.is_dir() => within(&entry.path()),
        Ok(kind) if kind.is_file() => bytes(&entry),
        _ => 0.0,
    };
    entries(folder).map(one).sum()
}

fn entries(folder: &Path) -> impl Iterator<Item = DirEntry> + use<> {
    std::fs::read_dir(folder).into_iter().flatten().flatten()
}

// The window counts in doubles, which are exact far beyond any disk.
fn bytes(entry: &DirEntry) -> f64 {
    entry.metadata().map_or(0.0, |found| found.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_data_folder_is_told_by_what_it_is_for() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, size: usize| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, vec![0; size]).unwrap();
        };
        write("shiwen.db", 100);
        write("shiwen.db-wal", 20);
        write("shiwen.db.replaced-2026-11-20", 3);
        write("works/7/clip.mp4", 1000);
        write("cache/cover.jpg", 500);
        write("backups/shiwen-2026-11-20.db", 90);
        write("sandbox/shiwen.db", 4000);
        let size = DataSize::of(folder.path());
        assert_eq!(size, DataSize { history: 123.0, works: 1500.0, backups: 90.0 });
    }

    #[test]
    fn a_folder_that_is_not_there_takes_nothing() {
        assert_eq!(DataSize::of(Path::new("/nowhere/at/all")), DataSize::default());
    }
}
