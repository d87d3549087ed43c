//! Tells the user that what was waited for has come to rest: one notification per paste, and none while the window is
//! in use.

use shiwen_core::{FailureKind, Operation, TaskId, TaskState};
use shiwen_session::{News, Settings, Words};
use tauri::{AppHandle, Manager};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    errand::Errands,
    language,
    notices::{self, Notice},
    shell::Shell,
    window,
};

/// Tells until the session is gone.
pub(crate) async fn follow(app: AppHandle, mut news: Receiver<News>) {
    loop {
        match news.recv().await {
            Ok(news) => tell(&app, &news).await,
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

async fn tell(app: &AppHandle, news: &News) {
    if window::is_focused(app) {
        return;
    }
    let Ok(session) = app.state::<Shell>().session() else { return };
    let store = session.engine.store();
    let settings: Settings = store.setting(Settings::NAME).unwrap_or_default();
    let tasks: Vec<TaskId> = match news {
        News::One { task, .. } => vec![*task],
        News::Several { paste, .. } => match store.paste(*paste) {
            Ok(paste) => paste.tasks.iter().map(|task| task.id).collect(),
            Err(_) => return,
        },
    };
    drop(session);
    let errands = app.state::<Errands>();
    if !settings.notify || tasks.iter().any(|task| errands.has(*task)) {
        return;
    }
    let notice = Notice { task: tasks.first().copied(), ..worded(&language::words(app), news) };
    notices::show(app, notice).await;
}

fn worded(words: &Words, news: &News) -> Notice {
    match news {
        News::One { operation, state, words: count, title, failure, .. } => {
            let (said, copies) = one(words, *operation, *state, *count);
            let why = failure.and_then(cause).map(|key| words.say(key, &[]).into_owned());
            let body: Vec<String> = why.into_iter().chain(title.clone()).collect();
            Notice { title: said, body: body.join("\n"), copies, ..Notice::default() }
        }
        News::Several { done, failed, uncertain, cancelled, .. } => {
            let parts = [
                ("notice.part_done", *done),
                ("notice.part_failed", *failed),
                ("notice.part_uncertain", *uncertain),
                ("notice.part_cancelled", *cancelled),
            ];
            let said: Vec<String> = parts
                .iter()
                .filter(|(_, count)| *count > 0)
                .map(|(key, count)| words.say(key, &[("n", &count.to_string())]).into_owned())
                .collect();
            let parts = said.join(&words.say("notice.comma", &[]));
            let count = (done + failed + uncertain + cancelled).to_string();
            let title = words.say("notice.several", &[("count", &count), ("parts", &parts)]);
            Notice { title: title.into_owned(), ..Notice::default() }
        }
    }
}

/// What is said of one task, and whether it has a text to copy.
fn one(
    words: &Words,
    operation: Operation,
    state: TaskState,
    count: Option<u32>,
) -> (String, bool) {
    let what = words.say(&format!("operation.{operation}"), &[]).into_owned();
    let what = [("what", what.as_str())];
    let said = match (state, count) {
        (TaskState::Succeeded, Some(count)) if operation == Operation::Transcribe => {
            let ready = words.say("notice.ready", &[("n", &count.to_string())]).into_owned();
            return (ready, count > 0);
        }
        (TaskState::Succeeded, _) => words.say("notice.done", &what).into_owned(),
        (TaskState::Uncertain, _) => words.say("state.uncertain", &[]).into_owned(),
        (TaskState::Cancelled, _) => words.say("state.same_video", &[]).into_owned(),
        _ => words.say("notice.failed", &what).into_owned(),
    };
    (said, false)
}

/// The window's headline for a failure, where it needs no more than the kind.
fn cause(failure: FailureKind) -> Option<&'static str> {
    match failure {
        FailureKind::InvalidInput => Some("failure.invalid_input"),
        FailureKind::Unauthorized => Some("failure.unauthorized"),
        FailureKind::Forbidden => Some("failure.forbidden"),
        FailureKind::NotFound => Some("failure.not_found"),
        FailureKind::QuotaExhausted => Some("failure.quota_run"),
        FailureKind::MembershipRequired => Some("failure.membership_required"),
        FailureKind::ConcurrencyFull => Some("failure.concurrency_full"),
        FailureKind::RateLimited => Some("failure.rate_limited"),
        FailureKind::ProviderInternal => Some("failure.provider_internal"),
        FailureKind::Network => Some("failure.network"),
        FailureKind::UnsupportedPlatform | FailureKind::MalformedResponse => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiwen_core::PasteId;
    use shiwen_session::Language;

    fn said(language: Language, news: &News) -> Notice {
        worded(&Words::new(language), news)
    }

    fn one(state: TaskState, words: Option<u32>, failure: Option<FailureKind>) -> News {
        News::One {
            task: TaskId(7),
            operation: Operation::Transcribe,
            state,
            words,
            title: Some("三分钟讲清楚".to_owned()),
            failure,
        }
    }

    #[test]
    fn a_text_is_told_with_its_length_and_can_be_copied() {
        let notice = said(Language::Chinese, &one(TaskState::Succeeded, Some(632), None));
        assert_eq!(
            (notice.title.as_str(), notice.body.as_str()),
            ("文案已就绪，632 字", "三分钟讲清楚")
        );
        assert!(notice.copies);
    }

    #[test]
    fn a_failure_is_told_with_its_cause_and_a_doubt_with_the_money() {
        let failed = one(TaskState::Failed, None, Some(FailureKind::Unauthorized));
        let notice = said(Language::Chinese, &failed);
        assert_eq!((notice.title.as_str(), notice.copies), ("提取文案没有成功", false));
        assert_eq!(notice.body, "密钥无效或已过期\n三分钟讲清楚");
        let doubt = said(Language::Chinese, &one(TaskState::Uncertain, None, None));
        assert_eq!(doubt.title, "结果未知，可能已扣费");
    }

    #[test]
    fn a_paste_is_told_in_one_sentence_of_what_there_was() {
        let news = |failed, uncertain| News::Several {
            paste: PasteId(1),
            done: 9,
            failed,
            uncertain,
            cancelled: 0,
        };
        assert_eq!(said(Language::Chinese, &news(1, 0)).title, "10 条处理完：9 条完成，1 条失败");
        assert_eq!(
            said(Language::Chinese, &news(0, 2)).title,
            "11 条处理完：9 条完成，2 条结果未知"
        );
        assert_eq!(
            said(Language::English, &news(1, 0)).title,
            "10 links finished: 9 done, 1 failed"
        );
    }

    #[test]
    fn every_cause_has_words() {
        for language in [Language::Chinese, Language::English] {
            let words = Words::new(language);
            for failure in FailureKind::ALL {
                assert!(cause(*failure).is_none_or(|key| words.has(key)), "{failure}");
            }
        }
    }
}
