//! Exit codes and words. Results go to standard output, everything else to standard error.

use std::{io::IsTerminal, process::ExitCode};

use shiwen_core::{FailureKind, Operation, Task, TaskState, WaitReason};
use shiwen_engine::EngineError;
use shiwen_session::{
    ExportError, ImportError, MediaError, Session, SessionError, StoreError, Words,
};

use crate::{
    backup::{NeedsForce, NotWritten, OfBackup},
    failures, form, json,
    tidy::Unreadable,
};

/// A line on standard output. A reader that has gone away (`| head`) is an error that ends the program quietly.
macro_rules! say {
    ($($part:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout(), $($part)*)?;
    }};
}
pub(crate) use say;

/// What the exit code says. The numbers are part of the interface and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Everything that was asked for is there.
    Done = 0,
    /// The program or its history failed.
    Broken = 1,
    /// Wrong arguments, as clap says it, or a form that cannot be sent like this. Nothing was sent.
    Wrong = 2,
    /// No link, or none about which this can be asked.
    NoLink = 3,
    /// A task failed or a call was refused, and it is known why.
    Failed = 4,
    /// A call that costs money or is seen by others may or may not have been accepted: look before it is repeated.
    Uncertain = 5,
    /// No usable key.
    NotReady = 6,
    /// Still going on when waiting ended, or not its turn yet; nothing is lost.
    Waiting = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        // The discriminants are the codes.
        Self::from(exit as u8)
    }
}

impl Exit {
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        if let Some(MediaError::NoSuchMedia | MediaError::Unavailable(_)) = error.downcast_ref() {
            return Self::Failed;
        }
        if error.is::<NeedsYes>() || error.is::<NeedsForce>() || error.is::<NoFolder>() {
            return Self::Wrong;
        }
        if error.is::<NotThere>() || error.is::<Unreadable>() {
            return Self::Failed;
        }
        if error.is::<NotWritten>() && key_of(error) == NOT_WRITTEN {
            return Self::Failed;
        }
        if error.is::<OfBackup>() && FILE_KEYS.contains(&of_backup(error)) {
            return Self::Failed;
        }
        match error.downcast_ref() {
            Some(ExportError::Template(_)) => return Self::Wrong,
            Some(ExportError::Nothing | ExportError::TooMany { .. }) => return Self::Failed,
            Some(ExportError::NoSuchExport | ExportError::Store(_)) | None => {}
        }
        match error.downcast_ref() {
            Some(ImportError::Store(_)) | None => {}
            Some(_) => return Self::Failed,
        }
        match error.downcast_ref::<EngineError>() {
            Some(EngineError::NoLink) => Self::NoLink,
            Some(
                EngineError::NotReady(_) | EngineError::NotOffered(_) | EngineError::Keychain(_),
            ) => Self::NotReady,
            Some(EngineError::Refused(refused)) => match refused.0.kind {
                FailureKind::Unauthorized => Self::NotReady,
                _ => Self::Failed,
            },
            Some(EngineError::Faults(_) | EngineError::Unfit(_) | EngineError::InvalidId) => {
                Self::Wrong
            }
            Some(EngineError::Uncertain(_)) => Self::Uncertain,
            Some(EngineError::Busy { .. }) => Self::Waiting,
            Some(EngineError::InvalidField { .. } | EngineError::Store(_)) | None => Self::Broken,
        }
    }

    /// What a task's end, or its reason to wait for the user, means.
    pub(crate) fn of_task(task: &Task) -> Option<Self> {
        match task.state {
            TaskState::Succeeded => Some(Self::Done),
            TaskState::Failed | TaskState::Cancelled => Some(Self::Failed),
            TaskState::Uncertain => Some(Self::Uncertain),
            TaskState::Queued | TaskState::Running => match task.wait?.reason {
                WaitReason::Key => Some(Self::NotReady),
                WaitReason::GaveUpSending | WaitReason::DiskFull | WaitReason::Paused => {
                    Some(Self::Waiting)
                }
                _ => None,
            },
            TaskState::Submitting => None,
        }
    }
}

