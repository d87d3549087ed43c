//! `backup`: copies of the whole history, and taking one back.

use std::{path::PathBuf, time::Duration};

use anyhow::Context;
use clap::Subcommand;
use jiff::{Timestamp, tz::TimeZone};
use shiwen_core::BackupKind;
use shiwen_engine::EngineError;
use shiwen_session::{Mode, Session, Words, history_folder, restore_backup};

use crate::{
    json,
    output::{Exit, say},
};

/// How long is waited for a window that has the history open.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Subcommand)]
pub(crate) enum Backup {
    /// Make one, beside the history or where --to says. It holds no keys.
    Now {
        /// The file, which must not be there yet. Without it the backup lies beside the history, where the newest five
        /// of these stay.
        #[arg(long, value_name = "PATH")]
        to: Option<PathBuf>,
        /// Replace the file that is there. Those of a history are never replaced.
        #[arg(long, requires = "to")]
        force: bool,
    },
    /// List those beside the history, the newest first.
    List,
    /// Put one in the place of the history, which nobody may have open. What is there now is kept as a backup,
    /// of which the newest three of its kind stay.
    Restore {
        /// The file of the backup.
        path: PathBuf,
    },
}

impl Backup {
    pub(crate) fn run(&self, session: &Session, json: bool, words: &Words) -> anyhow::Result<Exit> {
        let store = session.engine.store();
        let backups = match self {
            Self::Now { to: None, .. } => {
                vec![store.backup_now(shiwen_core::Timestamp::now()).map_err(EngineError::from)?]
            }
            Self::Now { to: Some(to), force } => {
                let to = std::path::absolute(to).context("the path has no absolute form")?;
                if !force && to.symlink_metadata().is_ok() {
                    return Err(NeedsForce.into());
                }
                let made = session.backup_to(&to);
                vec![made.map_err(|error| {
                    anyhow::Error::from(EngineError::from(error)).context(NotWritten)
                })?]
            }
            Self::List | Self::Restore { .. } => store.backups(),
        };
        if json {
            say!("{}", json::line(&backups)?);
            return Ok(Exit::Done);
        }
        for backup in &backups {
            let at = Timestamp::from_millisecond(backup.at.0)?.to_zoned(TimeZone::system());
            let at = at.strftime("%Y-%m-%d %H:%M");
            let kind = words.say(kind_key(backup.kind), &[]);
            say!("{at}\t{kind}\t{:.1} MB\t{}", backup.bytes / 1_000_000.0, backup.path);
        }
        Ok(Exit::Done)
    }

    /// Restoring opens no history: nobody may have it open.
    pub(crate) fn restore(
        path: &std::path::Path,
        folder: &std::path::Path,
        mode: &Mode,
        json: bool,
        words: &Words,
    ) -> anyhow::Result<Exit> {
        let path = std::path::absolute(path).context("the path has no absolute form")?;
        let kept = restore_backup(&history_folder(folder, mode), &path, PATIENCE)
            .map_err(|error| anyhow::Error::from(EngineError::from(error)).context(OfBackup))?;
        let kept = kept.map(|kept| kept.display().to_string());
        match kept {
            _ if json => say!("{}", json::line(&serde_json::json!({ "kept": kept }))?),
            Some(kept) => say!("{}", words.say("cli.restored", &[("path", &kept)])),
            None => say!("{}", words.say("cli.restored_first", &[])),
        }
        Ok(Exit::Done)
    }
}

/// What went wrong is about the file of a backup, not about the history.
#[derive(Debug, thiserror::Error)]
#[error("the backup was not restored")]
pub(crate) struct OfBackup;

/// A backup was to be written where it cannot be.
#[derive(Debug, thiserror::Error)]
#[error("the backup was not written")]
pub(crate) struct NotWritten;

/// The file is there already, and nobody said that it may be replaced.
#[derive(Debug, thiserror::Error)]
#[error("the file is there already")]
pub(crate) struct NeedsForce;

fn kind_key(kind: BackupKind) -> &'static str {
    match kind {
        BackupKind::Daily => "backup.daily",
        BackupKind::Wished => "backup.wished",
        BackupKind::Migration => "backup.migration",
        BackupKind::Replaced => "backup.replaced",
    }
}
