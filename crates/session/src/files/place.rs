//! Files that come to stand in a folder where other files are: none of them is ever touched.

use std::{
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// Files of one name that are tried at most.
const MOST: u32 = 10_000;

/// An empty file with a name of its own, to be filled: `stem.part`, else `stem (2).part` and so on. Answers its name.
pub(crate) fn new_part(folder: &Path, stem: &str) -> io::Result<String> {
    fs::create_dir_all(folder)?;
    first_free(stem, "part", |name| File::create_new(folder.join(name)).map(drop))
}

/// Gives a finished part its name: `stem.ending`, else `stem (2).ending` and so on. Answers that name. Whatever has it
/// already, or gets it meanwhile, keeps it.
pub(crate) fn place(part: &Path, folder: &Path, stem: &str, ending: &str) -> io::Result<String> {
    let name = take_name(part, folder, stem, ending)?;
    settle(folder);
    Ok(name)
}

/// As [`place`]; a crash of the system may still take the name back until [`settle`].
pub(crate) fn take_name(
    part: &Path,
    folder: &Path,
    stem: &str,
    ending: &str,
) -> io::Result<String> {
    first_free(stem, ending, |name| {
        let to = folder.join(name);
        match fs::hard_link(part, &to) {
            Ok(()) => {
                // The file is there under its name, whatever becomes of the other one.
                if let Err(error) = fs::remove_file(part) {
                    tracing::warn!(%error, "a part stays beside its file");
                }
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
            // A file system without links, as on memory cards: the name is taken by an empty file first.
            Err(_) => move_over_empty(part, &to),
        }
    })
}

/// Brings new names to the disk for good where the system can be asked for that.
pub(crate) fn settle(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

fn move_over_empty(part: &Path, to: &Path) -> io::Result<()> {
    drop(File::create_new(to)?);
    fs::rename(part, to).inspect_err(|_| {
        let _ = fs::remove_file(to);
    })
}

/// The first name of its kind that `take` finds free.
fn first_free(
    stem: &str,
    ending: &str,
    take: impl Fn(&str) -> io::Result<()>,
) -> io::Result<String> {
    for number in 1..=MOST {
        let name = match number {
            1 => format!("{stem}.{ending}"),
            number => format!("{stem} ({number}).{ending}"),
        };
        match take(&name) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(()) => return Ok(name),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Where a file of this name would be found.
pub(crate) fn shown(folder: &str, name: &str) -> String {
    PathBuf::from(folder).join(name).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_there_keeps_its_name_and_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        fs::write(at.join("肉.mp4"), "mine").unwrap();
        for (bytes, expected) in [("one", "肉 (2).mp4"), ("two", "肉 (3).mp4")] {
            let part = new_part(at, "肉").unwrap();
            assert_eq!(part, "肉.part");
            fs::write(at.join(&part), bytes).unwrap();
            assert_eq!(place(&at.join(part), at, "肉", "mp4").unwrap(), expected);
            assert_eq!(fs::read_to_string(at.join(expected)).unwrap(), bytes);
        }
        assert_eq!(fs::read_to_string(at.join("肉.mp4")).unwrap(), "mine");
        assert_eq!(names(at), ["肉 (2).mp4", "肉 (3).mp4", "肉.mp4"]);
    }

    #[test]
    fn parts_of_one_title_have_names_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("not/yet/there");
        assert_eq!(new_part(&below, "a").unwrap(), "a.part");
        assert_eq!(new_part(&below, "a").unwrap(), "a (2).part");
    }

    #[test]
    fn where_there_are_no_links_nothing_is_overwritten_either() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a.part"), "new").unwrap();
        fs::write(at("a.mp4"), "old").unwrap();
        let refused = move_over_empty(&at("a.part"), &at("a.mp4")).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
        move_over_empty(&at("a.part"), &at("b.mp4")).unwrap();
        assert_eq!(fs::read_to_string(at("b.mp4")).unwrap(), "new");
        assert!(move_over_empty(&at("missing.part"), &at("c.mp4")).is_err());
        assert_eq!(names(folder.path()), ["a.mp4", "b.mp4"]);
    }

    #[test]
    fn many_at_once_never_take_one_name() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        std::thread::scope(|scope| {
            for number in 0..8 {
                scope.spawn(move || {
                    for round in 0..10 {
                        let part = at.join(new_part(at, "a").unwrap());
                        fs::write(&part, format!("{number}-{round}")).unwrap();
                        place(&part, at, "a", "mp4").unwrap();
                    }
                });
            }
        });
        let mut found: Vec<_> =
            names(at).iter().map(|name| fs::read_to_string(at.join(name)).unwrap()).collect();
        found.sort();
        found.dedup();
        assert_eq!(found.len(), 80);
    }
}
