//! Copies of the whole history: one a day, one before the schema changes, one when or where the user wants it, and one
//! of a history that another backup takes the place of.
//!
//! A copy is made under another name, looked at whole, and only then given its own, so that whatever bears the name of a
//! backup is one. No copy holds a secret, since the history does not.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags};
use shiwen_core::{BackupKind, Timestamp};

use crate::{
    Store, StoreError, calendar, erase, health, migrate,
    open::{self, unwritable},
    replace, reserve, usage,
};

/// Kept of the daily ones: the newest, and of the weeks before them the newest of each.
const DAYS: usize = 3;
const WEEKS: usize = 2;
/// Kept of those made before the schema changed.
const MIGRATIONS: usize = 2;
/// Kept of those that the user made.
const WISHED: usize = 5;
/// Kept of those that another backup took the place of.
const REPLACED: usize = 3;

impl Store {
    /// Writes a copy of the whole history to `to`, replacing what is there. Others may write meanwhile; the copy is of
    /// one moment.
    ///
    /// # Errors
    /// [`StoreError::Unwritable`] for a file that some history is made of. [`StoreError::Damaged`] when the history itself is, which is noted as by [`Store::check`]; else when the copy
    /// cannot be written. Nothing is left behind then.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        if is_of_a_history(to) {
            let source = std::io::Error::new(ErrorKind::InvalidInput, "a file of a history");
            return Err(unwritable(to, source));
        }
        let reader = open::reader(&self.shared.path, self.shared.patience)?;
        copy(&reader, &self.shared.path, to).map_err(|error| self.sorted(error))
    }

    /// Makes the day's backup beside the history, unless there is one already; answers where it is. None also where
    /// the disk has too little room for it.
    ///
    /// # Errors
    /// As [`Store::backup`].
    pub fn backup_if_due(&self, now: Timestamp) -> Result<Option<PathBuf>, StoreError> {
        let folder = folder_of(&self.shared.path);
        let today = |found: &Backup| calendar::day(found.at) == calendar::day(now);
        if found_in(&folder).iter().any(|found| found.kind == BackupKind::Daily && today(found)) {
            return Ok(None);
        }
        if !has_room(&self.shared.path) {
            tracing::warn!("too little room on the disk for a backup");
            return Ok(None);
        }
        Ok(Some(self.backup_as(BackupKind::Daily, now)?))
    }

    /// Makes a backup beside the history because the user wants one. The newest five of these are kept.
    ///
    /// # Errors
    /// As [`Store::backup`]; [`StoreError::DiskFull`] also where the disk would be nearly full afterwards.
    pub fn backup_now(&self, now: Timestamp) -> Result<shiwen_core::Backup, StoreError> {
        if !has_room(&self.shared.path) {
            return Err(StoreError::DiskFull);
        }
        let path = self.backup_as(BackupKind::Wished, now)?;
        // The name holds whole seconds.
        let at = Timestamp(now.0 - now.0.rem_euclid(1000));
        Ok(told(&Backup { path, at, kind: BackupKind::Wished }))
    }

    /// The backups beside the history, the newest first.
    pub fn backups(&self) -> Vec<shiwen_core::Backup> {
        Self::backups_in(self.shared.path.parent().unwrap_or(&self.shared.path))
    }

    /// As [`Store::backups`], for a folder of which the history cannot be opened.
    pub fn backups_in(folder: &Path) -> Vec<shiwen_core::Backup> {
        found_in(&folder.join("backups")).iter().map(told).collect()
    }

    fn backup_as(&self, kind: BackupKind, now: Timestamp) -> Result<PathBuf, StoreError> {
        let folder = folder_of(&self.shared.path);
        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, error))?;
        let to = folder.join(format!("{}{}.db", prefix(kind), calendar::stamp(now)));
        self.backup(&to)?;
        thin_out(&folder);
        Ok(to)
    }
}

/// Whether a path is one of those that the folder of a history, this one or another, keeps for itself.
fn is_of_a_history(path: &Path) -> bool {
    // Some systems take names for the same that differ in their capitals.
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let is_own = name.starts_with("shiwen.db") || usage::FILES.contains(&&*name);
    is_own && path.with_file_name(usage::LOCK).exists()
}

