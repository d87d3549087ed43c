//! Where an export goes: one file, or a folder with a file for each task.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use shiwen_core::ExportOrder;
use shiwen_export::{Exported, Field, Wording};
use shiwen_store::StoreError;

use super::Existing;
use crate::{Words, files::name};

/// Folders of one name that are tried at most.
const MOST: u32 = 10_000;

pub(super) struct Target {
    pub(super) folder: PathBuf,
    /// The name of the one file without its ending; none where there is one for each task.
    pub(super) stem: Option<String>,
    pub(super) ending: &'static str,
    /// The folder is to be a new one of its name.
    is_new: bool,
    /// The one file takes the place of what has its name.
    pub(super) replaces: bool,
}

impl Target {
    /// Where an order wants its files; without a wish in the folder that `usual` names. Whoever agreed to a
    /// replacing agreed to it for the path that was wished, to the letter.
    pub(super) fn new(
        order: &ExportOrder,
        existing: Existing,
        words: &Words,
        usual: impl FnOnce() -> Result<PathBuf, StoreError>,
    ) -> Result<Self, StoreError> {
        let ending = order.format.as_str();
        let wish = order.path.as_deref().filter(|path| !path.trim().is_empty());
        // A path that cannot be made whole fails when it is written to.
        let wish = wish.map(|path| std::path::absolute(path).unwrap_or_else(|_| path.into()));
        let named = || {
            let date = jiff::Zoned::now().strftime("%Y-%m-%d").to_string();
            let wanted = words.say("cli.export.file", &[("date", &date)]);
            name::stem(&wanted).unwrap_or(date)
        };
        let of = |folder, stem| Self { folder, stem, ending, is_new: false, replaces: false };
        Ok(match (wish, order.each) {
            (Some(folder), true) => of(folder, None),
            (None, true) => Self { is_new: true, ..of(usual()?.join(named()), None) },
            (Some(path), false) => {
                let folder = path.parent().unwrap_or(Path::new("")).to_owned();
                let made = of(folder, Some(stem_of(&path, ending)));
                let is_same = made.file().is_some_and(|file| file == path);
                Self { replaces: existing == Existing::Replaced && is_same, ..made }
            }
            (None, false) => of(usual()?, Some(named())),
        })
    }

    /// The file or folder, as far as it is known before it is there.
    pub(super) fn path(&self) -> String {
        self.file().unwrap_or_else(|| self.folder.clone()).to_string_lossy().into_owned()
    }

    fn file(&self) -> Option<PathBuf> {
        Some(self.folder.join(format!("{}.{}", self.stem.as_ref()?, self.ending)))
    }

    /// Sees to the folder. Answers whether it was made.
    pub(super) fn make(&mut self) -> io::Result<bool> {
        if !self.is_new {
            let is_there = self.folder.is_dir();
            fs::create_dir_all(&self.folder)?;
            return Ok(!is_there);
        }
        if let Some(parent) = self.folder.parent() {
            fs::create_dir_all(parent)?;
        }
        let wanted = self.folder.to_string_lossy().into_owned();
        for number in 1..=MOST {
            if number > 1 {
                self.folder = PathBuf::from(format!("{wanted} ({number})"));
            }
            match fs::create_dir(&self.folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                other => return other.map(|()| true),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

/// The name of a chosen file without its ending. One with another ending keeps it: `notes.v2` becomes `notes.v2.csv`.
fn stem_of(path: &Path, ending: &str) -> String {
    let has_ending = path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
    let name = if has_ending { path.file_stem() } else { path.file_name() };
    // A path that ends in `..` or is the root names no file; it will not be written.
    name.unwrap_or_default().to_string_lossy().into_owned()
}

/// The name of a task's own file: its day and its title, else where it comes from.
pub(super) fn stem_of_task(task: &Exported, wording: &Wording) -> String {
    let (date, title) = (wording.value(Field::Date, task), wording.value(Field::Title, task));
    let title = match name::stem(&title) {
        Some(title) => title,
        None => match &task.link {
            Some(link) => {
                let id = link.id.as_deref().unwrap_or_default();
                format!("{}-{id}", link.platform)
            }
            None => task.provider.to_string(),
        },
    };
    name::stem(&format!("{date} {title}")).unwrap_or(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_name_gets_its_ending_once() {
        for (path, stem) in [
            ("/folder/a.csv", "a"),
            ("/folder/a.CSV", "a"),
            ("/folder/a", "a"),
            ("/folder/a.v2", "a.v2"),
            ("/folder/.csv", ".csv"),
        ] {
            assert_eq!(stem_of(Path::new(path), "csv"), stem, "{path}");
        }
    }
}
