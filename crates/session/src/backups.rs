//! Copies of the history where the user wants them, and names for files that leave it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Zoned;
use shiwen_core::{Backup, BackupKind, ExportFormat, Timestamp};
use shiwen_store::{Store, StoreError};

use crate::{Mode, Session, Settings, Words, files::name};

/// Where the history of a data folder is.
pub fn history_folder(folder: &Path, mode: &Mode) -> PathBuf {
    match mode {
        Mode::Real => folder.to_owned(),
        Mode::Sandbox { .. } => folder.join("sandbox"),
    }
}

/// Puts a backup in the place of a history that nobody has open, waiting at most `patience` for whoever has. Answers
/// where the history is kept that was there; none where there was none.
///
/// # Errors
/// As [`Store::restore_backup`]; the history is as it was then.
pub fn restore_backup(
    history_folder: &Path,
    backup: &Path,
    patience: Duration,
) -> Result<Option<PathBuf>, StoreError> {
    Store::restore_backup(history_folder, backup, patience, Timestamp::now())
}

impl Session {
    /// Writes a copy of the whole history to `to`, replacing what is there.
    ///
    /// # Errors
    /// As of the store; [`StoreError::Unwritable`] also for the files of any history.
    pub fn backup_to(&self, to: &Path) -> Result<Backup, StoreError> {
        let at = Timestamp::now();
        self.engine.store().backup(to)?;
        let written = std::fs::metadata(to);
        let bytes = written
            .map_err(|source| StoreError::Unwritable { path: to.to_owned(), source })?
            .len() as f64;
        Ok(Backup { path: to.display().to_string(), kind: BackupKind::Wished, at, bytes })
    }

    /// What a file of exported tasks is called today, in the user's language.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub fn export_name(&self, format: ExportFormat) -> Result<String, StoreError> {
        let settings: Settings = self.engine.store().setting(Settings::NAME)?;
        let date = today();
        let wanted =
            Words::new(settings.language).say("cli.export.file", &[("date", &date)]).into_owned();
        Ok(format!("{}.{format}", name::stem(&wanted).unwrap_or(date)))
    }

    /// What a backup is called that is made today.
    pub fn backup_name(&self) -> String {
        format!("shiwen-{}.db", today())
    }
}

fn today() -> String {
    Zoned::now().strftime("%Y-%m-%d").to_string()
}
