//! The trash, with the files of what leaves it for good.

use std::time::Duration;

use shiwen_core::{TaskId, Timestamp};
use shiwen_store::{Store, StoreError};

use crate::{Session, files::Files};

/// How long what was deleted can be taken back.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl Session {
    /// Removes tasks of the trash for good, and their files; answers how many are gone. What may be paid for and has not
    /// ended stays.
    ///
    /// # Errors
    /// When the history cannot be written; a part of many may be gone then.
    pub fn delete_for_ever(&self, ids: &[TaskId]) -> Result<u32, StoreError> {
        let gone = self.engine.store().delete_for_ever(ids)?;
        self.files.forget(&gone);
        Ok(u32::try_from(gone.len()).unwrap_or(u32::MAX))
    }

    /// As [`Session::delete_for_ever`], for all of the trash.
    ///
    /// # Errors
    /// As [`Session::delete_for_ever`].
    pub fn empty_trash(&self) -> Result<u32, StoreError> {
        let gone = self.engine.store().empty_trash(None)?;
        self.files.forget(&gone);
        Ok(u32::try_from(gone.len()).unwrap_or(u32::MAX))
    }
}

/// Empties the trash of what nobody took back in time.
pub(crate) fn empty_old(store: &Store, files: &Files, now: Timestamp) -> Result<(), StoreError> {
    let kept_since = Timestamp(now.0 - i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX));
    let gone = store.empty_trash(Some(kept_since))?;
    files.forget(&gone);
    Ok(())
}

#[cfg(test)]
mod tests {
    use shiwen_core::{Link, LinkKind, Operation, Platform, ProviderId};
    use shiwen_store::{ImportedTask, ImportedText};

    use super::*;
    use crate::{Environment, Mode, Options};

    fn task(number: u32) -> ImportedTask {
        let url = format!("https://www.douyin.com/video/73{number:017}");
        let created_at = Timestamp(1_795_000_000_000);
        let text = ImportedText {
            kind: shiwen_core::TranscriptKind::Provider,
            text: "先焯水。".to_owned(),
            incomplete: false,
            created_at,
        };
        ImportedTask {
            share_text: url.clone(),
            link: Some(Link {
                id: Some(format!("73{number:017}")),
                url,
                platform: Platform::Douyin,
                kind: LinkKind::Video,
                canonical: None,
                title: None,
            }),
            operation: Operation::Transcribe,
            provider: ProviderId::Momoget,
            subject: None,
            model: None,
            target_language: None,
            title: None,
            author: None,
            duration_s: None,
            created_at,
            ended_at: Some(created_at),
            starred: false,
            note: None,
            tags: Vec::new(),
            transcripts: vec![text],
            output: None,
        }
    }

    #[tokio::test]
    async fn what_lies_in_the_trash_for_thirty_days_is_gone_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            folder: folder.path().to_owned(),
            mode: Mode::Sandbox { url: Some("http://127.0.0.1:9".to_owned()), pace: 0.0 },
            environment: Environment::default(),
        };
        let session = Session::open(&options).await.unwrap();
        let store = session.engine.store();
        let now = Timestamp::now();
        store.import(&[task(1), task(2), task(3)], now).unwrap();
        let day = Duration::from_secs(24 * 60 * 60);
        let before = |days: u32| Timestamp(now.0 - (day * days).as_millis() as i64);
        store.trash_many(&[TaskId(1)], before(31)).unwrap();
        store.trash_many(&[TaskId(2)], before(29)).unwrap();
        empty_old(store, &session.files, now).unwrap();
        assert!(matches!(store.task(TaskId(1)), Err(StoreError::TaskGone)));
        assert_eq!(store.trash(None, 10).unwrap().total, 1);
        assert!(store.task(TaskId(3)).is_ok());
    }
}