/// A backup by its file name.
struct Backup {
    path: PathBuf,
    at: Timestamp,
    kind: BackupKind,
}

/// How the names of backups of a kind begin.
pub(crate) fn prefix(kind: BackupKind) -> &'static str {
    match kind {
        BackupKind::Daily => "shiwen-",
        BackupKind::Wished => "wished-",
        BackupKind::Migration => "version-",
        BackupKind::Replaced => "replaced-",
    }
}

/// The kind of a backup by its file's name; none for a file that somebody else put there.
fn kind_of(name: &str) -> Option<BackupKind> {
    BackupKind::ALL.iter().copied().find(|kind| name.starts_with(prefix(*kind)))
}

pub(crate) fn folder_of(path: &Path) -> PathBuf {
    path.with_file_name("backups")
}

/// The backups in a folder, the newest first.
fn found_in(folder: &Path) -> Vec<Backup> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?.strip_suffix(".db")?;
            let at = calendar::parsed(name.get(name.len().checked_sub(15)?..)?)?;
            Some(Backup { at, kind: kind_of(name)?, path })
        })
        .collect();
    found.sort_by_key(|backup| std::cmp::Reverse(backup.at));
    found
}

/// The newest backup of the history at `path` that is whole, and when it was made.
pub(crate) fn newest_good(path: &Path) -> Option<(PathBuf, Timestamp)> {
    let found = found_in(&folder_of(path));
    found
        .into_iter()
        // The user put another one in its place, so it is no earlier state of this one.
        .filter(|backup| backup.kind != BackupKind::Replaced)
        .find(|backup| good(&backup.path).is_ok())
        .map(|backup| (backup.path, backup.at))
}

/// Whether nothing is left of a history that once was backed up; else an empty file is a new one, as it is after the
/// user erased what there was.
pub(crate) fn was_emptied(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.len() == 0)
        && !path.parent().is_some_and(erase::was_erased)
        && newest_good(path).is_some()
}

/// Whether a file is a whole history that this program can read.
pub(crate) fn good(path: &Path) -> Result<(), StoreError> {
    if whole(path)? > migrate::LATEST {
        return Err(StoreError::Newer(path.to_owned()));
    }
    Ok(())
}

/// The version of a file that is a whole history.
fn whole(path: &Path) -> Result<i64, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let sorted = |error| open::sorted(error, path);
    let connection = Connection::open_with_flags(path, flags).map_err(sorted)?;
    let (version, application, _) = open::identity(&connection).map_err(sorted)?;
    let ours = application == i64::from(open::APPLICATION_ID) && version > 0;
    if !ours || !health::faults(&connection).map_err(sorted)?.is_empty() {
        return Err(StoreError::Damaged(path.to_owned()));
    }
    Ok(version)
}

/// The copy that is made before a file of `version` is changed.
pub(crate) fn before_migration(
    connection: &Connection,
    path: &Path,
    version: i64,
) -> Result<(), StoreError> {
    let folder = folder_of(path);
    fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, error))?;
    let now = calendar::stamp(Timestamp::now());
    let prefix = prefix(BackupKind::Migration);
    copy(connection, path, &folder.join(format!("{prefix}{version}-{now}.db")))?;
    thin_out(&folder);
    Ok(())
}

pub(crate) fn copy(connection: &Connection, path: &Path, to: &Path) -> Result<(), StoreError> {
    let mut partial = to.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let _ = fs::remove_file(&partial);
    let made = write_copy(connection, path, &partial).and_then(|()| {
        #[cfg(feature = "kill-points")]
        shiwen_kill_points::at(shiwen_kill_points::Point::Backup);
        fs::rename(&partial, to).map_err(|error| unwritable(to, error))?;
        replace::sync_folder(to);
        Ok(())
    });
    if made.is_err() {
        let _ = fs::remove_file(&partial);
    }
    made
}