/// Whether the reader of standard output has gone away.
pub(crate) fn nobody_reads(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    let json = error.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
    io.or(json) == Some(std::io::ErrorKind::BrokenPipe)
}

/// Says what went wrong in the user's words, with the technical chain behind it; as one line of JSON for scripts.
pub(crate) fn explain(words: &Words, error: &anyhow::Error, json: bool) {
    let engine = error.downcast_ref::<EngineError>();
    let key = key_of(error);
    let faults = match engine {
        Some(EngineError::Faults(faults)) => faults.as_slice(),
        _ => &[],
    };
    let failure = match engine {
        Some(
            EngineError::Refused(failed)
            | EngineError::Uncertain(failed)
            | EngineError::Unfit(failed),
        ) => Some(&failed.0),
        _ => None,
    };
    if json {
        let message = words.say(key, &[]);
        let explained = serde_json::json!({
            "error": key, "message": message, "chain": format!("{error:#}"), "faults": faults, "failure": failure,
        });
        eprintln!("{}", json::line(&explained).unwrap_or_default());
        return;
    }
    eprintln!("{}", words.say(key, &[]));
    for line in form::faults(words, faults, error.downcast_ref()) {
        eprintln!("  {line}");
    }
    // What was not sent is no failure of the provider's.
    if let Some(failure) = failure.filter(|_| !matches!(engine, Some(EngineError::Unfit(_)))) {
        let next = failures::next_of_call(words, failure).unwrap_or_default();
        eprintln!("  {} {next}", failures::headline(words, failure, None));
    }
    eprintln!("  {error:#}");
    if let Some(EngineError::NotReady(provider)) = engine {
        for variable in shiwen_session::required_variables(*provider) {
            eprintln!("  {variable}");
        }
    }
}

fn key_of(error: &anyhow::Error) -> &'static str {
    let of_media = || match error.downcast_ref::<MediaError>()? {
        MediaError::NoSuchMedia | MediaError::NoSuchDownload => Some("cli.no_media"),
        MediaError::Unavailable(_) => Some("error.media_unavailable"),
        MediaError::Store(_) => None,
    };
    let of_engine = || error.downcast_ref::<EngineError>().and_then(engine_key);
    let of_session = || error.downcast_ref::<SessionError>().map(session_key);
    if error.is::<NeedsYes>() {
        return "cli.needs_yes";
    }
    if error.is::<NeedsForce>() {
        return "cli.needs_force";
    }
    if error.is::<NotThere>() {
        return "cli.not_there";
    }
    if error.is::<NoFolder>() {
        return "download.unwritable";
    }
    if error.is::<Unreadable>() {
        return "error.file_unreadable";
    }
    if error.is::<OfBackup>() {
        return of_backup(error);
    }
    if let Some(EngineError::Store(StoreError::Unwritable { .. })) = error.downcast_ref()
        && error.is::<NotWritten>()
    {
        return NOT_WRITTEN;
    }
    let of_session = || of_session().or_else(|| export_key(error.downcast_ref()?));
    let of_session = || of_session().or_else(|| import_key(error.downcast_ref()?));
    of_engine().or_else(of_session).or_else(of_media).unwrap_or("error.internal")
}

const NOT_WRITTEN: &str = "export.unwritable";

/// What can be wrong with a file that the user names.
const FILE_KEYS: [&str; 3] = ["error.file_unreadable", "error.foreign_file", "error.newer_file"];

/// A file that cannot be read as a history says nothing about the one that is there.
fn of_backup(error: &anyhow::Error) -> &'static str {
    match error.downcast_ref() {
        Some(EngineError::Store(StoreError::Newer(_))) => "error.newer_file",
        Some(EngineError::Store(StoreError::Damaged(_))) => "error.foreign_file",
        Some(EngineError::Store(StoreError::Unwritable { .. })) => "error.file_unreadable",
        Some(error) => engine_key(error).unwrap_or("error.database_failed"),
        None => "error.internal",
    }
}

