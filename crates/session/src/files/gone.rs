//! Removes the files of tasks that were deleted for good.

use std::{collections::BTreeSet, fs, io::ErrorKind, path::Path};

use shiwen_core::TaskId;

/// Looks through a folder whose files are named by their task: `12-0.mp4`. Only those of `gone` are removed: what
/// belongs to no task may belong to one of a backup.
pub(super) fn forget(folder: &Path, gone: &BTreeSet<TaskId>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            if error.kind() != ErrorKind::NotFound {
                tracing::warn!(%error, "the files of deleted tasks cannot be looked for");
            }
            return;
        }
    };
    for entry in entries.flatten() {
        let is_gone =
            entry.file_name().to_str().and_then(task).is_some_and(|task| gone.contains(&task));
        if is_gone && let Err(error) = fs::remove_file(entry.path()) {
            tracing::warn!(%error, "a file of a deleted task cannot be removed");
        }
    }
}

fn task(name: &str) -> Option<TaskId> {
    let (task, _) = name.split_once('-')?;
    task.parse().ok().map(TaskId)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_deleted_tasks_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["1-0.mp4", "1-1.part", "12-0.mp4", "2-video", "1", "notes-1.txt", "-1"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        forget(folder.path(), &[TaskId(1), TaskId(3)].into());
        let left = fs::read_dir(folder.path()).unwrap();
        let mut left: Vec<_> = left.map(|file| file.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["-1", "1", "12-0.mp4", "2-video", "notes-1.txt"]);
        forget(&folder.path().join("missing"), &[TaskId(1)].into());
    }
}