pub(crate) fn write_copy(
    connection: &Connection,
    path: &Path,
    partial: &Path,
) -> Result<(), StoreError> {
    let name = partial.to_str().ok_or_else(|| {
        unwritable(partial, std::io::Error::other("not a name that the database can take"))
    })?;
    connection.execute("VACUUM INTO ?1", [name]).map_err(|error| {
        match open::sorted(error, path) {
            // What cannot be opened for writing is the copy.
            StoreError::Unwritable { source, .. } => unwritable(partial, source),
            other => other,
        }
    })?;
    #[cfg(feature = "kill-points")]
    shiwen_kill_points::at(shiwen_kill_points::Point::Backup);
    whole(partial)?;
    File::options()
        .write(true)
        .open(partial)
        .and_then(|file| file.sync_all())
        .map_err(|error| unwritable(partial, error))
}

fn has_room(path: &Path) -> bool {
    let size = fs::metadata(path).map_or(0, |found| found.len());
    reserve::room(path).is_none_or(|room| room >= size + reserve::SPARE)
}

/// Removes the backups that are no longer kept.
pub(crate) fn thin_out(folder: &Path) {
    let found = found_in(folder);
    let of = |kind| found.iter().filter(move |backup| backup.kind == kind);
    let kept =
        kept(&of(BackupKind::Daily).map(|backup| calendar::day(backup.at)).collect::<Vec<_>>());
    let dropped =
        of(BackupKind::Daily).zip(kept).filter(|(_, kept)| !kept).map(|(backup, _)| backup);
    let more = [
        (BackupKind::Migration, MIGRATIONS),
        (BackupKind::Wished, WISHED),
        (BackupKind::Replaced, REPLACED),
    ];
    let more = more.into_iter().flat_map(|(kind, most)| of(kind).skip(most));
    for backup in dropped.chain(more) {
        if let Err(error) = fs::remove_file(&backup.path) {
            tracing::warn!(%error, "an old backup cannot be removed");
        }
    }
}

/// Removes every backup of the history at `path`, and what is left of those that were not finished.
pub(crate) fn remove_all(path: &Path) -> Result<(), StoreError> {
    let folder = folder_of(path);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unwritable(&folder, error)),
    };
    for entry in entries {
        let path = entry.map_err(|error| unwritable(&folder, error))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_file() && BackupKind::ALL.iter().any(|kind| name.starts_with(prefix(*kind))) {
            erase::remove(&path)?;
        }
    }
    replace::sync_folder(&folder.join("shiwen.db"));
    // What else lies in it keeps it.
    let _ = fs::remove_dir(&folder);
    Ok(())
}

fn told(backup: &Backup) -> shiwen_core::Backup {
    let bytes = fs::metadata(&backup.path).map_or(0, |found| found.len());
    shiwen_core::Backup {
        path: backup.path.to_string_lossy().into_owned(),
        kind: backup.kind,
        at: backup.at,
        bytes: bytes as f64,
    }
}

/// Which daily backups are kept, of those made on these days, the newest first.
fn kept(days: &[i64]) -> Vec<bool> {
    let week = |day: &i64| day.div_euclid(7);
    // A week that a newer one stands for needs no other.
    let mut weeks: Vec<_> = days.iter().take(DAYS).map(week).collect();
    let mut weekly = 0;
    days.iter()
        .enumerate()
        .map(|(place, day)| {
            let is_weekly = place >= DAYS && weekly < WEEKS && !weeks.contains(&week(day));
            if is_weekly {
                weeks.push(week(day));
                weekly += 1;
            }
            place < DAYS || is_weekly
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_days_and_two_weeks_are_kept() {
        let mut days: Vec<i64> = Vec::new();
        for today in 20_000..20_100 {
            days.insert(0, today);
            let kept = kept(&days);
            let mut keep = kept.iter();
            days.retain(|_| *keep.next().unwrap());
            assert!(days.len() <= DAYS + WEEKS, "{days:?}");
            assert_eq!(
                days[..days.len().min(3)],
                [today, today - 1, today - 2][..days.len().min(3)]
            );
            if today > 20_020 {
                assert_eq!(days.len(), 5, "{days:?}");
                let age = today - days[4];
                assert!((10..=17).contains(&age), "{days:?}");
            }
        }
    }
}