fn export_key(error: &ExportError) -> Option<&'static str> {
    Some(match error {
        ExportError::Template(_) => "error.wrong_template",
        ExportError::Nothing => "error.nothing_selected",
        ExportError::TooMany { .. } => "error.too_many",
        ExportError::NoSuchExport | ExportError::Store(_) => return None,
    })
}

fn import_key(error: &ImportError) -> Option<&'static str> {
    Some(match error {
        ImportError::Unreadable(_) => "error.file_unreadable",
        ImportError::Foreign => "error.foreign_file",
        ImportError::Newer(_) => "error.newer_file",
        ImportError::Truncated | ImportError::Damaged { .. } | ImportError::TooLarge => {
            "error.damaged_file"
        }
        ImportError::Store(_) => return None,
    })
}

fn engine_key(error: &EngineError) -> Option<&'static str> {
    use shiwen_session::KeychainError;
    Some(match error {
        EngineError::NoLink => "error.no_link",
        EngineError::NotReady(_) => "cli.not_ready",
        EngineError::NotOffered(_) => "error.not_offered",
        EngineError::InvalidField { .. } => "error.invalid_field",
        EngineError::Unfit(unfit) => match unfit.0.code.as_deref() {
            Some("file_unreadable") => "cli.file_unreadable",
            Some("file_none") => "cli.file_none",
            Some("file_kind") => "cli.file_kind",
            Some("file_size") => "cli.file_size",
            _ => "error.unfit_call",
        },
        // It was not even reached.
        EngineError::Refused(failed) if failed.0.kind == FailureKind::Network => "failure.network",
        EngineError::Refused(_) => "error.refused_call",
        EngineError::Faults(_) => "error.faults",
        EngineError::Uncertain(_) => "error.uncertain_call",
        EngineError::Busy { .. } => "error.busy_call",
        EngineError::InvalidId => "error.invalid_id",
        EngineError::Keychain(KeychainError::NoBus) => "error.keychain_no_bus",
        EngineError::Keychain(KeychainError::Missing) => "error.keychain_missing",
        EngineError::Keychain(KeychainError::NoCollection) => "error.keychain_no_collection",
        EngineError::Keychain(KeychainError::Locked) => "error.keychain_locked",
        EngineError::Keychain(_) => "error.keychain_failed",
        EngineError::Store(StoreError::TaskGone) => "error.task_gone",
        EngineError::Store(StoreError::WrongState) => "error.wrong_state",
        EngineError::Store(StoreError::Known(_)) => "error.known_video",
        EngineError::Store(StoreError::EmptyText) => "error.empty_text",
        EngineError::Store(StoreError::TooLong { .. }) => "error.too_long",
        EngineError::Store(StoreError::DiskFull) => "error.disk_full",
        EngineError::Store(StoreError::Busy) => "error.database_busy",
        EngineError::Store(_) => return None,
    })
}

fn session_key(error: &SessionError) -> &'static str {
    match error {
        SessionError::Store(StoreError::Newer(_)) => "problem.newer",
        SessionError::Store(StoreError::Damaged(_)) => "problem.damaged",
        SessionError::Store(StoreError::Busy) => "problem.busy",
        SessionError::Store(StoreError::DiskFull) => "error.disk_full",
        SessionError::Store(_) | SessionError::Lock(_) | SessionError::NoFolder => {
            "problem.unwritable"
        }
        SessionError::Sandbox(_) => "error.sandbox_failed",
    }
}

/// Says that the history was damaged and what became of it; until somebody has surely read it.
pub(crate) fn say_salvaged(session: &Session, words: &Words) -> anyhow::Result<()> {
    let Some(salvage) = &session.salvaged else { return Ok(()) };
    let (tasks, doubted) = (salvage.tasks.to_string(), salvage.doubted.to_string());
    let path = salvage.kept_at.to_string_lossy();
    let places = [("tasks", &*tasks), ("doubted", &*doubted), ("path", &*path)];
    eprintln!("{}", words.say("cli.salvaged", &places));
    if std::io::stderr().is_terminal() {
        session.engine.store().salvage_told().map_err(EngineError::from)?;
    }
    Ok(())
}

