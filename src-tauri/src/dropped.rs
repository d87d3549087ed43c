//! What is dropped on the window, where the page cannot read it itself: WebKitGTK keeps the files of a drop from every
//! page (since 2.50.3, for CVE-2025-13947), so on Linux the window takes the drop and hands over what is in it.

use std::{fs::File, io::Read as _, path::Path};

use tauri::{AppHandle, DragDropEvent};

use crate::{
    changes::Tell as _,
    ipc::{DroppedFile, FilesDropped, TextCalled},
};

/// Bytes. What is larger is no text for the box, so nothing of it is read.
const LARGEST: u64 = 1_000_000;
/// More files at once are no text for the box either.
const MOST: usize = 50;

/// Hands what was dropped to the page, which says what becomes of it.
pub(crate) fn hear(app: &AppHandle, event: &DragDropEvent) {
    let DragDropEvent::Drop { paths, .. } = event else { return };
    let (app, paths) = (app.clone(), paths.clone());
    tauri::async_runtime::spawn_blocking(move || {
        let links: Vec<&str> = paths.iter().filter_map(|path| link(path)).collect();
        let told = if links.is_empty() {
            FilesDropped(paths.iter().take(MOST).map(|path| read(path)).collect()).emit(&app)
        } else {
            TextCalled(links.join("\n")).emit(&app)
        };
        if let Err(error) = told {
            tracing::warn!(%error, "the window was not told");
        }
    });
}

/// A dragged link comes in the place of a path.
fn link(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| text.starts_with("https://") || text.starts_with("http://"))
}

/// Its content is none where it is a folder or a device, too large, or cannot be read.
fn read(path: &Path) -> DroppedFile {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    // Opening a pipe waits for somebody who writes into it.
    let size = path.metadata().ok().filter(std::fs::Metadata::is_file).map(|found| found.len());
    let content = size.filter(|size| *size <= LARGEST).and_then(|_| content(path));
    DroppedFile { name, size: size.map(|size| u32::try_from(size).unwrap_or(u32::MAX)), content }
}

fn content(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_file_is_read_whole_and_keeps_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("链接 1.txt");
        std::fs::write(&path, "看看").unwrap();
        let file = read(&path);
        assert_eq!((file.name.as_str(), file.size), ("链接 1.txt", Some(6)));
        assert_eq!(file.content.as_deref(), Some("看看".as_bytes()));
    }

    #[test]
    fn nothing_is_read_of_what_is_too_large_a_folder_or_gone() {
        let folder = tempfile::tempdir().unwrap();
        let large = folder.path().join("large.txt");
        std::fs::write(&large, vec![b'x'; 1_000_001]).unwrap();
        let file = read(&large);
        assert_eq!((file.size, file.content), (Some(1_000_001), None));
        for path in [folder.path().to_owned(), folder.path().join("gone.txt")] {
            let file = read(&path);
            assert_eq!((file.size, file.content), (None, None), "{}", path.display());
        }
    }

    #[test]
    fn a_dragged_link_is_no_path() {
        assert_eq!(link(Path::new("https://v.douyin.com/x/")), Some("https://v.douyin.com/x/"));
        assert_eq!(link(Path::new("/data/user/https.txt")), None);
    }
}