/// Returns once the history is found to be damaged, which stops everything from being submitted.
pub(crate) async fn damage(session: &Session) {
    let mut health = session.engine.store().health();
    let damaged = health.wait_for(|seen| seen.as_ref().is_some_and(|seen| !seen.is_sound()));
    if damaged.await.is_err() {
        // Nobody looks any more.
        std::future::pending::<()>().await;
    }
}

/// How a task stands, by what it does.
pub(crate) fn state<'a>(words: &'a Words, task: &Task) -> std::borrow::Cow<'a, str> {
    let key = match (task.state, task.operation) {
        (TaskState::Running, Operation::Resolve) => "state.running_resolve",
        (TaskState::Running, Operation::Analyze) => "state.running_analyze",
        (TaskState::Running, Operation::Scrape) => "state.running_scrape",
        (TaskState::Running, Operation::Plan) => "state.running_plan",
        (TaskState::Running, operation) if !operation.takes_link() => "state.running_generate",
        (TaskState::Uncertain, _) if task.not_there => "state.not_there",
        (state, _) => return std::borrow::Cow::Owned(state_words(words, state)),
    };
    words.say(key, &[])
}

fn state_words(words: &Words, state: TaskState) -> String {
    words.say(&format!("state.{state}"), &[]).into_owned()
}

/// What was refused because the user must say that it is meant.
#[derive(Debug, thiserror::Error)]
#[error("this needs --yes")]
pub(crate) struct NeedsYes;

/// What was to be deleted does not exist.
#[derive(Debug, thiserror::Error)]
#[error("there is no such thing, so nothing was deleted")]
pub(crate) struct NotThere;

/// The folder that the user named cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the folder cannot be made")]
pub(crate) struct NoFolder(#[source] pub(crate) std::io::Error);

#[cfg(test)]
mod tests {
    use super::*;
    use shiwen_session::Language;

    #[test]
    fn every_state_and_wait_has_words_in_both_languages() {
        for language in [Language::Chinese, Language::English] {
            let words = Words::new(language);
            for reason in WaitReason::ALL {
                assert!(words.has(&format!("wait.{reason}")), "{reason}");
            }
            for state in TaskState::ALL {
                assert!(words.has(&format!("state.{state}")), "{state}");
            }
        }
    }

    #[test]
    fn every_message_of_the_command_line_exists_and_is_used() {
        let sources = [
            include_str!("backup.rs"),
            include_str!("download.rs"),
            include_str!("export.rs"),
            include_str!("extract.rs"),
            include_str!("failures.rs"),
            include_str!("form.rs"),
            include_str!("links.rs"),
            include_str!("list.rs"),
            include_str!("main.rs"),
            include_str!("output.rs"),
            include_str!("patience.rs"),
            include_str!("print.rs"),
            include_str!("quota.rs"),
            include_str!("rawugc.rs"),
            include_str!("search.rs"),
            include_str!("tidy.rs"),
        ];
        let without_tests =
            |source: &&str| source.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
        let sources: String = sources.iter().map(without_tests).collect();
        let chinese: std::collections::BTreeMap<String, String> =
            serde_json::from_str(include_str!("../../../ui/messages/zh-CN.json")).unwrap();
        // What stands in exported files is said by the crate that writes them.
        let elsewhere = ["cli.export.", "cli.ledger."];
        let is_own = |key: &&String| {
            key.starts_with("cli.") && !elsewhere.iter().any(|prefix| key.starts_with(prefix))
        };
        let own: Vec<&String> = chinese.keys().filter(is_own).collect();
        for key in &own {
            assert!(sources.contains(&format!("\"{key}\"")), "{key} is not used");
        }
        let used = sources.split("\"cli.").skip(1).filter_map(|rest| rest.split('"').next());
        for key in used {
            assert!(
                own.iter().any(|own| own.strip_prefix("cli.") == Some(key)),
                "cli.{key} is missing"
            );
        }
    }
}
